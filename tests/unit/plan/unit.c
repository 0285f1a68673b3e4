/* room: pure — units of systemd: names, the cgroup that they mean, properties from limits and annotations, and refusals */
#include "tap.h"
#include "fixture.h"

static void systemd(struct fixture *x)
{
	fixture_default(x);
	x->f.systemd = true;
	x->r.systemd_cgroup = true;
}

static void refused(const struct fixture *x, const char *why, const char *words)
{
	struct plan *p = NULL;
	struct err e = { 0 };

	if (!ok(plan_create(&x->s, &x->f, &x->r, &p, &e) < 0 && !strcmp(e.why, why) && strstr(e.text, words), "refused: %s", words))
		printf("# at %s: %s\n", e.why, e.text);
	plan_free(p);
}

/* The unit and the cgroup that a cgroupsPath means; NULL: none is given. */
static void means(struct fixture *x, const char *path, const char *unit, const char *cgroup)
{
	struct err e = { 0 };
	struct plan *p;

	x->s.linux_.cgroups_path = path;
	p = fixture_plan(x, &e);
	if (ok(p != NULL, "cgroupsPath %s", path ? path : "(none)")) {
		is_str(p->systemd_unit, unit, "its unit");
		is_str(p->cgroup_path, cgroup, "its cgroup");
	}
	plan_free(p);
}

static void names(void)
{
	struct fixture x;

	systemd(&x);
	means(&x, NULL, "brig-c1.scope", "/system.slice/brig-c1.scope");
	means(&x, "a-b.slice:cri:abc", "cri-abc.scope", "/a.slice/a-b.slice/cri-abc.scope");
	means(&x, "-.slice:p:n", "p-n.scope", "/p-n.scope");
	means(&x, "::", "c1.scope", "/system.slice/c1.scope");
	x.f.in_userns = true;
	x.f.cgroup_self = "/user.slice/user-0.slice/user@0.service/app.slice";
	means(&x, NULL, "brig-c1.scope", "/user.slice/user-0.slice/user@0.service/user.slice/brig-c1.scope");
	x.f.cgroup_self = "/";
	means(&x, NULL, "brig-c1.scope", "/user.slice/user-0.slice/user@0.service/user.slice/brig-c1.scope");
	systemd(&x);
	x.s.linux_.cgroups_path = "a_b:p:n";
	refused(&x, "/linux/cgroupsPath", "invalid slice name");
	x.s.linux_.cgroups_path = "a--b.slice:p:n";
	refused(&x, "/linux/cgroupsPath", "invalid slice name");
	x.s.linux_.cgroups_path = "a.slice:p:n/m";
	refused(&x, "/linux/cgroupsPath", "invalid unit name");
	x.s.linux_.cgroups_path = "a/b.slice:p:n";
	refused(&x, "/linux/cgroupsPath", "invalid slice name");
}

static const struct unit_property *property(const struct step *s, const char *name)
{
	for (size_t i = 0; i < s->unit.n; i++)
		if (!strcmp(s->unit.property[i].name, name))
			return &s->unit.property[i];
	return NULL;
}

static void number(const struct step *s, const char *name, uint64_t want)
{
	const struct unit_property *q = property(s, name);

	if (!ok(q && q->number == want, "%s", name))
		printf("# %s\n", q ? "another value" : "is not set");
}

