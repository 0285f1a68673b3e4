/* room: pure — bytes to tree, through yajl's event parser; what yajl lets pass is checked here */
#include "json/json.h"
#include "json/utf8.h"
#include "base/limits.h"
#include "base/own.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

enum { FEW = 40 };	/* members of an object that are compared each with each */

struct builder {
	struct arena *tree, *texts;
	const char *name, *bytes;
	size_t n;
	yajl_handle yajl;
	struct arena scratch;		/* yajl's own */
	jmp_buf out_of_memory;
	struct json *stack[LIMIT_JSON_DEPTH];
	struct json *last[LIMIT_JSON_DEPTH];	/* youngest child of each open node */
	unsigned depth;
	const char *key;
	struct json *root;
	size_t seen;		/* bytes whose lines are counted */
	uint32_t line;
	size_t line_start;
	struct err *e;
	bool failed;
};

static void advance(struct builder *b, size_t to)
{
	for (; b->seen < to; b->seen++)
		if (b->bytes[b->seen] == '\n') {
			b->line++;
			b->line_start = b->seen + 1;
		}
}

static int fail_at(struct builder *b, size_t offset, const char *reason)
{
	uint32_t line = 1;
	size_t start = 0;

	for (size_t i = 0; i < offset; i++)
		if (b->bytes[i] == '\n') {
			line++;
			start = i + 1;
		}
	b->failed = true;
	err_set(b->e, ERR_SPEC, 0, "%s:%u:%zu: %s", b->name, line, offset - start + 1, reason);
	return 0;	/* yajl: stop */
}

static int fail_oom(struct builder *b)
{
	b->failed = true;
	err_oom(b->e);
	return 0;
}

/* Where the token that ends at yajl's offset begins: length is that of its source text. */
static size_t token_start(struct builder *b, size_t length)
{
	size_t end = yajl_get_bytes_consumed(b->yajl);

	return end > length ? end - length : 0;
}

static struct json *node(struct builder *b, enum json_type type, size_t start)
{
	struct json *n = arena_alloc(b->tree, sizeof(*n));
	struct json *parent = b->depth ? b->stack[b->depth - 1] : NULL;

	if (!n) {
		fail_oom(b);
		return NULL;
	}
	advance(b, start);
	n->type = type;
	n->line = b->line;
	n->column = (uint32_t)(start - b->line_start + 1);
	n->key = b->key;
	b->key = NULL;
	n->parent = parent;
	if (!parent) {
		b->root = n;
		return n;
	}
	n->index = parent->count++;
	if (b->last[b->depth - 1])
		b->last[b->depth - 1]->next = n;
	else
		parent->child = n;
	b->last[b->depth - 1] = n;
	return n;
}

static int on_null(void *arg)
{
	return node(arg, JSON_NULL, token_start(arg, 4)) != NULL;
}

static int on_bool(void *arg, int value)
{
	struct json *n = node(arg, JSON_BOOL, token_start(arg, value ? 4 : 5));

	if (n)
		n->boolean = value;
	return n != NULL;
}

static int on_number(void *arg, const char *text, size_t length)
{
	struct builder *b = arg;
	struct json *n = node(b, JSON_NUMBER, token_start(b, length));

	if (!n)
		return 0;
	n->text = arena_strndup(b->texts, text, length);
	n->length = (uint32_t)length;
	return n->text ? 1 : fail_oom(b);
}

/* Whether yajl handed out a place in the document itself and not a copy: then what stands there has no escapes. */
static bool in_place(const struct builder *b, const void *text)
{
	return (uintptr_t)text - (uintptr_t)b->bytes < b->n;
}

/* Offset of the quote that opens the string whose closing quote was just consumed. Backslashes before a quote decide whether it is one. */
static size_t string_start(struct builder *b, const unsigned char *text)
{
	size_t i = yajl_get_bytes_consumed(b->yajl);

	if (in_place(b, text))
		return (size_t)((const char *)text - b->bytes) - 1;
	i = i > 1 ? i - 2 : 0;
	for (;; i--) {
		size_t slashes = 0;

		if (b->bytes[i] == '"') {
			while (slashes < i && b->bytes[i - 1 - slashes] == '\\')
				slashes++;
			if (slashes % 2 == 0)
				return i;
		}
		if (i == 0)
			return 0;
	}
}

