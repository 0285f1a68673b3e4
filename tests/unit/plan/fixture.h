/* room: pure — a configuration by hand, for tests of the planner that need no JSON */
#ifndef BRIG_TESTS_UNIT_PLAN_FIXTURE_H
#define BRIG_TESTS_UNIT_PLAN_FIXTURE_H

#include "plan/build.h"

/* The default document of `spec`, a privileged caller on a pure cgroup v2 machine, `create ID`. All three may be changed afterwards;
 * the mounts and namespaces are the fixture's own copies. */
struct fixture {
	struct spec s;
	struct facts f;
	struct request r;
	struct spec_mount mount[16];
	struct id_mapping uid, gid;
	struct spec_rlimit limit;
};

void fixture_default(struct fixture *x);
/* The same, by user 1000 with nothing but a user namespace of the single map. */
void fixture_rootless(struct fixture *x);

/* NULL, or the plan (plan_free). Prints the error as a TAP comment. */
struct plan *fixture_plan(const struct fixture *x, struct err *e);
/* Index of the n-th (from 0) step of this kind, or -1. */
int step_at(const struct plan *p, enum op op, unsigned n);

#endif
