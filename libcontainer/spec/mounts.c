/* room: pure — mounts and their options */
#include "spec/decode.h"
#include "base/limits.h"
#include "base/num.h"

#include <linux/mount.h>
#include <string.h>

/* mount(2) flags; sys/mount.h and linux/mount.h do not go together in older C libraries */
enum {
	RDONLY = 1, SYNCHRONOUS = 16, MANDLOCK = 64, DIRSYNC = 128, SILENT = 1 << 15, UNBINDABLE = 1 << 17, PRIVATE = 1 << 18, SLAVE = 1 << 19,
	SHARED = 1 << 20, I_VERSION = 1 << 23, LAZYTIME = 1 << 25,
};

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000	/* 5.14 */
#endif

enum effect { ATTR_SET, ATTR_CLEAR, ATIME, RATTR_SET, RATTR_CLEAR, RATIME, SB_SET, SB_CLEAR, PROPAGATE, PROPAGATE_ALL, SPECIAL };
enum special { NOTHING, BIND, RBIND, REMOUNT, COPYUP, IDMAP, RIDMAP, COPY_SYMLINK, SRC_NOFOLLOW, DEST_NOFOLLOW, DEFAULTS };

/* The whole table of the specification (and of compatibility 2.3). Clearing is what a positive option asks for. */
static const struct option { const char *name; enum effect effect; uint64_t value; } options[] = {
	{ "defaults", SPECIAL, DEFAULTS }, { "bind", SPECIAL, BIND }, { "rbind", SPECIAL, RBIND }, { "remount", SPECIAL, REMOUNT },
	{ "tmpcopyup", SPECIAL, COPYUP }, { "idmap", SPECIAL, IDMAP }, { "ridmap", SPECIAL, RIDMAP },
	{ "copy-symlink", SPECIAL, COPY_SYMLINK }, { "src-nofollow", SPECIAL, SRC_NOFOLLOW }, { "dest-nofollow", SPECIAL, DEST_NOFOLLOW },
	{ "ro", ATTR_SET, MOUNT_ATTR_RDONLY }, { "rw", ATTR_CLEAR, MOUNT_ATTR_RDONLY },
	{ "nosuid", ATTR_SET, MOUNT_ATTR_NOSUID }, { "suid", ATTR_CLEAR, MOUNT_ATTR_NOSUID },
	{ "nodev", ATTR_SET, MOUNT_ATTR_NODEV }, { "dev", ATTR_CLEAR, MOUNT_ATTR_NODEV },
	{ "noexec", ATTR_SET, MOUNT_ATTR_NOEXEC }, { "exec", ATTR_CLEAR, MOUNT_ATTR_NOEXEC },
	{ "nodiratime", ATTR_SET, MOUNT_ATTR_NODIRATIME }, { "diratime", ATTR_CLEAR, MOUNT_ATTR_NODIRATIME },
	{ "nosymfollow", ATTR_SET, MOUNT_ATTR_NOSYMFOLLOW }, { "symfollow", ATTR_CLEAR, MOUNT_ATTR_NOSYMFOLLOW },
	{ "noatime", ATIME, MOUNT_ATTR_NOATIME }, { "atime", ATIME, MOUNT_ATTR_RELATIME },
	{ "strictatime", ATIME, MOUNT_ATTR_STRICTATIME }, { "nostrictatime", ATIME, MOUNT_ATTR_RELATIME },
	{ "relatime", ATIME, MOUNT_ATTR_RELATIME }, { "norelatime", ATIME, MOUNT_ATTR_STRICTATIME },
	{ "rro", RATTR_SET, MOUNT_ATTR_RDONLY }, { "rrw", RATTR_CLEAR, MOUNT_ATTR_RDONLY },
	{ "rnosuid", RATTR_SET, MOUNT_ATTR_NOSUID }, { "rsuid", RATTR_CLEAR, MOUNT_ATTR_NOSUID },
	{ "rnodev", RATTR_SET, MOUNT_ATTR_NODEV }, { "rdev", RATTR_CLEAR, MOUNT_ATTR_NODEV },
	{ "rnoexec", RATTR_SET, MOUNT_ATTR_NOEXEC }, { "rexec", RATTR_CLEAR, MOUNT_ATTR_NOEXEC },
	{ "rnodiratime", RATTR_SET, MOUNT_ATTR_NODIRATIME }, { "rdiratime", RATTR_CLEAR, MOUNT_ATTR_NODIRATIME },
	{ "rnosymfollow", RATTR_SET, MOUNT_ATTR_NOSYMFOLLOW }, { "rsymfollow", RATTR_CLEAR, MOUNT_ATTR_NOSYMFOLLOW },
	{ "rnoatime", RATIME, MOUNT_ATTR_NOATIME }, { "ratime", RATIME, MOUNT_ATTR_RELATIME },
	{ "rstrictatime", RATIME, MOUNT_ATTR_STRICTATIME }, { "rnostrictatime", RATIME, MOUNT_ATTR_RELATIME },
	{ "rrelatime", RATIME, MOUNT_ATTR_RELATIME }, { "rnorelatime", RATIME, MOUNT_ATTR_STRICTATIME },
	{ "sync", SB_SET, SYNCHRONOUS }, { "async", SB_CLEAR, SYNCHRONOUS }, { "dirsync", SB_SET, DIRSYNC },
	{ "mand", SB_SET, MANDLOCK }, { "nomand", SB_CLEAR, MANDLOCK }, { "silent", SB_SET, SILENT }, { "loud", SB_CLEAR, SILENT },
	{ "iversion", SB_SET, I_VERSION }, { "noiversion", SB_CLEAR, I_VERSION }, { "lazytime", SB_SET, LAZYTIME }, { "nolazytime", SB_CLEAR, LAZYTIME },
	{ "private", PROPAGATE, PRIVATE }, { "shared", PROPAGATE, SHARED }, { "slave", PROPAGATE, SLAVE }, { "unbindable", PROPAGATE, UNBINDABLE },
	{ "rprivate", PROPAGATE_ALL, PRIVATE }, { "rshared", PROPAGATE_ALL, SHARED }, { "rslave", PROPAGATE_ALL, SLAVE },
	{ "runbindable", PROPAGATE_ALL, UNBINDABLE },
};

