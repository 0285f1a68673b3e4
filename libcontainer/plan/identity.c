/* room: pure — what the container is called, what it may see of the kernel, and the settings of its first process */
#include "plan/build.h"

#include <errno.h>

enum { IOPRIO_CLASS_SHIFT_ = 13 };	/* linux/ioprio.h */

int add_network(struct builder *b)
{
	if (ns_is_new(b, NS_NET)) {
		ADD(lo, b, OP_LOOPBACK, INIT, ns_why(b, NS_NET));
	}
	return 0;
}

static int add_sysctls(struct builder *b)
{
	const struct spec_pairs *all = &b->s->linux_.sysctl;

	for (size_t i = 0; i < all->n; i++) {
		ADD(sysctl, b, OP_SYSCTL, INIT, all->item[i].at);
		sysctl->pair.key = all->item[i].key;
		sysctl->pair.value = all->item[i].value;
	}
	return 0;
}

static int add_name(struct builder *b, enum op op, const char *name, const char *why)
{
	if (!name || !name[0])
		return 0;
	if (!b->s->linux_.ns[NS_UTS].present)
		return fail(b, ERR_SPEC, why, "unable to set %s without a private UTS namespace", why + 1);
	ADD(step, b, op, INIT, why);
	step->text.text = name;
	return 0;
}

/* A missing one is made, while the root is still writable. */
static int add_cwd_make(struct builder *b)
{
	const char *cwd = b->s->process.cwd;

	if (strcmp(cwd, "/") == 0)
		return 0;
	ADD(make, b, OP_CWD_MAKE, INIT, "/process/cwd");
	make->rpath.path.s = cwd;
	return 0;
}

int add_identity(struct builder *b)
{
	TRY(add_cwd_make(b));
	TRY(add_sysctls(b));
	TRY(add_name(b, OP_HOSTNAME, b->s->hostname, "/hostname"));
	return add_name(b, OP_DOMAINNAME, b->s->domainname, "/domainname");
}

/* ---- host side ---- */

static int add_net_devices(struct builder *b)
{
	for (size_t i = 0; i < b->s->linux_.net_devices.n; i++) {
		const struct spec_net_device *d = &b->s->linux_.net_devices.item[i];

		if (!b->privileged)
			return fail(b, ERR_UNSUPPORTED, d->at, "a rootless caller cannot move a network device");
		if (!b->s->linux_.ns[NS_NET].present)
			return fail(b, ERR_SPEC, d->at, "unable to move network devices without a private NET namespace");
		ADD(dev, b, OP_NET_DEVICE, HOST, d->at);
		dev->netdev.host_name = d->host_name;
		dev->netdev.name = d->name;
	}
	return 0;
}

