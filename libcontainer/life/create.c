/* room: host — create: walk the plan to `created`, or leave nothing */
#include "life/life.h"
#include "base/log.h"
#include "fs/cgroupfs.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <stdio.h>
#include <string.h>

/* What was asked of an LSM is validated by its own library before anything is done (and never after the root switch). */
static int check_labels(const struct spec *s, struct err *e)
{
	if (s->process.selinux_label && s->process.selinux_label[0] && probe_selinux_label(s->process.selinux_label, e) < 0)
		return err_why(e, "/process/selinuxLabel");
	if (s->process.apparmor_profile && s->process.apparmor_profile[0] && probe_apparmor_profile(s->process.apparmor_profile, e) < 0)
		return err_why(e, "/process/apparmorProfile");
	return 0;
}

/* Whether this has ever happened in the container's cgroup (cgroup-v2.rst, memory.events). */
static bool memory_event(const struct host *h, const char *event)
{
	struct cgdir d = { FD_NONE };
	unsigned long long n = 0;
	struct err ignored;
	bool yes;

	if (!h->plan->cgroup_path[0] || cgdir_open((struct host_path){ h->plan->cgroup_mount }, h->plan->cgroup_path, &d, &ignored) < 0)
		return false;
	yes = cgdir_value(&d, "memory.events", event, &n, &ignored) == 0 && n > 0;
	cgdir_close(&d);
	return yes;
}

bool life_oom_killed(const struct host *h)
{
	return memory_event(h, "oom_kill");
}

void life_undo(struct job *j, struct host *h, struct err *e)
{
	struct err second;

	/* While it shares our memory the child is not killed: the limit makes its execve(2) fail (host/clone.c). Both have the same cure. */
	if ((e->kind == ERR_PEER && life_oom_killed(h)) || (e->num == ENOMEM && memory_event(h, "max")))
		err_set(e, ERR_PEER, 0, "container init was OOM-killed (memory limit too low?)");
	host_drop_pid_file(h);
	host_end_init(h);
	if (!h->reserved)
		return;
	h->journal.pid = 0;
	if (undo_all((struct host_path){ j->request.state_root }, &h->state, &h->journal, &second) < 0)
		log_warn("undo after a failed create: %s, ignoring", second.text);
	if (strcmp(e->op, "hook") == 0 && life_hooks(j->spec, HOOK_POSTSTOP, &h->journal, "stopped", 0, &second) < 0)
		log_warn("%s, ignoring", second.text);
}

int life_prepare(struct job *j, struct host *h, struct err *e)
{
	TRY(check_labels(j->spec, e));
	TRY(host_open(h, j->plan, &j->request, e));
	if (sys_signal(SIGPIPE, SIG_IGN) < 0)	/* a child that died is an error of write(2), not our death */
		return err_sys(e, "ignore SIGPIPE");
	return 0;
}

int life_create(struct job *j, struct host *h, struct err *e)
{
	TRY(life_prepare(j, h, e));
	h->config = j->config.s;
	h->config_size = j->config.n;
	sys_fault_room("host");
	if (host_walk(h, j->plan->wait_start, e) == 0)
		return 0;
	sys_fault_room("undo");
	life_undo(j, h, e);
	return -1;
}