static void set(struct mount_flags *f, uint64_t bit)
{
	f->set |= bit;
	f->clear &= ~bit;
}

static void clear(struct mount_flags *f, uint64_t bit)
{
	f->set &= ~bit;
	f->clear |= bit;
}

/* The access-time mode is a field of several bits: to choose one, the whole field is cleared (mount_setattr(2)). */
static void atime(struct mount_flags *f, uint64_t mode)
{
	f->set = (f->set & ~(uint64_t)MOUNT_ATTR__ATIME) | mode;
	f->clear |= MOUNT_ATTR__ATIME;
}

static void special(struct spec_mount *m, enum special what)
{
	switch (what) {
	case BIND: m->bind = true; break;
	case RBIND: m->bind = m->recursive = true; break;
	case REMOUNT: m->kind = MOUNT_CHANGE; break;
	case COPYUP: m->tmpcopyup = true; break;
	case IDMAP: m->idmap = true; break;
	case RIDMAP: m->ridmap = true; break;
	case COPY_SYMLINK: m->copy_symlink = true; break;
	case SRC_NOFOLLOW: m->src_nofollow = true; break;
	case DEST_NOFOLLOW: m->dest_nofollow = true; break;
	case NOTHING:
	case DEFAULTS: break;
	}
}

static void apply(struct spec_mount *m, const struct option *o)
{
	switch (o->effect) {
	case ATTR_SET: set(&m->attr, o->value); m->explicit_clear &= ~o->value; break;
	case ATTR_CLEAR: clear(&m->attr, o->value); m->explicit_clear |= o->value; break;
	case ATIME: atime(&m->attr, o->value); m->explicit_clear |= MOUNT_ATTR__ATIME; break;
	case RATTR_SET: set(&m->rattr, o->value); break;
	case RATTR_CLEAR: clear(&m->rattr, o->value); break;
	case RATIME: atime(&m->rattr, o->value); break;
	case SB_SET: m->sb_flags |= o->value; break;
	case SB_CLEAR: m->sb_flags &= ~o->value; break;
	case PROPAGATE: m->propagation = o->value; m->propagation_recursive = false; break;
	case PROPAGATE_ALL: m->propagation = o->value; m->propagation_recursive = true; break;
	case SPECIAL: special(m, (enum special)o->value); break;
	}
}

