/* room: cli — the table of verbs and options: parser, help, man pages and completions all read it */
#ifndef BRIG_SRC_CLI_H
#define BRIG_SRC_CLI_H

#include "container.h"

#include <stdbool.h>
#include <stddef.h>

/* What the command line said. One struct for all verbs: a verb reads what its own options fill. Strings point into argv. */
struct values {
	/* global */
	const char *root, *log, *log_format, *rootless, *cgroup_manager;
	bool debug, systemd_cgroup, version, help;
	/* verbs */
	const char *bundle, *console_socket, *pidfd_socket, *pid_file, *format, *facts, *of;
	const char *preserve_fds;
	const char *interval, *resources, *l3_schema, *mb_schema, *kernel_memory;
	const char *blkio_weight, *cpu_period, *cpu_quota, *cpu_burst, *cpu_share, *cpu_rt_period, *cpu_rt_runtime, *cpu_idle, *cpuset_cpus, *cpuset_mems;
	const char *memory, *memory_reservation, *memory_swap, *pids_limit;
	const char *process, *cwd, *user, *process_label, *apparmor, *cgroup;
	const char *image_path, *work_path, *parent_path, *status_fd, *page_server, *manage_cgroups_mode, *network_lock, *lsm_profile, *lsm_mount_context;
	struct list { size_t n; const char **item; } env, gids, caps, empty_ns;
	bool leave_running, tcp_established, tcp_skip_in_flight, tcp_close, link_remap, ext_unix_sk, shell_job, lazy_pages, file_locks, pre_dump, auto_dedup;
	bool man, stats, tty, no_new_privs, ignore_paused;
	bool no_pivot, no_new_keyring, no_subreaper, detach, keep, force, all, quiet, rootless_spec, show_facts;
	/* what is left */
	int n;
	char **arg;
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_LIST /* each occurrence is one item */ };

struct option {
	const char *name;
	char letter;			/* 0: none */
	enum option_kind kind;
	size_t offset;			/* in struct values */
	const char *value_name;		/* "DIR"; NULL for a flag */
	const char *help;		/* one sentence without full stop; NULL: accepted, but not shown */
};

struct verb;
typedef int verb_fn(const struct verb *verb, struct values *v);	/* the program's exit status */

struct verb {
	const char *name;
	const char *args;		/* "ID", "ID [SIGNAL]", "" */
	int min, max;			/* positionals */
	bool stop;			/* options end at the first positional */
	bool passes;			/* makes a process that gets descriptors of the caller's: they are looked at before anything is opened */
	verb_fn *run;
	const char *summary;		/* one sentence without full stop */
	const char *details;		/* paragraphs, or NULL */
	const struct option *option;	/* ends with a NULL name */
};

enum { EXEC_NOT_STARTED = 255 };	/* tells exec's own failure from the program's status (compatibility 1.4) */

extern const struct verb verb_table[];		/* ends with a NULL name */
extern const struct option global_options[];	/* ends with a NULL name */
const struct verb *verb_find(const char *name);	/* NULL: unknown */

extern const char *program_name;		/* "brig", or "runc" when started as such */

/* Called by verbs. The options of the library, from the values; exits the program with a message when the state root cannot be told. */
struct brig_options library_options(const struct values *v);
bool wants_systemd(const struct values *v);	/* --systemd-cgroup, or --cgroup-manager systemd; exits with a message for a manager that is not there */
/* Absolute form of a path of the caller's (lexical, against the working directory); the caller frees. Exits when out of memory. */
char *absolute(const char *path);
char *absolute_or_null(const char *path);	/* the same; NULL for NULL and "" */
/* What create, run and restore have in common, from the values; paths are absolute, and freed by release_create. Exits with a message when there is no bundle. */
struct brig_create create_arguments(const struct verb *verb, const struct values *v);
void release_create(struct brig_create *c);
/* What checkpoint and restore have in common; freed by release_criu. */
struct brig_criu criu_arguments(const struct values *v);
void release_criu(struct brig_criu *c);
/* "3" of --preserve-fds; exits with a message when it is no number. */
unsigned preserved_fds(const struct values *v);
unsigned listen_fds(void);			/* LISTEN_FDS of the environment, 0 without */
const char *notify_socket(void);		/* NOTIFY_SOCKET of the environment, NULL without */

void help_program(void);
void man_page(const struct verb *verb);		/* NULL: of the program */
void help_verb(const struct verb *verb);

verb_fn verb_create, verb_exec, verb_run, verb_start, verb_kill, verb_delete,
	 verb_state, verb_list, verb_spec, verb_features, verb_explain, verb_help, verb_pause, verb_resume, verb_ps, verb_update,
	verb_events, verb_completion, verb_checkpoint, verb_restore;

#endif
