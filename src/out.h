/* room: cli — log records and error output (compatibility 1.12) */
#ifndef BRIG_SRC_OUT_H
#define BRIG_SRC_OUT_H

#include "cli.h"

/* path NULL: records go to standard error. format "text" or "json". Returns -1 (errno set) when the log cannot be opened. */
int out_open(const char *path, const char *format, bool debug);

/* One record of level error; with a log file also the plain message on standard error. Returns 1, the exit status. */
int out_error(const char *verb, const struct brig_err *e);
int out_usage(const char *fmt, ...) __attribute__((format(printf, 1, 2)));	/* the same for a mistake on the command line */

void out_sink(void *arg, enum brig_log_level level, const char *text);	/* for brig_log_to() */

#endif
