/* room: host — brig-criu: one request to CRIU, and what it says on the way (host/criu_main.h)
 *
 * A program of its own because it needs protobuf, which no start of a container should pay for. CRIU is its child, in swrk mode: it serves one request on a
 * socket that it inherits, and makes the container's first process a child of brig-criu, whose end hands it to who adopts brig's orphans. */
#include "host/criu_main.h"
#include "base/num.h"
#include "host/criu_opts.h"
#include "host/criu_stage.h"
#include "spec/spec.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MESSAGE_SIZE = 40960, LOG_ALL = 4, LOG_SIZE = 8 << 20, ABSENT = 127 };

struct work {
	struct arena mem;
	CriuType type;
	CriuOpts opts;
	int cgroup, root;		/* FD_NONE: none */
	bool cgroup_ns, loopback, root_readonly;
	int init;			/* pidfd of the first process */
	struct stage place;
	int socket;			/* our end of CRIU's */
	pid_t criu;
	int criu_pidfd;
	int terminal;			/* the master end that CRIU found without an owner */
};

/* ---- what brig asks ---- */

/* "FD:KEY", or "FD" with key NULL. */
static int descriptor(char *value, int *ret, char **key, struct err *e)
{
	char *colon = key ? strchr(value, ':') : NULL;
	uint32_t n = 0;

	if (colon)
		*colon = '\0';
	if ((key && !colon) || num_u32(value, &n) < 0 || n > 65535)
		return err_set(e, ERR_USAGE, 0, "%.40s: not a descriptor", value);
	*ret = (int)n;
	if (key)
		*key = colon + 1;
	return 0;
}

static int mount_option(struct work *w, char *value, struct err *e)
{
	char *key, *path;
	int fd;

	TRY(descriptor(value, &fd, &key, e));
	TRY(stage_attach(&w->place, &w->mem, fd, &path, e));
	return criu_add_mount(&w->opts, &w->mem, key, path, e);
}

static int inherit_option(struct work *w, char *value, struct err *e)
{
	char *key;
	int fd;

	TRY(descriptor(value, &fd, &key, e));
	if (sys_cloexec(fd, false) < 0)
		return err_sys(e, "descriptor %d", fd);
	return criu_add_inherit(&w->opts, &w->mem, key, fd, e);
}

static int join_option(struct work *w, char *value, struct err *e)
{
	char *type, *path;
	int fd;

	TRY(descriptor(value, &fd, &type, e));
	path = arena_printf(&w->mem, "/proc/self/fd/%d", fd);
	if (!path)
		return err_oom(e);
	if (sys_cloexec(fd, false) < 0)
		return err_sys(e, "descriptor %d", fd);
	return criu_add_join(&w->opts, &w->mem, type, path, e);
}

static int root_option(struct work *w, char *value, struct err *e)
{
	TRY(descriptor(value, &w->root, NULL, e));
	return stage_attach(&w->place, &w->mem, w->root, &w->opts.root, e);
}

/* Images that have a parent come as they lie, and not as a tree: the same directory, opened in our mount namespace. FD_NONE: it is a tree. */
static int where_it_lies(int fd)
{
	char link[32], path[PATH_MAX];
	struct stat was, is;
	OWN_FD again = FD_NONE;
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = sys_readlinkat(AT_FDCWD, link, path, sizeof(path) - 1);
	if (n < 0)
		return FD_NONE;
	path[n] = '\0';
	again = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
	if (again < 0 || sys_fstat(fd, &was) < 0 || sys_fstat(again, &is) < 0 || was.st_dev != is.st_dev || was.st_ino != is.st_ino)
		return FD_NONE;
	return fd_take(&again);
}

/* CRIU changes to it, and mounts in it: it must be in our mount namespace. */
static int directory_option(struct work *w, char *value, int32_t *ret, struct err *e)
{
	char *path;
	int fd = FD_NONE;

	TRY(descriptor(value, &fd, NULL, e));
	*ret = fd;
	if (w->type != CRIU_TYPE__RESTORE)
		return 0;
	*ret = where_it_lies(fd);
	if (*ret >= 0)
		return 0;
	TRY(stage_attach(&w->place, &w->mem, fd, &path, e));
	*ret = sys_openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
	return *ret < 0 ? err_sys(e, "open %s", path) : 0;
}

