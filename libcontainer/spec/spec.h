/* room: pure — what the user asked for: every Linux property of the OCI runtime specification 1.3, typed, immutable after decoding.
 *
 * Conventions: an optional scalar has a `has_` twin. A list is { n, item }. Strings are never NULL unless "or NULL" is said, and live
 * in the spec's arena. Each part that can be blamed in an error carries `at`, its JSON pointer. After decoding nobody compares
 * configuration strings: everything with a closed set of values is an enum or a bit mask. */
#ifndef BRIG_SPEC_SPEC_H
#define BRIG_SPEC_SPEC_H

#include "base/arena.h"
#include "json/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SPEC_VERSION "1.3.0"	/* of the OCI runtime specification implemented here */

struct strings { size_t n; const char *const *item; };
struct ids_list { size_t n; const uint32_t *item; };

/* ---- namespaces and ids ---- */
enum ns_type { NS_MOUNT, NS_UTS, NS_IPC, NS_NET, NS_PID, NS_CGROUP, NS_TIME, NS_USER, NS_COUNT };

struct spec_namespace {
	bool present;		/* listed in linux.namespaces */
	const char *path;	/* join this one; NULL: a new one */
	const char *at;
};

struct id_mapping { uint32_t inside, outside, size; bool relative; };	/* relative: outside is an id of the container (mount option idmap=...@) */
struct id_map { size_t n; const struct id_mapping *item; const char *at; };

/* ---- process ---- */
#define CAPS_MAX 64
typedef uint64_t capset_t;	/* bit n = capability number n (linux/capability.h) */

struct spec_caps {
	bool present;		/* absent object means all five sets are empty */
	capset_t bounding, effective, permitted, inheritable, ambient;
	const char *at;
};

struct spec_rlimit { int resource; uint64_t soft, hard; const char *at; };	/* RLIM_INFINITY as UINT64_MAX */

struct spec_user {
	uint32_t uid, gid;
	bool has_umask;
	uint32_t umask;
	struct ids_list additional_gids;
	const char *at;
};

struct spec_scheduler {		/* sched_setattr(2) */
	bool present;
	uint32_t policy;	/* SCHED_* */
	uint64_t flags;		/* SCHED_FLAG_* */
	int32_t nice, priority;
	uint64_t runtime, deadline, period;	/* ns */
	const char *at;
};

struct spec_process {
	bool present;
	bool terminal;
	uint32_t console_height, console_width;	/* 0: leave */
	const char *cwd;
	struct strings env;	/* KEY=VALUE */
	struct strings args;	/* at least one */
	struct spec_user user;
	struct spec_caps caps;
	struct { size_t n; const struct spec_rlimit *item; } rlimits;
	bool no_new_privs;
	const char *apparmor_profile;	/* or NULL */
	const char *selinux_label;	/* or NULL */
	bool has_oom_score;
	int32_t oom_score_adj;
	struct spec_scheduler scheduler;
	bool has_io_priority;
	uint32_t io_class, io_priority;		/* IOPRIO_CLASS_*, 0..7 */
	const char *cpu_affinity_initial, *cpu_affinity_final;	/* exec only; checked list text, or NULL */
	const char *at;
};

/* ---- mounts ---- */
struct mount_flags {		/* as mount_setattr(2) takes them */
	uint64_t set, clear;	/* MOUNT_ATTR_* */
};

enum mount_kind { MOUNT_BIND, MOUNT_FS, MOUNT_PROC, MOUNT_SYSFS, MOUNT_MQUEUE, MOUNT_DEVPTS, MOUNT_TMPFS, MOUNT_CGROUP, MOUNT_CHANGE /* remount */ };

struct spec_mount {
	enum mount_kind kind;
	const char *destination;	/* absolute (a relative one was taken from "/") */
	const char *source;		/* or NULL */
	const char *type;		/* as written, or NULL */
	bool bind, recursive;		/* bind / rbind */
	struct mount_flags attr;		/* of this mount */
	struct mount_flags rattr;	/* of the whole tree: rro, rnosuid ... */
	uint64_t explicit_clear;	/* MOUNT_ATTR_* whose positive option (rw, suid, dev, exec, ...) was given: only these may be cleared on a bind (W-11) */
	uint64_t propagation;		/* MS_PRIVATE/SHARED/SLAVE/UNBINDABLE, 0 unset */
	bool propagation_recursive;
	uint64_t sb_flags;		/* MS_SYNCHRONOUS, MS_DIRSYNC, MS_MANDLOCK, MS_I_VERSION, MS_LAZYTIME, MS_SILENT, MS_RDONLY: for fsconfig flags */
	struct strings data;		/* file system options: "key" or "key=value" */
	bool tmpcopyup, copy_symlink, src_nofollow, dest_nofollow;
	bool idmap, ridmap, map_option;	/* map_option: the mappings stand in the option */
	struct id_map uid_map, gid_map;	/* n = 0: none given; used by idmap/ridmap, else the user namespace's */
	const char *at;
};

