/* room: any — running of hooks */
#include "wire/hookrun.h"
#include "base/own.h"
#include "base/str.h"
#include "spec/spec.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

enum { CAPTURE = 4096, EXEC_FAILED = 127, MOURN_MS = 10000 };

struct running { pid_t pid; int pidfd, out; bool outlived; char text[CAPTURE]; size_t n; };

static char **vector(const char *first, const struct strings *list)
{
	size_t n = list ? list->n : 0, k = 0;
	char **v = calloc(n + 2, sizeof(*v));

	if (!v)
		return NULL;
	if (first && n == 0)
		v[k++] = (char *)(uintptr_t)first;
	for (size_t i = 0; i < n; i++)
		v[k++] = (char *)(uintptr_t)list->item[i];
	return v;
}

static int state_memfd(const char *state, struct err *e)
{
	OWN_FD fd = sys_memfd("state", 0);

	if (fd < 0 || sys_write_all(fd, state, strlen(state)) < 0 || sys_rewind(fd) < 0)
		return err_sys(e, "hand the state to the hook");
	return fd_take(&fd);
}

/* In the new process. A memfd as standard input cannot fill up, so a hook that does not read cannot hold us. */
static _Noreturn void become(const struct hook_call *c, pid_t parent, char **argv, char **env, int in, int out)
{
	char text[512];
	sigset_t none;
	int n;

	sys_fault_room("hook");
	sigemptyset(&none);
	if (sys_sigmask(SIG_SETMASK, &none, NULL) < 0 || sys_signal_default_all() < 0 || sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
	    sys_getppid() != parent ||	/* it died before that, and we would stay */
	    sys_dup3(in, 0, true) < 0 || sys_dup3(out, 1, true) < 0 || sys_dup3(out, 2, true) < 0 ||
	    sys_close_range(3, ~0u, 0) < 0 || sys_chdir(c->cwd) < 0)
		sys_exit(EXEC_FAILED);
	sys_execveat(AT_FDCWD, c->hook->path, argv, env, 0);
	n = snprintf(text, sizeof(text), "cannot execute %s: %s", c->hook->path, errno_phrase(errno));
	(void)sys_write(2, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
	sys_exit(EXEC_FAILED);
}

static int spawn(const struct hook_call *c, struct running *r, struct err *e)
{
	OWN_MEM char **argv = vector(c->hook->path, &c->hook->args);
	OWN_MEM char **env = vector(NULL, c->hook->has_env ? &c->hook->env : c->env);
	OWN_FD in = state_memfd(c->state, e);
	struct sys_clone clone = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	pid_t parent = sys_getpid();
	int pipe[2];

	if (in < 0)
		return -1;
	if (!argv || !env)
		return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
	if (sys_pipe(pipe) < 0)
		return err_sys(e, "pipe");
	r->pid = sys_clone3(&clone, &r->pidfd);
	if (r->pid == 0)
		become(c, parent, argv, env, in, pipe[1]);
	close(pipe[1]);
	r->out = pipe[0];
	return r->pid < 0 ? err_sys(e, "clone3 for a hook") : 0;
}

static void capture(struct running *r)
{
	char buf[512];
	ssize_t n = sys_read(r->out, buf, sizeof(buf));
	size_t room = sizeof(r->text) - 1 - r->n;

	if (n <= 0) {
		fd_drop(&r->out);
		return;
	}
	if ((size_t)n > room)
		n = (ssize_t)room;
	memcpy(r->text + r->n, buf, (size_t)n);
	r->n += (size_t)n;
}

static int64_t now_ms(void)
{
	struct timespec t = { 0 };

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Init has ended: the hook's new end. */
static int64_t mourn(struct running *r, int64_t end)
{
	int64_t latest = now_ms() + MOURN_MS;

	r->outlived = true;
	return end < latest ? end : latest;
}

/* Waits for the process, not for the end of its output: a daemon that the hook left behind may hold the pipe. 1: in time, 0: too late. */
static int finish(const struct hook_call *c, struct running *r, struct err *e)
{
	int64_t end = c->hook->timeout ? now_ms() + (int64_t)c->hook->timeout * 1000 : INT64_MAX;

	if (c->init && *c->init < 0)
		end = mourn(r, end);

	for (;;) {
		struct pollfd p[3] = { { .fd = r->pidfd, .events = POLLIN }, { .fd = r->out, .events = POLLIN },
				       { .fd = c->init && !r->outlived ? *c->init : FD_NONE, .events = POLLIN } };
		int64_t left = end < INT64_MAX ? end - now_ms() : 1;
		struct timespec t = { .tv_sec = left / 1000, .tv_nsec = (left % 1000) * 1000000 };

		if (left <= 0)
			return 0;
		if (sys_poll(p, 3, end < INT64_MAX ? &t : NULL) < 0) {
			if (errno == EINTR)
				continue;
			return err_sys(e, "wait for the hook");
		}
		if (p[1].revents && r->out >= 0)
			capture(r);
		else if (p[0].revents)
			return 1;
		if (p[2].revents)
			end = mourn(r, end);
	}
}

static int verdict(const struct hook_call *c, struct running *r, int status, bool in_time, struct err *e)
{
	const char *sep = r->n ? ", output: " : "";

	for (size_t i = 0; i < r->n; i++)
		if ((unsigned char)r->text[i] < 0x20 || r->text[i] == 0x7f)
			r->text[i] = ' ';
	while (r->n && r->text[r->n - 1] == ' ')
		r->n--;
	r->text[r->n] = '\0';
	if (!in_time && r->outlived)
		err_set(e, ERR_SYS, 0, "hook ran on after the container's init had ended%s%s", sep, r->text);
	else if (!in_time)
		err_set(e, ERR_SYS, 0, "hook ran past specified timeout of %u.0s%s%s", c->hook->timeout, sep, r->text);
	else if (WIFSIGNALED(status))
		err_set(e, ERR_SYS, 0, "signal %d%s%s", WTERMSIG(status), sep, r->text);
	else if (WEXITSTATUS(status) != 0)
		err_set(e, ERR_SYS, 0, "exit status %d%s%s", WEXITSTATUS(status), sep, r->text);
	else
		return 0;
	return -1;
}

static int run(const struct hook_call *c, struct err *e)
{
	struct running r = { .pidfd = FD_NONE, .out = FD_NONE };
	int status = 0, rc = -1;
	int in_time;

	if (spawn(c, &r, e) == 0) {
		in_time = finish(c, &r, e);
		if (in_time <= 0)
			sys_pidfd_signal(r.pidfd, SIGKILL);
		if (sys_wait4(r.pid, &status, 0, NULL) < 0)	/* no status is no success */
			rc = err_sys(e, "wait for the hook");
		else if (in_time >= 0)
			rc = verdict(c, &r, status, in_time > 0, e);
	}
	fd_drop(&r.out);
	fd_drop(&r.pidfd);
	return rc;
}

int hook_run(const struct hook_call *c, struct err *e)
{
	sys_fault_step("hook");
	if (run(c, e) == 0)
		return 0;
	err_ctx(e, "error running %s hook #%zu", hook_name(c->kind), c->index);
	return err_why(e, c->hook->at);
}
