/* room: init — kind of act → function, and the life of the process */
#include "init/acts.h"
#include "sys/sys.h"
#include "wire/walk.h"

#include <string.h>
#include <sys/prctl.h>

static init_fn *const init_table[OP_COUNT] = {
	[OP_BECOME_ROOT] = become_root,
	[OP_UNDUMPABLE] = undumpable_init,
	[OP_STILL_UNDUMPABLE] = undumpable_init,
	[OP_NS_NEW] = ns_new_init,
	[OP_NS_JOIN] = ns_join_init,
	[OP_ROOT_OPEN] = root_open,
	[OP_LOOPBACK] = loopback,
	[OP_PROPAGATION] = propagation,
	[OP_TREE_OPEN] = tree_open_init,
	[OP_NODE_OPEN] = node_open_init,
	[OP_ROOT_ATTACH] = root_attach,
	[OP_FS_MAKE] = fs_make,
	[OP_TMPFS_COPY] = tmpfs_copy,
	[OP_TREE_ATTR] = tree_attr_init,
	[OP_TREE_ATTACH] = tree_attach,
	[OP_MOUNT_CHANGE] = mount_change,
	[OP_DEVICE_NODE] = device_node,
	[OP_LINK] = link_make,
	[OP_CWD_MAKE] = cwd_make,
	[OP_SYSCTL] = sysctl_write,
	[OP_HOSTNAME] = hostname,
	[OP_DOMAINNAME] = domainname,
	[OP_CONSOLE] = console,
	[OP_HOOK] = hook_init,
	[OP_PIVOT] = pivot,
	[OP_ROOT_PROPAGATION] = root_propagation,
	[OP_ROOT_READONLY] = root_readonly,
	[OP_READONLY] = readonly,
	[OP_MASK] = mask,
	[OP_LABEL_EXEC] = label_exec,
	[OP_KEYRING] = keyring,
	[OP_PERSONALITY] = personality_set,
	[OP_MEMORY_POLICY] = memory_policy,
	[OP_SESSION] = session,
	[OP_FDS_CLOEXEC] = fds_cloexec,
	[OP_EXEC_FIND] = exec_find,
	[OP_CAPS_BOUND] = caps_bound,
	[OP_RLIMIT] = rlimit_init,
	[OP_SECCOMP_LOAD] = seccomp_load_init,
	[OP_IDS] = ids,
	[OP_CWD] = cwd,
	[OP_CAPS] = caps,
	[OP_NO_NEW_PRIVS] = no_new_privs,
	[OP_WAIT_START] = wait_start,
	[OP_EXEC] = exec_program,
};

static int run_step(void *room, const struct step *s, struct err *e)
{
	if (!init_table[s->op])
		return err_set(e, ERR_BUG, 0, "%s has no executor in init", op_info[s->op].name);
	return init_table[s->op](room, s, e);
}

static int live(struct init *in, size_t from, struct err *e)
{
	step_fn *run[OP_COUNT];
	sigset_t none;

	/* Here: new namespaces, the host's file system. What the caller ignores (an engine under nohup) outlives executions, and must not make the
	 * program deaf to `kill ID HUP`. */
	sigemptyset(&none);
	if (sys_sigmask(SIG_SETMASK, &none, NULL) < 0 || sys_signal_default_all() < 0)
		return err_sys(e, "reset signals");
	sys_prctl(PR_SET_NAME, (unsigned long)"brig:[init]", 0, 0, 0);
	sys_umask(0022);	/* mount points and directories get the modes that the plan means, whatever the caller's is */
	TRY(fds_keep_own(in, e));
	for (size_t i = 0; i < OP_COUNT; i++)
		run[i] = run_step;
	return walk(in->plan, from, in->plan->n, in->baton, in->tab, run, in, e);
}

_Noreturn void init_main(const struct plan *p, size_t from, struct baton *b, struct fdtab *tab)
{
	struct init in = { .plan = p, .tab = tab, .baton = b, .proc = { FD_NONE }, .root = { FD_NONE }, .answer = SLOT_NONE };
	struct err e;

	sys_fault_room("init");
	memset(&e, 0, sizeof(e));
	baton_enter(b, ROOM_INIT);
	(void)live(&in, from, &e);	/* returns only to fail */
	if (in.answer != SLOT_NONE)
		(void)sys_write(tab->slot[in.answer].fd, &e, sizeof(e));
	else
		baton_fail(b, e.step ? (size_t)e.step - 1 : 0, &e);
	sys_exit(1);
}
