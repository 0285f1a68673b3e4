/* room: pure — every allocation of decoder and planner fails once: the error is always out-of-memory, and nothing is lost (the sanitizer looks).
 * Linked with --wrap, so that the calls of spec/ and plan/ come here first. */
#include "tap.h"
#include "plan/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

static size_t calls, fail_at;

static bool now(void)
{
	if (++calls != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *__real_arena_alloc(struct arena *a, size_t size);
void *__wrap_arena_alloc(struct arena *a, size_t size);
void *__wrap_arena_alloc(struct arena *a, size_t size) { return now() ? NULL : __real_arena_alloc(a, size); }
void *__real_arena_array(struct arena *a, size_t n, size_t size);
void *__wrap_arena_array(struct arena *a, size_t n, size_t size);
void *__wrap_arena_array(struct arena *a, size_t n, size_t size) { return now() ? NULL : __real_arena_array(a, n, size); }
char *__real_arena_strdup(struct arena *a, const char *s);
char *__wrap_arena_strdup(struct arena *a, const char *s);
char *__wrap_arena_strdup(struct arena *a, const char *s) { return now() ? NULL : __real_arena_strdup(a, s); }
char *__real_arena_strndup(struct arena *a, const char *s, size_t n);
char *__wrap_arena_strndup(struct arena *a, const char *s, size_t n);
char *__wrap_arena_strndup(struct arena *a, const char *s, size_t n) { return now() ? NULL : __real_arena_strndup(a, s, n); }
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size) { return now() ? NULL : __real_calloc(n, size); }
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size) { return now() ? NULL : __real_malloc(size); }
void *__real_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_realloc(void *p, size_t size) { return now() ? NULL : __real_realloc(p, size); }
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...)
{
	char text[4096];
	va_list ap;

	if (now())
		return NULL;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return __real_arena_strdup(a, text);
}

static bool read_file(const char *name, const char *file, struct str *ret)
{
	char path[512], buf[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/plan/%s/%s", getenv("top_srcdir") ? getenv("top_srcdir") : ".", name, file);
	f = fopen(path, "re");
	while (f && (n = fread(buf, 1, sizeof(buf), f)) > 0)
		str_addn(ret, buf, n);
	if (f)
		fclose(f);
	return f && !ret->failed;
}

struct sample { struct str config, facts; bool console; };

/* 1: planned, 0: out of memory, -1: anything else */
static int attempt(const struct sample *x, size_t n)
{
	const struct request r = { .id = "c1", .state_root = "/run/brig", .bundle = "/bundle", .detach = x->console, .console_socket = x->console ? "/c" : NULL };
	const struct spec *s __attribute__((cleanup(spec_dropp))) = NULL;
	struct plan *p __attribute__((cleanup(plan_dropp))) = NULL;
	OWN(arena) mem = { 0 };
	struct facts f;
	struct err e = { 0 };
	int rc;

	calls = 0;
	fail_at = n;
	rc = facts_load(&mem, "facts", x->facts.s, x->facts.n, &f, &e) < 0 || spec_parse("config", x->config.s, x->config.n, &s, &e) < 0 || plan_create(s, &f, &r, &p, &e) < 0;
	if (!rc)
		return 1;
	if (e.kind == ERR_SYS && e.num == ENOMEM)
		return 0;
	printf("# allocation %zu: kind %d \"%s\" at \"%s\"\n", n, e.kind, e.text, e.why);
	return -1;
}

int main(void)
{
	static const char *const cases[] = { "default", "hooks", "resources", "mounts", "process", "userns-devices", "join", "rootless-time", "rootless-helpers", "seccomp-notify", "cgroup-owner" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sample x = { 0 };
		unsigned wrong = 0;
		size_t n = 0;
		int rc;

		fail_at = 0;
		if (!read_file(cases[i], "config.json", &x.config) || !read_file(cases[i], "facts.json", &x.facts)) {
			skip("no case %s", cases[i]);
			continue;
		}
		x.console = strstr(x.config.s, "\"terminal\": true") != NULL;
		if (attempt(&x, 0) != 1) {
			skip("%s is not planned without its args", cases[i]);
		} else {
			do {
				rc = attempt(&x, ++n);
				wrong += rc < 0;
			} while (rc != 1 && wrong < 5 && n < 100000);
			ok(!wrong && n > 50, "%s: %zu allocations", cases[i], n - 1);
		}
		fail_at = 0;
		str_free(&x.config);
		str_free(&x.facts);
	}
	return done();
}
