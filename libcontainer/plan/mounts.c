/* room: pure — the container's root and its mounts, in the order of the configuration */
#include "plan/build.h"

#include <linux/mount.h>

#ifndef MOUNT_ATTR__ATIME
#define MOUNT_ATTR__ATIME 0x00000070
#endif

static bool root_propagation_is(const struct builder *b, uint64_t kind)
{
	return (b->s->linux_.rootfs_propagation & kind) != 0;
}

uint64_t default_propagation(const struct builder *b)
{
	return root_propagation_is(b, MS_PRIVATE) ? MS_PRIVATE : MS_SLAVE;
}

/* The kernel shows sysfs only to who owns the network namespace, and cgroup2 safely only below a cgroup namespace (CVE-2023-25809). */
static bool foreign_network(const struct builder *b)
{
	return !b->s->linux_.ns[NS_NET].present || (b->new_userns && ns_is_joined(b, NS_NET));
}

/* Where our power over the initial user namespace ends: in one that we make or join, or were started in. */
static bool below_userns(const struct builder *b)
{
	return b->any_userns || b->f->in_userns;
}

enum mount_source mount_source(const struct builder *b, const struct spec_mount *m)
{
	switch (m->kind) {
	case MOUNT_BIND:
		return FROM_BIND;
	case MOUNT_CHANGE:
		return FROM_NOTHING;
	case MOUNT_SYSFS:
		return below_userns(b) && foreign_network(b) ? FROM_HOST_SYS : FROM_NEW_FS;
	case MOUNT_CGROUP:
		return below_userns(b) && !b->s->linux_.ns[NS_CGROUP].present ? FROM_OWN_CGROUP : FROM_NEW_FS;
	case MOUNT_FS: case MOUNT_PROC: case MOUNT_MQUEUE: case MOUNT_DEVPTS: case MOUNT_TMPFS:
		break;
	}
	return FROM_NEW_FS;
}

int add_root(struct builder *b)
{
	ADD(prop, b, OP_PROPAGATION, INIT, "default: nothing that we mount may leak out");
	prop->flags.value = MS_REC | default_propagation(b);
	if (!b->privileged) {
		TRY(open_trees(b, INIT));
		TRY(open_cgroup_mounts(b, INIT));
	}
	ADD(attr, b, OP_TREE_ATTR, INIT, "default: the container's root is no peer of the host's mounts");
	attr->attr.slot = b->root;
	attr->attr.propagation = default_propagation(b);
	attr->attr.recursive = true;
	ADD(root, b, OP_ROOT_ATTACH, INIT, "/root/path");
	root->tree.slot = b->root;
	root->tree.recursive = true;
	return 0;
}

static int add_attr(struct builder *b, enum room room, const struct spec_mount *m, slot_t slot, struct mount_flags a, uint64_t propagation, bool recursive)
{
	if (!a.set && !a.clear && !propagation)
		return 0;
	if (a.set & MOUNT_ATTR__ATIME)	/* one value in three bits: the kernel wants the old one cleared */
		a.clear |= MOUNT_ATTR__ATIME;
	ADD(attr, b, OP_TREE_ATTR, room, m->at);
	attr->attr.slot = slot;
	attr->attr.set = a.set;
	attr->attr.clear = a.clear;
	attr->attr.propagation = propagation;
	attr->attr.recursive = recursive;
	return 0;
}

/* A clone of a shared mount is its peer: what the container mounts below would appear on the host, unless shared is asked for twice. */
static uint64_t tree_propagation(const struct builder *b, const struct spec_mount *m)
{
	if ((m->propagation & MS_SHARED) && root_propagation_is(b, MS_SHARED))
		return 0;
	if (m->propagation_recursive && (m->propagation & (MS_PRIVATE | MS_SLAVE)))
		return m->propagation & (MS_PRIVATE | MS_SLAVE);
	return default_propagation(b);
}

static int add_attach(struct builder *b, const struct spec_mount *m, slot_t slot, enum mount_source from)
{
	ADD(attach, b, OP_TREE_ATTACH, INIT, m->at);
	attach->attach.slot = slot;
	attach->attach.dest.s = m->destination;
	attach->attach.real_dir = m->kind == MOUNT_PROC || m->kind == MOUNT_SYSFS;
	attach->attach.nofollow = m->dest_nofollow;
	attach->attach.copy_link = m->copy_symlink;
	attach->attach.propagation = m->propagation & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE);
	attach->attach.propagation_recursive = m->propagation && m->propagation_recursive;
	if (from == FROM_BIND && m->propagation_recursive && (m->propagation & (MS_PRIVATE | MS_SLAVE))) {
		attach->attach.propagation = 0;	/* done while the tree was detached */
		attach->attach.propagation_recursive = false;
	}
	return 0;
}

int add_bind_attr(struct builder *b, enum room room, const struct spec_mount *m, slot_t slot)
{
	struct mount_flags a = m->attr;

	a.clear &= m->explicit_clear | MOUNT_ATTR__ATIME;	/* flags of the source stay unless their opposite is asked for (W-11) */
	TRY(add_attr(b, room, m, slot, m->rattr, tree_propagation(b, m), true));
	return add_attr(b, room, m, slot, a, 0, false);
}

