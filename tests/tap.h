/* room: any — Test Anything Protocol, for automake's tap-driver: each test file is one program */
#ifndef BRIG_TESTS_TAP_H
#define BRIG_TESTS_TAP_H

#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#if !defined(__clang__)	/* paths of a test are short, and a cut one is a failing test */
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif

static unsigned tap_count, tap_failed;

/* All return whether the check held. */
static inline __attribute__((format(printf, 2, 3))) bool ok(bool held, const char *fmt, ...)
{
	va_list ap;

	printf("%sok %u - ", held ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	tap_failed += !held;
	return held;
}

static inline bool is_int(long long got, long long want, const char *what)
{
	if (ok(got == want, "%s", what))
		return true;
	printf("# got %lld, want %lld\n", got, want);
	return false;
}

static inline bool is_str(const char *got, const char *want, const char *what)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	if (ok(same, "%s", what))
		return true;
	printf("# got \"%s\", want \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
	return false;
}

/* A check that cannot be made here. */
static inline __attribute__((format(printf, 1, 2))) void skip(const char *fmt, ...)
{
	va_list ap;

	printf("ok %u # SKIP ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* The last line of main(). */
static inline int done(void)
{
	printf("1..%u\n", tap_count);
	return tap_failed != 0;
}

#endif
