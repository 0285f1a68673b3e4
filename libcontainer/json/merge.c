/* room: pure — one document laid over another (RFC 7396 in spirit): members of objects one by one, everything else as a whole */
#include "json/json.h"

#include <string.h>

static bool same_number(const struct json *a, const struct json *b, const char *key)
{
	const struct json *x = json_member(a, key), *y = json_member(b, key);

	return x && y && x->type == JSON_NUMBER && y->type == JSON_NUMBER && strcmp(x->text, y->text) == 0;
}

/* Lists of settings per device: an element with the same numbers takes the place of the old one. */
static bool is_device_list(const struct json *list)
{
	if (list->type != JSON_ARRAY || (list->key && strcmp(list->key, "devices") == 0))
		return false;
	for (const struct json *c = list->child; c; c = c->next)
		if (!json_member(c, "major") || !json_member(c, "minor"))
			return false;
	return true;
}

static void put_device_lists(struct json_out *o, const struct json *base, const struct json *patch)
{
	json_open(o, '[');
	for (const struct json *c = base->child; c; c = c->next) {
		bool replaced = false;

		for (const struct json *n = patch->child; n; n = n->next)
			replaced = replaced || (same_number(c, n, "major") && same_number(c, n, "minor"));
		if (!replaced)
			json_put_node(o, c);
	}
	for (const struct json *n = patch->child; n; n = n->next)
		json_put_node(o, n);
	json_close(o, ']');
}

void json_put_merged(struct json_out *o, const struct json *base, const struct json *patch)
{
	if (base->type == JSON_ARRAY && patch->type == JSON_ARRAY && is_device_list(base) && is_device_list(patch)) {
		put_device_lists(o, base, patch);
		return;
	}
	if (base->type != JSON_OBJECT || patch->type != JSON_OBJECT) {
		json_put_node(o, patch);
		return;
	}
	json_open(o, '{');
	for (const struct json *c = base->child; c; c = c->next) {
		const struct json *over = json_member(patch, c->key);

		json_key(o, c->key);
		if (over && over->type != JSON_NULL)
			json_put_merged(o, c, over);
		else
			json_put_node(o, c);
	}
	for (const struct json *n = patch->child; n; n = n->next)
		if (!json_member(base, n->key)) {
			json_key(o, n->key);
			json_put_node(o, n);
		}
	json_close(o, '}');
}