static int images_option(struct work *w, char *value, struct err *e)
{
	return directory_option(w, value, &w->opts.images_dir_fd, e);
}

static int work_option(struct work *w, char *value, struct err *e)
{
	w->opts.has_work_dir_fd = true;
	return directory_option(w, value, &w->opts.work_dir_fd, e);
}

static int cgroup_option(struct work *w, char *value, struct err *e)
{
	return descriptor(value, &w->cgroup, NULL, e);
}

static int cgroup_ns_option(struct work *w, char *value, struct err *e)
{
	(void)e;
	w->cgroup_ns = value[0] == '1';
	return 0;
}

static int root_readonly_option(struct work *w, char *value, struct err *e)
{
	(void)e;
	w->root_readonly = value[0] == '1';
	return 0;
}

static int loopback_option(struct work *w, char *value, struct err *e)
{
	(void)e;
	w->loopback = value[0] == '1';
	return 0;
}

static const struct own_option { const char *name; int (*take)(struct work *w, char *value, struct err *e); } own_options[] = {
	{ "images", images_option }, { "work", work_option },
	{ "root", root_option }, { "mount", mount_option }, { "inherit", inherit_option }, { "join", join_option },
	{ "cgroup", cgroup_option }, { "cgroup-ns", cgroup_ns_option }, { "loopback", loopback_option }, { "root-readonly", root_readonly_option },
};

static int take_option(struct work *w, char *text, struct err *e)
{
	size_t n = strcspn(text, "=");
	int rc;

	for (size_t i = 0; i < sizeof(own_options) / sizeof(own_options[0]); i++)
		if (text[n] && strlen(own_options[i].name) == n && strncmp(own_options[i].name, text, n) == 0)
			return own_options[i].take(w, text + n + 1, e);
	rc = criu_option(&w->opts, &w->mem, text, e);
	return rc == 0 ? err_set(e, ERR_USAGE, 0, "%.40s: no such option", text) : rc;
}

static int take_arguments(struct work *w, int argc, char **argv, struct err *e)
{
	static const struct { const char *name; CriuType type; } verb[] = { { "dump", CRIU_TYPE__DUMP }, { "pre-dump", CRIU_TYPE__PRE_DUMP }, { "restore", CRIU_TYPE__RESTORE } };

	criu_opts__init(&w->opts);
	for (size_t i = 0; argc > 1 && i < sizeof(verb) / sizeof(verb[0]); i++)
		if (strcmp(argv[1], verb[i].name) == 0)
			w->type = verb[i].type;
	if (w->type == CRIU_TYPE__EMPTY)
		return err_set(e, ERR_USAGE, 0, "usage: %s dump|pre-dump|restore NAME=VALUE...", CRIU_HELPER);
	if (w->type == CRIU_TYPE__RESTORE)	/* before any tree that goes there */
		TRY(stage_make(&w->place, e));
	w->opts.has_log_level = w->opts.has_notify_scripts = w->opts.notify_scripts = true;
	w->opts.log_level = LOG_ALL;
	for (int i = 2; i < argc; i++)
		TRY(take_option(w, argv[i], e));
	return 0;
}

/* ---- what brig hears ---- */

static int say(const char *what, const int *fds, size_t n, struct err *e)
{
	return sys_send(CRIU_CONTROL, what, strlen(what), fds, n) < 0 ? err_sys(e, "tell brig") : 0;
}

static int say_and_wait(const char *what, const int *fds, size_t n, struct err *e)
{
	char answer[8];
	size_t none;
	ssize_t got;

	TRY(say(what, fds, n, e));
	got = sys_recv(CRIU_CONTROL, answer, sizeof(answer), NULL, 0, &none);
	return got > 0 ? 0 : err_set(e, ERR_PEER, 0, "brig has gone");
}

