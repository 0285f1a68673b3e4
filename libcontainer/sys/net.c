/* room: any — the little rtnetlink(7) that is needed: links and addresses, in the network namespace in which the socket was made */
#include "sys/sys.h"
#include "base/own.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK_INDEX 1	/* of "lo" in every network namespace */
#define REPLY_BYTES    32768	/* the kernel makes no message of a dump larger than that */
#define VERDICT_BYTES  1024	/* yes or no, and at most the request again */

enum { NEW_IFINDEX = 49 };	/* IFLA_NEW_IFINDEX, 5.12: absent from older headers */

union reply {
	struct nlmsghdr head;
	char bytes[REPLY_BYTES];
};

union verdict {
	struct nlmsghdr head;
	char bytes[VERDICT_BYTES];
};

/* One request: the header, a fixed part, attributes. */
struct request {
	struct nlmsghdr head;
	char bytes[512];
};

static void begin(struct request *r, unsigned short type, unsigned short flags, const void *fixed, size_t n)
{
	memset(r, 0, sizeof(*r));
	r->head = (struct nlmsghdr){ .nlmsg_len = (uint32_t)NLMSG_LENGTH(n), .nlmsg_type = type, .nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags), .nlmsg_seq = 1 };
	memcpy(NLMSG_DATA(&r->head), fixed, n);
}

/* Every attribute of ours has a bounded length (names below IFNAMSIZ, numbers, addresses), so that all fit. */
static void attribute(struct request *r, unsigned short type, const void *value, size_t n)
{
	struct rtattr a = { .rta_len = (unsigned short)RTA_LENGTH(n), .rta_type = type };
	char *at = (char *)r + NLMSG_ALIGN(r->head.nlmsg_len);

	memcpy(at, &a, sizeof(a));
	memcpy(at + RTA_LENGTH(0), value, n);
	r->head.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_LENGTH(n));
}

static int ask(int fd, const struct request *r)
{
	return send(fd, r, r->head.nlmsg_len, 0) == (ssize_t)r->head.nlmsg_len ? 0 : -1;
}