static int add_bind(struct builder *b, const struct spec_mount *m, slot_t slot)
{
	TRY(add_bind_attr(b, INIT, m, slot));
	return add_attach(b, m, slot, FROM_BIND);
}

/* A bind in place of sysfs or cgroup2: read-only as a whole, whatever is asked, since it shows more than the container's own. */
int add_stand_in_attr(struct builder *b, enum room room, const struct spec_mount *m, slot_t slot)
{
	struct mount_flags a = { .set = m->attr.set | m->rattr.set | MOUNT_ATTR_RDONLY };

	return add_attr(b, room, m, slot, a, default_propagation(b), true);
}

static int add_stand_in(struct builder *b, const struct spec_mount *m, slot_t slot, enum mount_source from)
{
	TRY(add_stand_in_attr(b, INIT, m, slot));
	return add_attach(b, m, slot, from);
}

const char *fs_type(const struct spec_mount *m)
{
	switch (m->kind) {
	case MOUNT_PROC: return "proc";
	case MOUNT_SYSFS: return "sysfs";
	case MOUNT_MQUEUE: return "mqueue";
	case MOUNT_DEVPTS: return "devpts";
	case MOUNT_TMPFS: return "tmpfs";
	case MOUNT_CGROUP: return "cgroup2";
	case MOUNT_FS: case MOUNT_BIND: case MOUNT_CHANGE: break;
	}
	return m->type ? m->type : "";
}

/* proc, sysfs, mqueue and cgroup2 refuse context=. The value needs no quotes: fsconfig(2) takes it alone. */
static int fs_data(struct builder *b, const struct spec_mount *m, struct strings *ret)
{
	const char *label = b->s->linux_.mount_label;
	const char **item;

	if (m->kind == MOUNT_CGROUP)	/* options of version 1 mean nothing here */
		return 0;
	*ret = m->data;
	if (!label || !label[0] || (m->kind != MOUNT_TMPFS && m->kind != MOUNT_DEVPTS && m->kind != MOUNT_FS))
		return 0;
	item = arena_array(&b->p->mem, m->data.n + 1, sizeof(*item));
	if (!item)
		return err_oom(b->e);
	for (size_t i = 0; i < m->data.n; i++)
		item[i] = m->data.item[i];
	item[m->data.n] = text(b, "context=%s", label);
	if (!item[m->data.n])
		return -1;
	*ret = (struct strings){ m->data.n + 1, item };
	return 0;
}

static int add_fs(struct builder *b, const struct spec_mount *m, size_t i)
{
	struct strings data = { 0 };

	if (m->kind == MOUNT_CGROUP && b->f->cgroup == CGROUP_ABSENT)
		return fail(b, ERR_UNSUPPORTED, m->at, "there is no cgroup v2 hierarchy on this machine");
	b->mount[i] = slot_new(b, text(b, "mounts/%zu", i));
	if (b->mount[i] == SLOT_NONE)
		return -1;
	TRY(fs_data(b, m, &data));
	ADD(fs, b, OP_FS_MAKE, INIT, m->at);
	fs->fs.slot = b->mount[i];
	fs->fs.type = fs_type(m);
	fs->fs.source = m->source;
	fs->fs.sb_flags = m->sb_flags;
	fs->fs.attr = m->attr.set | m->rattr.set;
	fs->fs.data = data;
	if (m->tmpcopyup) {
		ADD(copy, b, OP_TMPFS_COPY, INIT, m->at);
		copy->copy.slot = b->mount[i];
		copy->copy.path.s = m->destination;
	}
	return add_attach(b, m, b->mount[i], FROM_NEW_FS);
}

static int add_change(struct builder *b, const struct spec_mount *m)
{
	ADD(change, b, OP_MOUNT_CHANGE, INIT, m->at);
	change->change.dest.s = m->destination;
	change->change.set = m->attr.set;
	change->change.clear = m->attr.clear;
	if (!m->rattr.set && !m->rattr.clear)
		return 0;
	ADD(deep, b, OP_MOUNT_CHANGE, INIT, m->at);
	deep->change.dest.s = m->destination;
	deep->change.set = m->rattr.set;
	deep->change.clear = m->rattr.clear;
	deep->change.recursive = true;
	return 0;
}

static int add_mount(struct builder *b, size_t i)
{
	const struct spec_mount *m = &b->s->mounts.item[i];
	enum mount_source from = mount_source(b, m);

	switch (from) {
	case FROM_BIND: return add_bind(b, m, b->mount[i]);
	case FROM_HOST_SYS: case FROM_OWN_CGROUP: return add_stand_in(b, m, b->mount[i], from);
	case FROM_NEW_FS: return add_fs(b, m, i);
	case FROM_NOTHING: return add_change(b, m);
	}
	return 0;
}

int add_mounts(struct builder *b)
{
	const char *label = b->s->linux_.mount_label;

	if (label && label[0] && !b->f->selinux)
		return fail(b, ERR_UNSUPPORTED, "/linux/mountLabel", "selinux label is specified in config, but selinux is disabled or not supported");
	for (size_t i = 0; i < b->s->mounts.n; i++)
		TRY(add_mount(b, i));
	return 0;
}
