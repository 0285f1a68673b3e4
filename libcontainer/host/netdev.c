/* room: host — one network device, moved into the container with its addresses (specification, linux.netDevices). Nothing is moved back: a
 * device ends with its network namespace, or returns by the kernel's own rules. */
#include "host/acts.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { ADDRESSES = 256, INDICES = 4096 };

/* A netlink socket belongs to the namespace that it was made in. We enter for the one call, and whoever cannot come back does not go on. */
static int socket_inside(struct host *h, int netns, int *ret, struct err *e)
{
	OWN_FD own = sys_openat(h->proc.fd, "thread-self/ns/net", O_RDONLY, 0), fd = FD_NONE;

	if (own < 0)
		return err_sys(e, "open the caller's network namespace");
	if (sys_setns(netns, CLONE_NEWNET) < 0)
		return err_sys(e, "enter the container's network namespace");
	fd = sys_netlink();
	if (fd < 0)
		err_sys(e, "netlink socket in the container's network namespace");
	if (sys_setns(own, CLONE_NEWNET) < 0)
		return err_sys(e, "return to the caller's network namespace");
	if (fd < 0)
		return -1;
	*ret = fd_take(&fd);
	return 0;
}

static int init_netns(struct host *h, int *ret, struct err *e)
{
	char path[48];
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	snprintf(path, sizeof(path), "%d/ns/net", pid);
	*ret = sys_openat(h->proc.fd, path, O_RDONLY, 0);
	return *ret < 0 ? err_sys(e, "open the container's network namespace") : 0;
}

/* The kernel would move first and then fail to rename: a clash is found before anything is done. */
static int refuse_clash(int inside, const struct step *s, struct err *e)
{
	if (strchr(s->netdev.name, '%'))
		return 0;	/* a template: the kernel takes the next free number */
	if (sys_link_find(inside, s->netdev.name, 0) >= 0)
		return err_set(e, ERR_SYS, EEXIST, "network device %s: the container has a device %s already", s->netdev.host_name, s->netdev.name);
	return errno == ENODEV ? 0 : err_sys(e, "network device %s: look for %s in the container", s->netdev.host_name, s->netdev.name);
}

/* The device keeps its number where that is free, else it gets the next one: either way we know how to find it, whatever its new name. */
static int free_index(int inside, int index, const struct step *s, int *ret, struct err *e)
{
	for (int i = 0; i < INDICES; i++) {
		if (sys_link_find(inside, NULL, index + i) >= 0)
			continue;
		if (errno != ENODEV)
			return err_sys(e, "network device %s: look for a free number in the container", s->netdev.host_name);
		*ret = index + i;
		return 0;
	}
	return err_set(e, ERR_SYS, EBUSY, "network device %s: no number is free in the container", s->netdev.host_name);
}

/* Dynamic addresses and those of a narrower scope mean something only where they were made (specification: permanent and global ones). */
static bool to_keep(const struct sys_addr *a)
{
	return (a->flags & IFA_F_PERMANENT) && a->scope == RT_SCOPE_UNIVERSE;
}

static int give_addresses(int inside, int index, const char *name, const struct sys_addr *address, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (to_keep(&address[i]) && sys_addr_add(inside, index, &address[i]) < 0)
			return err_sys(e, "network device %s: give it its address %zu again", name, i);
	return 0;
}

static int move(int outside, int inside, int netns, const struct step *s, struct err *e)
{
	const char *name = s->netdev.host_name;
	struct sys_addr address[ADDRESSES];
	int index = sys_link_find(outside, name, 0), new_index = 0;
	size_t n = 0;

	if (index < 0)
		return err_sys(e, "network device %s", name);
	if (sys_addr_list(outside, index, address, ADDRESSES, &n) < 0)
		return err_sys(e, "network device %s: list its addresses", name);
	TRY(refuse_clash(inside, s, e));
	TRY(free_index(inside, index, s, &new_index, e));
	if (sys_link_move(outside, index, netns, s->netdev.name, new_index) < 0)
		return err_sys(e, "network device %s: move it into the container as %s", name, s->netdev.name);
	TRY(give_addresses(inside, new_index, name, address, n, e));
	return sys_link_up(inside, new_index) < 0 ? err_sys(e, "network device %s: bring it up in the container", name) : 0;
}

int net_device(struct host *h, const struct step *s, struct err *e)
{
	OWN_FD netns = FD_NONE, outside = FD_NONE, inside = FD_NONE;

	TRY(init_netns(h, &netns, e));
	TRY(socket_inside(h, netns, &inside, e));
	outside = sys_netlink();
	if (outside < 0)
		return err_sys(e, "netlink socket");
	return move(outside, inside, netns, s, e);
}
