/* room: host — start: one byte to init, then its answer: end of file means execve succeeded */
#include "life/life.h"
#include "base/log.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int refuse(enum status s, struct err *e)
{
	switch (s) {
	case STATUS_CREATED: return 0;
	case STATUS_STOPPED: return err_set(e, ERR_STATE, 0, "cannot start a container that has stopped");
	case STATUS_RUNNING: return err_set(e, ERR_STATE, 0, "cannot start an already running container");
	case STATUS_CREATING:
	case STATUS_PAUSED: break;
	}
	return err_set(e, ERR_STATE, 0, "cannot start a container in the %s state", status_name(s));
}

static int answer(int fd, struct err *e)
{
	struct err told;
	size_t n = 0;

	memset(&told, 0, sizeof(told));
	while (n < sizeof(told)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got = sys_read(fd, (char *)&told + n, sizeof(told) - n);

		/* Read first: poll never reports the end of a FIFO whose last writer had gone before we opened it. */
		if (got < 0 && errno == EAGAIN && sys_poll(&p, 1, NULL) < 0 && errno != EINTR)
			return err_sys(e, "wait for the container's answer");
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return err_sys(e, "read the container's answer");
		if (got == 0)
			break;
		n += (size_t)got;
	}
	if (n == 0)
		return 0;
	if (n != sizeof(told) || !err_received(&told))
		return err_set(e, ERR_PEER, 0, "init sent an answer that makes no sense");
	*e = told;
	e->room = ROOM_INIT;
	return -1;
}

int life_look_at_seccomp(const struct spec *s, pid_t pid, struct err *e)
{
	OWN(str) text = { 0 };
	struct procfs proc;
	struct err gone;	/* and why it cannot be looked at, which ends it: a protection that cannot be proven is none */
	char path[48];
	int rc;

	if (!s->linux_.seccomp.present)
		return 0;
	TRY(procfs_open(&proc, e));
	snprintf(path, sizeof(path), "%d/status", pid);
	rc = procfs_read(&proc, path, &text, &gone);
	procfs_close(&proc);
	if (rc < 0 && gone.num != ENOENT && gone.num != ESRCH) {
		*e = gone;
		return err_ctx(e, "verified start");
	}
	if (rc < 0 || !text.s || strstr(text.s, "\nSeccomp:\t2") || strstr(text.s, "\nSeccomp:\t3"))	/* 3: by its filter it dies */
		return 0;
	if (!strstr(text.s, "\nVmSize:"))	/* without memory: it was killed when it had not come to its filter, let alone its program */
		return err_set(e, ERR_PEER, 0, "init ended before it executed the program");
	return err_set(e, ERR_POLICY, 0, "verified start: the seccomp filter is not in force");
}

static void kill_now(const struct journal *j)
{
	OWN_FD pidfd = FD_NONE;
	struct err ignored;

	if (status_pidfd(j, &pidfd, &ignored) == 0 && pidfd >= 0)
		sys_pidfd_signal(pidfd, SIGKILL);
}

int life_start(struct container *c, const struct spec *spec, struct notify *n, struct err *e)
{
	const struct spec *saved __attribute__((cleanup(spec_dropp))) = NULL;
	OWN_FD in = FD_NONE, out = FD_NONE;

	sys_fault_room("start");
	TRY(refuse(c->status, e));
	if (!spec) {
		TRY(life_saved_spec(c, &saved, e));
		spec = saved;
	}
	out = sys_openat(c->dir.fd, "start.out", O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0);
	in = sys_openat(c->dir.fd, "start.in", O_WRONLY | O_NONBLOCK | O_NOFOLLOW, 0);
	if (in < 0 && errno == ENXIO)	/* nobody at the other end: it has died since its status was looked at */
		return refuse(STATUS_STOPPED, e);
	if (in < 0 || out < 0)
		return err_sys(e, "open the start FIFO");
	notify_open(n, &c->dir);
	/* Gone before the byte: whoever kills us here leaves a container that can only be deleted, never one started twice. */
	if (sys_unlinkat(c->dir.fd, "start.in", 0) < 0 || sys_unlinkat(c->dir.fd, "start.out", 0) < 0)
		return err_sys(e, "remove the start FIFO");
	if (sys_write(in, "", 1) != 1)
		return err_sys(e, "wake the container");
	TRY(answer(out, e));
	if (life_look_at_seccomp(spec, c->journal.pid, e) < 0 || life_hooks(spec, HOOK_POSTSTART, &c->journal, "running", c->journal.pid, e) < 0) {
		kill_now(&c->journal);
		return e->kind == ERR_PEER ? refuse(STATUS_STOPPED, e) : -1;
	}
	c->status = STATUS_RUNNING;
	return 0;
}
