/* room: pure — linux: namespaces, mappings, devices, paths, sysctl and what else stands there */
#include "spec/decode.h"
#include "base/limits.h"

#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>

enum { MS_REC_BIT = 16384, UNBINDABLE = 1 << 17, PRIVATE = 1 << 18, SLAVE = 1 << 19, SHARED = 1 << 20 };

/* ---- namespaces ---- */
struct ns_entry { const char *type, *path; };
static const struct field ns_fields[] = {
	REQUIRED(struct ns_entry, type, "type", take_string),
	FIELD(struct ns_entry, path, "path", take_string),
};

static int take_namespaces(struct decoder *d, const struct json *v, void *at)
{
	struct spec_namespace *ns = at;

	if (v->type != JSON_ARRAY)
		return refuse(d, v, "must be an array, not %s", json_type_name(v->type));
	for (const struct json *c = v->child; c; c = c->next) {
		struct ns_entry entry = { 0 };
		int t;

		TRY(DECODE(d, c, ns_fields, &entry));
		t = name_to_namespace(entry.type);
		if (t < 0)
			return refuse(d, c, "unknown namespace type \"%.40s\"", entry.type);
		if (ns[t].present)
			return refuse(d, c, "malformed spec file: duplicated ns %s", entry.type);
		if (entry.path && entry.path[0] && entry.path[0] != '/')
			return refuse(d, c, "namespace path must be absolute, not \"%.80s\"", entry.path);
		ns[t] = (struct spec_namespace){ true, entry.path && entry.path[0] ? entry.path : NULL, pointer_of(d, c) };
		if (!ns[t].at)
			return -1;
	}
	return 0;
}

/* ---- devices ---- */
static int take_dev_type(struct decoder *d, const struct json *v, void *at)
{
	const char *name;

	TRY(take_string(d, v, &name));
	if (strcmp(name, "c") == 0 || strcmp(name, "u") == 0)
		*(enum dev_type *)at = DEV_CHAR;
	else if (strcmp(name, "b") == 0)
		*(enum dev_type *)at = DEV_BLOCK;
	else if (strcmp(name, "p") == 0)
		*(enum dev_type *)at = DEV_FIFO;
	else
		return refuse(d, v, "unknown device type \"%.20s\"", name);
	return 0;
}

static int take_mode(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_u32(d, v, at));
	*(uint32_t *)at &= 07777;	/* engines write the type bits of st_mode too */
	return 0;
}

static const struct field device_fields[] = {
	REQUIRED(struct spec_device, type, "type", take_dev_type),
	REQUIRED(struct spec_device, path, "path", take_abs_path),
	FIELD(struct spec_device, major, "major", take_u32),
	FIELD(struct spec_device, minor, "minor", take_u32),
	FIELD(struct spec_device, mode, "fileMode", take_mode),
	FIELD(struct spec_device, uid, "uid", take_id),
	FIELD(struct spec_device, gid, "gid", take_id),
};

static int take_device_nodes(struct decoder *d, const struct json *v, void *at)
{
	struct { size_t n; const struct spec_device *item; } *ret = at;
	struct spec_device *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		struct spec_device *x = &item[c->index];

		x->mode = 0666;
		TRY(DECODE(d, c, device_fields, x));
		if (x->type != DEV_FIFO && (!json_member(c, "major") || !json_member(c, "minor")))
			return refuse(d, c, "a device of this type needs major and minor");
		if (x->major > 4095 || x->minor > 1048575)	/* include/linux/kdev_t.h: 12 and 20 bits */
			return refuse(d, c, "device number %u:%u is out of range", x->major, x->minor);
		x->at = pointer_of(d, c);
		if (!x->at)
			return -1;
	}
	ret->n = n;
	ret->item = item;
	return 0;
}

/* ---- small things ---- */
struct offset_entry { struct opt_i64 secs; uint32_t nanosecs; };
static const struct field offset_entry_fields[] = {
	FIELD(struct offset_entry, secs, "secs", take_opt_i64),
	FIELD(struct offset_entry, nanosecs, "nanosecs", take_u32),
};

