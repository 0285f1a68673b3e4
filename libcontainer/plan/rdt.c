/* room: pure — linux.intelRdt: which resctrl group, whose it is, and what is written into it */
#include "plan/build.h"

static bool named(const struct spec_rdt *r)
{
	return r->clos_id && r->clos_id[0];
}

/* Specification: l3CacheSchema (without lines "MB:"), memBwSchema, schemata, in this order. Each may hold several lines. */
static int count_lines(const char *text)
{
	int n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static int take_lines(struct builder *b, const char *text, bool skip_mb, const char **item, size_t *n)
{
	char *copy = arena_strdup(&b->p->mem, text), *next = copy;

	if (!copy)
		return err_oom(b->e);
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		line += strspn(line, " \t");
		if (!*line || (skip_mb && strncmp(line, "MB:", 3) == 0))
			continue;
		item[(*n)++] = line;
	}
	return 0;
}

static int schema_lines(struct builder *b, const struct spec_rdt *r, struct strings *ret)
{
	size_t max = (size_t)((r->l3_schema ? count_lines(r->l3_schema) : 0) + (r->mb_schema ? count_lines(r->mb_schema) : 0)), n = 0;
	const char **item;

	for (size_t i = 0; i < r->schemata.n; i++)
		max += (size_t)count_lines(r->schemata.item[i]);
	item = arena_array(&b->p->mem, max + 1, sizeof(*item));
	if (!item)
		return err_oom(b->e);
	if (r->l3_schema)
		TRY(take_lines(b, r->l3_schema, true, item, &n));
	if (r->mb_schema)
		TRY(take_lines(b, r->mb_schema, false, item, &n));
	for (size_t i = 0; i < r->schemata.n; i++)
		TRY(take_lines(b, r->schemata.item[i], false, item, &n));
	*ret = (struct strings){ n, item };
	return 0;
}

/* What delete has to remove: never a group that somebody has named; the monitoring group always. */
static int to_remove(struct builder *b, const struct step *s)
{
	struct plan *p = b->p;

	if (s->rdt.make == RDT_OURS && !(p->rdt_path = text(b, "%s/%s", s->rdt.mount.s, s->rdt.group)))
		return -1;
	if (s->rdt.monitor && !(p->rdt_monitor = text(b, "%s%s%s/mon_groups/%s", s->rdt.mount.s, s->rdt.group[0] ? "/" : "", s->rdt.group, s->rdt.monitor)))
		return -1;
	return 0;
}

/* On the group that the configuration names; what is done to it is the caller's to say. */
static int add_group(struct builder *b, struct step **ret)
{
	const struct spec_rdt *r = &b->s->linux_.rdt;

	if (!b->f->resctrl_mount || !b->f->resctrl_mount[0])
		return fail(b, ERR_UNSUPPORTED, "/linux/intelRdt", "intelRdt is specified in config, but no resctrl file system is mounted");
	if (!b->privileged)
		return fail(b, ERR_UNSUPPORTED, "/linux/intelRdt", "a rootless caller cannot use resctrl");
	ADD(rdt, b, OP_RDT, HOST, "/linux/intelRdt");
	rdt->rdt.mount.s = b->f->resctrl_mount;
	rdt->rdt.group = !named(r) ? b->r->id : strcmp(r->clos_id, "/") == 0 ? "" : r->clos_id;
	*ret = rdt;
	return 0;
}

int add_rdt(struct builder *b)
{
	const struct spec_rdt *r = &b->s->linux_.rdt;
	struct step *rdt;

	if (!r->present)
		return 0;
	TRY(add_group(b, &rdt));
	rdt->rdt.monitor = r->monitoring ? b->r->id : NULL;
	if (b->p->kind == PLAN_JOIN) {
		rdt->rdt.make = RDT_JOIN;
		return 0;
	}
	TRY(schema_lines(b, r, &rdt->rdt.lines));
	rdt->rdt.make = !named(r) ? RDT_OURS : rdt->rdt.lines.n ? RDT_WHEN_ABSENT : RDT_EXISTING;
	return to_remove(b, rdt);
}

int add_rdt_update(struct builder *b, const struct spec_rdt *change)
{
	struct step *rdt;

	if (!b->s->linux_.rdt.present)
		return fail(b, ERR_UNSUPPORTED, "/linux/intelRdt", "the container is in no resctrl group: its configuration has no intelRdt");
	TRY(add_group(b, &rdt));
	rdt->rdt.make = RDT_CHANGE;
	return schema_lines(b, change, &rdt->rdt.lines);
}