/* ---- linux ---- */
enum dev_type { DEV_CHAR, DEV_BLOCK, DEV_FIFO };
struct spec_device {
	enum dev_type type;
	const char *path;
	uint32_t major, minor;
	uint32_t mode;		/* permission bits; 0666 when absent */
	uint32_t uid, gid;
	const char *at;
};

#define DEV_ANY (-1)
enum { DEV_ACCESS_READ = 1, DEV_ACCESS_WRITE = 2, DEV_ACCESS_MKNOD = 4 };
struct spec_device_rule {
	bool allow;
	char type;		/* 'a' any, 'c', 'b' */
	int64_t major, minor;	/* DEV_ANY = all */
	uint32_t access;	/* DEV_ACCESS_*; empty text means all */
	const char *at;
};

struct spec_throttle { uint32_t major, minor; uint64_t rate; };
struct throttles { size_t n; const struct spec_throttle *item; };
struct spec_weight_device { uint32_t major, minor; bool has_weight, has_leaf; uint16_t weight, leaf; };
struct spec_hugepage { const char *size; uint64_t limit; const char *at; };
struct spec_rdma { const char *device; bool has_handles, has_objects; uint32_t handles, objects; const char *at; };
struct spec_pair { const char *key, *value; const char *at; };
struct spec_pairs { size_t n; const struct spec_pair *item; };

struct opt_i64 { bool set; int64_t v; };
struct opt_u64 { bool set; uint64_t v; };

struct spec_resources {
	bool present;
	struct { size_t n; const struct spec_device_rule *item; } devices;
	struct { struct opt_i64 limit, reservation, swap, kernel, kernel_tcp; struct opt_u64 swappiness; bool disable_oom_killer, use_hierarchy, check_before_update; } memory;
	struct { struct opt_u64 shares, period, burst, rt_period; struct opt_i64 quota, rt_runtime, idle; const char *cpus, *mems; } cpu;	/* cpus/mems or NULL */
	struct { struct opt_u64 weight, leaf_weight; struct { size_t n; const struct spec_weight_device *item; } weight_device;
		 struct throttles read_bps, write_bps, read_iops, write_iops; } blkio;
	struct { size_t n; const struct spec_hugepage *item; } hugepages;
	struct opt_i64 pids;
	struct { size_t n; const struct spec_rdma *item; } rdma;
	struct { struct opt_u64 class_id; size_t priorities; } network;
	struct spec_pairs unified;
	const char *at;
};

/* ---- seccomp ---- */
enum sc_action { SC_KILL_THREAD, SC_KILL_PROCESS, SC_TRAP, SC_ERRNO, SC_TRACE, SC_ALLOW, SC_LOG, SC_NOTIFY };
enum sc_op { SC_NE, SC_LT, SC_LE, SC_EQ, SC_GE, SC_GT, SC_MASKED_EQ };
struct sc_arg { uint32_t index; uint64_t value, value_two; enum sc_op op; };
struct sc_rule {
	struct strings names;
	enum sc_action action;
	bool has_errno; uint32_t errno_ret;
	struct { size_t n; const struct sc_arg *item; } args;
	const char *at;
};
enum { SC_FLAG_TSYNC = 1, SC_FLAG_LOG = 2, SC_FLAG_SPEC_ALLOW = 4, SC_FLAG_WAIT_KILLABLE_RECV = 8 };
struct spec_seccomp {
	bool present;
	enum sc_action default_action;
	bool has_default_errno; uint32_t default_errno;
	struct strings archs;	/* as written, each known: SCMP_ARCH_* */
	uint32_t flags;		/* SC_FLAG_* */
	bool has_flags;		/* the list was given, even if empty */
	const char *listener_path, *listener_metadata;	/* or NULL */
	struct { size_t n; const struct sc_rule *item; } rules;
	bool notify;		/* any action is NOTIFY */
	const char *at;
};

struct spec_net_device { const char *host_name, *name; const char *at; };	/* name: new name, or the host's */
struct spec_memory_policy { bool present; int mode; uint32_t flags; const char *nodes; const char *at; };	/* MPOL_*, MPOL_F_*; nodes or NULL */
struct spec_rdt { bool present; const char *clos_id, *l3_schema, *mb_schema; struct strings schemata; bool monitoring; const char *at; };	/* each or NULL */
struct spec_time_offset { bool set; int64_t secs; uint32_t nanosecs; };

