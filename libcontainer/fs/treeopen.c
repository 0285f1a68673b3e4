/* room: any — detached mount trees */
#include "fs/treeopen.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/sysmacros.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static int clone_of(int dir, const char *path, unsigned flags, int *ret_fd)
{
	int fd = sys_open_tree(dir, path, OPEN_TREE_CLONE | flags);

	if (fd < 0)
		return -1;
	*ret_fd = fd;
	return 0;
}

int tree_clone(struct host_path p, bool recursive, enum tree_links links, int *ret_fd, struct err *e)
{
	unsigned flags = (recursive ? AT_RECURSIVE : 0) | (links == LINK_KEPT ? AT_SYMLINK_NOFOLLOW : 0);

	if (links == LINKS_REFUSED) {
		OWN_FD at = sys_openat2(AT_FDCWD, p.s, O_PATH, 0, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);

		if (at < 0)
			return err_sys(e, "open %s without following links", p.s);
		if (clone_of(at, "", flags | AT_EMPTY_PATH, ret_fd) < 0)
			return err_sys(e, "open_tree %s", p.s);
		return 0;
	}
	return clone_of(AT_FDCWD, p.s, flags, ret_fd) < 0 ? err_sys(e, "open_tree %s", p.s) : 0;
}

int node_clone(struct host_path p, char type, uint32_t major, uint32_t minor, bool any_number, int *ret_fd, struct err *e)
{
	mode_t want = type == 'b' ? S_IFBLK : type == 'p' ? S_IFIFO : S_IFCHR;
	OWN_FD fd = FD_NONE;
	struct stat st;

	if (clone_of(AT_FDCWD, p.s, 0, &fd) < 0)
		return err_sys(e, "open_tree %s", p.s);
	if (sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", p.s);
	if ((st.st_mode & S_IFMT) != want || (!any_number && st.st_rdev != makedev(major, minor)))
		return err_set(e, ERR_POLICY, 0, "%s is not the device %c %u:%u", p.s, type, major, minor);
	*ret_fd = fd_take(&fd);
	return 0;
}

int tree_set(int tree, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct err *e)
{
	struct mount_attr_arg a = { .attr_set = set, .attr_clr = clear, .propagation = propagation };

	if (sys_mount_setattr(tree, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &a) < 0)
		return err_sys(e, "mount_setattr +%#llx -%#llx", (unsigned long long)set, (unsigned long long)clear);
	return 0;
}
