/* room: pure — decisions of the planner that the golden plans do not spell out one by one */
#include "tap.h"
#include "fixture.h"

#include <linux/mount.h>
#include <sched.h>

static void refused(const struct fixture *x, enum err_kind kind, const char *why, const char *words)
{
	struct plan *p = NULL;
	struct err e = { 0 };

	ok(plan_create(&x->s, &x->f, &x->r, &p, &e) < 0 && e.kind == kind && strcmp(e.why, why) == 0 && strstr(e.text, words), "refused: %s", words);
	if (p || e.kind != kind || strcmp(e.why, why) != 0)
		printf("# kind %d at %s: %s\n", e.kind, e.why, e.text);
	plan_free(p);
}

static void weights(void)
{
	is_int((long long)cgroup_cpu_weight(0), 1, "shares 0");
	is_int((long long)cgroup_cpu_weight(2), 1, "shares 2 is the least");
	is_int((long long)cgroup_cpu_weight(1024), 100, "shares 1024 is the default weight");
	is_int((long long)cgroup_cpu_weight(262144), 10000, "shares 262144 is the most");
	is_int((long long)cgroup_cpu_weight(UINT64_MAX), 10000, "and more is not more");
}

static const char *value_of(const struct plan *p, const char *file)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].op == OP_CGROUP_WRITE && strcmp(p->step[i].write.file, file) == 0)
			return p->step[i].write.value;
	return NULL;
}

static void limits(void)
{
	struct fixture x;
	struct spec_resources *r = &x.s.linux_.resources;
	struct plan *p;
	struct err e;

	fixture_default(&x);
	r->memory.limit = (struct opt_i64){ true, 1000 };
	r->memory.swap = (struct opt_i64){ true, 1500 };
	r->pids = (struct opt_i64){ true, 0 };
	r->cpu.quota = (struct opt_i64){ true, 50000 };
	p = fixture_plan(&x, &e);
	if (p) {
		is_str(value_of(p, "memory.max"), "1000", "memory.max");
		is_str(value_of(p, "memory.swap.max"), "500", "swap is what exceeds the memory");
		is_str(value_of(p, "pids.max"), "1", "a pids limit of 0 counts init");
		is_str(value_of(p, "cpu.max"), "50000 100000", "cpu.max has a default period");
	}
	plan_free(p);
	r->memory.swap.v = 999;
	refused(&x, ERR_SPEC, "/linux/resources/memory/swap", "memory+swap limit should be >= memory limit");
	r->memory.limit.v = 0;
	refused(&x, ERR_SPEC, "/linux/resources/memory/swap", "unable to set swap limit without memory limit");
	r->memory.swap.v = 0;
	x.f.cgroup_controllers = "cpu memory";
	refused(&x, ERR_UNSUPPORTED, "/linux/resources/pids/limit", "controller pids not available");
}

static const char *path_for(struct fixture *x, const char *asked)
{
	static char path[256];
	struct plan *p;
	struct err e;

	x->s.linux_.cgroups_path = asked;
	p = fixture_plan(x, &e);
	snprintf(path, sizeof(path), "%s", p ? p->cgroup_path : "refused");
	plan_free(p);
	return path;
}

static void cgroup_paths(void)
{
	struct fixture x;

	fixture_default(&x);
	x.f.cgroup_self = "/user.slice/me.scope";
	is_str(path_for(&x, "/a//b/./c/"), "/a/b/c", "absolute: below the mount");
	is_str(path_for(&x, "a/b"), "/user.slice/a/b", "relative: beside our own");
	is_str(path_for(&x, NULL), "/user.slice/c1", "none: the id, beside our own");
	is_str(path_for(&x, "/a/../b"), "refused", "no way up");
	is_str(path_for(&x, "/"), "refused", "not the root");
}

static void drop_order(void)
{
	struct fixture x;
	struct plan *p;
	struct err e;

	fixture_default(&x);
	x.s.linux_.seccomp = (struct spec_seccomp){ .present = true, .default_action = SC_ERRNO };
	p = fixture_plan(&x, &e);
	if (p) {
		is_int(step_at(p, OP_SECCOMP_LOAD, 0), (long long)p->n - 2, "no_new_privs: the filter is the last act but one");
		is_int(p->step[step_at(p, OP_ATTEST, 0)].want->seccomp_mode, 0, "and is not there yet when the witness looks");
	}
	plan_free(p);
	x.s.process.no_new_privs = false;
	p = fixture_plan(&x, &e);
	if (p) {
		ok(step_at(p, OP_SECCOMP_LOAD, 0) < step_at(p, OP_IDS, 0), "else it is loaded before the ids change");
		is_int(p->step[step_at(p, OP_ATTEST, 0)].want->seccomp_mode, 2, "and the witness sees it");
	}
	plan_free(p);
}

