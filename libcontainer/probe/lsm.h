/* room: host — what the security modules' own libraries say: loaded (lsm_dynamic.c), or linked and in a helper (lsm_static.c) */
#ifndef BRIG_PROBE_LSM_H
#define BRIG_PROBE_LSM_H

#include "base/err.h"

#include <stdbool.h>

enum lsm_answer { LSM_VALID, LSM_INVALID, LSM_DISABLED };

int lsm_selinux(const char *label, enum lsm_answer *ret, struct err *e) MUST_CHECK;
int lsm_apparmor(bool *ret_enabled, struct err *e) MUST_CHECK;

#endif