/* ---- CRIU ---- */

/* Moved, and not cloned into it: a cgroup that was there before may have seen cgroup.kill (host/clone.c). */
static int enter_cgroup(int cgroup)
{
	OWN_FD procs = FD_NONE;

	if (cgroup < 0)
		return 0;
	procs = sys_openat(cgroup, "cgroup.procs", O_WRONLY | O_NOFOLLOW, 0);
	return procs < 0 || sys_write(procs, "0", 1) != 1 ? -1 : 0;
}

/* In the new process. Only what was asked to survive survives. */
static _Noreturn void become_criu(const struct work *w, int socket)
{
	static const char *const program[] = { CRIU_PROGRAMS };
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const env[] = { path, NULL };
	char name[] = "criu", mode[] = "swrk", number[12];
	char *const argv[] = { name, mode, number, NULL };

	snprintf(number, sizeof(number), "%d", socket);
	if (enter_cgroup(w->cgroup) < 0)
		sys_exit(1);
	if (sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && sys_cloexec(socket, false) == 0 && (!w->cgroup_ns || sys_unshare(CLONE_NEWCGROUP) == 0))
		for (size_t i = 0; i < sizeof(program) / sizeof(program[0]); i++)
			sys_execveat(AT_FDCWD, program[i], argv, env, 0);
	sys_exit(ABSENT);
}

static int start_criu(struct work *w, struct err *e)
{
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD its_end = FD_NONE;
	int ends[2];

	if (sys_socketpair_seqpacket(ends) < 0)
		return err_sys(e, "socketpair");
	w->socket = ends[0];
	its_end = ends[1];
	w->criu = sys_clone3(&c, &w->criu_pidfd);
	if (w->criu < 0)
		return err_sys(e, "clone3 for criu");
	if (w->criu == 0)
		become_criu(w, its_end);
	return 0;
}

