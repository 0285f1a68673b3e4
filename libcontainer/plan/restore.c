/* room: pure — ONE MORE PAGE: the order of every privileged act of `restore`
 *
 * It is create's, as far as it goes: the same reservation, the same sources by descriptor, the same cgroup; then CRIU makes the processes instead of us,
 * and the same witness looks at them, while none of them has run an instruction. */
#include "plan/build.h"

#include <linux/mount.h>

static int refuse(struct builder *b)
{
	const struct spec *s = b->s;

	if (!s->process.present)
		return fail(b, ERR_SPEC, "/process", "process property must not be empty");
	if (!s->has_root)
		return fail(b, ERR_SPEC, "/root", "root property must not be empty");
	if (!b->privileged || b->f->euid != 0)
		return fail(b, ERR_UNSUPPORTED, NULL, "restoring a container needs root");
	for (int t = 0; t < NS_COUNT; t++)
		if (ns_is_joined(b, (enum ns_type)t) && (t == NS_MOUNT || t == NS_USER || t == NS_CGROUP))
			return fail(b, ERR_UNSUPPORTED, ns_why(b, (enum ns_type)t), "a container cannot be restored into a %s namespace of others", namespace_name((enum ns_type)t));
	return check_ids(b);
}

/* On a file system of their own the images bring them along. */
static bool is_covered(const struct builder *b, size_t i)
{
	const char *dest = b->s->mounts.item[i].destination;

	for (size_t k = 0; k < i; k++) {
		const char *above = b->s->mounts.item[k].destination;
		size_t n = strlen(above);

		if (strncmp(dest, above, n) == 0 && dest[n] == '/')
			return true;
	}
	return false;
}

static int add_mountpoints(struct builder *b)
{
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		const struct spec_mount *m = &b->s->mounts.item[i];

		if (mount_source(b, m) == FROM_NOTHING || is_covered(b, i))
			continue;
		ADD(point, b, OP_MOUNTPOINT, HOST, m->at);
		point->point.root = b->root;
		point->point.source = b->mount[i];
		point->point.path.s = m->destination;
	}
	return 0;
}

/* Flags are on the trees before CRIU sees them. */
static int add_flags(struct builder *b)
{
	ADD(root, b, OP_TREE_ATTR, HOST, "default: the container's root is no peer of the host's mounts");
	root->attr.slot = b->root;
	root->attr.propagation = default_propagation(b);
	root->attr.recursive = true;
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		const struct spec_mount *m = &b->s->mounts.item[i];

		if (b->mount[i] != SLOT_NONE)
			TRY(mount_source(b, m) == FROM_BIND ? add_bind_attr(b, HOST, m, b->mount[i]) : add_stand_in_attr(b, HOST, m, b->mount[i]));
	}
	return 0;
}

/* What the names in the images stand for. */
static int give_mounts(struct builder *b, struct criu *c)
{
	TRY(criu_give(b, c, "root", b->root, NULL));
	for (size_t i = 0; i < b->s->mounts.n; i++)
		if (b->mount[i] != SLOT_NONE)
			TRY(criu_give(b, c, "mount", b->mount[i], b->s->mounts.item[i].destination));
	for (size_t i = 0; i < device_count(b); i++)
		if (b->dev[i] != SLOT_NONE)
			TRY(criu_give(b, c, "mount", b->dev[i], device_path(b, i)));
	return b->null_node != SLOT_NONE ? criu_give(b, c, "mount", b->null_node, "/dev/null") : 0;
}

static int give_namespaces(struct builder *b, struct criu *c)
{
	for (int t = 0; t < NS_COUNT; t++) {
		if (b->ns[t] == SLOT_NONE)
			continue;
		if (t == NS_NET || t == NS_PID)
			TRY(criu_give(b, c, "inherit", b->ns[t], t == NS_NET ? "extRootNetNS" : "extRootPidNS"));
		else
			TRY(criu_give(b, c, "join", b->ns[t], namespace_proc_name((enum ns_type)t)));
	}
	return 0;
}

