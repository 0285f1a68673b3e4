/* room: host — the state document */
#include "life/life.h"

void query_state_json(const struct container *c, const struct spec *s, const char *indent, const char *owner, struct str *out)
{
	const struct journal *j = &c->journal;
	struct json_out o = { .to = out, .indent = indent };

	json_open(&o, '{');
	json_kv_string(&o, "ociVersion", SPEC_VERSION);
	json_kv_string(&o, "id", j->id);
	json_kv_i64(&o, "pid", c->status == STATUS_STOPPED ? 0 : j->pid);
	json_kv_string(&o, "status", status_name(c->status));
	json_kv_string(&o, "bundle", j->bundle);
	json_kv_string(&o, "rootfs", j->rootfs);
	json_kv_string(&o, "created", j->created);
	if (s && s->annotations.n) {
		json_key(&o, "annotations");
		json_open(&o, '{');
		for (size_t i = 0; i < s->annotations.n; i++)
			json_kv_string(&o, s->annotations.item[i].key, s->annotations.item[i].value);
		json_close(&o, '}');
	}
	json_kv_string(&o, "owner", owner);
	json_close(&o, '}');
}
