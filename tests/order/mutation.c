/* room: pure — proves the ordering table: each pair of neighbouring steps is swapped; what plan_check accepts must be declared harmless here */
#include "tap.h"
#include "unit/plan/fixture.h"

#include <linux/mount.h>

struct harmless { enum op a, b; const char *reason; };	/* in either order; OP_COUNT: any kind */

static const char sources[] = "two descriptors of the host, taken before anything of the container runs: neither changes what the other means";
static const char settings[] = "two properties of init that do not touch each other, while it stands still";
static const char trees[] = "two detached trees: nobody sees either before it is attached";
static const char detached[] = "what is attached and the tree that is prepared are not the same";
static const char nodes[] = "different names in the container's /dev";
static const char covers[] = "covers of different paths, both in place before anything of the container runs";
static const char session[] = "independent properties of the calling process";
static const char names[] = "the container's names and its files have nothing to do with each other";
static const char beneath[] = "a directory in the held root, and a property of something else";
static const char kernel[] = "the kernel itself refuses the wrong order: it fails closed";

static const struct harmless harmless[] = {
	{ OP_START_FIFO, OP_TREE_OPEN, sources }, { OP_START_FIFO, OP_NODE_OPEN, sources }, { OP_START_FIFO, OP_NS_OPEN, sources },
	{ OP_START_FIFO, OP_SOCKET_CONNECT, sources }, { OP_SOCKET_CONNECT, OP_SOCKET_CONNECT, sources }, { OP_START_FIFO, OP_SECCOMP_COMPILE, sources }, { OP_START_FIFO, OP_CGROUP_MAKE, sources },
	{ OP_TREE_OPEN, OP_TREE_OPEN, sources }, { OP_TREE_OPEN, OP_NODE_OPEN, sources }, { OP_NODE_OPEN, OP_NODE_OPEN, sources },
	{ OP_NS_OPEN, OP_NS_OPEN, sources }, { OP_NS_OPEN, OP_TREE_OPEN, sources }, { OP_TREE_OPEN, OP_SECCOMP_COMPILE, sources },
	{ OP_NODE_OPEN, OP_SECCOMP_COMPILE, sources }, { OP_TREE_OPEN, OP_CGROUP_MAKE, sources }, { OP_NODE_OPEN, OP_CGROUP_MAKE, sources },
	{ OP_SECCOMP_COMPILE, OP_CGROUP_MAKE, sources }, { OP_SOCKET_CONNECT, OP_SECCOMP_COMPILE, sources },
	{ OP_NOTIFY_DIR, OP_START_FIFO, "two names in the state directory" }, { OP_NOTIFY_DIR, OP_SOCKET_CONNECT, sources },
	{ OP_CGROUP_WRITE, OP_CGROUP_WRITE, "different files of one empty cgroup; the dependent ones are checked by name" },
	{ OP_CGROUP_WRITE, OP_CGROUP_DEVICES, "nothing lives in the cgroup yet" }, { OP_CGROUP_DEVICES, OP_CGROUP_OWNER, "nothing lives in the cgroup yet" },
	{ OP_CGROUP_DEVICES, OP_TREE_OPEN, sources }, { OP_CGROUP_OWNER, OP_TREE_OPEN, sources }, { OP_CGROUP_WRITE, OP_TREE_OPEN, sources },
	{ OP_NS_ENTER, OP_NS_ENTER, kernel }, { OP_NS_ENTER, OP_NS_NEW, kernel }, { OP_NS_ENTER, OP_BECOME_ROOT, kernel },
	{ OP_BECOME_ROOT, OP_NS_NEW, kernel }, { OP_BECOME_ROOT, OP_UNDUMPABLE, "in join: the next step makes it undumpable, and nothing was entered" },
	{ OP_UNDUMPABLE, OP_NS_NEW, "in join: a time namespace of our own is empty, so nobody in it can look" },
	{ OP_ID_MAP, OP_OOM_SCORE, settings }, { OP_ID_MAP, OP_AFFINITY, settings }, { OP_ID_MAP, OP_NET_DEVICE, settings },
	{ OP_TREE_IDMAP, OP_TREE_IDMAP, settings }, { OP_TREE_IDMAP, OP_NET_DEVICE, settings }, { OP_TREE_IDMAP, OP_OOM_SCORE, settings },
	{ OP_TREE_IDMAP, OP_AFFINITY, settings }, { OP_NET_DEVICE, OP_NET_DEVICE, settings }, { OP_NET_DEVICE, OP_OOM_SCORE, settings },
	{ OP_NET_DEVICE, OP_AFFINITY, settings }, { OP_OOM_SCORE, OP_AFFINITY, settings }, { OP_AFFINITY, OP_SCHEDULER, settings },
	{ OP_AFFINITY, OP_IO_PRIORITY, settings }, { OP_SCHEDULER, OP_IO_PRIORITY, settings }, { OP_AFFINITY, OP_RDT, settings },
	{ OP_SCHEDULER, OP_RDT, settings }, { OP_IO_PRIORITY, OP_RDT, settings },
	{ OP_NS_NEW, OP_LOOPBACK, "the cgroup and the network namespace are independent" }, { OP_NS_NEW, OP_PROPAGATION, "the cgroup namespace is no mount" },
	{ OP_LOOPBACK, OP_PROPAGATION, "the network is no mount" },
	{ OP_PROPAGATION, OP_TREE_ATTR, "a detached tree does not belong to the namespace yet" },
	{ OP_TREE_ATTR, OP_CGROUP_MAKE, sources }, { OP_TREE_ATTR, OP_SECCOMP_COMPILE, sources }, { OP_TREE_ATTR, OP_TREE_ATTR, trees },
	{ OP_TREE_OPEN, OP_TREE_ATTR, trees }, { OP_NODE_OPEN, OP_TREE_ATTR, trees }, { OP_ROOT_ATTACH, OP_FS_MAKE, detached },
	{ OP_ROOT_ATTACH, OP_TREE_ATTR, detached }, { OP_TREE_ATTACH, OP_FS_MAKE, detached }, { OP_TREE_ATTACH, OP_TREE_ATTR, detached },
	{ OP_MOUNT_CHANGE, OP_FS_MAKE, detached }, { OP_MOUNT_CHANGE, OP_TREE_ATTR, detached }, { OP_TREE_ATTACH, OP_TREE_ATTACH, nodes },
	{ OP_DEVICE_NODE, OP_DEVICE_NODE, nodes }, { OP_DEVICE_NODE, OP_LINK, nodes }, { OP_LINK, OP_LINK, nodes }, { OP_TREE_ATTACH, OP_LINK, nodes },
	{ OP_LINK, OP_CWD_MAKE, nodes }, { OP_TREE_ATTACH, OP_DEVICE_NODE, nodes },
	{ OP_LINK, OP_SYSCTL, names }, { OP_LINK, OP_HOSTNAME, names }, { OP_CWD_MAKE, OP_SYSCTL, names }, { OP_CWD_MAKE, OP_HOSTNAME, names },
	{ OP_SYSCTL, OP_SYSCTL, "different keys" }, { OP_SYSCTL, OP_HOSTNAME, "kernel.hostname is refused as a key" },
	{ OP_HOSTNAME, OP_DOMAINNAME, names }, { OP_HOSTNAME, OP_CONSOLE, names }, { OP_DOMAINNAME, OP_CONSOLE, names },
	{ OP_HOSTNAME, OP_PIVOT, names }, { OP_DOMAINNAME, OP_PIVOT, names }, { OP_HOSTNAME, OP_LABEL_EXEC, names },
	{ OP_DOMAINNAME, OP_LABEL_EXEC, names }, { OP_SYSCTL, OP_LABEL_EXEC, names }, { OP_LABEL_EXEC, OP_LABEL_EXEC, "two modules" },
	{ OP_ROOT_PROPAGATION, OP_ROOT_READONLY, "two independent properties of one mount" }, { OP_ROOT_READONLY, OP_READONLY, covers },
	{ OP_ROOT_READONLY, OP_FS_MAKE, trees }, { OP_READONLY, OP_READONLY, covers }, { OP_READONLY, OP_FS_MAKE, trees }, { OP_MASK, OP_MASK, covers },
	{ OP_PIVOT, OP_FS_MAKE, trees }, { OP_ROOT_PROPAGATION, OP_FS_MAKE, trees }, { OP_ROOT_PROPAGATION, OP_SESSION, session },
	{ OP_MASK, OP_SESSION, session }, { OP_READONLY, OP_SESSION, session }, { OP_ROOT_READONLY, OP_SESSION, session },
	{ OP_SESSION, OP_KEYRING, session }, { OP_SESSION, OP_PERSONALITY, session }, { OP_SESSION, OP_FDS_CLOEXEC, session },
	{ OP_KEYRING, OP_PERSONALITY, session }, { OP_KEYRING, OP_MEMORY_POLICY, session }, { OP_KEYRING, OP_FDS_CLOEXEC, session },
	{ OP_PERSONALITY, OP_MEMORY_POLICY, session }, { OP_PERSONALITY, OP_FDS_CLOEXEC, session }, { OP_MEMORY_POLICY, OP_FDS_CLOEXEC, session },
	{ OP_FDS_CLOEXEC, OP_EXEC_FIND, "the program's descriptor is close-on-exec from birth" },
	{ OP_EXEC_FIND, OP_CAPS_BOUND, "the bounding set plays no part in a look-up" },
	{ OP_CAPS_BOUND, OP_NO_NEW_PRIVS, session }, { OP_CAPS, OP_NO_NEW_PRIVS, "neither takes back what the other has done" },
	{ OP_RLIMIT, OP_RLIMIT, "different resources" },
	{ OP_START_FIFO, OP_UNIT_START, sources }, { OP_TREE_OPEN, OP_UNIT_START, sources }, { OP_NODE_OPEN, OP_UNIT_START, sources },
	{ OP_TREE_ATTR, OP_UNIT_START, sources }, { OP_SECCOMP_COMPILE, OP_UNIT_START, sources }, { OP_UNIT_SETTLE, OP_ID_MAP, settings },
	{ OP_UNIT_SETTLE, OP_OOM_SCORE, settings }, { OP_UNIT_SETTLE, OP_AFFINITY, settings }, { OP_UNIT_SETTLE, OP_TREE_IDMAP, settings },
	{ OP_CGROUP_OPEN, OP_SOCKET_CONNECT, sources }, { OP_CGROUP_OPEN, OP_SECCOMP_COMPILE, sources }, { OP_CGROUP_OPEN, OP_BIRTH_AFFINITY, sources },
	{ OP_SOCKET_CONNECT, OP_BIRTH_AFFINITY, sources }, { OP_SECCOMP_COMPILE, OP_BIRTH_AFFINITY, sources },
	{ OP_BIRTH_AFFINITY, OP_NS_JOIN, "two properties of the child to come" }, { OP_NO_NEW_PRIVS, OP_RLIMIT, "a flag and a limit" },
	{ OP_CONSOLE_SEND, OP_SESSION, "the terminal's other end plays no part in the session" },
	{ OP_ROOT_OPEN, OP_LABEL_EXEC, "in a rootless exec: the procfs is verified, whatever the root" }, { OP_LABEL_EXEC, OP_CONSOLE, "in a rootless exec: a label and a terminal" },
	{ OP_DIR_OPEN, OP_DIR_OPEN, sources }, { OP_DIR_OPEN, OP_TREE_OPEN, sources }, { OP_DIR_OPEN, OP_NS_OPEN, sources },
	{ OP_CGROUP_DEVICES, OP_MOUNTPOINT, beneath }, { OP_CGROUP_WRITE, OP_MOUNTPOINT, beneath }, { OP_CGROUP_OWNER, OP_MOUNTPOINT, beneath },
	{ OP_MOUNTPOINT, OP_MOUNTPOINT, "each is made with its parents" }, { OP_MOUNTPOINT, OP_TREE_ATTR, beneath },
	{ OP_CONSOLE_SEND, OP_HOOK, "the host's hooks have no part in the terminal" },
};

