/* room: pure — the field-table engine and the handlers of plain types */
#include "spec/decode.h"
#include "base/limits.h"
#include "base/num.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *pointer_of(struct decoder *d, const struct json *v)
{
	char buf[ERR_WHY_SIZE];
	char *p = arena_strdup(d->mem, json_pointer(v, buf, sizeof(buf)));

	if (!p)
		err_oom(d->e);
	return p;
}

int refuse_at(struct decoder *d, const char *pointer, const char *fmt, ...)
{
	char text[ERR_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(d->e, ERR_SPEC, 0, "%s", text);
	return err_why(d->e, pointer);
}

int refuse(struct decoder *d, const struct json *v, const char *fmt, ...)
{
	char text[ERR_TEXT_SIZE], pointer[ERR_WHY_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return refuse_at(d, json_pointer(v, pointer, sizeof(pointer)), "%s", text);
}

static int remember(struct decoder *d, struct text_list *l, const char *text)
{
	if (l->n == 256)
		return 0;	/* enough to read */
	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 8;
		const char **item = arena_array(d->mem, cap, sizeof(*item));

		if (!item)
			return err_oom(d->e);
		if (l->n)
			memcpy(item, l->item, l->n * sizeof(*item));
		l->item = item;
		l->cap = cap;
	}
	l->item[l->n++] = text;
	return 0;
}

int warn_at(struct decoder *d, const struct json *v, const char *fmt, ...)
{
	char text[256], pointer[ERR_WHY_SIZE];
	const char *line;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line = arena_printf(d->mem, "%s: %s", json_pointer(v, pointer, sizeof(pointer)), text);
	return line ? remember(d, &d->warnings, line) : err_oom(d->e);
}

/* At most one letter more, less or different. */
static bool near(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), i = 0;

	if (n > m)
		return near(b, a);
	if (m - n > 1 || n < 4)
		return false;
	while (i < n && a[i] == b[i])
		i++;
	return strcmp(a + i + (n == m), b + i + 1) == 0;
}

static int unknown(struct decoder *d, const struct json *v, const struct field *table, size_t n)
{
	char pointer[ERR_WHY_SIZE];
	const char *line;

	for (size_t i = 0; i < n; i++)
		if (strcasecmp(v->key, table[i].name) == 0)
			return refuse(d, v, "\"%s\" differs only in case from \"%s\"", v->key, table[i].name);
	for (size_t i = 0; i < n; i++)
		if (near(v->key, table[i].name))
			return warn_at(d, v, "unknown property, ignoring; is \"%s\" meant?", table[i].name);
	line = arena_printf(d->mem, "unknown property %s", json_pointer(v, pointer, sizeof(pointer)));
	return line ? remember(d, &d->notes, line) : err_oom(d->e);
}

static const struct field *lookup(const struct field *table, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, key) == 0)
			return &table[i];
	return NULL;
}

int decode_object(struct decoder *d, const struct json *v, const struct field *table, size_t n, void *base)
{
	if (v->type != JSON_OBJECT)
		return refuse(d, v, "must be an object, not %s", json_type_name(v->type));
	for (const struct json *m = v->child; m; m = m->next) {
		const struct field *f = lookup(table, n, m->key);

		if (!f)
			TRY(unknown(d, m, table, n));
		else if (m->type != JSON_NULL)
			TRY(f->take(d, m, (char *)base + f->offset));
	}
	for (size_t i = 0; i < n; i++) {
		const struct json *m = table[i].required ? json_member(v, table[i].name) : v;

		if (!m || m->type == JSON_NULL)
			return refuse(d, v, "property \"%s\" is required", table[i].name);
	}
	return 0;
}

int decode_array(struct decoder *d, const struct json *v, size_t limit, size_t size, void **ret, size_t *ret_n)
{
	if (v->type != JSON_ARRAY)
		return refuse(d, v, "must be an array, not %s", json_type_name(v->type));
	if (v->count > limit)
		return refuse(d, v, "has %u elements; at most %zu are taken", v->count, limit);
	*ret = arena_array(d->mem, v->count, size);
	if (!*ret)
		return err_oom(d->e);
	*ret_n = v->count;
	return 0;
}

int take_ignored(struct decoder *d, const struct json *v, void *at)
{
	(void)d;
	(void)v;
	(void)at;
	return 0;
}

int take_bool(struct decoder *d, const struct json *v, void *at)
{
	if (v->type != JSON_BOOL)
		return refuse(d, v, "must be a boolean, not %s", json_type_name(v->type));
	*(bool *)at = v->boolean;
	return 0;
}

