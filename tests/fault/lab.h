/* room: any — the laboratory of the fault tests: bundles, one command at a time with a fault in it, and what it left behind.
 *
 * The program holds brig's own command line (brig_main) and forks it, so that a run costs a fork instead of two executions of a sanitized
 * program. A worker is its children's reaper and lives in a mount namespace of its own, so that what is left over can be told. */
#ifndef BRIG_TESTS_LAB_H
#define BRIG_TESTS_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

enum { LAB_TEXT = 32768, LAB_WORKERS = 4 };

struct lab {
	char dir[128];			/* all files of this worker: bundles, state root, console socket, log */
	char name[64];			/* unique: first component of the cgroup paths */
	char cgroup_mount[128];
	char *mountinfo;		/* as it was before any run */
	int console;			/* listening socket */
	int hang_ms;			/* after which a command is killed; 0: what no command ever needs */
};

struct outcome {
	int status;			/* exit status; 128 + signal */
	bool hung;
	char log[LAB_TEXT];		/* JSON records */
	char text[LAB_TEXT];		/* standard output and error */
	unsigned left_running, left_zombie;	/* processes that brig left to its reaper */
};

enum lab_room { LAB_HOST, LAB_BIRTH, LAB_JOIN, LAB_INIT, LAB_HOOK, LAB_START, LAB_UNDO, LAB_ROOMS };
extern const char *const lab_room_name[LAB_ROOMS];
struct counts { unsigned calls[LAB_ROOMS]; char hit[64]; };	/* hit: "init tree-attach sys_fstat", "" when nothing was */

/* First thing in main(). Returns a reason to skip, or NULL. */
const char *lab_begin(void);
void lab_init_helper(void);		/* the process whose namespaces are joined; before the workers */
void lab_end(void);			/* removes all files, ends the helper */
/* In a worker process, before its first run. */
void lab_worker(struct lab *l, unsigned number);

/* One command: "create", "start", "delete", "exec" (of `true`), "update" (of device rules) with --root, --log and a bundle of that name. fault, kill: BRIG_FAULT, BRIG_FAULT_KILL, or NULL. */
void lab_run(struct lab *l, struct outcome *o, const char *verb, const char *bundle, const char *fault, const char *kill_at);
void lab_counts(struct lab *l, struct counts *c);
void lab_counts_reset(struct lab *l);
/* Before a create that should meet no mount points. */
void lab_fresh(struct lab *l, const char *bundle);
/* What is left of a container: "" when nothing, else names of what there is. grace_ms: processes may take that long to end. */
const char *lab_residue(struct lab *l, const char *bundle, unsigned grace_ms);
/* What the last command said that no command may say: reports of sanitizers. NULL when nothing. */
const char *lab_sanitizer(const struct outcome *o);
/* Checks of the error record; NULL when fine. step: must name a step and a cause. */
const char *lab_one_error(const struct outcome *o, bool step);
/* Kills and removes whatever is there, by force and without brig, so that the next run starts clean. */
void lab_clean(struct lab *l, const char *bundle);

/* What one n of a group found wrong is told by lab_complain, to the file that it was given. */
typedef void lab_one_fn(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *arg);
void lab_complain(FILE *to, const char *what, const struct outcome *o, unsigned n, const char *hit);
/* Runs `one` for each n of 1..n by several workers. NULL when nobody complained, else the complaints, for lab_say() after the result. */
FILE *lab_group(lab_one_fn *one, const char *bundle, enum lab_room room, unsigned n, const char *arg);
void lab_say(FILE *said);
/* A running container; false when that fails, with the command's outcome. */
bool lab_up(struct lab *l, struct outcome *o, const char *bundle);
unsigned lab_processes(struct lab *l, const char *bundle);	/* in its cgroup */
void lab_settle(struct lab *l, const char *bundle);	/* only its first process is left, and reaped are the others */
bool lab_has_pid_file(struct lab *l);
void lab_drop_pid_file(struct lab *l);
/* Calls of a verb on a running container without a fault; false when that fails. */
bool lab_count_inside(const char *bundle, const char *verb, struct counts *c);
/* Calls of a create, start and delete without a fault; false when that fails. */
bool lab_count(const char *bundle, struct counts *c);
/* Not excluded by the environment (BUNDLE=, ROOM=, VERB=), for people. */
bool lab_wanted(const char *name, const char *variable);

extern const char *const lab_bundle[];	/* ends with NULL */

#endif