static const char *declared(enum op a, enum op b)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if ((harmless[i].a == a && harmless[i].b == b) || (harmless[i].a == b && harmless[i].b == a))
			return harmless[i].reason;
	return NULL;
}

static bool used[OP_COUNT][OP_COUNT];

static void mutate(const char *name, struct plan *p)
{
	unsigned refused = 0, accepted = 0, undeclared = 0;

	for (size_t i = 0; i + 1 < p->n; i++) {
		struct step a = p->step[i], b = p->step[i + 1];
		struct err e = { 0 };

		p->step[i] = b;
		p->step[i + 1] = a;
		if (plan_check(p, &e) < 0) {
			refused++;
		} else {
			accepted++;
			used[a.op][b.op] = true;
			if (!declared(a.op, b.op)) {
				undeclared++;
				printf("# %s: %zu %s (%s) and %s (%s) may be swapped unnoticed\n", name, i, op_info[a.op].name, a.why, op_info[b.op].name, b.why);
			}
		}
		p->step[i] = a;
		p->step[i + 1] = b;
	}
	ok(undeclared == 0, "%s: %u swaps refused, %u harmless", name, refused, accepted);
}

static void rich(struct fixture *x)
{
	static const struct spec_pair sysctl[] = { { "net.ipv4.ip_forward", "1", "/linux/sysctl/net.ipv4.ip_forward" }, { "kernel.sem", "1 2 3 4", "/linux/sysctl/kernel.sem" } };
	static const struct spec_hook hook[] = { { .path = "/a", .at = "/hooks/x/0" }, { .path = "/b", .at = "/hooks/x/1" } };
	static const struct spec_net_device dev[] = { { "eth9", "eth0", "/linux/netDevices/eth9" } };
	static const struct spec_device device[] = { { DEV_CHAR, "/dev/x", 9, 9, 0600, 0, 0, "/linux/devices/0" }, { DEV_FIFO, "/dev/f", 0, 0, 0600, 0, 0, "/linux/devices/1" } };
	static const struct spec_pair unified[] = { { "memory.high", "1000", "/linux/resources/unified/memory.high" } };
	struct spec_process *p = &x->s.process;
	struct spec_linux *l = &x->s.linux_;

	x->mount[5] = (struct spec_mount){ .kind = MOUNT_BIND, .destination = "/data", .source = "/srv", .bind = true, .attr.set = MOUNT_ATTR_RDONLY, .rattr.set = MOUNT_ATTR_NOSUID, .at = "/mounts/5" };
	x->mount[6] = (struct spec_mount){ .kind = MOUNT_TMPFS, .destination = "/tmp", .source = "tmpfs", .type = "tmpfs", .tmpcopyup = true, .at = "/mounts/6" };
	x->mount[7] = (struct spec_mount){ .kind = MOUNT_CHANGE, .destination = "/tmp", .attr.set = MOUNT_ATTR_RDONLY, .rattr.set = MOUNT_ATTR_NODEV, .at = "/mounts/7" };
	x->mount[8] = (struct spec_mount){ .kind = MOUNT_BIND, .destination = "/data2", .source = "/srv2", .bind = true, .at = "/mounts/8" };
	x->s.mounts.n = 9;
	l->sysctl = (struct spec_pairs){ 2, sysctl };
	for (int k = HOOK_PRESTART; k <= HOOK_START_CONTAINER; k++)
		x->s.hooks[k] = (struct spec_hooks){ 2, hook };
	l->devices.n = 2;
	l->devices.item = device;
	l->rootfs_propagation = MS_SHARED | MS_REC;
	l->has_personality = true;
	l->memory_policy.present = true;
	l->seccomp = (struct spec_seccomp){ .present = true, .default_action = SC_ERRNO };
	p->selinux_label = "u:r:t:s0";
	p->apparmor_profile = "profile";
	x->f.selinux = x->f.apparmor = true;
	p->terminal = x->r.detach = true;
	x->r.console_socket = "/run/console.sock";
	x->r.notify_socket = "/run/notify.sock";
	p->cwd = "/w";
	x->s.domainname = "domain";
	if (!x->f.can_mount)
		return;
	p->has_oom_score = p->has_io_priority = p->scheduler.present = l->rdt.present = true;
	l->net_devices.n = 1;
	l->net_devices.item = dev;
	l->resources.cpu.idle = (struct opt_i64){ true, 0 };
	l->resources.cpu.shares = (struct opt_u64){ true, 1024 };
	l->resources.cpu.quota = (struct opt_i64){ true, 50000 };
	l->resources.cpu.burst = (struct opt_u64){ true, 1000 };
	l->resources.memory.limit = (struct opt_i64){ true, 1 << 30 };
	l->resources.unified = (struct spec_pairs){ 1, unified };
}

