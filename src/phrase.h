/* room: cli — errors as sentences: the only place that knows the words that callers match (compatibility 1.12 to 1.14) */
#ifndef BRIG_SRC_PHRASE_H
#define BRIG_SRC_PHRASE_H

#include "cli.h"

enum { PHRASE_SIZE = 1024 };

/* verb: "create" and "run" put their prefix; NULL none. Hints are never part of it: a hint's words could change what a caller concludes. */
void phrase_message(const char *verb, const struct brig_err *e, char *buf, size_t size);
const char *phrase_code(const struct brig_err *e);	/* a stable word for programs: "spec", "state", ... */
const char *phrase_hint(const struct brig_err *e);	/* what to do about it, or NULL */

#endif
