/* room: pure — the container's cgroup: where it lies, who owns it, what is written before anything runs in it */
#include "plan/build.h"

#include <linux/mount.h>

static const char *const counted[] = { "cpuset", "cpu", "io", "memory", "pids" };	/* enabled for their statistics, where we may */

static bool has_word(const char *list, const char *word, size_t n)
{
	for (const char *p = list; p && *p; ) {
		size_t len = strcspn(p, " ");

		if (len == n && strncmp(p, word, n) == 0)
			return true;
		p += len;
		p += strspn(p, " ");
	}
	return false;
}

static bool has_controller(const struct builder *b, const char *name)
{
	return has_word(b->f->cgroup_controllers, name, strlen(name));
}

/* "memory" of "memory.max"; the core files belong to none. */
static size_t controller_length(const char *file)
{
	size_t n = strcspn(file, ".");

	return n == 6 && strncmp(file, "cgroup", 6) == 0 ? 0 : n;
}

static bool already(const struct str *list, const char *word, size_t n)
{
	for (const char *p = list->s; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
		if (strncmp(p + 1, word, n) == 0 && (p[1 + n] == ' ' || !p[1 + n]))
			return true;
	return false;
}

static void enable(struct str *list, const char *word, size_t n)
{
	if (already(list, word, n))
		return;
	str_add(list, list->n ? " +" : "+");
	str_addn(list, word, n);
}

int cgroup_controllers(struct builder *b, const struct cgroup_writes *w, const char **ret)
{
	OWN(str) list = { 0 };

	for (size_t i = 0; i < w->n; i++) {
		const char *file = w->item[i].file;
		size_t n = controller_length(file);

		if (n == 0)
			continue;
		if (!has_word(b->f->cgroup_controllers, file, n)) {
			if (w->item[i].optional)
				continue;
			return fail(b, ERR_UNSUPPORTED, w->item[i].why, "controller %.*s not available: it is needed for %s", (int)n, file, file);
		}
		enable(&list, file, n);
	}
	for (size_t i = 0; b->privileged && i < sizeof(counted) / sizeof(counted[0]); i++)
		if (has_controller(b, counted[i]))
			enable(&list, counted[i], strlen(counted[i]));
	TRY(str_ok(&list, b->e));
	*ret = text(b, "%s", list.s ? list.s : "");
	return *ret ? 0 : -1;
}

/* ---- the path ---- */

static int clean_path(struct builder *b, const char *path, const char **ret)
{
	OWN(str) out = { 0 };

	for (const char *p = path; *p; ) {
		size_t n;

		p += strspn(p, "/");
		n = strcspn(p, "/");
		if (n == 2 && strncmp(p, "..", 2) == 0)
			return fail(b, ERR_SPEC, "/linux/cgroupsPath", "cgroup path %s: \"..\" is not allowed", path);
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
				return fail(b, ERR_SPEC, "/linux/cgroupsPath", "cgroup path has a control character");
		if (n && !(n == 1 && *p == '.')) {
			str_addc(&out, '/');
			str_addn(&out, p, n);
		}
		p += n;
	}
	TRY(str_ok(&out, b->e));
	if (!out.n)
		return fail(b, ERR_SPEC, "/linux/cgroupsPath", "cgroup path %s is the root of the hierarchy", path);
	*ret = text(b, "%s", out.s);
	return *ret ? 0 : -1;
}

/* Absolute: below the mount point. Else: beside our own cgroup. */
static int cgroup_path(struct builder *b, const char **ret)
{
	const char *asked = b->s->linux_.cgroups_path, *self = b->f->cgroup_self;
	const char *slash = self ? strrchr(self, '/') : NULL;
	const char *full;

	if (asked && asked[0] == '/')
		return clean_path(b, asked, ret);
	full = text(b, "%.*s/%s", slash ? (int)(slash - self) : 0, slash ? self : "", asked && asked[0] ? asked : b->r->id);
	return full ? clean_path(b, full, ret) : -1;
}

/* ---- devices ---- */

#define ALL_ACCESS (DEV_ACCESS_READ | DEV_ACCESS_WRITE | DEV_ACCESS_MKNOD)
static const struct spec_device_rule first_rule = { false, 'a', DEV_ANY, DEV_ANY, ALL_ACCESS, NULL };	/* nothing unless allowed (GHSA-g54h) */
static const struct spec_device_rule last_rule[] = {	/* what every container may use */
	{ true, 'c', DEV_ANY, DEV_ANY, DEV_ACCESS_MKNOD, NULL },
	{ true, 'b', DEV_ANY, DEV_ANY, DEV_ACCESS_MKNOD, NULL },
	{ true, 'c', 1, 3, ALL_ACCESS, NULL },		/* null */
	{ true, 'c', 1, 5, ALL_ACCESS, NULL },		/* zero */
	{ true, 'c', 1, 7, ALL_ACCESS, NULL },		/* full */
	{ true, 'c', 1, 8, ALL_ACCESS, NULL },		/* random */
	{ true, 'c', 1, 9, ALL_ACCESS, NULL },		/* urandom */
	{ true, 'c', 5, 0, ALL_ACCESS, NULL },		/* tty */
	{ true, 'c', 5, 2, ALL_ACCESS, NULL },		/* ptmx */
	{ true, 'c', 136, DEV_ANY, ALL_ACCESS, NULL },	/* pts */
	{ true, 'c', 10, 200, ALL_ACCESS, NULL },	/* tun */
};
enum { LAST_RULES = sizeof(last_rule) / sizeof(last_rule[0]) };

/* Attaching a program needs power over the initial user namespace. Without that power no container of ours can make a node either
 * (mknod needs it too), so there is nothing that the program would keep out. */
int add_device_rules(struct builder *b)
{
	const struct spec_resources *r = &b->s->linux_.resources;
	size_t n = r->present ? r->devices.n : 0;
	struct spec_device_rule *rule;

	if (!b->privileged || b->f->in_userns)
		return 0;
	rule = arena_array(&b->p->mem, 1 + n + LAST_RULES, sizeof(*rule));
	if (!rule)
		return err_oom(b->e);
	rule[0] = first_rule;
	for (size_t i = 0; i < n; i++)
		rule[1 + i] = r->devices.item[i];
	for (size_t i = 0; i < LAST_RULES; i++)
		rule[1 + n + i] = last_rule[i];
	ADD(devices, b, OP_CGROUP_DEVICES, HOST, n ? "/linux/resources/devices" : "default: no device but the harmless ones");
	devices->devices.slot = b->cgroup;
	devices->devices.n = 1 + n + LAST_RULES;
	devices->devices.rule = rule;
	return 0;
}

/* ---- owner ---- */

static bool is_writable_cgroup_mount(const struct spec_mount *m)
{
	return m->kind == MOUNT_CGROUP && strcmp(m->destination, "/sys/fs/cgroup") == 0 && !((m->attr.set | m->rattr.set) & MOUNT_ATTR_RDONLY);
}

static int add_owner(struct builder *b)
{
	int64_t uid = id_outside(b->uid_map, b->s->process.user.uid);

	if (!ns_is_new(b, NS_CGROUP) || uid < 0 || (uint32_t)uid == b->f->euid || (ns_is_joined(b, NS_USER) && !b->uid_map))
		return 0;
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		if (!is_writable_cgroup_mount(&b->s->mounts.item[i]))
			continue;
		ADD(owner, b, OP_CGROUP_OWNER, HOST, b->s->mounts.item[i].at);
		owner->owner.slot = b->cgroup;
		owner->owner.uid = (uint32_t)uid;
		return 0;
	}
	return 0;
}