static void mutate_exec(const char *name, struct fixture *x)
{
	struct plan *p = NULL;
	struct err e = { 0 };

	x->r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1" };
	x->r.pid_file = "/run/pid";
	x->r.pidfd_socket = "/run/pidfd.sock";
	x->s.process.cpu_affinity_initial = "0";
	x->s.process.cpu_affinity_final = "0-1";
	if (ok(plan_join(&x->s, &x->f, &x->r, &p, &e) == 0, "%s: a plan", name))
		mutate(name, p);
	else
		printf("# %s\n", e.text);
	plan_free(p);
	x->s.process.cpu_affinity_initial = x->s.process.cpu_affinity_final = NULL;
	x->r.pid_file = x->r.pidfd_socket = NULL;
}

static void mutate_criu(const char *name, struct fixture *x)
{
	const struct request_criu r = { .images = "/images", .work = "/work", .parent = "../pre", .cgroups = CRIU_CGROUPS_DEFAULT };
	struct plan *dump = NULL, *restore = NULL;
	char both[64];
	struct err e = { 0 };

	x->r.criu = &r;
	snprintf(both, sizeof(both), "restore, %s", name);
	if (ok(plan_restore(&x->s, &x->f, &x->r, &restore, &e) == 0, "%s: a plan", both))
		mutate(both, restore);
	else
		printf("# %s\n", e.text);
	x->r.target = (struct request_target){ .pid = 7, .cgroup_mount = "/sys/fs/cgroup", .cgroup_path = "/c1" };
	snprintf(both, sizeof(both), "checkpoint, %s", name);
	if (ok(plan_checkpoint(&x->s, &x->f, &x->r, &dump, &e) == 0, "%s: a plan", both))
		mutate(both, dump);
	else
		printf("# %s\n", e.text);
	plan_free(dump);
	plan_free(restore);
	x->r.criu = NULL;
	x->r.target = (struct request_target){ 0 };
}

