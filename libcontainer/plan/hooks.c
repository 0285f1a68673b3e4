/* room: pure — which hook runs when, in which room */
#include "plan/build.h"

int add_hooks(struct builder *b, enum hook_kind kind)
{
	bool inside = kind == HOOK_CREATE_CONTAINER || kind == HOOK_START_CONTAINER;

	for (size_t i = 0; i < b->s->hooks[kind].n; i++) {
		const struct spec_hook *h = &b->s->hooks[kind].item[i];

		ADD(hook, b, OP_HOOK, inside ? INIT : HOST, h->at ? h->at : text(b, "/hooks/%s/%zu", hook_name(kind), i));
		hook->hook.hook = h;
		hook->hook.kind = kind;
		hook->hook.index = i;
		hook->hook.cwd = b->r->bundle;
		hook->hook.status = kind == HOOK_START_CONTAINER ? "created" : "creating";
	}
	return 0;
}
