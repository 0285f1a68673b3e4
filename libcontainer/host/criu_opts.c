/* room: host — a line of text per option → CRIU's message; a part of brig-criu */
#include "host/criu_opts.h"
#include "base/num.h"
#include "base/own.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

enum kind { FIELD_BOOL, FIELD_INT, FIELD_UNSIGNED, FIELD_TEXT };

#define OF(kind, name) { #name, kind, offsetof(CriuOpts, name), offsetof(CriuOpts, has_##name) }
#define TEXT_OF(name) { #name, FIELD_TEXT, offsetof(CriuOpts, name), 0 }

static const struct field { const char *name; enum kind kind; size_t at, has; } fields[] = {
	OF(FIELD_INT, pid), OF(FIELD_INT, log_level), OF(FIELD_INT, manage_cgroups_mode), OF(FIELD_INT, network_lock),
	OF(FIELD_UNSIGNED, empty_ns),
	OF(FIELD_BOOL, leave_running), OF(FIELD_BOOL, ext_unix_sk), OF(FIELD_BOOL, tcp_established), OF(FIELD_BOOL, evasive_devices), OF(FIELD_BOOL, shell_job),
	OF(FIELD_BOOL, file_locks), OF(FIELD_BOOL, notify_scripts), OF(FIELD_BOOL, track_mem), OF(FIELD_BOOL, auto_dedup), OF(FIELD_BOOL, link_remap),
	OF(FIELD_BOOL, manage_cgroups), OF(FIELD_BOOL, rst_sibling), OF(FIELD_BOOL, tcp_skip_in_flight), OF(FIELD_BOOL, lazy_pages),
	OF(FIELD_BOOL, orphan_pts_master), OF(FIELD_BOOL, tcp_close), OF(FIELD_BOOL, mntns_compat_mode),
	TEXT_OF(log_file), TEXT_OF(root), TEXT_OF(parent_img), TEXT_OF(freeze_cgroup), TEXT_OF(config_file), TEXT_OF(lsm_profile), TEXT_OF(lsm_mount_context),
};

static const struct field *find(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strlen(fields[i].name) == n && strncmp(fields[i].name, name, n) == 0)
			return &fields[i];
	return NULL;
}

static int set(CriuOpts *o, const struct field *f, char *value, struct err *e)
{
	char *at = (char *)o + f->at;
	uint32_t n = 0;

	if (f->kind == FIELD_TEXT) {
		*(char **)(void *)at = value;
		return 1;
	}
	if (num_u32(value, &n) < 0 || (f->kind == FIELD_BOOL && n > 1) || (f->kind == FIELD_INT && n > INT_MAX))
		return err_set(e, ERR_USAGE, 0, "%s=%.40s: not a value of its type", f->name, value);
	switch (f->kind) {
	case FIELD_BOOL: *(protobuf_c_boolean *)(void *)at = n != 0; break;
	case FIELD_INT: *(int32_t *)(void *)at = (int32_t)n; break;
	case FIELD_UNSIGNED: *(uint32_t *)(void *)at = n; break;
	case FIELD_TEXT: break;
	}
	*(protobuf_c_boolean *)(void *)((char *)o + f->has) = true;
	return 1;
}

/* A list of the message is an array of pointers that protobuf-c only reads. */
static int append(void ***list, size_t *n, struct arena *mem, void *item, struct err *e)
{
	void **more = arena_array(mem, *n + 1, sizeof(*more));

	if (!more)
		return err_oom(e);
	if (*n)
		memcpy(more, *list, *n * sizeof(*more));
	more[(*n)++] = item;
	*list = more;
	return 0;
}

int criu_add_mount(CriuOpts *o, struct arena *mem, char *key, char *val, struct err *e)
{
	CriuMount *m = arena_alloc(mem, sizeof(*m));

	if (!m)
		return err_oom(e);
	criu_mount__init(m);
	m->key = key;
	m->val = val;
	return append((void ***)(void *)&o->ext_mnt, &o->n_ext_mnt, mem, m, e);
}

int criu_add_inherit(CriuOpts *o, struct arena *mem, char *key, int fd, struct err *e)
{
	CriuInheritFd *f = arena_alloc(mem, sizeof(*f));

	if (!f)
		return err_oom(e);
	criu_inherit_fd__init(f);
	f->key = key;
	f->fd = fd;
	return append((void ***)(void *)&o->inherit_fd, &o->n_inherit_fd, mem, f, e);
}

int criu_add_join(CriuOpts *o, struct arena *mem, char *type, char *file, struct err *e)
{
	CriuJoinNs *j = arena_alloc(mem, sizeof(*j));

	if (!j)
		return err_oom(e);
	criu_join_ns__init(j);
	j->ns = type;
	j->ns_file = file;
	return append((void ***)(void *)&o->join_ns, &o->n_join_ns, mem, j, e);
}

/* ADDRESS:PORT; an IPv6 address may be in brackets. */
static int page_server(CriuOpts *o, struct arena *mem, char *value, struct err *e)
{
	char *colon = strrchr(value, ':');
	uint32_t port = 0;

	if (!colon || colon == value || num_u32(colon + 1, &port) < 0 || port == 0 || port > 65535)
		return err_set(e, ERR_USAGE, 0, "ps=%.100s: not an address and a port", value);
	*colon = '\0';
	if (value[0] == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		value++;
	}
	o->ps = arena_alloc(mem, sizeof(*o->ps));
	if (!o->ps)
		return err_oom(e);
	criu_page_server__init(o->ps);
	o->ps->address = value;
	o->ps->has_port = true;
	o->ps->port = (int32_t)port;
	return 1;
}

/* Where the root of the images' cgroups is now: of all hierarchies, but only that of version 2 is ours. */
static int cgroup_root(CriuOpts *o, struct arena *mem, char *path, struct err *e)
{
	CriuCgRoot *r = arena_alloc(mem, sizeof(*r));

	if (!r)
		return err_oom(e);
	criu_cg_root__init(r);
	r->path = path;
	return append((void ***)(void *)&o->cg_root, &o->n_cg_root, mem, r, e) < 0 ? -1 : 1;
}

/* NAME, newline, MOUNTPOINT: the images get NAME for what lies there. */
static int named_mount(CriuOpts *o, struct arena *mem, char *value, struct err *e)
{
	char *point = strchr(value, '\n');

	if (!point)
		return err_set(e, ERR_USAGE, 0, "ext_mnt=%.100s: no mount point", value);
	*point++ = '\0';
	return criu_add_mount(o, mem, point, value, e) < 0 ? -1 : 1;
}

int criu_option(CriuOpts *o, struct arena *mem, char *text, struct err *e)
{
	size_t n = strcspn(text, "=");
	const struct field *f = find(text, n);
	char *value = text + n + 1;

	if (!text[n])
		return err_set(e, ERR_USAGE, 0, "%.40s: no value", text);
	if (f)
		return set(o, f, value, e);
	if (n == 2 && strncmp(text, "ps", n) == 0)
		return page_server(o, mem, value, e);
	if (n == 7 && strncmp(text, "ext_mnt", n) == 0)
		return named_mount(o, mem, value, e);
	if (n == 7 && strncmp(text, "cg_root", n) == 0)
		return cgroup_root(o, mem, value, e);
	if (n == 8 && strncmp(text, "external", n) == 0)
		return append((void ***)(void *)&o->external, &o->n_external, mem, value, e) < 0 ? -1 : 1;
	return 0;
}
