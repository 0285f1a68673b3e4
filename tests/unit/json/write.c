/* room: pure — the JSON writer, and that what it writes reads back the same */
#include "tap.h"
#include "json/json.h"

static void forms(void)
{
	OWN(str) t = { 0 }, u = { 0 }, w = { 0 };
	struct json_out o = { .to = &t }, p = { .to = &u, .indent = "  " }, q = { .to = &w };

	json_open(&o, '{');
	json_kv_string(&o, "a", "x");
	json_kv_string(&o, "n", NULL);
	json_kv_bool(&o, "t", true);
	json_kv_bool(&o, "f", false);
	json_kv_i64(&o, "i", INT64_MIN);
	json_kv_u64(&o, "u", UINT64_MAX);
	json_key(&o, "l");
	json_open(&o, '[');
	json_put_null(&o);
	json_put_raw(&o, "1e400");
	json_open(&o, '{');
	json_close(&o, '}');
	json_open(&o, '[');
	json_close(&o, ']');
	json_close(&o, ']');
	json_close(&o, '}');
	is_str(t.s, "{\"a\":\"x\",\"n\":null,\"t\":true,\"f\":false,\"i\":-9223372036854775808,\"u\":18446744073709551615,\"l\":[null,1e400,{},[]]}", "on one line");
	json_open(&p, '{');
	json_key(&p, "a");
	json_open(&p, '[');
	json_put_i64(&p, 1);
	json_put_u64(&p, 2);
	json_close(&p, ']');
	json_key(&p, "b");
	json_open(&p, '{');
	json_close(&p, '}');
	json_close(&p, '}');
	is_str(u.s, "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}", "indented");
	json_put_string(&q, "q\" b\\ \n\t\r \x01\x1f\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 /");
	is_str(w.s, "\"q\\\" b\\\\ \\n\\t\\r \\u0001\\u001f\x7f \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 /\"", "quoting");
}

static void not_utf8(void)
{
	static const struct { const char *in, *out; } table[] = {
		{ "\xff", "\"\xef\xbf\xbd\"" }, { "a\xc3", "\"a\xef\xbf\xbd\"" }, { "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, { "\xe0\x80\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf4\x90\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, { "\xf0\x80\x80\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "\xf4\x8f\xbf\xbf", "\"\xf4\x8f\xbf\xbf\"" }, { "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" }, { "\xf8", "\"\xef\xbf\xbd\"" },
		{ "\x80", "\"\xef\xbf\xbd\"" }, { "\xf0\x9f", "\"\xef\xbf\xbd\xef\xbf\xbd\"" }, { "\xe1\x80\x80\xe1", "\"\xe1\x80\x80\xef\xbf\xbd\"" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		OWN(str) t = { 0 };
		struct json_out o = { .to = &t };
		OWN(arena) a = { 0 };
		const struct json *root;
		struct err e;

		json_put_string(&o, table[i].in);
		is_str(t.s, table[i].out, "bytes that are not UTF-8 become U+FFFD");
		ok(json_parse(&a, "f", t.s, t.n, &root, &e) == 0, "and the result is valid");
	}
}

static void round_trip(void)
{
	static const char *const docs[] = {
		"{\"a\":[1,-0,2.50,1e400,true,false,null,\"\",\"x\\ny\"],\"b\":{\"\":{}},\"c\":[[],[[]]],\"\\\"\":\"\\u0001\"}", "[]", "\"s\"", "0", "null", "true",
	};

	for (size_t i = 0; i < sizeof(docs) / sizeof(*docs); i++)
		for (int indented = 0; indented < 2; indented++) {
			OWN(arena) a = { 0 };
			OWN(str) once = { 0 }, twice = { 0 };
			struct json_out o = { .to = &once, .indent = indented ? "\t" : NULL }, p = { .to = &twice };
			const struct json *root, *again;
			struct err e;

			if (!ok(json_parse(&a, "f", docs[i], strlen(docs[i]), &root, &e) == 0, "document %zu", i))
				continue;
			json_put_node(&o, root);
			if (!ok(json_parse(&a, "f", once.s, once.n, &again, &e) == 0, "what was written parses"))
				continue;
			json_put_node(&p, again);
			is_str(twice.s, docs[i], "and is the same");
		}
}

int main(void)
{
	forms();
	not_utf8();
	round_trip();
	return done();
}