static void binds(void)
{
	static const struct { uint64_t set, clear, positive, want_clear; const char *name; } row[] = {
		{ 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, "defaults of a bind strip nothing" },
		{ 0, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY, "rw clears ro" },
		{ MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, 0, 0, "ro keeps nosuid" },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct fixture x;
		struct err e;
		struct plan *p;
		uint64_t set = 0, clear = 0;

		fixture_default(&x);
		x.mount[5] = (struct spec_mount){ .kind = MOUNT_BIND, .destination = "/d", .source = "s", .attr = { row[i].set, row[i].clear },
						  .explicit_clear = row[i].positive, .at = "/mounts/5" };
		x.s.mounts.n = 6;
		p = fixture_plan(&x, &e);
		for (size_t k = 0; p && k < p->n; k++) {
			if (p->step[k].op == OP_TREE_ATTR && strcmp(p->step[k].why, "/mounts/5") == 0) {
				set |= p->step[k].attr.set;
				clear |= p->step[k].attr.clear;
			}
		}
		ok(p && set == row[i].set && clear == row[i].want_clear, "W-11: %s", row[i].name);
		plan_free(p);
	}
}

static void refusals(void)
{
	struct fixture x;

	fixture_default(&x);
	x.s.process.terminal = x.r.detach = true;
	refused(&x, ERR_USAGE, "/process/terminal", "cannot allocate tty if runc will detach without setting console socket");
	fixture_default(&x);
	x.r.console_socket = "/c";
	refused(&x, ERR_USAGE, "/process/terminal", "cannot use console socket if runc will not detach or allocate tty");
	fixture_default(&x);
	x.s.linux_.ns[NS_MOUNT].present = false;
	refused(&x, ERR_UNSUPPORTED, "/linux/namespaces", "without a mount namespace");
	fixture_default(&x);
	x.s.linux_.ns[NS_USER] = (struct spec_namespace){ .present = true };
	refused(&x, ERR_SPEC, "/linux/uidMappings", "no uid mappings found");
	fixture_default(&x);
	x.s.process.selinux_label = "l";
	refused(&x, ERR_UNSUPPORTED, "/process/selinuxLabel", "selinux is disabled or not supported");
	fixture_default(&x);
	x.s.process.apparmor_profile = "p";
	refused(&x, ERR_UNSUPPORTED, "/process/apparmorProfile", "apparmor profile");
	fixture_rootless(&x);
	x.uid.size = 2;
	refused(&x, ERR_UNSUPPORTED, "/linux/uidMappings", "newuidmap");
	fixture_rootless(&x);
	x.s.linux_.cgroups_path = "/a";
	refused(&x, ERR_UNSUPPORTED, "/linux/cgroupsPath", "rootless needs no limits + no cgrouppath when no permission is granted for cgroups");
	fixture_rootless(&x);
	x.s.process.user.uid = 1;
	refused(&x, ERR_SPEC, "/process/user/uid", "not mapped");
}

static void broken_plans(void)
{
	struct fixture x;
	struct err e = { 0 };
	struct plan *p;

	fixture_default(&x);
	p = fixture_plan(&x, &e);
	if (!ok(p != NULL, "a plan"))
		return;
	p->step[5].why = "";
	ok(plan_check(p, &e) < 0 && strstr(e.text, "no cause"), "a step without a cause is refused");
	p->step[5].why = "x";
	p->step[step_at(p, OP_FDS_CLOEXEC, 0)].op = OP_AFFINITY;
	ok(plan_check(p, &e) < 0 && strstr(e.text, "room"), "a kind in a room that it may not enter is refused");
	plan_free(p);
	p = fixture_plan(&x, &e);
	p->step[step_at(p, OP_ROOT_READONLY, 0)].op = OP_PIVOT;
	ok(plan_check(p, &e) < 0 && strstr(e.text, "exactly once"), "a second pivot is refused");
	plan_free(p);
}

/* The plan of the default document with one step moved, or made to another: what must be said of it. */
static struct plan *plan_of_all(struct fixture *x)
{
	static const struct spec_hook hook[1] = { { .path = "/h" } };
	static const struct spec_seccomp filter = { .present = true, .notify = true, .listener_path = "/run/agent", .at = "/linux/seccomp" };
	struct err e;

