/* room: pure — user namespaces: who may write which map, and what init becomes in it */
#include "plan/build.h"

#include <sched.h>

static bool only_self(const struct id_map *m, uint32_t self)
{
	return m->n == 1 && m->item[0].size == 1 && m->item[0].outside == self;
}

/* The one map that the kernel lets anybody write, at the price of setgroups (user_namespaces(7)). */
static bool unprivileged_map(const struct builder *b)
{
	return b->uid_map && b->gid_map && only_self(b->uid_map, b->f->euid) && only_self(b->gid_map, b->f->egid);
}

bool setgroups_denied(const struct builder *b)
{
	return b->new_userns && !b->privileged && unprivileged_map(b);
}

static int check_maps(struct builder *b)
{
	if (!b->uid_map)
		return fail(b, ERR_SPEC, "/linux/uidMappings", "user namespaces enabled, but no uid mappings found");
	if (!b->gid_map)
		return fail(b, ERR_SPEC, "/linux/gidMappings", "user namespaces enabled, but no gid mappings found");
	if (b->privileged || unprivileged_map(b))
		return 0;
	if (!b->f->newuidmap)
		return fail(b, ERR_UNSUPPORTED, "/linux/uidMappings", "a rootless mapping of more than the caller's own id needs /usr/bin/newuidmap");
	if (!b->f->newgidmap)
		return fail(b, ERR_UNSUPPORTED, "/linux/gidMappings", "a rootless mapping of more than the caller's own id needs /usr/bin/newgidmap");
	return 0;
}

static int check_mapped(struct builder *b)
{
	const struct spec_user *u = &b->s->process.user;

	if (id_outside(b->uid_map, u->uid) < 0)
		return fail(b, ERR_SPEC, "/process/user/uid", "user %u is not mapped in the container's user namespace", u->uid);
	if (id_outside(b->gid_map, u->gid) < 0)
		return fail(b, ERR_SPEC, "/process/user/gid", "group %u is not mapped in the container's user namespace", u->gid);
	for (size_t i = 0; i < u->additional_gids.n; i++)
		if (id_outside(b->gid_map, u->additional_gids.item[i]) < 0)
			return fail(b, ERR_SPEC, "/process/user/additionalGids", "group %u is not mapped in the container's user namespace", u->additional_gids.item[i]);
	return 0;
}

int check_ids(struct builder *b)
{
	if (b->new_userns)
		TRY(check_maps(b));
	TRY(check_mapped(b));
	if (setgroups_denied(b) && b->s->process.user.additional_gids.n)
		return fail(b, ERR_UNSUPPORTED, "/process/user/additionalGids", "groups cannot be set where only the caller's own id is mapped");
	return 0;
}

int add_maps(struct builder *b, enum room target)
{
	ADD(map, b, OP_ID_MAP, HOST, "/linux/uidMappings");
	map->ids.uid = b->uid_map;
	map->ids.gid = b->gid_map;
	map->ids.deny_setgroups = setgroups_denied(b);
	map->ids.helpers = !b->privileged && !map->ids.deny_setgroups;
	map->ids.target = target;
	return 0;
}

/* What the option gives as ids of the container, as ids of the host: each range must lie within one of the container's own. */
static int absolute(struct builder *b, const struct spec_mount *m, const struct id_map *own, const struct id_map *map, const struct id_map **ret)
{
	struct id_mapping *item = arena_array(&b->p->mem, map->n, sizeof(*item));
	struct id_map *to = arena_alloc(&b->p->mem, sizeof(*to));

	if (!item || !to)
		return err_oom(b->e);
	for (size_t i = 0; i < map->n; i++) {
		size_t k = 0;

		item[i] = map->item[i];
		item[i].relative = false;
		if (!map->item[i].relative)
			continue;
		while (own && k < own->n && (item[i].outside < own->item[k].inside || item[i].outside - own->item[k].inside >= own->item[k].size ||
					     item[i].size > own->item[k].size - (item[i].outside - own->item[k].inside)))
			k++;
		if (!own || k == own->n)
			return fail(b, ERR_SPEC, m->at, "mount on %s: ids %u to %u are not in one mapping of the user namespace", m->destination, item[i].outside,
				    item[i].outside + item[i].size - 1);
		item[i].outside = own->item[k].outside + (item[i].outside - own->item[k].inside);
	}
	*to = (struct id_map){ map->n, item, map->at };
	*ret = to;
	return 0;
}

static int add_tree_idmap(struct builder *b, size_t i)
{
	const struct spec_mount *m = &b->s->mounts.item[i];
	bool own = m->uid_map.n == 0;

	if (!m->idmap && !m->ridmap && own)
		return 0;
	if (mount_source(b, m) != FROM_BIND)
		return fail(b, ERR_UNSUPPORTED, m->at, "mount on %s: ids can be mapped on bind mounts only", m->destination);
	if (!b->privileged)
		return fail(b, ERR_UNSUPPORTED, m->at, "mount on %s: a rootless caller cannot map the ids of a mount", m->destination);
	if (own && !b->any_userns)
		return fail(b, ERR_SPEC, m->at, "mount on %s: an id-mapped mount needs mappings or a user namespace", m->destination);
	ADD(idmap, b, OP_TREE_IDMAP, HOST, m->at);
	idmap->idmap.slot = b->mount[i];
	idmap->idmap.own_userns = own;
	idmap->idmap.recursive = m->ridmap;
	if (own) {
		idmap->idmap.uid = b->uid_map;
		idmap->idmap.gid = b->gid_map;
		return 0;
	}
	TRY(absolute(b, m, b->uid_map, &m->uid_map, &idmap->idmap.uid));
	return absolute(b, m, b->gid_map, &m->gid_map, &idmap->idmap.gid);
}

int add_id_map(struct builder *b)
{
	if (b->new_userns && !userns_made_in_join(b))
		TRY(add_maps(b, INIT));
	for (size_t i = 0; i < b->s->mounts.n; i++)
		TRY(add_tree_idmap(b, i));
	return 0;
}

/* Root of the user namespace; where it maps none, the container's user: that one is mapped (check_mapped), and capabilities come with the namespace. */
int add_root_of_namespace(struct builder *b, enum room room, const char *why)
{
	const struct spec_user *u = &b->s->process.user;

	ADD(root, b, OP_BECOME_ROOT, room, why);
	root->user.set_groups = !setgroups_denied(b);
	root->user.uid = b->uid_map && id_outside(b->uid_map, 0) < 0 ? u->uid : 0;
	root->user.gid = b->gid_map && id_outside(b->gid_map, 0) < 0 ? u->gid : 0;
	return 0;
}

int add_become_root(struct builder *b)
{
	if (b->new_userns && !userns_made_in_join(b))
		TRY(add_root_of_namespace(b, INIT, "/linux/uidMappings"));	/* makes us dumpable again: the next step comes after it */
	ADD(undumpable, b, OP_UNDUMPABLE, INIT, "default: nobody inside looks into us before execve (CVE-2016-9962)");
	if (!ns_is_new(b, NS_CGROUP))
		return 0;
	ADD(cgroup, b, OP_NS_NEW, INIT, ns_why(b, NS_CGROUP));
	cgroup->flags.value = CLONE_NEWCGROUP;
	return 0;
}
