/* room: init — device nodes and links, each made under a held parent (N3, CVE-2026-41579) */
#include "init/acts.h"
#include "sys/sys.h"

#include <sys/sysmacros.h>

int device_node(struct init *in, const struct step *s, struct err *e)
{
	return rootfs_mknod(&in->root, s->device.path, s->device.mode, makedev(s->device.major, s->device.minor), s->device.uid, s->device.gid, e);
}

int link_make(struct init *in, const struct step *s, struct err *e)
{
	return rootfs_symlink(&in->root, s->link.path, s->link.target, false, e);
}

int cwd_make(struct init *in, const struct step *s, struct err *e)
{
	int fd = rootfs_mkdirs(&in->root, s->rpath.path, 0755, e);

	if (fd < 0)
		return err_ctx(e, "make the working directory %s", s->rpath.path.s);
	fd_drop(&fd);
	return 0;
}
