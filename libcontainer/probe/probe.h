/* room: host — looks at the machine and the caller, changes nothing */
#ifndef BRIG_PROBE_PROBE_H
#define BRIG_PROBE_PROBE_H

#include "base/arena.h"
#include "base/err.h"
#include "spec/facts.h"

/* Fills *ret; strings live in mem. Works without any privilege. Cheap: it runs before every create. */
int probe_facts(struct arena *mem, struct facts *ret, struct err *e) MUST_CHECK;

/* The part of them that the plan of an exec depends on (plan/join.c): the caller, and what s asks for. The rest is empty. */
int probe_caller(struct arena *mem, const struct spec *s, struct facts *ret, struct err *e) MUST_CHECK;

/* Asks libselinux / libapparmor (host side only, never after the root switch) whether what was asked for is valid:
 * ERR_UNSUPPORTED when the library or the LSM is absent, ERR_SPEC when the label or profile is not valid or not loaded. */
int probe_selinux_label(const char *label, struct err *e) MUST_CHECK;
int probe_apparmor_profile(const char *profile, struct err *e) MUST_CHECK;

#endif
