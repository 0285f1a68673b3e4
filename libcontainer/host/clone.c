/* room: host — the birth of join and init. There is no other place that makes a process of brig's own. */
#include "host/acts.h"
#include "host/program.h"
#include "fs/cgroupfs.h"
#include "sys/sys.h"
#include "wire/brief.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

int undumpable_host(struct host *h, const struct step *s, struct err *e)
{
	(void)h;
	(void)s;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? err_sys(e, "prctl PR_SET_DUMPABLE") : 0;
}

/* Linux since 6.14 (and what has its "fix race between fork and cgroup.kill") kills a process at its birth when it is cloned into a cgroup in which
 * cgroup.kill was ever used. That can be said only of one that was there before us: into such a one the child is moved, and waits for that. */
struct late { int cgroup, go[2]; };

static int late_prepare(const struct host *h, struct sys_clone *c, struct late *l, struct err *e)
{
	const struct journal *j = &h->journal;

	*l = (struct late){ FD_NONE, { FD_NONE, FD_NONE } };
	if (c->cgroup < 0 || j->cgroup_keep < cgroup_components(j->cgroup_path))
		return 0;
	if (sys_pipe(l->go) < 0)
		return err_sys(e, "pipe");
	l->cgroup = c->cgroup;
	c->cgroup = FD_NONE;
	return 0;
}

/* In the child, before its first step. */
static void late_wait(struct late *l)
{
	char byte;

	fd_drop(&l->go[1]);
	if (l->cgroup >= 0 && sys_read(l->go[0], &byte, 1) != 1)
		sys_exit(1);
	fd_drop(&l->go[0]);
}

static int late_move(const struct late *l, pid_t pid, struct err *e)
{
	struct cgdir d = { l->cgroup };
	char number[16];

	if (l->cgroup < 0)
		return 0;
	snprintf(number, sizeof(number), "%d", pid);
	TRY(cgdir_write(&d, "cgroup.procs", number, e));
	return sys_write(l->go[1], "", 1) == 1 ? 0 : err_sys(e, "let the child go on");
}

static void late_close(struct late *l)
{
	fd_drop(&l->go[0]);
	fd_drop(&l->go[1]);
}

struct birth { struct host *h; enum room room; int program; struct late *late; };

/* In the child: still the host side, which nobody else can look into (not dumpable, or without privilege the caller's own), until the sealed program
 * replaces it. */
static void born(void *arg)
{
	const struct birth *self = arg;
	struct baton b = self->h->baton;	/* a copy: the memory may be the host's own */
	struct err e;

	sys_fault_room("birth");
	late_wait(self->late);
	b.me = self->room;
	/* Init becomes a child of the host's that join may not be able to tell of: it is known by the group that it is born into. */
	if (b.me == ROOM_JOIN && sys_setpgid() < 0)
		sys_exit(1);
	if (brief_keep(&b, b.me, self->h->plan, &self->h->tab) == 0)
		program_execute(self->program, b.brief);
	memset(&e, 0, sizeof(e));
	err_sys(&e, "execute the sealed program");
	baton_fail(&b, 0, &e);
	sys_exit(1);
}

/* The child has the host's own memory until it executes the sealed program: no copy is made that would be thrown away. It lives in new namespaces that
 * nobody else has entered, or still in the host's. The OOM killer of a cgroup that it is born into does not choose a child of vfork (oom_badness(), Linux
 * since 4.8), which would end the host side as well; where another is chosen and memory.oom.group ends all, in that moment, the host side ends as by any
 * SIGKILL, and delete undoes it. One that waits for the host cannot let the host sleep meanwhile, and gets a copy; so does one in a new time namespace,
 * which not every kernel since 5.14 lets a child with its parent's memory enter (and older ones say EINVAL when the caller has unshared one and not entered
 * it: time_namespaces(7)). */
static pid_t bear(struct birth *birth, const struct sys_clone *c, int *ret_pidfd)
{
	pid_t pid;

	if (birth->late->cgroup < 0 && !(c->flags & CLONE_NEWTIME)) {
		pid = sys_clone3_shared(c, born, birth, ret_pidfd);
		if (pid >= 0 || errno != EINVAL)
			return pid;
	}
	pid = sys_clone3(c, ret_pidfd);
	if (pid == 0)
		born(birth);
	return pid;
}

/* What the child will be, before it is born. */
static int conceive(struct host *h, enum room room, const struct step *s, int *program, struct err *e)
{
	TRY(program_seal(program, e));
	return brief_write(&h->baton, room, h->plan, (size_t)(s - h->plan->step) + 1, &h->tab, e);
}

int join_clone(struct host *h, const struct step *s, struct err *e)
{
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = s->clone.cgroup == SLOT_NONE ? FD_NONE : h->tab.slot[s->clone.cgroup].fd };
	OWN_FD pidfd = FD_NONE, program = FD_NONE;
	struct late late;
	pid_t pid;
	int rc;

	TRY(conceive(h, ROOM_JOIN, s, &program, e));
	TRY(late_prepare(h, &c, &late, e));
	pid = bear(&(struct birth){ h, ROOM_JOIN, program, &late }, &c, &pidfd);
	if (pid < 0) {
		rc = err_sys(e, "clone3 for join");
	} else {
		h->join_pid = h->join_group = pid;
		baton_parted(&h->baton, ROOM_JOIN);
		baton_parted(&h->baton, ROOM_INIT);	/* join holds init's end until it has made init */
		rc = late_move(&late, pid, e);
	}
	late_close(&late);
	return rc;
}

int clone_host(struct host *h, const struct step *s, struct err *e)
{
	struct sys_clone c = { .flags = s->clone.flags, .exit_signal = SIGCHLD,
			       .cgroup = s->clone.cgroup == SLOT_NONE ? FD_NONE : h->tab.slot[s->clone.cgroup].fd };
	OWN_FD program = FD_NONE;
	struct late late;
	pid_t pid;
	int rc;

	TRY(conceive(h, ROOM_INIT, s, &program, e));
	TRY(late_prepare(h, &c, &late, e));
	pid = bear(&(struct birth){ h, ROOM_INIT, program, &late }, &c, &h->tab.slot[s->clone.pidfd].fd);
	if (pid < 0) {
		rc = err_sys(e, "clone3 flags %#llx", (unsigned long long)s->clone.flags);
	} else {
		h->init_pid = pid;
		baton_parted(&h->baton, ROOM_INIT);
		rc = late_move(&late, pid, e);
	}
	late_close(&late);
	return rc < 0 ? -1 : state_note_init(h, e);
}
