/* room: host — sd_notify(3) of a container: its word that it is ready reaches whoever started us, and nothing else does
 *
 * The socket lies in a directory of the state directory that the container sees read-only (plan/notify.c). It is bound at the start, when there is somebody
 * who listens, and lives as long as that one waits. What comes is hostile: one short message at a time is read, descriptors in it are dropped, and only
 * READY=1 is understood. What goes out are texts of ours (compatibility 1.11). */
#include "life/life.h"
#include "base/log.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGE_MAX = 4096, MANAGER_MS = 30000 };

void notify_close(struct notify *n)
{
	fd_drop(&n->in);
	fd_drop(&n->to);
}

/* By a short name, whatever the length of the state root: that of an address is limited (unix(7)). */
static int bind_in(int dir, int fd, struct err *e)
{
	OWN_FD back = sys_openat(AT_FDCWD, ".", O_PATH | O_DIRECTORY, 0);
	mode_t mask;
	int rc;

	if (back < 0 || sys_fchdir(dir) < 0)
		return err_sys(e, "enter the notify directory");
	mask = sys_umask(0);		/* any user of the container may write to it; nobody else reaches it */
	rc = sys_bind_unix(fd, "notify.sock") < 0 ? err_sys(e, "bind notify.sock") : 0;
	sys_umask(mask);
	if (sys_fchdir(back) < 0 && rc == 0)
		rc = err_sys(e, "leave the notify directory");
	return rc;
}

static int listen_in(const struct statedir *d, int *ret, struct err *e)
{
	OWN_FD dir = sys_openat(d->fd, "notify", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	OWN_FD fd = sys_socket_unix(SOCK_DGRAM | SOCK_NONBLOCK);

	if (dir < 0)
		return err_sys(e, "the container was created without NOTIFY_SOCKET");
	if (fd < 0)
		return err_sys(e, "socket");
	if (sys_unlinkat(dir, "notify.sock", 0) < 0 && errno != ENOENT)	/* of a start that was killed */
		return err_sys(e, "remove notify.sock");
	TRY(bind_in(dir, fd, e));
	*ret = fd_take(&fd);
	return 0;
}

static int connect_to(const char *path, int *ret, struct err *e)
{
	OWN_FD fd = sys_socket_unix(SOCK_DGRAM | SOCK_NONBLOCK);

	if (fd < 0 || sys_connect_unix(fd, path) < 0)
		return err_sys(e, "connect to NOTIFY_SOCKET %s", path);
	*ret = fd_take(&fd);
	return 0;
}

void notify_open(struct notify *n, const struct statedir *d)
{
	struct err e;

	if (!n->socket || (connect_to(n->socket, &n->to, &e) == 0 && listen_in(d, &n->in, &e) == 0))
		return;
	notify_close(n);
	log_warn("%s: nobody will be told when the container is ready", e.text);
}

static int tell(int to, const char *text, int fd, struct err *e)
{
	struct timespec limit = { .tv_sec = MANAGER_MS / 1000 };
	struct pollfd p = { .fd = to, .events = POLLOUT };

	sys_poll(&p, 1, &limit);
	return sys_send(to, text, strlen(text), &fd, fd < 0 ? 0 : 1) < 0 ? err_sys(e, "send to NOTIFY_SOCKET") : 0;
}

/* *ret_barrier is at its end when the manager has read the lot (sd_notify_barrier(3)). */
static int tell_ready(int to, pid_t pid, int *ret_barrier, struct err *e)
{
	OWN_FD out = FD_NONE;
	char text[32];
	int fds[2];

	snprintf(text, sizeof(text), "MAINPID=%d\n", pid);
	TRY(tell(to, "READY=1\n", FD_NONE, e));
	TRY(tell(to, text, FD_NONE, e));
	if (sys_pipe(fds) < 0)
		return err_sys(e, "pipe");
	*ret_barrier = fds[0];
	out = fds[1];
	return tell(to, "BARRIER=1", out, e);
}

static bool says_ready(char *text)
{
	for (char *line = strsep(&text, "\n"); line; line = strsep(&text, "\n"))
		if (strcmp(line, "READY=1") == 0)
			return true;
	return false;
}

void notify_take(struct notify *n, pid_t pid, int *ret_barrier)
{
	char text[MESSAGE_MAX];
	struct err e;
	size_t fds;
	ssize_t got = sys_recv(n->in, text, sizeof(text) - 1, NULL, 0, &fds);

	text[got > 0 ? got : 0] = '\0';
	if (n->to < 0 || !says_ready(text))		/* also one that is too long */
		return;
	if (tell_ready(n->to, pid, ret_barrier, &e) < 0)
		log_warn("%s, ignoring", e.text);
	fd_drop(&n->to);
}

/* Our end would be the end of what is sent and not read yet: the manager asks who we are (systemd.service(5), NotifyAccess=). */
static void await(int barrier)
{
	struct timespec limit = { .tv_sec = MANAGER_MS / 1000 };
	struct pollfd p = { .fd = barrier };	/* POLLHUP needs no asking */

	if (barrier >= 0 && sys_poll(&p, 1, &limit) == 0)
		log_warn("NOTIFY_SOCKET: the barrier was not removed after %d seconds, ignoring", MANAGER_MS / 1000);
}

void notify_wait(struct notify *n, int pidfd, pid_t pid)
{
	struct timespec none = { 0 };
	OWN_FD barrier = FD_NONE;

	while (n->to >= 0) {
		struct pollfd p[2] = { { .fd = n->in, .events = POLLIN }, { .fd = pidfd, .events = POLLIN } };

		if (sys_poll(p, 2, pidfd < 0 ? &none : NULL) < 0 && errno != EINTR)
			break;
		if (p[0].revents)
			notify_take(n, pid, &barrier);
		else if (p[1].revents || pidfd < 0)	/* dead, and all that it said is read */
			break;
	}
	await(barrier);
}
