/* room: pure — JSON writer */
#include "json/json.h"
#include "json/utf8.h"

#include <string.h>

static void newline(struct json_out *o)
{
	if (!o->indent)
		return;
	str_addc(o->to, '\n');
	for (unsigned i = 0; i < o->depth; i++)
		str_add(o->to, o->indent);
}

static void before_value(struct json_out *o)
{
	if (o->after_key) {
		o->after_key = false;
		return;
	}
	if (o->some)
		str_addc(o->to, ',');
	if (o->depth)
		newline(o);
	o->some = true;
}

void json_open(struct json_out *o, char bracket)
{
	before_value(o);
	str_addc(o->to, bracket);
	o->depth++;
	o->some = false;
}

void json_close(struct json_out *o, char bracket)
{
	o->depth--;
	if (o->some)
		newline(o);
	str_addc(o->to, bracket);
	o->some = true;
}

static void quoted(struct str *to, const char *text)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + strlen(text);

	str_addc(to, '"');
	while (s < end) {
		size_t n = utf8_length(s, (size_t)(end - s));

		if (n == 0) {
			str_add(to, "\xef\xbf\xbd");
			s++;
			continue;
		}
		if (*s == '"' || *s == '\\') {
			str_addc(to, '\\');
			str_addc(to, (char)*s);
		} else if (*s == '\n' || *s == '\t' || *s == '\r') {
			str_addc(to, '\\');
			str_addc(to, *s == '\n' ? 'n' : *s == '\t' ? 't' : 'r');
		} else if (*s < 0x20) {
			str_addf(to, "\\u%04x", *s);
		} else {
			str_addn(to, (const char *)s, n);
		}
		s += n;
	}
	str_addc(to, '"');
}

void json_key(struct json_out *o, const char *key)
{
	before_value(o);
	quoted(o->to, key);
	str_add(o->to, o->indent ? ": " : ":");
	o->after_key = true;
}

void json_put_string(struct json_out *o, const char *s)
{
	before_value(o);
	if (s)
		quoted(o->to, s);
	else
		str_add(o->to, "null");
}

void json_put_bool(struct json_out *o, bool b)
{
	before_value(o);
	str_add(o->to, b ? "true" : "false");
}

void json_put_i64(struct json_out *o, int64_t v)
{
	before_value(o);
	str_addf(o->to, "%lld", (long long)v);
}

void json_put_u64(struct json_out *o, uint64_t v)
{
	before_value(o);
	str_addf(o->to, "%llu", (unsigned long long)v);
}

void json_put_null(struct json_out *o)
{
	before_value(o);
	str_add(o->to, "null");
}

void json_put_raw(struct json_out *o, const char *number)
{
	before_value(o);
	str_add(o->to, number);
}

void json_put_node(struct json_out *o, const struct json *n)
{
	switch (n->type) {
	case JSON_NULL: json_put_null(o); return;
	case JSON_BOOL: json_put_bool(o, n->boolean); return;
	case JSON_NUMBER: json_put_raw(o, n->text); return;
	case JSON_STRING: json_put_string(o, n->text); return;
	case JSON_ARRAY:
	case JSON_OBJECT: break;
	}
	json_open(o, n->type == JSON_ARRAY ? '[' : '{');
	for (const struct json *c = n->child; c; c = c->next) {
		if (c->key)
			json_key(o, c->key);
		json_put_node(o, c);
	}
	json_close(o, n->type == JSON_ARRAY ? ']' : '}');
}

void json_kv_string(struct json_out *o, const char *key, const char *s)
{
	json_key(o, key);
	json_put_string(o, s);
}

void json_kv_bool(struct json_out *o, const char *key, bool b)
{
	json_key(o, key);
	json_put_bool(o, b);
}

void json_kv_i64(struct json_out *o, const char *key, int64_t v)
{
	json_key(o, key);
	json_put_i64(o, v);
}

void json_kv_u64(struct json_out *o, const char *key, uint64_t v)
{
	json_key(o, key);
	json_put_u64(o, v);
}
