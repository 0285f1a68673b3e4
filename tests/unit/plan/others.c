/* room: pure — plans that are no creation: update, and refusals of exec */
#include "tap.h"
#include "fixture.h"

static unsigned count(const struct plan *p, enum op op)
{
	unsigned n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->step[i].op == op;
	return n;
}

static void update(void)
{
	static const struct update limits = { false, NULL }, devices = { true, NULL };
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };

	fixture_default(&x);
	x.r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1" };
	x.s.linux_.resources.memory.limit = (struct opt_i64){ true, 4096 };
	if (ok(plan_update(&x.s, &x.f, &x.r, &limits, &p, &e) == 0, "update"))
		ok(p->kind == PLAN_UPDATE && p->step[0].op == OP_CGROUP_OPEN && count(p, OP_CGROUP_WRITE) == 1 && count(p, OP_CGROUP_DEVICES) == 0 &&
		   strstr(p->step[0].cgroup.controllers, "+memory"), "a limit, and nothing else");
	plan_free(p);
	p = NULL;
	if (ok(plan_update(&x.s, &x.f, &x.r, &devices, &p, &e) == 0, "update with devices"))
		ok(count(p, OP_CGROUP_DEVICES) == 1, "their program once");
	plan_free(p);
	p = NULL;
	x.s.linux_.resources.memory.swap = (struct opt_i64){ true, 1 };
	ok(plan_update(&x.s, &x.f, &x.r, &limits, &p, &e) < 0 && e.kind == ERR_SPEC, "what is no limit is refused");
	x.s.linux_.resources.memory.swap.set = false;
	x.r.target.cgroup_path = "";
	ok(plan_update(&x.s, &x.f, &x.r, &limits, &p, &e) < 0 && e.kind == ERR_UNSUPPORTED, "a container without a cgroup has no limits");
}

static void old_limit(struct fixture *x, const char *why)
{
	struct plan *p = NULL;
	struct err e = { 0 };

	x->s.linux_.resources.present = true;
	if (!ok(plan_create(&x->s, &x->f, &x->r, &p, &e) < 0 && e.kind == ERR_UNSUPPORTED && !strcmp(e.why, why) && strstr(e.text, "cgroup v2 has nothing that"), "refused: %s", why))
		printf("# at %s: %s\n", e.why, e.text);
	plan_free(p);
	fixture_default(x);
}

/* What version 1 of cgroups had and version 2 has not: an error that names it, unless nothing is asked. */
static void old_limits(void)
{
	static const struct spec_weight_device leaf = { .major = 8, .has_leaf = true, .leaf = 20 };
	struct fixture x;
	struct spec_resources *r = &x.s.linux_.resources;
	struct plan *p = NULL;
	struct err e = { 0 };

	fixture_default(&x);
	r->memory.kernel = r->memory.kernel_tcp = (struct opt_i64){ true, -1 };
	r->cpu.rt_runtime = (struct opt_i64){ true, 0 };
	ok(plan_create(&x.s, &x.f, &x.r, &p, &e) == 0, "unlimited kernel memory, no real time");
	plan_free(p);
	fixture_default(&x);
	r->memory.kernel = (struct opt_i64){ true, 1 };
	old_limit(&x, "/linux/resources/memory/kernel");
	r->memory.kernel_tcp = (struct opt_i64){ true, 1 };
	old_limit(&x, "/linux/resources/memory/kernelTCP");
	r->memory.swappiness = (struct opt_u64){ true, 0 };
	old_limit(&x, "/linux/resources/memory/swappiness");
	r->memory.disable_oom_killer = true;
	old_limit(&x, "/linux/resources/memory/disableOOMKiller");
	r->cpu.rt_runtime = (struct opt_i64){ true, 1 };
	old_limit(&x, "/linux/resources/cpu/realtimeRuntime");
	r->cpu.rt_period = (struct opt_u64){ true, 1 };
	old_limit(&x, "/linux/resources/cpu/realtimePeriod");
	r->blkio.leaf_weight = (struct opt_u64){ true, 10 };
	old_limit(&x, "/linux/resources/blockIO/leafWeight");
	r->blkio.weight_device.n = 1;
	r->blkio.weight_device.item = &leaf;
	old_limit(&x, "/linux/resources/blockIO/weightDevice");
	r->network.class_id = (struct opt_u64){ true, 1 };
	old_limit(&x, "/linux/resources/network/classID");
	r->network.priorities = 1;
	old_limit(&x, "/linux/resources/network/priorities");
}

static bool has_option(const struct plan *p, const char *option)
{
	int at = step_at(p, OP_CRIU_DUMP, 0);

	for (size_t i = 0; at >= 0 && i < p->step[at].criu->options.n; i++)
		if (!strcmp(p->step[at].criu->options.item[i], option))
			return true;
	return false;
}