/* One datagram, from the kernel: nobody else may answer. */
static ssize_t answer(int fd, struct nlmsghdr *ret, size_t size)
{
	struct sockaddr_nl from = { 0 };
	ssize_t n;

	do {
		socklen_t len = sizeof(from);

		n = recvfrom(fd, ret, size, MSG_TRUNC, (struct sockaddr *)&from, &len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	if ((size_t)n > size || (size_t)n < sizeof(*ret) || from.nl_pid != 0 || !NLMSG_OK(ret, (size_t)n)) {
		errno = EPROTO;
		return -1;
	}
	return n;
}

/* What an NLMSG_ERROR or NLMSG_DONE says: 0, or -1 with its errno. */
static int verdict(const struct nlmsghdr *h)
{
	int error;

	if (h->nlmsg_len < NLMSG_LENGTH(sizeof(error))) {
		errno = EPROTO;
		return -1;
	}
	memcpy(&error, NLMSG_DATA(h), sizeof(error));
	if (error == 0)
		return 0;
	errno = -error;
	return -1;
}

/* Asks for something to be done; -1 with the errno of the refusal. */
static int order(int fd, struct request *r)
{
	union verdict reply;

	r->head.nlmsg_flags |= NLM_F_ACK;
	if (ask(fd, r) < 0 || answer(fd, &reply.head, sizeof(reply)) < 0)
		return -1;
	if (reply.head.nlmsg_type == NLMSG_ERROR)
		return verdict(&reply.head);
	errno = EPROTO;
	return -1;
}

int sys_netlink(void)
{
	return sys_fault(__func__) ? -1 : socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

int sys_link_find(int fd, const char *name, int index)
{
	const struct ifinfomsg which = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct ifinfomsg found;
	struct request r;
	union reply reply;

	if (sys_fault(__func__))
		return -1;
	begin(&r, RTM_GETLINK, 0, &which, sizeof(which));
	if (name)
		attribute(&r, IFLA_IFNAME, name, strlen(name) + 1);
	if (ask(fd, &r) < 0 || answer(fd, &reply.head, sizeof(reply)) < 0)
		return -1;
	if (reply.head.nlmsg_type == NLMSG_ERROR && verdict(&reply.head) < 0)
		return -1;
	if (reply.head.nlmsg_type != RTM_NEWLINK || reply.head.nlmsg_len < NLMSG_LENGTH(sizeof(found))) {
		errno = EPROTO;
		return -1;
	}
	memcpy(&found, NLMSG_DATA(&reply.head), sizeof(found));
	return found.ifi_index;
}

int sys_link_move(int fd, int index, int netns, const char *name, int new_index)
{
	const struct ifinfomsg which = { .ifi_family = AF_UNSPEC, .ifi_index = index };
	struct request r;

	if (sys_fault(__func__))
		return -1;
	begin(&r, RTM_NEWLINK, 0, &which, sizeof(which));
	attribute(&r, IFLA_NET_NS_FD, &netns, sizeof(netns));
	attribute(&r, NEW_IFINDEX, &new_index, sizeof(new_index));
	attribute(&r, IFLA_IFNAME, name, strlen(name) + 1);
	return order(fd, &r);
}

static int link_up(int fd, int index)
{
	const struct ifinfomsg up = { .ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP };
	struct request r;

	begin(&r, RTM_NEWLINK, 0, &up, sizeof(up));
	return order(fd, &r);
}

int sys_link_up(int fd, int index)
{
	return sys_fault(__func__) ? -1 : link_up(fd, index);
}

int sys_loopback_up(void)
{
	OWN_FD fd = FD_NONE;

	if (sys_fault(__func__))
		return -1;
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	return fd < 0 ? -1 : link_up(fd, LOOPBACK_INDEX);
}

/* ---- addresses ---- */

static void take_part(const struct rtattr *a, unsigned char to[16], unsigned char *n)
{
	if (RTA_PAYLOAD(a) > 16)
		return;
	*n = (unsigned char)RTA_PAYLOAD(a);
	memcpy(to, RTA_DATA(a), *n);
}

static struct sys_addr address_of(const struct nlmsghdr *h, int *ret_index)
{
	const struct ifaddrmsg *m = NLMSG_DATA(h);
	struct sys_addr ret = { .family = m->ifa_family, .prefix = m->ifa_prefixlen, .scope = m->ifa_scope, .flags = m->ifa_flags };
	size_t left = h->nlmsg_len - NLMSG_LENGTH(sizeof(*m));

	for (const struct rtattr *a = IFA_RTA(m); RTA_OK(a, left); a = RTA_NEXT(a, left))
		switch (a->rta_type) {
		case IFA_LOCAL: take_part(a, ret.local, &ret.local_size); break;
		case IFA_ADDRESS: take_part(a, ret.address, &ret.address_size); break;
		case IFA_BROADCAST: take_part(a, ret.broadcast, &ret.broadcast_size); break;
		case IFA_FLAGS:
			if (RTA_PAYLOAD(a) == sizeof(ret.flags))
				memcpy(&ret.flags, RTA_DATA(a), sizeof(ret.flags));
			break;
		}
	*ret_index = (int)m->ifa_index;
	return ret;
}

/* 1 at the end of the dump, 0 when more is to come, -1 */
static int take_addresses(const union reply *reply, size_t n, int index, struct sys_addr *ret, size_t max, size_t *ret_n)
{
	for (const struct nlmsghdr *h = &reply->head; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
		struct sys_addr a;
		int of;

		if (h->nlmsg_type == NLMSG_DONE || h->nlmsg_type == NLMSG_ERROR)
			return verdict(h) < 0 ? -1 : 1;
		if (h->nlmsg_type != RTM_NEWADDR || h->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifaddrmsg)))
			continue;
		a = address_of(h, &of);
		if (of != index)
			continue;
		if (*ret_n == max) {
			errno = E2BIG;
			return -1;
		}
		ret[(*ret_n)++] = a;
	}
	return 0;
}

int sys_addr_list(int fd, int index, struct sys_addr *ret, size_t max, size_t *ret_n)
{
	const struct ifaddrmsg all = { .ifa_family = AF_UNSPEC };
	struct request r;
	union reply reply;
	int rc;

	if (sys_fault(__func__))
		return -1;
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &all, sizeof(all));
	if (ask(fd, &r) < 0)
		return -1;
	*ret_n = 0;
	do {
		ssize_t n = answer(fd, &reply.head, sizeof(reply));

		rc = n < 0 ? -1 : take_addresses(&reply, (size_t)n, index, ret, max, ret_n);
	} while (rc == 0);
	return rc < 0 ? -1 : 0;
}

int sys_addr_add(int fd, int index, const struct sys_addr *a)
{
	const struct ifaddrmsg what = { .ifa_family = a->family, .ifa_prefixlen = a->prefix, .ifa_scope = a->scope, .ifa_index = (unsigned)index };
	struct request r;

	if (sys_fault(__func__))
		return -1;
	begin(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &what, sizeof(what));
	if (a->local_size)
		attribute(&r, IFA_LOCAL, a->local, a->local_size);
	if (a->address_size)
		attribute(&r, IFA_ADDRESS, a->address, a->address_size);
	if (a->broadcast_size)
		attribute(&r, IFA_BROADCAST, a->broadcast, a->broadcast_size);
	return order(fd, &r);
}
