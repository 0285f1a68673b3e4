/* room: pure — the JSON parser: what is refused, where it says so, and what the tree holds */
#include "tap.h"
#include "base/limits.h"
#include "json/json.h"

#include <errno.h>
#include <stdlib.h>

static const struct json *parse(struct arena *a, const char *bytes, size_t n, struct err *e)
{
	const struct json *root = NULL;
	/* exactly n bytes of heap: reading beyond them is seen by the sanitizer */
	char *copy = malloc(n ? n : 1);
	int rc;

	memcpy(copy, bytes, n);
	memset(e, 0, sizeof(*e));
	rc = json_parse(a, "f", copy, n, &root, e);
	free(copy);
	return rc == 0 ? root : NULL;
}

#define TEXT(s) (s), sizeof(s) - 1

static const struct { const char *bytes; size_t n; const char *error, *what; } refused[] = {
	{ TEXT(""), "f:1:1: the document is empty", "nothing" },
	{ TEXT(" \n "), "the document is empty", "blanks only" },
	{ TEXT("{\"a\":1,\"a\":2}"), "f:1:12: duplicate key \"a\"", "a key twice" },
	{ TEXT("{\"b\":{\"x\":1,\"y\":2,\"x\":3}}"), "duplicate key \"x\"", "a key twice, deeper" },
	{ TEXT("{\"a\":1,\"\\u0061\":2}"), "duplicate key \"a\"", "a key twice, once escaped" },
	{ TEXT("[\"\\u0000\"]"), "f:1:2: a string must not contain a NUL character", "an escaped NUL" },
	{ TEXT("{\"a\\u0000b\":1}"), "must not contain a NUL character", "an escaped NUL in a key" },
	{ TEXT("[\"a\0b\"]"), "f:1:", "a raw NUL" },
	{ TEXT("[\"\\ud800\"]"), "f:1:2: a string contains half of a surrogate pair", "a high surrogate alone" },
	{ TEXT("[\"\\udc00\"]"), "half of a surrogate pair", "a low surrogate alone" },
	{ TEXT("[\"\\ud800\\ud800\"]"), "half of a surrogate pair", "two high surrogates" },
	{ TEXT("[\"\\ud800x\\udc00\"]"), "half of a surrogate pair", "a pair with something between" },
	{ TEXT("[\"\\ud800\\n\"]"), "half of a surrogate pair", "a high surrogate before another escape" },
	{ TEXT("{\"\\udfff\":1}"), "half of a surrogate pair", "a lone surrogate in a key" },
	{ TEXT("[\"\\ud83d\\ude00\\ud83d\"]"), "half of a surrogate pair", "a pair and a half" },
	{ TEXT("[\"\xff\"]"), "f:1:", "a byte that is no UTF-8" },
	{ TEXT("[\"\xc0\x80\"]"), "f:1:", "an overlong NUL" },
	{ TEXT("[\"\xe0\x80\xaf\"]"), "f:1:", "an overlong slash" },
	{ TEXT("[\"\xed\xa0\x80\"]"), "f:1:", "a surrogate as UTF-8" },
	{ TEXT("[\"\xf4\x90\x80\x80\"]"), "f:1:", "beyond U+10FFFF" },
	{ TEXT("[\"\xf5\x80\x80\x80\"]"), "f:1:", "a first byte that cannot be" },
	{ TEXT("[\"\xe2\x82\"]"), "f:1:", "a cut sequence" },
	{ TEXT("[\"\x80\"]"), "f:1:", "a continuation alone" },
	{ TEXT("{\"\xff\":1}"), "f:1:", "a key that is no UTF-8" },
	{ TEXT("[\"a\nb\"]"), "f:1:", "a raw line end in a string" },
	{ TEXT("[\"\x01\"]"), "f:1:", "a raw control byte in a string" },
	{ TEXT("[\"\\x41\"]"), "f:1:", "an escape that does not exist" },
	{ TEXT("[\"\\u12\"]"), "f:1:", "a short escape" },
	{ TEXT("\xef\xbb\xbf{}"), "f:1:1: starts with a byte-order mark", "a byte-order mark" },
	{ TEXT("{} x"), "f:1:", "trailing bytes" },
	{ TEXT("{}{}"), "f:1:", "two documents" },
	{ TEXT("{}\0"), "f:1:", "a trailing NUL" },
	{ TEXT("1 2"), "f:1:", "two numbers" },
	{ TEXT("{\"a\":1,}"), "f:1:", "a trailing comma in an object" },
	{ TEXT("[1,]"), "f:1:", "a trailing comma in an array" },
	{ TEXT("[1"), "the document ends too early", "an open array" },
	{ TEXT("{\"a\""), "the document ends too early", "a key without a value" },
	{ TEXT("\"abc"), "the document ends too early", "an open string" },
	{ TEXT("tru"), "f:1:", "half a word" },
	{ TEXT("True"), "f:1:", "a word in other case" },
	{ TEXT("NaN"), "f:1:", "not a number" },
	{ TEXT("[Infinity]"), "f:1:", "infinity" },
	{ TEXT("[01]"), "f:1:", "a leading zero" },
	{ TEXT("[+1]"), "f:1:", "a plus sign" },
	{ TEXT("[.5]"), "f:1:", "no digit before the point" },
	{ TEXT("[1.]"), "f:1:", "no digit after the point" },
	{ TEXT("[1e]"), "f:1:", "no digit in the exponent" },
	{ TEXT("[-]"), "f:1:", "a minus alone" },
	{ TEXT("[0x10]"), "f:1:", "hexadecimal" },
	{ TEXT("{a:1}"), "f:1:", "a bare key" },
	{ TEXT("{'a':1}"), "f:1:", "single quotes" },
	{ TEXT("// c\n{}"), "f:1:", "a comment" },
	{ TEXT("/* c */{}"), "f:1:", "another comment" },
	{ TEXT("{1:1}"), "f:1:", "a number as key" },
	{ TEXT("]"), "f:1:", "a closing bracket" },
	{ TEXT("[}"), "f:1:", "the wrong bracket" },
	{ TEXT("[1 2]"), "f:1:", "a missing comma" },
	{ TEXT("{\"a\" 1}"), "f:1:", "a missing colon" },
	{ TEXT("{\r\n  \"a\": 1,\r\n  \"a\": 2\r\n}"), "f:3:8: duplicate key", "lines that end with CRLF" },
	{ TEXT("{\n\n\n\t\"k\": [1,\n \"\\ud800\"]}"), "f:5:2: a string contains half", "the position of a string after line ends" },
};