	fixture_default(x);
	x->s.process.no_new_privs = true;
	x->s.linux_.seccomp = filter;
	for (size_t i = 0; i <= HOOK_START_CONTAINER; i++) {
		x->s.hooks[i].n = 1;
		x->s.hooks[i].item = hook;
	}
	return fixture_plan(x, &e);
}

static void move_step(struct plan *p, size_t from, size_t to)
{
	struct step s = p->step[from];

	for (; from < to; from++)
		p->step[from] = p->step[from + 1];
	for (; from > to; from--)
		p->step[from] = p->step[from - 1];
	p->step[to] = s;
}

static void said(struct plan *p, const char *words)
{
	struct err e = { 0 };

	if (!ok(plan_check(p, &e) < 0 && e.kind == ERR_BUG && strstr(e.text, words), "refused: %s", words))
		printf("# %s\n", e.text);
	plan_free(p);
}

static int last_hook(const struct plan *p)
{
	int at = -1;

	for (unsigned n = 0; step_at(p, OP_HOOK, n) >= 0; n++)
		at = step_at(p, OP_HOOK, n);
	return at;
}

static void rules(void)
{
	struct fixture x;
	struct plan *p = plan_of_all(&x);
	size_t host;

	if (!ok(p != NULL, "a plan with everything"))
		return;
	p->step[3].op = (enum op)OP_COUNT;
	said(p, "is of no kind");
	p = plan_of_all(&x);
	p->kind = PLAN_UPDATE;
	said(p, "has no place in an update");
	p = plan_of_all(&x);
	p->step[step_at(p, OP_ROOT_READONLY, 0)].op = OP_ROOT_OPEN;
	said(p, "has no place in a plan of this kind");
	p = plan_of_all(&x);
	host = (size_t)step_at(p, OP_HOOK, 0);
	p->step[host].room = ROOM_HOST;
	move_step(p, host, 1);
	said(p, "must stand before");
	p = plan_of_all(&x);
	p->step[last_hook(p)].op = OP_LOOPBACK;
	said(p, "what create announces must not change after it");
	p = plan_of_all(&x);
	p->step[last_hook(p)].room = ROOM_HOST;
	said(p, "after create only init acts");
	p = plan_of_all(&x);
	p->step[last_hook(p)].hook.kind = HOOK_CREATE_CONTAINER;
	said(p, "its path is the host's");
	p = plan_of_all(&x);
	p->step[step_at(p, OP_TREE_ATTACH, 0)].attach.slot = 250;
	said(p, "reads a descriptor that the plan does not have");
	p = plan_of_all(&x);
	p->step[step_at(p, OP_FS_MAKE, 0)].fs.slot = 250;
	said(p, "fills a descriptor that the plan does not have");
	p = plan_of_all(&x);
	p->step[step_at(p, OP_FS_MAKE, 1)].fs.slot = p->step[step_at(p, OP_FS_MAKE, 0)].fs.slot;
	said(p, "a descriptor is filled once");
	p = plan_of_all(&x);
	move_step(p, (size_t)step_at(p, OP_SECCOMP_NOTIFY, 0), (size_t)step_at(p, OP_SECCOMP_LOAD, 0) + 3);
	said(p, "the agent must have the listener");
}

/* Each allocation of the planner fails once: an error each time, nothing leaks (run under ASan). */
static void out_of_memory(void)
{
	struct fixture x;
	struct err e = { 0 };
	struct builder b;
	struct plan *p;

	fixture_rootless(&x);
	p = builder_start(&b, &x.s, &x.f, &x.r, &e);
	if (!ok(p != NULL, "an empty plan"))
		return;
	p->mem.fail_in = 1;
	ok(text(&b, "x") == NULL && e.kind == ERR_SYS, "no memory for a text");
	ok(add(&b, OP_PIVOT, INIT, NULL) == NULL, "and no step without one");
	plan_free(p);
}

static void deterministic(void)
{
	OWN(str) a = { 0 }, b = { 0 };
	struct fixture x;
	struct err e;
	struct plan *p;

	fixture_default(&x);
	p = fixture_plan(&x, &e);
	plan_print(p, PLAN_JSON, &a);
	plan_free(p);
	p = fixture_plan(&x, &e);
	plan_print(p, PLAN_JSON, &b);
	plan_free(p);
	is_str(a.s, b.s, "the same inputs give the same bytes");
}

int main(void)
{
	weights();
	limits();
	cgroup_paths();
	drop_order();
	binds();
	refusals();
	broken_plans();
	rules();
	out_of_memory();
	deterministic();
	return done();
}
