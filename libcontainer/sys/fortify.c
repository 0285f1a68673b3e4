/* room: any — what archives that were compiled for the system's C library want of it, and musl does not have
 *
 * Checked variants of functions (_FORTIFY_SOURCE): the caller says how large the buffer is that it wants to be written. They check it here as well. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE	/* configure compiles it alone */
#endif
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

int __asprintf_chk(char **ret, int flag, const char *fmt, ...);
int __vasprintf_chk(char **ret, int flag, const char *fmt, va_list ap);
int __fprintf_chk(FILE *f, int flag, const char *fmt, ...);
int __vfprintf_chk(FILE *f, int flag, const char *fmt, va_list ap);
int __sprintf_chk(char *s, int flag, size_t size, const char *fmt, ...);
void __vsyslog_chk(int priority, int flag, const char *fmt, va_list ap);
int __open_2(const char *path, int flags);

int __vasprintf_chk(char **ret, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return vasprintf(ret, fmt, ap);
}

int __asprintf_chk(char **ret, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __vasprintf_chk(ret, flag, fmt, ap);
	va_end(ap);
	return n;
}

int __vfprintf_chk(FILE *f, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	return vfprintf(f, fmt, ap);
}

int __fprintf_chk(FILE *f, int flag, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = __vfprintf_chk(f, flag, fmt, ap);
	va_end(ap);
	return n;
}

int __sprintf_chk(char *s, int flag, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	(void)flag;
	va_start(ap, fmt);
	n = vsnprintf(s, size, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n >= size)
		abort();
	return n;
}

void __vsyslog_chk(int priority, int flag, const char *fmt, va_list ap)
{
	(void)flag;
	vsyslog(priority, fmt, ap);
}

int __open_2(const char *path, int flags)
{
	if (flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)))	/* these need a mode */
		abort();
	return open(path, flags);
}