static int take_offset(struct decoder *d, const struct json *v, void *at)
{
	struct spec_time_offset *t = at;
	struct offset_entry entry = { 0 };

	TRY(DECODE(d, v, offset_entry_fields, &entry));
	if (entry.nanosecs > 999999999)
		return refuse(d, v, "nanosecs %u is out of range", entry.nanosecs);
	*t = (struct spec_time_offset){ true, entry.secs.v, entry.nanosecs };
	return 0;
}

static const struct field clocks[] = {
	FIELD(struct spec_linux, boottime, "boottime", take_offset),
	FIELD(struct spec_linux, monotonic, "monotonic", take_offset),
};

static int take_time(struct decoder *d, const struct json *v, void *at)
{
	struct spec_linux *l = at;

	TRY(DECODE(d, v, clocks, l));
	l->time_at = pointer_of(d, v);
	return l->time_at ? 0 : -1;
}

static int take_propagation(struct decoder *d, const struct json *v, void *at)
{
	static const struct { const char *name; uint64_t flag; } table[] = {
		{ "private", PRIVATE }, { "shared", SHARED }, { "slave", SLAVE }, { "unbindable", UNBINDABLE },
		{ "rprivate", PRIVATE | MS_REC_BIT }, { "rshared", SHARED | MS_REC_BIT }, { "rslave", SLAVE | MS_REC_BIT },
		{ "runbindable", UNBINDABLE | MS_REC_BIT },
	};
	const char *name;

	TRY(take_string(d, v, &name));
	if (!name[0])
		return 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(name, table[i].name) == 0) {
			*(uint64_t *)at = table[i].flag;
			return 0;
		}
	return refuse(d, v, "rootfsPropagation=%.40s is not supported", name);
}

static int take_abs_paths(struct decoder *d, const struct json *v, void *at)
{
	const char *path;

	TRY(take_strings(d, v, at));
	for (const struct json *c = v->child; c; c = c->next)
		TRY(take_abs_path(d, c, &path));
	return 0;
}

static int take_cgroups_path(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	for (const char *p = v->text; p && *p; p = strchr(p, '/') ? strchr(p, '/') + 1 : NULL)
		if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || p[2] == '\0'))
			return refuse(d, v, "cgroupsPath must not contain \"..\"");
	return has_control(v->text) ? refuse(d, v, "contains a control character") : 0;
}

static int take_domain(struct decoder *d, const struct json *v, void *at)
{
	struct spec_linux *l = at;
	const char *name;

	TRY(take_string(d, v, &name));
	if (strcmp(name, "LINUX") && strcmp(name, "LINUX32"))
		return refuse(d, v, "unknown personality domain \"%.40s\"", name);
	l->has_personality = true;
	l->personality = strcmp(name, "LINUX32") == 0 ? 0x0008 : 0;	/* PER_LINUX32, PER_LINUX: linux/personality.h */
	return 0;
}

static int take_personality_flags(struct decoder *d, const struct json *v, void *at)
{
	(void)at;
	if (v->type != JSON_ARRAY)
		return refuse(d, v, "must be an array, not %s", json_type_name(v->type));
	return v->count ? warn_at(d, v, "no personality flags are defined, ignoring") : 0;
}

static const struct field personality_fields[] = {
	{ "domain", take_domain, 0, true },
	{ "flags", take_personality_flags, 0, false },
};

static int take_personality(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, personality_fields, at);
}

/* ---- net devices ---- */
static bool net_name(const char *s)
{
	return name_is_component(s) && strlen(s) < 16 && !strpbrk(s, ": \t");	/* IFNAMSIZ; dev_valid_name() */
}

/* A name, or a template with one "%d" as dev_alloc_name() takes it. */
static bool net_new_name(const char *s)
{
	const char *percent = strchr(s, '%');

	return net_name(s) && (!percent || (percent[1] == 'd' && !strchr(percent + 1, '%')));
}

static bool net_name_taken(const struct spec_net_device *item, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(item[k].name, item[i].name) == 0 && !strchr(item[i].name, '%'))
			return true;
	return false;
}

