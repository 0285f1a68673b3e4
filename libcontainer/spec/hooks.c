/* room: pure — hooks */
#include "spec/decode.h"
#include "base/limits.h"

static int take_timeout(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_u32(d, v, at));
	return *(uint32_t *)at > 0 ? 0 : refuse(d, v, "a timeout must be greater than 0");
}

static int take_hook_env(struct decoder *d, const struct json *v, void *at)
{
	struct spec_hook *h = at;

	h->has_env = true;
	return take_strings(d, v, &h->env);
}

static const struct field hook_fields[] = {
	REQUIRED(struct spec_hook, path, "path", take_abs_path),
	FIELD(struct spec_hook, args, "args", take_strings),
	{ "env", take_hook_env, 0, false },
	FIELD(struct spec_hook, timeout, "timeout", take_timeout),
};

static int take_list(struct decoder *d, const struct json *v, void *at)
{
	struct spec_hooks *ret = at;
	struct spec_hook *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		TRY(DECODE(d, c, hook_fields, &item[c->index]));
		item[c->index].at = pointer_of(d, c);
		if (!item[c->index].at)
			return -1;
	}
	*ret = (struct spec_hooks){ n, item };
	return 0;
}

#define KIND(kind, name) { name, take_list, (kind) * sizeof(struct spec_hooks), false }
static const struct field kinds[] = {
	KIND(HOOK_PRESTART, "prestart"), KIND(HOOK_CREATE_RUNTIME, "createRuntime"), KIND(HOOK_CREATE_CONTAINER, "createContainer"),
	KIND(HOOK_START_CONTAINER, "startContainer"), KIND(HOOK_POSTSTART, "poststart"), KIND(HOOK_POSTSTOP, "poststop"),
};
#undef KIND

int take_hooks(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, kinds, at);
}
