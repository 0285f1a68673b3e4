/* room: pure — arena, errors, integers, strings, the log sink, and the owners of own.h and fdtab.h */
#include "tap.h"
#include "base/arena.h"
#include "base/fdtab.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/num.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>

/* Allocations that no heap can give are part of what is tested. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static bool all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

static void arena_test(void)
{
	struct arena a = { 0 };
	bool aligned = true, zero = true;
	char *s;

	for (size_t n = 0; n < 5000; n += 7) {
		unsigned char *p = arena_alloc(&a, n);

		aligned = aligned && p && (uintptr_t)p % _Alignof(max_align_t) == 0;
		zero = zero && p && all_zero(p, n);
		if (p)
			memset(p, 0xff, n);
	}
	ok(aligned, "each allocation is aligned");
	ok(zero, "each allocation is zeroed, whatever its neighbours hold");
	s = arena_alloc(&a, 1 << 20);
	ok(s && all_zero((unsigned char *)s, 1 << 20), "an allocation larger than a block");
	ok(arena_array(&a, 0, 8) != NULL, "an array of nothing is a valid pointer");
	errno = 0;
	ok(!arena_array(&a, SIZE_MAX / 2, 3) && errno == ENOMEM, "a product that overflows is out of memory");
	errno = 0;
	ok(!arena_alloc(&a, SIZE_MAX) && errno == ENOMEM, "SIZE_MAX is out of memory");
	errno = 0;
	ok(!arena_alloc(&a, SIZE_MAX - 64) && errno == ENOMEM, "and so is what does not fit beside the block's head");
	errno = 0;
	ok(!arena_alloc(&a, (size_t)PTRDIFF_MAX - 4096) && errno == ENOMEM, "and what the heap refuses");
	ok(!arena_strndup(&a, "x", SIZE_MAX), "a string of SIZE_MAX has no room for its end");
	is_str(arena_strdup(&a, "hello"), "hello", "strdup");
	is_str(arena_strndup(&a, "hello", 3), "hel", "strndup ends what it cuts");
	is_str(arena_printf(&a, "%d-%s", 42, "x"), "42-x", "printf");
	a.fail_in = 2;
	ok(arena_alloc(&a, 1) && !arena_alloc(&a, 1) && arena_alloc(&a, 1), "fail_in makes the n-th allocation fail, once");
	a.fail_in = 1;
	ok(!arena_strdup(&a, "x"), "strdup reports it");
	a.fail_in = 1;
	ok(!arena_printf(&a, "x"), "printf reports it");
	errno = EBUSY;
	arena_free(&a);
	ok(errno == EBUSY && !a.head, "freeing keeps errno and leaves an empty arena");
	ok(arena_alloc(&a, 10) != NULL, "that is usable again");
	arena_dropp(&a);
	arena_dropp(&a);
}

/* Blocks of freed arenas are used again, in whatever order they were freed, and are zero again; and there is no end to them. */
static void arena_reuse_test(void)
{
	static struct arena many[600];
	bool zero = true;

	for (unsigned round = 0; round < 3; round++) {
		for (size_t i = 0; i < 600; i++) {
			unsigned char *p = arena_alloc(&many[i], 5000);

			zero = zero && p && all_zero(p, 5000);
			if (p)
				memset(p, 0xff, 5000);
		}
		for (size_t i = 0; i < 600; i++)
			arena_free(&many[(i * 7) % 600]);
	}
	ok(zero, "what other arenas have left is not seen");
}

