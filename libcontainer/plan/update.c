/* room: pure — the order of `update`: new limits, device rules, schemas of the resctrl group, of a container that runs */
#include "plan/build.h"

static int order(struct builder *b, const struct update *change)
{
	const struct request_target *t = &b->r->target;
	struct cgroup_writes w = { 0 };
	const char *enabled = NULL;

	if (!t->cgroup_path[0])
		return fail(b, ERR_UNSUPPORTED, "/linux/resources", "the container has no cgroup of its own, so it has no limits");
	TRY(resource_writes(b, &w));
	TRY(cgroup_controllers(b, &w, &enabled));
	b->cgroup = slot_new(b, "cgroup");
	if (b->cgroup == SLOT_NONE)
		return -1;
	ADD(open, b, OP_CGROUP_OPEN, HOST, "default: the container's cgroup");
	open->cgroup.slot = b->cgroup;
	open->cgroup.mount.s = t->cgroup_mount;
	open->cgroup.path = t->cgroup_path;
	open->cgroup.controllers = enabled;
	TRY(add_unit_set(b, &w));
	TRY(add_cgroup_writes(b, &w));
	if (change->devices)
		TRY(add_device_rules(b));
	return change->rdt ? add_rdt_update(b, change->rdt) : 0;
}

int plan_update(const struct spec *s, const struct facts *f, const struct request *r, const struct update *change, struct plan **ret, struct err *e)
{
	struct builder b;
	struct plan *p = builder_start(&b, s, f, r, e);

	if (!p)
		return -1;
	p->kind = PLAN_UPDATE;
	if (order(&b, change) < 0 || builder_finish(&b) < 0 || plan_check(p, e) < 0) {
		plan_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}
