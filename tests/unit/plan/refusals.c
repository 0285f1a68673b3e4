/* room: pure — what the planner refuses even when spec/ would have let it pass, and acts that no golden plan has */
#include "tap.h"
#include "base/limits.h"
#include "fixture.h"

#include <stdlib.h>
#include <sys/mount.h>

static void refused(const struct fixture *x, enum err_kind kind, const char *words)
{
	struct plan *p = NULL;
	struct err e = { 0 };

	if (!ok(plan_create(&x->s, &x->f, &x->r, &p, &e) < 0 && e.kind == kind && e.why[0] == '/' && strstr(e.text, words), "refused: %s", words))
		printf("# kind %d at %s: %s\n", e.kind, e.why, e.text);
	plan_free(p);
}

static void ids(void)
{
	static const uint32_t groups[] = { 0, 77 };
	struct id_mapping one = { 5, 1000, 1, false };
	struct fixture x;
	struct spec_linux *l = &x.s.linux_;

	fixture_rootless(&x);
	l->gid_map.n = 0;
	refused(&x, ERR_SPEC, "no gid mappings found");
	fixture_rootless(&x);
	l->uid_map.n = 0;
	refused(&x, ERR_SPEC, "no uid mappings found");
	fixture_rootless(&x);
	x.uid.size = 10;
	x.f.newuidmap = true;
	refused(&x, ERR_UNSUPPORTED, "newgidmap");
	fixture_rootless(&x);
	x.f.newuidmap = x.f.newgidmap = true;
	l->uid_map.item = &one;
	refused(&x, ERR_SPEC, "user 0 is not mapped");
	fixture_rootless(&x);
	x.f.newuidmap = x.f.newgidmap = true;
	l->gid_map.item = &one;
	refused(&x, ERR_SPEC, "group 0 is not mapped");
	fixture_rootless(&x);
	x.s.process.user.uid = 3;
	refused(&x, ERR_SPEC, "user 3 is not mapped");
	fixture_rootless(&x);
	x.s.process.user.gid = 3;
	refused(&x, ERR_SPEC, "group 3 is not mapped");
	fixture_rootless(&x);
	x.s.process.user.additional_gids = (struct ids_list){ 2, groups };
	refused(&x, ERR_SPEC, "group 77 is not mapped");
	x.s.process.user.additional_gids.n = 1;
	refused(&x, ERR_UNSUPPORTED, "groups cannot be set");
}

static void mounts(void)
{
	struct fixture x;
	struct spec_mount bind = { .kind = MOUNT_BIND, .bind = true, .destination = "/x", .source = "/s", .idmap = true, .at = "/mounts/5" };
	struct id_mapping beyond = { 0, 5, 10, true };

	fixture_default(&x);
	x.mount[x.s.mounts.n++] = bind;
	refused(&x, ERR_SPEC, "needs mappings or a user namespace");
	x.mount[x.s.mounts.n - 1].kind = MOUNT_TMPFS;
	refused(&x, ERR_UNSUPPORTED, "on bind mounts only");
	fixture_rootless(&x);
	x.mount[x.s.mounts.n++] = bind;
	refused(&x, ERR_UNSUPPORTED, "a rootless caller cannot map the ids of a mount");
	fixture_default(&x);
	bind.uid_map = (struct id_map){ 1, &beyond, "/mounts/5/options/0" };
	bind.gid_map = bind.uid_map;
	x.mount[x.s.mounts.n++] = bind;
	refused(&x, ERR_SPEC, "ids 5 to 14 are not in one mapping of the user namespace");
	fixture_default(&x);
	bind.source = "";
	x.mount[x.s.mounts.n++] = bind;
	refused(&x, ERR_SPEC, "a bind mount needs a source");
	fixture_default(&x);
	x.f.cgroup = CGROUP_ABSENT;
	x.s.linux_.resources.present = false;
	refused(&x, ERR_UNSUPPORTED, "no cgroup v2 hierarchy on this machine");
}

static void root(void)
{
	struct fixture x;

	fixture_default(&x);
	x.r.no_pivot = true;
	x.s.linux_.rootfs_propagation = MS_PRIVATE;
	refused(&x, ERR_SPEC, "a private root needs pivot_root, which --no-pivot forbids");
}

