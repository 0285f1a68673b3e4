/* room: any — opening and making names beneath a hostile tree */
#include "fs/rootfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { IN_ROOT = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
enum { MAX_LINKS = 40 };	/* as the kernel's own limit, path_resolution(7) */

int rootfs_open(const struct rootfs *r, struct root_path p, int flags, bool nofollow, struct err *e)
{
	int fd = sys_openat2(r->fd, p.s, (uint64_t)(flags | (nofollow ? O_NOFOLLOW : 0)), 0, IN_ROOT);
	struct stat st;

	if (fd < 0)
		return err_sys(e, "open %s in the container", p.s);
	/* O_PATH|O_NOFOLLOW opens a link itself instead of refusing it */
	if (nofollow && (flags & O_PATH) && sys_fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
		fd_drop(&fd);
		return err_set(e, ERR_SYS, ELOOP, "open %s in the container", p.s);
	}
	return fd;
}

/* A walk that makes what is missing. `at` is a held directory inside the root; `rest` is what is still to be resolved. */
struct maker {
	const struct rootfs *r;
	int at;			/* owned */
	char rest[PATH_MAX];
	char here[PATH_MAX];	/* container path of `at`, for resolving links and for messages; no trailing slash, "" is the root */
	unsigned links;
	struct err *e;
};

static void maker_dropp(struct maker *m)
{
	fd_drop(&m->at);
}

/* First component of rest, cut off. NULL when nothing is left. */
static char *next_name(struct maker *m, char name[NAME_MAX + 1], bool *last)
{
	char *p = m->rest + strspn(m->rest, "/");
	size_t n = strcspn(p, "/");

	if (n == 0)
		return NULL;
	if (n > NAME_MAX) {
		err_set(m->e, ERR_SYS, ENAMETOOLONG, "path component %.32s...", p);
		return NULL;
	}
	memcpy(name, p, n);
	name[n] = '\0';
	memmove(m->rest, p + n, strlen(p + n) + 1);
	*last = m->rest[strspn(m->rest, "/")] == '\0';
	return name;
}

static int restart(struct maker *m, const char *path)
{
	int fd = sys_openat2(m->r->fd, path[0] ? path : "/", O_PATH | O_DIRECTORY, 0, IN_ROOT | RESOLVE_NO_SYMLINKS);

	if (fd < 0)
		return err_sys(m->e, "open %s in the container", path[0] ? path : "/");
	fd_drop(&m->at);
	m->at = fd;
	return 0;
}

static int go_up(struct maker *m)
{
	char *slash = strrchr(m->here, '/');

	if (slash)
		*slash = '\0';
	return restart(m, m->here);
}

static int go_down(struct maker *m, const char *name, int fd)
{
	size_t n = strlen(m->here);

	if ((size_t)snprintf(m->here + n, sizeof(m->here) - n, "/%s", name) >= sizeof(m->here) - n) {
		fd_drop(&fd);
		return err_set(m->e, ERR_SYS, ENAMETOOLONG, "path in the container");
	}
	fd_drop(&m->at);
	m->at = fd;
	return 0;
}

/* The link's text takes the place of its name, resolved inside the root. */
static int follow(struct maker *m, int link)
{
	char text[PATH_MAX];
	char tail[PATH_MAX];
	ssize_t n = sys_readlinkat(link, "", text, sizeof(text) - 1);

	if (n < 0)
		return err_sys(m->e, "read a link in %s/", m->here);
	if (++m->links > MAX_LINKS)
		return err_set(m->e, ERR_SYS, ELOOP, "links in %s/", m->here);
	text[n] = '\0';
	memcpy(tail, m->rest, sizeof(tail));
	if ((size_t)snprintf(m->rest, sizeof(m->rest), "%s/%s", text, tail) >= sizeof(m->rest))
		return err_set(m->e, ERR_SYS, ENAMETOOLONG, "link in %s/", m->here);
	if (text[0] != '/')
		return 0;
	m->here[0] = '\0';
	return restart(m, "");
}

/* "/a/b/c", without "." or "..": its parent's name says where it is. */
static bool plain(const char *path)
{
	for (const char *c = path; *c; c += strcspn(c, "/")) {
		if (*c++ != '/' || !*c || *c == '/')
			return false;
		if (c[0] == '.' && (!c[1] || c[1] == '/' || (c[1] == '.' && (!c[2] || c[2] == '/'))))
			return false;
	}
	return true;
}

