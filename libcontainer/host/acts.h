/* room: host — the executors, one per kind of act; private to host/ */
#ifndef BRIG_HOST_ACTS_H
#define BRIG_HOST_ACTS_H

#include "host/host.h"

host_fn state_reserve, state_created, start_fifo, notify_dir;		/* state.c */
int state_note_init(struct host *h, struct err *e) MUST_CHECK;		/* state.c: when init is born */
host_fn tree_open_host, node_open_host, tree_attr_host, tree_idmap, ns_open;	/* source.c */
host_fn socket_connect, console_send, pidfd_send, seccomp_notify;		/* socket.c */
host_fn seccomp_compile;						/* seccomp.c */
host_fn cgroup_make, cgroup_write, cgroup_devices, cgroup_owner;	/* cgroup.c */
host_fn join_clone, clone_host, undumpable_host;			/* clone.c */
host_fn id_map;								/* idmap.c */
host_fn rdt;								/* rdt.c */
host_fn net_device;							/* netdev.c */
host_fn oom_score, scheduler, io_priority, affinity, rlimit;		/* limits.c */
host_fn hook_host;							/* hook.c */
host_fn unit_start, unit_settle, unit_set;				/* unit.c */
host_fn target_open, cgroup_open, pid_file;			/* target.c */
host_fn dir_open, mountpoint_host, criu_dump, criu_restore, criu_finish, criu_resume;	/* criu.c */
host_fn attest;								/* attest.c */

/* The mounts of a restored container, while it stands still, are those of the plan (attest_mounts.c). */
int attest_mounts(struct host *h, const struct attest *want, pid_t pid, struct err *e) MUST_CHECK;

unsigned cgroup_components(const char *path);				/* cgroup.c */
/* ERR_STATE when the cgroup was there before us (existing: components of path that were) and has processes, or is frozen (cgroup.c). */
int cgroup_refuse_used(struct host_path mount, const char *path, unsigned existing, struct err *e) MUST_CHECK;

/* rdt.c: removes what a journal says was made; ERR_STATE when a group that is to be made is there already. */
int rdt_undo(const struct journal *j, struct err *e) MUST_CHECK;
int rdt_refuse_used(const char *path, struct err *e) MUST_CHECK;

#endif
