/* room: pure — growable string */
#include "base/str.h"
#include "base/own.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* least: bytes that the first block has room for */
static bool grow(struct str *t, size_t more, size_t least)
{
	size_t need, cap = t->cap ? t->cap : least;
	char *s;

	if (t->failed || __builtin_add_overflow(t->n, more, &need) || need > SIZE_MAX / 4) {
		t->failed = true;
		return false;
	}
	need++;
	if (need <= t->cap)
		return true;
	while (cap < need)
		cap *= 2;
	s = arena_raw(&t->mem, cap);
	if (!s) {
		t->failed = true;
		return false;
	}
	if (t->n)
		memcpy(s, t->s, t->n + 1);
	t->s = s;
	t->cap = cap;
	return true;
}

char *str_room(struct str *t, size_t n)
{
	if (!grow(t, n, n + 1))	/* who says how much it will be gets no more */
		return NULL;
	t->s[t->n] = '\0';
	return t->s + t->n;
}

void str_addn(struct str *t, const char *s, size_t n)
{
	if (!grow(t, n, 64))
		return;
	memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = '\0';
}

void str_add(struct str *t, const char *s)
{
	str_addn(t, s, strlen(s));
}

void str_addc(struct str *t, char c)
{
	str_addn(t, &c, 1);
}

void str_addf(struct str *t, const char *fmt, ...)
{
	size_t room = t->s && !t->failed ? t->cap - t->n : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? t->s + t->n : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || !grow(t, (size_t)n, 64)) {
		if (room)
			t->s[t->n] = '\0';
		return;
	}
	if ((size_t)n >= room) {	/* it did not fit */
		va_start(ap, fmt);
		vsnprintf(t->s + t->n, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	t->n += (size_t)n;
}

void str_free(struct str *t)
{
	arena_free(&t->mem);
	*t = (struct str){ 0 };
}

void str_dropp(struct str *t)
{
	str_free(t);
}

int str_ok(const struct str *t, struct err *e)
{
	return t->failed ? err_oom(e) : 0;
}

int str_copy(const struct str *t, char **ret, struct err *e)
{
	TRY(str_ok(t, e));
	*ret = strdup(t->s ? t->s : "");
	return *ret ? 0 : err_oom(e);
}