/* Options of CRIU's that are asked for, and its file of further ones. */
static void checkpoint(void)
{
	static const char *const passed_on[] = { "network_lock=2", "ps=127.0.0.1:80", "lazy_pages=1", "auto_dedup=1", "file_locks=1", "ext_unix_sk=1", "shell_job=1" };
	struct request_criu how = { .images = "/images", .network_lock = NETWORK_LOCK_NFTABLES, .page_server = "127.0.0.1:80", .lazy_pages = true,
				    .auto_dedup = true, .file_locks = true, .ext_unix_sk = true, .shell_job = true };
	struct spec_pair pair = { "org.criu.config", "/etc/criu/mine.conf", "/annotations" };
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };

	fixture_default(&x);
	x.r.criu = &how;
	x.r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1" };
	x.s.annotations = (struct spec_pairs){ 1, &pair };
	if (ok(plan_checkpoint(&x.s, &x.f, &x.r, &p, &e) == 0, "checkpoint")) {
		for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
			ok(has_option(p, passed_on[i]), "%s", passed_on[i]);
		ok(has_option(p, "config_file=/etc/criu/mine.conf"), "the file that the annotation names");
	}
	plan_free(p);
	p = NULL;
	pair.value = "";
	if (ok(plan_checkpoint(&x.s, &x.f, &x.r, &p, &e) == 0, "checkpoint with an empty annotation"))
		ok(!has_option(p, "config_file=/etc/criu/runc.conf") && !has_option(p, "config_file="), "means no file");
	plan_free(p);
	how.page_server = NULL;
	ok(plan_checkpoint(&x.s, &x.f, &x.r, &p, &e) < 0 && e.kind == ERR_USAGE && strstr(e.text, "--lazy-pages needs --page-server"), "memory that stays needs an address");
}

static void schemas(void)
{
	const struct spec_rdt change = { .l3_schema = "L3:0=f\nMB:0=9", .mb_schema = "MB:0=20" };
	const struct update update = { false, &change };
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };

	fixture_default(&x);
	x.r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1" };
	ok(plan_update(&x.s, &x.f, &x.r, &update, &p, &e) < 0 && e.kind == ERR_UNSUPPORTED && !strcmp(e.why, "/linux/intelRdt") && strstr(e.text, "no resctrl group"),
	   "schemas for a container without a group");
	x.s.linux_.rdt = (struct spec_rdt){ .present = true, .clos_id = "gold", .l3_schema = "L3:0=ff", .monitoring = true };
	x.f.resctrl_mount = "/sys/fs/resctrl";
	if (ok(plan_update(&x.s, &x.f, &x.r, &update, &p, &e) == 0, "schemas for a container in a group")) {
		const struct step *rdt = &p->step[p->n - 1];

		ok(rdt->op == OP_RDT && rdt->rdt.make == RDT_CHANGE && !strcmp(rdt->rdt.group, "gold") && !rdt->rdt.monitor, "change that group");
		ok(rdt->rdt.lines.n == 2 && !strcmp(rdt->rdt.lines.item[0], "L3:0=f") && !strcmp(rdt->rdt.lines.item[1], "MB:0=20"), "to the new schemas alone, without the other's line");
		ok(!p->rdt_path[0] && !p->rdt_monitor[0], "and leave nothing for delete to remove");
	}
	plan_free(p);
	p = NULL;
	x.f.resctrl_mount = "";
	ok(plan_update(&x.s, &x.f, &x.r, &update, &p, &e) < 0 && e.kind == ERR_UNSUPPORTED && strstr(e.text, "no resctrl file system"), "where the file system is gone");
}

static void exec(void)
{
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };

	fixture_default(&x);
	x.r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1", .sub_cgroup = "sub" };
	x.s.linux_.rdt = (struct spec_rdt){ .present = true, .clos_id = "gold", .monitoring = true };
	if (ok(plan_join(&x.s, &x.f, &x.r, &p, &e) == 0, "exec in a cgroup below")) {
		const struct step *rdt = &p->step[step_at(p, OP_RDT, 0)];

		ok(rdt->rdt.make == RDT_JOIN && strcmp(rdt->rdt.group, "gold") == 0 && strcmp(rdt->rdt.monitor, "c1") == 0 && !p->rdt_path[0] && !p->rdt_monitor[0],
		   "it joins the resctrl groups of the container, and leaves them");
	}
	plan_free(p);
	p = NULL;
	x.s.linux_.rdt.present = false;
	x.r.target.cgroup_path = "";
	ok(plan_join(&x.s, &x.f, &x.r, &p, &e) < 0 && e.kind == ERR_UNSUPPORTED && strstr(e.why, "--cgroup"), "a cgroup below none");
	x.r.target.sub_cgroup = NULL;
	ok(plan_join(&x.s, &x.f, &x.r, &p, &e) == 0, "without a cgroup");
	plan_free(p);
	p = NULL;
	x.s.process.cpu_affinity_final = "3-1";
	ok(plan_join(&x.s, &x.f, &x.r, &p, &e) < 0 && e.kind == ERR_SPEC && strstr(e.why, "final"), "a list of CPUs that is none");
}

int main(void)
{
	update();
	old_limits();
	checkpoint();
	schemas();
	exec();
	return done();
}
