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
		for (const char *p = line; *p; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				return fail(b, ERR_SPEC, "/linux/intelRdt", "a schema contains a control character");
		if (!strchr(line, ':') || !strchr(line, '='))
			return fail(b, ERR_SPEC, "/linux/intelRdt", "\"%.80s\" is not a schema such as \"L3:0=ff\"", line);
		item[(*n)++] = line;
	}
	return 0;
}

static int schema_lines(struct builder *b, struct strings *ret)
{
	const struct spec_rdt *r = &b->s->linux_.rdt;
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

int add_rdt(struct builder *b)
{
	const struct spec_rdt *r = &b->s->linux_.rdt;

	if (!r->present)
		return 0;
	if (!b->f->resctrl_mount || !b->f->resctrl_mount[0])
		return fail(b, ERR_UNSUPPORTED, "/linux/intelRdt", "intelRdt is specified in config, but no resctrl file system is mounted");
	if (!b->privileged)
		return fail(b, ERR_UNSUPPORTED, "/linux/intelRdt", "a rootless caller cannot use resctrl");
	ADD(rdt, b, OP_RDT, HOST, "/linux/intelRdt");
	rdt->rdt.mount.s = b->f->resctrl_mount;
	rdt->rdt.group = !named(r) ? b->r->id : strcmp(r->clos_id, "/") == 0 ? "" : r->clos_id;
	rdt->rdt.monitor = r->monitoring ? b->r->id : NULL;
	if (b->p->kind == PLAN_JOIN) {
		rdt->rdt.make = RDT_JOIN;
		return 0;
	}
	TRY(schema_lines(b, &rdt->rdt.lines));
	rdt->rdt.make = !named(r) ? RDT_OURS : rdt->rdt.lines.n ? RDT_WHEN_ABSENT : RDT_EXISTING;
	return to_remove(b, rdt);
}
