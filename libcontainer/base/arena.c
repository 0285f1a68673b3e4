/* room: pure — bump allocator */
#include "base/arena.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	bool fresh;	/* all zero beyond `used` */
	_Alignas(max_align_t) unsigned char mem[];
};

enum {
	ALIGN = _Alignof(max_align_t), PAGE = 4096,
	BLOCK = 4 * PAGE,	/* with its head; what is not used is not touched, and so costs nothing */
#ifdef __SANITIZE_ADDRESS__	/* which watches each block on its own */
	POOL_PAGES = 1
#else
	POOL_PAGES = 256
#endif
};

/* Memory that is there, and zero, when the program starts. The C library's comes from the kernel by a call for nearly each block, and goes back by
 * another; together with the faults of their pages these were a twelfth of a run. Who finds the pool busy does without it: so threads need not wait, and
 * a process that was forked from one of many threads never does. */
static _Alignas(PAGE) unsigned char pool_page[POOL_PAGES][PAGE];
static struct {
	bool taken[POOL_PAGES];
	size_t touched;		/* pages from here on were never taken */
	atomic_flag busy;
} pool = { .busy = ATOMIC_FLAG_INIT };

static struct arena_block *pool_take(size_t pages)
{
	struct arena_block *b = NULL;

	if (atomic_flag_test_and_set(&pool.busy))
		return NULL;
	for (size_t i = 0, run = 0; i < POOL_PAGES && !b; i++) {
		run = pool.taken[i] ? 0 : run + 1;
		if (run < pages)
			continue;
		b = (struct arena_block *)(void *)pool_page[i + 1 - pages];
		b->fresh = i + 1 - pages >= pool.touched;
		memset(pool.taken + i + 1 - pages, true, pages);
		pool.touched = pool.touched > i + 1 ? pool.touched : i + 1;
	}
	atomic_flag_clear(&pool.busy);
	return b;
}

static bool pool_give(struct arena_block *b)
{
	size_t at = ((uintptr_t)b - (uintptr_t)pool_page) / PAGE;

	if (at >= POOL_PAGES)
		return false;
	if (!atomic_flag_test_and_set(&pool.busy)) {
		memset(pool.taken + at, false, (sizeof(*b) + b->size) / PAGE);
		atomic_flag_clear(&pool.busy);
	}
	return true;
}

static struct arena_block *block_new(size_t need)
{
	size_t size = need > BLOCK - sizeof(struct arena_block) ? need : BLOCK - sizeof(struct arena_block);
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof(*b) - PAGE)
		return NULL;
	size = (size + sizeof(*b) + PAGE - 1) / PAGE * PAGE;
	b = pool_take(size / PAGE);
	if (!b) {
		b = malloc(size);
		if (!b)
			return NULL;
		b->fresh = false;
	}
	b->next = NULL;
	b->size = size - sizeof(*b);
	b->used = 0;
	return b;
}

void *arena_raw(struct arena *a, size_t size)
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
	return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *p = arena_raw(a, size);

	return !p || a->head->fresh ? p : memset(p, 0, size);
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
	char *copy = n == SIZE_MAX ? NULL : arena_raw(a, n + 1);

	if (!copy)
		return NULL;
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	char buf[256], *s;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	if ((size_t)n < sizeof(buf))
		return arena_strndup(a, buf, (size_t)n);
	s = arena_raw(a, (size_t)n + 1);
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
		if (!pool_give(b))
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
