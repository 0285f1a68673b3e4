/* room: pure — how init loses its power: the order is the point
 *
 * Without no_new_privs the filter needs CAP_SYS_ADMIN, so it is loaded while that is still there; with it, the filter is the last act, so that
 * the profile need not allow what brig itself does. Ids change before capabilities, because setresuid needs CAP_SETUID. */
#include "plan/build.h"

enum { FILTER_MODE = 2 };	/* SECCOMP_MODE_FILTER */

static bool has_profile(const struct builder *b)
{
	return b->s->linux_.seccomp.present;
}

bool seccomp_is_last(const struct builder *b)
{
	return has_profile(b) && b->s->process.no_new_privs && !b->s->linux_.seccomp.notify;
}

int add_seccomp_compile(struct builder *b)
{
	if (!has_profile(b))
		return 0;
	b->seccomp = slot_new(b, "seccomp");
	if (b->seccomp == SLOT_NONE)
		return -1;
	ADD(compile, b, OP_SECCOMP_COMPILE, HOST, "/linux/seccomp");
	compile->seccomp.slot = b->seccomp;
	compile->seccomp.profile = &b->s->linux_.seccomp;
	compile->seccomp.flags = b->s->linux_.seccomp.has_flags ? b->s->linux_.seccomp.flags : SC_FLAG_SPEC_ALLOW;
	return 0;
}

static int add_load(struct builder *b, bool last)
{
	ADD(load, b, OP_SECCOMP_LOAD, INIT, "/linux/seccomp");
	load->seccomp.slot = b->seccomp;
	load->seccomp.profile = &b->s->linux_.seccomp;
	load->seccomp.flags = b->s->linux_.seccomp.has_flags ? b->s->linux_.seccomp.flags : SC_FLAG_SPEC_ALLOW;
	load->seccomp.last = last;
	load->seccomp.notify = b->s->linux_.seccomp.notify;
	if (!b->s->linux_.seccomp.notify)
		return 0;
	ADD(notify, b, OP_SECCOMP_NOTIFY, HOST, "/linux/seccomp/listenerPath");
	notify->notify.pidfd = b->pidfd;
	notify->notify.socket = b->agent;
	notify->notify.metadata = b->s->linux_.seccomp.listener_metadata;
	return 0;
}

int add_seccomp_last(struct builder *b)
{
	return seccomp_is_last(b) ? add_load(b, true) : 0;
}

/* Names that this kernel does not know and powers that the caller does not have cannot be granted: a warning, not an error
 * (specification, process.capabilities). The ambient set is cut to what the kernel lets into it. */
const struct spec_caps *wanted_caps(struct builder *b)
{
	const struct spec_caps *asked = &b->s->process.caps;
	capset_t all = b->f->last_cap >= CAPS_MAX - 1 ? ~(capset_t)0 : ((capset_t)1 << (b->f->last_cap + 1)) - 1;
	struct spec_caps *c = arena_alloc(&b->p->mem, sizeof(*c));

	if (!c) {
		err_oom(b->e);
		return NULL;
	}
	if (!b->any_userns)
		all &= b->f->caps;
	c->at = asked->at;
	c->present = asked->present;
	if (!asked->present)
		return c;
	c->bounding = asked->bounding & all;
	c->permitted = asked->permitted & all;
	c->effective = asked->effective & c->permitted;
	c->inheritable = asked->inheritable & all;
	c->ambient = asked->ambient & c->permitted & c->inheritable;
	return c;
}

static int add_ids(struct builder *b)
{
	const struct spec_user *u = &b->s->process.user;

	ADD(ids, b, OP_IDS, INIT, "/process/user");
	ids->user.uid = u->uid;
	ids->user.gid = u->gid;
	ids->user.umask = u->has_umask ? u->umask : 0022;
	ids->user.groups = u->additional_gids;
	ids->user.set_groups = !setgroups_denied(b);
	ids->user.keep_caps = true;
	ADD(undumpable, b, OP_STILL_UNDUMPABLE, INIT, "default: a change of ids may make it dumpable again (CVE-2016-9962)");
	return 0;
}

static int add_no_new_privs(struct builder *b)
{
	ADD(nnp, b, OP_NO_NEW_PRIVS, INIT, "/process/noNewPrivileges");
	return 0;
}

int add_drop(struct builder *b)
{
	bool nnp = b->s->process.no_new_privs, early = nnp && b->s->linux_.seccomp.notify;
	const struct spec_caps *caps = wanted_caps(b);

	if (!caps)
		return -1;
	ADD(bound, b, OP_CAPS_BOUND, INIT, caps->at ? caps->at : "/process/capabilities");
	bound->caps = caps;
	if (early)
		TRY(add_no_new_privs(b));
	TRY(add_rlimits(b));
	if (has_profile(b) && !seccomp_is_last(b))
		TRY(add_load(b, false));
	TRY(add_ids(b));
	ADD(cwd, b, OP_CWD, INIT, "/process/cwd");
	cwd->cwd.path.s = b->s->process.cwd;
	ADD(drop, b, OP_CAPS, INIT, caps->at ? caps->at : "/process/capabilities");
	drop->caps = caps;
	return nnp && !early ? add_no_new_privs(b) : 0;
}

