/* room: host — checkpoint: the state of a container into files, and the container away unless it is to stay */
#include "life/life.h"
#include "fs/helper.h"
#include "host/criu_main.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <fcntl.h>

static int refuse(const struct container *c, struct err *e)
{
	switch (c->status) {
	case STATUS_RUNNING:
	case STATUS_PAUSED: break;
	case STATUS_CREATING:
	case STATUS_CREATED:
	case STATUS_STOPPED: return err_set(e, ERR_STATE, 0, "Container cannot be checkpointed in %s state", status_name(c->status));
	}
	return c->journal.rootless ? err_set(e, ERR_UNSUPPORTED, 0, "a rootless container cannot be checkpointed") : 0;
}

static int walk_checkpoint(struct job *j, const struct container *c, int status_fd, struct err *e)
{
	struct host h;
	int rc = host_open(&h, j->plan, &j->request, e);

	if (rc == 0) {
		h.journal = c->journal;
		h.status_fd = status_fd;
		rc = host_walk(&h, j->plan->n, e);
	}
	host_close(&h);
	return rc;
}

bool life_has_criu(void)
{
#ifdef HAVE_CRIU
	static const char *const program[] = { CRIU_PROGRAMS };

	for (size_t i = 0; i < sizeof(program) / sizeof(program[0]); i++)
		if (sys_faccessat(AT_FDCWD, program[i], X_OK, 0) == 0)
			return helper_exists(CRIU_HELPER);
#endif
	return false;
}

int life_checkpoint(struct container *c, const struct request_criu *how, int status_fd, struct err *e)
{
	OWN(job) j = { 0 };

	TRY(refuse(c, e));
	TRY(life_saved_spec(c, &j.spec, e));
	TRY(probe_facts(&j.mem, &j.facts, e));
	j.request = (struct request){ .id = c->journal.id, .bundle = c->journal.bundle, .criu = how,
				      .target = { .pid = c->journal.pid, .cgroup_mount = c->journal.cgroup_mount, .cgroup_path = c->journal.cgroup_path } };
	TRY(plan_checkpoint(j.spec, &j.facts, &j.request, &j.plan, e));
	return walk_checkpoint(&j, c, status_fd, e);
}
