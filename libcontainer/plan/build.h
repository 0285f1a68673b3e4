/* room: pure — how builders add steps; private to plan/ */
#ifndef BRIG_PLAN_BUILD_H
#define BRIG_PLAN_BUILD_H

#include "plan/plan.h"

struct builder {
	struct plan *p;
	const struct spec *s;
	const struct facts *f;
	const struct request *r;
	struct err *e;
	size_t cap;
	bool new_userns, any_userns;	/* made, made or joined */
	bool privileged;		/* the host may clone trees and write maps itself */
	slot_t root, images, work, cgroup, unit, pidfd, start_in, start_out, console, console_socket, pidfd_socket, agent, target, notify, null_node, empty_dir, seccomp;
	slot_t ns[NS_COUNT];
	slot_t *mount;			/* per spec mount: the detached tree opened on the host, or SLOT_NONE */
	slot_t *dev;			/* per device in a user namespace */
	const struct id_map *uid_map, *gid_map;
};

/* Appends a zeroed step and returns it, NULL (error set) when out of memory or over LIMIT_STEPS. */
struct step *add(struct builder *b, enum op op, enum room room, const char *why);
slot_t slot_new(struct builder *b, const char *name);	/* SLOT_NONE on failure (error set) */
char *text(struct builder *b, const char *fmt, ...) PRINTF_LIKE(2, 3);	/* in the plan's arena; NULL (error set) */
#define ADD(var, b, op, room, why) struct step *var = add(b, op, room, why); if (!var) return -1
/* container id -> id as the caller sees it; -1 when unmapped */
int64_t id_outside(const struct id_map *m, uint32_t inside);
bool join_needed(const struct builder *b);	/* another process enters or makes namespaces, and makes init */
int add_root_of_namespace(struct builder *b, enum room room, const char *why);

int fail(struct builder *b, enum err_kind kind, const char *why, const char *fmt, ...) PRINTF_LIKE(4, 5);	/* -1; why: JSON pointer or NULL */
char *host_absolute(struct builder *b, const char *path);	/* relative to the bundle; NULL (error set) */

bool ns_is_new(const struct builder *b, enum ns_type t);
bool ns_is_joined(const struct builder *b, enum ns_type t);
const char *ns_why(const struct builder *b, enum ns_type t);	/* its JSON pointer */
uint32_t joined_namespaces(const struct builder *b);	/* exec: bit (1 << enum ns_type) */
bool userns_made_in_join(const struct builder *b);	/* unprivileged time offsets: the user namespace must come before them */
bool setgroups_denied(const struct builder *b);		/* unprivileged single map (CVE-2014-8989) */
int check_ids(struct builder *b);			/* mappings exist, may be written, and cover the process' ids */
int add_maps(struct builder *b, enum room target);
bool seccomp_is_last(const struct builder *b);		/* loaded after wait-start */

/* Where the tree of a mount comes from: a file system of its own, a bind, or a bind that stands in for a file system that the kernel refuses
 * in a user namespace. */
enum mount_source { FROM_NEW_FS, FROM_BIND, FROM_HOST_SYS, FROM_OWN_CGROUP, FROM_NOTHING /* remount */ };
enum mount_source mount_source(const struct builder *b, const struct spec_mount *m);
const char *fs_type(const struct spec_mount *m);	/* of FROM_NEW_FS, as the kernel names it */
uint64_t default_propagation(const struct builder *b);	/* MS_SLAVE or MS_PRIVATE: nothing that we attach is a peer of the host's */

/* linux.resources as lines of cgroup v2 files, in the order of writing */
struct cgroup_write { const char *why, *file, *value, *or_file; bool optional; };	/* or_file: this may be absent when that one is there */
struct cgroup_writes { size_t n, cap; struct cgroup_write *item; };
int resource_writes(struct builder *b, struct cgroup_writes *w);
int cgroup_controllers(struct builder *b, const struct cgroup_writes *w, const char **ret);	/* "+memory +pids": what the writes need, and what is counted */
int add_cgroup_writes(struct builder *b, const struct cgroup_writes *w);
int add_device_rules(struct builder *b);
uint64_t cgroup_cpu_weight(uint64_t shares);