/* idmap=uids=...;gids=... and ridmap=...: not the file system's to read */
static int map_option(struct decoder *d, const struct json *v, struct spec_mount *m, bool *ret_taken)
{
	const char *text = strncmp(v->text, "idmap=", 6) == 0 ? v->text + 6 : strncmp(v->text, "ridmap=", 7) == 0 ? v->text + 7 : NULL;

	*ret_taken = text != NULL;
	if (!text)
		return 0;
	if (m->map_option)
		return refuse(d, v, "the ids of a mount are mapped once");
	TRY(take_map_option(d, v, text, m));
	special(m, v->text[0] == 'r' ? RIDMAP : IDMAP);
	return 0;
}

static int take_options(struct decoder *d, const struct json *v, void *at)
{
	struct spec_mount *m = at;
	const char **data;
	struct strings list;
	size_t n = 0;

	TRY(take_strings(d, v, &list));
	data = arena_array(d->mem, list.n, sizeof(*data));
	if (!data)
		return err_oom(d->e);
	for (const struct json *c = v->child; c; c = c->next) {
		const struct option *o = options, *end = options + sizeof(options) / sizeof(*options);
		bool taken;

		while (o < end && strcmp(o->name, c->text))
			o++;
		if (o < end) {
			apply(m, o);
			continue;
		}
		TRY(map_option(d, c, m, &taken));
		if (!taken && c->text[0])
			data[n++] = c->text;	/* the file system's own */
	}
	m->data = (struct strings){ n, data };
	return 0;
}

static int take_destination(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_nonempty(d, v, at));
	if (v->text[0] == '/')
		return 0;
	TRY(warn_at(d, v, "relative destination \"%.80s\" is taken from /", v->text));
	*(const char **)at = arena_printf(d->mem, "/%s", v->text);
	return *(const char **)at ? 0 : err_oom(d->e);
}

static const struct field mount_fields[] = {
	REQUIRED(struct spec_mount, destination, "destination", take_destination),
	FIELD(struct spec_mount, source, "source", take_string),
	FIELD(struct spec_mount, type, "type", take_string),
	{ "options", take_options, 0, false },
	FIELD(struct spec_mount, uid_map, "uidMappings", take_id_map),
	FIELD(struct spec_mount, gid_map, "gidMappings", take_id_map),
};

static enum mount_kind kind_of(const struct spec_mount *m)
{
	static const struct { const char *type; enum mount_kind kind; } table[] = {
		{ "proc", MOUNT_PROC }, { "sysfs", MOUNT_SYSFS }, { "mqueue", MOUNT_MQUEUE }, { "devpts", MOUNT_DEVPTS },
		{ "tmpfs", MOUNT_TMPFS }, { "cgroup", MOUNT_CGROUP }, { "cgroup2", MOUNT_CGROUP }, { "bind", MOUNT_BIND },
	};

	if (m->kind == MOUNT_CHANGE)
		return MOUNT_CHANGE;
	if (m->bind)
		return MOUNT_BIND;
	for (size_t i = 0; m->type && i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(m->type, table[i].type) == 0)
			return table[i].kind;
	return MOUNT_FS;
}

/* "/a//b/./c/../d" and "/a/b/d" are one place; compared only, the executor resolves the original beneath the root. */
static bool clean_path(const char *p, char *out, size_t size)
{
	size_t n = 0;

	while (*p) {
		size_t k;

		p += strspn(p, "/");
		k = strcspn(p, "/");
		if (k == 0 || (k == 1 && p[0] == '.')) {
			p += k;
			continue;
		}
		if (k == 2 && p[0] == '.' && p[1] == '.') {
			while (n && out[--n] != '/')
				;
			p += k;
			continue;
		}
		if (n + k + 2 > size)
			return false;
		out[n++] = '/';
		memcpy(out + n, p, k);
		n += k;
		p += k;
	}
	out[n] = '\0';
	return true;
}

