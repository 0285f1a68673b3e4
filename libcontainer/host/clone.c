/* room: host — the birth of join and init. There is no other place that makes a process of brig's own. */
#include "host/acts.h"
#include "sys/sys.h"

#include <sched.h>
#include <sys/prctl.h>

int undumpable_host(struct host *h, const struct step *s, struct err *e)
{
	(void)h;
	(void)s;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? err_sys(e, "prctl PR_SET_DUMPABLE") : 0;
}

int join_clone(struct host *h, const struct step *s, struct err *e)
{
	/* No SIGCHLD: init inherits that from join (CLONE_PARENT), and so can be waited for (__WCLONE) also when join could not tell its number. */
	struct sys_clone c = { .exit_signal = 0, .cgroup = s->clone.cgroup == SLOT_NONE ? FD_NONE : h->tab.slot[s->clone.cgroup].fd };
	OWN_FD pidfd = FD_NONE;
	pid_t pid = sys_clone3(&c, &pidfd);

	if (pid < 0)
		return err_sys(e, "clone3 for join");
	if (pid == 0)
		h->enter_join(ROOM_JOIN, h->plan, (size_t)(s - h->plan->step) + 1, &h->baton, &h->tab, h->enter_init);
	h->join_pid = pid;
	baton_parted(&h->baton, ROOM_JOIN);
	baton_parted(&h->baton, ROOM_INIT);	/* join holds init's end until it has made init */
	return 0;
}

int clone_host(struct host *h, const struct step *s, struct err *e)
{
	struct sys_clone c = { .flags = s->clone.flags, .exit_signal = SIGCHLD,
			       .cgroup = s->clone.cgroup == SLOT_NONE ? FD_NONE : h->tab.slot[s->clone.cgroup].fd };
	pid_t pid = sys_clone3(&c, &h->tab.slot[s->clone.pidfd].fd);

	if (pid < 0)
		return err_sys(e, "clone3 flags %#llx", (unsigned long long)s->clone.flags);
	if (pid == 0)
		h->enter_init(ROOM_INIT, h->plan, (size_t)(s - h->plan->step) + 1, &h->baton, &h->tab);
	h->init_pid = pid;
	baton_parted(&h->baton, ROOM_INIT);
	return state_note_init(h, e);
}