static void err_test(void)
{
	char longer[2 * ERR_TEXT_SIZE];
	struct err e;

	memset(&e, 0xee, sizeof(e));
	is_int(err_set(&e, ERR_SPEC, 7, "a %s", "b"), -1, "err_set returns -1");
	ok(e.kind == ERR_SPEC && e.num == 7 && e.step == 0 && e.room == 0 && !e.why[0] && !e.op[0], "and overwrites all fields");
	is_str(e.text, "a b", "with the text");
	errno = EPERM;
	err_sys(&e, "open %s", "x");
	ok(e.kind == ERR_SYS && e.num == EPERM, "err_sys takes errno");
	is_int(err_ctx(&e, "mount %d", 3), -1, "err_ctx returns -1");
	is_str(e.text, "mount 3: open x", "and prepends");
	err_why(&e, "/a");
	err_why(&e, "/b");
	is_str(e.why, "/a", "the first cause stays");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, ERR_BUG, 0, "%s", longer);
	is_int((long long)strlen(e.text), ERR_TEXT_SIZE - 1, "a message that is too long is cut");
	err_ctx(&e, "outer");
	ok(strncmp(e.text, "outer: xxx", 10) == 0 && strlen(e.text) == ERR_TEXT_SIZE - 1, "the outermost context wins");
	err_ctx(&e, "%s", longer);
	is_int((long long)strlen(e.text), ERR_TEXT_SIZE - 1, "also when it fills all of it");
	e.why[0] = '\0';
	err_why(&e, longer);
	is_int((long long)strlen(e.why), ERR_WHY_SIZE - 1, "a cause that is too long is cut");
	err_oom(&e);
	ok(e.kind == ERR_SYS && e.num == ENOMEM, "out of memory is an ordinary error");
}

static void num_test(void)
{
	static const struct { const char *text; int error; uint64_t want; } u64[] = {
		{ "0", 0, 0 }, { "007", 0, 7 }, { "18446744073709551615", 0, UINT64_MAX }, { "18446744073709551616", ERANGE, 0 },
		{ "99999999999999999999999", ERANGE, 0 }, { "", EINVAL, 0 }, { "-1", EINVAL, 0 }, { "+1", EINVAL, 0 }, { " 1", EINVAL, 0 },
		{ "1 ", EINVAL, 0 }, { "1\n", EINVAL, 0 }, { "0x10", EINVAL, 0 }, { "1e3", EINVAL, 0 }, { "1.0", EINVAL, 0 }, { "\xd9\xa1", EINVAL, 0 },
	};
	static const struct { const char *text; int error; int64_t want; } i64[] = {
		{ "-0", 0, 0 }, { "-1", 0, -1 }, { "9223372036854775807", 0, INT64_MAX }, { "9223372036854775808", ERANGE, 0 },
		{ "-9223372036854775808", 0, INT64_MIN }, { "-9223372036854775809", ERANGE, 0 }, { "-", EINVAL, 0 }, { "--1", EINVAL, 0 }, { "- 1", EINVAL, 0 },
		{ "18446744073709551616", ERANGE, 0 },
	};
	uint32_t u = 77;

	for (size_t i = 0; i < sizeof(u64) / sizeof(*u64); i++) {
		uint64_t v = 4711;
		int rc, error;

		errno = 0;
		rc = num_u64(u64[i].text, &v);
		error = errno;
		ok(u64[i].error ? rc < 0 && error == u64[i].error && v == 4711 : rc == 0 && v == u64[i].want, "u64 of \"%zu\"", i);
	}
	for (size_t i = 0; i < sizeof(i64) / sizeof(*i64); i++) {
		int64_t v = 4711;
		int rc, error;

		errno = 0;
		rc = num_i64(i64[i].text, &v);
		error = errno;
		ok(i64[i].error ? rc < 0 && error == i64[i].error && v == 4711 : rc == 0 && v == i64[i].want, "i64 of \"%s\"", i64[i].text);
	}
	ok(num_u32("4294967295", &u) == 0 && u == UINT32_MAX, "u32 at its end");
	ok(num_u32("4294967296", &u) < 0 && errno == ERANGE && u == UINT32_MAX, "u32 beyond its end");
	ok(num_u32("x", &u) < 0 && errno == EINVAL, "u32 of a word");
	ok(num_id("4294967294", &u) == 0 && u == UINT32_MAX - 1, "the last id");
	ok(num_id("4294967295", &u) < 0 && errno == ERANGE && u == UINT32_MAX - 1, "the number that means \"no change\" is no id");
	ok(num_id("-1", &u) < 0 && errno == EINVAL, "and no other way to write it");
}

