/* room: pure — every allocation fails once while a configuration is read, planned and printed: always ENOMEM, never a leak */
#include "tap.h"
#include "base/own.h"
#include "json/json.h"
#include "plan/plan.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>

enum { NEVER_ENDS = 200000 };

static size_t left;	/* allocations until one fails; 0: none does */
static bool hit;

static bool fails(void)
{
	if (left == 0 || --left > 0)
		return false;
	hit = true;
	errno = ENOMEM;
	return true;
}

/* --wrap: X of ours is __wrap_X, and __real_X is what it was. */
#define WRAP(ret, name, params, args) \
	ret __real_##name params; \
	ret __wrap_##name params; \
	ret __wrap_##name params { return fails() ? NULL : __real_##name args; }
WRAP(void *, malloc, (size_t n), (n))
WRAP(void *, calloc, (size_t n, size_t size), (n, size))
WRAP(void *, realloc, (void *p, size_t n), (p, n))
WRAP(void *, reallocarray, (void *p, size_t n, size_t size), (p, n, size))
WRAP(char *, strdup, (const char *s), (s))
WRAP(char *, strndup, (const char *s, size_t n), (s, n))
WRAP(void *, arena_alloc, (struct arena *a, size_t n), (a, n))
WRAP(void *, arena_array, (struct arena *a, size_t n, size_t size), (a, n, size))
WRAP(char *, arena_strdup, (struct arena *a, const char *s), (a, s))
WRAP(char *, arena_strndup, (struct arena *a, const char *s, size_t n), (a, s, n))

char *__wrap_arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	return fails() ? NULL : __real_arena_strdup(a, buf);
}

struct text { char bytes[1 << 18]; size_t n; };

static bool read_text(const char *dir, const char *name, struct text *ret)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "re");
	ret->n = f ? fread(ret->bytes, 1, sizeof(ret->bytes) - 1, f) : 0;
	ret->bytes[ret->n] = '\0';
	if (f)
		fclose(f);
	return f != NULL;
}

static int plan_of(const struct text *config, const struct text *facts_text, struct err *e)
{
	const struct spec *s __attribute__((cleanup(spec_dropp))) = NULL;
	struct plan *p __attribute__((cleanup(plan_dropp))) = NULL;
	struct request r = { .id = "c1", .state_root = "/run/brig", .bundle = "/bundle" };
	OWN(arena) mem = { 0 };
	OWN(str) out = { 0 };
	struct facts f = { 0 };

	TRY(facts_load(&mem, "facts.json", facts_text->bytes, facts_text->n, &f, e));
	TRY(spec_parse("config.json", config->bytes, config->n, &s, e));
	TRY(plan_create(s, &f, &r, &p, e));
	plan_print(p, PLAN_TEXT, &out);
	plan_print(p, PLAN_JSON, &out);
	return str_ok(&out, e);
}

static void one(const char *dir, const char *name)
{
	static struct text config, facts;
	size_t n, wrong = 0;
	struct err e;

	if (!read_text(dir, "config.json", &config) || !read_text(dir, "facts.json", &facts))
		return;
	memset(&e, 0, sizeof(e));
	if (plan_of(&config, &facts, &e) < 0)
		return;		/* a refusal, or one that needs more of the request */
	for (n = 1; n < NEVER_ENDS; n++) {
		int rc;

		memset(&e, 0, sizeof(e));
		hit = false;
		left = n;
		rc = plan_of(&config, &facts, &e);
		left = 0;
		if (!hit)
			break;
		if (rc == -1 && e.kind == ERR_SYS && e.num == ENOMEM && e.text[0])
			continue;
		if (wrong++ < 5)
			printf("# %s: allocation %zu: rc %d kind %d errno %d: %s\n", name, n, rc, (int)e.kind, e.num, e.text);
	}
	ok(wrong == 0 && n > 10 && n < NEVER_ENDS, "%s: each of %zu allocations fails", name, n - 1);
}

/* The arena's own counter, for a caller that holds one. */
static void arena_counter(void)
{
	static const char json[] = "{ \"a\": [1, 2, { \"b\": \"c\" }], \"d\": null }";
	const struct json *root;
	struct err e;
	size_t n;
	bool all = true;

	for (n = 1; n < 1000; n++) {
		OWN(arena) mem = { .fail_in = n };
		int rc = json_parse(&mem, "x", json, sizeof(json) - 1, &root, &e);

		if (rc == 0)
			break;
		all = all && e.kind == ERR_SYS && e.num == ENOMEM;
	}
	ok(all && n > 5 && n < 1000, "json: the n-th allocation of the arena fails");
}

int main(void)
{
	const char *top = getenv("top_srcdir");
	char path[2048], dir[4096];
	DIR *d;

	snprintf(path, sizeof(path), "%s/tests/plan", top ? top : ".");
	d = opendir(path);
	arena_counter();
	for (struct dirent *x = d ? readdir(d) : NULL; x; x = readdir(d)) {
		if (x->d_name[0] == '.')
			continue;
		snprintf(dir, sizeof(dir), "%s/%s", path, x->d_name);
		one(dir, x->d_name);
	}
	if (d)
		closedir(d);
	ok(tap_count > 10, "there are configurations to try");
	return done();
}