/* Where all but the last component is there, and without a link, the kernel walks as to_parent() would, in one call. 1: there; 0: it has to be walked. */
static int start_at_parent(struct maker *m)
{
	char *last = strrchr(m->rest, '/');
	int fd;

	if (!last || last == m->rest || !plain(m->rest))
		return 0;
	*last = '\0';
	fd = sys_openat2(m->r->fd, m->rest, O_PATH | O_DIRECTORY, 0, IN_ROOT | RESOLVE_NO_SYMLINKS);
	if (fd < 0 && errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
		return err_sys(m->e, "open directory %.200s in the container", m->rest);
	if (fd < 0) {
		*last = '/';
		return 0;
	}
	memcpy(m->here, m->rest, (size_t)(last - m->rest) + 1);
	memmove(m->rest, last + 1, strlen(last + 1) + 1);
	m->at = fd;
	return 1;
}

static int start(struct maker *m, const struct rootfs *r, struct root_path p, struct err *e)
{
	int there;

	m->r = r;
	m->at = FD_NONE;
	m->here[0] = '\0';
	m->links = 0;
	m->e = e;
	if ((size_t)snprintf(m->rest, sizeof(m->rest), "%s", p.s) >= sizeof(m->rest))
		return err_set(e, ERR_SYS, ENAMETOOLONG, "path %.64s... in the container", p.s);
	there = start_at_parent(m);
	return there < 0 ? -1 : there ? 0 : restart(m, "");
}

/* Opens `name` in the held directory, and says what it is. 0: absent. */
static int look(struct maker *m, const char *name, int *ret, struct stat *st)
{
	int fd = sys_openat2(m->at, name, O_PATH | O_NOFOLLOW, 0, BENEATH & ~(uint64_t)RESOLVE_NO_SYMLINKS);

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(m->e, "open %s/%s in the container", m->here, name);
	if (sys_fstat(fd, st) < 0) {
		err_sys(m->e, "stat %s/%s in the container", m->here, name);
		fd_drop(&fd);
		return -1;
	}
	*ret = fd;
	return 1;
}

static int make_dir(struct maker *m, const char *name, mode_t mode)
{
	if (sys_mkdirat(m->at, name, mode) < 0 && errno != EEXIST)
		return err_sys(m->e, "mkdir %s/%s in the container", m->here, name);
	return 0;
}

/* Walks to the parent of the last component, making directories. Leaves the last name in `name`; "" when the path is the root itself. */
static int to_parent(struct maker *m, char name[NAME_MAX + 1], mode_t mode)
{
	bool last;

	m->e->kind = ERR_NONE;
	name[0] = '\0';
	while (next_name(m, name, &last)) {
		struct stat st;
		int fd, found;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
			if (name[1])
				TRY(go_up(m));
			name[0] = '\0';
			continue;
		}
		if (last)
			return 0;
		found = look(m, name, &fd, &st);
		if (found == 0) {
			TRY(make_dir(m, name, mode));
			found = look(m, name, &fd, &st);
			if (found == 0)
				return err_set(m->e, ERR_SYS, ENOENT, "%s/%s vanished while it was made", m->here, name);
		}
		TRY(found);
		if (S_ISLNK(st.st_mode)) {
			int rc = follow(m, fd);

			fd_drop(&fd);
			TRY(rc);
			continue;
		}
		if (!S_ISDIR(st.st_mode)) {
			fd_drop(&fd);
			return err_set(m->e, ERR_SYS, ENOTDIR, "%s/%s in the container", m->here, name);
		}
		TRY(go_down(m, name, fd));
	}
	return m->e->kind == ERR_NONE ? 0 : -1;
}

static int make_last(struct maker *m, const char *name, bool dir, mode_t mode)
{
	int fd;

	if (dir)
		return make_dir(m, name, mode);
	fd = sys_openat(m->at, name, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, mode);
	if (fd < 0 && errno != EEXIST)
		return err_sys(m->e, "create %s/%s in the container", m->here, name);
	fd_drop(&fd);
	return 0;
}

