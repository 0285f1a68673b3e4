/* room: init — the root switch */
#include "init/acts.h"
#include "fs/mountinfo.h"
#include "sys/sys.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* "/" on top of "/": the old root lands on our working directory, which is the new root, and is detached from there (pivot_root(2), NOTES). */
static int pivot_into(struct init *in, struct err *e)
{
	if (sys_fchdir(in->root.fd) < 0)
		return err_sys(e, "enter the new root");
	if (sys_pivot_root(".", ".") < 0)
		return err_sys(e, "pivot_root");
	if (sys_umount2(".", MNT_DETACH) < 0)
		return err_sys(e, "detach the old root");
	return 0;
}

/* Without pivot_root the old mounts stay in the namespace. A host procfs or sysfs among them would let a nested user namespace mount
 * one of its own with nothing masked (W-13), so these go first; what cannot be unmounted is covered by an empty tmpfs at the root switch. */
static int drop_visible(struct err *e)
{
	OWN(str) text = { 0 };
	struct mountinfo m;
	char *rest;

	TRY(mountinfo_read(&text, e));
	rest = text.s;
	while (mountinfo_next(&rest, &m)) {
		if (strcmp(m.type, "proc") && strcmp(m.type, "sysfs"))
			continue;
		if (sys_umount2(m.point, MNT_DETACH) < 0 && errno != EINVAL && errno != EPERM && errno != ENOENT)
			return err_sys(e, "detach the host's %s", m.point);
	}
	return 0;
}

static int move_into(struct init *in, struct err *e)
{
	TRY(drop_visible(e));
	if (sys_fchdir(in->root.fd) < 0)
		return err_sys(e, "enter the new root");
	if (sys_mount_move(".", "/") < 0 && errno != EINVAL && errno != ELOOP)	/* these: it is on top of "/" already */
		return err_sys(e, "move the new root");
	return sys_chroot(".") < 0 ? err_sys(e, "chroot") : 0;
}

int pivot(struct init *in, const struct step *s, struct err *e)
{
	procfs_close(&in->proc);	/* may be the host's (rootless): no descriptor leads back (N4) */
	TRY(s->pivot.move ? move_into(in, e) : pivot_into(in, e));
	if (sys_chdir("/") < 0)
		return err_sys(e, "chdir /");
	/* Here: the host's tree is gone; names resolve inside the container, and every one of them is hostile. */
	return 0;
}
