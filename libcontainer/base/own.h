/* room: any — ownership: each resource has one visible owner that cleans up when it goes out of scope */
#ifndef BRIG_BASE_OWN_H
#define BRIG_BASE_OWN_H

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define FD_NONE (-EBADF)	/* "no descriptor": not AT_FDCWD, not -EPERM */

/* Droppers accept the empty object and a second call, and preserve errno. */
static inline void fd_drop(int *fd)
{
	if (*fd >= 0) {
		int saved = errno;

		close(*fd);
		errno = saved;
	}
	*fd = FD_NONE;
}

/* Hands a descriptor on: the source becomes FD_NONE. */
static inline int fd_take(int *fd)
{
	int taken = *fd;

	*fd = FD_NONE;
	return taken;
}

static inline void mem_drop(void *pointer_to_pointer)
{
	void **p = pointer_to_pointer;
	int saved = errno;

	free(*p);
	*p = NULL;
	errno = saved;
}

#define OWN_FD   __attribute__((cleanup(fd_drop))) int
#define OWN_STR  __attribute__((cleanup(mem_drop))) char *
#define OWN_MEM  __attribute__((cleanup(mem_drop)))
#define OWN(T)   __attribute__((cleanup(T##_dropp))) struct T

#endif