/* "0-3,7" as bits; cpuset(7), FORMATS: list. */
static int cpu_mask(struct builder *b, const char *list, const char *why, struct step *s)
{
	enum { WORDS = 1024 / 64 };
	uint64_t *mask = arena_array(&b->p->mem, WORDS, sizeof(*mask));
	const char *p = list;
	char *end;

	if (!mask)
		return err_oom(b->e);
	while (*p) {
		unsigned long first, last;

		if (*p < '0' || *p > '9')
			return fail(b, ERR_SPEC, why, "\"%.40s\" is not a list of CPUs", list);
		first = last = strtoul(p, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (first > last || last >= 64 * WORDS || (*end && *end != ','))
			return fail(b, ERR_SPEC, why, "\"%.40s\" is not a list of CPUs below %d", list, 64 * WORDS);
		for (unsigned long i = first; i <= last; i++)
			mask[i / 64] |= 1ull << (i % 64);
		p = end + (*end == ',');
	}
	s->cpus.mask = mask;
	s->cpus.words = WORDS;
	return 0;
}

int add_initial_affinity(struct builder *b)
{
	const char *list = b->s->process.cpu_affinity_initial;

	if (!list || !list[0])
		return 0;
	ADD(affinity, b, OP_BIRTH_AFFINITY, HOST, "/process/execCPUAffinity/initial");
	return cpu_mask(b, list, "/process/execCPUAffinity/initial", affinity);
}

static int add_affinity(struct builder *b)
{
	const char *list = b->p->kind == PLAN_JOIN ? b->s->process.cpu_affinity_final : NULL;

	if (list && list[0]) {
		ADD(final, b, OP_AFFINITY, HOST, "/process/execCPUAffinity/final");
		return cpu_mask(b, list, "/process/execCPUAffinity/final", final);
	}
	if (b->p->kind == PLAN_JOIN && b->s->process.cpu_affinity_initial && b->s->process.cpu_affinity_initial[0])
		return 0;	/* specification: without `final` it is not changed after the cgroup is joined */
	ADD(affinity, b, OP_AFFINITY, HOST, "default: the caller's CPU pinning is not the container's");
	return 0;
}

int add_host_settings(struct builder *b)
{
	const struct spec_process *p = &b->s->process;

	if (b->p->kind == PLAN_CREATE)
		TRY(add_net_devices(b));
	if (p->has_oom_score) {
		ADD(oom, b, OP_OOM_SCORE, HOST, "/process/oomScoreAdj");
		oom->number.value = p->oom_score_adj;
	}
	TRY(add_affinity(b));
	if (p->scheduler.present) {
		ADD(sched, b, OP_SCHEDULER, HOST, "/process/scheduler");
		sched->sched = &p->scheduler;
	}
	if (p->has_io_priority) {
		ADD(io, b, OP_IO_PRIORITY, HOST, "/process/ioPriority");
		io->number.value = (int64_t)(p->io_class << IOPRIO_CLASS_SHIFT_ | p->io_priority);
	}
	return add_rdt(b);
}

/* Raising a hard limit needs privilege outside of any user namespace. Where there is none, init still has the host's, and does it without a
 * hand-over, for which each side would wait until it is its turn on a CPU. */
int add_rlimits(struct builder *b)
{
	enum room room = b->any_userns ? ROOM_HOST : ROOM_INIT;

	for (size_t i = 0; i < b->s->process.rlimits.n; i++) {
		const struct spec_rlimit *r = &b->s->process.rlimits.item[i];

		ADD(limit, b, OP_RLIMIT, room, r->at ? r->at : "/process/rlimits");
		limit->rlimit.resource = r->resource;
		limit->rlimit.soft = r->soft;
		limit->rlimit.hard = r->hard;
	}
	return 0;
}

/* ---- inside ---- */

static int add_label(struct builder *b, const char *label, bool apparmor)
{
	const char *why = apparmor ? "/process/apparmorProfile" : "/process/selinuxLabel";

	if (!label || !label[0])
		return 0;
	if (apparmor && !b->f->apparmor && strcmp(label, "unconfined") == 0)
		return 0;	/* what it is without AppArmor */
	if (apparmor && !b->f->apparmor)
		return fail(b, ERR_UNSUPPORTED, why, "apparmor profile is specified in config, but apparmor is disabled or not supported");
	if (!apparmor && !b->f->selinux)
		return fail(b, ERR_UNSUPPORTED, why, "selinux label is specified in config, but selinux is disabled or not supported");
	ADD(step, b, OP_LABEL_EXEC, INIT, why);
	step->label.apparmor = apparmor;
	/* With no_new_privs a confined process may only get more confined: the kernel lets it keep its profile and add one, not change it. */
	step->label.stack = apparmor && b->f->confined && b->s->process.no_new_privs && strcmp(label, "unconfined") != 0;
	step->label.label = label;
	return 0;
}

static int add_keyring(struct builder *b)
{
	if (b->r->no_new_keyring || !b->f->keys)
		return 0;
	ADD(ring, b, OP_KEYRING, INIT, "default: no container shares the caller's session keyring");
	ring->keyring.name = b->r->keyring;
	ring->keyring.label = b->s->process.selinux_label;
	return 0;
}

int add_session(struct builder *b)
{
	ADD(session, b, OP_SESSION, INIT, "default: the caller's terminal is out of reach");
	session->session.terminal = b->s->process.terminal;
	TRY(add_keyring(b));
	if (b->s->linux_.has_personality) {
		ADD(pers, b, OP_PERSONALITY, INIT, "/linux/personality");
		pers->number.value = b->s->linux_.personality;
	}
	if (b->s->linux_.memory_policy.present) {
		ADD(mem, b, OP_MEMORY_POLICY, INIT, "/linux/memoryPolicy");
		mem->mempol = &b->s->linux_.memory_policy;
	}
	return 0;
}

int add_labels(struct builder *b)
{
	TRY(add_label(b, b->s->process.selinux_label, false));
	return add_label(b, b->s->process.apparmor_profile, true);
}
