/* room: pure — packing: every object that a step leads to is copied behind it, and each pointer becomes the distance from the first byte
 *
 * One description serves both ways, so that they cannot differ: it names the pointers of each kind of step, and follow() turns one around. */
#include "plan/pack.h"

#include <string.h>

struct pack {
	struct str *out;	/* packing */
	size_t base;		/* of the first byte in out */
	unsigned char *bytes;	/* unpacking */
	size_t n;
	bool broken;
};

enum { ALIGN = _Alignof(max_align_t) };

static void *object(struct pack *k, size_t at)
{
	return k->bytes ? k->bytes + at : (unsigned char *)k->out->s + k->base + at;
}

static size_t append(struct pack *k, const void *object, size_t n)
{
	static const char nothing[ALIGN];
	size_t used = k->out->n - k->base, pad = (ALIGN - used % ALIGN) % ALIGN;

	str_addn(k->out, nothing, pad);
	str_addn(k->out, object, n);
	k->broken = k->broken || k->out->failed;
	return used + pad;
}

/* The pointer at `at`, to an object of n bytes. Returns where the object is, 0 when there is none (there the plan itself lies). */
static size_t follow(struct pack *k, size_t at, size_t n)
{
	const void *p;
	size_t to;

	if (k->broken)
		return 0;
	memcpy(&p, object(k, at), sizeof(p));
	if (!p)
		return 0;
	if (k->bytes) {
		to = (size_t)(uintptr_t)p;
		if (to > k->n || n > k->n - to) {
			k->broken = true;
			return 0;
		}
		p = k->bytes + to;
	} else {
		to = append(k, p, n);
		if (k->broken)
			return 0;
		p = (const void *)(uintptr_t)to;
	}
	memcpy(object(k, at), &p, sizeof(p));
	return to;
}

static void text(struct pack *k, size_t at)
{
	const char *s;

	if (k->broken)
		return;
	memcpy(&s, object(k, at), sizeof(s));
	follow(k, at, k->bytes || !s ? 1 : strlen(s) + 1);
}

static void strings(struct pack *k, size_t at)
{
	struct strings list;
	size_t item;

	if (k->broken)
		return;
	memcpy(&list, object(k, at), sizeof(list));
	item = follow(k, at + offsetof(struct strings, item), list.n * sizeof(*list.item));
	for (size_t i = 0; item && i < list.n; i++)
		text(k, item + i * sizeof(*list.item));
}

static void ids(struct pack *k, size_t at)
{
	struct ids_list list;

	if (k->broken)
		return;
	memcpy(&list, object(k, at), sizeof(list));
	follow(k, at + offsetof(struct ids_list, item), list.n * sizeof(*list.item));
}

static void hook(struct pack *k, size_t at)
{
	size_t h = follow(k, at, sizeof(struct spec_hook));

	if (!h)
		return;
	text(k, h + offsetof(struct spec_hook, path));
	strings(k, h + offsetof(struct spec_hook, args));
	strings(k, h + offsetof(struct spec_hook, env));
	text(k, h + offsetof(struct spec_hook, at));
}

#define TEXT(member)	text(k, at + offsetof(struct step, member))
#define STRINGS(member)	strings(k, at + offsetof(struct step, member))

