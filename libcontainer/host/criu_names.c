/* room: host — checkpoint and restore: what the images call things that are not the container's own */
#include "host/criu.h"
#include "host/criu_main.h"
#include "host/mountlist.h"
#include "base/limits.h"
#include "fs/rootfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

/* ---- the command line of brig-criu ---- */

int call_add(struct criu_call *c, char *text, struct err *e)
{
	if (!text)
		return err_oom(e);
	if (c->n == CALL_OPTIONS)
		return err_set(e, ERR_SPEC, 0, "the configuration needs more than %d options of CRIU's", CALL_OPTIONS);
	c->arg[c->n++] = text;
	return 0;
}

int call_add_fd(struct criu_call *c, const char *name, int fd, const char *key, struct err *e)
{
	if (c->n_fds == HELPER_FDS)
		return err_set(e, ERR_SPEC, 0, "the configuration needs more than %d descriptors", HELPER_FDS);
	c->fd[c->n_fds++] = fd;
	return call_add(c, arena_printf(&c->mem, "%s=%zu%s%s", name, CRIU_CONTROL + c->n_fds - 1, key ? ":" : "", key ? key : ""), e);
}

void criu_call_dropp(struct criu_call *c)
{
	arena_free(&c->mem);
}

/* ---- mounts and namespaces ---- */

/* A destination may go through links of the container's: where it ended at create is where a mount lies now. */
static int name_mount(struct host *h, struct criu_call *c, const struct rootfs *root, const struct mountlist *info, const struct criu_mount *m, struct err *e)
{
	OWN_FD at = rootfs_open(root, m->dest, O_PATH, false, e);
	const struct listed_mount *line;
	unsigned long long id;
	struct stat st;

	if (at < 0)	/* a path to mask that is not there, or a mount below a file system that the container has covered */
		return 0;
	if (sys_fstat(at, &st) < 0)
		return err_sys(e, "stat %s", m->dest.s);
	if (m->mask && S_ISDIR(st.st_mode))
		return 0;	/* a file system of our own making, which the images hold */
	TRY(mount_id(&h->proc, "thread-self", at, &id, e));
	line = mountlist_find(info, id);
	return line ? call_add(c, arena_printf(&c->mem, "ext_mnt=%s\n%s", m->key, line->is.point), e) : 0;
}

int criu_name_mounts(struct host *h, const struct criu *plan, struct criu_call *c, struct err *e)
{
	struct rootfs root = { FD_NONE };
	struct mountlist info;
	char path[32];
	int rc = 0;

	TRY(mountlist_read(&h->proc, h->journal.pid, &c->mem, &info, e));
	snprintf(path, sizeof(path), "%d/root", h->journal.pid);
	root.fd = sys_openat(h->proc.fd, path, O_PATH | O_DIRECTORY, 0);
	if (root.fd < 0)
		return err_sys(e, "open %s", path);
	for (size_t i = 0; i < plan->n_mounts && rc == 0; i++)
		rc = name_mount(h, c, &root, &info, &plan->mount[i], e);
	fd_drop(&root.fd);
	return rc;
}

/* CRIU's words for a namespace that is not to be dumped: TYPE[INODE]:KEY. */
int criu_name_namespaces(struct host *h, const struct criu *plan, struct criu_call *c, struct err *e)
{
	for (enum ns_type t = NS_MOUNT; t < NS_COUNT; t++) {
		struct stat st;
		char path[48];

		if (!(plan->external_ns >> t & 1))
			continue;
		snprintf(path, sizeof(path), "%d/ns/%s", h->journal.pid, namespace_proc_name(t));
		if (sys_fstatat(h->proc.fd, path, &st, 0) < 0)
			return err_sys(e, "stat %s", path);
		TRY(call_add(c, arena_printf(&c->mem, "external=%s[%llu]:%s", namespace_proc_name(t), (unsigned long long)st.st_ino, t == NS_NET ? "extRootNetNS" : "extRootPidNS"), e));
	}
	return 0;
}

/* ---- standard streams ----
 *
 * They are mostly the caller's: pipes and files that CRIU cannot make again. The images refer to them by a key, which a file beside the images tells for
 * each of the three; at restore those of the new caller take their places. Giving a terminal of one's own away is asked for: --shell-job. */

#define STREAMS "descriptors.json"

static int stream_text(struct host *h, int number, char text[256], struct err *e)
{
	char path[48];
	ssize_t n;

	snprintf(path, sizeof(path), "%d/fd/%d", h->journal.pid, number);
	n = sys_readlinkat(h->proc.fd, path, text, 255);
	if (n < 0 && errno != ENOENT)
		return err_sys(e, "readlink %s", path);
	text[n < 0 ? 0 : n] = '\0';
	return 0;
}

