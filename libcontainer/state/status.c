/* room: host — what the kernel says of a container */
#include "state/state.h"
#include "fs/cgroupfs.h"
#include "fs/procfs.h"
#include "sys/sys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *status_name(enum status s)
{
	static const char *const name[] = { "creating", "created", "running", "paused", "stopped" };

	return name[s];
}

/* A pid is reused, a pid with its start time is not: 1 when this is the same process and it has not ended. */
static int lives(struct procfs *proc, pid_t pid, unsigned long long since, struct err *e)
{
	unsigned long long start;
	struct err gone;
	char state;
	int rc;

	if (pid <= 0)
		return 0;
	if (proc->fd < 0)
		TRY(procfs_open(proc, e));
	rc = procfs_start_time(proc, pid, &start, &state, &gone);
	if (rc < 0 && gone.num != ENOENT && gone.num != ESRCH) {	/* not knowing is not death: delete would leave it running */
		*e = gone;
		return -1;
	}
	return rc == 0 && start == since && state != 'Z' && state != 'X';
}

/* A lookup's cgroup mount is mostly that of all its containers. */
static int cgroup_root(struct lookup *l, const char *mount, struct err *e)
{
	if (l->cgroup >= 0 && strcmp(l->cgroup_mount, mount) == 0)
		return l->cgroup;
	fd_drop(&l->cgroup);
	free(l->cgroup_mount);
	l->cgroup_mount = strdup(mount);
	if (!l->cgroup_mount)
		return err_oom(e);
	return l->cgroup = cgroup_open_mount((struct host_path){ mount }, e);
}

static bool frozen(struct lookup *l, const struct journal *j)
{
	struct err ignored;
	int root;

	if (!j->cgroup_path[0])
		return false;
	root = cgroup_root(l, j->cgroup_mount, &ignored);
	return root >= 0 && cgroup_frozen(root, j->cgroup_path);
}

int status_of(struct lookup *l, const struct statedir *d, const struct journal *j, enum status *ret, struct err *e)
{
	int alive;

	if (j->phase == PHASE_CREATING) {
		*ret = STATUS_CREATING;
		return 0;
	}
	alive = lives(&l->proc, j->pid, j->start_time, e);
	TRY(alive);
	if (!alive)
		*ret = STATUS_STOPPED;
	else if (frozen(l, j))
		*ret = STATUS_PAUSED;
	else
		*ret = statedir_has(d, "start.in") ? STATUS_CREATED : STATUS_RUNNING;
	return 0;
}

static int open_process(pid_t pid, unsigned long long since, int *ret_pidfd, struct err *e)
{
	struct procfs proc = { FD_NONE };
	OWN_FD fd = FD_NONE;
	int alive;

	*ret_pidfd = FD_NONE;
	if (pid <= 0)
		return 0;
	fd = sys_pidfd_open(pid);
	if (fd < 0 && (errno == ESRCH || errno == EINVAL))	/* EINVAL: ended and reaped, but still the number of a session or a process group */
		return 0;
	if (fd < 0)
		return err_sys(e, "pidfd_open %d", pid);
	alive = lives(&proc, pid, since, e);	/* after the open: the descriptor and the check are of the same process */
	procfs_close(&proc);
	TRY(alive);
	if (alive)
		*ret_pidfd = fd_take(&fd);
	return 0;
}

int status_pidfd(const struct journal *j, int *ret_pidfd, struct err *e)
{
	return open_process(j->pid, j->start_time, ret_pidfd, e);
}

int status_creator(const struct journal *j, int *ret_pidfd, struct err *e)
{
	return open_process(j->creator, j->creator_start, ret_pidfd, e);
}