static void namespaces(void)
{
	struct fixture x;

	fixture_rootless(&x);
	x.f.userns = false;
	refused(&x, ERR_UNSUPPORTED, "this kernel has no user namespaces");
	fixture_rootless(&x);
	x.s.linux_.ns[NS_USER].present = false;
	refused(&x, ERR_UNSUPPORTED, "rootless container requires user namespaces");
	fixture_default(&x);
	x.f.cgroupns = false;
	refused(&x, ERR_UNSUPPORTED, "this kernel has no cgroup namespaces");
	fixture_default(&x);
	x.s.linux_.boottime.set = true;
	x.s.linux_.time_at = "/linux/timeOffsets";
	refused(&x, ERR_SPEC, "time offsets need a new time namespace");
	fixture_default(&x);
	x.s.hostname = x.s.domainname = "d";
	x.s.linux_.ns[NS_UTS].present = false;
	refused(&x, ERR_SPEC, "unable to set hostname without a private UTS namespace");
}

static void missing(void)
{
	struct fixture x;

	fixture_default(&x);
	x.s.process.present = false;
	refused(&x, ERR_SPEC, "process property must not be empty");
	fixture_default(&x);
	x.s.has_root = false;
	refused(&x, ERR_SPEC, "root property must not be empty");
}

static void resources(void)
{
	struct spec_hugepage page = { "../x", 1, "/linux/resources/hugepageLimits/0" };
	struct spec_rdma rdma = { .device = "a b", .has_handles = true, .handles = 1, .at = "/linux/resources/rdma/a" };
	struct spec_pair pair = { "cgroup.procs", "1", "/linux/resources/unified/x" };
	struct fixture x;
	struct spec_resources *r = &x.s.linux_.resources;

	fixture_default(&x);
	r->blkio.weight = (struct opt_u64){ true, 5 };
	refused(&x, ERR_SPEC, "not in 10..1000");
	fixture_default(&x);
	r->hugepages.n = 1;
	r->hugepages.item = &page;
	refused(&x, ERR_SPEC, "is no huge page size");
	fixture_default(&x);
	r->rdma.n = 1;
	r->rdma.item = &rdma;
	refused(&x, ERR_SPEC, "is no RDMA device name");
	fixture_default(&x);
	r->unified = (struct spec_pairs){ 1, &pair };
	refused(&x, ERR_SPEC, "is not a limit");
	pair.key = "../memory.max";
	refused(&x, ERR_SPEC, "must be a file name");
}

static bool prints(const struct fixture *x, const char *words, const char *json_words)
{
	OWN(str) text = { 0 }, json = { 0 };
	OWN(arena) mem = { 0 };
	const struct json *tree;
	struct err e;
	struct plan *p = fixture_plan(x, &e);
	bool held;

	if (!p)
		return ok(false, "%s", words);
	plan_print(p, PLAN_TEXT, &text);
	plan_print(p, PLAN_JSON, &json);
	plan_free(p);
	held = ok(strstr(text.s, words) && strstr(json.s, json_words) && json_parse(&mem, "plan", json.s, json.n, &tree, &e) == 0, "printed: %s", words);
	if (!held)
		printf("# %s\n", text.s);
	return held;
}

