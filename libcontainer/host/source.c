/* room: host — what is taken from the host by descriptor before anything of the container runs */
#include "host/acts.h"
#include "fs/treeopen.h"
#include "sys/sys.h"
#include "spec/spec.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>

int tree_open_host(struct host *h, const struct step *s, struct err *e)
{
	return tree_clone(s->tree.path, s->tree.recursive, s->tree.nofollow ? LINKS_REFUSED : s->tree.keep_link ? LINK_KEPT : LINKS_FOLLOWED, &h->tab.slot[s->tree.slot].fd, e);
}

int node_open_host(struct host *h, const struct step *s, struct err *e)
{
	return node_clone(s->node.path, s->node.type, s->node.major, s->node.minor, s->node.any_number, &h->tab.slot[s->node.out].fd, e);
}

int tree_attr_host(struct host *h, const struct step *s, struct err *e)
{
	return tree_set(h->tab.slot[s->attr.slot].fd, s->attr.set, s->attr.clear, s->attr.propagation, s->attr.recursive, e);
}

/* NS_GET_NSTYPE (4.11) proves the type, so that /proc/self/ns/net given as a pid namespace is an error (specification, linux.namespaces). */
int ns_open(struct host *h, const struct step *s, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, s->ns.path.s, O_RDONLY, 0);
	int type;

	if (fd < 0)
		return err_sys(e, "namespace path %s", s->ns.path.s);
	type = sys_ioctl_ns_type(fd);
	if (type != namespace_flag(s->ns.type))
		return err_set(e, ERR_SPEC, 0, "namespace path %s is not a %s namespace", s->ns.path.s, namespace_name(s->ns.type));
	h->tab.slot[s->ns.slot].fd = fd_take(&fd);
	return 0;
}
