/* room: join — enters namespaces, sets time offsets, makes init */
#include "join/join.h"
#include "sys/sys.h"
#include "wire/groups.h"
#include "wire/walk.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

struct join {
	const struct plan *plan;
	struct fdtab *tab;
	struct baton *baton;
	enter_init_fn *enter_init;
};

typedef int join_fn(struct join *j, const struct step *s, struct err *e);

static int undumpable(struct join *j, const struct step *s, struct err *e)
{
	(void)j;
	(void)s;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? err_sys(e, "prctl PR_SET_DUMPABLE") : 0;
}

static int ns_enter(struct join *j, const struct step *s, struct err *e)
{
	if (s->ns.type == NS_USER)
		TRY(groups_leave(e));
	if (sys_setns(j->tab->slot[s->ns.slot].fd, namespace_flag(s->ns.type)) < 0)
		return err_sys(e, "setns %s (%s)", namespace_name(s->ns.type), s->ns.path.s);
	return 0;
}

static int ns_join(struct join *j, const struct step *s, struct err *e)
{
	if (s->join.flags & CLONE_NEWUSER)
		TRY(groups_leave(e));
	if (sys_setns(j->tab->slot[s->join.target].fd, (int)s->join.flags) < 0)
		return err_sys(e, "enter the container's namespaces");
	return 0;
}

static int ns_new(struct join *j, const struct step *s, struct err *e)
{
	(void)j;
	return sys_unshare((int)s->flags.value) < 0 ? err_sys(e, "unshare %#llx", (unsigned long long)s->flags.value) : 0;
}

static int become_root(struct join *j, const struct step *s, struct err *e)
{
	(void)j;
	if (s->user.set_groups)
		TRY(groups_set(&(const struct ids_list){ 0 }, e));
	if (sys_setresgid(s->user.gid, s->user.gid, s->user.gid) < 0 || sys_setresuid(s->user.uid, s->user.uid, s->user.uid) < 0)
		return err_sys(e, "become %u:%u of the user namespace", s->user.uid, s->user.gid);
	return 0;
}

/* Possible only while nobody has entered the new time namespace: here, between unshare and clone (time_namespaces(7)). */
static int time_offsets(struct join *j, const struct step *s, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, "/proc/self/timens_offsets", O_WRONLY, 0);
	char text[160];
	int n = 0;

	(void)j;
	if (fd < 0)
		return err_sys(e, "open timens_offsets");
	if (s->offsets.boottime.set)
		n += snprintf(text, sizeof(text), "boottime %lld %u\n", (long long)s->offsets.boottime.secs, s->offsets.boottime.nanosecs);
	if (s->offsets.monotonic.set)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "monotonic %lld %u\n", (long long)s->offsets.monotonic.secs, s->offsets.monotonic.nanosecs);
	return sys_write(fd, text, (size_t)n) == n ? 0 : err_sys(e, "write timens_offsets");
}

/* Init becomes the host's child, not ours, and is born with everything that we entered. */
static int clone_init(struct join *j, const struct step *s, struct err *e)
{
	struct sys_clone c = { .flags = s->clone.flags | CLONE_PARENT, .exit_signal = 0,
			       .cgroup = s->clone.cgroup == SLOT_NONE ? FD_NONE : j->tab->slot[s->clone.cgroup].fd };
	pid_t pid = sys_clone3(&c, &j->tab->slot[s->clone.pidfd].fd);

	if (pid < 0)
		return err_sys(e, "clone3 flags %#llx", (unsigned long long)c.flags);
	if (pid == 0)
		j->enter_init(j->plan, (size_t)(s - j->plan->step) + 1, j->baton, j->tab);
	baton_parted(j->baton, ROOM_INIT);
	return 0;
}

static join_fn *const join_table[OP_COUNT] = {
	[OP_UNDUMPABLE] = undumpable,
	[OP_NS_ENTER] = ns_enter,
	[OP_NS_JOIN] = ns_join,
	[OP_NS_NEW] = ns_new,
	[OP_BECOME_ROOT] = become_root,
	[OP_TIME_OFFSETS] = time_offsets,
	[OP_CLONE] = clone_init,
};

static int run_step(void *room, const struct step *s, struct err *e)
{
	if (!join_table[s->op])
		return err_set(e, ERR_BUG, 0, "%s has no executor in join", op_info[s->op].name);
	return join_table[s->op](room, s, e);
}

_Noreturn void join_main(const struct plan *p, size_t from, struct baton *b, struct fdtab *tab, enter_init_fn *enter_init)
{
	struct join j = { .plan = p, .tab = tab, .baton = b, .enter_init = enter_init };
	step_fn *run[OP_COUNT];
	struct err e;
	int rc;

	sys_fault_room("join");
	memset(&e, 0, sizeof(e));
	baton_enter(b, ROOM_JOIN);
	sys_prctl(PR_SET_NAME, (unsigned long)"brig:[join]", 0, 0, 0);
	for (size_t i = 0; i < OP_COUNT; i++)
		run[i] = run_step;
	rc = walk(p, from, p->n, b, tab, run, &j, &e);
	if (rc < 0)
		baton_fail(b, e.step ? (size_t)e.step - 1 : 0, &e);
	sys_exit(rc < 0 ? 1 : 0);
}
