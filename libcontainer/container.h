/* room: any — the public API of libcontainer: everything that the command line, or another program, can ask for.
 *
 * Every function returns 0 or -1 (or what its comment says) and fills *err exactly when it returns -1; outputs are written on success
 * only. Nothing is printed; messages go to the sink of brig_log_to(). The library keeps no global state but that sink.
 * The calling process is the creator of a container until brig_create or brig_run has said that it exists: brig_delete by force may kill it then. So
 * a daemon starts the brig binary, or forks. */
#ifndef BRIG_CONTAINER_H
#define BRIG_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BRIG_API __attribute__((visibility("default")))

enum brig_err_kind { BRIG_ERR_NONE, BRIG_ERR_SYS, BRIG_ERR_SPEC, BRIG_ERR_STATE, BRIG_ERR_POLICY, BRIG_ERR_PEER, BRIG_ERR_UNSUPPORTED, BRIG_ERR_USAGE, BRIG_ERR_BUG };

/* The caller's object; no resources inside. text never holds strerror(): `num` is the errno (0 none), to be rendered by the caller. */
struct brig_err {
	enum brig_err_kind kind;
	int num;
	unsigned step;		/* plan index + 1, 0 outside a walk */
	char room[8];		/* "host", "join", "init" or "" */
	char op[24];		/* kind of step */
	char why[128];		/* JSON pointer of the cause */
	char text[440];
	const char *phrase;	/* lower-case phrase for num ("no such file or directory"), "" when num is 0; static storage */
	const char *errno_name;	/* "ENOENT", "" */
};

enum brig_log_level { BRIG_LOG_DEBUG, BRIG_LOG_WARN };
/* least: messages below this level are not made. */
BRIG_API void brig_log_to(void (*sink)(void *arg, enum brig_log_level level, const char *text), void *arg, enum brig_log_level least);

/* At process entry, before anything is opened: descriptors 3 .. 2+n are open, or ERR_USAGE "unable to stat preserved-fd" (W-5). Standard streams
 * that are closed are opened on /dev/null, so that nothing of ours takes their numbers. */
BRIG_API int brig_check_fds(unsigned n, struct brig_err *err);

struct brig_options {		/* zero-initialise; size = sizeof for later growth */
	size_t size;
	const char *root;	/* state root, absolute */
	const char *cache;	/* directory for compiled seccomp profiles, absolute, made when missing; NULL: none is kept */
	bool systemd_cgroup;
	int rootless;		/* -1 auto, 0, 1 */
};

struct brig_create {
	size_t size;
	const char *id, *bundle;	/* bundle: absolute */
	const char *console_socket, *pidfd_socket, *pid_file;	/* absolute or NULL */
	bool no_pivot, no_new_keyring, detach, keep, no_subreaper;
	unsigned preserve_fds;
	unsigned listen_fds;		/* from LISTEN_FDS of the environment */
	const char *notify_socket;	/* NOTIFY_SOCKET of the environment, or NULL */
};

BRIG_API int brig_create(const struct brig_options *, const struct brig_create *, struct brig_err *);
/* notify_socket: $NOTIFY_SOCKET, or NULL; with it, it also waits until the container has said that it is ready, or is dead. */
BRIG_API int brig_start(const struct brig_options *, const char *id, const char *notify_socket, struct brig_err *);
/* Returns the exit status of the process (0-255; 128+signal), or -1. In the foreground it relays signals and the terminal and deletes the
 * container at the end unless keep; detached it returns 0 once the program runs. */
BRIG_API int brig_run(const struct brig_options *, const struct brig_create *, struct brig_err *);
struct brig_exec {
	size_t size;
	const char *id;
	const char *process;		/* file with a process object of the specification, absolute; NULL: the saved one with the changes below */
	size_t n_args, n_env, n_gids, n_caps;
	const char *const *args, *const *env, *const *gids, *const *caps;	/* env: KEY=VALUE, appended; gids: numbers as text */
	const char *cwd, *user, *process_label, *apparmor, *cgroup;		/* each or NULL; user: UID or UID:GID */
	const char *console_socket, *pidfd_socket, *pid_file;			/* absolute or NULL */
	bool tty, detach, no_new_privs, ignore_paused;
	unsigned preserve_fds;
};

/* Returns the exit status of the process (0-255; 128+signal; detached 0 once it runs), or -1. */
BRIG_API int brig_exec(const struct brig_options *, const struct brig_exec *, struct brig_err *);
/* Checkpoint and restore, through CRIU. */
enum brig_manage_cgroups { BRIG_CGROUPS_DEFAULT, BRIG_CGROUPS_SOFT, BRIG_CGROUPS_FULL, BRIG_CGROUPS_STRICT, BRIG_CGROUPS_IGNORE };
enum brig_network_lock { BRIG_LOCK_DEFAULT, BRIG_LOCK_IPTABLES, BRIG_LOCK_NFTABLES, BRIG_LOCK_SKIP };