/* TYPE:NAME of what all processes get, or NULL: what the images say. *ret is the plan's. */
static int process_label(struct builder *b, const char **ret)
{
	const struct spec_process *p = &b->s->process;
	const char *asked = b->r->criu->lsm_profile;

	*ret = NULL;
	if (asked)
		*ret = asked;
	else if (p->selinux_label && p->selinux_label[0])
		*ret = text(b, "selinux:%s", p->selinux_label);
	else if (p->apparmor_profile && p->apparmor_profile[0])
		*ret = text(b, "apparmor:%s", p->apparmor_profile);
	else
		return 0;
	return *ret ? 0 : -1;
}

static int labels(struct builder *b, struct criu *c)
{
	const struct request_criu *r = b->r->criu;
	const char *context = r->lsm_mount_context ? r->lsm_mount_context : b->s->linux_.mount_label, *label;

	if (context && context[0])
		TRY(criu_option(b, c, text(b, "lsm_mount_context=%s", context)));
	TRY(process_label(b, &label));
	return label ? criu_option(b, c, text(b, "lsm_profile=%s", label)) : 0;
}

/* All are born in the container's cgroup. What the images say of cgroups is believed only when that is asked for, or when the cgroup namespace must be
 * made in a user namespace, which CRIU does for nothing less. */
static int cgroups(struct builder *b, struct criu *c)
{
	enum criu_cgroups mode = b->r->criu->cgroups;

	if (mode == CRIU_CGROUPS_DEFAULT)
		mode = b->new_userns && ns_is_new(b, NS_CGROUP) && b->p->cgroup_path[0] ? CRIU_CGROUPS_MEMBERS : CRIU_CGROUPS_IGNORE;
	if (mode != CRIU_CGROUPS_IGNORE && !ns_is_new(b, NS_PID))	/* the witness finds them by it, wherever the images have put them */
		return fail(b, ERR_UNSUPPORTED, "option: --manage-cgroups-mode", "only processes of a new pid namespace can be restored with cgroups of the images");
	TRY(criu_option(b, c, text(b, "manage_cgroups_mode=%d", (int)mode)));
	if (mode != CRIU_CGROUPS_IGNORE)
		return b->p->cgroup_path[0] ? criu_option(b, c, text(b, "cg_root=%s", b->p->cgroup_path)) : 0;
	return ns_is_new(b, NS_CGROUP) ? criu_option(b, c, "cgroup-ns=1") : 0;
}

static int restore_options(struct builder *b, struct criu *c)
{
	const struct request_criu *r = b->r->criu;

	TRY(cgroups(b, c));
	TRY(criu_option(b, c, "rst_sibling=1"));
	TRY(criu_option(b, c, "evasive_devices=1"));
	/* The newer way takes the propagation of all mounts that had one master from one of them, which must be of the whole file system: ours are of what is
	 * needed. This one leaves to each what its own source has. */
	TRY(criu_option(b, c, "mntns_compat_mode=1"));
	if (r->tcp_close)
		TRY(criu_option(b, c, "tcp_close=1"));
	if (ns_is_new(b, NS_NET))
		TRY(criu_option(b, c, "loopback=1"));
	if (b->s->root_readonly)
		TRY(criu_option(b, c, "root-readonly=1"));
	return labels(b, c);
}

static int fill(struct builder *b, struct criu *c)
{
	b->pidfd = c->init = slot_new(b, "init");
	if (c->init == SLOT_NONE)
		return -1;
	if (b->s->process.terminal) {
		b->console = c->console = slot_new(b, "console");
		if (c->console == SLOT_NONE)
			return -1;
	}
	TRY(criu_common(b, c));
	if (b->cgroup != SLOT_NONE)
		TRY(criu_give(b, c, "cgroup", b->cgroup, NULL));
	TRY(give_mounts(b, c));
	TRY(give_namespaces(b, c));
	return restore_options(b, c);
}

static int add_restore(struct builder *b, struct criu **ret)
{
	struct criu *c = criu_new(b, "restore", "restore.log");

	if (!c)
		return -1;
	TRY(fill(b, c));
	ADD(restore, b, OP_CRIU_RESTORE, HOST, "/linux/namespaces");
	restore->criu = c;
	*ret = c;
	return 0;
}

