/* room: any — the loop that both processes run over the same array */
#ifndef BRIG_WIRE_WALK_H
#define BRIG_WIRE_WALK_H

#include "wire/baton.h"

typedef int step_fn(void *room, const struct step *s, struct err *e);

/* Runs this room's steps in [from, to), sleeps through the others'. run[op] is called for each own step. In the host, peers' exported descriptors
 * land in tab. When the host stops before the end of the plan it passes the baton on, once, to the room of step `to`.
 * On failure *e has step, room, kind of act and cause filled in. */
int walk(const struct plan *p, size_t from, size_t to, struct baton *b, struct fdtab *tab, step_fn *const run[OP_COUNT], void *room, struct err *e) MUST_CHECK;

/* Sets step, room, op and why of a failed step; returns -1. */
int walk_blame(const struct plan *p, size_t i, struct err *e);

#endif