/* What update tells systemd. */
static void limits(void)
{
	static const struct update change = { false, NULL };
	static const struct spec_pair unified[] = { { "memory.high", "max", "/linux/resources/unified" }, { "memory.min", "many", "/linux/resources/unified" },
						    { "cpu.max", "x", "/linux/resources/unified" } };
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };
	struct spec_resources *r = &x.s.linux_.resources;
	const struct step *set;

	systemd(&x);
	x.r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/user@0/c1", .systemd_unit = "brig-c1.scope" };
	if (ok(plan_update(&x.s, &x.f, &x.r, &change, &p, &e) == 0, "no limits"))
		is_int(step_at(p, OP_UNIT_SET, 0), -1, "nothing to tell systemd");
	plan_free(p);
	p = NULL;
	r->memory.limit = (struct opt_i64){ true, -1 };
	r->cpu.quota = (struct opt_i64){ true, -1 };
	r->cpu.period = (struct opt_u64){ true, 50000 };
	r->cpu.cpus = "0-2,9";
	r->cpu.mems = "1";
	r->unified = (struct spec_pairs){ 3, unified };
	if (!ok(plan_update(&x.s, &x.f, &x.r, &change, &p, &e) == 0 && step_at(p, OP_UNIT_SET, 0) >= 0, "limits for a unit")) {
		printf("# %s\n", e.text);
		return;
	}
	set = &p->step[step_at(p, OP_UNIT_SET, 0)];
	is_str(set->unit.name, "brig-c1.scope", "its name");
	ok(set->unit.user && set->unit.slot == SLOT_NONE, "of the user's own manager");
	number(set, "MemoryMax", UINT64_MAX);
	number(set, "MemoryHigh", UINT64_MAX);
	ok(!property(set, "MemoryMin"), "a word that is no number is the kernel's to judge");
	number(set, "CPUQuotaPerSecUSec", UINT64_MAX);
	number(set, "CPUQuotaPeriodUSec", 50000);
	number(set, "AllowedCPUs", 2);
	ok(property(set, "AllowedCPUs") && property(set, "AllowedCPUs")->bytes[0] == 7 && property(set, "AllowedCPUs")->bytes[1] == 2, "CPUs as bits");
	number(set, "AllowedMemoryNodes", 1);
	plan_free(p);
}

static void list(const char *cpus, bool valid)
{
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };

	systemd(&x);
	x.s.linux_.resources.cpu.cpus = cpus;
	if (valid)
		ok(plan_create(&x.s, &x.f, &x.r, &p, &e) == 0, "CPUs %s", cpus);
	else
		refused(&x, "/linux/resources/cpu/cpus", "is not a list of numbers");
	plan_free(p);
}

static void annotation(const char *key, const char *value, const char *words, const char *name, uint64_t want)
{
	struct spec_pair pair = { key, value, "/annotations" };
	struct fixture x;
	struct plan *p;
	struct err e = { 0 };

	systemd(&x);
	x.s.annotations = (struct spec_pairs){ 1, &pair };
	if (words) {
		refused(&x, "/annotations", words);
		return;
	}
	p = fixture_plan(&x, &e);
	if (ok(p != NULL, "%s %s", key, value) && name)
		number(&p->step[step_at(p, OP_UNIT_START, 0)], name, want);
	plan_free(p);
}

int main(void)
{
	names();
	limits();
	list("0,2-3,8191", true);
	list("x", false);
	list("1-", false);
	list("1;2", false);
	list("3-1", false);
	list("8192", false);
	annotation("org.systemd.property.TasksMax", "uint64 7", NULL, "TasksMax", 7);
	annotation("org.systemd.property.TimeoutStopSec", "3", NULL, "TimeoutStopUSec", 3000000);
	annotation("org.systemd.property.TimeoutStopUSec", "@t 3", NULL, "TimeoutStopUSec", 3);
	annotation("org.systemd.property.KillSignal", "9", NULL, "KillSignal", 9);
	annotation("org.systemd.property.CollectMode", "'inactive'", NULL, NULL, 0);
	annotation("org.systemd.property.KillSignal", "65", "is not a signal", NULL, 0);
	annotation("org.systemd.property.KillSignal", "0", "is not a signal", NULL, 0);
	annotation("org.systemd.property.TasksMax", "-1", "is not a number", NULL, 0);
	annotation("org.systemd.property.TimeoutStopSec", "18446744073709551615", "is not a number", NULL, 0);
	annotation("org.systemd.property.ExecStart", "'x'", "may not be set by an annotation", NULL, 0);
	return done();
}
