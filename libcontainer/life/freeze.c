/* room: host — pause, resume, and the processes of a container: what the cgroup does and knows as a whole */
#include "life/life.h"
#include "fs/cgroupfs.h"

enum { FREEZE_MS = 10000 };

int life_cgroup(const struct container *c, struct cgdir *ret, struct err *e)
{
	if (!c->journal.cgroup_path[0])
		return err_set(e, ERR_UNSUPPORTED, 0, "the container has no cgroup of its own");
	return cgdir_open((struct host_path){ c->journal.cgroup_mount }, c->journal.cgroup_path, ret, e);
}

int life_freeze(const struct container *c, bool frozen, struct err *e)
{
	struct cgdir d = { FD_NONE };
	int rc;

	if (frozen && c->status != STATUS_RUNNING && c->status != STATUS_CREATED)
		return err_set(e, ERR_STATE, 0, "container not running");
	if (!frozen && c->status != STATUS_PAUSED)
		return err_set(e, ERR_STATE, 0, "container not paused");
	TRY(life_cgroup(c, &d, e));
	rc = cgdir_freeze(&d, frozen, FREEZE_MS, e);
	if (rc < 0 && frozen) {	/* half frozen is neither: as it was */
		struct err ignored;

		(void)!cgdir_write(&d, "cgroup.freeze", "0", &ignored);
	}
	cgdir_close(&d);
	return rc;
}

int life_pids(const struct container *c, pid_t **ret, size_t *ret_n, struct err *e)
{
	struct cgdir d = { FD_NONE };
	int rc;

	if (c->status == STATUS_CREATING)
		return err_set(e, ERR_STATE, 0, "container not running");
	TRY(life_cgroup(c, &d, e));
	rc = cgdir_pids(&d, true, ret, ret_n, e);
	cgdir_close(&d);
	return rc;
}
