/* room: host — what this machine and caller can do, read only */
#include "probe/probe.h"
#include "base/limits.h"
#include "base/num.h"
#include "base/own.h"
#include "fs/hostfile.h"
#include "fs/mountinfo.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

static bool exists(const char *path)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, path, &st, 0) == 0;
}

static int small_file(const char *path, struct str *out, struct err *e)
{
	TRY(hostfile_read((struct host_path){ path }, LIMIT_SMALL_FILE, out, e));
	str_add(out, "");
	return str_ok(out, e);
}

/* The uid_map of who is in no user namespace but the first: "%10u %10u %10u\n", kernel/user_namespace.c */
#define ALL_IDS "         0          0 4294967295\n"

/* "6.18.44-distribution" */
static bool release(const char *text, struct facts *f)
{
	char *dot, *end;

	f->kernel_major = (unsigned)strtoul(text, &dot, 10);
	if (dot == text || *dot != '.')
		return false;
	f->kernel_minor = (unsigned)strtoul(dot + 1, &end, 10);
	return end != dot + 1;
}

/* Everything that brig builds on is there from 5.14 on (decision 4); one clear error instead of many strange ones. */
static int kernel(struct facts *f, struct err *e)
{
	struct utsname u;

	if (sys_uname(&u) < 0 || !release(u.release, f))
		return err_set(e, ERR_UNSUPPORTED, 0, "cannot tell the kernel's version");
	if (f->kernel_major < 5 || (f->kernel_major == 5 && f->kernel_minor < 14))
		return err_set(e, ERR_UNSUPPORTED, 0, "Linux %u.%u is too old: 5.14 or newer is needed", f->kernel_major, f->kernel_minor);
	f->idmap_tmpfs = f->kernel_major > 6 || (f->kernel_major == 6 && f->kernel_minor >= 3);
	f->keys = true;
	return 0;
}

static int caller(struct facts *f, struct err *e)
{
	struct __user_cap_data_struct d[2];
	OWN(str) map = { 0 };
	int tree;

	f->euid = (uint32_t)sys_geteuid();
	f->egid = (uint32_t)sys_getegid();
	if (sys_capget(d) < 0)
		return err_sys(e, "capget");
	f->caps = d[0].effective | ((capset_t)d[1].effective << 32);
	TRY(small_file("/proc/self/uid_map", &map, e));
	f->in_userns = strcmp(map.s, ALL_IDS) != 0;
	f->can_mount = !f->in_userns && (f->caps >> CAP_SYS_ADMIN & 1);
	if (f->can_mount)	/* no need to try, which costs as much as a mount */
		return 0;
	/* EINVAL: the power is there, but in a user namespace "/" alone cannot be cloned without the locked mounts below it. */
	tree = sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE);
	f->can_mount = tree >= 0 || errno == EINVAL;
	fd_drop(&tree);
	return 0;
}

static void last_cap(struct facts *f)
{
	OWN(str) text = { 0 };
	struct err ignored;

	f->last_cap = 40;
	if (small_file("/proc/sys/kernel/cap_last_cap", &text, &ignored) == 0) {
		text.s[strcspn(text.s, "\n")] = '\0';
		(void)num_u32(text.s, &f->last_cap);
	}
}

/* A later mount may lie over this one: then its name leads somewhere else, and it is no longer there for anybody. */
static bool in_sight(const struct mountinfo *m)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, m->point, &st, 0) == 0 && major(st.st_dev) == m->major && minor(st.st_dev) == m->minor;
}

/* Where it is on nearly every machine: the whole hierarchy (its root directory has inode 1, a part of it has another), and no v1 can lie beside it
 * there. Spares the kernel a line for each mount of the machine, and us the reading. */
