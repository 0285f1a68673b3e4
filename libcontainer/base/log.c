/* room: any — log sink */
#include "base/log.h"
#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
	log_sink_fn *sink;
	void *arg;
	bool debug;
} log_state = { .debug = true };

void log_to(log_sink_fn *sink, void *arg)
{
	log_state.sink = sink;
	log_state.arg = arg;
}

void log_debug_on(bool debug)
{
	log_state.debug = debug;
}

bool log_has_debug(void)
{
	return log_state.debug;
}

static void PRINTF_LIKE(2, 0) emit(enum log_level level, const char *fmt, va_list ap)
{
	char text[LIMIT_LOG_BYTES];

	if (!log_state.sink)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	log_state.sink(log_state.arg, level, text);
}

void log_debug(const char *fmt, ...)
{
	va_list ap;

	if (!log_state.debug)
		return;
	va_start(ap, fmt);
	emit(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	emit(LOG_WARN, fmt, ap);
	va_end(ap);
}
