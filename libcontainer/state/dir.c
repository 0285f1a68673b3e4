/* room: host — <root>/<id>: reserve, lock, list, remove */
#include "state/state.h"
#include "base/limits.h"
#include "fs/dirread.h"
#include "sys/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

enum { OWNER_MS = 300, NOTIFY_DEPTH = 32, PATH_BYTES = NAME_MAX + 64, PIECE = 4000 };

/* Ours (or root's), and nobody else may write: what is inside is believed (CVE-2018-19295 class). */
static int trust(const struct stat *st, const char *what, struct err *e)
{
	if (!S_ISDIR(st->st_mode))
		return err_set(e, ERR_SYS, ENOTDIR, "%s", what);
	if ((st->st_uid != 0 && st->st_uid != sys_geteuid()) || (st->st_mode & 0022))
		return err_set(e, ERR_POLICY, 0, "%s is writable by others, or not ours: its content cannot be trusted", what);
	return 0;
}

static int trust_open(int fd, const char *what, struct err *e)
{
	struct stat st;

	return sys_fstat(fd, &st) < 0 ? err_sys(e, "stat %s", what) : trust(&st, what, e);
}

static int open_root(struct host_path root, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, root.s, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return err_sys(e, "open state root %s", root.s);
	TRY(trust_open(fd, root.s, e));
	return fd_take(&fd);
}

static int make_root(struct host_path root, struct err *e)
{
	OWN_STR copy = NULL;
	OWN_FD fd = sys_openat(AT_FDCWD, root.s, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0 && errno != ENOENT)
		return err_sys(e, "open state root %s", root.s);
	if (fd < 0) {
		copy = strdup(root.s);
		if (!copy)
			return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
		for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
			*p = '\0';
			if (sys_mkdirat(AT_FDCWD, copy, 0755) < 0 && errno != EEXIST)
				return err_sys(e, "mkdir %s", copy);
			*p = '/';
		}
		if (sys_mkdirat(AT_FDCWD, root.s, 0700) < 0 && errno != EEXIST)
			return err_sys(e, "mkdir %s", root.s);
		return open_root(root, e);
	}
	TRY(trust_open(fd, root.s, e));
	return fd_take(&fd);
}

/* 1: locked; 0: somebody else has held it all the time. */
static int lock(int fd, unsigned ms, struct err *e)
{
	unsigned waited = 0;

	for (unsigned nap = 1; sys_flock(fd, LOCK_EX | LOCK_NB) < 0; nap = nap < 50 ? 2 * nap : 50) {
		struct timespec t = { .tv_nsec = (long)nap * 1000000 };

		if (errno != EWOULDBLOCK)
			return err_sys(e, "lock the container");
		if (waited >= ms)
			return 0;
		sys_poll(NULL, 0, &t);
		waited += nap;
	}
	return 1;
}

