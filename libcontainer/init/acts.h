/* room: init — the token and the executors, one per kind of act; private to init/ */
#ifndef BRIG_INIT_ACTS_H
#define BRIG_INIT_ACTS_H

#include "base/arena.h"
#include "base/fdtab.h"
#include "fs/procfs.h"
#include "fs/rootfs.h"
#include "init/init.h"
#include "plan/plan.h"

struct init {
	const struct plan *plan;
	struct fdtab *tab;
	struct baton *baton;
	struct procfs proc;	/* until pivot; FD_NONE after */
	struct rootfs root;	/* the container's tree, from root-attach */
	bool covered[2];	/* mask sources that were attached once: null, empty */
	struct arena mem;	/* of what the program is executed with: the pool asks nothing of a kernel that a filter may stand before */
	char *program;		/* what exec-find found */
	char **env;		/* of the program: process.env with HOME; ends with NULL */
	slot_t answer;		/* wait-start: where the last words go; SLOT_NONE before */
};

typedef int init_fn(struct init *in, const struct step *s, struct err *e);

init_fn become_root, ids;							/* user.c */
init_fn propagation, root_attach, tree_open_init, node_open_init, fs_make, tree_attr_init;	/* mount.c */
init_fn tree_attach, mount_change, root_propagation, root_readonly;		/* mount.c, attach.c */
init_fn tmpfs_copy;								/* tmpcopy.c */
init_fn device_node, link_make, cwd_make;						/* device.c */
init_fn readonly, mask;								/* mask.c */
init_fn pivot;									/* pivot.c */
init_fn sysctl_write, hostname, domainname, label_exec, keyring, personality_set, memory_policy, loopback, ns_new_init;	/* identity.c */
init_fn console, session;							/* console.c */
init_fn caps_bound, caps, no_new_privs, seccomp_load_init, undumpable_init, rlimit_init, cwd;	/* privilege.c */
init_fn ns_join_init, root_open;							/* enter.c */
init_fn fds_cloexec;								/* fds.c */
init_fn hook_init, wait_start;							/* start.c */
init_fn exec_find, exec_program;						/* exec.c */

/* Closes what this process inherited and no step of init uses (fds.c): the state directory, the cgroup, the others' trees. */
int fds_keep_own(struct init *in, struct err *e) MUST_CHECK;

#endif
