/* room: pure — a configuration by hand */
#include "fixture.h"

#include <linux/capability.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/resource.h>

#define BIT(cap) ((capset_t)1 << (cap))
#define LIST(array) { sizeof(array) / sizeof((array)[0]), array }

static const char *const env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm" };
static const char *const args[] = { "sh" };
static const char *const dev_data[] = { "mode=755", "size=65536k" };
static const char *const pts_data[] = { "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" };
static const char *const masked[] = { "/proc/acpi", "/proc/kcore", "/sys/firmware" };
static const char *const readonly[] = { "/proc/bus", "/proc/sys" };
static const struct spec_device_rule deny[] = { { false, 'a', DEV_ANY, DEV_ANY, 7, "/linux/resources/devices/0" } };

static const struct spec_mount default_mount[] = {
	{ .kind = MOUNT_PROC, .destination = "/proc", .source = "proc", .type = "proc", .at = "/mounts/0" },
	{ .kind = MOUNT_TMPFS, .destination = "/dev", .source = "tmpfs", .type = "tmpfs", .attr.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME,
	  .data = LIST(dev_data), .at = "/mounts/1" },
	{ .kind = MOUNT_DEVPTS, .destination = "/dev/pts", .source = "devpts", .type = "devpts", .attr.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
	  .data = LIST(pts_data), .at = "/mounts/2" },
	{ .kind = MOUNT_SYSFS, .destination = "/sys", .source = "sysfs", .type = "sysfs",
	  .attr.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, .at = "/mounts/3" },
	{ .kind = MOUNT_CGROUP, .destination = "/sys/fs/cgroup", .source = "cgroup", .type = "cgroup",
	  .attr.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY, .at = "/mounts/4" },
};
enum { MOUNTS = sizeof(default_mount) / sizeof(default_mount[0]) };

static void namespaces(struct spec_namespace *ns)
{
	static const enum ns_type type[] = { NS_PID, NS_NET, NS_IPC, NS_UTS, NS_MOUNT, NS_CGROUP };

	for (size_t i = 0; i < sizeof(type) / sizeof(type[0]); i++)
		ns[type[i]] = (struct spec_namespace){ .present = true, .at = "/linux/namespaces" };
}

static void process(struct spec_process *p)
{
	capset_t set = BIT(CAP_AUDIT_WRITE) | BIT(CAP_KILL) | BIT(CAP_NET_BIND_SERVICE);

	*p = (struct spec_process){ .present = true, .cwd = "/", .env = LIST(env), .args = LIST(args), .no_new_privs = true, .at = "/process",
				    .caps = { .present = true, .bounding = set, .effective = set, .permitted = set, .at = "/process/capabilities" } };
}

static void facts(struct facts *f)
{
	*f = (struct facts){ .caps = ~(capset_t)0, .can_mount = true, .kernel_major = 6, .kernel_minor = 8, .cgroup = CGROUP_PURE,
			     .cgroup_mount = "/sys/fs/cgroup", .cgroup_self = "/", .cgroup_writable = true,
			     .cgroup_controllers = "cpuset cpu io memory hugetlb pids rdma misc", .cgroupns = true, .timens = true, .userns = true,
			     .resctrl_mount = "/sys/fs/resctrl", .keys = true, .idmap_tmpfs = true, .last_cap = 40 };
}

void fixture_default(struct fixture *x)
{
	*x = (struct fixture){ .r = { .id = "c1", .state_root = "/run/brig", .bundle = "/bundle" } };
	facts(&x->f);
	x->limit = (struct spec_rlimit){ RLIMIT_NOFILE, 1024, 1024, "/process/rlimits/0" };
	x->s.oci_version = SPEC_VERSION;
	x->s.has_root = x->s.root_readonly = true;
	x->s.root_path = "rootfs";
	x->s.hostname = "brig";
	process(&x->s.process);
	x->s.process.rlimits.n = 1;
	x->s.process.rlimits.item = &x->limit;
	memcpy(x->mount, default_mount, sizeof(default_mount));
	x->s.mounts.n = MOUNTS;
	x->s.mounts.item = x->mount;
	x->s.linux_.present = true;
	namespaces(x->s.linux_.ns);
	x->s.linux_.resources.present = true;
	x->s.linux_.resources.at = "/linux/resources";
	x->s.linux_.resources.devices.n = 1;
	x->s.linux_.resources.devices.item = deny;
	x->s.linux_.masked_paths = (struct strings)LIST(masked);
	x->s.linux_.readonly_paths = (struct strings)LIST(readonly);
}

void fixture_rootless(struct fixture *x)
{
	struct spec_linux *l = &x->s.linux_;

	fixture_default(x);
	x->f.euid = x->f.egid = 1000;
	x->f.caps = 0;
	x->f.can_mount = x->f.cgroup_writable = false;
	x->f.cgroup_self = "/user.slice/user-1000.slice/session-1.scope";
	x->uid = x->gid = (struct id_mapping){ .outside = 1000, .size = 1 };
	l->uid_map = (struct id_map){ 1, &x->uid, "/linux/uidMappings" };
	l->gid_map = (struct id_map){ 1, &x->gid, "/linux/gidMappings" };
	l->ns[NS_USER] = (struct spec_namespace){ .present = true, .at = "/linux/namespaces" };
	l->ns[NS_NET].present = false;
	l->resources.present = false;
}

struct plan *fixture_plan(const struct fixture *x, struct err *e)
{
	struct plan *p = NULL;

	*e = (struct err){ 0 };
	if (plan_create(&x->s, &x->f, &x->r, &p, e) == 0)
		return p;
	printf("# %s (%s)\n", e->text, e->why);
	return NULL;
}

int step_at(const struct plan *p, enum op op, unsigned n)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].op == op && n-- == 0)
			return (int)i;
	return -1;
}
