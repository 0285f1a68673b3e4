/* room: init — paths that must not be read, and paths that must not be written */
#include "init/acts.h"
#include "base/log.h"
#include "fs/treeopen.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>

enum { RECURSIVELY = 0x8000 /* AT_RECURSIVE */ };

/* Absent targets are skipped; that the source exists was proven when it was opened, so the two are never confused (CVE-2025-31133). */
static int target(struct init *in, struct root_path p, int *ret, struct err *e)
{
	int fd = rootfs_open(&in->root, p, O_PATH, false, e);

	if (fd >= 0) {
		*ret = fd;
		return 1;
	}
	if (e->kind == ERR_SYS && (e->num == ENOENT || e->num == ENOTDIR)) {
		log_debug("%s is not there, nothing to cover", p.s);
		return 0;
	}
	return -1;
}

static int attach(int tree, int at, struct root_path p, struct err *e)
{
	if (sys_move_mount(tree, "", at, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, "cover %s", p.s);
	return 0;
}

/* The first use attaches the source itself; a copy of a mount can be had only from one that is attached, so later ones copy that. */
static int cover(struct init *in, slot_t source, bool *used, int at, struct root_path p, struct err *e)
{
	int fd = in->tab->slot[source].fd;

	if (*used) {
		OWN_FD copy = sys_open_tree(fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);

		return copy < 0 ? err_sys(e, "copy the cover for %s", p.s) : attach(copy, at, p, e);
	}
	TRY(attach(fd, at, p, e));
	*used = true;
	return 0;
}

int mask(struct init *in, const struct step *s, struct err *e)
{
	OWN_FD at = FD_NONE;
	struct stat st;
	int found = target(in, s->mask.path, &at, e);

	if (found <= 0)
		return found;
	if (sys_fstat(at, &st) < 0)
		return err_sys(e, "stat %s", s->mask.path.s);
	if (S_ISDIR(st.st_mode))
		return cover(in, s->mask.empty, &in->covered[1], at, s->mask.path, e);
	return cover(in, s->mask.null, &in->covered[0], at, s->mask.path, e);
}

int readonly(struct init *in, const struct step *s, struct err *e)
{
	OWN_FD at = FD_NONE, tree = FD_NONE;
	int found = target(in, s->rpath.path, &at, e);

	if (found <= 0)
		return found;
	tree = sys_open_tree(at, "", OPEN_TREE_CLONE | AT_EMPTY_PATH | RECURSIVELY);
	if (tree < 0)
		return err_sys(e, "copy the mount of %s", s->rpath.path.s);
	TRY(tree_set(tree, MOUNT_ATTR_RDONLY, 0, 0, true, e));
	return attach(tree, at, s->rpath.path, e);
}
