/* room: host — the journal as JSON */
#include "state/state.h"
#include "base/limits.h"

#include <stddef.h>
#include <string.h>

enum kind { TEXT, BOOL, U32, U64, PID };

/* Every field, once: writing and reading cannot disagree. */
static const struct field { const char *name; enum kind kind; size_t offset; } fields[] = {
	{ "id", TEXT, offsetof(struct journal, id) },
	{ "bundle", TEXT, offsetof(struct journal, bundle) },
	{ "rootfs", TEXT, offsetof(struct journal, rootfs) },
	{ "created", TEXT, offsetof(struct journal, created) },
	{ "pid", PID, offsetof(struct journal, pid) },
	{ "startTime", U64, offsetof(struct journal, start_time) },
	{ "creator", PID, offsetof(struct journal, creator) },
	{ "creatorStartTime", U64, offsetof(struct journal, creator_start) },
	{ "cgroupMount", TEXT, offsetof(struct journal, cgroup_mount) },
	{ "cgroupPath", TEXT, offsetof(struct journal, cgroup_path) },
	{ "cgroupKeep", U32, offsetof(struct journal, cgroup_keep) },
	{ "systemdCgroup", BOOL, offsetof(struct journal, systemd_cgroup) },
	{ "rootless", BOOL, offsetof(struct journal, rootless) },
	{ "systemdUnit", TEXT, offsetof(struct journal, systemd_unit) },
	{ "keyring", TEXT, offsetof(struct journal, keyring) },
	{ "ownPidNamespace", BOOL, offsetof(struct journal, own_pid_ns) },
	{ "terminal", BOOL, offsetof(struct journal, has_terminal) },
	{ "rdtPath", TEXT, offsetof(struct journal, rdt_path) },
	{ "rdtMonitor", TEXT, offsetof(struct journal, rdt_monitor) },
	{ "owner", U32, offsetof(struct journal, owner) },
	{ "annotations", TEXT, offsetof(struct journal, annotations) },
};

static void put(struct json_out *o, const struct field *f, const struct journal *j)
{
	const char *at = (const char *)j + f->offset;

	switch (f->kind) {
	case TEXT: json_kv_string(o, f->name, *(const char *const *)(const void *)at); return;
	case BOOL: json_kv_bool(o, f->name, *(const bool *)at); return;
	case U32: json_kv_u64(o, f->name, *(const uint32_t *)(const void *)at); return;
	case U64: json_kv_u64(o, f->name, *(const unsigned long long *)(const void *)at); return;
	case PID: json_kv_i64(o, f->name, *(const pid_t *)(const void *)at); return;
	}
}

int journal_write(const struct statedir *d, const struct journal *j, struct err *e)
{
	OWN(str) text = { 0 };
	struct json_out o = { .to = &text };

	json_open(&o, '{');
	json_kv_string(&o, "phase", j->phase == PHASE_CREATED ? "created" : "creating");
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		put(&o, &fields[i], j);
	json_close(&o, '}');
	TRY(str_ok(&text, e));
	return statedir_write(d, "state.json", text.s, text.n, e);
}

static int bad(struct err *e, const char *name)
{
	return err_set(e, ERR_STATE, 0, "state.json: field \"%s\" is missing or wrong", name);
}

/* v: what stands where this field was written, and so in general the field */
static int take(const struct json *root, const struct json *v, const struct field *f, struct journal *j, struct err *e)
{
	char *at = (char *)j + f->offset;
	uint64_t n = 0;

	if (!v || strcmp(v->key, f->name) != 0)
		v = json_member(root, f->name);
	if (!v)
		return bad(e, f->name);
	if (f->kind == TEXT ? v->type != JSON_STRING : f->kind == BOOL ? v->type != JSON_BOOL : json_u64(v, &n) < 0)
		return bad(e, f->name);
	if ((f->kind == U32 && n > UINT32_MAX) || (f->kind == PID && n > INT32_MAX))
		return bad(e, f->name);
	switch (f->kind) {
	case TEXT: *(const char **)(void *)at = v->text; break;
	case BOOL: *(bool *)at = v->boolean; break;
	case U32: *(uint32_t *)(void *)at = (uint32_t)n; break;
	case U64: *(unsigned long long *)(void *)at = n; break;
	case PID: *(pid_t *)(void *)at = (pid_t)n; break;
	}
	return 0;
}

int journal_read(const struct statedir *d, struct arena *mem, struct journal *ret, struct err *e)
{
	OWN(str) text = { 0 };
	const struct json *root, *phase, *v;
	struct journal j = { 0 };

	TRY(statedir_read(d, "state.json", LIMIT_FILE_BYTES, &text, e));
	if (json_parse(mem, "state.json", text.s, text.n, &root, e) < 0) {
		e->kind = ERR_STATE;
		return -1;
	}
	phase = json_member(root, "phase");
	if (!phase || phase->type != JSON_STRING)
		return bad(e, "phase");
	if (strcmp(phase->text, "created") && strcmp(phase->text, "creating"))
		return bad(e, "phase");
	j.phase = strcmp(phase->text, "created") == 0 ? PHASE_CREATED : PHASE_CREATING;
	v = phase;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		v = v ? v->next : NULL;
		TRY(take(root, v, &fields[i], &j, e));
	}
	*ret = j;
	return 0;
}