int take_string(struct decoder *d, const struct json *v, void *at)
{
	if (v->type != JSON_STRING)
		return refuse(d, v, "must be a string, not %s", json_type_name(v->type));
	*(const char **)at = v->text;
	return 0;
}

int take_nonempty(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	return v->length ? 0 : refuse(d, v, "must not be empty");
}

int take_abs_path(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	return v->text[0] == '/' ? 0 : refuse(d, v, "must be an absolute path, not \"%.80s\"", v->text);
}

int take_strings(struct decoder *d, const struct json *v, void *at)
{
	struct strings *ret = at;
	const char **item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(char *), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next)
		TRY(take_string(d, c, &item[c->index]));
	*ret = (struct strings){ n, item };
	return 0;
}

static int number(struct decoder *d, const struct json *v, int64_t min, int64_t max, int64_t *ret)
{
	int64_t n;

	if (v->type != JSON_NUMBER)
		return refuse(d, v, "must be a number, not %s", json_type_name(v->type));
	if (json_i64(v, &n) < 0)
		return refuse(d, v, errno == ERANGE ? "%.40s is out of range" : "must be a whole number, not %.40s", v->text);
	if (n < min || n > max)
		return refuse(d, v, "%lld is out of range (%lld to %lld)", (long long)n, (long long)min, (long long)max);
	*ret = n;
	return 0;
}

int take_u32(struct decoder *d, const struct json *v, void *at)
{
	int64_t n;

	TRY(number(d, v, 0, UINT32_MAX, &n));
	*(uint32_t *)at = (uint32_t)n;
	return 0;
}

int take_i32(struct decoder *d, const struct json *v, void *at)
{
	int64_t n;

	TRY(number(d, v, INT32_MIN, INT32_MAX, &n));
	*(int32_t *)at = (int32_t)n;
	return 0;
}

int take_u64(struct decoder *d, const struct json *v, void *at)
{
	uint64_t n;

	if (v->type != JSON_NUMBER)
		return refuse(d, v, "must be a number, not %s", json_type_name(v->type));
	if (json_u64(v, &n) < 0)
		return refuse(d, v, errno == ERANGE ? "%.40s is out of range" : "must be a whole number, not %.40s", v->text);
	*(uint64_t *)at = n;
	return 0;
}

/* 4294967295 means "no change" to the kernel (W-7). */
int take_id(struct decoder *d, const struct json *v, void *at)
{
	int64_t n;

	TRY(number(d, v, 0, UINT32_MAX - 1, &n));
	*(uint32_t *)at = (uint32_t)n;
	return 0;
}

int take_ids(struct decoder *d, const struct json *v, void *at)
{
	struct ids_list *ret = at;
	uint32_t *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(uint32_t), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next)
		TRY(take_id(d, c, &item[c->index]));
	*ret = (struct ids_list){ n, item };
	return 0;
}

int take_opt_i64(struct decoder *d, const struct json *v, void *at)
{
	struct opt_i64 *o = at;

	TRY(number(d, v, INT64_MIN, INT64_MAX, &o->v));
	o->set = true;
	return 0;
}

int take_opt_u64(struct decoder *d, const struct json *v, void *at)
{
	struct opt_u64 *o = at;

	TRY(take_u64(d, v, &o->v));
	o->set = true;
	return 0;
}

bool has_control(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	return false;
}

bool name_is_component(const char *s)
{
	return s[0] && !strchr(s, '/') && !has_control(s) && strcmp(s, ".") && strcmp(s, "..") && strlen(s) <= 255;
}

int take_pairs(struct decoder *d, const struct json *v, struct spec_pairs *ret, bool (*ok)(const char *key), const char *what)
{
	struct spec_pair *item;
	size_t i = 0;

	if (v->type != JSON_OBJECT)
		return refuse(d, v, "must be an object, not %s", json_type_name(v->type));
	item = arena_array(d->mem, v->count, sizeof(*item));
	if (!item)
		return err_oom(d->e);
	for (const struct json *m = v->child; m; m = m->next, i++) {
		if (!ok(m->key))
			return refuse(d, m, "\"%.80s\" is not a valid %s", m->key, what);
		item[i].key = m->key;
		TRY(take_string(d, m, &item[i].value));
		item[i].at = pointer_of(d, m);
		if (!item[i].at)
			return -1;
	}
	*ret = (struct spec_pairs){ i, item };
	return 0;
}
