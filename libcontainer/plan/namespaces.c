/* room: pure — which namespaces are made, which are joined, and by whom */
#include "plan/build.h"

#include <sched.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

static bool has_offsets(const struct builder *b)
{
	return b->s->linux_.boottime.set || b->s->linux_.monotonic.set;
}

static bool joins_any(const struct builder *b)
{
	for (int t = 0; t < NS_COUNT; t++)
		if (ns_is_joined(b, (enum ns_type)t))
			return true;
	return false;
}

/* Clone enters nothing; a time namespace takes its offsets only while nobody lives in it; and what is born into a new user namespace has no id there yet
 * and would lose its capabilities with the execution of the sealed program (capabilities(7)): join has executed it before. */
bool join_needed(const struct builder *b)
{
	return b->new_userns || joins_any(b) || has_offsets(b);
}

bool userns_made_in_join(const struct builder *b)
{
	return b->new_userns && !b->privileged && has_offsets(b);
}

static int check_supported(struct builder *b)
{
	const struct spec_namespace *ns = b->s->linux_.ns;

	if (!ns[NS_MOUNT].present)
		return fail(b, ERR_UNSUPPORTED, "/linux/namespaces", "a container without a mount namespace is not supported");
	if (ns[NS_USER].present && !b->f->userns)
		return fail(b, ERR_UNSUPPORTED, ns_why(b, NS_USER), "this kernel has no user namespaces");
	if (ns[NS_TIME].present && !b->f->timens)
		return fail(b, ERR_UNSUPPORTED, ns_why(b, NS_TIME), "this kernel has no time namespaces");
	if (ns[NS_CGROUP].present && !b->f->cgroupns)
		return fail(b, ERR_UNSUPPORTED, ns_why(b, NS_CGROUP), "this kernel has no cgroup namespaces");
	if (has_offsets(b) && !ns_is_new(b, NS_TIME))
		return fail(b, ERR_SPEC, b->s->linux_.time_at, "time offsets need a new time namespace");
	if (!b->privileged && !b->any_userns)
		return fail(b, ERR_UNSUPPORTED, "/linux/namespaces", "rootless container requires user namespaces");
	return 0;
}

/* The cgroup namespace is missing here: clone3 would root it at the parent's cgroup, so init unshares it. */
static uint64_t clone_flags(const struct builder *b)
{
	static const enum ns_type type[] = { NS_MOUNT, NS_UTS, NS_IPC, NS_NET, NS_PID };
	uint64_t flags = 0;

	for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
		if (ns_is_new(b, type[i]))
			flags |= (uint64_t)(unsigned)namespace_flag(type[i]);
	if (b->new_userns && !userns_made_in_join(b))
		flags |= CLONE_NEWUSER;
	if (ns_is_new(b, NS_TIME) && !has_offsets(b))
		flags |= CLONE_NEWTIME;
	return flags;
}

static int add_init(struct builder *b, enum room room)
{
	uint64_t flags = clone_flags(b);

	b->pidfd = slot_new(b, "init");
	if (b->pidfd == SLOT_NONE)
		return -1;
	ADD(clone, b, OP_CLONE, room, "/linux/namespaces");
	clone->clone.flags = flags;
	clone->clone.cgroup = room == JOIN ? SLOT_NONE : b->cgroup;	/* inherited: root of a joined user namespace may not enter it */
	clone->clone.pidfd = b->pidfd;
	return 0;
}

static int enter(struct builder *b, enum ns_type t)
{
	if (!ns_is_joined(b, t))
		return 0;
	ADD(ns, b, OP_NS_ENTER, JOIN, ns_why(b, t));
	ns->ns.slot = b->ns[t];
	ns->ns.path.s = b->s->linux_.ns[t].path;
	ns->ns.type = t;
	return 0;
}

static int become_root_in_join(struct builder *b)
{
	return add_root_of_namespace(b, JOIN, b->uid_map ? "/linux/uidMappings" : ns_why(b, NS_USER));
}

/* The privilege to enter lies in the caller's user namespace when it has some, else in the container's: so the container's is entered last,
 * respectively first. */
static int enter_all(struct builder *b)
{
	if (!b->privileged)
		TRY(enter(b, NS_USER));
	if (!b->privileged && ns_is_joined(b, NS_USER))
		TRY(become_root_in_join(b));
	for (int t = 0; t < NS_COUNT; t++)
		if (t != NS_USER && t != NS_MOUNT)
			TRY(enter(b, (enum ns_type)t));
	TRY(enter(b, NS_MOUNT));	/* its /proc may not be ours */
	if (!b->privileged)
		return 0;
	TRY(enter(b, NS_USER));
	return ns_is_joined(b, NS_USER) ? become_root_in_join(b) : 0;
}

static int make_userns_in_join(struct builder *b)
{
	ADD(user, b, OP_NS_NEW, JOIN, ns_why(b, NS_USER));
	user->flags.value = CLONE_NEWUSER;
	TRY(add_maps(b, JOIN));
	return become_root_in_join(b);
}

static int add_time(struct builder *b)
{
	if (!has_offsets(b))
		return 0;
	ADD(time, b, OP_NS_NEW, JOIN, ns_why(b, NS_TIME));
	time->flags.value = CLONE_NEWTIME;
	ADD(offsets, b, OP_TIME_OFFSETS, JOIN, b->s->linux_.time_at ? b->s->linux_.time_at : "/linux/timeOffsets");
	offsets->offsets.boottime = b->s->linux_.boottime;
	offsets->offsets.monotonic = b->s->linux_.monotonic;
	return 0;
}

static int add_join(struct builder *b)
{
	ADD(join, b, OP_JOIN_CLONE, HOST, has_offsets(b) ? "/linux/timeOffsets" : "/linux/namespaces");
	join->clone.cgroup = b->cgroup;
	join->clone.pidfd = SLOT_NONE;
	if (userns_made_in_join(b))
		TRY(make_userns_in_join(b));
	/* Not without privilege for a new user namespace alone: init, a copy of join, could not be given its ids, since the files for that would be root's. */
	if (b->privileged || joins_any(b)) {
		ADD(undumpable, b, OP_UNDUMPABLE, JOIN, "default: nobody in the namespaces that are joined looks into us (CVE-2016-9962)");
	}
	TRY(enter_all(b));
	TRY(add_time(b));
	return add_init(b, JOIN);
}

int add_clone(struct builder *b)
{
	TRY(check_supported(b));
	TRY(check_ids(b));
	return join_needed(b) ? add_join(b) : add_init(b, HOST);
}
