/* room: host — a line of text per option → CRIU's message; a part of brig-criu */
#ifndef BRIG_HOST_CRIU_OPTS_H
#define BRIG_HOST_CRIU_OPTS_H

#include "base/arena.h"
#include "base/err.h"
#include "host/criu.pb-c.h"

#include <stdbool.h>

/* 1: "NAME=VALUE" names a field and is in *o now, strings in mem or in text; 0: it names none; -1: ERR_USAGE. */
int criu_option(CriuOpts *o, struct arena *mem, char *text, struct err *e);
int criu_add_mount(CriuOpts *o, struct arena *mem, char *key, char *val, struct err *e) MUST_CHECK;
int criu_add_inherit(CriuOpts *o, struct arena *mem, char *key, int fd, struct err *e) MUST_CHECK;
int criu_add_join(CriuOpts *o, struct arena *mem, char *type, char *file, struct err *e) MUST_CHECK;

#endif
