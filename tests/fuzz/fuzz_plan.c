/* room: pure — bytes → configuration → plan, on three machines: a plan that is made holds plan_check, is the same when it is made again, and prints
 * as JSON; a refusal has words and is never a mistake of the planner's own */
#include "fuzz.h"
#include "plan/plan.h"

static void machine(struct facts *f, int which)
{
	*f = (struct facts){ .caps = ~(capset_t)0, .can_mount = true, .kernel_major = 6, .kernel_minor = 8, .cgroup = CGROUP_PURE,
			     .cgroup_mount = "/sys/fs/cgroup", .cgroup_self = "/", .cgroup_writable = true,
			     .cgroup_controllers = "cpuset cpu io memory hugetlb pids rdma misc", .cgroupns = true, .timens = true, .userns = true,
			     .resctrl_mount = "/sys/fs/resctrl", .keys = true, .idmap_tmpfs = true, .last_cap = 40, .selinux = true, .apparmor = true };
	if (which == 1) {
		f->euid = f->egid = 1000;
		f->caps = 0;
		f->can_mount = f->cgroup_writable = false;
		f->newuidmap = f->newgidmap = true;
		f->subid_uid_start = f->subid_gid_start = 100000;
		f->subid_uid_count = f->subid_gid_count = 65536;
	} else if (which == 2) {
		f->cgroup = CGROUP_HYBRID;
		f->cgroup_controllers = f->resctrl_mount = "";
		f->selinux = f->apparmor = f->timens = false;
		f->in_userns = true;
	}
}

static void refusal(const struct err *e)
{
	HOLDS(e->kind != ERR_NONE && e->kind != ERR_BUG && e->text[0]);
}

static void planned(const struct plan *p, struct str *text)
{
	OWN(str) json = { 0 };
	OWN(arena) mem = { 0 };
	const struct json *root;
	struct err e = { 0 };

	HOLDS(plan_check(p, &e) == 0);
	plan_print(p, PLAN_TEXT, text);
	plan_print(p, PLAN_JSON, &json);
	HOLDS(json_parse(&mem, "plan", json.s, json.n, &root, &e) == 0);
}

static void on(const struct spec *s, int which)
{
	struct request r = { .id = "c1", .state_root = "/run/brig", .bundle = "/bundle", .console_socket = s->process.terminal ? "/run/c" : NULL, .detach = true };
	struct plan *p = NULL, *again = NULL;
	OWN(str) text = { 0 }, second = { 0 };
	struct facts f;
	struct err e = { 0 };

	machine(&f, which);
	if (plan_create(s, &f, &r, &p, &e) < 0) {
		refusal(&e);
	} else {
		planned(p, &text);
		HOLDS(plan_create(s, &f, &r, &again, &e) == 0);
		planned(again, &second);
		HOLDS(text.n == second.n && memcmp(text.s, second.s, text.n) == 0);
	}
	plan_free(p);
	plan_free(again);
	p = NULL;
	r.console_socket = s->process.terminal ? "/run/c" : NULL;
	r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1" };
	if (plan_join(s, &f, &r, &p, &e) == 0)
		planned(p, &text);
	else
		refusal(&e);
	plan_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	int (*const part[])(const char *, const char *, size_t, const struct spec **, struct err *) = { spec_parse_process, spec_parse_resources };
	const struct spec *s = NULL;
	struct err e = { 0 };

	for (size_t i = 0; i < 2; i++) {
		if (part[i]("fuzz", (const char *)data, n, &s, &e) < 0)
			refusal(&e);
		else
			spec_free(s);
		s = NULL;
	}
	if (spec_parse("config.json", (const char *)data, n, &s, &e) < 0) {
		refusal(&e);
		return 0;
	}
	for (int which = 0; which < 3; which++)
		on(s, which);
	spec_free(s);
	return 0;
}