/* ---- the program ---- */

/* What the container must know of what it is given besides (sd_listen_fds(3), sd_notify(3)). */
static int add_given(struct builder *b, struct strings *env)
{
	const char **item = arena_array(&b->p->mem, env->n + 3, sizeof(*item));
	size_t n = 0;

	if (!item)
		return err_oom(b->e);
	for (size_t i = 0; i < env->n; i++)
		if (!(b->r->listen_fds && strncmp(env->item[i], "LISTEN_", 7) == 0) && !(b->r->notify_socket && strncmp(env->item[i], "NOTIFY_SOCKET=", 14) == 0))
			item[n++] = env->item[i];	/* not twice: the first would win */
	if (b->r->listen_fds) {
		item[n++] = text(b, "LISTEN_FDS=%u", b->r->listen_fds);
		if (!item[n - 1])
			return -1;
		item[n++] = "LISTEN_PID=1";
	}
	if (b->r->notify_socket)
		item[n++] = "NOTIFY_SOCKET=/run/notify/notify.sock";
	*env = (struct strings){ n, item };
	return 0;
}

static int exec_fields(struct builder *b, struct step *s)
{
	const struct spec_process *p = &b->s->process;

	s->exec.args = p->args;
	s->exec.env = p->env;
	s->exec.cwd = p->cwd;
	s->exec.uid = p->user.uid;
	return b->r->listen_fds || b->r->notify_socket ? add_given(b, &s->exec.env) : 0;
}

int add_close_fds(struct builder *b)
{
	ADD(fds, b, OP_FDS_CLOEXEC, INIT, "default: no descriptor of the host survives execve");
	fds->fds.keep = b->r->listen_fds + b->r->preserve_fds;
	if (b->s->process.args.n == 0)
		return fail(b, ERR_SPEC, "/process/args", "args must not be empty");
	ADD(find, b, OP_EXEC_FIND, INIT, "/process/args");
	return exec_fields(b, find);
}

int add_exec(struct builder *b)
{
	ADD(exec, b, OP_EXEC, INIT, "/process/args");
	return exec_fields(b, exec);
}

/* ---- what the witness looks for ---- */

static int compare_ids(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	return a < b ? -1 : a > b;
}

static int attest_groups(struct builder *b, struct attest *a)
{
	const struct ids_list *in = &b->s->process.user.additional_gids;
	uint32_t *out = arena_array(&b->p->mem, in->n, sizeof(*out));

	if (!out)
		return err_oom(b->e);
	for (size_t i = 0; i < in->n; i++)
		out[i] = (uint32_t)id_outside(b->gid_map, in->item[i]);	/* mapped: check_ids() */
	qsort(out, in->n, sizeof(*out), compare_ids);
	a->groups = (struct ids_list){ in->n, out };
	return 0;
}

/* exec: the namespaces are those of the target, the cgroup is the container's or below it. */
static void attest_target(struct builder *b, struct attest *a)
{
	a->like = b->r->target.pid;
	a->like_ns = joined_namespaces(b);
	a->cgroup = b->p->cgroup_path[0] ? b->p->cgroup_path : NULL;
	a->cgroup_below = true;
}

int add_attest(struct builder *b)
{
	struct attest *a = arena_alloc(&b->p->mem, sizeof(*a));
	bool unknown_maps = ns_is_joined(b, NS_USER);
	const struct spec_caps *caps = wanted_caps(b);

	if (!a || !caps)
		return err_oom(b->e);
	a->uid = unknown_maps && !b->uid_map ? ATTEST_ANY_ID : (uint32_t)id_outside(b->uid_map, b->s->process.user.uid);
	a->gid = unknown_maps && !b->gid_map ? ATTEST_ANY_ID : (uint32_t)id_outside(b->gid_map, b->s->process.user.gid);
	a->has_groups = !setgroups_denied(b) && a->gid != ATTEST_ANY_ID;
	TRY(attest_groups(b, a));
	a->caps = *caps;
	a->no_new_privs = b->s->process.no_new_privs;
	a->restored = b->p->kind == PLAN_RESTORE;
	a->seccomp_mode = has_profile(b) && (a->restored || !seccomp_is_last(b)) ? FILTER_MODE : 0;
	a->ns_readable = b->privileged;
	if (b->p->kind == PLAN_JOIN) {
		for (int t = 0; t < NS_COUNT; t++)
			a->joined[t] = SLOT_NONE;
		attest_target(b, a);
		ADD(proof, b, OP_ATTEST, HOST, "default: what was asked for is read back from the kernel");
		proof->want = a;
		return 0;
	}
	for (int t = 0; t < NS_COUNT; t++) {
		if (ns_is_new(b, (enum ns_type)t))
			a->new_ns |= 1u << t;
		a->joined[t] = b->ns[t];
	}
	a->uid_map = b->uid_map;
	a->gid_map = b->gid_map;
	a->cgroup = b->p->cgroup_path[0] ? b->p->cgroup_path : NULL;
	a->root_readonly = b->s->root_readonly;
	if (a->restored)
		TRY(attest_restored(b, a));
	ADD(attest, b, OP_ATTEST, HOST, "default: what was asked for is read back from the kernel");
	attest->want = a;
	return 0;
}
