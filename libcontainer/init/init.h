/* room: init — the container's first process, from clone to execve */
#ifndef BRIG_INIT_INIT_H
#define BRIG_INIT_INIT_H

#include "base/fdtab.h"
#include "plan/plan.h"
#include "wire/baton.h"

/* Called in the new process; from is the index of the step after the one that made it. Walks its steps and ends in execve, or reports the
 * failure (through the baton before `created`, through the start FIFO after) and exits 1. Never returns. */
_Noreturn void init_main(const struct plan *p, size_t from, struct baton *b, struct fdtab *tab);

#endif
