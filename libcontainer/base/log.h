/* room: any — messages for the curious. An error is returned, never logged here; nothing is printed without a sink. */
#ifndef BRIG_BASE_LOG_H
#define BRIG_BASE_LOG_H

#include "base/err.h"

#include <stdbool.h>

enum log_level { LOG_DEBUG, LOG_WARN };
typedef void log_sink_fn(void *arg, enum log_level level, const char *text);

/* With debug false log_debug() does nothing, in children too: most messages are never read, and a child's each cost a hand-over. */
void log_debug_on(bool debug);
bool log_has_debug(void);
/* The one mutable global besides the fault hook. NULL (the start value) drops everything. */
void log_to(log_sink_fn *sink, void *arg);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *fmt, ...) PRINTF_LIKE(1, 2);	/* says what is skipped: "..., ignoring" */

#endif