static bool usual_cgroup_mount(struct facts *f)
{
	static const char usual[] = "/sys/fs/cgroup";
	OWN_FD fd = sys_openat(AT_FDCWD, usual, O_PATH | O_DIRECTORY, 0);
	struct statfs fs;
	struct stat st;

	if (fd < 0 || sys_fstatfs(fd, &fs) < 0 || fs.f_type != CGROUP2_SUPER_MAGIC || sys_fstat(fd, &st) < 0 || st.st_ino != 1)
		return false;
	f->cgroup_mount = usual;
	f->cgroup = CGROUP_PURE;
	return true;
}

/* The first cgroup2 mount in sight whose root is "/" wins; any v1 hierarchy beside it makes the machine a hybrid. */
static int cgroup_mount(struct arena *mem, struct facts *f, struct err *e)
{
	OWN(str) text = { 0 };
	struct mountinfo m;
	bool v1 = false;
	char *rest;

	if (usual_cgroup_mount(f))
		return 0;
	f->cgroup_mount = "";
	TRY(mountinfo_read(&text, e));
	rest = text.s;
	while (mountinfo_next(&rest, &m)) {
		bool one = !strcmp(m.type, "cgroup"), two = !strcmp(m.type, "cgroup2");

		if ((!one && !two) || !in_sight(&m))
			continue;
		v1 = v1 || one;
		if (one || f->cgroup_mount[0] || strcmp(m.root, "/"))
			continue;
		f->cgroup_mount = arena_strdup(mem, m.point);
		if (!f->cgroup_mount)
			return err_oom(e);
	}
	f->cgroup = !f->cgroup_mount[0] ? CGROUP_ABSENT : v1 ? CGROUP_HYBRID : CGROUP_PURE;
	return 0;
}

/* Most machines have none, and then sysfs has no place for it: no need to read a line for each mount. */
static int resctrl_mount(struct arena *mem, struct facts *f, struct err *e)
{
	OWN(str) text = { 0 };
	struct mountinfo m;
	char *rest;

	f->resctrl_mount = "";
	if (!exists("/sys/fs/resctrl"))
		return 0;
	TRY(mountinfo_read(&text, e));
	rest = text.s;
	while (mountinfo_next(&rest, &m)) {
		if (strcmp(m.type, "resctrl") || strcmp(m.root, "/") || !in_sight(&m))
			continue;
		f->resctrl_mount = arena_strdup(mem, m.point);
		return f->resctrl_mount ? 0 : err_oom(e);
	}
	return 0;
}

static int cgroup_self(struct arena *mem, struct facts *f, struct err *e)
{
	OWN(str) text = { 0 };
	char *line;

	f->cgroup_self = "/";
	TRY(small_file("/proc/self/cgroup", &text, e));
	line = strncmp(text.s, "0::", 3) == 0 ? text.s : strstr(text.s, "\n0::");
	if (!line)
		return 0;
	line = strstr(line, "0::") + 3;
	line[strcspn(line, "\n")] = '\0';
	f->cgroup_self = arena_strdup(mem, line);
	return f->cgroup_self ? 0 : err_oom(e);
}

static int cgroup_abilities(struct arena *mem, struct facts *f, struct err *e)
{
	OWN(str) text = { 0 };
	char path[4200];

	f->cgroup_controllers = "";
	if (f->cgroup == CGROUP_ABSENT)
		return 0;
	f->cgroup_writable = f->euid == 0 && sys_faccessat(AT_FDCWD, f->cgroup_mount, W_OK, 0) == 0;
	if (!f->cgroup_writable) {
		snprintf(path, sizeof(path), "%s%s", f->cgroup_mount, f->cgroup_self);
		f->cgroup_writable = sys_faccessat(AT_FDCWD, path, W_OK, 0) == 0;
	}
	snprintf(path, sizeof(path), "%s/cgroup.controllers", f->cgroup_mount);
	TRY(small_file(path, &text, e));
	text.s[strcspn(text.s, "\n")] = '\0';
	f->cgroup_controllers = arena_strdup(mem, text.s);
	return f->cgroup_controllers ? 0 : err_oom(e);
}

