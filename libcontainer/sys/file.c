/* room: any — files and descriptors */
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define NR_FCHMODAT2 452	/* one number on all architectures but alpha */
#define OPEN_RETRIES 32		/* EAGAIN: something was renamed while ".." was resolved */
#define DUP_LOWEST   3		/* never into stdio */

int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags | O_CLOEXEC, .mode = mode, .resolve = resolve };
	int fd, tries = 0;

	if (sys_fault(__func__))
		return -1;
	do {
		fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
	} while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < OPEN_RETRIES)));
	return fd;
}

int sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	int fd;

	if (sys_fault(__func__))
		return -1;
	do {
		fd = openat(dir, path, flags | O_CLOEXEC, mode);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

ssize_t sys_read(int fd, void *buf, size_t n)
{
	ssize_t got;

	if (sys_fault(__func__))
		return -1;
	do {
		got = read(fd, buf, n);
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t sys_pread(int fd, void *buf, size_t n, off_t at)
{
	ssize_t got;

	if (sys_fault(__func__))
		return -1;
	do {
		got = pread(fd, buf, n, at);
	} while (got < 0 && errno == EINTR);
	return got;
}

ssize_t sys_pwrite(int fd, const void *buf, size_t n, off_t at)
{
	ssize_t done;

	if (sys_fault(__func__))
		return -1;
	do {
		done = pwrite(fd, buf, n, at);
	} while (done < 0 && errno == EINTR);
	return done;
}

ssize_t sys_write(int fd, const void *buf, size_t n)
{
	ssize_t done;

	if (sys_fault(__func__))
		return -1;
	do {
		done = write(fd, buf, n);
	} while (done < 0 && errno == EINTR);
	return done;
}

int sys_write_all(int fd, const void *buf, size_t n)
{
	const char *at = buf;

	while (n > 0) {
		ssize_t done = sys_write(fd, at, n);

		if (done < 0)
			return -1;
		if (done == 0) {
			errno = EIO;
			return -1;
		}
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

int sys_rewind(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

int sys_fstat(int fd, struct stat *st)
{
	if (sys_fault(__func__))
		return -1;
	return fstat(fd, st);
}

int sys_fstatat(int dir, const char *path, struct stat *st, int flags)
{
	if (sys_fault(__func__))
		return -1;
	return fstatat(dir, path, st, flags);
}

int sys_fstatfs(int fd, struct statfs *sf)
{
	if (sys_fault(__func__))
		return -1;
	return fstatfs(fd, sf);
}

int sys_mkdirat(int dir, const char *path, mode_t mode)
{
	if (sys_fault(__func__))
		return -1;
	return mkdirat(dir, path, mode);
}

int sys_mknodat(int dir, const char *path, mode_t mode, dev_t dev)
{
	if (sys_fault(__func__))
		return -1;
	return mknodat(dir, path, mode, dev);
}

int sys_symlinkat(const char *target, int dir, const char *path)
{
	if (sys_fault(__func__))
		return -1;
	return symlinkat(target, dir, path);
}

int sys_unlinkat(int dir, const char *path, int flags)
{
	if (sys_fault(__func__))
		return -1;
	return unlinkat(dir, path, flags);
}

int sys_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (sys_fault(__func__))
		return -1;
	return renameat(from_dir, from, to_dir, to);
}

ssize_t sys_readlinkat(int dir, const char *path, char *buf, size_t n)
{
	if (sys_fault(__func__))
		return -1;
	return readlinkat(dir, path, buf, n);
}

int sys_fchmod(int fd, mode_t mode)
{
	if (sys_fault(__func__))
		return -1;
	return fchmod(fd, mode);
}

int sys_fchmodat(int dir, const char *path, mode_t mode)
{
	if (sys_fault(__func__))
		return -1;
	return fchmodat(dir, path, mode, 0);
}

/* fchmod(2) refuses an O_PATH descriptor. fchmodat2 (6.6) takes one; before it, the way leads through our own link in /proc. */
int sys_fchmod_path(int fd, mode_t mode)
{
	char self[32];

	if (sys_fault(__func__))
		return -1;
	if (syscall(NR_FCHMODAT2, fd, "", mode, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno != ENOSYS)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return fchmodat(AT_FDCWD, self, mode, 0);
}

int sys_fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags)
{
	if (sys_fault(__func__))
		return -1;
	return fchownat(dir, path, uid, gid, flags);
}

int sys_fchdir(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return fchdir(fd);
}

int sys_chdir(const char *path)
{
	if (sys_fault(__func__))
		return -1;
	return chdir(path);
}

ssize_t sys_getcwd(char *buf, size_t n)
{
	if (sys_fault(__func__))
		return -1;
	return syscall(SYS_getcwd, buf, n);
}

int sys_ftruncate(int fd, off_t n)
{
	if (sys_fault(__func__))
		return -1;
	return ftruncate(fd, n);
}

int sys_fsync(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return fsync(fd);
}

int sys_dup(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, DUP_LOWEST);
}

int sys_dup3(int from, int to, bool keep_on_exec)
{
	int fd;

	if (sys_fault(__func__))
		return -1;
	do {
		fd = dup3(from, to, keep_on_exec ? 0 : O_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || errno == EBUSY));
	return fd;
}

int sys_cloexec(int fd, bool on)
{
	if (sys_fault(__func__))
		return -1;
	return fcntl(fd, F_SETFD, on ? FD_CLOEXEC : 0);
}

bool sys_is_cloexec(int fd)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && (flags & FD_CLOEXEC);
}

int sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_close_range, first, last, flags);
}

int sys_flock(int fd, int op)
{
	int r;

	if (sys_fault(__func__))
		return -1;
	do {
		r = flock(fd, op);
	} while (r < 0 && errno == EINTR);
	return r;
}

int sys_pipe(int fds[2])
{
	if (sys_fault(__func__))
		return -1;
	return pipe2(fds, O_CLOEXEC);
}

int sys_memfd(const char *name, unsigned flags)
{
	if (sys_fault(__func__))
		return -1;
	return memfd_create(name, flags | MFD_CLOEXEC);
}

int sys_seal(int fd, int seals)
{
	if (sys_fault(__func__))
		return -1;
	return fcntl(fd, F_ADD_SEALS, seals);
}

int sys_get_seals(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return fcntl(fd, F_GET_SEALS);
}

ssize_t sys_sendfile(int out, int in, size_t n)
{
	ssize_t done;

	if (sys_fault(__func__))
		return -1;
	do {
		done = sendfile(out, in, NULL, n);
	} while (done < 0 && errno == EINTR);
	return done;
}

long sys_getdents(int fd, void *buf, size_t n)
{
	if (sys_fault(__func__))
		return -1;
	return syscall(SYS_getdents64, fd, buf, n);
}

int sys_ioctl_ns_type(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return ioctl(fd, NS_GET_NSTYPE);
}

int sys_poll(struct pollfd *p, nfds_t n, const struct timespec *timeout)
{
	if (sys_fault(__func__))
		return -1;
	return ppoll(p, n, timeout, NULL);
}

void *sys_map_shared(int fd, size_t n)
{
	void *p;

	if (sys_fault(__func__))
		return NULL;
	p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return p == MAP_FAILED ? NULL : p;
}

int sys_unmap(void *p, size_t n)
{
	return munmap(p, n);
}

int sys_faccessat(int dir, const char *path, int mode, int flags)
{
	if (sys_fault(__func__))
		return -1;
	return faccessat(dir, path, mode, flags);
}
