/* room: pure — bump allocator with one owner, freed all at once */
#ifndef BRIG_BASE_ARENA_H
#define BRIG_BASE_ARENA_H

#include "base/err.h"

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *head;
	size_t fail_in;		/* tests: the n-th allocation from now fails; 0 never */
};

/* Zeroed, aligned for any object; NULL (errno ENOMEM) when out of memory. The arena owns it. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc));
/* The same, but not zeroed: for bytes that are written before they are read. */
void *arena_raw(struct arena *a, size_t size) __attribute__((malloc));
/* Array of n elements; NULL also when the product overflows. n = 0 gives a valid pointer. */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
void arena_free(struct arena *a);	/* the arena is empty and usable afterwards */
void arena_dropp(struct arena *a);	/* for OWN(arena) */

/* -1 with ERR_SYS/ENOMEM; for `if (!(p = arena_alloc(...))) return err_oom(e);` */
int err_oom(struct err *e);

#endif
