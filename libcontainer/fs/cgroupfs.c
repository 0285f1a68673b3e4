/* room: host — cgroup v2 directories */
#include "fs/cgroupfs.h"
#include "base/limits.h"
#include "base/num.h"
#include "fs/dirread.h"
#include "sys/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };

static const char *relative(const char *path)
{
	path += strspn(path, "/");
	return path[0] ? path : ".";
}

/* A cgroup file system has no links, so a path without ".." stays below the mount also where it is given to mkdirat or unlinkat. */
static bool goes_up(const char *path)
{
	for (const char *p = path; *p; p += strcspn(p, "/")) {
		p += strspn(p, "/");
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return true;
	}
	return false;
}

int cgroup_open_mount(struct host_path mount, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, mount.s, O_PATH | O_DIRECTORY, 0);
	struct statfs fs;

	if (fd < 0)
		return err_sys(e, "open %s", mount.s);
	if (sys_fstatfs(fd, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC)
		return err_set(e, ERR_UNSUPPORTED, 0, "%s is not a cgroup v2 file system", mount.s);
	return fd_take(&fd);
}

/* The mount that path is to be resolved below. */
static int open_mount(struct host_path mount, const char *path, struct err *e)
{
	if (goes_up(path))
		return err_set(e, ERR_SPEC, 0, "cgroup path %s contains \"..\"", path);
	return cgroup_open_mount(mount, e);
}

int cgdir_open(struct host_path mount, const char *path, struct cgdir *ret, struct err *e)
{
	OWN_FD root = open_mount(mount, path, e);
	int fd;

	if (root < 0)
		return -1;
	fd = sys_openat2(root, relative(path), O_RDONLY | O_DIRECTORY, 0, BENEATH);
	if (fd < 0)
		return err_sys(e, "open cgroup %s", path);
	ret->fd = fd;
	return 0;
}

void cgdir_close(struct cgdir *d)
{
	fd_drop(&d->fd);
}

/* Calls each prefix of a path: "/a", "/a/b", ... as a name relative to the mount, until fn says stop (non-zero). */
typedef int prefix_fn(int root, const char *prefix, unsigned n, void *arg, struct err *e);

static int each_prefix(struct host_path mount, const char *path, prefix_fn *fn, void *arg, struct err *e)
{
	OWN_FD root = open_mount(mount, path, e);
	OWN_STR copy = strdup(relative(path));
	unsigned n = 0;

	if (root < 0)
		return -1;
	if (!copy)
		return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
	for (char *p = copy; *p;) {
		char *end = p + strcspn(p, "/"), was = *end;
		int rc;

		if (end == p) {
			p++;
			continue;
		}
		*end = '\0';
		rc = fn(root, copy, ++n, arg, e);
		*end = was;
		if (rc)
			return rc < 0 ? -1 : 0;
		p = end + (was ? 1 : 0);
	}
	return 0;
}

static int exists(int root, const char *prefix, unsigned n, void *arg, struct err *e)
{
	OWN_FD fd = sys_openat2(root, prefix, O_PATH | O_DIRECTORY, 0, BENEATH);

	if (fd < 0 && errno != ENOENT)
		return err_sys(e, "open cgroup %s", prefix);
	if (fd < 0)
		return 1;
	*(unsigned *)arg = n;
	return 0;
}

int cgdir_existing(struct host_path mount, const char *path, unsigned *ret, struct err *e)
{
	unsigned n = 0;

	TRY(each_prefix(mount, path, exists, &n, e));
	*ret = n;
	return 0;
}

static int make_one(int root, const char *prefix, unsigned n, unsigned *keep, struct err *e)
{
	if (sys_mkdirat(root, prefix, 0755) < 0)
		return errno == EEXIST ? 0 : err_sys(e, "mkdir cgroup /%s", prefix);
	if (keep && *keep >= n)
		*keep = n - 1;
	return 0;
}

static int make(int root, const char *prefix, unsigned n, void *arg, struct err *e)
{
	return make_one(root, prefix, n, arg, e);
}

int cgdir_make(struct host_path mount, const char *path, struct cgdir *ret, unsigned *keep, struct err *e)
{
	TRY(each_prefix(mount, path, make, keep, e));
	return cgdir_open(mount, path, ret, e);
}

struct enabling { const char *controllers, *leaf; unsigned *keep; };