/* ---- all of it ---- */

int add_cgroup_writes(struct builder *b, const struct cgroup_writes *w)
{
	for (size_t i = 0; i < w->n; i++) {
		const char *file = w->item[i].file;

		if (w->item[i].optional && !has_word(b->f->cgroup_controllers, file, controller_length(file)))
			continue;
		ADD(write, b, OP_CGROUP_WRITE, HOST, w->item[i].why);
		write->write.slot = b->cgroup;
		write->write.file = file;
		write->write.value = w->item[i].value;
		write->write.or_file = w->item[i].or_file;
		write->write.optional = w->item[i].optional;
	}
	return 0;
}

/* What every cgroup gets, whoever made it. */
static int fill(struct builder *b, const struct cgroup_writes *w, const char *path)
{
	b->p->cgroup_mount = b->f->cgroup_mount;
	b->p->cgroup_path = path;
	TRY(add_cgroup_writes(b, w));
	TRY(add_device_rules(b));
	TRY(add_owner(b));
	return b->privileged ? open_cgroup_mounts(b, HOST) : 0;
}

static int add_directory(struct builder *b, enum op op, const char *path, const struct cgroup_writes *w, const char *why)
{
	const char *enabled = NULL;

	TRY(cgroup_controllers(b, w, &enabled));
	b->cgroup = slot_new(b, "cgroup");
	if (b->cgroup == SLOT_NONE)
		return -1;
	ADD(cg, b, op, HOST, why);
	cg->cgroup.slot = b->cgroup;
	cg->cgroup.mount.s = b->f->cgroup_mount;
	cg->cgroup.path = path;
	cg->cgroup.controllers = enabled;
	return 0;
}

