/* room: pure — growable string with a sticky failure, so that callers check once at the end */
#ifndef BRIG_BASE_STR_H
#define BRIG_BASE_STR_H

#include "base/arena.h"
#include "base/own.h"

#include <stdbool.h>
#include <stddef.h>

struct str {
	struct arena mem;
	char *s;	/* in mem; NUL-terminated once anything was added; NULL before */
	size_t n, cap;
	bool failed;	/* out of memory happened; the content is cut there */
};

void str_add(struct str *t, const char *s);
void str_addn(struct str *t, const char *s, size_t n);
void str_addc(struct str *t, char c);
char *str_room(struct str *t, size_t n);	/* n more bytes and a NUL fit there; what is written is added to t->n by the caller. NULL: failed */
void str_addf(struct str *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void str_free(struct str *t);
void str_dropp(struct str *t);	/* for OWN(str) */
int str_ok(const struct str *t, struct err *e) MUST_CHECK;	/* -1 ERR_SYS/ENOMEM when failed */
int str_copy(const struct str *t, char **ret, struct err *e) MUST_CHECK;	/* for callers of the library, who free it; -1 when failed, too */

#endif
