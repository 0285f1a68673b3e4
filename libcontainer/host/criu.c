/* room: host — checkpoint and restore: brig-criu is told what the plan says, and walks along (host/criu_main.h) */
#include "host/acts.h"
#include "host/criu.h"
#include "host/criu_main.h"
#include "base/num.h"
#include "fs/rootfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int mountpoint_host(struct host *h, const struct step *s, struct err *e)
{
	struct rootfs root = { h->tab.slot[s->point.root].fd };
	enum mountpoint_kind kind = MOUNTPOINT_DIR;
	OWN_FD made = FD_NONE;
	struct stat st;

	if (s->point.source != SLOT_NONE) {
		if (sys_fstat(h->tab.slot[s->point.source].fd, &st) < 0)
			return err_sys(e, "stat the source of %s", s->point.path.s);
		kind = S_ISDIR(st.st_mode) ? MOUNTPOINT_DIR : MOUNTPOINT_FILE;
	}
	made = rootfs_mountpoint(&root, s->point.path, kind, false, e);
	return made < 0 ? -1 : 0;
}

/* ---- what brig-criu is told ---- */

/* The plan's options, then its descriptors; the caller adds what only the moment tells. */
static int fill_call(struct host *h, const struct criu *plan, struct criu_call *c, struct err *e)
{
	TRY(call_add(c, arena_strdup(&c->mem, CRIU_HELPER), e));
	TRY(call_add(c, arena_strdup(&c->mem, plan->verb), e));
	c->n_fds = 1;	/* the control socket */
	for (size_t i = 0; i < plan->options.n; i++)
		TRY(call_add(c, arena_strdup(&c->mem, plan->options.item[i]), e));
	for (size_t i = 0; i < plan->n_fds; i++)
		TRY(call_add_fd(c, plan->fd[i].name, h->tab.slot[plan->fd[i].slot].fd, plan->fd[i].key, e));
	return 0;
}

static int start(struct host *h, struct criu_call *c, struct err *e)
{
	char *const env[] = { NULL };
	OWN_FD its_end = FD_NONE;
	int ends[2];

#ifndef HAVE_CRIU
	return err_set(e, ERR_UNSUPPORTED, 0, "checkpoint and restore are not built into this program");
#endif
	if (sys_socketpair_seqpacket(ends) < 0)
		return err_sys(e, "socketpair");
	h->criu_socket = ends[0];
	its_end = ends[1];
	c->fd[0] = its_end;
	c->arg[c->n] = NULL;
	return helper_start(c->arg, env, c->fd, c->n_fds, &h->criu_pid, e);
}

/* ---- what it says ---- */

static int reap(struct host *h, struct err *e)
{
	int status = 0;

	fd_drop(&h->criu_socket);
	if (sys_wait4(h->criu_pid, &status, 0, NULL) < 0)
		return err_sys(e, "wait for " CRIU_HELPER);
	h->criu_pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == HELPER_ABSENT)
		return helper_absent(CRIU_HELPER, e);
	if (WIFSIGNALED(status))
		return err_set(e, ERR_SYS, 0, CRIU_HELPER " ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status) ? err_set(e, ERR_SYS, 0, CRIU_HELPER " ended with status %d", WEXITSTATUS(status)) : 0;
}

void host_end_criu(struct host *h)
{
	fd_drop(&h->criu_socket);
	if (h->criu_pid <= 0)
		return;
	sys_kill(h->criu_pid, SIGKILL);	/* our child and not reaped: the number is still its own. CRIU dies with it */
	sys_wait4(h->criu_pid, NULL, 0, NULL);
	h->criu_pid = 0;
}