static int make(struct builder *b, const struct cgroup_writes *w)
{
	const char *path;

	TRY(cgroup_path(b, &path));
	TRY(add_directory(b, OP_CGROUP_MAKE, path, w, b->s->linux_.cgroups_path ? "/linux/cgroupsPath" :
			  "default: every container is accounted for and can be killed as a whole"));
	return fill(b, w, path);
}

static int make_by_systemd(struct builder *b, const struct cgroup_writes *w)
{
	const char *path;

	if (!b->f->systemd)
		return fail(b, ERR_UNSUPPORTED, "/linux/cgroupsPath", "there is no systemd cgroup manager: systemd does not run here, or this program was built without it");
	if (b->f->cgroup != CGROUP_PURE)
		return fail(b, ERR_UNSUPPORTED, "/linux/cgroupsPath", "the systemd cgroup manager needs a machine with cgroup v2 alone");
	TRY(add_unit_start(b, w, &path));
	TRY(add_directory(b, OP_CGROUP_OPEN, path, w, "option: --systemd-cgroup"));
	return fill(b, w, path);
}

int add_cgroup(struct builder *b)
{
	const char *asked = b->s->linux_.cgroups_path, *why = asked && asked[0] ? "/linux/cgroupsPath" : "/linux/resources";
	bool rootless = b->f->euid != 0 || b->f->in_userns || b->r->rootless_cgroup;
	struct cgroup_writes w = { 0 };

	TRY(resource_writes(b, &w));
	if (b->r->systemd_cgroup)
		return make_by_systemd(b, &w);
	if (b->f->cgroup == CGROUP_ABSENT || !b->f->cgroup_writable) {
		if (b->f->cgroup == CGROUP_ABSENT && (w.n || (asked && asked[0])))
			return fail(b, ERR_UNSUPPORTED, why, "there is no cgroup v2 hierarchy on this machine");
		if (w.n || (asked && asked[0]) || (b->f->cgroup != CGROUP_ABSENT && !rootless))
			return fail(b, ERR_UNSUPPORTED, why, "%s", rootless ? "rootless needs no limits + no cgrouppath when no permission is granted for cgroups" :
				    "the cgroup v2 hierarchy is not writable");
		return b->privileged ? open_cgroup_mounts(b, HOST) : 0;
	}
	return make(b, &w);
}
