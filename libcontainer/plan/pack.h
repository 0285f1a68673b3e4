/* room: pure — a plan as bytes without addresses, and back: how the sealed program (wire/brief.h) gets its steps */
#ifndef BRIG_PLAN_PACK_H
#define BRIG_PLAN_PACK_H

#include "plan/plan.h"

/* Appends to *out what join and init need of p: their steps with all that these lead to, and of the host's steps that they are there.
 * str_ok() tells whether the memory sufficed. */
void plan_pack(const struct plan *p, struct str *out);
/* Makes a plan of n bytes that plan_pack() wrote in this build. *ret points into bytes, which must be aligned for any object, outlive it, and are
 * changed; there is nothing to free. ERR_PEER when they are too few. */
int plan_unpack(void *bytes, size_t n, struct plan *ret, struct err *e) MUST_CHECK;

#endif
