/* room: any — slots: what a plan calls a descriptor (or a buffer) before it exists */
#ifndef BRIG_BASE_FDTAB_H
#define BRIG_BASE_FDTAB_H

#include "base/arena.h"
#include "base/own.h"

#include <stddef.h>
#include <stdint.h>

typedef uint16_t slot_t;		/* index into struct fdtab, never an fd number */
#define SLOT_NONE ((slot_t)0xffff)

struct slot {
	int fd;		/* owned; FD_NONE when empty */
	void *data;	/* a seccomp program, in the table's mem; or NULL */
	size_t size;
};

struct fdtab {
	size_t n;
	struct slot *slot;
	struct arena mem;
};

static inline void fdtab_close(struct fdtab *t)
{
	for (size_t i = 0; i < t->n; i++) {
		fd_drop(&t->slot[i].fd);
		t->slot[i].data = NULL;
	}
	arena_free(&t->mem);
}

#endif