static const struct field net_fields[] = { FIELD(struct spec_net_device, name, "name", take_string) };

static int take_net_devices(struct decoder *d, const struct json *v, void *at)
{
	struct { size_t n; const struct spec_net_device *item; } *ret = at;
	struct spec_net_device *item;
	size_t i = 0;

	if (v->type != JSON_OBJECT)
		return refuse(d, v, "must be an object, not %s", json_type_name(v->type));
	item = arena_array(d->mem, v->count, sizeof(*item));
	if (!item)
		return err_oom(d->e);
	for (const struct json *m = v->child; m; m = m->next, i++) {
		TRY(DECODE(d, m, net_fields, &item[i]));
		item[i].host_name = m->key;
		if (!item[i].name || !item[i].name[0])
			item[i].name = m->key;
		if (!net_name(m->key) || strchr(m->key, '%') || !net_new_name(item[i].name))
			return refuse(d, m, "not a valid network device name");
		if (net_name_taken(item, i))
			return refuse(d, m, "two network devices would be named \"%s\"", item[i].name);
		item[i].at = pointer_of(d, m);
		if (!item[i].at)
			return -1;
	}
	ret->n = i;
	ret->item = item;
	return 0;
}

/* ---- memory policy ---- */
static int take_mpol_mode(struct decoder *d, const struct json *v, void *at)
{
	static const char *const names[] = { "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL",
					     "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE" };	/* linux/mempolicy.h numbers them so */
	const char *name;

	TRY(take_string(d, v, &name));
	for (int i = 0; i < 7; i++)
		if (strcmp(name, names[i]) == 0) {
			*(int *)at = i;
			return 0;
		}
	return refuse(d, v, "unknown memory policy mode \"%.40s\"", name);
}

static int take_mpol_flags(struct decoder *d, const struct json *v, void *at)
{
	static const struct { const char *name; uint32_t bit; } table[] = {
		{ "MPOL_F_NUMA_BALANCING", 1u << 13 }, { "MPOL_F_RELATIVE_NODES", 1u << 14 }, { "MPOL_F_STATIC_NODES", 1u << 15 } };
	struct strings list;

	TRY(take_strings(d, v, &list));
	for (const struct json *c = v->child; c; c = c->next) {
		size_t i = 0;

		while (i < 3 && strcmp(table[i].name, list.item[c->index]))
			i++;
		if (i == 3)
			return refuse(d, c, "unknown memory policy flag \"%.40s\"", list.item[c->index]);
		*(uint32_t *)at |= table[i].bit;
	}
	return 0;
}

/* "0-3,7": each a node that set_mempolicy(2) can be told of (MAX_NUMNODES of every kernel). A node that is left out would be a policy that was not
 * asked for. */
static bool node_list(const char *p)
{
	enum { NODES = 1024 };

	for (;; p++) {
		char *end;
		unsigned long first, last;

		if (*p < '0' || *p > '9')
			return false;
		first = last = strtoul(p, &end, 10);
		if (*end == '-') {
			if (end[1] < '0' || end[1] > '9')
				return false;
			last = strtoul(end + 1, &end, 10);
		}
		if (first > last || last >= NODES || (*end && *end != ','))
			return false;
		if (!*end)
			return true;
		p = end;
	}
}

static int take_nodes(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	return v->text[0] && !node_list(v->text) ? refuse(d, v, "\"%.40s\" is not a list of nodes below 1024", v->text) : 0;
}

static const struct field mpol_fields[] = {
	REQUIRED(struct spec_memory_policy, mode, "mode", take_mpol_mode),
	FIELD(struct spec_memory_policy, nodes, "nodes", take_nodes),
	FIELD(struct spec_memory_policy, flags, "flags", take_mpol_flags),
};

static int take_mpol(struct decoder *d, const struct json *v, void *at)
{
	struct spec_memory_policy *m = at;
	bool nodes;

	TRY(DECODE(d, v, mpol_fields, m));
	nodes = m->nodes && m->nodes[0];
	if (!nodes)
		m->nodes = NULL;
	if (nodes && (m->mode == MPOL_DEFAULT || m->mode == MPOL_LOCAL))
		return refuse(d, v, "nodes must be empty for this mode");
	m->present = true;
	m->at = pointer_of(d, v);
	return m->at ? 0 : -1;
}