static int fits(struct maker *m, const char *name, const struct stat *st, bool dir)
{
	if (dir && !S_ISDIR(st->st_mode))
		return err_set(m->e, ERR_SYS, ENOTDIR, "%s/%s in the container", m->here, name);
	if (!dir && S_ISDIR(st->st_mode))
		return err_set(m->e, ERR_SYS, EISDIR, "%s/%s in the container", m->here, name);
	return 0;
}

/* The last component, made when missing, links followed inside the root. Returns an O_PATH descriptor. */
static int target(struct maker *m, bool dir, bool nofollow, mode_t mode)
{
	for (unsigned tries = 0; tries < 2 * MAX_LINKS; tries++) {
		char name[NAME_MAX + 1];
		struct stat st;
		int fd, found;

		TRY(to_parent(m, name, 0755));
		if (!name[0] && !dir)
			return err_set(m->e, ERR_SYS, EISDIR, "%s/ in the container", m->here);
		if (!name[0]) {	/* the path ends in "/", "." or "..": the held directory itself */
			fd = sys_openat2(m->at, ".", O_PATH | O_DIRECTORY, 0, BENEATH);
			return fd < 0 ? err_sys(m->e, "open %s/ in the container", m->here) : fd;
		}
		found = look(m, name, &fd, &st);
		TRY(found);
		if (found && S_ISLNK(st.st_mode) && !nofollow) {
			int rc = follow(m, fd);

			fd_drop(&fd);
			TRY(rc);
			continue;
		}
		if (found && S_ISLNK(st.st_mode)) {
			fd_drop(&fd);
			return err_set(m->e, ERR_SYS, ELOOP, "%s/%s in the container is a symlink", m->here, name);
		}
		if (found && fits(m, name, &st, dir) < 0) {
			fd_drop(&fd);
			return -1;
		}
		if (found)
			return fd;
		TRY(make_last(m, name, dir, mode));
		snprintf(m->rest, sizeof(m->rest), "%s", name);
	}
	return err_set(m->e, ERR_SYS, ELOOP, "%s/ in the container keeps changing", m->here);
}

static int refuse_links(const struct rootfs *r, struct root_path p, struct err *e)
{
	int fd = sys_openat2(r->fd, p.s, O_PATH | O_NOFOLLOW | O_DIRECTORY, 0, IN_ROOT | RESOLVE_NO_SYMLINKS);

	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return err_set(e, ERR_SPEC, 0, "%s must be mounted on ordinary directory", p.s);
	if (fd < 0 && errno != ENOENT)
		return err_sys(e, "open %s in the container", p.s);
	fd_drop(&fd);	/* absent is fine: it is made below, and every link there is refused then */
	return 0;
}

int rootfs_mountpoint(const struct rootfs *r, struct root_path p, enum mountpoint_kind kind, bool nofollow, struct err *e)
{
	__attribute__((cleanup(maker_dropp))) struct maker m;
	bool real = kind == MOUNTPOINT_REAL_DIR;
	int fd;

	if (start(&m, r, p, e) < 0)
		return -1;
	if (real) {
		TRY(refuse_links(r, p, e));
		m.links = MAX_LINKS;	/* a link that appears meanwhile is one too many */
	}
	fd = target(&m, kind != MOUNTPOINT_FILE, nofollow || real, kind == MOUNTPOINT_FILE ? 0644 : 0755);
	if (fd < 0 && real && e->num == ELOOP)
		return err_set(e, ERR_SPEC, 0, "%s must be mounted on ordinary directory", p.s);
	return fd;
}

int rootfs_mkdirs(const struct rootfs *r, struct root_path p, mode_t mode, struct err *e)
{
	__attribute__((cleanup(maker_dropp))) struct maker m;

	if (start(&m, r, p, e) < 0)
		return -1;
	return target(&m, true, false, mode);
}

static bool same_node(const struct stat *st, mode_t mode, dev_t dev)
{
	return (st->st_mode & S_IFMT) == (mode & S_IFMT) && (S_ISFIFO(mode) || st->st_rdev == dev);
}

