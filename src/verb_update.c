/* room: cli — update: options become a resources object, which is what the library takes */
#include "out.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESOURCES_MAX = 16 << 20 };

enum kind { NUMBER, SIZE, LIST };

/* Order: members of one object together. */
static const struct row { const char *object, *member, *option; size_t offset; enum kind kind; } rows[] = {
#define R(object, member, option, field, kind) { object, member, option, offsetof(struct values, field), kind }
	R("blockIO", "weight", "blkio-weight", blkio_weight, NUMBER),
	R("cpu", "period", "cpu-period", cpu_period, NUMBER), R("cpu", "quota", "cpu-quota", cpu_quota, NUMBER),
	R("cpu", "burst", "cpu-burst", cpu_burst, NUMBER), R("cpu", "shares", "cpu-share", cpu_share, NUMBER),
	R("cpu", "realtimePeriod", "cpu-rt-period", cpu_rt_period, NUMBER), R("cpu", "realtimeRuntime", "cpu-rt-runtime", cpu_rt_runtime, NUMBER),
	R("cpu", "idle", "cpu-idle", cpu_idle, NUMBER), R("cpu", "cpus", "cpuset-cpus", cpuset_cpus, LIST), R("cpu", "mems", "cpuset-mems", cpuset_mems, LIST),
	R("memory", "limit", "memory", memory, SIZE), R("memory", "reservation", "memory-reservation", memory_reservation, SIZE),
	R("memory", "swap", "memory-swap", memory_swap, SIZE),
	R("pids", "limit", "pids-limit", pids_limit, NUMBER),
#undef R
};
enum { ROWS = sizeof(rows) / sizeof(*rows) };

static const char *text_of(const struct values *v, const struct row *r)
{
	return *(const char *const *)(const void *)((const char *)v + r->offset);
}

/* "512m": k, m, g, t to base 1024, an optional b; -1 is unlimited. false: none of these. */
static bool size(const char *text, int64_t *ret)
{
	static const char suffix[] = "kmgtp";
	char *end;
	const char *at;
	long long n;

	errno = 0;
	n = strtoll(text, &end, 10);
	if (end == text || errno)
		return false;
	at = *end ? strchr(suffix, *end >= 'A' && *end <= 'Z' ? *end + 32 : *end) : NULL;
	for (const char *s = suffix; at && s <= at; s++)
		if (__builtin_mul_overflow(n, 1024, &n))
			return false;
	end += at ? 1 : 0;
	if ((*end == 'b' || *end == 'B') && !end[1])
		end++;
	*ret = n;
	return *end == '\0';
}

static void put(FILE *f, const struct row *r, const char *text)
{
	int64_t n;

	if (r->kind == LIST) {
		if (text[strspn(text, "0123456789,-")])
			exit(out_usage("invalid value \"%.40s\" for --%s: not a list of numbers", text, r->option));
		fprintf(f, "\"%s\":\"%s\"", r->member, text);
		return;
	}
	if (r->kind == NUMBER ? text[strspn(text, "-0123456789")] || !size(text, &n) : !size(text, &n))
		exit(out_usage("invalid value \"%.40s\" for --%s: not a number", text, r->option));
	fprintf(f, "\"%s\":%" PRId64, r->member, n);
}

static char *from_options(const struct values *v)
{
	const char *object = NULL;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		exit(out_usage("out of memory"));
	fputc('{', f);
	for (size_t i = 0; i < ROWS; i++) {
		const char *value = text_of(v, &rows[i]);

		if (!value)
			continue;
		if (!object || strcmp(object, rows[i].object) != 0)
			fprintf(f, "%s\"%s\":{", object ? "}," : "", rows[i].object);
		else
			fputc(',', f);
		object = rows[i].object;
		put(f, &rows[i], value);
		/* unlimited memory with limited swap would be a limit still (compatibility 1.7) */
		if (strcmp(rows[i].option, "memory") == 0 && strcmp(value, "-1") == 0 && !v->memory_swap)
			fputs(",\"swap\":-1", f);
	}
	fputs(object ? "}}" : "}", f);
	if (fclose(f) != 0)
		exit(out_usage("out of memory"));
	return text;
}

static void put_text(FILE *f, const char *member, const char *text)
{
	fprintf(f, "\"%s\":\"", member);
	for (; *text; text++)
		fprintf(f, (unsigned char)*text < 0x20 || *text == '"' || *text == '\\' ? "\\u%04x" : "%c", (unsigned char)*text);
	fputc('"', f);
}

/* An intelRdt object, NULL when no option asks for one. */
static char *schemas(const struct values *v)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f;

	if (!v->l3_schema && !v->mb_schema)
		return NULL;
	f = open_memstream(&text, &n);
	if (!f)
		exit(out_usage("out of memory"));
	fputc('{', f);
	if (v->l3_schema)
		put_text(f, "l3CacheSchema", v->l3_schema);
	if (v->l3_schema && v->mb_schema)
		fputc(',', f);
	if (v->mb_schema)
		put_text(f, "memBwSchema", v->mb_schema);
	fputc('}', f);
	if (fclose(f) != 0)
		exit(out_usage("out of memory"));
	return text;
}

static char *from_file(const char *path)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text = NULL;
	size_t n = 0, cap = 0;

	if (!f)
		exit(out_usage("resources %.200s: %s", path, errno == ENOENT ? "no such file or directory" : strerror(errno)));
	do {
		if (n + 4096 > cap) {
			cap = cap ? 2 * cap : 16384;
			text = realloc(text, cap);
		}
		if (!text || cap > RESOURCES_MAX)
			exit(out_usage("resources %.200s: too large", path));
		n += fread(text + n, 1, cap - n - 1, f);
	} while (!feof(f) && !ferror(f));
	if (ferror(f))
		exit(out_usage("resources %.200s: cannot be read", path));
	if (f != stdin)
		fclose(f);
	text[n] = '\0';
	return text;
}

int verb_update(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_err e;
	char *resources, *rdt = schemas(v);
	int rc;

	resources = v->resources ? from_file(v->resources) : from_options(v);
	rc = brig_update(&o, v->arg[0], resources, rdt, &e);
	free(resources);
	free(rdt);
	return rc < 0 ? out_error(verb->name, &e) : 0;
}