/* systemd as the maker of the cgroup (plan/unit.c) */
struct unit_properties { size_t n, cap; struct unit_property *item; };
int add_unit_start(struct builder *b, const struct cgroup_writes *w, const char **ret_path);
int add_unit_set(struct builder *b, const struct cgroup_writes *w);	/* update; nothing for a container without a unit */

/* Attributes of the tree of a bind mount; INIT at create, HOST at restore. */
int add_bind_attr(struct builder *b, enum room room, const struct spec_mount *m, slot_t slot);
int add_stand_in_attr(struct builder *b, enum room room, const struct spec_mount *m, slot_t slot);	/* of a bind in place of sysfs or cgroup2 */

/* checkpoint and restore share: the directories, and CRIU's own options (plan/checkpoint.c). */
struct criu *criu_new(struct builder *b, const char *verb, const char *log);	/* in the plan's arena; NULL (error set) */
int add_directories(struct builder *b, bool writes, const char *log);
int criu_option(struct builder *b, struct criu *c, const char *option);	/* option NULL: error set already */
int criu_give(struct builder *b, struct criu *c, const char *name, slot_t slot, const char *key);
int criu_common(struct builder *b, struct criu *c);
int attest_restored(struct builder *b, struct attest *a);	/* plan/restore.c: what the witness of a restore looks at beyond that of a create */

int add_labels(struct builder *b);			/* after the last hook of somebody else's, before our procfs goes */

size_t device_count(const struct builder *b);		/* of b->dev */
bool device_is_bound(const struct builder *b, size_t i);	/* the host's own node */
const char *device_path(const struct builder *b, size_t i);
/* One device node of the host's as a detached, private tree. why NULL: error set already. */
int open_node(struct builder *b, enum room room, const char *why, const struct spec_device *d, slot_t *ret);
int open_devices(struct builder *b, enum room room);
int open_trees(struct builder *b, enum room room);	/* rootfs, bind sources, device nodes */
int open_cgroup_mounts(struct builder *b, enum room room);	/* after the cgroup exists */
const struct spec_caps *wanted_caps(struct builder *b);	/* what this kernel and caller can grant of /process/capabilities; NULL (error set) */

extern const char notify_why[];
int add_notify_dir(struct builder *b);

/* An empty plan and the builder over it (NULL: error set); builder_finish fills what the walk looks up. */
struct plan *builder_start(struct builder *b, const struct spec *s, const struct facts *f, const struct request *r, struct err *e);
int builder_finish(struct builder *b) MUST_CHECK;

/* One per line of plan/create.c; each returns 0 or -1 with the builder's error. */
int add_sockets(struct builder *b);		/* console, pidfd socket, seccomp agent */
int add_console_socket(struct builder *b);	/* only that one */
int add_reserve(struct builder *b);		/* add_state_reserve without the start FIFOs */
int open_namespaces(struct builder *b);
int add_state_reserve(struct builder *b);
int add_sources(struct builder *b);
int add_seccomp_compile(struct builder *b);
int add_cgroup(struct builder *b);
int add_clone(struct builder *b);
int add_unit_settle(struct builder *b);
int add_id_map(struct builder *b);
int add_initial_affinity(struct builder *b);
int add_host_settings(struct builder *b);
int add_become_root(struct builder *b);
int add_root(struct builder *b);
int add_mounts(struct builder *b);
int add_notify(struct builder *b);
int add_devices(struct builder *b);
int add_network(struct builder *b);
int add_identity(struct builder *b);
int add_console(struct builder *b);
int add_hooks(struct builder *b, enum hook_kind kind);
int add_pivot(struct builder *b);
int add_masks(struct builder *b);
int add_session(struct builder *b);
int add_close_fds(struct builder *b);
int add_drop(struct builder *b);
int add_rdt(struct builder *b);
int add_rdt_update(struct builder *b, const struct spec_rdt *change);
int add_rlimits(struct builder *b);
int add_attest(struct builder *b);
int add_pidfd_send(struct builder *b);
int add_state_created(struct builder *b);
int add_wait_start(struct builder *b);
int add_seccomp_last(struct builder *b);
int add_exec(struct builder *b);

#endif
