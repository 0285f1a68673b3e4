/* room: host — results worth keeping between commands, found again by their whole input
 *
 * One file per entry, named after a hash of the key and holding key and value: the key is compared in full, so that two inputs with the same hash
 * can never be mixed up, whoever made them. The directory is ours alone (0700); a cache that cannot be used is no error, only slower. */
#ifndef BRIG_STATE_CACHE_H
#define BRIG_STATE_CACHE_H

#include "base/path.h"
#include "base/str.h"

#include <stdbool.h>

/* true: *ret, in mem, is a copy of what was put under this key. dir.s NULL: there is no cache. */
bool cache_get(struct host_path dir, const struct str *key, struct arena *mem, void **ret, size_t *ret_n);
/* Makes the directory when missing. When it holds CACHE_ENTRIES, all go first. */
void cache_put(struct host_path dir, const struct str *key, const void *value, size_t n);

enum { CACHE_ENTRIES = 64 };

#endif
