/* room: any — the brief: what the sealed program gets instead of the host side's memory
 *
 * Join and init are a program of their own (host/program.h). It is executed with an empty environment, the standard streams, what the caller wants to
 * be passed on, and the descriptors of its steps. All else is in one memfd: the shared mark page of the baton, and behind it the steps of both rooms
 * (plan/pack.h) and the numbers of the descriptors. The host writes it, and nobody but the host and its children has it. */
#ifndef BRIG_WIRE_BRIEF_H
#define BRIG_WIRE_BRIEF_H

#include "base/arena.h"
#include "wire/baton.h"

/* Host: all that `room` and whom it makes need, from step `from` on, into the memfd of b. */
int brief_write(const struct baton *b, enum room room, const struct plan *p, size_t from, const struct fdtab *tab, struct err *e) MUST_CHECK;
/* The same process's child: what it names must survive the execution. The calls that this makes are its only ones: -1 with errno. */
int brief_keep(const struct baton *b, enum room room, const struct plan *p, const struct fdtab *tab) MUST_CHECK;

struct brief {
	enum room room;
	size_t from;
	struct plan plan;	/* lies in bytes */
	struct fdtab tab;	/* its slots, and what they hold, lie there, too */
	struct baton baton;
	struct arena mem;
	void *bytes;		/* in mem; lives as long as the process */
};
/* The sealed program: from the memfd of this number, which is closed. All descriptors are close-on-exec afterwards. */
int brief_read(int fd, struct brief *ret, struct err *e) MUST_CHECK;

#endif
