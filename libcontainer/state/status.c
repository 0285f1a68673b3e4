/* room: host — what the kernel says of a container */
#include "state/state.h"
#include "fs/cgroupfs.h"
#include "fs/procfs.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

const char *status_name(enum status s)
{
	static const char *const name[] = { "creating", "created", "running", "paused", "stopped" };

	return name[s];
}

/* A pid is reused, a pid with its start time is not: 1 when this is the same process and it has not ended. */
static int lives(const struct journal *j, struct err *e)
{
	unsigned long long start;
	struct procfs proc;
	struct err gone;
	char state;
	int rc;

	if (j->pid <= 0)
		return 0;
	TRY(procfs_open(&proc, e));
	rc = procfs_start_time(&proc, j->pid, &start, &state, &gone);
	procfs_close(&proc);
	if (rc < 0 && gone.num != ENOENT && gone.num != ESRCH) {	/* not knowing is not death: delete would leave it running */
		*e = gone;
		return -1;
	}
	return rc == 0 && start == j->start_time && state != 'Z' && state != 'X';
}

static bool frozen(const struct journal *j)
{
	OWN(str) text = { 0 };
	struct cgdir d;
	struct err ignored;
	bool yes;

	if (!j->cgroup_path[0] || cgdir_open((struct host_path){ j->cgroup_mount }, j->cgroup_path, &d, &ignored) < 0)
		return false;
	yes = cgdir_read(&d, "cgroup.freeze", &text, &ignored) == 0 && text.s[0] == '1';
	cgdir_close(&d);
	return yes;
}

int status_of(const struct statedir *d, const struct journal *j, enum status *ret, struct err *e)
{
	int alive;

	if (j->phase == PHASE_CREATING) {
		*ret = STATUS_CREATING;
		return 0;
	}
	alive = lives(j, e);
	TRY(alive);
	if (!alive)
		*ret = STATUS_STOPPED;
	else if (frozen(j))
		*ret = STATUS_PAUSED;
	else
		*ret = statedir_has(d, "start.in") ? STATUS_CREATED : STATUS_RUNNING;
	return 0;
}

int status_pidfd(const struct journal *j, int *ret_pidfd, struct err *e)
{
	OWN_FD fd = FD_NONE;
	int alive;

	*ret_pidfd = FD_NONE;
	if (j->pid <= 0)
		return 0;
	fd = sys_pidfd_open(j->pid);
	if (fd < 0 && (errno == ESRCH || errno == EINVAL))	/* EINVAL: ended and reaped, but still the number of a session or a process group */
		return 0;
	if (fd < 0)
		return err_sys(e, "pidfd_open %d", j->pid);
	alive = lives(j, e);	/* after the open: the descriptor and the check are of the same process */
	TRY(alive);
	if (alive)
		*ret_pidfd = fd_take(&fd);
	return 0;
}
