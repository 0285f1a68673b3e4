/* room: host — the place where CRIU finds the container's trees; a part of brig-criu
 *
 * CRIU takes names, brig holds descriptors. So the trees are attached to fresh names in a mount namespace of our own: what has been checked is what is
 * mounted, nobody can put something else in its place, and all of it is gone with this process. It is also what CRIU asks of a root: a mount whose parent
 * is not covered. */
#include "host/criu_stage.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>

enum { RECURSIVELY = 0x8000 /* AT_RECURSIVE */ };

/* Directories that CRIU needs nothing of: the first is of the FHS, the second is on every machine (CRIU's cache of kernel features is there). Not below a
 * directory of ours, because a process in a user namespace must find its way. */
static const char *place(void)
{
	static const char *const known[] = { "/mnt", "/run" };
	struct stat st;

	return sys_fstatat(AT_FDCWD, known[0], &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & S_IXOTH) ? known[0] : known[1];
}

int stage_make(struct stage *s, struct err *e)
{
	struct mount_attr_arg apart = { .propagation = MS_PRIVATE };
	OWN_FD fs = FD_NONE, tmpfs = FD_NONE;

	s->path = place();
	if (sys_unshare(CLONE_NEWNS) < 0)
		return err_sys(e, "unshare the mount namespace");
	if (sys_mount_setattr(AT_FDCWD, "/", RECURSIVELY, &apart) < 0)
		return err_sys(e, "make all mounts private");
	fs = sys_fsopen("tmpfs");
	if (fs < 0 || sys_fsconfig(fs, FSCONFIG_SET_STRING, "mode", "0755", 0) < 0 || sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return err_sys(e, "make a tmpfs");
	tmpfs = sys_fsmount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (tmpfs < 0)
		return err_sys(e, "mount a tmpfs");
	if (sys_move_mount(tmpfs, "", AT_FDCWD, s->path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, "attach a tmpfs to %s", s->path);
	return 0;
}

int stage_attach(const struct stage *s, struct arena *mem, int fd, char **ret, struct err *e)
{
	char *path = arena_printf(mem, "%s/%d", s->path, fd);
	struct stat st;

	if (!path)
		return err_oom(e);
	if (sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat a tree");
	if ((S_ISDIR(st.st_mode) ? sys_mkdirat(AT_FDCWD, path, 0755) : sys_mknodat(AT_FDCWD, path, S_IFREG | 0600, 0)) < 0)
		return err_sys(e, "make %s", path);
	if (sys_move_mount(fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, "attach a tree to %s", path);
	*ret = path;
	return 0;
}