/* As CRIU knows them: a terminal is no file to it. */
static bool is_terminal(dev_t dev)
{
	return major(dev) == 4 || major(dev) == 5 || (major(dev) >= 136 && major(dev) <= 143);
}

/* A file outside of the container's mounts is known to CRIU by the number of its mount and its inode; a terminal by those of its device. */
static int stream_file(struct host *h, const struct mountlist *info, const struct criu *plan, int number, struct criu_call *c, char text[256], struct err *e)
{
	unsigned long long id;
	struct stat st;
	char path[48];

	snprintf(path, sizeof(path), "%d/fd/%d", h->journal.pid, number);
	if (sys_fstatat(h->proc.fd, path, &st, 0) < 0)
		return err_sys(e, "stat %s", path);
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		return 0;
	snprintf(path, sizeof(path), "%d", h->journal.pid);
	TRY(mount_id(&h->proc, path, number, &id, e));
	if (mountlist_find(info, id))
		return 0;
	if (S_ISCHR(st.st_mode) && is_terminal(st.st_rdev)) {
		if (!plan->shell_job)
			return err_set(e, ERR_SPEC, 0, "standard stream %d is a terminal of the caller's, which --shell-job allows", number);
		snprintf(text, 256, "tty[%llx:%llx]", (unsigned long long)st.st_rdev, (unsigned long long)st.st_dev);
	} else {
		snprintf(text, 256, "file[%llx:%llx]", id, (unsigned long long)st.st_ino);
	}
	return call_add(c, arena_printf(&c->mem, "external=%s", text), e);
}

static int write_streams(int images, const struct str *text, struct err *e)
{
	OWN_FD fd = FD_NONE;

	if (sys_unlinkat(images, STREAMS, 0) < 0 && errno != ENOENT)
		return err_sys(e, "remove " STREAMS);
	fd = sys_openat(images, STREAMS, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	if (fd < 0 || sys_write_all(fd, text->s, text->n) < 0)
		return err_sys(e, "write " STREAMS);
	return 0;
}

int criu_name_streams(struct host *h, const struct criu *plan, int images, struct criu_call *c, struct err *e)
{
	OWN(str) out = { 0 };
	struct json_out o = { .to = &out };
	struct mountlist info;

	TRY(mountlist_read(&h->proc, h->journal.pid, &c->mem, &info, e));
	json_open(&o, '[');
	for (int i = 0; i < 3; i++) {
		char text[256];

		TRY(stream_text(h, i, text, e));
		if (text[0] == '/')
			TRY(stream_file(h, &info, plan, i, c, text, e));
		json_put_string(&o, text);
	}
	json_close(&o, ']');
	TRY(str_ok(&out, e));
	return write_streams(images, &out, e);
}

static bool is_tty(const char *s) { return strncmp(s, "tty[", 4) == 0; }

/* "pipe:[12345]", "file[1f:2a]" or "tty[8803:18]", and nothing else: the file is as much to be trusted as the images. */
static bool is_key(const char *s)
{
	const char *digits = "0123456789abcdef:", *at = s;
	size_t n;

	if (strncmp(s, "pipe:[", 6) == 0) {
		digits = "0123456789";
		at += 6;
	} else if (is_tty(s) || strncmp(s, "file[", 5) == 0) {
		at += is_tty(s) ? 4 : 5;
	} else {
		return false;
	}
	n = strspn(at, digits);
	return n > 0 && n < 64 && strcmp(at + n, "]") == 0;
}

static int read_streams(int images, struct str *ret, struct err *e)
{
	OWN_FD fd = sys_openat(images, STREAMS, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	char buf[1024];
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? 0 : err_sys(e, "open " STREAMS);
	n = sys_read(fd, buf, sizeof(buf));
	if (n < 0)
		return err_sys(e, "read " STREAMS);
	str_addn(ret, buf, (size_t)n);
	return str_ok(ret, e);
}

int criu_give_streams(const struct criu *plan, int images, struct criu_call *c, struct err *e)
{
	OWN(str) text = { 0 };
	const struct json *list;
	struct err why;
	int number = 0;

	TRY(read_streams(images, &text, e));
	if (!text.n)
		return 0;
	if (json_parse(&c->mem, STREAMS, text.s, text.n, &list, &why) < 0 || list->type != JSON_ARRAY)
		return err_set(e, ERR_STATE, 0, STREAMS " in the images is no list of three streams");
	for (const struct json *v = list->child; v && number < 3; v = v->next, number++) {
		if (v->type != JSON_STRING || !is_key(v->text))
			continue;
		if (is_tty(v->text) && !plan->shell_job)
			return err_set(e, ERR_SPEC, 0, "standard stream %d was a terminal of the caller's, which --shell-job allows", number);
		TRY(call_add_fd(c, "inherit", number, v->text, e));	/* a copy: CRIU closes it */
	}
	return 0;
}
