/* room: host — kind of act → function, and the life of struct host */
#include "host/host.h"
#include "host/acts.h"
#include "base/num.h"
#include "sys/sys.h"

#include <string.h>
#include <sys/wait.h>

static host_fn *const host_table[OP_COUNT] = {
	[OP_STATE_RESERVE] = state_reserve,
	[OP_SOCKET_CONNECT] = socket_connect,
	[OP_TREE_OPEN] = tree_open_host,
	[OP_NODE_OPEN] = node_open_host,
	[OP_NS_OPEN] = ns_open,
	[OP_SECCOMP_COMPILE] = seccomp_compile,
	[OP_UNIT_START] = unit_start,
	[OP_UNIT_SETTLE] = unit_settle,
	[OP_UNIT_SET] = unit_set,
	[OP_CGROUP_MAKE] = cgroup_make,
	[OP_CGROUP_WRITE] = cgroup_write,
	[OP_CGROUP_DEVICES] = cgroup_devices,
	[OP_CGROUP_OWNER] = cgroup_owner,
	[OP_START_FIFO] = start_fifo,
	[OP_NOTIFY_DIR] = notify_dir,
	[OP_JOIN_CLONE] = join_clone,
	[OP_CLONE] = clone_host,
	[OP_UNDUMPABLE] = undumpable_host,
	[OP_ID_MAP] = id_map,
	[OP_TREE_ATTR] = tree_attr_host,
	[OP_TREE_IDMAP] = tree_idmap,
	[OP_NET_DEVICE] = net_device,
	[OP_OOM_SCORE] = oom_score,
	[OP_SCHEDULER] = scheduler,
	[OP_IO_PRIORITY] = io_priority,
	[OP_AFFINITY] = affinity,
	[OP_BIRTH_AFFINITY] = affinity,
	[OP_RDT] = rdt,
	[OP_RLIMIT] = rlimit,
	[OP_CONSOLE_SEND] = console_send,
	[OP_HOOK] = hook_host,
	[OP_SECCOMP_NOTIFY] = seccomp_notify,
	[OP_PIDFD_SEND] = pidfd_send,
	[OP_TARGET_OPEN] = target_open,
	[OP_CGROUP_OPEN] = cgroup_open,
	[OP_PID_FILE] = pid_file,
	[OP_DIR_OPEN] = dir_open,
	[OP_MOUNTPOINT] = mountpoint_host,
	[OP_CRIU_DUMP] = criu_dump,
	[OP_CRIU_RESTORE] = criu_restore,
	[OP_CRIU_FINISH] = criu_finish,
	[OP_CRIU_RESUME] = criu_resume,
	[OP_ATTEST] = attest,
	[OP_STATE_CREATED] = state_created,
};

static int run_step(void *room, const struct step *s, struct err *e)
{
	if (!host_table[s->op])
		return err_set(e, ERR_UNSUPPORTED, 0, "%s is not built into this program", op_info[s->op].name);
	return host_table[s->op](room, s, e);
}

int host_open(struct host *h, const struct plan *p, const struct request *r, struct err *e)
{
	memset(h, 0, sizeof(*h));
	h->plan = p;
	h->request = r;
	h->proc.fd = h->state.fd = h->console_master = h->criu_socket = h->status_fd = FD_NONE;
	h->tab.slot = calloc(p->slots ? p->slots : 1, sizeof(*h->tab.slot));
	if (!h->tab.slot)
		return err_oom(e);
	h->tab.n = p->slots;
	for (size_t i = 0; i < h->tab.n; i++)
		h->tab.slot[i].fd = FD_NONE;
	TRY(procfs_open(&h->proc, e));
	return baton_open(&h->baton, p, e);
}

void host_forget_walk(struct host *h)
{
	fdtab_close(&h->tab);
	mem_drop(&h->tab.slot);
	h->tab.n = 0;
	baton_close(&h->baton);
	procfs_close(&h->proc);
	statedir_close(&h->state);
}

void host_close(struct host *h)
{
	host_forget_walk(h);
	host_end_criu(h);
	fd_drop(&h->console_master);
}

int host_walk(struct host *h, size_t to, struct err *e)
{
	step_fn *run[OP_COUNT];
	int rc;

	for (size_t i = 0; i < OP_COUNT; i++)
		run[i] = run_step;
	rc = walk(h->plan, 0, to, &h->baton, &h->tab, run, h, e);
	if (h->join_pid > 0) {	/* join has ended, or is ended now by the closed baton: no zombie, no stray */
		if (rc < 0)
			sys_kill(h->join_pid, SIGKILL);
		sys_wait4(h->join_pid, NULL, __WALL, NULL);
		h->join_pid = 0;
	}
	return rc;
}

/* Where the first process's pidfd is, after the step that makes it. */
static slot_t birth_slot(const struct step *s)
{
	return s->op == OP_CLONE ? s->clone.pidfd : s->op == OP_CRIU_RESTORE ? s->criu->init : SLOT_NONE;
}

int host_init_pidfd(const struct host *h)
{
	for (size_t i = 0; i < h->plan->n && h->tab.n; i++)
		if (birth_slot(&h->plan->step[i]) != SLOT_NONE && h->tab.slot[birth_slot(&h->plan->step[i])].fd >= 0)
			return h->tab.slot[birth_slot(&h->plan->step[i])].fd;
	return FD_NONE;
}

void host_end_init(struct host *h)
{
	int pidfd = host_init_pidfd(h);
	siginfo_t info;

	host_end_holder(h);
	if (pidfd >= 0)
		sys_pidfd_signal(pidfd, SIGKILL);
	baton_close(&h->baton);		/* the end of the baton ends it too, should it not have been hit */
	if (h->plan->kind == PLAN_RESTORE) {	/* no child of ours */
		host_end_criu(h);
	} else if (h->init_pid > 0) {
		sys_kill(h->init_pid, SIGKILL);	/* our child and not reaped: the number is still its own */
		sys_wait4(h->init_pid, NULL, __WALL, NULL);
	} else if (pidfd >= 0) {
		sys_waitid_pidfd(pidfd, &info, WEXITED | __WALL);
	} else {	/* join may have made init and not told us; only what join made, and nothing of the caller's, is in its group */
		while (h->join_group > 0 && sys_wait4(-h->join_group, NULL, __WALL, NULL) > 0)
			;
	}
}

/* "Pid:" of the pidfd that join sent: the kernel translates it into our pid namespace (5.2, proc_pid_fdinfo(5)). */
static int pid_of_pidfd(struct host *h, int pidfd, pid_t *ret, struct err *e)
{
	OWN(str) text = { 0 };
	char path[64];
	const char *line;
	uint32_t pid;

	snprintf(path, sizeof(path), "thread-self/fdinfo/%d", pidfd);
	TRY(procfs_read(&h->proc, path, &text, e));
	line = text.s ? strstr(text.s, "Pid:\t") : NULL;
	if (line) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
	}
	if (!line || num_u32(line + 5, &pid) < 0 || pid == 0)
		return err_set(e, ERR_PEER, 0, "init ended while it was being set up");
	*ret = (pid_t)pid;
	return 0;
}

int host_init_pid(struct host *h, pid_t *ret, struct err *e)
{
	if (h->init_pid <= 0) {
		int pidfd = host_init_pidfd(h);

		if (pidfd < 0)
			return err_set(e, ERR_BUG, 0, "init does not exist yet");
		TRY(pid_of_pidfd(h, pidfd, &h->init_pid, e));
		TRY(state_note_init(h, e));
	}
	*ret = h->init_pid;
	return 0;
}