/* Acts and values that the golden cases leave out. */
static void printed(void)
{
	static const char *const schemata[] = { "L3:0=f" };
	const struct spec_net_device dev = { "eth0", "e1", "/linux/netDevices/eth0" };
	const struct spec_weight_device weight = { .major = 8, .minor = 1, .has_weight = true, .weight = 100 };
	const struct spec_rdma rdma = { .device = "mlx", .has_handles = true, .handles = 1, .has_objects = true, .objects = 2, .at = "/linux/resources/rdma/mlx" };
	const struct spec_pair note = { "a\"b", "c\nd", "/annotations/a" };
	struct spec_rlimit limit = { 7, UINT64_MAX, UINT64_MAX, "/process/rlimits/0" };
	struct fixture x;
	struct spec_resources *r = &x.s.linux_.resources;

	fixture_default(&x);
	x.s.linux_.memory_policy = (struct spec_memory_policy){ true, 2, 1u << 13, "0-1", "/linux/memoryPolicy" };
	x.s.linux_.rdt = (struct spec_rdt){ .present = false };
	x.s.process.rlimits.item = &limit;
	prints(&x, "memory-policy", "\"memory-policy\"");
	fixture_default(&x);
	x.s.linux_.net_devices.n = 1;
	x.s.linux_.net_devices.item = &dev;
	prints(&x, "net-device", "\"net-device\"");
	fixture_default(&x);
	x.s.linux_.rdt = (struct spec_rdt){ true, "clos", "L3:0=f", "MB:0=10", { 1, schemata }, true, "/linux/intelRdt" };
	prints(&x, "rdt", "\"rdt\"");
	fixture_default(&x);
	r->blkio.weight_device.n = 1;
	r->blkio.weight_device.item = &weight;
	r->rdma.n = 1;
	r->rdma.item = &rdma;
	r->memory.limit = (struct opt_i64){ true, -1 };
	r->memory.swap = (struct opt_i64){ true, -1 };
	r->cpu.period = (struct opt_u64){ true, 20000 };
	prints(&x, "max 20000", "hca_handle=1 hca_object=2");
	r->memory.limit.v = r->memory.swap.v = 4096;
	prints(&x, "memory.swap.max", "memory.swap.max");
	fixture_default(&x);
	x.s.annotations = (struct spec_pairs){ 1, &note };
	x.s.linux_.ns[NS_TIME] = (struct spec_namespace){ .present = true, .at = "/linux/namespaces/6" };
	prints(&x, "clone", "\"clone\"");
	fixture_default(&x);
	x.s.process.terminal = true;
	x.s.process.console_height = 24;
	x.s.process.console_width = 80;
	x.r.console_socket = "/run/console";
	x.r.detach = true;
	prints(&x, "console", "\"height\"");
}

static void too_large(void)
{
	struct spec_mount *many = calloc(LIMIT_SLOTS + 10, sizeof(*many));
	struct fixture x;
	struct plan *p = NULL;
	struct err e = { 0 };

	fixture_default(&x);
	for (size_t i = 0; i < LIMIT_SLOTS + 10; i++)
		many[i] = (struct spec_mount){ .kind = MOUNT_TMPFS, .destination = "/x", .source = "t", .type = "tmpfs", .at = "/mounts/0" };
	x.s.mounts.item = many;
	x.s.mounts.n = LIMIT_SLOTS + 10;
	ok(plan_create(&x.s, &x.f, &x.r, &p, &e) < 0 && e.kind == ERR_SPEC && strstr(e.text, "needs more than"), "a plan of more descriptors or steps than are allowed");
	plan_free(p);
	free(many);
}

static void not_restored(const struct fixture *x, enum err_kind kind, const char *words)
{
	struct plan *p = NULL;
	struct err e = { 0 };

	if (!ok(plan_restore(&x->s, &x->f, &x->r, &p, &e) < 0 && e.kind == kind && strstr(e.text, words), "no restore: %s", words))
		printf("# kind %d at %s: %s\n", e.kind, e.why, e.text);
	plan_free(p);
}

static void restore(void)
{
	struct request_criu how = { .images = "/images", .cgroups = CRIU_CGROUPS_DEFAULT };
	static const enum ns_type foreign[] = { NS_MOUNT, NS_USER, NS_CGROUP };
	struct fixture x;

	fixture_rootless(&x);
	x.r.criu = &how;
	not_restored(&x, ERR_UNSUPPORTED, "restoring a container needs root");
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		fixture_default(&x);
		x.r.criu = &how;
		x.s.linux_.ns[foreign[i]] = (struct spec_namespace){ .present = true, .path = "/run/ns", .at = "/linux/namespaces" };
		not_restored(&x, ERR_UNSUPPORTED, "namespace of others");
	}
	fixture_default(&x);
	x.r.criu = &how;
	x.s.linux_.ns[NS_PID].present = false;
	how.cgroups = CRIU_CGROUPS_SOFT;
	not_restored(&x, ERR_UNSUPPORTED, "only processes of a new pid namespace");
	how.cgroups = CRIU_CGROUPS_DEFAULT;
	x.s.process.terminal = x.r.detach = true;
	not_restored(&x, ERR_USAGE, "without setting console socket");
	x.s.process.terminal = x.s.has_root = false;
	not_restored(&x, ERR_SPEC, "root property must not be empty");
}

int main(void)
{
	ids();
	mounts();
	root();
	namespaces();
	missing();
	resources();
	printed();
	too_large();
	restore();
	return done();
}
