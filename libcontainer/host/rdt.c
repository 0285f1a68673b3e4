/* room: host — the container's resctrl group (specification, linux.intelRdt) */
#include "host/acts.h"
#include "base/log.h"
#include "fs/resctrl.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* The journal names the group before it is made. What somebody else made in the meantime is not ours to remove. */
static int made_by_another(const char **in_journal, const char *group, struct err *e)
{
	*in_journal = "";
	return err_set(e, ERR_STATE, 0, "resctrl group %s exists already", group);
}

/* A group with an id of its own (closID) stays: it belongs to whoever names it. One that could not be set up is nobody's. */
static int group_of_its_name(int mount, const struct step *s, int *ret, struct err *e)
{
	struct err ignored;
	bool made = false;

	if (s->rdt.make == RDT_WHEN_ABSENT && s->rdt.group[0])
		TRY(resctrl_make(mount, s->rdt.group, &made, e));
	TRY(resctrl_group(mount, s->rdt.group, ret, e));
	if (!made)
		return s->rdt.lines.n ? resctrl_compare(*ret, s->rdt.lines.n, s->rdt.lines.item, e) : 0;
	if (resctrl_write(*ret, s->rdt.lines.n, s->rdt.lines.item, e) == 0)
		return 0;
	if (resctrl_remove(mount, s->rdt.group, &ignored) < 0)
		log_warn("%s, ignoring", ignored.text);
	return -1;
}

static int group_of_ours(struct host *h, int mount, const struct step *s, int *ret, struct err *e)
{
	bool made;

	TRY(resctrl_make(mount, s->rdt.group, &made, e));
	if (!made)
		return made_by_another(&h->journal.rdt_path, s->rdt.group, e);
	TRY(resctrl_group(mount, s->rdt.group, ret, e));
	return s->rdt.lines.n ? resctrl_write(*ret, s->rdt.lines.n, s->rdt.lines.item, e) : 0;
}

static int monitor(struct host *h, int group, const struct step *s, pid_t pid, struct err *e)
{
	OWN_FD all = FD_NONE, own = FD_NONE;
	bool made = false;

	TRY(resctrl_group(group, "mon_groups", &all, e));
	if (s->rdt.make != RDT_JOIN)
		TRY(resctrl_make(all, s->rdt.monitor, &made, e));
	if (s->rdt.make != RDT_JOIN && !made)
		return made_by_another(&h->journal.rdt_monitor, s->rdt.monitor, e);
	TRY(resctrl_group(all, s->rdt.monitor, &own, e));
	return resctrl_assign(own, pid, e);
}

int rdt(struct host *h, const struct step *s, struct err *e)
{
	OWN_FD mount = FD_NONE, group = FD_NONE;
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	TRY(resctrl_open(s->rdt.mount, &mount, e));
	if (s->rdt.make == RDT_CHANGE) {
		TRY(resctrl_group(mount, s->rdt.group, &group, e));
		return resctrl_write(group, s->rdt.lines.n, s->rdt.lines.item, e);
	}
	if (s->rdt.make == RDT_OURS)
		TRY(group_of_ours(h, mount, s, &group, e));
	else
		TRY(group_of_its_name(mount, s, &group, e));
	TRY(resctrl_assign(group, pid, e));
	return s->rdt.monitor ? monitor(h, group, s, pid, e) : 0;
}

/* Splits "/mount/mon_groups/x" as written by the planner: its parent, then the name. */
static int remove_path(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	OWN_STR parent = slash ? strndup(path, (size_t)(slash - path)) : NULL;
	OWN_FD fd = FD_NONE;

	if (!slash)
		return 0;
	if (!parent)
		return err_oom(e);
	if (resctrl_open((struct host_path){ parent }, &fd, e) < 0)
		return e->num == ENOENT ? 0 : -1;	/* it went with the group above it, or with the mount */
	return resctrl_remove(fd, slash + 1, e);
}

int rdt_undo(const struct journal *j, struct err *e)
{
	TRY(remove_path(j->rdt_monitor, e));
	return remove_path(j->rdt_path, e);
}

/* Before the journal is written: a group of that name that is there is not ours to remove later. */
int rdt_refuse_used(const char *path, struct err *e)
{
	struct stat st;

	if (!path[0])
		return 0;
	if (sys_fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return err_set(e, ERR_STATE, 0, "resctrl group %s exists already", path);
	return errno == ENOENT ? 0 : err_sys(e, "stat %s", path);
}