static bool lone_surrogate(const char *s, size_t n)
{
	for (size_t i = 0; i + 5 < n; i++) {
		unsigned long u, low;
		char hex[5] = { 0 };

		if (s[i] != '\\')
			continue;
		if (s[i + 1] != 'u') {
			i++;
			continue;
		}
		memcpy(hex, s + i + 2, 4);
		u = strtoul(hex, NULL, 16);
		i += 5;
		if (u >= 0xdc00 && u <= 0xdfff)
			return true;
		if (u < 0xd800 || u > 0xdbff)
			continue;
		if (i + 6 >= n || s[i + 1] != '\\' || s[i + 2] != 'u')
			return true;
		memcpy(hex, s + i + 3, 4);
		low = strtoul(hex, NULL, 16);
		if (low < 0xdc00 || low > 0xdfff)
			return true;
		i += 6;
	}
	return false;
}

/* yajl takes overlong forms, surrogates and what lies beyond U+10FFFF: two spellings of one name, of which a check may see the other. */
static bool well_formed(const unsigned char *s, size_t n)
{
	for (size_t i = 0, step; i < n; i += step) {
		step = s[i] < 0x80 ? 1 : utf8_length(s + i, n - i);
		if (!step)
			return false;
	}
	return true;
}

static int check_string(struct builder *b, size_t start, const unsigned char *s, size_t n)
{
	size_t end = yajl_get_bytes_consumed(b->yajl);

	if (memchr(s, 0, n))
		return fail_at(b, start, "a string must not contain a NUL character");
	if (!in_place(b, s) && lone_surrogate(b->bytes + start, end - start))
		return fail_at(b, start, "a string contains half of a surrogate pair");
	if (!well_formed(s, n))
		return fail_at(b, start, "a string contains bytes that are not UTF-8");
	return 1;
}

static int on_string(void *arg, const unsigned char *s, size_t length)
{
	struct builder *b = arg;
	size_t start = string_start(b, s);
	struct json *n;

	if (!check_string(b, start, s, length))
		return 0;
	n = node(b, JSON_STRING, start);
	if (!n)
		return 0;
	n->text = arena_strndup(b->texts, (const char *)s, length);
	n->length = (uint32_t)length;
	return n->text ? 1 : fail_oom(b);
}

static int on_key(void *arg, const unsigned char *s, size_t length)
{
	struct builder *b = arg;

	if (!check_string(b, string_start(b, s), s, length))
		return 0;
	b->key = arena_strndup(b->texts, (const char *)s, length);
	return b->key ? 1 : fail_oom(b);
}

static int push(struct builder *b, enum json_type type)
{
	size_t at = token_start(b, 1);
	struct json *n;

	if (b->depth == LIMIT_JSON_DEPTH)
		return fail_at(b, at, "nested too deeply");
	n = node(b, type, at);
	if (!n)
		return 0;
	b->stack[b->depth] = n;
	b->last[b->depth++] = NULL;
	return 1;
}

static int on_object(void *arg)
{
	return push(arg, JSON_OBJECT);
}

static int on_array(void *arg)
{
	return push(arg, JSON_ARRAY);
}

static int by_key(const void *a, const void *b)
{
	return strcmp((*(const struct json *const *)a)->key, (*(const struct json *const *)b)->key);
}

static const struct json *duplicate_of_few(const struct json *object)
{
	for (const struct json *c = object->child; c; c = c->next)
		for (const struct json *before = object->child; before != c; before = before->next)
			if (before->key[0] == c->key[0] && strcmp(before->key, c->key) == 0)
				return c;
	return NULL;
}

/* Sorted, so that a large object costs n log n. */
static const struct json *duplicate_of_many(const struct json **list, const struct json *object)
{
	size_t n = 0;

	for (const struct json *c = object->child; c; c = c->next)
		list[n++] = c;
	qsort(list, n, sizeof(*list), by_key);
	for (size_t i = 1; i < n; i++)
		if (strcmp(list[i - 1]->key, list[i]->key) == 0)
			return list[i - 1]->index > list[i]->index ? list[i - 1] : list[i];
	return NULL;
}

/* Two parsers that read a duplicate differently are a way around a check (W-8). */
static int check_duplicates(struct builder *b, const struct json *object)
{
	OWN_MEM const struct json **list = NULL;
	const struct json *later;

	if (object->count > FEW) {
		list = malloc(object->count * sizeof(*list));
		if (!list)
			return fail_oom(b);
	}
	later = list ? duplicate_of_many(list, object) : duplicate_of_few(object);
	if (!later)
		return 1;
	b->failed = true;
	err_set(b->e, ERR_SPEC, 0, "%s:%u:%u: duplicate key \"%.80s\"", b->name, later->line, later->column, later->key);
	return 0;
}