/* Whether the descriptor is still what the name says: a delete may have removed it while we waited for the lock. 1 yes, 0 no, -1 unknown. */
static int still_there(int root, const char *id, int fd, struct err *e)
{
	struct stat by_fd, by_name;

	if (sys_fstat(fd, &by_fd) < 0)
		return err_sys(e, "stat the container's directory");
	if (sys_fstatat(root, id, &by_name, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat %s in the state root", id);
	return by_fd.st_ino == by_name.st_ino && by_fd.st_dev == by_name.st_dev;
}

static int exists(struct err *e)
{
	return err_set(e, ERR_STATE, 0, "container with given ID already exists");
}

/* Whoever locks the empty directory owns it, and its first file says so: a directory that is empty may be another one than the one that we made,
 * because a `delete --force` takes it for what a killed create left, and the next create makes it again. 1 ours; 0 it has gone; -1 another's, or an error. */
static int own(int root, const char *id, int fd, struct err *e)
{
	OWN_FD mark = FD_NONE;
	struct stat journal;
	int rc = lock(fd, OWNER_MS, e);

	if (rc == 0)
		return exists(e);
	if (rc > 0)
		rc = still_there(root, id, fd, e);
	if (rc <= 0)
		return rc;
	if (sys_fstatat(fd, "state.json", &journal, AT_SYMLINK_NOFOLLOW) == 0)
		return exists(e);
	if (errno != ENOENT)
		return err_sys(e, "stat state.json in the state directory");
	mark = sys_openat(fd, ".state.json", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (mark < 0 && errno == EEXIST)
		return exists(e);
	if (mark < 0 && errno == ENOENT)	/* removed by a create that failed, as below */
		return 0;
	return mark < 0 ? err_sys(e, "create a file in the state directory") : 1;
}

static int make_own(int root, const char *id, struct statedir *ret, struct err *e)
{
	OWN_FD fd = FD_NONE;
	int rc = -1;

	if (sys_mkdirat(root, id, 0700) < 0)
		return errno == EEXIST ? exists(e) : err_sys(e, "mkdir %s in the state root", id);
	fd = sys_openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		err_sys(e, "open %s in the state root", id);
	else
		rc = own(root, id, fd, e);
	if (rc < 0)
		sys_unlinkat(root, id, AT_REMOVEDIR);	/* one that has an owner is not empty, or its owner makes another */
	if (rc > 0)
		*ret = (struct statedir){ fd_take(&fd), NULL };
	return rc;
}

int statedir_reserve(struct host_path root, const char *id, struct statedir *ret, struct err *e)
{
	OWN_FD at = make_root(root, e);
	int rc;

	if (at < 0)
		return -1;
	do
		rc = make_own(at, id, ret, e);
	while (rc == 0);	/* each time somebody has deleted it */
	return rc < 0 ? -1 : 0;
}

int lookup_open(struct host_path root, struct lookup *ret, struct err *e)
{
	*ret = (struct lookup)LOOKUP_NONE;
	ret->root = open_root(root, e);
	return ret->root < 0 ? -1 : 0;
}

void lookup_dropp(struct lookup *l)
{
	fd_drop(&l->root);
	procfs_close(&l->proc);
	fd_drop(&l->cgroup);
	free(l->cgroup_mount);
}

static int absent(struct err *e)
{
	return err_set(e, ERR_STATE, 0, "container does not exist");
}

int statedir_open(const struct lookup *l, const char *id, struct statedir *ret, struct err *e)
{
	OWN_FD fd = sys_openat(l->root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);

	if (fd < 0)
		return errno == ENOENT ? absent(e) : err_sys(e, "open %s in the state root", id);
	TRY(trust_open(fd, id, e));
	*ret = (struct statedir){ fd_take(&fd), NULL };
	return 0;
}

int statedir_look(const struct lookup *l, const char *id, struct statedir *ret, struct err *e)
{
	struct stat st;

	if (sys_fstatat(l->root, id, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? absent(e) : err_sys(e, "stat %s in the state root", id);
	TRY(trust(&st, id, e));
	*ret = (struct statedir){ l->root, id };
	return 0;
}

int statedir_lock(const struct lookup *l, const char *id, const struct statedir *d, unsigned ms, struct err *e)
{
	int rc = lock(d->fd, ms, e);

	if (rc <= 0)
		return rc;
	rc = still_there(l->root, id, d->fd, e);
	return rc == 0 ? absent(e) : rc;
}

void statedir_close(struct statedir *d)
{
	if (!d->id)
		fd_drop(&d->fd);
	d->fd = FD_NONE;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int collect(struct dirread *dir, struct arena *mem, struct strings_out *ret, struct err *e)
{
	OWN_MEM const char **list = NULL;
	size_t n = 0, cap = 0;
	unsigned char type;
	const char *name;
	int found;

	while ((found = dirread_next(dir, &name, &type)) > 0) {
		if (name[0] == '.' || (type != DT_DIR && type != DT_UNKNOWN))
			continue;
		if (n == cap) {
			const char **more = reallocarray(list, cap = cap ? 2 * cap : 64, sizeof(*list));

			if (!more)
				return err_oom(e);
			list = more;
		}
		list[n] = arena_strdup(mem, name);
		if (!list[n++])
			return err_oom(e);
	}
	if (found < 0)
		return err_sys(e, "list the state root");
	ret->item = arena_array(mem, n, sizeof(*list));
	if (!ret->item)
		return err_oom(e);
	if (n) {
		qsort(list, n, sizeof(*list), by_name);
		memcpy(ret->item, list, n * sizeof(*list));
	}
	ret->n = n;
	return 0;
}

int statedir_list(const struct lookup *l, struct arena *mem, struct strings_out *ret, struct err *e)
{
	OWN(dirread) dir = { .fd = FD_NONE };

	if (dirread_open(l->root, &dir) < 0)
		return err_sys(e, "list the state root");
	return collect(&dir, mem, ret, e);
}

/* The container sees its notify directory read-only; but one that may mount can change that, and what it leaves there must not hinder us. */
static int remove_tree(int at, const char *name, unsigned depth, struct err *e)
{
	OWN(dirread) dir = { .fd = FD_NONE };
	OWN_FD fd = sys_openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	unsigned char type;
	const char *entry;
	int found;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "open %s in the state directory", name);
	if (depth == 0)
		return err_set(e, ERR_STATE, ELOOP, "remove %s in the state directory", name);
	if (dirread_open(fd, &dir) < 0)
		return err_sys(e, "list %s in the state directory", name);
	while ((found = dirread_next(&dir, &entry, &type)) > 0)
		if (sys_unlinkat(fd, entry, 0) < 0 && errno != ENOENT) {
			if (errno != EISDIR)
				return err_sys(e, "remove %s in the state directory", entry);
			TRY(remove_tree(fd, entry, depth - 1, e));
		}
	return found < 0 || (sys_unlinkat(at, name, AT_REMOVEDIR) < 0 && errno != ENOENT) ? err_sys(e, "remove %s in the state directory", name) : 0;
}

int statedir_remove(struct host_path root, const char *id, const struct statedir *d, struct err *e)
{
	static const char *const known[] = { "config.json", ".config.json", "start.in", "start.out", ".state.json", "state.json" };
	OWN_FD at = open_root(root, e);

	if (at < 0)
		return e->num == ENOENT ? 0 : -1;
	TRY(remove_tree(d->fd, "notify", NOTIFY_DEPTH, e));
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (sys_unlinkat(d->fd, known[i], 0) < 0 && errno != ENOENT && errno != ENOTDIR)
			return err_sys(e, "remove %s/%s/%s", root.s, id, known[i]);
	if (sys_unlinkat(at, id, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s/%s", root.s, id);
	return 0;
}

int statedir_write(const struct statedir *d, const char *name, const char *bytes, size_t n, struct err *e)
{
	char hidden[64];
	OWN_FD fd = FD_NONE;

	snprintf(hidden, sizeof(hidden), ".%s", name);
	fd = sys_openat(d->fd, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(e, "create %s in the state directory", name);
	if (sys_write_all(fd, bytes, n) < 0 || sys_renameat(d->fd, hidden, d->fd, name) < 0)
		return err_sys(e, "write %s in the state directory", name);
	return 0;
}

/* "ID/NAME" below the root, or NAME in the directory. */
static const char *path_of(const struct statedir *d, const char *name, char buf[PATH_BYTES])
{
	if (!d->id)
		return name;
	snprintf(buf, PATH_BYTES, "%s/%s", d->id, name);
	return buf;
}

int statedir_read(const struct statedir *d, const char *name, size_t limit, struct str *ret, struct err *e)
{
	char path[PATH_BYTES];
	OWN_FD fd = sys_openat2(d->fd, path_of(d, name, path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s in the state directory", name);
	do {
		char *room = str_room(ret, PIECE);

		n = room ? sys_read(fd, room, PIECE) : 0;
		if (n > 0 && ret->n + (size_t)n > limit)
			return err_set(e, ERR_STATE, 0, "%s in the state directory is too large", name);
		ret->n += n > 0 ? (size_t)n : 0;
	} while (n == PIECE);	/* less is the end of a file on a disk */
	if (n < 0)
		return err_sys(e, "read %s in the state directory", name);
	str_add(ret, "");
	return str_ok(ret, e);
}

bool statedir_has(const struct statedir *d, const char *name)
{
	char path[PATH_BYTES];
	struct stat st;

	return sys_fstatat(d->fd, path_of(d, name, path), &st, AT_SYMLINK_NOFOLLOW) == 0;
}