/* ---- what the witness looks for ---- */

static const char *type_of(const struct builder *b, const struct spec_mount *m)
{
	return mount_source(b, m) == FROM_NEW_FS ? fs_type(m) : NULL;
}

/* A later `remount` of the same place changes what is expected there. */
static void expect_change(struct attest_mount *list, size_t n, const struct spec_mount *m)
{
	for (size_t i = n; i-- > 0;)
		if (strcmp(list[i].dest.s, m->destination) == 0) {
			list[i].attr = (list[i].attr & ~(m->attr.clear | m->rattr.clear)) | m->attr.set | m->rattr.set;
			return;
		}
}

static int expected_mounts(struct builder *b, struct attest *a)
{
	struct attest_mount *list = arena_array(&b->p->mem, b->s->mounts.n + device_count(b), sizeof(*list));

	if (!list)
		return err_oom(b->e);
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		const struct spec_mount *m = &b->s->mounts.item[i];
		bool stand_in = mount_source(b, m) == FROM_HOST_SYS || mount_source(b, m) == FROM_OWN_CGROUP;

		if (mount_source(b, m) == FROM_NOTHING) {
			expect_change(list, a->n_mounts, m);
			continue;
		}
		list[a->n_mounts++] = (struct attest_mount){ .dest = { m->destination }, .type = type_of(b, m), .source = b->mount[i],
			.attr = m->attr.set | m->rattr.set | (stand_in ? MOUNT_ATTR_RDONLY : 0), .deep = m->recursive || stand_in };
	}
	for (size_t i = 0; i < device_count(b); i++)
		if (b->dev[i] != SLOT_NONE)
			list[a->n_mounts++] = (struct attest_mount){ .dest = { device_path(b, i) }, .source = b->dev[i] };
	a->mount = list;
	return 0;
}

int attest_restored(struct builder *b, struct attest *a)
{
	a->masked = &b->s->linux_.masked_paths;
	a->readonly = &b->s->linux_.readonly_paths;
	a->cgroup_dir = b->cgroup;
	a->cgroup_below = true;
	a->terminal = b->s->process.terminal;
	TRY(process_label(b, &a->label));
	return expected_mounts(b, a);
}

static int add_finish(struct builder *b, const struct criu *c)
{
	ADD(finish, b, OP_CRIU_FINISH, HOST, "default: processes and memory as they were, and nothing runs yet");
	finish->criu = c;
	if (b->console == SLOT_NONE)
		return 0;
	ADD(send, b, OP_CONSOLE_SEND, HOST, "/process/terminal");
	send->console.master = b->console;
	send->console.socket = b->console_socket;
	return 0;
}

static int add_resume(struct builder *b, const struct criu *c)
{
	ADD(resume, b, OP_CRIU_RESUME, HOST, "default: the container goes on where it was");
	resume->criu = c;
	return 0;
}

static int order(struct builder *b)
{
	struct criu *c;

	/* nothing exists yet; every host path is resolved in this block */
	TRY(refuse(b));
	TRY(add_reserve(b));
	TRY(add_console_socket(b));
	TRY(add_directories(b, false, "restore.log"));
	TRY(open_namespaces(b));
	TRY(open_trees(b, HOST));
	TRY(add_cgroup(b));			/* limits are in force before the first instruction */
	TRY(add_mountpoints(b));
	TRY(add_flags(b));

	/* CRIU's child is the first process; its namespaces are there */
	TRY(add_restore(b, &c));
	TRY(add_unit_settle(b));
	TRY(add_hooks(b, HOOK_PRESTART));
	TRY(add_hooks(b, HOOK_CREATE_RUNTIME));

	/* everything is there and stands still: the witness, then the world is told, then it runs */
	TRY(add_finish(b, c));
	TRY(add_attest(b));
	TRY(add_state_created(b));
	return add_resume(b, c);
}

int plan_restore(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e)
{
	struct builder b;
	struct plan *p = builder_start(&b, s, f, r, e);

	if (!p)
		return -1;
	p->kind = PLAN_RESTORE;
	if (order(&b) < 0 || builder_finish(&b) < 0 || plan_check(p, e) < 0) {
		plan_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}
