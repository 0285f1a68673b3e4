/* room: pure — THE OTHER PAGE: the order of every privileged act of `exec`, a further process in an existing container
 *
 * The pieces that confine are those of plan/create.c, so that both processes are confined alike. */
#include "plan/build.h"

#include <sched.h>

/* With privilege all are entered, also those that the container shares with whoever created it; without it only its own can be. Root of a user
 * namespace has no power over those of the machine (setns(2)), and the container's time namespace mostly is that. */
uint32_t joined_namespaces(const struct builder *b)
{
	uint32_t set = 0;

	for (int t = 0; t < NS_COUNT; t++) {
		bool own = b->s->linux_.ns[t].present;

		if (t == NS_USER || !b->privileged || b->f->in_userns ? own : t != NS_TIME || b->f->timens)
			set |= 1u << t;
	}
	return set;
}

static uint64_t flags_of(uint32_t set)
{
	uint64_t flags = 0;

	for (int t = 0; t < NS_COUNT; t++)
		if (set >> t & 1)
			flags |= (uint64_t)(unsigned)namespace_flag((enum ns_type)t);
	return flags;
}

static int add_target(struct builder *b)
{
	ADD(undumpable, b, OP_UNDUMPABLE, HOST, "default: nobody looks into brig while it holds the host's descriptors");
	b->target = slot_new(b, "target");
	if (b->target == SLOT_NONE)
		return -1;
	ADD(open, b, OP_TARGET_OPEN, HOST, "default: the container is its first process, and no other of the same number");
	open->slot.slot = b->target;
	return 0;
}

/* A component ".." would leave the container's own part of the hierarchy (W-4). */
static int clean_sub(struct builder *b, const char *sub)
{
	for (const char *p = sub; *p; p += strcspn(p, "/")) {
		p += strspn(p, "/");
		if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || !p[2]))
			return fail(b, ERR_USAGE, "option: --cgroup", "bad sub cgroup path: %.200s", sub);
	}
	return strchr(sub, ':') ? fail(b, ERR_USAGE, "option: --cgroup", "invalid --cgroup argument: %.200s: there are no controllers to choose from in cgroup v2", sub) : 0;
}

static int add_target_cgroup(struct builder *b)
{
	const struct request_target *t = &b->r->target;
	const char *sub = t->sub_cgroup;

	b->p->cgroup_mount = t->cgroup_mount;
	b->p->cgroup_path = t->cgroup_path;
	if (!t->cgroup_path[0])
		return sub ? fail(b, ERR_UNSUPPORTED, "option: --cgroup", "the container has no cgroup of its own") : 0;
	if (sub)
		TRY(clean_sub(b, sub));
	b->cgroup = slot_new(b, "cgroup");
	if (b->cgroup == SLOT_NONE)
		return -1;
	ADD(open, b, OP_CGROUP_OPEN, HOST, sub ? "option: --cgroup" : "default: what is started in a container is limited and killed with it");
	open->cgroup.slot = b->cgroup;
	open->cgroup.mount.s = t->cgroup_mount;
	open->cgroup.path = sub ? text(b, "%s/%s", t->cgroup_path, sub) : t->cgroup_path;
	open->cgroup.controllers = "";
	open->cgroup.follow = !sub;
	return open->cgroup.path ? 0 : -1;
}

static int add_ns_join(struct builder *b, enum room room, uint64_t flags, const char *why)
{
	ADD(join, b, OP_NS_JOIN, room, why);
	join->join.target = b->target;
	join->join.flags = flags;
	return 0;
}

static int add_born(struct builder *b)
{
	b->pidfd = slot_new(b, "init");
	if (b->pidfd == SLOT_NONE)
		return -1;
	ADD(clone, b, OP_CLONE, JOIN, "default: a process of its own in the container");
	clone->clone.cgroup = b->cgroup;
	clone->clone.pidfd = b->pidfd;
	return 0;
}

static int add_root_of_userns(struct builder *b, enum room room)
{
	TRY(add_root_of_namespace(b, room, "/linux/uidMappings"));
	if (room != INIT)
		return 0;
	ADD(again, b, OP_STILL_UNDUMPABLE, INIT, "default: a change of ids may make it dumpable again");
	return 0;
}

/* A pid namespace takes only children, so join enters it and makes ours: what can be seen from inside was the sealed program from its first moment.
 * Without privilege the right to enter lies in the container's user namespace, and join enters all of them. */
static int add_birth(struct builder *b)
{
	uint64_t flags = b->privileged ? CLONE_NEWPID : flags_of(joined_namespaces(b));

	ADD(clone, b, OP_JOIN_CLONE, HOST, "default: the sealed program is there before anything of the container can see it (CVE-2019-5736)");
	clone->clone.cgroup = b->cgroup;
	ADD(undumpable, b, OP_UNDUMPABLE, JOIN, "default: nobody in the namespaces that are joined looks into us (CVE-2016-9962)");
	TRY(add_ns_join(b, JOIN, flags, b->privileged ? "default: the child is born in the container's pid namespace" : "/linux/namespaces"));
	if (flags & CLONE_NEWUSER)
		TRY(add_root_of_userns(b, JOIN));
	return add_born(b);
}

static int add_entry(struct builder *b)
{
	uint64_t flags = flags_of(joined_namespaces(b));

	ADD(undumpable, b, OP_UNDUMPABLE, INIT, "default: nobody inside looks into us before execve (CVE-2016-9962)");
	if (b->privileged) {
		TRY(add_labels(b));
		TRY(add_ns_join(b, INIT, flags & ~(uint64_t)CLONE_NEWPID, "/linux/namespaces"));
		if (flags & CLONE_NEWUSER)
			TRY(add_root_of_userns(b, INIT));
	}
	ADD(root, b, OP_ROOT_OPEN, INIT, "default: names of the container are resolved beneath it");
	return b->privileged ? 0 : add_labels(b);
}

static int add_pid_file(struct builder *b)
{
	if (!b->r->pid_file)
		return 0;
	ADD(file, b, OP_PID_FILE, HOST, "option: --pid-file");
	file->path.out = SLOT_NONE;
	file->path.path.s = b->r->pid_file;
	return 0;
}

static int order(struct builder *b)
{
	/* host: the container is held, whatever the caller gave is reached, nothing is entered */
	TRY(add_target(b));
	TRY(add_sockets(b));
	TRY(add_seccomp_compile(b));
	TRY(add_target_cgroup(b));
	TRY(add_initial_affinity(b));

	/* join: the process is born in the container's cgroup and pid namespace; host: what needs its privilege */
	TRY(add_birth(b));
	TRY(add_host_settings(b));

	/* init: into the other namespaces; from here on its root is the container's */
	TRY(add_entry(b));
	TRY(add_console(b));

	/* init: gives up what it has, as the first process did */
	TRY(add_session(b));
	TRY(add_close_fds(b));
	TRY(add_drop(b));

	/* host: the independent witness; then init cannot be stopped any more */
	TRY(add_pidfd_send(b));
	TRY(add_attest(b));
	TRY(add_pid_file(b));
	TRY(add_seccomp_last(b));
	return add_exec(b);
}

int plan_join(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e)
{
	struct builder b;
	struct plan *p = builder_start(&b, s, f, r, e);

	if (!p)
		return -1;
	p->kind = PLAN_JOIN;
	p->state_status = "running";
	if (order(&b) < 0 || builder_finish(&b) < 0 || plan_check(p, e) < 0) {
		plan_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}