/* "+memory +pids": are all of them in "cpu memory pids"? */
static bool all_in(const char *wanted, const char *list)
{
	for (const char *p = wanted; *p; p += strspn(p, " ")) {
		size_t n = strcspn(++p, " ");
		bool found = false;

		for (const char *q = list; *q && !found; q += strspn(q, " \n")) {
			size_t k = strcspn(q, " \n");

			found = k == n && strncmp(p, q, n) == 0;
			q += k;
		}
		if (!found)
			return false;
		p += n;
	}
	return true;
}

/* A directory above what was delegated to us is not ours to write, and mostly has no need of it. */
static bool enabled_already(int at, const char *controllers)
{
	OWN_FD fd = sys_openat(at, "cgroup.subtree_control", O_RDONLY | O_NOFOLLOW, 0);
	char buf[512];
	ssize_t n = fd < 0 ? -1 : sys_read(fd, buf, sizeof(buf) - 1);

	if (n < 0)
		return false;
	buf[n] = '\0';
	return all_in(controllers, buf);
}

/* A part of a threaded subtree (or its root): there is no place for processes of others in it. */
static bool threaded(int at)
{
	OWN_FD fd = sys_openat(at, "cgroup.type", O_RDONLY | O_NOFOLLOW, 0);
	char type[32] = "";

	return fd >= 0 && sys_read(fd, type, sizeof(type) - 1) > 0 && strcmp(type, "domain\n") != 0;
}

static int enable_in(int root, const char *dir, const struct enabling *en, struct err *e)
{
	OWN_FD at = sys_openat2(root, dir, O_PATH | O_DIRECTORY, 0, BENEATH);
	OWN_FD fd = FD_NONE;

	if (at >= 0 && enabled_already(at, en->controllers))
		return 0;
	fd = at < 0 ? FD_NONE : sys_openat(at, "cgroup.subtree_control", O_WRONLY | O_NOFOLLOW, 0);
	if (fd < 0 && (errno == EACCES || errno == EPERM))
		return err_sys(e, "enable \"%s\" in cgroup %s, which is not delegated to this user (in a session of systemd: Delegate= of user@.service)",
			       en->controllers, dir[0] == '.' ? "/" : dir);
	if (fd < 0)
		return err_sys(e, "open %s/cgroup.subtree_control", dir);
	if (sys_write(fd, en->controllers, strlen(en->controllers)) >= 0)
		return 0;
	if (threaded(at))
		return err_set(e, ERR_UNSUPPORTED, 0, "cgroup %s is threaded: no container can be below it (/linux/cgroupsPath may name another one)", dir);
	return err_sys(e, "enable \"%s\" in cgroup %s", en->controllers, dir);
}

static int enable_step(int root, const char *prefix, unsigned n, void *arg, struct err *e)
{
	const struct enabling *en = arg;

	TRY(make_one(root, prefix, n, en->keep, e));
	return strcmp(prefix, en->leaf) == 0 ? 1 : enable_in(root, prefix, en, e);
}

int cgdir_enable(struct host_path mount, const char *path, const char *controllers, unsigned *keep, struct err *e)
{
	struct enabling en = { controllers, relative(path), keep };
	OWN_FD root = open_mount(mount, path, e);

	if (root < 0)
		return -1;
	TRY(enable_in(root, ".", &en, e));
	return each_prefix(mount, path, enable_step, &en, e);
}

static int open_key(const struct cgdir *d, const char *file, int flags, struct err *e)
{
	int fd;

	if (strchr(file, '/'))
		return err_set(e, ERR_SPEC, 0, "\"%s\" is not the name of a cgroup file", file);
	fd = sys_openat2(d->fd, file, (uint64_t)flags, 0, BENEATH);
	return fd < 0 ? err_sys(e, "open cgroup file %s", file) : fd;
}

int cgdir_write(const struct cgdir *d, const char *file, const char *text, struct err *e)
{
	OWN_FD fd = open_key(d, file, O_WRONLY, e);

	if (fd < 0)
		return -1;
	return sys_write(fd, text, strlen(text)) < 0 ? err_sys(e, "write \"%.64s\" to cgroup file %s", text, file) : 0;
}

