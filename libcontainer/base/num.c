/* room: pure — strict integer parsing */
#include "base/num.h"

#include <errno.h>

static int fail(int num)
{
	errno = num;
	return -1;
}

int num_u64(const char *text, uint64_t *ret)
{
	uint64_t v = 0;

	if (!*text)
		return fail(EINVAL);
	for (const char *p = text; *p; p++) {
		if (*p < '0' || *p > '9')
			return fail(EINVAL);
		if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
			return fail(ERANGE);
	}
	*ret = v;
	return 0;
}

int num_i64(const char *text, int64_t *ret)
{
	uint64_t v;

	if (*text != '-') {
		if (num_u64(text, &v) < 0)
			return -1;
		if (v > INT64_MAX)
			return fail(ERANGE);
		*ret = (int64_t)v;
		return 0;
	}
	if (num_u64(text + 1, &v) < 0)
		return -1;
	if (v > (uint64_t)INT64_MAX + 1)
		return fail(ERANGE);
	*ret = (int64_t)(0 - v);
	return 0;
}

int num_u32(const char *text, uint32_t *ret)
{
	uint64_t v;

	if (num_u64(text, &v) < 0)
		return -1;
	if (v > UINT32_MAX)
		return fail(ERANGE);
	*ret = (uint32_t)v;
	return 0;
}

int num_id(const char *text, uint32_t *ret)
{
	uint32_t v;

	if (num_u32(text, &v) < 0)
		return -1;
	if (v == UINT32_MAX)
		return fail(ERANGE);
	*ret = v;
	return 0;
}
