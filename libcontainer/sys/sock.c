/* room: any — local sockets and the passing of descriptors */
#include "sys/sys.h"
#include "base/own.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FDS_MAX 253		/* SCM_MAX_FD: the kernel passes no more in one message */

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

/* "@NAME" is an abstract one, as in sd_notify(3). */
static int unix_address(const char *path, struct sockaddr_un *ret, socklen_t *ret_size)
{
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(ret->sun_path)) {
		errno = n == 0 ? EINVAL : ENAMETOOLONG;
		return -1;
	}
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret->sun_path, path, n + 1);
	*ret_size = sizeof(*ret);
	if (path[0] == '@') {
		ret->sun_path[0] = '\0';
		*ret_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	}
	return 0;
}

int sys_socketpair_seqpacket(int fds[2])
{
	if (sys_fault(__func__))
		return -1;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds);
}

int sys_socket_unix(int type)
{
	if (sys_fault(__func__))
		return -1;
	return socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
}

int sys_bind_unix(int fd, const char *path)
{
	struct sockaddr_un sa;
	socklen_t n;

	if (sys_fault(__func__) || unix_address(path, &sa, &n) < 0)
		return -1;
	return bind(fd, (struct sockaddr *)&sa, n);
}

int sys_connect_unix(int fd, const char *path)
{
	struct sockaddr_un sa;
	socklen_t n;
	int r;

	if (sys_fault(__func__) || unix_address(path, &sa, &n) < 0)
		return -1;
	do {
		r = connect(fd, (struct sockaddr *)&sa, n);
	} while (r < 0 && errno == EINTR);
	return r;
}

int sys_listen(int fd, int backlog)
{
	if (sys_fault(__func__))
		return -1;
	return listen(fd, backlog);
}

int sys_accept(int fd)
{
	int r;

	if (sys_fault(__func__))
		return -1;
	do {
		r = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	} while (r < 0 && errno == EINTR);
	return r;
}

int sys_peer_cred(int fd, struct ucred *ret)
{
	struct ucred cred;
	socklen_t n = sizeof(cred);

	if (sys_fault(__func__) || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
		return -1;
	if (n != sizeof(cred)) {
		errno = EPROTO;
		return -1;
	}
	*ret = cred;
	return 0;
}

ssize_t sys_send(int fd, const void *buf, size_t n, const int *fds, size_t nfds)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf, .iov_len = n };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control control;
	ssize_t done;

	if (sys_fault(__func__))
		return -1;
	if (nfds > FDS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (nfds > 0) {
		struct cmsghdr *c;

		memset(&control, 0, sizeof(control));
		msg.msg_control = &control;
		msg.msg_controllen = (socklen_t)CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = (socklen_t)CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	do {
		done = sendmsg(fd, &msg, MSG_NOSIGNAL);
	} while (done < 0 && errno == EINTR);
	return done;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"	/* in musl's CMSG_NXTHDR */
/* Hands the first max descriptors of a message to the caller and closes the rest. Returns how many came. */
static size_t take_fds(struct msghdr *msg, int *fds, size_t max)
{
	size_t came = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int got;

			memcpy(&got, CMSG_DATA(c) + i * sizeof(int), sizeof(got));
			if (came < max)
				fds[came] = got;
			else
				fd_drop(&got);
			came++;
		}
	}
	return came;
}
#pragma GCC diagnostic pop

ssize_t sys_recv(int fd, void *buf, size_t n, int *fds, size_t max, size_t *ret_nfds)
{
	struct iovec iov = { .iov_base = buf, .iov_len = n };
	union control control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control),
	};
	size_t came;
	ssize_t got;

	if (sys_fault(__func__))
		return -1;
	do {
		got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	for (size_t i = 0; i < max; i++)
		fds[i] = FD_NONE;
	came = take_fds(&msg, fds, max);
	if (got == 0 || (msg.msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		for (size_t i = 0; i < max; i++)
			fd_drop(&fds[i]);
		if (got > 0) {
			errno = EMSGSIZE;
			return -1;
		}
	}
	*ret_nfds = got == 0 ? 0 : came;
	return got;
}
