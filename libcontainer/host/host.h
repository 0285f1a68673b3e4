/* room: host — the caller's side: the only process with the host's file system, the state directory and the cgroup in its hands */
#ifndef BRIG_HOST_HOST_H
#define BRIG_HOST_HOST_H

#include "base/fdtab.h"
#include "fs/procfs.h"
#include "plan/plan.h"
#include "state/state.h"
#include "wire/walk.h"

struct host {
	const struct plan *plan;
	const struct request *request;
	const char *config;		/* the bytes that were decoded, for the saved copy */
	size_t config_size;
	struct fdtab tab;
	struct baton baton;
	struct procfs proc;		/* verified handle of the caller's /proc */
	struct statedir state;
	bool reserved;			/* the state directory is ours: undo may remove it */
	struct journal journal;
	char created[40];
	pid_t init_pid, join_pid, holder_pid;	/* 0: none yet */
	pid_t join_group;		/* of processes: join's, and init's until it has a session; 0: there was no join */
	int console_master;		/* for the relay, FD_NONE */
	const char *pid_file;		/* written by us, or NULL */
	pid_t criu_pid;			/* brig-criu, 0: none */
	pid_t criu_own;			/* CRIU itself: in the container's cgroup, and none of the container's processes */
	int criu_socket;		/* to brig-criu, FD_NONE */
	int status_fd;			/* checkpoint --lazy-pages: gets a NUL byte when pages can be fetched; FD_NONE */
};

typedef int host_fn(struct host *h, const struct step *s, struct err *e);

/* Prepares an empty host for one walk; host_close frees its descriptors and handles, and touches nothing lasting. */
int host_open(struct host *h, const struct plan *p, const struct request *r, struct err *e) MUST_CHECK;
void host_close(struct host *h);
/* Closes what the walk used, the lock of the state directory included; the console master stays for the relay. */
void host_forget_walk(struct host *h);

/* Walks the host's steps of [0, to). */
int host_walk(struct host *h, size_t to, struct err *e) MUST_CHECK;

/* Pid of init as the caller's pid namespace numbers it; -1 when it is gone. */
int host_init_pid(struct host *h, pid_t *ret, struct err *e) MUST_CHECK;

/* Pidfd of init, of the walk; FD_NONE before it is born. */
int host_init_pidfd(const struct host *h);

/* After a failed walk: init is killed and reaped, if it was born. */
void host_end_init(struct host *h);

/* A pid file of what failed would name another process some day: it is removed, if it is still the one that we wrote. */
void host_drop_pid_file(struct host *h);
/* brig-criu and CRIU: ended and reaped. */
void host_end_criu(struct host *h);

/* The process that holds a systemd unit until init is in it: ended and reaped. */
void host_end_holder(struct host *h);

/* Executes a journal backwards, each act idempotent: processes, cgroup, resctrl group, state directory. Used by a failed create and by delete. */
int undo_all(struct host_path root, const struct statedir *d, const struct journal *j, struct err *e) MUST_CHECK;

#endif
