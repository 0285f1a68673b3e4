/* room: host — the state document */
#include "life/life.h"

#include <string.h>

int query_state_json(const struct container *c, const char *indent, const char *owner, struct str *out, struct err *e)
{
	const struct journal *j = &c->journal;
	struct json_out o = { .to = out, .indent = indent };
	OWN(arena) mem = { 0 };
	const struct json *annotations = NULL;

	if (j->annotations[0])
		TRY(json_parse(&mem, "state.json: annotations", j->annotations, strlen(j->annotations), &annotations, e));
	json_open(&o, '{');
	json_kv_string(&o, "ociVersion", SPEC_VERSION);
	json_kv_string(&o, "id", j->id);
	json_kv_i64(&o, "pid", c->status == STATUS_STOPPED ? 0 : j->pid);
	json_kv_string(&o, "status", status_name(c->status));
	json_kv_string(&o, "bundle", j->bundle);
	json_kv_string(&o, "rootfs", j->rootfs);
	json_kv_string(&o, "created", j->created);
	if (annotations) {
		json_key(&o, "annotations");
		json_put_node(&o, annotations);
	}
	json_kv_string(&o, "owner", owner);
	json_close(&o, '}');
	return str_ok(out, e);
}