/* Over /proc only a procfs may be laid, and below it only what container engines are known to fake (N7, CVE-2019-16884). */
static int check_destination(struct decoder *d, const struct json *v, const struct spec_mount *m)
{
	static const char *const allowed[] = { "cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo",
					       "sys/kernel/ns_last_pid", "sys/crypto/fips_enabled" };
	char path[4096];

	if (!clean_path(m->destination, path, sizeof(path)))
		return refuse(d, v, "destination is too long");
	if (path[0] == '\0')
		return refuse(d, v, "destination \"%.80s\" would hide the root file system", m->destination);
	if (strcmp(path, "/proc") == 0 && m->kind != MOUNT_PROC && m->kind != MOUNT_CHANGE)	/* a bind of a procfs is told apart by the planner */
		return m->kind == MOUNT_BIND && m->source && strcmp(m->source, "/proc") == 0 ? 0 :
		       refuse(d, v, "\"%.80s\" cannot be mounted because it is not of type proc", m->destination);
	if (strncmp(path, "/proc/", 6) || m->kind == MOUNT_CHANGE)
		return 0;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (strcmp(path + 6, allowed[i]) == 0)
			return 0;
	return refuse(d, v, "\"%.80s\" cannot be mounted because it is inside /proc", m->destination);
}

static bool given_member(const struct json *v, const char *key)
{
	const struct json *m = json_member(v, key);

	return m && m->type != JSON_NULL;
}

static int check_mount(struct decoder *d, const struct json *v, struct spec_mount *m)
{
	m->kind = kind_of(m);
	if (m->kind == MOUNT_BIND) {
		m->bind = true;
		if (m->type && strcmp(m->type, "bind") == 0 && !given_member(v, "options"))
			m->recursive = true;
		if (!m->source || !m->source[0])
			return refuse(d, v, "a bind mount needs a source");
		if (m->data.n)
			return refuse(d, v, "bind mounts cannot have any filesystem-specific options applied: \"%.80s\"", m->data.item[0]);
	} else if (m->kind == MOUNT_FS && (!m->type || !m->type[0])) {
		return refuse(d, v, "a mount without `bind` needs a type");
	}
	if (m->map_option && (given_member(v, "uidMappings") || given_member(v, "gidMappings")))
		return refuse(d, v, "ids are mapped by an option, and by uidMappings and gidMappings");
	if ((m->uid_map.n == 0) != (m->gid_map.n == 0))
		return refuse(d, v, "uidMappings and gidMappings must be given together");
	if (m->uid_map.n && m->kind != MOUNT_BIND)
		return refuse(d, v, "a mount of type %.40s cannot map ids: bind mounts can", m->type ? m->type : "none");
	if ((m->idmap || m->ridmap) && m->kind != MOUNT_BIND)
		return refuse(d, v, "option idmap is for bind mounts, not for type %.40s", m->type ? m->type : "none");
	if (m->copy_symlink && m->kind != MOUNT_BIND)
		return refuse(d, v, "option copy-symlink is for bind mounts");
	if (m->tmpcopyup && m->kind != MOUNT_TMPFS)
		return refuse(d, v, "option tmpcopyup is for tmpfs mounts");
	return check_destination(d, v, m);
}

int take_mounts(struct decoder *d, const struct json *v, void *at)
{
	struct { size_t n; const struct spec_mount *item; } *ret = at;
	struct spec_mount *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_MOUNTS, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		struct spec_mount *m = &item[c->index];

		TRY(DECODE(d, c, mount_fields, m));
		m->at = pointer_of(d, c);
		if (!m->at)
			return -1;
		TRY(check_mount(d, c, m));
	}
	ret->n = n;
	ret->item = item;
	return 0;
}
