/* room: host — the container's directory <root>/<id>: reservation, lock, journal, status.
 *
 * Files: journal ("state.json", ours alone), config.json (the bytes that create read), start.in and start.out (FIFOs; start.in exists while the container waits for
 * `start`). The root is 0700, each directory 0700, nothing is world-readable (CVE-2021-41091 class). A directory is trusted only when it is owned by
 * us and not writable by others (CVE-2018-19295 class). */
#ifndef BRIG_STATE_STATE_H
#define BRIG_STATE_STATE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/own.h"
#include "base/path.h"
#include "base/str.h"
#include "fs/procfs.h"
#include "json/json.h"

#include <stdbool.h>
#include <sys/types.h>

/* The directory of one container. id: NULL, or fd is borrowed and the state root's, and the directory is only looked at, by its name. */
struct statedir { int fd; const char *id; };

enum phase { PHASE_CREATING, PHASE_CREATED /* and later; what exactly is asked from the kernel */ };

/* What delete must undo, written before the first lasting act (5.5 of docs/ARCHITECTURE.md). Strings live in the arena that loaded it. */
struct journal {
	enum phase phase;
	const char *id, *bundle, *rootfs;
	const char *created;		/* RFC3339 with nanoseconds, UTC; "" while creating */
	pid_t pid;			/* host pid of init; 0 unknown */
	unsigned long long start_time;	/* clock ticks; 0 unknown */
	pid_t creator;			/* who makes, or made, it; ended in most cases */
	unsigned long long creator_start;
	const char *cgroup_mount, *cgroup_path;	/* "" none */
	unsigned cgroup_keep;		/* components of cgroup_path that existed before us */
	bool systemd_cgroup, rootless;
	const char *systemd_unit;	/* "" none */
	const char *keyring;		/* session keyring name, "" none */
	bool own_pid_ns;		/* killing init kills all */
	bool has_terminal;
	const char *rdt_path, *rdt_monitor;	/* resctrl groups made by us, for allocation and for monitoring; "" none */
	uint32_t owner;			/* euid that created it */
	const char *annotations;	/* a JSON object, "" none: state and list need nothing else of the configuration */
};

/* Makes <root> (parents too) and <root>/<id>, locked, and ours alone until it is removed. ERR_STATE "container with given ID already exists" when it is there. */
int statedir_reserve(struct host_path root, const char *id, struct statedir *ret, struct err *e) MUST_CHECK;
/* Where containers are looked up and what the kernel is asked through: each opened once, however many containers follow. */
struct lookup { int root; struct procfs proc; int cgroup; char *cgroup_mount; };
/* The root must be ours (or root's) and not writable by others. ERR_SYS/ENOENT when there is none. */
int lookup_open(struct host_path root, struct lookup *ret, struct err *e) MUST_CHECK;
void lookup_dropp(struct lookup *l);
#define LOOKUP_NONE { .root = FD_NONE, .proc = { FD_NONE }, .cgroup = FD_NONE }

/* Opens an existing one. Absent: ERR_STATE "container does not exist". */
int statedir_open(const struct lookup *l, const char *id, struct statedir *ret, struct err *e) MUST_CHECK;
/* The same to look at it once: with fewer calls, for a list of many. Not to lock or write; l and id must outlive it. */
int statedir_look(const struct lookup *l, const char *id, struct statedir *ret, struct err *e) MUST_CHECK;
/* Takes the exclusive lock of it: 1; 0 when others have held it for ms milliseconds. Gone meanwhile: the same error. */
int statedir_lock(const struct lookup *l, const char *id, const struct statedir *d, unsigned ms, struct err *e) MUST_CHECK;
void statedir_close(struct statedir *d);
struct strings_out { size_t n; const char **item; };
/* Ids below the root in name order. */
int statedir_list(const struct lookup *l, struct arena *mem, struct strings_out *ret, struct err *e) MUST_CHECK;
/* Removes the directory with the files that we know; anything else in it is left and reported. Absent is success. */
int statedir_remove(struct host_path root, const char *id, const struct statedir *d, struct err *e) MUST_CHECK;

int statedir_write(const struct statedir *d, const char *name, const char *bytes, size_t n, struct err *e) MUST_CHECK;	/* atomic replace, 0600 */
int statedir_read(const struct statedir *d, const char *name, size_t limit, struct str *ret, struct err *e) MUST_CHECK;
bool statedir_has(const struct statedir *d, const char *name);

int journal_write(const struct statedir *d, const struct journal *j, struct err *e) MUST_CHECK;
int journal_read(const struct statedir *d, struct arena *mem, struct journal *ret, struct err *e) MUST_CHECK;

enum status { STATUS_CREATING, STATUS_CREATED, STATUS_RUNNING, STATUS_PAUSED, STATUS_STOPPED };
const char *status_name(enum status s);
/* From the journal, the process (pid and start time; a zombie counts as stopped), start.in and cgroup.freeze. */
int status_of(struct lookup *l, const struct statedir *d, const struct journal *j, enum status *ret, struct err *e) MUST_CHECK;
/* pidfd of init, proven to be the same process by its start time; FD_NONE (and 0) when it is gone. */
int status_pidfd(const struct journal *j, int *ret_pidfd, struct err *e) MUST_CHECK;
/* The same of who creates it. */
int status_creator(const struct journal *j, int *ret_pidfd, struct err *e) MUST_CHECK;

#endif
