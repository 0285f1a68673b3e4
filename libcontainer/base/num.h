/* room: pure — strict integers: the whole string, no sign tricks, no blanks, no overflow */
#ifndef BRIG_BASE_NUM_H
#define BRIG_BASE_NUM_H

#include <stdint.h>

/* 0 and *ret set, or -1 (errno EINVAL for text that is no decimal number, ERANGE beyond the type; *ret untouched). */
int num_u64(const char *text, uint64_t *ret);
int num_i64(const char *text, int64_t *ret);
int num_u32(const char *text, uint32_t *ret);
/* A user or group id: 0 .. 4294967294. 4294967295 means "no change" to the kernel, so it is never an id (W-7). */
int num_id(const char *text, uint32_t *ret);

#endif