/* The pointers of one step of join or init. */
static void pointers(struct pack *k, enum op op, size_t at)
{
	size_t to;

	TEXT(why);
	switch (op) {
	case OP_TREE_OPEN: case OP_ROOT_ATTACH: TEXT(tree.path.s); break;
	case OP_NODE_OPEN: TEXT(node.path.s); break;
	case OP_NS_ENTER: TEXT(ns.path.s); break;
	case OP_BECOME_ROOT: case OP_IDS: ids(k, at + offsetof(struct step, user.groups)); break;
	case OP_FS_MAKE: TEXT(fs.type); TEXT(fs.source); STRINGS(fs.data); break;
	case OP_TMPFS_COPY: TEXT(copy.path.s); break;
	case OP_TREE_ATTACH: TEXT(attach.dest.s); break;
	case OP_MOUNT_CHANGE: TEXT(change.dest.s); break;
	case OP_DEVICE_NODE: TEXT(device.path.s); break;
	case OP_LINK: TEXT(link.path.s); TEXT(link.target); break;
	case OP_CWD_MAKE: case OP_READONLY: TEXT(rpath.path.s); break;
	case OP_SYSCTL: TEXT(pair.key); TEXT(pair.value); break;
	case OP_HOSTNAME: case OP_DOMAINNAME: TEXT(text.text); break;
	case OP_HOOK: hook(k, at + offsetof(struct step, hook.hook)); TEXT(hook.status); TEXT(hook.cwd); break;
	case OP_MASK: TEXT(mask.path.s); break;
	case OP_LABEL_EXEC: TEXT(label.label); break;
	case OP_KEYRING: TEXT(keyring.name); TEXT(keyring.label); break;
	case OP_EXEC_FIND: case OP_EXEC: STRINGS(exec.args); STRINGS(exec.env); TEXT(exec.cwd); break;
	case OP_CWD: TEXT(cwd.path.s); break;
	case OP_MEMORY_POLICY:
		to = follow(k, at + offsetof(struct step, mempol), sizeof(struct spec_memory_policy));
		if (to) {
			text(k, to + offsetof(struct spec_memory_policy, nodes));
			text(k, to + offsetof(struct spec_memory_policy, at));
		}
		break;
	case OP_CAPS_BOUND: case OP_CAPS:
		to = follow(k, at + offsetof(struct step, caps), sizeof(struct spec_caps));
		if (to)
			text(k, to + offsetof(struct spec_caps, at));
		break;
	case OP_NS_JOIN: case OP_NS_NEW: case OP_TIME_OFFSETS: case OP_CLONE: case OP_RLIMIT: case OP_UNDUMPABLE: case OP_STILL_UNDUMPABLE: case OP_LOOPBACK:
	case OP_PROPAGATION: case OP_ROOT_OPEN: case OP_TREE_ATTR: case OP_CONSOLE: case OP_PIVOT: case OP_ROOT_PROPAGATION: case OP_ROOT_READONLY:
	case OP_PERSONALITY: case OP_SESSION: case OP_FDS_CLOEXEC: case OP_SECCOMP_LOAD: case OP_NO_NEW_PRIVS: case OP_WAIT_START:
		break;	/* numbers and slots */
	case OP_STATE_RESERVE: case OP_SOCKET_CONNECT: case OP_NS_OPEN: case OP_SECCOMP_COMPILE: case OP_UNIT_START: case OP_CGROUP_MAKE: case OP_CGROUP_WRITE:
	case OP_CGROUP_DEVICES: case OP_CGROUP_OWNER: case OP_TARGET_OPEN: case OP_CGROUP_OPEN: case OP_UNIT_SET: case OP_START_FIFO: case OP_NOTIFY_DIR:
	case OP_JOIN_CLONE: case OP_BIRTH_AFFINITY: case OP_UNIT_SETTLE: case OP_ID_MAP: case OP_TREE_IDMAP: case OP_NET_DEVICE: case OP_OOM_SCORE:
	case OP_SCHEDULER: case OP_IO_PRIORITY: case OP_AFFINITY: case OP_RDT: case OP_CONSOLE_SEND: case OP_SECCOMP_NOTIFY: case OP_ATTEST: case OP_PIDFD_SEND:
	case OP_PID_FILE: case OP_STATE_CREATED: case OP_DIR_OPEN: case OP_MOUNTPOINT: case OP_CRIU_DUMP: case OP_CRIU_RESTORE: case OP_CRIU_FINISH:
	case OP_CRIU_RESUME: case OP_COUNT:
		k->broken = true;	/* the host's */
		break;
	}
}

/* What the executors in the sealed program do not look at is not handed to them. */
static void forget(struct step *s)
{
	if (s->room == ROOM_HOST)
		*s = (struct step){ .op = s->op, .room = s->room };
	if (s->op == OP_SECCOMP_LOAD)
		s->seccomp.profile = NULL;
	if (s->op == OP_EXEC)
		s->exec.env = (struct strings){ 0 };	/* exec-find has made it */
}

static void turn(struct pack *k)
{
	struct plan p;
	size_t step;

	if (k->broken)
		return;
	memcpy(&p, object(k, 0), sizeof(p));
	step = follow(k, offsetof(struct plan, step), p.n * sizeof(*p.step));
	for (size_t i = 0; step && i < p.n && !k->broken; i++) {
		size_t at = step + i * sizeof(*p.step);
		struct step *s = object(k, at);

		if (!k->bytes)
			forget(s);
		if (s->room != ROOM_HOST)
			pointers(k, s->op, at);
	}
	text(k, offsetof(struct plan, state_head));
	text(k, offsetof(struct plan, state_tail));
}

void plan_pack(const struct plan *p, struct str *out)
{
	struct pack k = { .out = out, .base = out->n };
	struct plan own = { .kind = p->kind, .n = p->n, .step = p->step, .slots = p->slots, .wait_start = p->wait_start, .uses_join = p->uses_join,
			    .state_head = p->state_head, .state_tail = p->state_tail };

	append(&k, &own, sizeof(own));
	turn(&k);
	if (k.broken)
		out->failed = true;
}

int plan_unpack(void *bytes, size_t n, struct plan *ret, struct err *e)
{
	struct pack k = { .bytes = bytes, .n = n, .broken = n < sizeof(struct plan) };

	turn(&k);
	if (k.broken)
		return err_set(e, ERR_PEER, 0, "the steps that the host handed over are not whole");
	memcpy(ret, bytes, sizeof(*ret));
	return 0;
}
