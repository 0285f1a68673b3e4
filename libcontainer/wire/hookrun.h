/* room: any — one hook program, run to its end. Host and init run hooks; the rules are the same for both (N17, W-2). */
#ifndef BRIG_WIRE_HOOKRUN_H
#define BRIG_WIRE_HOOKRUN_H

#include "base/err.h"
#include "spec/spec.h"

struct hook_call {
	const struct spec_hook *hook;
	enum hook_kind kind;
	size_t index;			/* position in its list, from 0, for the message */
	const char *state;		/* JSON for standard input */
	const char *cwd;		/* the bundle, or "/" inside */
	const int *init;		/* pidfd of the container's first process; FD_NONE: it has ended; NULL: it lives as long as we */
	const struct strings *env;	/* used when the hook has none of its own; NULL: an empty environment */
};

/* The program sees descriptors 0 (the state), 1 and 2 (kept for the error text, 4 KiB) and no other. It is killed at its
 * timeout (seconds), and 10 seconds after the end of init: what waits for a container that has died would keep it from being deleted.
 * Failing, by status or signal or time, is -1 "error running X hook #N: ...". It dies with its caller. */
int hook_run(const struct hook_call *c, struct err *e) MUST_CHECK;

#endif
