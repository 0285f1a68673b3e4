/* room: pure — which slots a step reads and fills */
#include "plan/plan.h"

static void reads(struct step_slots *t, slot_t slot)
{
	if (slot != SLOT_NONE)
		t->in[t->n_in++] = slot;
}

struct step_slots step_slots(const struct step *s)
{
	struct step_slots t = { .out = SLOT_NONE };

	switch (s->op) {
	case OP_SOCKET_CONNECT: t.out = s->path.out; break;
	case OP_TREE_OPEN: t.out = s->tree.slot; break;
	case OP_ROOT_ATTACH: reads(&t, s->tree.slot); break;
	case OP_NODE_OPEN: t.out = s->node.out; break;
	case OP_NS_OPEN: t.out = s->ns.slot; break;
	case OP_NS_ENTER: reads(&t, s->ns.slot); break;
	case OP_SECCOMP_COMPILE: t.out = s->seccomp.slot; break;
	case OP_SECCOMP_LOAD: reads(&t, s->seccomp.slot); break;
	case OP_UNIT_START: t.out = s->unit.slot; break;
	case OP_UNIT_SETTLE: reads(&t, s->slot.slot); break;
	case OP_CGROUP_MAKE: t.out = s->cgroup.slot; break;
	case OP_CGROUP_WRITE: reads(&t, s->write.slot); break;
	case OP_CGROUP_DEVICES: reads(&t, s->devices.slot); break;
	case OP_CGROUP_OWNER: reads(&t, s->owner.slot); break;
	case OP_TARGET_OPEN: t.out = s->slot.slot; break;
	case OP_CGROUP_OPEN: t.out = s->cgroup.slot; break;
	case OP_NS_JOIN: reads(&t, s->join.target); break;
	case OP_START_FIFO: t.out = s->fifo.in; break;	/* and fifo.out, in one step */
	case OP_WAIT_START: reads(&t, s->fifo.in); reads(&t, s->fifo.out); break;
	case OP_CLONE: t.out = s->clone.pidfd; reads(&t, s->clone.cgroup); break;
	case OP_JOIN_CLONE: reads(&t, s->clone.cgroup); break;
	case OP_TREE_IDMAP: reads(&t, s->idmap.slot); break;
	case OP_FS_MAKE: t.out = s->fs.slot; break;
	case OP_TMPFS_COPY: reads(&t, s->copy.slot); break;
	case OP_TREE_ATTR: reads(&t, s->attr.slot); break;
	case OP_TREE_ATTACH: reads(&t, s->attach.slot); break;
	case OP_CONSOLE: t.out = s->console.master; break;
	case OP_CONSOLE_SEND: reads(&t, s->console.master); reads(&t, s->console.socket); break;
	case OP_SECCOMP_NOTIFY: reads(&t, s->notify.pidfd); reads(&t, s->notify.socket); break;
	case OP_PIDFD_SEND: reads(&t, s->send.pidfd); reads(&t, s->send.socket); break;
	case OP_MASK: reads(&t, s->mask.null); reads(&t, s->mask.empty); break;
	case OP_DIR_OPEN: t.out = s->dir.slot; break;
	case OP_MOUNTPOINT: reads(&t, s->point.root); reads(&t, s->point.source); break;
	case OP_CRIU_DUMP: reads(&t, s->criu->target); t.criu = s->criu; break;
	case OP_CRIU_RESTORE: t.out = s->criu->init; t.criu = s->criu; break;
	case OP_CRIU_FINISH: t.out = s->criu->console; break;
	case OP_CRIU_RESUME:
	case OP_ATTEST: case OP_UNIT_SET:
	case OP_STATE_RESERVE: case OP_NOTIFY_DIR: case OP_NS_NEW: case OP_TIME_OFFSETS: case OP_ID_MAP: case OP_NET_DEVICE:
	case OP_OOM_SCORE: case OP_SCHEDULER: case OP_IO_PRIORITY: case OP_AFFINITY: case OP_BIRTH_AFFINITY: case OP_RDT: case OP_RLIMIT: case OP_UNDUMPABLE: case OP_STILL_UNDUMPABLE:
	case OP_BECOME_ROOT: case OP_LOOPBACK: case OP_PROPAGATION: case OP_MOUNT_CHANGE: case OP_DEVICE_NODE: case OP_LINK:
	case OP_CWD_MAKE: case OP_SYSCTL: case OP_HOSTNAME: case OP_DOMAINNAME: case OP_HOOK: case OP_PIVOT: case OP_ROOT_PROPAGATION:
	case OP_ROOT_OPEN: case OP_PID_FILE: case OP_ROOT_READONLY: case OP_READONLY: case OP_LABEL_EXEC: case OP_KEYRING: case OP_PERSONALITY: case OP_MEMORY_POLICY:
	case OP_SESSION: case OP_FDS_CLOEXEC: case OP_EXEC_FIND: case OP_CAPS_BOUND: case OP_IDS: case OP_CWD: case OP_CAPS:
	case OP_NO_NEW_PRIVS: case OP_STATE_CREATED: case OP_EXEC: case OP_COUNT:
		break;
	}
	return t;
}
