/* room: pure — typed access to the tree */
#include "json/json.h"
#include "base/num.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct json *json_member(const struct json *object, const char *key)
{
	if (!object || object->type != JSON_OBJECT)
		return NULL;
	for (const struct json *c = object->child; c; c = c->next)
		if (strcmp(c->key, key) == 0)
			return c;
	return NULL;
}

static void append(char *buf, size_t size, size_t *at, char c)
{
	if (*at + 1 < size)
		buf[(*at)++] = c;
	buf[*at] = '\0';
}

static void segment(const struct json *n, char *buf, size_t size, size_t *at)
{
	char number[24];
	const char *text = n->key;

	if (!n->parent)
		return;
	segment(n->parent, buf, size, at);
	append(buf, size, at, '/');
	if (!text) {
		snprintf(number, sizeof(number), "%u", n->index);
		text = number;
	}
	for (; *text; text++) {
		if (*text == '~' || *text == '/') {
			append(buf, size, at, '~');
			append(buf, size, at, *text == '~' ? '0' : '1');
		} else {
			append(buf, size, at, *text);
		}
	}
}

char *json_pointer(const struct json *n, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	segment(n, buf, size, &at);
	return buf;
}

int json_i64(const struct json *n, int64_t *ret)
{
	if (n->type != JSON_NUMBER) {
		errno = EINVAL;
		return -1;
	}
	return num_i64(n->text, ret);
}

int json_u64(const struct json *n, uint64_t *ret)
{
	if (n->type != JSON_NUMBER) {
		errno = EINVAL;
		return -1;
	}
	if (strcmp(n->text, "-0") == 0) {
		*ret = 0;
		return 0;
	}
	if (n->text[0] == '-') {
		int64_t v;

		if (num_i64(n->text, &v) == 0)
			errno = ERANGE;
		return -1;
	}
	return num_u64(n->text, ret);
}

const char *json_type_name(enum json_type type)
{
	static const char *const name[] = { "null", "a boolean", "a number", "a string", "an array", "an object" };

	return name[type];
}
