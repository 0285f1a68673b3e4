/* room: init — exec: into the namespaces of a container that is there already */
#include "init/acts.h"
#include "sys/sys.h"
#include "wire/groups.h"

#include <fcntl.h>
#include <sched.h>

int ns_join_init(struct init *in, const struct step *s, struct err *e)
{
	int *target = &in->tab->slot[s->join.target].fd;

	procfs_close(&in->proc);	/* the caller's: no descriptor leads back (N4) */
	if (s->join.flags & CLONE_NEWUSER)
		TRY(groups_leave(e));
	if (sys_setns(*target, (int)s->join.flags) < 0)
		return err_sys(e, "enter the container's namespaces");
	fd_drop(target);
	/* Here: the container's namespaces and root; still the caller's ids and capabilities, not dumpable. */
	return 0;
}

int root_open(struct init *in, const struct step *s, struct err *e)
{
	(void)s;
	in->root.fd = sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0);
	if (in->root.fd < 0)
		return err_sys(e, "open the container's root");
	return sys_chdir("/") < 0 ? err_sys(e, "chdir /") : 0;
}