int cgdir_read(const struct cgdir *d, const char *file, struct str *ret, struct err *e)
{
	OWN_FD fd = open_key(d, file, O_RDONLY, e);
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = sys_read(fd, buf, sizeof(buf))) > 0 && ret->n < LIMIT_SMALL_FILE)
		str_addn(ret, buf, (size_t)n);
	if (n < 0)
		return err_sys(e, "read cgroup file %s", file);
	str_add(ret, "");
	return str_ok(ret, e);
}

bool cgroup_frozen(int mount, const char *path)
{
	char name[PATH_MAX], flag = '0';
	OWN_FD fd = FD_NONE;

	if (snprintf(name, sizeof(name), "%s/cgroup.freeze", relative(path)) >= (int)sizeof(name))
		return false;
	fd = sys_openat2(mount, name, O_RDONLY, 0, BENEATH);
	return fd >= 0 && sys_read(fd, &flag, 1) == 1 && flag == '1';
}

bool cgdir_has(const struct cgdir *d, const char *file)
{
	struct stat st;

	return sys_fstatat(d->fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int cgdir_value(const struct cgdir *d, const char *file, const char *key, unsigned long long *ret, struct err *e)
{
	OWN(str) text = { 0 };
	size_t k = strlen(key);
	char *next;

	TRY(cgdir_read(d, file, &text, e));
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		uint64_t v;

		if (strncmp(line, key, k) == 0 && line[k] == ' ' && num_u64(line + k + 1, &v) == 0) {
			*ret = v;
			return 0;
		}
	}
	return err_set(e, ERR_SYS, EPROTO, "no %s in cgroup file %s", key, file);
}

struct pids { pid_t *list; size_t n, cap; };

static int add_pids(int dir, struct pids *p, struct err *e)
{
	OWN(str) text = { 0 };
	struct cgdir d = { dir };
	char *next;

	TRY(cgdir_read(&d, "cgroup.procs", &text, e));
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		uint32_t pid;

		if (num_u32(line, &pid) < 0)
			continue;
		if (p->n == p->cap) {
			size_t cap = p->cap ? 2 * p->cap : 64;
			pid_t *list = reallocarray(p->list, cap, sizeof(*list));

			if (!list)
				return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
			p->list = list;
			p->cap = cap;
		}
		p->list[p->n++] = (pid_t)pid;
	}
	return 0;
}

/* Runs fn on every cgroup below dir, children before parents. The kernel bounds the depth; so does this. */
typedef int below_fn(int parent, const char *name, int dir, void *arg, struct err *e);

static int below(int dir, unsigned depth, below_fn *fn, void *arg, struct err *e)
{
	OWN(dirread) list = { .fd = FD_NONE };
	unsigned char type;
	const char *name;
	int found;

	if (dirread_open(dir, &list) < 0)
		return err_sys(e, "list a cgroup");
	while ((found = dirread_next(&list, &name, &type)) > 0) {
		OWN_FD sub = FD_NONE;

		if (type != DT_DIR)
			continue;
		sub = sys_openat2(dir, name, O_RDONLY | O_DIRECTORY, 0, BENEATH);
		if (sub < 0 && errno == ENOENT)
			continue;	/* gone meanwhile */
		if (sub < 0)
			return err_sys(e, "open cgroup %s", name);
		if (depth > 0)
			TRY(below(sub, depth - 1, fn, arg, e));
		TRY(fn(dir, name, sub, arg, e));
	}
	return found < 0 ? err_sys(e, "list a cgroup") : 0;
}

enum { MAX_DEPTH = 64 };

static int add_below(int parent, const char *name, int dir, void *arg, struct err *e)
{
	(void)parent;
	(void)name;
	return add_pids(dir, arg, e);
}

int cgdir_pids(const struct cgdir *d, bool deep, pid_t **ret, size_t *ret_n, struct err *e)
{
	struct pids p = { 0 };

	if (add_pids(d->fd, &p, e) < 0 || (deep && below(d->fd, MAX_DEPTH, add_below, &p, e) < 0)) {
		free(p.list);
		return -1;
	}
	*ret = p.list;
	*ret_n = p.n;
	return 0;
}

int cgdir_kill(const struct cgdir *d, struct err *e)
{
	return cgdir_write(d, "cgroup.kill", "1", e);
}

