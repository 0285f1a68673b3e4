/* room: host — exec: one more process in a container that is there */
#include "life/life.h"
#include "base/limits.h"
#include "base/log.h"
#include "fs/hostfile.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static int refuse(enum status s, bool ignore_paused, struct err *e)
{
	switch (s) {
	case STATUS_CREATED:
	case STATUS_RUNNING: return 0;
	case STATUS_STOPPED: return err_set(e, ERR_STATE, 0, "cannot exec in a stopped container");
	case STATUS_PAUSED:
		return ignore_paused ? 0 : err_set(e, ERR_STATE, 0, "cannot exec in a paused container (use --ignore-paused to override)");
	case STATUS_CREATING: break;
	}
	return err_set(e, ERR_STATE, 0, "cannot exec in a container that is being created");
}

static int read_process(struct exec *x, struct err *e)
{
	OWN(str) bytes = { 0 };

	if (!x->process_file)
		return 0;
	TRY(hostfile_read((struct host_path){ x->process_file }, LIMIT_FILE_BYTES, &bytes, e));
	return spec_parse_process("process", bytes.s ? bytes.s : "", bytes.n, &x->process, e);
}

static int plan(struct exec *x, struct err *e)
{
	const struct journal *j = &x->container.journal;
	struct request *r = &x->job.request;

	r->bundle = j->bundle;
	r->target.pid = j->pid;
	r->target.cgroup_mount = j->cgroup_mount;
	r->target.cgroup_path = j->cgroup_path;
	TRY(life_saved_spec(&x->container, &x->saved, e));
	TRY(read_process(x, e));
	TRY(spec_exec(x->saved, x->process, &x->changes, &x->job.spec, e));
	TRY(probe_caller(&x->job.mem, x->job.spec, &x->job.facts, e));
	return plan_join(x->job.spec, &x->job.facts, r, &x->job.plan, e);
}

static int walk_all(struct exec *x, struct host *h, struct err *e)
{
	TRY(life_prepare(&x->job, h, e));
	h->journal = x->container.journal;
	sys_fault_room("host");
	TRY(host_walk(h, x->job.plan->n, e));
	sys_fault_room("");
	return life_look_at_seccomp(x->job.spec, h->init_pid, e);
}

/* Of a process that ends the memory goes first. */
static bool has_memory(pid_t pid)
{
	OWN(str) text = { 0 };
	struct procfs proc;
	struct err ignored;
	char path[32];
	int rc;

	if (procfs_open(&proc, &ignored) < 0)
		return true;
	snprintf(path, sizeof(path), "%d/status", pid);
	rc = procfs_read(&proc, path, &text, &ignored);
	procfs_close(&proc);
	return rc == 0 && text.s && strstr(text.s, "\nVmSize:");
}

/* The container may end at any moment, and each act fails then in a way of its own: the reason is the same for all. Its first process ends as the
 * last of its namespace (pid_namespaces(7)): not before ours has been waited for, and then some moments later. */
static bool has_ended(const struct exec *x, const struct err *e)
{
	struct timespec moment = { .tv_nsec = 200000000 };
	OWN_FD pidfd = FD_NONE;
	struct pollfd p = { .events = POLLIN };
	struct err ignored;

	if (e->kind != ERR_PEER && e->num != ESRCH && e->num != ENOMEM && e->num != ENOENT && e->num != ENODEV)
		return false;
	if (strncmp(e->text, "exec: ", 6) == 0 || status_pidfd(&x->container.journal, &pidfd, &ignored) < 0)
		return false;
	p.fd = pidfd;	/* readable only when all others of the namespace are gone, too, and one may take its time */
	return pidfd < 0 || sys_poll(&p, 1, &moment) > 0 || !has_memory(x->container.journal.pid);
}

/* The kernel's reasons for which a cgroup takes no process (cgroup-v2.rst). */
static void explain_cgroup(const struct exec *x, struct err *e)
{
	const char *sub = x->job.request.target.sub_cgroup;

	if (!sub || (strcmp(e->op, "clone") != 0 && strcmp(e->op, "join-clone") != 0))
		return;
	if (e->num == EBUSY)
		err_set(e, ERR_STATE, EBUSY, "cgroup %.200s of the container gives controllers to the cgroups below, and so takes no process itself", sub);
	else if (e->num == EOPNOTSUPP)
		err_set(e, ERR_STATE, EOPNOTSUPP, "cgroup %.200s of the container is threaded, or below a threaded one, and so takes no process of others", sub);
}

int life_exec(struct exec *x, struct host *h, struct err *e)
{
	/* Not locked: execs run side by side. That the container is still this one is proven when its first process is opened. */
	TRY(container_open(x->job.request.state_root, x->job.request.id, false, &x->container, e));
	TRY(refuse(x->container.status, x->ignore_paused, e));
	TRY(plan(x, e));
	if (walk_all(x, h, e) == 0)
		return 0;
	sys_fault_room("");
	host_drop_pid_file(h);
	if (h->plan)
		host_end_init(h);
	if (has_ended(x, e))
		err_set(e, ERR_STATE, 0, "cannot exec in a stopped container");
	else if (e->kind == ERR_SYS)
		explain_cgroup(x, e);
	else if (e->kind == ERR_PEER && life_oom_killed(h))
		err_set(e, ERR_PEER, 0, "%s", "the process was killed before it could start (possibly OOM-killed)");
	return -1;
}

void exec_free(struct exec *x)
{
	job_free(&x->job);
	spec_free(x->process);
	spec_free(x->saved);
	container_close(&x->container);
}