static int on_object_end(void *arg)
{
	struct builder *b = arg;

	return check_duplicates(b, b->stack[--b->depth]);
}

static int on_array_end(void *arg)
{
	struct builder *b = arg;

	b->depth--;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null, .yajl_boolean = on_bool, .yajl_number = on_number, .yajl_string = on_string, .yajl_map_key = on_key,
	.yajl_start_map = on_object, .yajl_end_map = on_object_end, .yajl_start_array = on_array, .yajl_end_array = on_array_end,
};

static bool blank(const char *bytes, size_t n)
{
	size_t i = 0;

	while (i < n && strchr(" \t\r\n", bytes[i]) && bytes[i])
		i++;
	return i == n;
}

/* yajl's own words are several lines with an arrow; the first line after its prefix is the reason. */
static int fail_yajl(struct builder *b, size_t n)
{
	unsigned char *words = yajl_get_error(b->yajl, 0, NULL, 0);
	size_t at = yajl_get_bytes_consumed(b->yajl);
	char reason[120] = "not valid JSON";
	const char *colon = words ? strstr((const char *)words, ": ") : NULL;

	if (colon) {
		size_t len = strcspn(colon + 2, "\n");

		if (len && len < sizeof(reason)) {
			memcpy(reason, colon + 2, len);
			reason[len] = '\0';
		}
	}
	if (words)
		yajl_free_error(b->yajl, words);
	if (strcmp(reason, "premature EOF") == 0) {
		fail_at(b, n, blank(b->bytes, n) ? "the document is empty" : "the document ends too early");
		return -1;
	}
	fail_at(b, at > 0 && at >= n ? n : at > 0 ? at - 1 : 0, reason);
	return -1;
}

static int feed(struct builder *b, size_t n)
{
	yajl_status s = yajl_parse(b->yajl, (const unsigned char *)b->bytes, n);

	if (s == yajl_status_ok)
		s = yajl_complete_parse(b->yajl);
	if (b->failed)
		return -1;
	if (s != yajl_status_ok)
		return fail_yajl(b, n);
	if (!b->root || b->depth) {
		fail_at(b, n, b->root ? "the document ends too early" : "the document is empty");
		return -1;
	}
	return 0;
}

/* yajl does not look at what its allocator returns, so ours never returns without memory. Its buffers live in an arena of their own, freed at once. */
struct buffer { size_t size; _Alignas(max_align_t) unsigned char mem[]; };

static void *yajl_take(void *arg, size_t n)
{
	struct builder *b = arg;
	struct buffer *buf = n > SIZE_MAX - sizeof(*buf) ? NULL : arena_alloc(&b->scratch, sizeof(*buf) + n);

	if (!buf)
		longjmp(b->out_of_memory, 1);
	buf->size = n;
	return buf->mem;
}

static void *yajl_resize(void *arg, void *old, size_t n)
{
	void *now = yajl_take(arg, n);

	if (old) {
		size_t was = ((struct buffer *)(void *)((unsigned char *)old - offsetof(struct buffer, mem)))->size;

		memcpy(now, old, was < n ? was : n);
	}
	return now;
}

static void yajl_drop(void *arg, void *old)
{
	(void)arg;
	(void)old;
}

static int guarded(struct builder *b, size_t n)
{
	yajl_alloc_funcs memory = { .malloc = yajl_take, .realloc = yajl_resize, .free = yajl_drop, .ctx = b };

	if (setjmp(b->out_of_memory))
		return err_oom(b->e);
	b->yajl = yajl_alloc(&callbacks, &memory, b);
	return feed(b, n);
}

int json_parse_apart(struct arena *tree, struct arena *texts, const char *name, const char *bytes, size_t n, const struct json **ret, struct err *e)
{
	struct builder b = { .tree = tree, .texts = texts, .name = name, .bytes = bytes, .n = n, .line = 1, .e = e };
	int rc;

	if (n > LIMIT_FILE_BYTES)
		return err_set(e, ERR_SPEC, 0, "%s: larger than %u bytes", name, LIMIT_FILE_BYTES);
	if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		return err_set(e, ERR_SPEC, 0, "%s:1:1: starts with a byte-order mark", name);
	rc = guarded(&b, n);
	arena_free(&b.scratch);
	if (rc == 0)
		*ret = b.root;
	return rc;
}

int json_parse(struct arena *mem, const char *name, const char *bytes, size_t n, const struct json **ret, struct err *e)
{
	return json_parse_apart(mem, mem, name, bytes, n, ret, e);
}
