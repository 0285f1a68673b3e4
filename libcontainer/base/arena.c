/* room: pure — bump allocator */
#include "base/arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char mem[];
};

enum { BLOCK = 16384, ALIGN = _Alignof(max_align_t) };

static struct arena_block *block_new(size_t need)
{
	size_t size = need > BLOCK ? need : BLOCK;
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof(*b))
		return NULL;
	b = malloc(sizeof(*b) + size);
	if (b)
		*b = (struct arena_block){ .size = size };
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	void *p;

	if (a->fail_in && --a->fail_in == 0) {
		errno = ENOMEM;
		return NULL;
	}
	if (size > SIZE_MAX - ALIGN) {
		errno = ENOMEM;
		return NULL;
	}
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!b || b->size - b->used < size) {
		b = block_new(size);
		if (!b) {
			errno = ENOMEM;
			return NULL;
		}
		b->next = a->head;
		a->head = b;
	}
	p = b->mem + b->used;
	b->used += size;
	return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return arena_alloc(a, total ? total : 1);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *copy = n == SIZE_MAX ? NULL : arena_alloc(a, n + 1);

	if (copy)
		memcpy(copy, s, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	s = arena_alloc(a, (size_t)n + 1);
	if (!s)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

void arena_free(struct arena *a)
{
	int saved = errno;

	while (a->head) {
		struct arena_block *b = a->head;

		a->head = b->next;
		free(b);
	}
	errno = saved;
}

void arena_dropp(struct arena *a)
{
	arena_free(a);
}

int err_oom(struct err *e)
{
	return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
}
