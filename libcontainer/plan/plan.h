/* room: pure — the plan: a flat array of steps, each with what, where (room) and why. No loops, no conditions, no expressions.
 *
 * Strings and objects in a step live in the plan's arena or in the older spec's, so the spec must outlive the plan.
 * Paths of the container's side are struct root_path, of the caller's side struct host_path; the planner never mixes them. */
#ifndef BRIG_PLAN_PLAN_H
#define BRIG_PLAN_PLAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/fdtab.h"
#include "base/path.h"
#include "base/str.h"
#include "spec/facts.h"
#include "spec/request.h"
#include "spec/spec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum room { ROOM_HOST = 1, ROOM_JOIN = 2, ROOM_INIT = 4 };
#define HOST ROOM_HOST
#define JOIN ROOM_JOIN
#define INIT ROOM_INIT

enum op {
#define OP(id, rooms, wire, arg, undo, often, exports, why) OP_##id,
#include "plan/ops.def"
#undef OP
	OP_COUNT
};

enum undo { UNDO_NONE, UNDO_STATE, UNDO_CGROUP, UNDO_UNIT, UNDO_PROC, UNDO_RDT };
enum plan_kind { PLAN_CREATE, PLAN_JOIN, PLAN_UPDATE, PLAN_CHECKPOINT, PLAN_RESTORE };
enum often { OFTEN_ANY, OFTEN_BOTH, OFTEN_MAKE, OFTEN_JOIN, OFTEN_CRIU };

enum { OP_NAME_SIZE = 20 };
struct op_info {
	char name[OP_NAME_SIZE];	/* wire name; not a pointer: what a program that lies anywhere has to relocate is copied at its start */
	unsigned rooms;
	enum undo undo;
	enum often often;
	bool exports;
};
extern const struct op_info op_info[OP_COUNT];

/* The resctrl group: ours and new; somebody's, made when it is not there (else its lines are compared); somebody's that must be there; exec. */
enum rdt_make { RDT_OURS, RDT_WHEN_ABSENT, RDT_EXISTING, RDT_JOIN, RDT_CHANGE };

#define ATTEST_ANY_ID UINT32_MAX

/* A mount that a restored container must have, and has no other. */
struct attest_mount {
	struct root_path dest;
	const char *type;		/* NULL: what `source` is */
	slot_t source;			/* of a bind: the same file must lie there; SLOT_NONE */
	uint64_t attr;			/* MOUNT_ATTR_* that it must have */
	bool deep;			/* others may lie below it: those of its source */
};

/* What attest compares with the kernel's own words. */
struct attest {
	uint32_t uid, gid;		/* as the caller's user namespace sees them; ATTEST_ANY_ID: unknown (joined user namespace), not compared */
	struct ids_list groups;		/* likewise, sorted; has_groups false: not compared (setgroups denied) */
	bool has_groups;
	struct spec_caps caps;
	bool no_new_privs;
	unsigned seccomp_mode;		/* SECCOMP_MODE_FILTER 2, or 0: at this moment, before wait-start */
	uint32_t new_ns;		/* bit (1 << enum ns_type): its inode must differ from the caller's */
	slot_t joined[NS_COUNT];	/* the namespace's inode must be this one's; SLOT_NONE */
	const struct id_map *uid_map, *gid_map;	/* or NULL */
	bool cgroup_below;		/* below that path is good as well (exec) */
	pid_t like;			/* joined namespaces are those of this process; 0 none */
	uint32_t like_ns;		/* bit (1 << enum ns_type): compared with those of `like` */
	const char *cgroup;		/* path as /proc/PID/cgroup shows it to us, or NULL */
	bool ns_readable;		/* false: rootless, the kernel hides the links of a non-dumpable process */
	bool root_readonly;
	size_t n_mounts;		/* restored */
	const struct attest_mount *mount;
	const struct strings *masked, *readonly;
	const char *label;		/* restored: TYPE:NAME of each process, TYPE selinux or apparmor; NULL: not compared */
	slot_t cgroup_dir;		/* restored: all that lives there; SLOT_NONE: there is none */
	bool terminal;			/* restored: /dev/console is covered by it */
	bool restored;			/* all processes, and at most this: what ran may have given up more */
};

/* A property of a systemd unit, as its D-Bus interface has it. */
enum unit_type { UNIT_TEXT, UNIT_BOOL, UNIT_I32, UNIT_U64, UNIT_BYTES };
struct unit_property {
	const char *name;
	enum unit_type type;
	const char *text;		/* also how bytes were written: "0-3" */
	uint64_t number;		/* UNIT_BYTES: how many */
	const uint8_t *bytes;
};

