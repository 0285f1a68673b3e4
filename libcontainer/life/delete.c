/* room: host — delete: the journal backwards */
#include "life/life.h"
#include "base/log.h"
#include "fs/cgroupfs.h"
#include "sys/sys.h"

#include <errno.h>
#include <string.h>

enum { POLITE_TRIES = 5, MAX_TRIES = 100 };	/* each as long as container_open() waits for a creation */

static int refuse(const struct container *c, const char *id, bool force, struct err *e)
{
	if (force)
		return 0;
	switch (c->status) {
	case STATUS_CREATING:
		if (c->locked)	/* by us, so whoever was creating it is dead */
			return 0;
		break;
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
	bool absent = e->kind == ERR_STATE && strcmp(e->text, "container does not exist") == 0, has_journal = c->journal.id != NULL;

	if (force && absent && (!c->locked || only))
		return 0;
	if (!force || only || !c->locked || has_journal || !(e->num == ENOENT || (e->kind == ERR_STATE && e->num == 0)))
		return -1;
	log_warn("%s: removing the directory", e->text);
	return statedir_remove((struct host_path){ root }, id, &c->dir, e);
}

/* Pid and start time are never those of two processes. */
static bool is_other(const struct container *c, const struct journal *only)
{
	return only && (c->status == STATUS_CREATING || c->journal.pid != only->pid || c->journal.start_time != only->start_time);
}

static void kill_process(int pidfd)
{
	if (pidfd >= 0)
		sys_pidfd_signal(pidfd, SIGKILL);
}

/* The container dies, by which its creation fails, says why, and takes all back. One that waits for something else, a hook or a file of the
 * host's, does not notice: then it dies as well, and the journal tells what there is to do. What cannot be reached now will be by undo. */
static void end_creation(const struct container *c, bool creator_too)
{
	OWN_FD init = FD_NONE, creator = FD_NONE;
	struct cgdir d = { FD_NONE };
	struct err ignored;

	if (status_pidfd(&c->journal, &init, &ignored) == 0)
		kill_process(init);
	if (c->journal.cgroup_path[0] && life_cgroup(c, &d, &ignored) == 0) {
		(void)!cgdir_kill(&d, &ignored);
		cgdir_close(&d);
	}
	if (creator_too && status_creator(&c->journal, &creator, &ignored) == 0)
		kill_process(creator);
}

/* 1: open, locked and to be deleted; 0: there is nothing to delete. */
static int open_doomed(const char *root, const char *id, bool force, const struct journal *only, struct container *c, struct err *e)
{
	pid_t creator = 0;

	for (unsigned tries = 0; ; tries++) {
		if (container_open(root, id, true, c, e) < 0)
			return remove_unreadable(root, id, force, only, c, e);
		if (is_other(c, only) || (tries && c->journal.creator != creator))	/* made after what we ended */
			return 0;
		TRY(refuse(c, id, force, e));
		if (c->locked)
			return 1;
		if (tries == MAX_TRIES)
			return err_set(e, ERR_STATE, 0, "container is busy: its creation cannot be ended");
		creator = c->journal.creator;
		end_creation(c, tries >= POLITE_TRIES);
		container_close(c);
	}
}

int life_delete(const char *root, const char *id, bool force, const struct spec *spec, const struct journal *only, struct err *e)
{
	const struct spec *saved __attribute__((cleanup(spec_dropp))) = NULL;
	OWN(container) c;
	struct err ignored;
	int rc;

	sys_fault_room("undo");
	rc = open_doomed(root, id, force, only, &c, e);
	if (rc <= 0)
		return rc;
	if (!spec && life_saved_spec(&c, &saved, &ignored) == 0)
		spec = saved;
	TRY(undo_all((struct host_path){ root }, &c.dir, &c.journal, e));
	if (spec && life_hooks(spec, HOOK_POSTSTOP, &c.journal, "stopped", 0, &ignored) < 0)
		log_warn("%s, ignoring", ignored.text);	/* specification: a failing poststop hook is a warning */
	return 0;
}
