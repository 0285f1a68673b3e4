/* room: join — the short-lived process that enters what clone cannot enter */
#ifndef BRIG_JOIN_JOIN_H
#define BRIG_JOIN_JOIN_H

#include "base/fdtab.h"
#include "plan/plan.h"
#include "wire/baton.h"

typedef void enter_init_fn(const struct plan *p, size_t from, struct baton *b, struct fdtab *tab);

/* Called in the new process that join-clone made; walks its steps, makes init as its sibling (CLONE_PARENT) and exits. Never returns. */
_Noreturn void join_main(const struct plan *p, size_t from, struct baton *b, struct fdtab *tab, enter_init_fn *enter_init);

#endif