int rootfs_mknod(const struct rootfs *r, struct root_path p, mode_t mode, dev_t dev, uid_t uid, gid_t gid, struct err *e)
{
	__attribute__((cleanup(maker_dropp))) struct maker m;
	char name[NAME_MAX + 1];
	struct stat st;
	OWN_FD fd = FD_NONE;
	bool made;
	int found;

	if (start(&m, r, p, e) < 0 || to_parent(&m, name, 0755) < 0)
		return -1;
	if (!name[0])
		return err_set(e, ERR_SPEC, 0, "device path %s", p.s);
	made = sys_mknodat(m.at, name, (mode & S_IFMT) | 0600, dev) == 0;
	if (!made && errno != EEXIST)
		return err_sys(e, "mknod %s in the container", p.s);
	/* From here by descriptor: the name may be a link to a file of the host's by now, and chmod follows links. */
	found = look(&m, name, &fd, &st);
	TRY(found);
	if (!found || (made && !same_node(&st, mode, dev)))
		return err_set(e, ERR_POLICY, 0, "%s in the container changed while it was made", p.s);
	if (!made)
		return same_node(&st, mode, dev) ? 0 : err_set(e, ERR_SPEC, 0, "%s in the container is there already and is not that device", p.s);
	/* Owner first: chown clears set-id bits, and a mode that is wider than 0600 is given to the right owner only. */
	if ((st.st_uid != uid || st.st_gid != gid) && sys_fchownat(fd, "", uid, gid, AT_EMPTY_PATH) < 0)
		return err_sys(e, "chown %s in the container", p.s);
	return sys_fchmod_path(fd, mode & 07777) < 0 ? err_sys(e, "chmod %s in the container", p.s) : 0;
}

int rootfs_symlink(const struct rootfs *r, struct root_path p, const char *text, bool keep, struct err *e)
{
	__attribute__((cleanup(maker_dropp))) struct maker m;
	char name[NAME_MAX + 1], now[PATH_MAX];
	struct stat st;
	OWN_FD fd = FD_NONE;
	ssize_t n;
	int found;

	if (start(&m, r, p, e) < 0 || to_parent(&m, name, 0755) < 0)
		return -1;
	if (sys_symlinkat(text, m.at, name) == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(e, "symlink %s in the container", p.s);
	found = look(&m, name, &fd, &st);
	TRY(found);
	if (found && S_ISLNK(st.st_mode)) {
		n = sys_readlinkat(fd, "", now, sizeof(now) - 1);
		if (n < 0)
			return err_sys(e, "read the link %s in the container", p.s);
		now[n] = '\0';
		if (strcmp(now, text) == 0)
			return 0;
	}
	if (found && (keep || (!S_ISLNK(st.st_mode) && !S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))))
		return 0;
	if (found && sys_unlinkat(m.at, name, 0) < 0 && errno != ENOENT)
		return err_sys(e, "replace %s in the container", p.s);
	if (sys_symlinkat(text, m.at, name) < 0 && errno != EEXIST)
		return err_sys(e, "symlink %s in the container", p.s);
	return 0;
}

int rootfs_readlink(const struct rootfs *r, struct root_path p, char *buf, size_t size, struct err *e)
{
	OWN_FD fd = sys_openat2(r->fd, p.s, O_PATH | O_NOFOLLOW, 0, IN_ROOT);
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s in the container", p.s);
	n = sys_readlinkat(fd, "", buf, size - 1);
	if (n < 0 && errno != ENOENT)	/* what the kernel says of a descriptor that is no link */
		return err_sys(e, "read the link %s in the container", p.s);
	buf[n < 0 ? 0 : n] = '\0';
	return 0;
}

int rootfs_read(const struct rootfs *r, struct root_path p, size_t limit, struct str *ret, struct err *e)
{
	OWN_FD fd = sys_openat2(r->fd, p.s, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, IN_ROOT);
	struct stat st;
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ENXIO || errno == ELOOP ? 0 : err_sys(e, "open %s in the container", p.s);
	if (sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat %s in the container", p.s);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_size > (off_t)limit)
		return err_set(e, ERR_SPEC, 0, "%s in the container is larger than %zu bytes", p.s, limit);
	while ((n = sys_read(fd, buf, sizeof(buf))) > 0) {
		if (ret->n + (size_t)n > limit)
			return err_set(e, ERR_SPEC, 0, "%s in the container is larger than %zu bytes", p.s, limit);
		str_addn(ret, buf, (size_t)n);
	}
	if (n < 0)
		return err_sys(e, "read %s in the container", p.s);
	TRY(str_ok(ret, e));
	return 1;
}