/* A descriptor that brig-criu gets, as its option name=FD or name=FD:key (host/criu_main.h). */
struct criu_fd { const char *name; slot_t slot; const char *key; };
/* A mount that CRIU cannot make by itself: the images call it key, and it lies on dest. */
struct criu_mount { struct root_path dest; const char *key; bool mask; };	/* mask: only where it hides a file */

/* What CRIU is asked. */
struct criu {
	const char *verb;		/* "dump", "pre-dump", "restore" */
	const char *log;		/* file in the work directory */
	slot_t work;			/* where that is */
	struct strings options;		/* NAME=VALUE, of CRIU's own */
	size_t n_fds, n_mounts;
	const struct criu_fd *fd;
	const struct criu_mount *mount;	/* checkpoint */
	uint32_t external_ns;		/* checkpoint: bit (1 << enum ns_type), not the container's own */
	bool shell_job;			/* a standard stream may be a terminal of the caller's */
	slot_t target;			/* checkpoint */
	slot_t init, console;		/* restore: filled with the first process; with the terminal's master end, SLOT_NONE without one */
};

struct step {
	enum op op;
	enum room room;
	const char *why;	/* "/mounts/3" or "default: nothing may leak out" */
	union {
		struct { slot_t out; struct host_path path; const char *what; } path;	/* what: words for the error of a socket */
		struct { slot_t slot; struct host_path path; bool recursive, nofollow, keep_link; } tree;	/* slot: out for tree-open, in for root-attach */
		struct { slot_t out; struct host_path path; char type; uint32_t major, minor; bool any_number; } node;
		struct { slot_t slot; struct host_path path; enum ns_type type; } ns;
		struct { slot_t slot; const struct spec_seccomp *profile; uint32_t flags; bool last, notify; } seccomp;
		struct { slot_t slot; struct host_path mount; const char *path; const char *controllers; bool follow; } cgroup;	/* controllers: "+memory +pids" or ""; follow: to where the target is */
		struct { slot_t slot; const char *name; bool user; size_t n; const struct unit_property *property; } unit;	/* slot: out, holds it until init is there; user: the caller's own manager */
		/* optional: an absent file is no error (the value is its default); or_file: nor when that one is there, or NULL */
		struct { slot_t slot; const char *file, *value, *or_file; bool optional; } write;
		struct { slot_t slot; size_t n; const struct spec_device_rule *rule; } devices;
		struct { slot_t slot; uint32_t uid; } owner;
		struct { slot_t slot; } slot;
		struct { slot_t target; uint64_t flags; } join;	/* CLONE_NEW* */
		struct { const uint64_t *mask; size_t words; } cpus;	/* mask NULL: all */
		struct { slot_t in, out; } fifo;
		struct { uint64_t value; } flags;	/* CLONE_NEW* or MS_* */
		struct { struct spec_time_offset boottime, monotonic; } offsets;
		struct { uint64_t flags; slot_t cgroup; slot_t pidfd; } clone;
		struct { const struct id_map *uid, *gid; bool helpers, deny_setgroups; enum room target; } ids;
		struct { slot_t slot; const struct id_map *uid, *gid; bool own_userns, recursive; } idmap;
		struct { const char *host_name, *name; } netdev;
		struct { int64_t value; } number;
		const struct spec_scheduler *sched;
		struct { struct host_path mount; const char *group, *monitor; struct strings lines; enum rdt_make make; } rdt;	/* group "": the default one; monitor or NULL */
		struct { int resource; uint64_t soft, hard; } rlimit;
		struct { uint32_t uid, gid, umask; struct ids_list groups; bool set_groups, keep_caps; } user;
		struct { slot_t slot; const char *type, *source; uint64_t sb_flags, attr; struct strings data; } fs;
		struct { slot_t slot; struct root_path path; } copy;
		struct { slot_t slot; uint64_t set, clear, propagation; bool recursive; } attr;
		struct { slot_t slot; struct root_path dest; bool real_dir, nofollow, copy_link; uint64_t propagation; bool propagation_recursive; } attach;
		struct { struct root_path dest; uint64_t set, clear; bool recursive; } change;
		struct { struct root_path path; uint32_t mode; uint32_t major, minor, uid, gid; } device;	/* mode with S_IFCHR ... */
		struct { struct root_path path; const char *target; } link;
		struct { const char *key, *value; } pair;	/* key with '/', below /proc/sys */
		struct { const char *text; } text;
		struct { slot_t master, socket; uint32_t height, width; bool bind; uint32_t uid; } console;	/* bind: cover /dev/console; socket SLOT_NONE: relay */
		struct { const struct spec_hook *hook; enum hook_kind kind; size_t index; const char *status, *cwd; } hook;	/* cwd: the bundle */
		struct { bool move; } pivot;
		struct { struct root_path path; } rpath;
		struct { struct root_path path; slot_t null, empty; } mask;
		struct { slot_t pidfd, socket; const char *metadata; } notify;	/* metadata: or NULL */
		struct { slot_t pidfd, socket; const char *payload; } send;
		struct { bool apparmor, stack; const char *label; } label;	/* stack: on top of what confines us */
		struct { const char *name, *label; } keyring;
		const struct spec_memory_policy *mempol;
		struct { bool terminal; } session;
		struct { uint32_t keep; } fds;			/* 3 .. 2+keep survive */
		struct { struct strings args, env; const char *cwd; uint32_t uid; } exec;
		const struct spec_caps *caps;
		struct { struct root_path path; } cwd;
		const struct attest *want;
		const struct criu *criu;
		/* writes: into it, so nothing in it may lead elsewhere; dedup: into what it goes back to; log: file that is made anew */
		struct { slot_t slot; struct host_path path; bool make, writes, dedup; const char *parent, *log; } dir;
		struct { slot_t root, source; struct root_path path; } point;	/* source SLOT_NONE: a directory, else of its type */
	};
};

