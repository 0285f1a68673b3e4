/* room: any — slots: what a plan calls a descriptor (or a buffer) before it exists */
#ifndef BRIG_BASE_FDTAB_H
#define BRIG_BASE_FDTAB_H

#include "base/own.h"

#include <stddef.h>
#include <stdint.h>

typedef uint16_t slot_t;		/* index into struct fdtab, never an fd number */
#define SLOT_NONE ((slot_t)0xffff)

struct slot {
	int fd;		/* owned; FD_NONE when empty */
	void *data;	/* owned heap buffer (a seccomp program, a path read back), or NULL */
	size_t size;
};

struct fdtab {
	size_t n;
	struct slot *slot;
};

static inline void fdtab_close(struct fdtab *t)
{
	for (size_t i = 0; i < t->n; i++) {
		fd_drop(&t->slot[i].fd);
		mem_drop(&t->slot[i].data);
	}
}

#endif