/* Where to read more: the first line of CRIU's error says little to whoever does not know it. It may have ended before it made its log. */
static int told_of_error(const struct host *h, const struct criu *c, const char *text, struct err *e)
{
	const char *dir = "";
	struct stat st;

	if (sys_fstatat(h->tab.slot[c->work].fd, c->log, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(e, ERR_STATE, 0, "%.260s (it wrote no log)", text);
	for (size_t i = 0; i < h->plan->n; i++)
		if (h->plan->step[i].op == OP_DIR_OPEN && h->plan->step[i].dir.slot == c->work)
			dir = h->plan->step[i].dir.path.s;
	return err_set(e, ERR_STATE, 0, "%.260s (log file: %.150s/%s)", text, dir, c->log);
}

/* The next thing that happens: its words in text, descriptors in *ret_fd (FD_NONE: none came). */
static int hear(struct host *h, const struct criu *c, char text[CRIU_SAY_SIZE], int *ret_fd, struct err *e)
{
	size_t nfds = 0;
	ssize_t n = sys_recv(h->criu_socket, text, CRIU_SAY_SIZE - 1, ret_fd, 1, &nfds);

	if (n < 0)
		return err_sys(e, "listen to " CRIU_HELPER);
	text[n] = '\0';
	if (n == 0)	/* it ended: why */
		return reap(h, e) < 0 ? -1 : err_set(e, ERR_PEER, 0, CRIU_HELPER " ended without a word");
	if (strncmp(text, CRIU_SAY_ERROR, strlen(CRIU_SAY_ERROR)) == 0) {
		err_clean(text, CRIU_SAY_SIZE);
		return told_of_error(h, c, text + strlen(CRIU_SAY_ERROR), e);
	}
	return 0;
}

static int go_on(struct host *h, struct err *e)
{
	return sys_send(h->criu_socket, "go", 2, NULL, 0) < 0 ? err_sys(e, "answer " CRIU_HELPER) : 0;
}

static int unexpected(const char *text, struct err *e)
{
	return err_set(e, ERR_PEER, 0, CRIU_HELPER " said %.40s out of turn", text);
}

static int await_done(struct host *h, const struct criu *c, struct err *e)
{
	char text[CRIU_SAY_SIZE];
	OWN_FD fd = FD_NONE;

	TRY(hear(h, c, text, &fd, e));
	if (strcmp(text, CRIU_SAY_READY) == 0) {	/* --lazy-pages: whoever fetches them waits for this byte */
		if (h->status_fd >= 0 && sys_write(h->status_fd, "", 1) != 1)
			return err_sys(e, "write to --status-fd");
		fd_drop(&h->status_fd);
		TRY(hear(h, c, text, &fd, e));
	}
	return strcmp(text, CRIU_SAY_DONE) == 0 ? reap(h, e) : unexpected(text, e);
}

/* ---- checkpoint ---- */

static int images_of(const struct host *h, const struct criu *c)
{
	for (size_t i = 0; i < c->n_fds; i++)
		if (strcmp(c->fd[i].name, "images") == 0)
			return h->tab.slot[c->fd[i].slot].fd;
	return FD_NONE;
}

int criu_dump(struct host *h, const struct step *s, struct err *e)
{
	OWN(criu_call) c = { .n = 0 };

	TRY(fill_call(h, s->criu, &c, e));
	TRY(call_add(&c, arena_printf(&c.mem, "pid=%d", h->journal.pid), e));
	TRY(criu_name_mounts(h, s->criu, &c, e));
	TRY(criu_name_namespaces(h, s->criu, &c, e));
	if (strcmp(s->criu->verb, "dump") == 0)
		TRY(criu_name_streams(h, s->criu, images_of(h, s->criu), &c, e));
	TRY(start(h, &c, e));
	return await_done(h, s->criu, e);
}

/* ---- restore ---- */

int criu_restore(struct host *h, const struct step *s, struct err *e)
{
	OWN(criu_call) c = { .n = 0 };
	char text[CRIU_SAY_SIZE];
	pid_t pid;

	TRY(fill_call(h, s->criu, &c, e));
	TRY(criu_give_streams(s->criu, images_of(h, s->criu), &c, e));
	TRY(start(h, &c, e));
	TRY(hear(h, s->criu, text, &h->tab.slot[s->criu->init].fd, e));
	if (strcmp(text, CRIU_SAY_NAMESPACES) != 0 || h->tab.slot[s->criu->init].fd < 0)
		return unexpected(text, e);
	return host_init_pid(h, &pid, e);
}

int criu_finish(struct host *h, const struct step *s, struct err *e)
{
	char text[CRIU_SAY_SIZE];
	OWN_FD terminal = FD_NONE;
	uint32_t own = 0;

	TRY(go_on(h, e));
	TRY(hear(h, s->criu, text, &terminal, e));
	if (strncmp(text, CRIU_SAY_STOPPED, strlen(CRIU_SAY_STOPPED)) != 0 || num_u32(text + strlen(CRIU_SAY_STOPPED), &own) < 0)
		return unexpected(text, e);
	h->criu_own = (pid_t)own;
	if (s->criu->console == SLOT_NONE)
		return 0;
	if (terminal < 0)
		return err_set(e, ERR_SPEC, 0, "process.terminal is set, but the images hold no terminal");
	h->tab.slot[s->criu->console].fd = fd_take(&terminal);
	return 0;
}

int criu_resume(struct host *h, const struct step *s, struct err *e)
{
	TRY(go_on(h, e));
	return await_done(h, s->criu, e);
}
