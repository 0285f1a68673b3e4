/* room: host — the sealed program: what runs in a container's reach instead of this one (N12, CVE-2019-5736)
 *
 * Join and init are a program of their own (sealed/main.c) that is part of this one's bytes. For each start it is written into a memfd that can never be
 * changed again, and executed from there, before anything of a container can reach the process. So nothing that a container may get hold of, by
 * /proc/PID/exe or else, is a file of the host, and the process has nothing of the host side in its memory. */
#ifndef BRIG_HOST_PROGRAM_H
#define BRIG_HOST_PROGRAM_H

#include "base/err.h"
#include "plan/plan.h"

/* The memfd, which the caller owns. */
int program_seal(int *ret, struct err *e) MUST_CHECK;
/* In the new process: executes it with the brief (wire/brief.h) of this number. Returns only with errno. */
void program_execute(int program, int brief);

#endif
