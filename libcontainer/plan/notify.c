/* room: pure — sd_notify(3): a directory of the state directory is seen in the container; life/notify.c binds the socket in it at the start
 *
 * A directory, because the socket does not exist yet when the container is made: who listens is `start`, which is another process. */
#include "plan/build.h"

#include <linux/mount.h>

const char notify_why[] = "environment: NOTIFY_SOCKET";

int add_notify_dir(struct builder *b)
{
	if (!b->r->notify_socket)
		return 0;
	ADD(dir, b, OP_NOTIFY_DIR, HOST, notify_why);
	(void)dir;
	return 0;
}

/* After the configuration's own mounts, so that none of them covers it. */
int add_notify(struct builder *b)
{
	if (!b->r->notify_socket)
		return 0;
	ADD(attr, b, OP_TREE_ATTR, INIT, notify_why);
	attr->attr.slot = b->notify;
	attr->attr.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	attr->attr.propagation = default_propagation(b);
	ADD(attach, b, OP_TREE_ATTACH, INIT, notify_why);
	attach->attach.slot = b->notify;
	attach->attach.dest.s = "/run/notify";
	return 0;
}
