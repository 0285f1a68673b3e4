/* room: join — the short-lived process that enters what clone cannot enter */
#ifndef BRIG_JOIN_JOIN_H
#define BRIG_JOIN_JOIN_H

#include "base/fdtab.h"
#include "plan/plan.h"
#include "wire/baton.h"

typedef void join_enter_fn(enum room me, const struct plan *p, size_t from, struct baton *b, struct fdtab *tab);

/* Called in the new process right after join-clone; walks its steps, makes init as its sibling (CLONE_PARENT) and exits. Never returns. */
_Noreturn void join_main(enum room me, const struct plan *p, size_t from, struct baton *b, struct fdtab *tab, join_enter_fn *enter_init);

#endif
