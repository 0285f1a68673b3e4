/* room: any — verified procfs */
#include "fs/procfs.h"
#include "base/limits.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROC_ROOT_INO = 1, PIECE = 2000 };

static int verify(int fd, struct err *e)
{
	struct statfs fs;
	struct stat st;

	if (sys_fstatfs(fd, &fs) < 0 || sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat /proc");
	if (fs.f_type != PROC_SUPER_MAGIC || st.st_ino != PROC_ROOT_INO)
		return err_set(e, ERR_POLICY, 0, "/proc is not the root of a procfs");
	return 0;
}

int procfs_open(struct procfs *ret, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW, 0);

	if (fd < 0)
		return err_sys(e, "open /proc");
	TRY(verify(fd, e));
	ret->fd = fd_take(&fd);
	return 0;
}

static int make(void)
{
	OWN_FD fs = sys_fsopen("proc");

	if (fs < 0 || sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return sys_fsmount(fs, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

int procfs_private(struct procfs *ret, struct err *e)
{
	int fd = make();

	if (fd < 0 && errno != EPERM)
		return err_sys(e, "make a procfs of our own");
	if (fd < 0)
		return procfs_open(ret, e);
	ret->fd = fd;
	return 0;
}

void procfs_close(struct procfs *p)
{
	fd_drop(&p->fd);
}

int procfs_openat(const struct procfs *p, const char *path, int flags, struct err *e)
{
	OWN_FD fd = sys_openat2(p->fd, path, (uint64_t)(flags | O_NOFOLLOW), 0, RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS);
	struct statfs fs;

	if (fd < 0)
		return err_sys(e, "open /proc/%s", path);
	/* No mount was crossed, so it is in the procfs whose root was verified; what is written to is asked all the same (CVE-2019-16884). */
	if ((flags & O_ACCMODE) != O_RDONLY && (sys_fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC))
		return err_set(e, ERR_POLICY, 0, "/proc/%s is not in a procfs", path);
	return fd_take(&fd);
}

int procfs_write(const struct procfs *p, const char *path, const char *text, struct err *e)
{
	OWN_FD fd = procfs_openat(p, path, O_WRONLY, e);
	size_t n = strlen(text);

	if (fd < 0)
		return -1;
	return sys_write(fd, text, n) == (ssize_t)n ? 0 : err_sys(e, "write /proc/%s", path);
}

int procfs_read(const struct procfs *p, const char *path, struct str *ret, struct err *e)
{
	OWN_FD fd = procfs_openat(p, path, O_RDONLY, e);
	ssize_t n;

	if (fd < 0)
		return -1;
	do {
		char *room = str_room(ret, PIECE);

		n = room ? sys_read(fd, room, PIECE) : 0;
		if (n > 0 && ret->n + (size_t)n > LIMIT_SMALL_FILE)
			return err_set(e, ERR_SYS, EFBIG, "read /proc/%s", path);
		ret->n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	if (n < 0)
		return err_sys(e, "read /proc/%s", path);
	str_add(ret, "");
	return str_ok(ret, e);
}

/* The command name may hold blanks and parentheses, so fields are counted from the last ')' (proc_pid_stat(5)). */
int procfs_start_time(const struct procfs *p, pid_t pid, unsigned long long *ret, char *ret_state, struct err *e)
{
	char path[32], text[1024], state;	/* the kernel gives the line in one piece: at most some 50 numbers and a name of 64 bytes */
	OWN_FD fd = FD_NONE;
	const char *at;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", pid);
	fd = procfs_openat(p, path, O_RDONLY, e);
	if (fd < 0)
		return -1;
	n = sys_read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return err_sys(e, "read /proc/%s", path);
	text[n] = '\0';
	at = strrchr(text, ')');
	if (!at || at[1] != ' ' || !at[2])
		return err_set(e, ERR_SYS, EPROTO, "read /proc/%s", path);
	state = *(at += 2);
	for (int field = 3; at && field < 22; field++)
		at = (at = strchr(at, ' ')) ? at + 1 : NULL;
	if (!at || *at < '0' || *at > '9')
		return err_set(e, ERR_SYS, EPROTO, "read /proc/%s", path);
	*ret = strtoull(at, NULL, 10);
	if (ret_state)
		*ret_state = state;
	return 0;
}