struct plan {
	struct arena mem;
	enum plan_kind kind;
	size_t n;
	struct step *step;
	size_t slots;
	const char **slot_name;		/* for print: "rootfs", "mounts/3" */
	/* what the walk needs to know without looking for it */
	size_t wait_start;		/* index of wait-start: create's host walk ends before it; n in a plan of exec */
	bool uses_join;
	/* for the journal and hooks */
	const char *cgroup_mount, *cgroup_path;	/* "" none */
	const char *systemd_unit;		/* "" none */
	const char *rdt_path, *rdt_monitor;	/* resctrl groups that are made and have to go again, "" none */
	const char *rootfs;			/* absolute host path, for state */
	const char *annotations;		/* a JSON object, "" none */
	bool own_pid_ns, rootless;
	const char *state_status;		/* of the container while this plan is walked: "creating", "running" */
	const char *state_head, *state_tail;	/* JSON of the state for hooks: head + `"status":"X","pid":N` + tail */
};

/* Computes the creation of a container. Pure: no system call, same inputs give the same bytes.
 * ERR_SPEC/ERR_UNSUPPORTED with the JSON pointer when this machine (facts) cannot do what the configuration asks.
 * spec, facts and request must outlive *ret, which the caller frees with plan_free(). */
int plan_create(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e) MUST_CHECK;
/* The same for a process in an existing container (exec): s->process is the new one's (spec_exec), the rest the configuration saved at create;
 * r->target names the container's first process and cgroup. */
int plan_join(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e) MUST_CHECK;
/* New limits and device rules for an existing container: s is its configuration with the merged resources, *change what of it is new beside the limits. */
struct update { bool devices; const struct spec_rdt *rdt; };	/* rdt: new schemas for its resctrl group, or NULL */
int plan_update(const struct spec *s, const struct facts *f, const struct request *r, const struct update *change, struct plan **ret, struct err *e) MUST_CHECK;
/* The state of a running container into files; the same container from these files. r->criu says how; s is the configuration saved at create,
 * respectively the bundle's: nothing but memory and what the kernel keeps for a process comes from the files. */
int plan_checkpoint(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e) MUST_CHECK;
int plan_restore(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e) MUST_CHECK;
void plan_free(struct plan *p);
static inline void plan_dropp(struct plan **p) { plan_free(*p); *p = NULL; }

/* The invariants: room, once, order, no host path after the root switch, a cause for each step, slots used after they are filled.
 * Always on. ERR_BUG with the rule's reason. */
int plan_check(const struct plan *p, struct err *e) MUST_CHECK;

/* The slots that a step reads and fills (plan/slots.c): for plan_check, and for a child that closes all that is not its own. */
struct step_slots { slot_t in[3], out; unsigned n_in; const struct criu *criu; };	/* out SLOT_NONE: none; criu: its descriptors too */
struct step_slots step_slots(const struct step *s);

enum plan_format { PLAN_TEXT, PLAN_JSON };
void plan_print(const struct plan *p, enum plan_format format, struct str *out);
const char *room_name(enum room r);

/* Device rules as an eBPF program (plan/devprog.c): struct bpf_insn array in mem; first match from the end decides, deny by default. */
struct bpf_insn;
int device_program(struct arena *mem, size_t n, const struct spec_device_rule *rule, const struct bpf_insn **ret, size_t *ret_n, struct err *e) MUST_CHECK;

#endif
