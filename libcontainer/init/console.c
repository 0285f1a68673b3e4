/* room: init — the pty, by descriptor only (N10; CVE-2025-52565, CVE-2026-88264) */
#include "init/acts.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

enum { DEVPTS_MAGIC = 0x1cd1 };

static int open_ptmx(struct init *in, struct err *e)
{
	OWN_FD fd = rootfs_open(&in->root, (struct root_path){ "/dev/pts/ptmx" }, O_RDWR | O_NOCTTY, true, e);
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return err_ctx(e, "process.terminal needs a devpts mount on /dev/pts");
	if (sys_fstatfs(fd, &fs) < 0 || sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat /dev/pts/ptmx");
	if (fs.f_type != DEVPTS_MAGIC || !S_ISCHR(st.st_mode) || st.st_rdev != makedev(5, 2))
		return err_set(e, ERR_POLICY, 0, "/dev/pts/ptmx is not the multiplexer of a devpts file system");
	return fd_take(&fd);
}

/* Output arrives as it was written: no carriage return is added (compatibility 1.11). */
static int raw_newlines(int slave, struct err *e)
{
	struct termios t;

	if (sys_tty_get(slave, &t) < 0)
		return err_sys(e, "read the terminal's modes");
	t.c_oflag &= ~(tcflag_t)ONLCR;
	return sys_tty_set(slave, &t) < 0 ? err_sys(e, "set the terminal's modes") : 0;
}

static int cover_console(struct init *in, int slave, struct err *e)
{
	OWN_FD tree = sys_open_tree(slave, "", OPEN_TREE_CLONE | AT_EMPTY_PATH), target = FD_NONE;

	if (tree < 0)
		return err_sys(e, "open_tree of the pty");
	target = rootfs_mountpoint(&in->root, (struct root_path){ "/dev/console" }, MOUNTPOINT_FILE, true, e);
	if (target < 0)
		return err_ctx(e, "mount point /dev/console");
	if (sys_move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, "attach the pty to /dev/console");
	return 0;
}

int console(struct init *in, const struct step *s, struct err *e)
{
	OWN_FD master = open_ptmx(in, e), slave = FD_NONE;
	struct winsize ws = { .ws_row = (unsigned short)s->console.height, .ws_col = (unsigned short)s->console.width };

	if (master < 0)
		return -1;
	if (sys_tty_unlock(master) < 0)
		return err_sys(e, "unlock the pty");
	slave = sys_tty_peer(master);
	if (slave < 0)
		return err_sys(e, "open the pty's other end");
	TRY(raw_newlines(slave, e));
	if (s->console.height && s->console.width && sys_tty_size_set(slave, &ws) < 0)
		return err_sys(e, "set the terminal's size");
	if (sys_fchownat(slave, "", s->console.uid, (gid_t)-1, AT_EMPTY_PATH) < 0)
		return err_sys(e, "give the pty to the container's user");
	if (s->console.bind)
		TRY(cover_console(in, slave, e));
	for (int i = 0; i < 3; i++)
		if (sys_dup3(slave, i, true) < 0)
			return err_sys(e, "make the pty standard stream %d", i);
	in->tab->slot[s->console.master].fd = fd_take(&master);
	return 0;
}

int session(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	if (sys_setsid() < 0 && errno != EPERM)	/* EPERM: leads one already */
		return err_sys(e, "setsid");
	if (s->session.terminal && sys_tty_controlling(0) < 0)
		return err_sys(e, "make the pty the controlling terminal");
	return 0;
}
