/* room: host — delete: the journal backwards */
#include "life/life.h"
#include "base/log.h"
#include "sys/sys.h"

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

/* A directory whose journal cannot be read is a create that was killed before its first write. There is nothing else to undo then. */
static int remove_unreadable(const char *root, const char *id, bool force, struct err *e)
{
	struct statedir d = { FD_NONE };
	struct err why = *e;
	int rc;

	if (!force || why.kind == ERR_USAGE)
		return -1;
	if (statedir_open((struct host_path){ root }, id, true, &d, e) < 0)
		return strstr(e->text, "does not exist") ? 0 : -1;
	log_warn("%s: removing the directory", why.text);
	rc = statedir_remove((struct host_path){ root }, id, &d, e);
	statedir_close(&d);
	return rc;
}

int life_delete(const char *root, const char *id, bool force, struct err *e)
{
	const struct spec *spec __attribute__((cleanup(spec_dropp))) = NULL;
	OWN(container) c;
	struct err ignored;

	sys_fault_room("undo");
	if (container_open(root, id, true, &c, e) < 0) {
		container_close(&c);
		return remove_unreadable(root, id, force, e);
	}
	TRY(refuse(&c, id, force, e));
	if (life_saved_spec(&c, &spec, &ignored) < 0)
		spec = NULL;
	TRY(undo_all((struct host_path){ root }, &c.dir, &c.journal, e));
	if (spec && life_hooks(spec, HOOK_POSTSTOP, &c.journal, "stopped", 0, &ignored) < 0)
		log_warn("%s, ignoring", ignored.text);	/* specification: a failing poststop hook is a warning */
	return 0;
}