struct spec_linux {
	bool present;
	struct spec_namespace ns[NS_COUNT];
	struct id_map uid_map, gid_map;
	struct spec_time_offset boottime, monotonic;
	const char *time_at;
	struct { size_t n; const struct spec_device *item; } devices;
	const char *cgroups_path;	/* or NULL */
	struct spec_resources resources;
	uint64_t rootfs_propagation;	/* MS_* with MS_REC, 0 unset */
	struct strings masked_paths, readonly_paths;
	struct spec_pairs sysctl;	/* keys with '/' between their parts, as in procfs; each belongs to a namespace that is present */
	const char *mount_label;	/* or NULL */
	bool has_personality; uint32_t personality;	/* PER_LINUX, PER_LINUX32 */
	struct spec_seccomp seccomp;
	struct { size_t n; const struct spec_net_device *item; } net_devices;
	struct spec_memory_policy memory_policy;
	struct spec_rdt rdt;
};

/* ---- hooks ---- */
enum hook_kind { HOOK_PRESTART, HOOK_CREATE_RUNTIME, HOOK_CREATE_CONTAINER, HOOK_START_CONTAINER, HOOK_POSTSTART, HOOK_POSTSTOP, HOOK_COUNT };
struct spec_hook {
	const char *path;
	struct strings args;	/* argv; n = 0: argv[0] is path */
	struct strings env;
	bool has_env;
	uint32_t timeout;	/* seconds, 0 none */
	const char *at;
};
struct spec_hooks { size_t n; const struct spec_hook *item; };

/* ---- root ---- */
struct spec {
	struct arena mem;
	const char *oci_version;
	const char *root_path;		/* as written; relative to the bundle */
	bool has_root, root_readonly;
	const char *hostname, *domainname;	/* or NULL */
	struct spec_process process;
	struct { size_t n; const struct spec_mount *item; } mounts;
	struct spec_hooks hooks[HOOK_COUNT];
	struct spec_pairs annotations;
	struct spec_linux linux_;
	struct { size_t n; const char *const *item; } notes;	/* "unknown property /foo", unknown capability names ...: debug or warning text */
	struct { size_t n; const char *const *item; } warnings;	/* near-misses of security keys, unknown capabilities */
};

/* Decodes and checks a configuration. name is used in syntax errors ("config.json").
 * Errors: ERR_SPEC with the JSON pointer in e->why; the text names the property and the reason.
 * The caller owns *ret and frees it with spec_free(). */
int spec_parse(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e) MUST_CHECK;
/* A process object alone (exec -p), a resources object (update -r) and an intelRdt object (update), decoded into an otherwise empty spec. */
int spec_parse_process(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e) MUST_CHECK;
int spec_parse_resources(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e) MUST_CHECK;
int spec_parse_rdt(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e) MUST_CHECK;

/* Options of exec; strings are the caller's. */
struct exec_changes {
	struct strings args, env, additional_gids, caps;	/* env is appended */
	const char *cwd, *user, *process_label, *apparmor;	/* or NULL */
	bool tty, no_new_privs;
};
/* A configuration whose process is that of an exec: `process` (spec_parse_process) as it is, or when that is NULL saved's with the changes.
 * saved and process must outlive *ret. ERR_USAGE names the option. */
int spec_exec(const struct spec *saved, const struct spec *process, const struct exec_changes *c, const struct spec **ret, struct err *e) MUST_CHECK;
void spec_free(const struct spec *s);
static inline void spec_dropp(const struct spec **s) { spec_free(*s); *s = NULL; }

/* The default document of `spec` (compatibility 1.10), tab-indented JSON. rootless: maps uid/gid one to one, no network namespace. */
int spec_default(const char *hostname, bool rootless, uint32_t uid, uint32_t gid, struct str *out, struct err *e) MUST_CHECK;

/* Tables (spec/names.c). A lookup returns -1 for an unknown name; a name lookup NULL for an unknown value. */
#define CAPABILITY_NAME_SIZE 32
int name_to_capability(const char *name);		/* "CAP_CHOWN", exactly; names that libcap knows */
const char *capability_name(unsigned number, char buf[CAPABILITY_NAME_SIZE]);	/* buf, or NULL for a number without a name */
int name_to_signal(const char *name);			/* "KILL", "sigkill", "9", "RTMIN+1" */
int name_to_rlimit(const char *name);
const char *rlimit_name(int resource);
int name_to_namespace(const char *name);
const char *namespace_name(enum ns_type t);		/* the specification's: "network" */
const char *namespace_proc_name(enum ns_type t);	/* /proc/PID/ns/...: "net" */
int namespace_flag(enum ns_type t);			/* CLONE_NEW* */
const char *hook_name(enum hook_kind k);		/* "createRuntime" */
const char *sc_action_name(enum sc_action a);		/* "SCMP_ACT_ALLOW" */
const char *sc_op_name(enum sc_op op);
const char *errno_phrase(int num);			/* lower-case phrases engines match: "no such file or directory" (compatibility 1.14) */
const char *errno_name(int num);			/* "ENOENT" */
extern const char *const mount_option_names[];		/* all known options, NULL-terminated: for features */
extern const char *const seccomp_arch_names[];		/* SCMP_ARCH_*, NULL-terminated */

#endif