struct brig_criu {
	size_t size;
	const char *image_path, *work_path;	/* absolute; work_path NULL: the same directory */
	const char *parent_path;		/* checkpoint: relative to image_path, or NULL */
	const char *page_server;		/* checkpoint: ADDRESS:PORT, or NULL */
	const char *lsm_profile, *lsm_mount_context;	/* restore: TYPE:NAME; or NULL, for those of the configuration */
	bool leave_running, pre_dump, tcp_established, tcp_skip_in_flight, tcp_close, link_remap, ext_unix_sk, shell_job, file_locks, lazy_pages, auto_dedup;
	enum brig_manage_cgroups manage_cgroups;
	enum brig_network_lock network_lock;
	int status_fd;				/* checkpoint with lazy_pages: gets a NUL byte, and is closed, when pages can be fetched; -1 */
};

/* Deletes the container at the end, unless leave_running or pre_dump. */
BRIG_API int brig_checkpoint(const struct brig_options *, const char *id, const struct brig_criu *, struct brig_err *);
/* As brig_run, of a container that was checkpointed: id, bundle, console_socket, pid_file, detach, no_subreaper, keep of brig_create are heeded. */
BRIG_API int brig_restore(const struct brig_options *, const struct brig_create *, const struct brig_criu *, struct brig_err *);
BRIG_API int brig_kill(const struct brig_options *, const char *id, int signal, bool all, struct brig_err *);
BRIG_API int brig_pause(const struct brig_options *, const char *id, struct brig_err *);
BRIG_API int brig_resume(const struct brig_options *, const char *id, struct brig_err *);
/* Pids of all processes in the container's cgroup, as the caller's pid namespace numbers them; the caller frees *ret. */
BRIG_API int brig_ps(const struct brig_options *, const char *id, pid_t **ret, size_t *ret_n, struct brig_err *);
/* resources: text of a resources object of the specification; what it names is changed, saved, and the rest stays. rdt: text of an intelRdt object with
 * new schemas for the container's resctrl group, or NULL. */
BRIG_API int brig_update(const struct brig_options *, const char *id, const char *resources, const char *rdt, struct brig_err *);
/* Calls each with lines of JSON, one per event, until the container is gone; interval 0: one line of statistics. each returns 0 to go on, -1 to end. */
BRIG_API int brig_events(const struct brig_options *, const char *id, unsigned interval_ms, int (*each)(void *arg, const char *line), void *arg, struct brig_err *);
/* What a container has used, for people; an unknown number, for lack of a controller, is BRIG_UNKNOWN, and a limit that is none BRIG_UNLIMITED. */
#define BRIG_UNKNOWN UINT64_MAX
#define BRIG_UNLIMITED (UINT64_MAX - 1)
struct brig_usage {
	uint64_t cpu, cpu_user, cpu_system, throttled;			/* nanoseconds */
	uint64_t memory, memory_peak, memory_limit, swap;		/* bytes */
	uint64_t oom_kills, processes, processes_limit;
	uint64_t read, written, received, sent;				/* bytes: block devices, network interfaces but the loopback */
};
BRIG_API int brig_usage(const struct brig_options *, const char *id, struct brig_usage *ret, struct brig_err *);
BRIG_API int brig_delete(const struct brig_options *, const char *id, bool force, struct brig_err *);
/* "KILL", "sigkill", "9": the number, or -1. */
BRIG_API int brig_signal_number(const char *name);

/* The state document of compatibility 1.5, indented, without final newline, malloc'ed in *ret. */
BRIG_API int brig_state(const struct brig_options *, const char *id, char **ret, struct brig_err *);

/* A line of the list: valid while it is handed over. */
struct brig_listed {
	const char *id, *bundle, *rootfs, *created, *owner;
	const char *status;	/* "creating", "created", "running", "paused", "stopped" */
	pid_t pid;		/* 0 when stopped */
	const char *json;	/* with BRIG_LIST_JSON: the state document on one line, with the owner */
};
#define BRIG_LIST_JSON 1u
#define BRIG_LIST_ROOT_MUST_EXIST 2u
/* Calls each(arg, one, NULL) per container in name order, or each(arg, NULL, err) for one that cannot be read; err->why is its id then. */
BRIG_API int brig_list(const struct brig_options *, unsigned flags, void (*each)(void *arg, const struct brig_listed *, const struct brig_err *), void *arg, struct brig_err *);

/* Each returns a malloc'ed text in *ret. */
BRIG_API int brig_spec_default(const char *hostname, bool rootless, char **ret, struct brig_err *);
BRIG_API int brig_features(char **ret, struct brig_err *);		/* JSON, 4-space indent, final newline */
/* facts: JSON text of another machine's facts, or NULL for this one. Needs no privilege, changes nothing. */
BRIG_API int brig_explain(const struct brig_options *, const struct brig_create *, const char *facts, bool json, char **ret, struct brig_err *);
/* The same for a restore, and for a checkpoint of the container that a create would make. */
BRIG_API int brig_explain_restore(const struct brig_options *, const struct brig_create *, const struct brig_criu *, const char *facts, bool json, char **ret, struct brig_err *);
BRIG_API int brig_explain_checkpoint(const struct brig_options *, const struct brig_create *, const struct brig_criu *, const char *facts, bool json, char **ret, struct brig_err *);
BRIG_API int brig_facts(char **ret, struct brig_err *);			/* this machine, as explain takes it */
BRIG_API const char *brig_version(void);				/* "0.1.0" */
BRIG_API const char *brig_spec_version(void);				/* "1.3.0" */
BRIG_API const char *brig_libseccomp_version(void);			/* "2.5.4" */

#ifdef __cplusplus
}
#endif
#endif
