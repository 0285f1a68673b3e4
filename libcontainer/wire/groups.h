/* room: any — supplementary groups: init and join set them by the same rule */
#ifndef BRIG_WIRE_GROUPS_H
#define BRIG_WIRE_GROUPS_H

#include "base/err.h"
#include "spec/spec.h"

/* The calling process has exactly these afterwards (CVE-2022-36109). Where the user namespace denies setgroups (user_namespaces(7)) that holds when
 * none are wanted and none are there: see groups_leave. */
int groups_set(const struct ids_list *want, struct err *e) MUST_CHECK;

/* Before another user namespace is entered, which may deny setgroups: the caller's groups go while they still can. Whoever may not do this here
 * (EPERM, which is no error) must be able to do it there. */
int groups_leave(struct err *e) MUST_CHECK;

#endif
