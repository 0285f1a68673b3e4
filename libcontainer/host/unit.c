/* room: host — the container's unit of systemd
 *
 * systemd makes a scope only around a process, and ends it with its last one. So a helper of ours is that process, until init was cloned into the
 * unit's cgroup: then limits hold from init's first instruction, as in a cgroup that we made. The helper does nothing but wait for the end of a pipe,
 * which also a sudden end of ours brings about. */
#include "host/acts.h"
#include "host/systemd.h"
#include "sys/sys.h"

#include <limits.h>
#include <string.h>
#include <sys/wait.h>

static _Noreturn void hold(int end)
{
	char c;

	if (sys_dup3(end, 0, false) == 0) {	/* nothing else of ours stays open in it: no lock, no end of the baton */
		sys_close_range(1, UINT_MAX, 0);
		(void)sys_read(0, &c, 1);
	}
	sys_exit(0);
}

static int start_holder(struct host *h, slot_t slot, struct err *e)
{
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD pidfd = FD_NONE, read_end = FD_NONE;
	int ends[2];
	pid_t pid;

	if (sys_pipe(ends) < 0)
		return err_sys(e, "pipe");
	read_end = ends[0];
	h->tab.slot[slot].fd = ends[1];
	pid = sys_clone3(&c, &pidfd);
	if (pid < 0)
		return err_sys(e, "clone3 for the systemd unit");
	if (pid == 0)
		hold(read_end);
	h->holder_pid = pid;
	return 0;
}

void host_end_holder(struct host *h)
{
	if (h->holder_pid <= 0)
		return;
	sys_kill(h->holder_pid, SIGKILL);	/* our child and not reaped: the number is still its own */
	sys_wait4(h->holder_pid, NULL, __WALL, NULL);
	h->holder_pid = 0;
}

int unit_start(struct host *h, const struct step *s, struct err *e)
{
	OWN(str) cgroup = { 0 };

	if (s->unit.slot != SLOT_NONE)
		TRY(start_holder(h, s->unit.slot, e));
	TRY(systemd_start_unit(s, h->holder_pid, &cgroup, e));
	if (strcmp(cgroup.s, h->plan->cgroup_path) != 0)	/* the journal, the witness and `explain` have said where it will be */
		return err_set(e, ERR_POLICY, 0, "systemd has put unit %s into cgroup %.150s, not %.150s", s->unit.name, cgroup.s, h->plan->cgroup_path);
	return 0;
}

int unit_settle(struct host *h, const struct step *s, struct err *e)
{
	(void)e;
	host_end_holder(h);
	fd_drop(&h->tab.slot[s->slot.slot].fd);
	return 0;
}

int unit_set(struct host *h, const struct step *s, struct err *e)
{
	(void)h;
	return systemd_set_unit(s, e);
}