static int criu_ended(struct work *w, struct err *e)
{
	int status = 0;

	sys_kill(w->criu, SIGKILL);	/* our child and not reaped: the number is still its own; one that is on its way out keeps its status */
	if (sys_wait4(w->criu, &status, 0, NULL) < 0)
		return err_sys(e, "wait for criu");
	w->criu = 0;
	if (WIFSIGNALED(status))
		return err_set(e, ERR_STATE, 0, "criu failed: it was ended by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == ABSENT)
		return err_set(e, ERR_UNSUPPORTED, 0, "criu cannot be executed: is it installed?");
	return err_set(e, ERR_STATE, 0, "criu failed: it ended without an answer, with status %d", WEXITSTATUS(status));
}

static bool is_closed(int num) { return num == EPIPE || num == ECONNRESET; }

static int send_request(struct work *w, const CriuReq *r, struct err *e)
{
	OWN_MEM uint8_t *buf = malloc(criu_req__get_packed_size(r) + 1);
	size_t n;

	if (!buf)
		return err_oom(e);
	n = criu_req__pack(r, buf);
	if (sys_send(w->socket, buf, n, NULL, 0) >= 0)
		return 0;
	return is_closed(errno) ? criu_ended(w, e) : err_sys(e, "send a request to criu");
}

/* Until there is something to receive. The processes that it restores have its socket as well, so the socket does not tell that it has ended. */
static int await_criu(struct work *w, struct err *e)
{
	struct pollfd p[] = { { .fd = w->socket, .events = POLLIN }, { .fd = w->criu_pidfd, .events = POLLIN } };
	int n;

	do
		n = sys_poll(p, 2, NULL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(e, "wait for criu");
	return p[0].revents ? 0 : criu_ended(w, e);
}

/* The caller frees *ret with criu_resp__free_unpacked. */
static int receive(struct work *w, CriuResp **ret, int *ret_fd, struct err *e)
{
	uint8_t buf[MESSAGE_SIZE];
	size_t nfds = 0;
	ssize_t n;

	*ret_fd = FD_NONE;
	TRY(await_criu(w, e));
	n = sys_recv(w->socket, buf, sizeof(buf), ret_fd, 1, &nfds);
	if (n == 0 || (n < 0 && is_closed(errno)))
		return criu_ended(w, e);
	if (n < 0)
		return err_sys(e, "receive from criu");
	*ret = criu_resp__unpack(NULL, (size_t)n, buf);
	return *ret ? 0 : err_set(e, ERR_PEER, 0, "criu sent what is no answer");
}

static const char *type_name(CriuType t)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(&criu_type__descriptor, (int)t);

	return v ? v->name : "?";
}

/* The first error in CRIU's log tells most; one about its own limits comes before, and it goes on after that. In buf, "" when there is none. */
static void first_error(const struct work *w, char *buf, size_t size)
{
	int dir = w->opts.has_work_dir_fd ? w->opts.work_dir_fd : w->opts.images_dir_fd;
	OWN_FD fd = sys_openat(dir, w->opts.log_file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	OWN_MEM char *text = malloc(LOG_SIZE + 1);
	ssize_t n = 0, got = 1;
	char *next;

	buf[0] = '\0';
	if (fd < 0 || !text)
		return;
	while (got > 0 && n < LOG_SIZE) {
		got = sys_read(fd, text + n, LOG_SIZE - (size_t)n);
		n += got > 0 ? got : 0;
	}
	text[n] = '\0';
	next = text;
	for (char *line = strsep(&next, "\n"); line && !buf[0]; line = strsep(&next, "\n")) {
		const char *error = strstr(line, "Error (");

		if (error && !strstr(error, "rlimit:"))
			snprintf(buf, size, "%s", error);
	}
}

static int told_of_failure(const struct work *w, const CriuResp *r, struct err *e)
{
	char why[256];

	first_error(w, why, sizeof(why));
	return err_set(e, ERR_STATE, 0, "criu failed: type %s errno %d%s%s", type_name(r->type), r->has_cr_errno ? r->cr_errno : 0, why[0] ? ": " : "", why);
}

/* ---- while it works ---- */

/* Does act in the namespaces flags of the first process: in a process of its own, which enters them. */
static int inside(const struct work *w, int flags, int (*act)(void), const char *what, struct err *e)
{
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD own = FD_NONE;
	int status = 0;
	pid_t pid = sys_clone3(&c, &own);

	if (pid < 0)
		return err_sys(e, "clone3");
	if (pid == 0)
		sys_exit(sys_setns(w->init, flags) < 0 || act() < 0 ? (errno > 0 && errno < 126 ? errno : 126) : 0);
	if (sys_wait4(pid, &status, 0, NULL) < 0)
		return err_sys(e, "wait");
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, ERR_SYS, WIFEXITED(status) && WEXITSTATUS(status) < 126 ? WEXITSTATUS(status) : 0, "%s of the restored container", what);
}

/* CRIU needs a root that it can write to, until it is done. */
static int make_root_readonly(void)
{
	struct mount_attr_arg attr = { .attr_set = MOUNT_ATTR_RDONLY };

	return sys_mount_setattr(AT_FDCWD, "/", 0, &attr);
}

static int first_process(struct work *w, pid_t pid, struct err *e)
{
	w->init = sys_pidfd_open(pid);	/* a child of ours that nobody has waited for: the number is its own */
	if (w->init < 0)
		return err_sys(e, "pidfd_open %d", pid);
	/* The images hold no devices (empty_ns); lo is the one that every network namespace of ours has. */
	if (w->loopback)
		TRY(inside(w, CLONE_NEWNET, sys_loopback_up, "bring up lo in the network", e));
	return say_and_wait(CRIU_SAY_NAMESPACES, &w->init, 1, e);
}

static int everything_stopped(struct work *w, struct err *e)
{
	char text[32];

	if (w->root_readonly)
		TRY(inside(w, CLONE_NEWNS, make_root_readonly, "make read-only the root", e));
	snprintf(text, sizeof(text), CRIU_SAY_STOPPED "%d", w->criu);
	return say_and_wait(text, &w->terminal, w->terminal >= 0, e);
}

static int notified(struct work *w, const CriuNotify *n, int *fd, struct err *e)
{
	const char *what = n && n->script ? n->script : "";

	if (strcmp(what, "setup-namespaces") == 0)
		return first_process(w, n->pid, e);
	if (strcmp(what, "pre-resume") == 0)
		return everything_stopped(w, e);
	if (strcmp(what, "status-ready") == 0)
		return say(CRIU_SAY_READY, NULL, 0, e);
	if (strcmp(what, "orphan-pts-master") == 0 && w->terminal < 0)
		w->terminal = fd_take(fd);
	return 0;
}

/* 1: that was the last one. */
static int answer(struct work *w, struct err *e)
{
	CriuReq go_on = CRIU_REQ__INIT;
	OWN_FD fd = FD_NONE;
	CriuResp *r = NULL;
	int rc;

	TRY(receive(w, &r, &fd, e));
	if (!r->success) {
		rc = told_of_failure(w, r, e);
	} else if (r->type == CRIU_TYPE__NOTIFY) {
		rc = notified(w, r->notify, &fd, e);
		go_on.type = CRIU_TYPE__NOTIFY;
		go_on.has_notify_success = go_on.notify_success = true;
		if (rc == 0)
			rc = send_request(w, &go_on, e);
	} else {
		rc = r->type == w->type ? 1 : err_set(e, ERR_PEER, 0, "criu answered %s to %s", type_name(r->type), type_name(w->type));
	}
	criu_resp__free_unpacked(r, NULL);
	return rc;
}

/* After a pre-dump, which is whole when it is answered, CRIU waits for more requests and complains when none come. */
static int reap(struct work *w, struct err *e)
{
	int status = 0;

	if (w->type == CRIU_TYPE__PRE_DUMP)
		sys_kill(w->criu, SIGKILL);	/* our child and not reaped: the number is still its own */
	fd_drop(&w->socket);
	if (sys_wait4(w->criu, &status, 0, NULL) < 0)
		return err_sys(e, "wait for criu");
	w->criu = 0;
	if (w->type == CRIU_TYPE__PRE_DUMP || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return 0;
	return err_set(e, ERR_STATE, 0, "criu failed: %s %d", WIFEXITED(status) ? "exit status" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static int perform(struct work *w, struct err *e)
{
	CriuReq request = CRIU_REQ__INIT;
	int rc;

	request.type = w->type;
	request.opts = &w->opts;
	TRY(start_criu(w, e));
	rc = send_request(w, &request, e);
	while (rc == 0)
		rc = answer(w, e);
	return rc < 0 ? -1 : reap(w, e);
}

static void end_criu(const struct work *w)
{
	if (w->criu <= 0)
		return;
	sys_kill(w->criu, SIGKILL);	/* our child and not reaped: the number is still its own */
	sys_wait4(w->criu, NULL, 0, NULL);
}

int main(int argc, char **argv)
{
	struct work w = { .cgroup = FD_NONE, .root = FD_NONE, .socket = FD_NONE, .init = FD_NONE, .criu_pidfd = FD_NONE, .terminal = FD_NONE };
	char text[CRIU_SAY_SIZE];
	struct err e = { 0 }, lost;

	/* What brig passes on is ours, and not CRIU's unless an option says so. */
	if (sys_close_range(CRIU_CONTROL, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		err_sys(&e, "close_range");
	else if (take_arguments(&w, argc, argv, &e) == 0 && perform(&w, &e) == 0)
		return say(CRIU_SAY_DONE, NULL, 0, &e) < 0;
	end_criu(&w);
	snprintf(text, sizeof(text), CRIU_SAY_ERROR "%s%s%s", e.text, e.num ? ": " : "", e.num ? errno_phrase(e.num) : "");
	return say(text, NULL, 0, &lost) < 0 ? 2 : 1;
}