static int64_t now_ms(void)
{
	struct timespec t = { 0 };

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The kernel marks cgroup.events as readable-with-priority whenever it changes (cgroup-v2.rst), so nothing is polled by time. */
static int await_event(const struct cgdir *d, const char *key, unsigned long long want, int timeout_ms, struct err *e)
{
	int64_t end = now_ms() + timeout_ms;
	OWN_FD fd = open_key(d, "cgroup.events", O_RDONLY, e);

	if (fd < 0)
		return -1;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLPRI };
		unsigned long long now = 0;
		char buf[256];
		ssize_t n = sys_pread(fd, buf, sizeof(buf) - 1, 0);
		int64_t left = end - now_ms();
		struct timespec t = { .tv_sec = left / 1000, .tv_nsec = (left % 1000) * 1000000 };
		const char *at;

		buf[n < 0 ? 0 : n] = '\0';
		at = strstr(buf, key);
		if (n < 0 && errno == ENODEV)
			return 0;	/* the cgroup was removed */
		if (at && sscanf(at + strlen(key), " %llu", &now) == 1 && now == want)
			return 0;
		if (left <= 0)
			return err_set(e, ERR_SYS, ETIMEDOUT, "wait for cgroup %s %llu", key, want);
		sys_poll(&p, 1, &t);
	}
}

int cgdir_wait_empty(const struct cgdir *d, int timeout_ms, struct err *e)
{
	return await_event(d, "populated", 0, timeout_ms, e);
}

int cgdir_freeze(const struct cgdir *d, bool frozen, int timeout_ms, struct err *e)
{
	TRY(cgdir_write(d, "cgroup.freeze", frozen ? "1" : "0", e));
	return await_event(d, "frozen", frozen, timeout_ms, e);
}

static int remove_one(int parent, const char *name, int dir, void *arg, struct err *e)
{
	(void)dir;
	(void)arg;
	if (sys_unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(e, "remove cgroup %s", name);
	return 0;
}

/* The last process's exit may still be on its way out of the cgroup (EBUSY), although populated is 0: tried for up to a second. */
static int remove_leaf(int root, const char *name, struct err *e)
{
	for (unsigned ms = 1; ; ms *= 2) {
		struct timespec t = { .tv_nsec = (long)ms * 1000000 };

		if (sys_unlinkat(root, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		if (errno != EBUSY || ms > 512)
			return err_sys(e, "remove cgroup /%s", name);
		sys_poll(NULL, 0, &t);
	}
}

static unsigned count(const char *path)
{
	unsigned n = 0;

	for (const char *p = path; *p; p++)
		if (*p != '/' && (p == path || p[-1] == '/'))
			n++;
	return n;
}

/* Of name, of n components: the parents that were made for this container; one that others use stays. name is cut. */
static int remove_parents(int root, char *name, unsigned n, unsigned keep, struct err *e)
{
	for (n--; n > keep; n--) {
		char *slash = strrchr(name, '/');

		if (!slash)
			break;
		*slash = '\0';
		if (sys_unlinkat(root, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			continue;
		return errno == EBUSY || errno == ENOTEMPTY || errno == EACCES || errno == EPERM ? 0 : err_sys(e, "remove cgroup /%s", name);
	}
	return 0;
}

int cgdir_remove_unused(struct host_path mount, const char *path, unsigned keep, struct err *e)
{
	OWN_FD root = open_mount(mount, path, e);
	OWN_STR name = strdup(relative(path));

	if (root < 0)
		return -1;
	if (!name)
		return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
	if (count(path) <= keep || sys_unlinkat(root, name, AT_REMOVEDIR) < 0)
		return 0;
	return remove_parents(root, name, count(path), keep, e) < 0 ? -1 : 1;
}

int cgdir_remove(struct host_path mount, const char *path, unsigned keep, struct err *e)
{
	OWN_FD root = open_mount(mount, path, e), leaf = FD_NONE;
	OWN_STR name = strdup(relative(path));
	unsigned n;

	if (root < 0)
		return -1;
	if (!name)
		return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
	n = count(path);
	if (n == 0)	/* the mount's root: neither it nor what others made there is ours */
		return 0;
	leaf = sys_openat2(root, name, O_RDONLY | O_DIRECTORY, 0, BENEATH);
	if (leaf >= 0 && below(leaf, MAX_DEPTH, remove_one, NULL, e) < 0 && e->num != ENOENT && e->num != ENODEV)	/* removed meanwhile */
		return -1;
	if (n > keep)
		TRY(remove_leaf(root, name, e));
	return remove_parents(root, name, n, keep, e);
}
