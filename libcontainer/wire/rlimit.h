/* room: any — one resource limit of one process: host and init set them by the same rule */
#ifndef BRIG_WIRE_RLIMIT_H
#define BRIG_WIRE_RLIMIT_H

#include "base/err.h"
#include "plan/plan.h"

#include <sys/types.h>

/* Sets the limit of an OP_RLIMIT step for pid (0: the caller). One that is so already is left alone: that asks for no privilege. */
int rlimit_set(pid_t pid, const struct step *s, struct err *e) MUST_CHECK;

#endif