/* ---- resctrl ---- */
static int take_clos(struct decoder *d, const struct json *v, void *at)
{
	static const char *const of_the_kernel[] = { "info", "mon_groups", "mon_data" };	/* no groups, though directories */

	TRY(take_string(d, v, at));
	for (size_t i = 0; i < 3; i++)
		if (strcmp(v->text, of_the_kernel[i]) == 0)
			return refuse(d, v, "closID \"%s\" is a directory of the kernel's own", v->text);
	if (strcmp(v->text, "/") == 0 || name_is_component(v->text))
		return 0;
	return refuse(d, v, "\"%.80s\" is not a valid closID", v->text);
}

/* One or more lines such as "L3:0=ff;1=f" */
static int check_schema(struct decoder *d, const struct json *v)
{
	const char *line = v->text;

	for (size_t n; *line; line += n + (line[n] == '\n')) {
		n = strcspn(line, "\n");
		for (size_t i = 0; i < n; i++)
			if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
				return refuse(d, v, "contains a control character");
		if (strspn(line, " \t") < n && (!memchr(line, ':', n) || !memchr(line, '=', n)))
			return refuse(d, v, "\"%.*s\" is not a schema such as \"L3:0=ff\"", n > 80 ? 80 : (int)n, line);
	}
	return 0;
}

static int take_schema(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	return check_schema(d, v);
}

static int take_mb_schema(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	if (v->text[0] && (strncmp(v->text, "MB:", 3) || strchr(v->text, '\n')))
		return refuse(d, v, "must be one line that starts with \"MB:\"");
	return check_schema(d, v);
}

static int take_schemata(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_strings(d, v, at));
	for (const struct json *c = v->child; c; c = c->next)
		TRY(check_schema(d, c));
	return 0;
}

static const struct field rdt_fields[] = {
	FIELD(struct spec_rdt, clos_id, "closID", take_clos),
	FIELD(struct spec_rdt, l3_schema, "l3CacheSchema", take_schema),
	FIELD(struct spec_rdt, mb_schema, "memBwSchema", take_mb_schema),
	FIELD(struct spec_rdt, schemata, "schemata", take_schemata),
	FIELD(struct spec_rdt, monitoring, "enableMonitoring", take_bool),
	FIELD(struct spec_rdt, at, "enableCMT", take_ignored),
	FIELD(struct spec_rdt, at, "enableMBM", take_ignored),
};

int take_rdt(struct decoder *d, const struct json *v, void *at)
{
	struct spec_rdt *r = at;

	TRY(DECODE(d, v, rdt_fields, r));
	r->present = true;
	r->at = pointer_of(d, v);
	return r->at ? 0 : -1;
}

#define L(member, name, take) FIELD(struct spec_linux, member, name, take)
static const struct field linux_fields[] = {
	L(ns, "namespaces", take_namespaces), L(uid_map, "uidMappings", take_id_map), L(gid_map, "gidMappings", take_id_map),
	{ "timeOffsets", take_time, 0, false }, L(devices, "devices", take_device_nodes), L(cgroups_path, "cgroupsPath", take_cgroups_path),
	L(resources, "resources", take_resources), L(rootfs_propagation, "rootfsPropagation", take_propagation),
	L(masked_paths, "maskedPaths", take_abs_paths), L(readonly_paths, "readonlyPaths", take_abs_paths), L(sysctl, "sysctl", take_sysctl),
	L(mount_label, "mountLabel", take_string), { "personality", take_personality, 0, false }, L(seccomp, "seccomp", take_seccomp),
	L(net_devices, "netDevices", take_net_devices), L(memory_policy, "memoryPolicy", take_mpol), L(rdt, "intelRdt", take_rdt),
};
#undef L

int take_linux(struct decoder *d, const struct json *v, void *at)
{
	struct spec_linux *l = at;

	TRY(DECODE(d, v, linux_fields, l));
	l->present = true;
	return 0;
}
