/* room: host — the verbs: the host's side; private to the library */
#ifndef BRIG_LIFE_LIFE_H
#define BRIG_LIFE_LIFE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "host/host.h"
#include "plan/plan.h"
#include "spec/facts.h"
#include "spec/request.h"
#include "spec/spec.h"
#include "state/state.h"

/* What one creation owns, freed in reverse order: plan, spec, strings. */
struct job {
	struct arena mem;
	struct str config;		/* bytes of config.json */
	const struct spec *spec;
	struct facts facts;
	struct request request;
	struct plan *plan;
};

/* Reads BUNDLE/config.json, probes the machine (or takes facts_json, for explain) and plans: a restore when request.criu is set, else a create. */
int job_load(struct job *j, const char *facts_json, struct err *e) MUST_CHECK;
void job_free(struct job *j);
void job_dropp(struct job *j);

/* An existing container, opened: directory, journal, status. */
struct container {
	struct arena mem;
	struct statedir dir;
	struct journal journal;
	enum status status;
	bool locked;
};
/* lock: waits for it up to 30 s (then ERR_STATE), but not for a create: its container comes soon, `creating` and not locked. */
int container_open(const char *root, const char *id, bool lock, struct container *c, struct err *e) MUST_CHECK;
/* One of many, whose id comes from the list, to be looked at only: c must be empty; l and id must outlive it. */
int container_look(struct lookup *l, const char *id, struct container *c, struct err *e) MUST_CHECK;
void container_close(struct container *c);
void container_dropp(struct container *c);

/* Walks to `created`. On failure everything is undone. On success h holds the walk's descriptors and, for run, the console master. */
int life_create(struct job *j, struct host *h, struct err *e) MUST_CHECK;
/* What every walk begins with: labels validated, a host without other threads. */
int life_prepare(struct job *j, struct host *h, struct err *e) MUST_CHECK;
/* A failed create or restore looks as if it had never been: init is killed by its pidfd, then the journal runs. */
void life_undo(struct job *j, struct host *h, struct err *e);
bool life_has_criu(void);	/* built in, and both programs are installed */
/* status_fd: gets a NUL byte when lazy pages can be fetched, and is the callee's to close; FD_NONE. */
int life_checkpoint(struct container *c, const struct request_criu *how, int status_fd, struct err *e) MUST_CHECK;
/* As life_create, but it runs at once. */
int life_restore(struct job *j, struct host *h, struct err *e) MUST_CHECK;
bool life_oom_killed(const struct host *h);
/* With no_new_privs the filter is loaded after attest has looked; so it is looked at once more, while the process lives. */
int life_look_at_seccomp(const struct spec *s, pid_t pid, struct err *e) MUST_CHECK;
/* NOTIFY_SOCKET of the caller's environment, and the container's (life/notify.c). */
struct notify {
	const char *socket;		/* absolute, "@NAME" of an abstract one, or NULL: nobody wants to know */
	int in, to;			/* what the container writes to, and whom we tell; FD_NONE: nobody, or not any more */
};
/* Binds and connects, before the program runs; what fails is a warning: the container does not depend on it. */
void notify_open(struct notify *n, const struct statedir *d);
/* Reads one message. The first one that says that the container is ready is passed on, with pid; *ret_barrier is what the manager closes then. */
void notify_take(struct notify *n, pid_t pid, int *ret_barrier);
/* Until the container is ready and the manager knows it, or the process of pidfd is dead (FD_NONE: it is). */
void notify_wait(struct notify *n, int pidfd, pid_t pid);
void notify_close(struct notify *n);

/* spec: the container's configuration where it is in memory, or NULL: the saved one is read. So too for life_delete. */
int life_start(struct container *c, const struct spec *spec, struct notify *n, struct err *e) MUST_CHECK;
/* What one exec owns, on top of the container that it enters. */
struct exec {
	struct job job;			/* request: filled by the caller but for the target; spec: the process that results */
	struct container container;
	const struct spec *saved, *process;
	const char *process_file;	/* option --process, or NULL */
	struct exec_changes changes;
	bool ignore_paused;
};
/* Starts a process in a container; h->init_pid is its pid. On failure it is gone. x and h are the caller's to free either way. */
int life_exec(struct exec *x, struct host *h, struct err *e) MUST_CHECK;
void exec_free(struct exec *x);

struct cgdir;
int life_cgroup(const struct container *c, struct cgdir *ret, struct err *e) MUST_CHECK;
int life_freeze(const struct container *c, bool frozen, struct err *e) MUST_CHECK;
int life_pids(const struct container *c, pid_t **ret, size_t *ret_n, struct err *e) MUST_CHECK;	/* the caller frees *ret */
/* resources: JSON text of a resources object. */
int life_update(struct container *c, const char *resources, const char *rdt, struct err *e) MUST_CHECK;
/* Calls each with one line of JSON per event until the container is gone, or once (interval 0). each returns 0, or -1 to stop with an error of its own. */
typedef int event_fn(void *arg, const char *line);
int life_events(const struct container *c, unsigned interval_ms, event_fn *each, void *arg, struct err *e) MUST_CHECK;

/* What a container has used: nanoseconds, bytes, numbers. Without the controller USAGE_UNKNOWN; a limit that is none is USAGE_UNLIMITED. */
#define USAGE_UNKNOWN UINT64_MAX
#define USAGE_UNLIMITED (UINT64_MAX - 1)
struct usage {
	uint64_t cpu, cpu_user, cpu_system, throttled, memory, memory_peak, memory_limit, swap, oom_kills, processes, processes_limit, read, written, received, sent;
};
int life_usage(const struct container *c, struct usage *ret, struct err *e) MUST_CHECK;

/* only: whose first process is that of this journal; another container, which got the id meanwhile, stays. NULL: any. */
int life_delete(const char *root, const char *id, bool force, const struct spec *spec, const struct journal *only, struct err *e) MUST_CHECK;
/* Hooks of the host's side that stand outside the plan: poststart, poststop. state: the status word; pid 0 for none. */
int life_hooks(const struct spec *s, enum hook_kind kind, const struct journal *j, const char *status, pid_t pid, struct err *e) MUST_CHECK;
/* The configuration saved at create. */
int life_saved_spec(const struct container *c, const struct spec **ret, struct err *e) MUST_CHECK;

/* Foreground: relays terminal and signals until the process ends; its exit status (0-255, 128+signal) in *ret. master FD_NONE: no terminal. notify: or NULL. */
int relay(pid_t pid, int pidfd, int master, struct notify *notify, int *ret, struct err *e) MUST_CHECK;
/* Before the program starts: it must not see a terminal of no size. */
void relay_size(int master);
/* Before the container exists: SIGINT and all else wait in the mask until relay() takes them. */
int relay_block(struct err *e) MUST_CHECK;

/* The state document (specification, "State"; with runc's members). ERR_STATE when the journal's annotations are not what we wrote. */
int query_state_json(const struct container *c, const char *indent, const char *owner, struct str *out, struct err *e) MUST_CHECK;

#endif
