/* room: pure — building of error objects */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static int PRINTF_LIKE(4, 0) set(struct err *e, enum err_kind kind, int num, const char *fmt, va_list ap)
{
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->num = num;
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	return -1;
}

int err_set(struct err *e, enum err_kind kind, int num, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(e, kind, num, fmt, ap);
	va_end(ap);
	return -1;
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int num = errno;
	va_list ap;

	va_start(ap, fmt);
	set(e, ERR_SYS, num, fmt, ap);
	va_end(ap);
	return -1;
}

int err_ctx(struct err *e, const char *fmt, ...)
{
	char inner[ERR_TEXT_SIZE];
	size_t used;
	va_list ap;

	memcpy(inner, e->text, sizeof(inner));
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %s", inner);
	return -1;
}

int err_why(struct err *e, const char *pointer)
{
	if (e->why[0] == '\0')
		snprintf(e->why, sizeof(e->why), "%s", pointer);
	return -1;
}

void err_clean(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (char *p = text; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
}

bool err_received(struct err *e)
{
	err_clean(e->op, sizeof(e->op));
	err_clean(e->why, sizeof(e->why));
	err_clean(e->text, sizeof(e->text));
	return (int)e->kind > ERR_NONE && e->kind <= ERR_BUG;
}