static void refusals(void)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		OWN(arena) a = { 0 };
		struct err e;
		const struct json *root = parse(&a, refused[i].bytes, refused[i].n, &e);

		if (!ok(!root && e.kind == ERR_SPEC && strstr(e.text, refused[i].error), "%s is refused", refused[i].what))
			printf("# %s: \"%s\", want \"%s\"\n", root ? "accepted" : "refused", e.text, refused[i].error);
	}
}

static void nested(unsigned depth, const char *open, const char *close, bool want)
{
	OWN(str) t = { 0 };
	OWN(arena) a = { 0 };
	struct err e;

	for (unsigned i = 0; i < depth; i++)
		str_add(&t, open);
	str_add(&t, "1");
	for (unsigned i = 0; i < depth; i++)
		str_add(&t, close);
	ok((parse(&a, t.s, t.n, &e) != NULL) == want && (want || strstr(e.text, "nested too deeply")), "depth %u of %s is %s", depth, open, want ? "taken" : "refused");
}

static void numbers(void)
{
	static const struct { const char *text; int i_error, u_error; int64_t i; uint64_t u; } table[] = {
		{ "0", 0, 0, 0, 0 }, { "-0", 0, 0, 0, 0 }, { "1", 0, 0, 1, 1 }, { "-1", 0, ERANGE, -1, 0 }, { "4294967295", 0, 0, 4294967295, 4294967295 },
		{ "9007199254740993", 0, 0, 9007199254740993, 9007199254740993u }, { "9223372036854775807", 0, 0, INT64_MAX, INT64_MAX },
		{ "9223372036854775808", ERANGE, 0, 0, 9223372036854775808u }, { "18446744073709551615", ERANGE, 0, 0, UINT64_MAX },
		{ "18446744073709551616", ERANGE, ERANGE, 0, 0 }, { "-9223372036854775808", 0, ERANGE, INT64_MIN, 0 },
		{ "-9223372036854775809", ERANGE, ERANGE, 0, 0 }, { "1e400", EINVAL, EINVAL, 0, 0 }, { "1e3", EINVAL, EINVAL, 0, 0 },
		{ "1.0", EINVAL, EINVAL, 0, 0 }, { "-0.0", EINVAL, EINVAL, 0, 0 }, { "1E-2", EINVAL, EINVAL, 0, 0 },
		{ "123456789012345678901234567890", ERANGE, ERANGE, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		OWN(arena) a = { 0 };
		int64_t iv = 4711;
		uint64_t uv = 4711;
		int ie, ue, ir, ur;
		struct err e;
		const struct json *n = parse(&a, table[i].text, strlen(table[i].text), &e);

		if (!ok(n && n->type == JSON_NUMBER && strcmp(n->text, table[i].text) == 0, "%s is kept as it was written", table[i].text))
			continue;
		errno = 0, ir = json_i64(n, &iv), ie = errno;
		errno = 0, ur = json_u64(n, &uv), ue = errno;
		ok(table[i].i_error ? ir < 0 && ie == table[i].i_error && iv == 4711 : ir == 0 && iv == table[i].i, "%s as i64", table[i].text);
		ok(table[i].u_error ? ur < 0 && ue == table[i].u_error && uv == 4711 : ur == 0 && uv == table[i].u, "%s as u64", table[i].text);
	}
}

static void tree(void)
{
	static const char doc[] = "{\n  \"a\": [1, \"x\\\"y\\\\\", true, false, null, -5 ],\r\n\t\"b/c~d\": {\"\": \"\\ud83d\\ude00\\u00e9\\/\"}\n, \"e\":\"\\\\\"}";
	OWN(arena) a = { 0 };
	struct err e;
	const struct json *root = parse(&a, TEXT(doc), &e), *list, *n;
	char buf[64], tiny[6];
	int64_t v;
	uint64_t u;

	if (!ok(root && root->type == JSON_OBJECT && root->count == 3 && !root->key && !root->parent, "a document"))
		return;
	list = json_member(root, "a");
	ok(list && list->type == JSON_ARRAY && list->count == 6 && list->line == 2 && list->column == 8, "an array, and where it begins");
	n = list->child;
	ok(n->type == JSON_NUMBER && n->line == 2 && n->column == 9 && n->index == 0 && n->parent == list, "a number");
	n = n->next;
	ok(n->type == JSON_STRING && strcmp(n->text, "x\"y\\") == 0 && n->length == 4 && n->line == 2 && n->column == 12, "a string with escapes");
	n = n->next;
	ok(n->type == JSON_BOOL && n->boolean && n->column == 22, "true");
	n = n->next;
	ok(n->type == JSON_BOOL && !n->boolean && n->column == 28, "false");
	n = n->next;
	ok(n->type == JSON_NULL && n->column == 35, "null");
	n = n->next;
	ok(n->type == JSON_NUMBER && !n->next && n->column == 41, "a number before a blank");
	is_str(json_pointer(n, buf, sizeof(buf)), "/a/5", "the pointer of an element");
	n = json_member(json_member(root, "b/c~d"), "");
	ok(n && strcmp(n->text, "\xf0\x9f\x98\x80\xc3\xa9/") == 0 && n->line == 3 && n->column == 16, "escapes become UTF-8");
	is_str(json_pointer(n, buf, sizeof(buf)), "/b~1c~0d/", "a pointer escapes / and ~");
	is_str(json_pointer(n, tiny, sizeof(tiny)), "/b~1c", "and is cut at the end of its buffer");
	is_str(json_pointer(root, buf, sizeof(buf)), "", "the pointer of the root");
	n = json_member(root, "e");
	ok(n && strcmp(n->text, "\\") == 0 && n->line == 4 && n->column == 7, "a string that ends with an escaped backslash");
	ok(!json_member(root, "nope") && !json_member(list, "a") && !json_member(NULL, "a"), "no such member");
	ok(json_i64(list, &v) < 0 && errno == EINVAL && json_u64(list, &u) < 0 && errno == EINVAL, "an array is no integer");
	is_str(json_type_name(JSON_ARRAY), "an array", "a type's name");
	is_str(json_type_name(JSON_NULL), "null", "another one");
}

static void large(void)
{
	OWN(arena) a = { 0 }, b = { 0 }, c = { 0 };
	char *big = malloc(LIMIT_FILE_BYTES + 1);
	OWN(str) many = { 0 };
	const struct json *root;
	struct err e;

	memset(big, ' ', LIMIT_FILE_BYTES + 1);
	memcpy(big, "[]", 2);
	ok(parse(&a, big, LIMIT_FILE_BYTES, &e) != NULL, "a document of exactly 16 MiB");
	ok(!parse(&a, big, LIMIT_FILE_BYTES + 1, &e) && strstr(e.text, "larger than"), "one byte more is refused");
	memset(big, 'x', LIMIT_FILE_BYTES);
	big[0] = big[LIMIT_FILE_BYTES - 1] = '"';
	root = parse(&b, big, LIMIT_FILE_BYTES, &e);
	ok(root && root->length == LIMIT_FILE_BYTES - 2 && root->column == 1, "a string of nearly 16 MiB");
	free(big);
	str_add(&many, "{");
	for (unsigned i = 0; i < 200000; i++)
		str_addf(&many, "%s\"k%u\":\"\\\\\\\"\\\\\"", i ? "," : "", i);
	str_add(&many, "}");
	root = parse(&c, many.s, many.n, &e);
	ok(root && root->count == 200000 && strcmp(root->child->text, "\\\"\\") == 0, "200,000 members");
}

/* Each allocation fails once; the error is always out-of-memory, and nothing is lost (the sanitizer looks). */
static void oom(void)
{
	static const char doc[] = "{\"a\":[1,\"x\",true,null,{}],\"b\":\"c\"}";
	bool right = true;
	size_t n = 0;

	for (bool more = true; more; ) {
		struct arena a = { .fail_in = ++n };
		const struct json *root;
		struct err e;

		more = json_parse(&a, "f", doc, sizeof(doc) - 1, &root, &e) < 0;
		if (more && (e.kind != ERR_SYS || e.num != ENOMEM))
			right = false;
		arena_free(&a);
	}
	ok(right && n > 10, "each failing allocation is an error of its own");
}

int main(void)
{
	refusals();
	nested(LIMIT_JSON_DEPTH, "[", "]", true);
	nested(LIMIT_JSON_DEPTH + 1, "[", "]", false);
	nested(LIMIT_JSON_DEPTH, "{\"a\":", "}", true);
	nested(LIMIT_JSON_DEPTH + 1, "{\"a\":", "}", false);
	nested(100000, "[", "]", false);
	numbers();
	tree();
	large();
	oom();
	return done();
}
