/* room: pure — bytes → JSON: what is taken can be named by its pointer, and merged with itself */
#include "fuzz.h"
#include "base/own.h"
#include "json/json.h"

static void walk(const struct json *v)
{
	char pointer[256];

	json_pointer(v, pointer, sizeof(pointer));
	for (const struct json *c = v->child; c; c = c->next)
		walk(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	OWN(arena) mem = { 0 };
	const struct json *root;
	struct err e = { 0 };

	if (json_parse(&mem, "fuzz", (const char *)data, n, &root, &e) == 0)
		walk(root);
	else
		HOLDS(e.kind != ERR_NONE && e.kind != ERR_BUG && e.text[0]);
	return 0;
}
