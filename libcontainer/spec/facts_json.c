/* room: pure — facts as JSON, for `explain --facts`, golden tests and bug reports */
#include "json/json.h"
#include "spec/facts.h"

#include <stddef.h>
#include <string.h>

enum kind { BOOL, U32, TEXT, CAPS, CGROUP };

#define F(name, kind) { #name, kind, offsetof(struct facts, name) }
static const struct field { const char *name; enum kind kind; size_t offset; } fields[] = {
	F(euid, U32), F(egid, U32), F(caps, CAPS), F(in_userns, BOOL), F(can_mount, BOOL), F(kernel_major, U32), F(kernel_minor, U32),
	F(cgroup, CGROUP), F(cgroup_mount, TEXT), F(cgroup_self, TEXT), F(cgroup_writable, BOOL), F(cgroup_controllers, TEXT),
	F(systemd, BOOL), F(resctrl_mount, TEXT), F(selinux, BOOL), F(apparmor, BOOL), F(confined, BOOL), F(cgroupns, BOOL), F(timens, BOOL), F(userns, BOOL), F(keys, BOOL), F(idmap_tmpfs, BOOL),
	F(last_cap, U32), F(subid_uid_start, U32), F(subid_uid_count, U32), F(subid_gid_start, U32), F(subid_gid_count, U32),
	F(newuidmap, BOOL), F(newgidmap, BOOL),
};
#undef F

static const char *const cgroup_modes[] = { "absent", "pure", "hybrid" };

static int wrong(const struct json *v, const char *want, struct err *e)
{
	char pointer[ERR_WHY_SIZE];

	err_set(e, ERR_SPEC, 0, "facts: %s must be %s", v->key, want);
	return err_why(e, json_pointer(v, pointer, sizeof(pointer)));
}

static int take_caps(const struct json *v, capset_t *ret, struct err *e)
{
	capset_t set = 0;

	if (v->type != JSON_ARRAY)
		return wrong(v, "an array of capability names", e);
	for (const struct json *c = v->child; c; c = c->next) {
		int cap = c->type == JSON_STRING ? name_to_capability(c->text) : -1;

		if (cap < 0)
			return wrong(v, "an array of capability names", e);
		set |= 1ull << cap;
	}
	*ret = set;
	return 0;
}

static int take_mode(const struct json *v, enum cgroup_mode *ret, struct err *e)
{
	for (int i = 0; i < 3; i++)
		if (v->type == JSON_STRING && strcmp(v->text, cgroup_modes[i]) == 0) {
			*ret = (enum cgroup_mode)i;
			return 0;
		}
	return wrong(v, "\"absent\", \"pure\" or \"hybrid\"", e);
}

static int take(const struct json *v, const struct field *f, struct facts *ret, struct err *e)
{
	void *at = (char *)ret + f->offset;
	uint64_t n;

	switch (f->kind) {
	case BOOL:
		if (v->type != JSON_BOOL)
			return wrong(v, "true or false", e);
		*(bool *)at = v->boolean;
		return 0;
	case U32:
		if (json_u64(v, &n) < 0 || n > UINT32_MAX)
			return wrong(v, "a number below 2^32", e);
		*(uint32_t *)at = (uint32_t)n;
		return 0;
	case TEXT:
		if (v->type != JSON_STRING)
			return wrong(v, "a string", e);
		*(const char **)at = v->text;
		return 0;
	case CAPS:
		return take_caps(v, at, e);
	case CGROUP:
		return take_mode(v, at, e);
	}
	return 0;
}

int facts_load(struct arena *mem, const char *name, const char *bytes, size_t n, struct facts *ret, struct err *e)
{
	struct facts f = { .cgroup_mount = "", .cgroup_self = "/", .cgroup_controllers = "", .resctrl_mount = "" };
	const struct json *root;

	TRY(json_parse(mem, name, bytes, n, &root, e));
	if (root->type != JSON_OBJECT)
		return err_set(e, ERR_SPEC, 0, "%s: facts must be an object", name);
	for (const struct json *v = root->child; v; v = v->next) {
		size_t i = 0;

		while (i < sizeof(fields) / sizeof(*fields) && strcmp(fields[i].name, v->key))
			i++;
		if (i == sizeof(fields) / sizeof(*fields))
			return wrong(v, "left out: no such fact is known", e);
		TRY(take(v, &fields[i], &f, e));
	}
	*ret = f;
	return 0;
}

static void put(struct json_out *o, const struct field *f, const struct facts *from)
{
	const void *at = (const char *)from + f->offset;
	char name[CAPABILITY_NAME_SIZE];

	switch (f->kind) {
	case BOOL: json_kv_bool(o, f->name, *(const bool *)at); return;
	case U32: json_kv_u64(o, f->name, *(const uint32_t *)at); return;
	case TEXT: json_kv_string(o, f->name, *(const char *const *)at); return;
	case CGROUP: json_kv_string(o, f->name, cgroup_modes[*(const enum cgroup_mode *)at]); return;
	case CAPS: break;
	}
	json_key(o, f->name);
	json_open(o, '[');
	for (unsigned i = 0; i < CAPS_MAX; i++)
		if ((*(const capset_t *)at & (1ull << i)) && capability_name(i, name))
			json_put_string(o, name);
	json_close(o, ']');
}

void facts_print(const struct facts *f, struct str *out)
{
	struct json_out o = { .to = out, .indent = "\t" };

	json_open(&o, '{');
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		put(&o, &fields[i], f);
	json_close(&o, '}');
	str_addc(out, '\n');
}
