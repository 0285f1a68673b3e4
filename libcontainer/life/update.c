/* room: host — update: the saved configuration with changed resources, applied and saved */
#include "life/life.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "fs/cgroupfs.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <string.h>

/* {"linux":{"resources": what the caller gave}} laid over the saved configuration. */
static int merge(struct arena *mem, const struct container *c, const char *resources, const char *rdt, struct str *ret, struct err *e)
{
	OWN(str) saved = { 0 }, patch = { 0 };
	struct json_out o = { .to = ret, .indent = "\t" };
	const struct json *base, *over;

	TRY(statedir_read(&c->dir, "config.json", LIMIT_FILE_BYTES, &saved, e));
	TRY(json_parse(mem, "config.json", saved.s, saved.n, &base, e));
	str_addf(&patch, "{\"linux\":{\"resources\":%s", resources);
	if (rdt && json_member(json_member(base, "linux"), "intelRdt"))	/* new schemas make no group: the planner says so */
		str_addf(&patch, ",\"intelRdt\":%s", rdt);
	str_add(&patch, "}}");
	TRY(str_ok(&patch, e));
	TRY(json_parse(mem, "resources", patch.s, patch.n, &over, e));
	json_put_merged(&o, base, over);
	str_addc(ret, '\n');
	return str_ok(ret, e);
}

/* linux.resources.memory.checkBeforeUpdate: a limit below what is in use would have the kernel kill. */
static int check_memory(const struct container *c, const struct spec *s, struct err *e)
{
	const struct spec_resources *r = &s->linux_.resources;
	OWN(str) text = { 0 };
	struct cgdir d = { FD_NONE };
	uint64_t usage = 0;
	int rc;

	if (!r->memory.check_before_update || !r->memory.limit.set || r->memory.limit.v <= 0)
		return 0;
	TRY(life_cgroup(c, &d, e));
	rc = cgdir_read(&d, "memory.current", &text, e);
	cgdir_close(&d);
	TRY(rc);
	text.s[strcspn(text.s, "\n")] = '\0';
	if (num_u64(text.s, &usage) == 0 && (uint64_t)r->memory.limit.v <= usage) {
		err_set(e, ERR_POLICY, 0, "rejecting memory limit %lld <= usage %llu", (long long)r->memory.limit.v, (unsigned long long)usage);
		return err_why(e, "/linux/resources/memory/limit");
	}
	return 0;
}

static int walk_update(struct job *j, struct err *e)
{
	struct host h;
	int rc = host_open(&h, j->plan, &j->request, e);

	sys_fault_room("host");
	if (rc == 0)
		rc = host_walk(&h, j->plan->n, e);
	sys_fault_room("");
	host_close(&h);
	return rc;
}

static int apply(struct container *c, struct job *j, const char *resources, const char *rdt, struct err *e)
{
	OWN(str) merged = { 0 };
	const struct spec *limits __attribute__((cleanup(spec_dropp))) = NULL;
	const struct spec *schemas __attribute__((cleanup(spec_dropp))) = NULL;
	struct update change;

	/* What the caller gave is decoded alone first, so that an error names a place in what it wrote. */
	TRY(spec_parse_resources("resources", resources, strlen(resources), &limits, e));
	if (rdt)
		TRY(spec_parse_rdt("intelRdt", rdt, strlen(rdt), &schemas, e));
	change = (struct update){ limits->linux_.resources.devices.n > 0, rdt ? &schemas->linux_.rdt : NULL };
	TRY(merge(&j->mem, c, resources, rdt, &merged, e));
	TRY(spec_parse("config.json", merged.s, merged.n, &j->spec, e));
	TRY(check_memory(c, j->spec, e));
	TRY(probe_facts(&j->mem, &j->facts, e));
	j->request = (struct request){ .id = c->journal.id, .bundle = c->journal.bundle,
				       .target = { .pid = c->journal.pid, .cgroup_mount = c->journal.cgroup_mount, .cgroup_path = c->journal.cgroup_path,
						   .systemd_unit = c->journal.systemd_unit } };
	TRY(plan_update(j->spec, &j->facts, &j->request, &change, &j->plan, e));
	TRY(walk_update(j, e));
	return statedir_write(&c->dir, "config.json", merged.s, merged.n, e);	/* what the next update and exec start from */
}

int life_update(struct container *c, const char *resources, const char *rdt, struct err *e)
{
	OWN(job) j = { 0 };

	if (c->status == STATUS_STOPPED || c->status == STATUS_CREATING)
		return err_set(e, ERR_STATE, 0, "container not running");
	return apply(c, &j, resources, rdt, e);
}
