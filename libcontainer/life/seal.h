/* room: host — self-protection of the running program */
#ifndef BRIG_LIFE_SEAL_H
#define BRIG_LIFE_SEAL_H

#include "base/err.h"

/* Runs this program again from a memfd with all seals unless it already is one. Returns 0 when sealed, -1 on error, never in between. */
int seal_self(char *const argv[], char *const envp[], struct err *e) MUST_CHECK;

#endif
