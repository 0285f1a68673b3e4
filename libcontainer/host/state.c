/* room: host — reservation, start FIFOs, and the announcement of a finished container */
#include "host/acts.h"
#include "fs/cgroupfs.h"
#include "fs/hostfile.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* In the journal only once it is known to be free: undo kills what lives there. */
static int reserve_cgroup(struct host *h, struct err *e)
{
	struct host_path mount = { h->plan->cgroup_mount };
	const char *path = h->plan->cgroup_path;
	struct journal *j = &h->journal;
	unsigned depth = cgroup_components(path);

	TRY(cgdir_existing(mount, path, &j->cgroup_keep, e));
	TRY(cgroup_refuse_used(mount, path, j->cgroup_keep, e));
	if (j->systemd_unit[0] && j->cgroup_keep == depth)
		j->systemd_unit = "";			/* a slice that others use too: not ours to stop */
	else if (j->systemd_unit[0])
		j->cgroup_keep = depth - 1;		/* the slices are systemd's to remove */
	j->cgroup_path = path;
	return 0;
}

/* The journal is whole before the first lasting act: whoever kills us, delete knows what to look for. */
int state_reserve(struct host *h, const struct step *s, struct err *e)
{
	const struct request *r = h->request;
	const struct plan *p = h->plan;
	struct journal *j = &h->journal;

	(void)s;
	*j = (struct journal){ .phase = PHASE_CREATING, .id = r->id, .bundle = r->bundle, .rootfs = p->rootfs, .created = "",
			       .cgroup_mount = p->cgroup_mount, .cgroup_path = "", .systemd_unit = p->systemd_unit, .keyring = "", .rdt_path = "", .rdt_monitor = "",
			       .systemd_cgroup = r->systemd_cgroup, .rootless = p->rootless, .own_pid_ns = p->own_pid_ns,
			       .has_terminal = false, .owner = (uint32_t)sys_geteuid(), .annotations = p->annotations };
	j->creator = sys_getpid();
	TRY(procfs_start_time(&h->proc, j->creator, &j->creator_start, NULL, e));
	TRY(statedir_reserve((struct host_path){ r->state_root }, r->id, &h->state, e));
	h->reserved = true;
	if (p->cgroup_path[0])
		TRY(reserve_cgroup(h, e));
	TRY(rdt_refuse_used(p->rdt_path, e));
	TRY(rdt_refuse_used(p->rdt_monitor, e));
	j->rdt_path = p->rdt_path;
	j->rdt_monitor = p->rdt_monitor;
	TRY(journal_write(&h->state, j, e));
	return statedir_write(&h->state, "config.json", h->config, h->config_size, e);
}

static int fifo(struct host *h, const char *name, slot_t slot, struct err *e)
{
	/* Opened for both directions: no open ever blocks, and init is never without a reader for its last words. */
	if (sys_mknodat(h->state.fd, name, S_IFIFO | 0600, 0) < 0)
		return err_sys(e, "mkfifo %s", name);
	h->tab.slot[slot].fd = sys_openat(h->state.fd, name, O_RDWR | O_NOFOLLOW, 0);
	return h->tab.slot[slot].fd < 0 ? err_sys(e, "open %s", name) : 0;
}

int start_fifo(struct host *h, const struct step *s, struct err *e)
{
	TRY(fifo(h, "start.in", s->fifo.in, e));
	return fifo(h, "start.out", s->fifo.out, e);
}

/* Any user of the container may look into it; the directory above is closed to everybody else. */
int notify_dir(struct host *h, const struct step *s, struct err *e)
{
	OWN_FD dir = FD_NONE;

	(void)s;
	if (sys_mkdirat(h->state.fd, "notify", 0755) < 0)
		return err_sys(e, "mkdir notify in the state directory");
	dir = sys_openat(h->state.fd, "notify", O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	return dir < 0 || sys_fchmod(dir, 0755) < 0 ? err_sys(e, "chmod notify in the state directory") : 0;	/* whatever the umask */
}

/* With a cgroup, cgroup.kill finds init whatever the journal says, and mostly it ends by itself with the baton. But one that is in a hook does not
 * read the baton; without a cgroup, only the journal can tell delete of it then. */
int state_note_init(struct host *h, struct err *e)
{
	struct journal *j = &h->journal;

	if (h->plan->cgroup_path[0] || h->plan->kind == PLAN_JOIN)	/* the process of an exec is not the one that the journal is about */
		return 0;
	j->pid = h->init_pid;
	TRY(procfs_start_time(&h->proc, j->pid, &j->start_time, NULL, e));
	return journal_write(&h->state, j, e);
}

static void now_rfc3339(char *buf, size_t size)
{
	struct timespec ts = { 0 };
	struct tm tm;
	size_t n;

	sys_clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, size, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, size - n, ".%09ldZ", ts.tv_nsec);
}

int state_created(struct host *h, const struct step *s, struct err *e)
{
	struct journal *j = &h->journal;
	TRY(host_init_pid(h, &j->pid, e));
	TRY(procfs_start_time(&h->proc, j->pid, &j->start_time, NULL, e));
	now_rfc3339(h->created, sizeof(h->created));
	j->created = h->created;
	j->phase = PHASE_CREATED;
	TRY(journal_write(&h->state, j, e));
	return s->path.path.s ? pid_file(h, s, e) : 0;
}
