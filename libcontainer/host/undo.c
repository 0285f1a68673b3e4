/* room: host — the journal, executed backwards. Every act is idempotent, so that a delete that was killed is simply repeated. */
#include "host/acts.h"
#include "host/systemd.h"
#include "base/log.h"
#include "fs/cgroupfs.h"
#include "sys/sys.h"

#include <string.h>

enum { DEATH_MS = 10000 };

/* Waits for the process itself, not for a time: a pidfd is readable once it has ended (5.3). */
static int await_death(int pidfd, struct err *e)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	struct timespec t = { .tv_sec = DEATH_MS / 1000 };
	int n;

	do
		n = sys_poll(&p, 1, &t);
	while (n < 0 && errno == EINTR);
	return n > 0 ? 0 : err_set(e, ERR_STATE, 0, "container init still running");
}

static int kill_init(const struct journal *j, struct err *e)
{
	OWN_FD pidfd = FD_NONE;

	TRY(status_pidfd(j, &pidfd, e));
	if (pidfd < 0)
		return 0;
	if (sys_pidfd_signal(pidfd, SIGKILL) < 0 && errno != ESRCH)
		return err_sys(e, "kill process %d", j->pid);
	return await_death(pidfd, e);
}

/* After its processes: a scope is mostly gone by then. systemd out of reach is no reason to keep a container that nobody can use any more: an empty
 * scope ends by itself. */
static void stop_unit(const struct journal *j)
{
	struct err e;

	if (j->systemd_unit[0] && systemd_stop_unit(j->systemd_unit, strstr(j->cgroup_path, "/user@") != NULL, &e) < 0)
		log_warn("%s, ignoring", e.text);
}

/* systemd removes a scope's cgroup as soon as it is empty, which may be between any two acts of ours. */
static bool is_gone(const struct err *e)
{
	return e->kind == ERR_SYS && (e->num == ENOENT || e->num == ENODEV);
}

/* cgroup.kill reaches what fork raced past us, and frozen processes too. A cgroup that was there before us keeps its directory. */
static int clear_cgroup(const struct journal *j, struct err *e)
{
	struct host_path mount = { j->cgroup_mount };
	struct cgdir d = { FD_NONE };
	struct err gone;
	int rc = 0;

	if (!j->cgroup_path[0])
		return 0;
	if (!j->systemd_unit[0]) {	/* mostly nobody lives in it any more, and then nobody has to be killed */
		rc = cgdir_remove_unused(mount, j->cgroup_path, j->cgroup_keep, e);
		if (rc > 0)
			return 0;
		if (rc < 0 && !is_gone(e))
			return -1;
		rc = 0;
	}
	if (cgdir_open(mount, j->cgroup_path, &d, e) < 0) {
		if (!is_gone(e))
			return -1;
	} else {
		rc = (cgdir_kill(&d, e) < 0 || cgdir_wait_empty(&d, DEATH_MS, e) < 0) && !is_gone(e) ? -1 : 0;
		cgdir_close(&d);
	}
	stop_unit(j);
	return cgdir_remove(mount, j->cgroup_path, j->cgroup_keep, rc < 0 ? &gone : e) < 0 ? -1 : rc;
}

int undo_all(struct host_path root, const struct statedir *d, const struct journal *j, struct err *e)
{
	struct err second;
	int rc = kill_init(j, e);

	if (clear_cgroup(j, rc < 0 ? &second : e) < 0)
		rc = -1;
	if (rdt_undo(j, rc < 0 ? &second : e) < 0)
		rc = -1;
	/* The journal is the only thing that knows what is left: it goes last, and only when nothing is. */
	TRY(rc);
	return statedir_remove(root, j->id, d, e);
}
