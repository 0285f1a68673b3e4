/* room: host — shared by the files that make the public API; private to them */
#ifndef BRIG_CONTAINER_PRIVATE_H
#define BRIG_CONTAINER_PRIVATE_H

#include "container.h"
#include "life/life.h"

/* -1, with the library's error as the caller's. */
int public_error(const struct err *in, struct brig_err *out);
/* What the caller asks, checked; strings are borrowed from it. */
int public_request(struct job *j, const struct brig_options *o, const struct brig_create *c, struct err *e) MUST_CHECK;

/* Holds nothing yet, for host_close. */
void public_no_host(struct host *h);
/* What is created, or restored, is let run, and waited for (its exit status) respectively left. Failing, it is deleted. */
int public_foreground(struct job *j, struct host *h, const struct brig_options *o, const struct brig_create *c, struct err *e) MUST_CHECK;
int public_detached(struct job *j, struct host *h, const struct brig_options *o, const struct brig_create *c, struct err *e) MUST_CHECK;

#endif
