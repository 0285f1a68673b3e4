/* room: any — mounts by descriptor: the new mount API */
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef OPEN_TREE_CLOEXEC
#define OPEN_TREE_CLOEXEC O_CLOEXEC
#endif
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC 0x00000001
#endif
#ifndef FSMOUNT_CLOEXEC
#define FSMOUNT_CLOEXEC 0x00000001
#endif
#ifndef FSPICK_CLOEXEC
#define FSPICK_CLOEXEC 0x00000001
#endif

#define MESSAGE_MAX 512		/* one line of a file system's message log */

int sys_open_tree(int dir, const char *path, unsigned flags)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_open_tree, dir, path, flags | OPEN_TREE_CLOEXEC);
}

int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}

int sys_fsopen(const char *type)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC);
}

int sys_fsconfig(int fs, unsigned cmd, const char *key, const void *value, int aux)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_fsconfig, fs, cmd, key, value, aux);
}

int sys_fsmount(int fs, unsigned attrs)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attrs);
}

int sys_fspick(int dir, const char *path, unsigned flags)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_fspick, dir, path, flags | FSPICK_CLOEXEC);
}

int sys_mount_setattr(int dir, const char *path, unsigned flags, const struct mount_attr_arg *attr)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_mount_setattr, dir, path, flags, attr, sizeof(*attr));
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_pivot_root, new_root, put_old);
}

int sys_umount2(const char *path, int flags)
{
	if (sys_fault(__func__))
		return -1;
	return umount2(path, flags);
}

int sys_mount_move(const char *from, const char *to)
{
	if (sys_fault(__func__))
		return -1;
	return mount(from, to, NULL, MS_MOVE, NULL);
}

int sys_chroot(const char *path)
{
	if (sys_fault(__func__))
		return -1;
	return chroot(path);
}

void sys_fs_message(int fs, char *buf, size_t size)
{
	char line[MESSAGE_MAX];
	int saved = errno;
	size_t used = 0;
	ssize_t n;

	if (size == 0)
		return;
	buf[0] = '\0';
	/* One read gives one message, "e tmpfs: Bad value for 'size'"; the log ends with ENODATA. */
	while ((n = read(fs, line, sizeof(line) - 1)) > 0) {
		const char *text = line;
		int added;

		while (n > 0 && line[n - 1] == '\n')
			n--;
		line[n] = '\0';
		if (n > 2 && line[1] == ' ')
			text += 2;
		added = snprintf(buf + used, size - used, "%s%s", used ? "; " : "", text);
		if (added > 0)
			used += (size_t)added;
		if (used >= size)
			used = size - 1;
	}
	errno = saved;
}
