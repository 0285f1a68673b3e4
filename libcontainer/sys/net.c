/* room: any — the little rtnetlink that is needed, in the caller's network namespace */
#include "sys/sys.h"
#include "base/own.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK_INDEX 1	/* of "lo" in every network namespace */
#define REPLY_BYTES    1024

struct link_request {
	struct nlmsghdr head;
	struct ifinfomsg link;
};

/* Reads the acknowledgement; -1 with its errno when the kernel refused. */
static int acknowledged(int fd)
{
	union {
		struct nlmsghdr head;
		char bytes[REPLY_BYTES];
	} reply;
	const struct nlmsgerr *answer = NLMSG_DATA(&reply.head);
	ssize_t n;

	do {
		n = recv(fd, &reply, sizeof(reply), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	if ((size_t)n < NLMSG_LENGTH(sizeof(*answer)) || reply.head.nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return -1;
	}
	if (answer->error != 0) {
		errno = -answer->error;
		return -1;
	}
	return 0;
}

int sys_loopback_up(void)
{
	const struct link_request up = {
		.head = { .nlmsg_len = sizeof(up), .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_family = AF_UNSPEC, .ifi_index = LOOPBACK_INDEX, .ifi_flags = IFF_UP, .ifi_change = IFF_UP },
	};
	OWN_FD fd = FD_NONE;

	if (sys_fault(__func__))
		return -1;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -1;
	if (send(fd, &up, sizeof(up), 0) != (ssize_t)sizeof(up))
		return -1;
	return acknowledged(fd);
}