static void mutate_fixture(const char *name, const struct fixture *x)
{
	struct err e;
	struct plan *p = fixture_plan(x, &e);

	if (ok(p != NULL, "%s: a plan", name))
		mutate(name, p);
	plan_free(p);
}

static void join(struct fixture *x)
{
	x->s.linux_.ns[NS_NET].path = "/run/netns/x";
	x->s.linux_.ns[NS_IPC].path = "/run/ipc/x";
	x->s.linux_.ns[NS_TIME] = (struct spec_namespace){ .present = true, .at = "/linux/namespaces" };
	x->s.linux_.boottime = (struct spec_time_offset){ true, 5, 0 };
}

int main(void)
{
	struct fixture x;

	fixture_default(&x);
	mutate_fixture("default", &x);
	mutate_exec("exec", &x);
	mutate_criu("default", &x);
	x.f.systemd = x.r.systemd_cgroup = true;
	mutate_fixture("systemd", &x);
	mutate_criu("systemd", &x);
	x.r.systemd_cgroup = false;
	rich(&x);
	mutate_fixture("rich", &x);
	mutate_exec("exec, rich", &x);
	mutate_criu("rich", &x);
	x.s.process.no_new_privs = false;
	mutate_fixture("rich, filter before the drop", &x);
	mutate_exec("exec, filter before the drop", &x);
	x.s.process.no_new_privs = x.s.linux_.seccomp.notify = true;
	mutate_fixture("rich, filter with a listener", &x);
	mutate_exec("exec, filter with a listener", &x);
	join(&x);
	x.s.linux_.net_devices.n = 0;
	mutate_fixture("rich, joining", &x);
	mutate_criu("joining", &x);
	x.uid = x.gid = (struct id_mapping){ .outside = 100000, .size = 65536 };
	x.s.linux_.uid_map = (struct id_map){ 1, &x.uid, "/linux/uidMappings" };
	x.s.linux_.gid_map = (struct id_map){ 1, &x.gid, "/linux/gidMappings" };
	x.s.linux_.ns[NS_USER] = (struct spec_namespace){ .present = true, .at = "/linux/namespaces" };
	x.mount[5].idmap = x.mount[8].idmap = true;
	mutate_fixture("user namespace, joining", &x);
	x.r.systemd_cgroup = true;
	mutate_fixture("user namespace, joining, systemd", &x);
	x.r.systemd_cgroup = false;
	mutate_exec("exec, user namespace", &x);
	mutate_criu("user namespace", &x);
	x.s.linux_.ns[NS_USER].path = "/run/user/x";
	mutate_fixture("joined user namespace", &x);
	fixture_rootless(&x);
	mutate_fixture("rootless", &x);
	rich(&x);
	x.s.linux_.sysctl.n = 0;
	mutate_fixture("rootless, rich", &x);
	mutate_exec("exec, rootless", &x);
	x.s.linux_.ns[NS_TIME] = (struct spec_namespace){ .present = true, .at = "/linux/namespaces" };
	x.s.linux_.boottime = (struct spec_time_offset){ true, 5, 0 };
	mutate_fixture("rootless, time offsets", &x);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (!used[harmless[i].a][harmless[i].b] && !used[harmless[i].b][harmless[i].a])
			printf("# not met in these plans: %s, %s\n", op_info[harmless[i].a].name, op_info[harmless[i].b].name);
	return done();
}
