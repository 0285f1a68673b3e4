/* room: host — delete: the journal backwards */
#include "life/life.h"
#include "base/log.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

static int refuse(const struct container *c, const char *id, bool force, struct err *e)
{
	if (force)
		return 0;
	switch (c->status) {
	case STATUS_CREATING:	/* we hold the lock, so whoever was creating it is dead */
	case STATUS_CREATED:
	case STATUS_STOPPED:
		return 0;
	case STATUS_RUNNING:
	case STATUS_PAUSED:
		break;
	}
	return err_set(e, ERR_STATE, 0, "cannot delete container %s that is not stopped: %s", id, status_name(c->status));
}

/* A locked directory without a journal is a create that was killed before its first write: there is nothing else to undo. One that holds
 * something else than a journal will not get better. Any other failure may pass, and the journal is all that knows of processes and cgroup. */
static int remove_unreadable(const char *root, const char *id, bool force, const struct journal *only, const struct container *c, struct err *e)
{
	bool locked = c->dir.fd >= 0, has_journal = c->journal.id != NULL;

	if (force && !locked && e->kind == ERR_STATE && strcmp(e->text, "container does not exist") == 0)
		return 0;
	if (only && e->num == ENOENT)		/* a directory in which the next create has not written yet */
		return 0;
	if (!force || only || !locked || has_journal || !(e->num == ENOENT || (e->kind == ERR_STATE && e->num == 0)))
		return -1;
	log_warn("%s: removing the directory", e->text);
	return statedir_remove((struct host_path){ root }, id, &c->dir, e);
}

/* Pid and start time are never those of two processes. */
static bool is_other(const struct container *c, const struct journal *only)
{
	return only && (c->status == STATUS_CREATING || c->journal.pid != only->pid || c->journal.start_time != only->start_time);
}

int life_delete(const char *root, const char *id, bool force, const struct spec *spec, const struct journal *only, struct err *e)
{
	const struct spec *saved __attribute__((cleanup(spec_dropp))) = NULL;
	OWN(container) c;
	struct err ignored;

	sys_fault_room("undo");
	if (container_open(root, id, true, &c, e) < 0)
		return remove_unreadable(root, id, force, only, &c, e);
	if (is_other(&c, only))
		return 0;
	TRY(refuse(&c, id, force, e));
	if (!spec && life_saved_spec(&c, &saved, &ignored) == 0)
		spec = saved;
	TRY(undo_all((struct host_path){ root }, &c.dir, &c.journal, e));
	if (spec && life_hooks(spec, HOOK_POSTSTOP, &c.journal, "stopped", 0, &ignored) < 0)
		log_warn("%s, ignoring", ignored.text);	/* specification: a failing poststop hook is a warning */
	return 0;
}