/* Our own name from /etc/passwd, without NSS; subordinate ids may be granted to the name or to the number. */
static void user_name(uint32_t uid, char *buf, size_t size)
{
	OWN(str) text = { 0 };
	struct err ignored;
	char *next;

	snprintf(buf, size, "%u", uid);
	if (small_file("/etc/passwd", &text, &ignored) < 0)
		return;
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		char *name = strsep(&line, ":"), *number;
		uint32_t id;

		strsep(&line, ":");
		number = strsep(&line, ":");
		if (number && num_id(number, &id) == 0 && id == uid) {
			snprintf(buf, size, "%s", name);
			return;
		}
	}
}

static void subordinate(const char *file, const char *user, uint32_t uid, uint32_t *start, uint32_t *count)
{
	OWN(str) text = { 0 };
	struct err ignored;
	char number[16], *next;

	snprintf(number, sizeof(number), "%u", uid);
	if (small_file(file, &text, &ignored) < 0)
		return;
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		char *name = strsep(&line, ":"), *from = strsep(&line, ":"), *n = line;
		uint32_t a, b;

		if (!from || !n || (strcmp(name, user) && strcmp(name, number)))
			continue;
		if (num_id(from, &a) == 0 && num_u32(n, &b) == 0 && b > 0) {
			*start = a;
			*count = b;
			return;
		}
	}
}

static void rootless(struct facts *f)
{
	char user[256];

	user_name(f->euid, user, sizeof(user));
	subordinate("/etc/subuid", user, f->euid, &f->subid_uid_start, &f->subid_uid_count);
	subordinate("/etc/subgid", user, f->euid, &f->subid_gid_start, &f->subid_gid_count);
	f->newuidmap = exists("/usr/bin/newuidmap");
	f->newgidmap = exists("/usr/bin/newgidmap");
}

static void security_modules(struct facts *f)
{
	OWN(str) text = { 0 }, profile = { 0 };
	struct err ignored;

	f->selinux = exists("/sys/fs/selinux/enforce");
	f->apparmor = small_file("/sys/module/apparmor/parameters/enabled", &text, &ignored) == 0 && text.s[0] == 'Y';
	f->confined = f->apparmor && (small_file("/proc/self/attr/apparmor/current", &profile, &ignored) == 0 ||
				      small_file("/proc/self/attr/current", &profile, &ignored) == 0) && strncmp(profile.s, "unconfined", strlen("unconfined")) != 0;
}

int probe_caller(struct arena *mem, const struct spec *s, struct facts *ret, struct err *e)
{
	const struct spec_process *p = &s->process;
	struct facts f = { .cgroup_mount = "", .cgroup_self = "", .cgroup_controllers = "", .resctrl_mount = "" };

	TRY(kernel(&f, e));
	TRY(caller(&f, e));
	last_cap(&f);
	if (s->linux_.rdt.present)
		TRY(resctrl_mount(mem, &f, e));
	if ((p->apparmor_profile && p->apparmor_profile[0]) || (p->selinux_label && p->selinux_label[0]))
		security_modules(&f);
	f.timens = exists("/proc/self/ns/time");
	*ret = f;
	return 0;
}

int probe_facts(struct arena *mem, struct facts *ret, struct err *e)
{
	struct facts f = { 0 };

	TRY(kernel(&f, e));
	TRY(caller(&f, e));
	last_cap(&f);
	TRY(cgroup_mount(mem, &f, e));
	TRY(resctrl_mount(mem, &f, e));
	TRY(cgroup_self(mem, &f, e));
	TRY(cgroup_abilities(mem, &f, e));
	security_modules(&f);
#ifdef HAVE_LIBSYSTEMD
	f.systemd = exists("/run/systemd/system");	/* sd_booted(3) */
#endif
	f.cgroupns = exists("/proc/self/ns/cgroup");
	f.timens = exists("/proc/self/ns/time");
	f.userns = exists("/proc/self/ns/user");
	if (!f.can_mount)
		rootless(&f);
	*ret = f;
	return 0;
}
