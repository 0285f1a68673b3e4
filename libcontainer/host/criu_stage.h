/* room: host — the place where CRIU finds the container's trees; a part of brig-criu */
#ifndef BRIG_HOST_CRIU_STAGE_H
#define BRIG_HOST_CRIU_STAGE_H

#include "base/arena.h"
#include "base/err.h"

struct stage { const char *path; };

/* Enters a new mount namespace, in which nothing is shared with the old one, with an empty file system on a directory that all may search. */
int stage_make(struct stage *s, struct err *e) MUST_CHECK;
/* Attaches a detached tree to a new place there. *ret is its path, in mem. fd stays the caller's. */
int stage_attach(const struct stage *s, struct arena *mem, int fd, char **ret, struct err *e) MUST_CHECK;

#endif