static void str_test(void)
{
	struct str t = { 0 };
	char *copy;
	struct err e;

	ok(str_ok(&t, &e) == 0 && !t.s, "an empty string has no memory");
	str_add(&t, "");
	is_str(t.s, "", "until something is added");
	for (int i = 0; i < 1000; i++)
		str_addf(&t, "%d,", i);
	str_addc(&t, '!');
	str_addn(&t, "abc", 2);
	ok(t.n == strlen(t.s) && strncmp(t.s, "0,1,2,", 6) == 0 && strcmp(t.s + t.n - 7, "999,!ab") == 0, "it grows, and is always terminated");
	str_addn(&t, "x", SIZE_MAX / 2);
	ok(t.failed && str_ok(&t, &e) == -1 && e.num == ENOMEM, "a failure stays");
	str_add(&t, "more");
	ok(strcmp(t.s + t.n - 7, "999,!ab") == 0, "and nothing is added after it");
	ok(str_copy(&t, &copy, &e) == -1, "and is not copied");
	str_free(&t);
	ok(!t.s && !t.n && !t.failed, "free makes it empty again");
	ok(str_copy(&t, &copy, &e) == 0 && copy[0] == '\0', "a copy of nothing");
	free(copy);
	str_dropp(&t);
	t = (struct str){ .n = SIZE_MAX - 1 };
	str_addn(&t, "abc", 3);
	ok(t.failed, "a length that overflows is a failure");
	t = (struct str){ 0 };
	str_addf(&t, "%s", "");
	is_str(t.s, "", "an empty format");
	str_free(&t);
	t = (struct str){ .failed = true };
	str_addf(&t, "x%d", 1);
	ok(!t.s, "a failed string formats nothing");
}

static struct { unsigned n; enum log_level level; char text[2 * LIMIT_LOG_BYTES]; } heard;

static void sink(void *arg, enum log_level level, const char *text)
{
	heard.n += arg == &heard;
	heard.level = level;
	snprintf(heard.text, sizeof(heard.text), "%s", text);
}

static void log_test(void)
{
	char longer[2 * LIMIT_LOG_BYTES];

	log_warn("nobody listens");
	log_to(sink, &heard);
	log_debug("a %d", 1);
	ok(heard.n == 1 && heard.level == LOG_DEBUG && strcmp(heard.text, "a 1") == 0, "a debug message arrives");
	log_warn("b %s", "2");
	ok(heard.n == 2 && heard.level == LOG_WARN && strcmp(heard.text, "b 2") == 0, "a warning arrives");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	log_warn("%s", longer);
	is_int((long long)strlen(heard.text), LIMIT_LOG_BYTES - 1, "a long one is cut");
	log_to(NULL, NULL);
	log_warn("nobody listens");
	is_int(heard.n, 3, "without a sink nothing is said");
}

static bool open_fd(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void own_test(void)
{
	struct slot slot[2] = { { FD_NONE, NULL, 0 }, { FD_NONE, NULL, 0 } };
	struct fdtab tab = { .n = 2, .slot = slot };
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), other = fd, raw;

	{
		OWN_FD owned = fd;
		OWN_STR text = strdup("x");

		(void)text;
		(void)owned;
	}
	ok(!open_fd(fd), "an owned descriptor is closed at the end of its block");
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	{
		OWN_FD owned = fd;

		other = fd_take(&owned);
		ok(owned == FD_NONE, "one that was handed on is gone from its owner");
	}
	ok(open_fd(other), "and stays open");
	errno = EBUSY;
	raw = other;
	fd_drop(&other);
	fd_drop(&other);
	ok(other == FD_NONE && errno == EBUSY && !open_fd(raw), "dropping twice is harmless, and errno is kept");
	slot[0].fd = raw = open("/dev/null", O_RDONLY | O_CLOEXEC);
	slot[1].data = arena_raw(&tab.mem, 10);
	fdtab_close(&tab);
	ok(!open_fd(raw) && slot[0].fd == FD_NONE && !slot[1].data && !tab.mem.head, "closing a table empties all slots");
	ok(FD_NONE != AT_FDCWD && FD_NONE != -1, "no descriptor is neither the working directory nor -EPERM");
}

int main(void)
{
	arena_test();
	arena_reuse_test();
	err_test();
	num_test();
	str_test();
	log_test();
	own_test();
	return done();
}
