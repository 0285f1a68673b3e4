/* room: pure — what this machine and caller can do, probed once (probe/), printable and loadable as JSON */
#ifndef BRIG_SPEC_FACTS_H
#define BRIG_SPEC_FACTS_H

#include "spec/spec.h"

enum cgroup_mode { CGROUP_ABSENT, CGROUP_PURE, CGROUP_HYBRID };

struct facts {
	uint32_t euid, egid;
	capset_t caps;			/* effective, of this process, in its own user namespace */
	bool in_userns;			/* not the initial user namespace */
	bool can_mount;			/* CAP_SYS_ADMIN over our own mount namespace: open_tree(OPEN_TREE_CLONE) works here */
	unsigned kernel_major, kernel_minor;
	enum cgroup_mode cgroup;
	const char *cgroup_mount;	/* the cgroup2 mount point, "" when absent */
	const char *cgroup_self;	/* our own path in it: "/", "/user.slice/..." */
	bool cgroup_writable;		/* we may make directories below cgroup_self's parent (or the mount root) */
	const char *cgroup_controllers;	/* blank-separated, of the hierarchy's root */
	bool systemd;			/* it runs here, and this program can talk to it */
	const char *resctrl_mount;	/* where resctrl is mounted, "" nowhere */
	bool selinux, apparmor;		/* the LSM is active */
	bool confined;			/* AppArmor confines us: we have a profile ourselves */
	bool cgroupns, timens, userns;	/* /proc/self/ns has the file */
	bool keys;			/* keyctl exists */
	bool idmap_tmpfs;		/* 6.3 */
	uint32_t last_cap;		/* /proc/sys/kernel/cap_last_cap */
	uint32_t subid_uid_start, subid_uid_count, subid_gid_start, subid_gid_count;	/* of the caller; 0 none */
	bool newuidmap, newgidmap;	/* the helpers exist in /usr/bin */
};

/* JSON in and out, for `explain --facts`, golden tests and bug reports. Strings of a loaded object live in mem. */
int facts_load(struct arena *mem, const char *name, const char *bytes, size_t n, struct facts *ret, struct err *e) MUST_CHECK;
void facts_print(const struct facts *f, struct str *out);

#endif
