/* room: pure — the arguments of each kind of step, as fields */
#include "plan/print.h"

#include <linux/mount.h>
#include <linux/sched.h>
#include <sys/stat.h>

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

static const struct bit_name clone_bit[] = {
	{ CLONE_NEWNS, "mount" }, { CLONE_NEWUTS, "uts" }, { CLONE_NEWIPC, "ipc" }, { CLONE_NEWNET, "network" }, { CLONE_NEWPID, "pid" },
	{ CLONE_NEWCGROUP, "cgroup" }, { CLONE_NEWTIME, "time" }, { CLONE_NEWUSER, "user" },
};
static const struct bit_name attr_bit[] = {
	{ MOUNT_ATTR__ATIME, "atime" }, { MOUNT_ATTR_RDONLY, "ro" }, { MOUNT_ATTR_NOSUID, "nosuid" }, { MOUNT_ATTR_NODEV, "nodev" },
	{ MOUNT_ATTR_NOEXEC, "noexec" }, { MOUNT_ATTR_NOATIME, "noatime" }, { MOUNT_ATTR_STRICTATIME, "strictatime" },
	{ MOUNT_ATTR_NODIRATIME, "nodiratime" }, { MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow" },
};
static const struct bit_name propagation_bit[] = {
	{ MS_PRIVATE, "private" }, { MS_SHARED, "shared" }, { MS_SLAVE, "slave" }, { MS_UNBINDABLE, "unbindable" }, { MS_REC, "recursive" },
};
static const struct bit_name sb_bit[] = {
	{ MS_RDONLY, "ro" }, { MS_SYNCHRONOUS, "sync" }, { MS_DIRSYNC, "dirsync" }, { MS_MANDLOCK, "mand" }, { MS_I_VERSION, "iversion" },
	{ MS_LAZYTIME, "lazytime" }, { MS_SILENT, "silent" },
};
#define BITS(f, key, label, value, table) field_bits(f, key, label, value, table, sizeof(table) / sizeof((table)[0]))

/* The kinds of atime share three bits: clearing all of them means that another kind is chosen. */
static void field_attr(struct fields *f, const char *key, const char *label, uint64_t bits, bool cleared)
{
	size_t skip = cleared ? 0 : 1;

	field_bits(f, key, label, bits, attr_bit + skip, sizeof(attr_bit) / sizeof(attr_bit[0]) - skip);
}

static void field_map(struct fields *f, const char *key, const struct id_map *m)
{
	OWN(str) text = { 0 };

	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		str_addf(&text, "%s%u:%u:%u", i ? "," : "", m->item[i].inside, m->item[i].outside, m->item[i].size);
	field_text(f, key, key, &text, "");
}

static void field_ids(struct fields *f, const char *key, const struct ids_list *list)
{
	OWN(str) text = { 0 };

	for (size_t i = 0; i < list->n; i++)
		str_addf(&text, "%s%u", i ? "," : "", list->item[i]);
	field_text(f, key, key, &text, "none");
}

static void field_caps(struct fields *f, const char *key, capset_t set)
{
	OWN(str) text = { 0 };

	for (unsigned i = 0; i < CAPS_MAX; i++) {
		char buf[CAPABILITY_NAME_SIZE];
		const char *name = set >> i & 1 ? capability_name(i, buf) : NULL;

		if (!(set >> i & 1))
			continue;
		str_add(&text, text.n ? "," : "");
		if (name)
			str_add(&text, strncmp(name, "CAP_", 4) == 0 ? name + 4 : name);
		else
			str_addf(&text, "%u", i);
	}
	field_text(f, key, key, &text, "none");
}

static void field_all_caps(struct fields *f, const struct spec_caps *c)
{
	field_caps(f, "effective", c->effective);
	if (f->text && c->permitted == c->effective)
		field_string(f, "permitted", "permitted", "same");
	else
		field_caps(f, "permitted", c->permitted);
	field_caps(f, "inheritable", c->inheritable);
	field_caps(f, "ambient", c->ambient);
}

static void number_or_star(struct str *out, int64_t v)
{
	if (v == DEV_ANY)
		str_addc(out, '*');
	else
		str_addf(out, "%lld", (long long)v);
}

static void field_rules(struct fields *f, size_t n, const struct spec_device_rule *r)
{
	OWN(str) text = { 0 };

	for (size_t i = 0; i < n; i++) {
		str_addf(&text, "%s%c%c ", i ? ", " : "", r[i].allow ? '+' : '-', r[i].type);
		number_or_star(&text, r[i].major);
		str_addc(&text, ':');
		number_or_star(&text, r[i].minor);
		str_addf(&text, " %s%s%s", r[i].access & DEV_ACCESS_READ ? "r" : "", r[i].access & DEV_ACCESS_WRITE ? "w" : "", r[i].access & DEV_ACCESS_MKNOD ? "m" : "");
	}
	field_text(f, "rules", "", &text, "");
}

static void field_device(struct fields *f, char type, uint32_t major, uint32_t minor)
{
	char text[32];

	snprintf(text, sizeof(text), "%c %u:%u", type, major, minor);
	field_string(f, "device", "", text);
}

static void field_mode(struct fields *f, uint32_t mode)
{
	char text[16];

	snprintf(text, sizeof(text), "%04o", mode & 07777);
	field_string(f, "mode", "mode", text);
}

static void field_offset(struct fields *f, const char *key, const struct spec_time_offset *o)
{
	char text[48];

	if (!o->set)
		return;
	snprintf(text, sizeof(text), "%lld.%09u", (long long)o->secs, o->nanosecs);
	field_string(f, key, key, text);
}

static void field_limit(struct fields *f, const char *key, uint64_t v)
{
	if (v == UINT64_MAX)
		field_string(f, key, key, "unlimited");
	else
		field_number(f, key, key, v);
}

static void criu_fields(struct fields *f, const struct criu *c)
{
	OWN(str) fds = { 0 }, mounts = { 0 };

	field_strings(f, "options", "", &c->options);
	for (size_t i = 0; i < c->n_fds; i++)
		str_addf(&fds, "%s%s=#%s%s%s", i ? " " : "", c->fd[i].name, f->p->slot_name[c->fd[i].slot], c->fd[i].key ? ":" : "", c->fd[i].key ? c->fd[i].key : "");
	for (size_t i = 0; i < c->n_mounts; i++)
		str_addf(&mounts, "%s%s", i ? " " : "", c->mount[i].dest.s);
	field_text(f, "descriptors", "", &fds, "");
	if (c->n_mounts)
		field_text(f, "external", "external", &mounts, "");
	if (c->init != SLOT_NONE)
		field_slot(f, "init", "->", c->init);
}

static void dir_fields(struct fields *f, const struct step *s)
{
	field_string(f, "path", "", s->dir.path.s);
	field_flag(f, "make", s->dir.make);
	field_flag(f, "writes", s->dir.writes);
	field_flag(f, "dedup", s->dir.dedup);
	field_string(f, "parent", "parent", s->dir.parent);
	field_slot(f, "slot", "->", s->dir.slot);
}

static void seccomp_fields(struct fields *f, const struct step *s)
{
	field_string(f, "default", "default", sc_action_name(s->seccomp.profile->default_action));
	field_number(f, "rules", "rules", s->seccomp.profile->rules.n);
	if (s->op == OP_SECCOMP_LOAD)
		field_flag(f, "last", s->seccomp.last);
	field_slot(f, "slot", s->op == OP_SECCOMP_LOAD ? "" : "->", s->seccomp.slot);
}

static void namespaces_field(struct fields *f, const char *key, const char *label, uint32_t set)
{
	OWN(str) text = { 0 };

	for (int t = 0; t < NS_COUNT; t++)
		if (set >> t & 1)
			str_addf(&text, "%s%s", text.n ? "," : "", namespace_name((enum ns_type)t));
	field_text(f, key, label, &text, NULL);
}

static void attest_id(struct fields *f, const char *key, uint32_t id)
{
	if (id == ATTEST_ANY_ID)
		field_string(f, key, key, "any");
	else
		field_number(f, key, key, id);
}

static void attest_fields(struct fields *f, const struct attest *a)
{
	attest_id(f, "uid", a->uid);
	attest_id(f, "gid", a->gid);
	if (a->has_groups)
		field_ids(f, "groups", &a->groups);
	if (!f->text)
		field_caps(f, "bounding", a->caps.bounding);
	field_caps(f, "effective", a->caps.effective);
	field_flag(f, "noNewPrivileges", a->no_new_privs);
	field_number(f, "seccomp", "seccomp", a->seccomp_mode);
	namespaces_field(f, "newNamespaces", "new", a->new_ns);
	for (int t = 0; t < NS_COUNT; t++)
		field_slot(f, namespace_name((enum ns_type)t), "joined", a->joined[t]);
	field_map(f, "uids", a->uid_map);
	field_map(f, "gids", a->gid_map);
	if (a->like_ns)
		namespaces_field(f, "likeTarget", "like the target", a->like_ns);
	field_string(f, "cgroup", a->cgroup_below ? "cgroup at or below" : "cgroup", a->cgroup);
	field_string(f, "label", "label", a->label);
	field_flag(f, "readonlyRoot", a->root_readonly);
	if (!f->text)
		field_flag(f, "namespacesReadable", a->ns_readable);
}

static void exec_fields(struct fields *f, const struct step *s)
{
	field_strings(f, "args", "", &s->exec.args);
	if (f->text)
		return;
	field_strings(f, "env", "", &s->exec.env);
	field_string(f, "cwd", "", s->exec.cwd);
	field_number(f, "uid", "", s->exec.uid);
}

static void tree_fields(struct fields *f, const struct step *s)
{
	if (s->op == OP_ROOT_ATTACH) {
		field_slot(f, "slot", "", s->tree.slot);
		return;
	}
	field_string(f, "path", "", s->tree.path.s);
	field_flag(f, "recursive", s->tree.recursive);
	field_flag(f, "nofollow", s->tree.nofollow);
	field_flag(f, "keepLink", s->tree.keep_link);
	field_slot(f, "slot", "->", s->tree.slot);
}

static void fs_fields(struct fields *f, const struct step *s)
{
	field_string(f, "type", "", s->fs.type);
	if (!f->text)
		field_string(f, "source", "", s->fs.source);
	field_attr(f, "attr", "", s->fs.attr, false);
	BITS(f, "flags", "flags", s->fs.sb_flags, sb_bit);
	field_strings(f, "data", "", &s->fs.data);
	field_slot(f, "slot", "->", s->fs.slot);
}

static void attr_fields(struct fields *f, const struct step *s)
{
	field_slot(f, "slot", "", s->attr.slot);
	field_attr(f, "set", "+", s->attr.set, false);
	field_attr(f, "clear", "-", s->attr.clear, true);
	BITS(f, "propagation", "", s->attr.propagation, propagation_bit);
	field_flag(f, "recursive", s->attr.recursive);
}

static void attach_fields(struct fields *f, const struct step *s)
{
	field_slot(f, "slot", "", s->attach.slot);
	field_string(f, "destination", "on", s->attach.dest.s);
	BITS(f, "propagation", "", s->attach.propagation, propagation_bit);
	field_flag(f, "recursive", s->attach.propagation_recursive);
	field_flag(f, "nofollow", s->attach.nofollow);
	field_flag(f, "copyLink", s->attach.copy_link);
	if (!f->text)
		field_flag(f, "realDirectory", s->attach.real_dir);
}

static void user_fields(struct fields *f, const struct step *s)
{
	field_number(f, "uid", "uid", s->user.uid);
	field_number(f, "gid", "gid", s->user.gid);
	if (s->op == OP_IDS) {
		char umask_text[16];

		snprintf(umask_text, sizeof(umask_text), "%04o", s->user.umask);
		field_string(f, "umask", "umask", umask_text);
	}
	if (s->user.set_groups)
		field_ids(f, "groups", &s->user.groups);
	else
		field_string(f, "groups", "groups", "unchanged");
}

static void console_fields(struct fields *f, const struct step *s)
{
	field_slot(f, "master", s->op == OP_CONSOLE ? "->" : "", s->console.master);
	if (s->op == OP_CONSOLE_SEND && s->console.socket == SLOT_NONE)
		field_string(f, "to", "to", "relay");
	field_slot(f, "socket", "to", s->console.socket);
	if (s->op != OP_CONSOLE)
		return;
	if (s->console.height && s->console.width) {
		field_number(f, "height", "height", s->console.height);
		field_number(f, "width", "width", s->console.width);
	}
	field_number(f, "uid", "uid", s->console.uid);
	field_flag(f, "bind", s->console.bind);
}

static void unit_fields(struct fields *f, const struct step *s)
{
	field_string(f, "unit", "", s->unit.name);
	field_flag(f, "user", s->unit.user);
	for (size_t i = 0; i < s->unit.n; i++) {
		const struct unit_property *p = &s->unit.property[i];

		if (p->type == UNIT_TEXT || p->type == UNIT_BYTES)
			field_string(f, p->name, p->name, p->text);
		else if (p->type == UNIT_BOOL)
			field_string(f, p->name, p->name, p->number ? "yes" : "no");
		else
			field_limit(f, p->name, p->number);
	}
	field_slot(f, "slot", "->", s->unit.slot);
}

static void cgroup_fields(struct fields *f, const struct step *s)
{
	switch ((int)s->op) {
	case OP_CGROUP_OPEN:
		field_string(f, "path", "", s->cgroup.path);
		field_slot(f, "slot", "->", s->cgroup.slot);
		break;
	case OP_CGROUP_MAKE:
		field_string(f, "mount", "", s->cgroup.mount.s);
		field_string(f, "path", "", s->cgroup.path);
		if (!f->text || s->cgroup.controllers[0])
			field_string(f, "controllers", "", s->cgroup.controllers);
		field_slot(f, "slot", "->", s->cgroup.slot);
		break;
	case OP_CGROUP_WRITE:
		field_string(f, "file", "", s->write.file);
		field_string(f, "value", "=", s->write.value);
		field_string(f, "orFile", "or", s->write.or_file);
		field_flag(f, "optional", s->write.optional);
		break;
	case OP_CGROUP_DEVICES:
		field_rules(f, s->devices.n, s->devices.rule);
		break;
	case OP_CGROUP_OWNER:
		field_number(f, "uid", "uid", s->owner.uid);
		break;
	}
}

static void ids_fields(struct fields *f, const struct step *s)
{
	field_map(f, "uid", s->ids.uid);
	field_map(f, "gid", s->ids.gid);
	field_flag(f, "helpers", s->ids.helpers);
	field_flag(f, "denySetgroups", s->ids.deny_setgroups);
	if (!f->text || s->ids.target != ROOM_INIT)
		field_string(f, "target", "of", room_name(s->ids.target));
}

static void sched_fields(struct fields *f, const struct spec_scheduler *c)
{
	field_number(f, "policy", "policy", c->policy);
	field_number(f, "flags", "flags", c->flags);
	field_signed(f, "nice", "nice", c->nice);
	field_signed(f, "priority", "priority", c->priority);
	field_number(f, "runtime", "runtime", c->runtime);
	field_number(f, "deadline", "deadline", c->deadline);
	field_number(f, "period", "period", c->period);
}

static void hook_fields(struct fields *f, const struct step *s)
{
	field_string(f, "kind", "", hook_name(s->hook.kind));
	field_string(f, "path", "", s->hook.hook->path);
	if (!f->text) {
		field_strings(f, "args", "", &s->hook.hook->args);
		field_string(f, "status", "", s->hook.status);
		field_string(f, "cwd", "", s->hook.cwd);
	}
	if (s->hook.hook->timeout)
		field_number(f, "timeout", "timeout", s->hook.hook->timeout);
}

static char device_letter(uint32_t mode)
{
	return S_ISBLK(mode) ? 'b' : S_ISFIFO(mode) ? 'p' : 'c';
}

static void device_fields(struct fields *f, const struct step *s)
{
	field_string(f, "path", "", s->device.path.s);
	field_device(f, device_letter(s->device.mode), s->device.major, s->device.minor);
	field_mode(f, s->device.mode);
	if (!f->text || s->device.uid || s->device.gid) {
		field_number(f, "uid", "uid", s->device.uid);
		field_number(f, "gid", "gid", s->device.gid);
	}
}

static void node_fields(struct fields *f, const struct step *s)
{
	field_string(f, "path", "", s->node.path.s);
	field_device(f, s->node.type, s->node.major, s->node.minor);
	field_slot(f, "slot", "->", s->node.out);
}

static void change_fields(struct fields *f, const struct step *s)
{
	field_string(f, "destination", "", s->change.dest.s);
	field_attr(f, "set", "+", s->change.set, false);
	field_attr(f, "clear", "-", s->change.clear, true);
	field_flag(f, "recursive", s->change.recursive);
}

static void idmap_fields(struct fields *f, const struct step *s)
{
	field_slot(f, "slot", "", s->idmap.slot);
	field_map(f, "uid", s->idmap.uid);
	field_map(f, "gid", s->idmap.gid);
	field_flag(f, "recursive", s->idmap.recursive);
	field_flag(f, "containersNamespace", s->idmap.own_userns);
}

static void rdt_fields(struct fields *f, const struct step *s)
{
	static const char *const make[] = { [RDT_OURS] = "new", [RDT_WHEN_ABSENT] = "new-or-equal", [RDT_EXISTING] = "existing", [RDT_JOIN] = "joined",
					     [RDT_CHANGE] = "changed" };

	field_string(f, "mount", "", s->rdt.mount.s);
	field_string(f, "group", "group", s->rdt.group[0] ? s->rdt.group : "/");
	field_string(f, "make", "", make[s->rdt.make]);
	field_strings(f, "schemata", "", &s->rdt.lines);
	field_string(f, "monitor", "monitor", s->rdt.monitor);
}

static void rlimit_fields(struct fields *f, const struct step *s)
{
	field_string(f, "type", "", rlimit_name(s->rlimit.resource));
	field_limit(f, "soft", s->rlimit.soft);
	field_limit(f, "hard", s->rlimit.hard);
}

static void cpus_fields(struct fields *f, const struct step *s)
{
	OWN(str) text = { 0 };

	for (size_t i = 0; s->cpus.mask && i < 64 * s->cpus.words; i++)
		if (s->cpus.mask[i / 64] >> (i % 64) & 1)
			str_addf(&text, "%s%zu", text.n ? "," : "", i);
	if (s->cpus.mask)
		field_string(f, "cpus", "cpus", text.s);
}

static void small_fields(struct fields *f, const struct step *s)
{
	switch ((int)s->op) {
	case OP_NS_OPEN: case OP_NS_ENTER:
		field_string(f, "type", "", namespace_name(s->ns.type));
		field_string(f, "path", "", s->op == OP_NS_OPEN ? s->ns.path.s : NULL);
		field_slot(f, "slot", s->op == OP_NS_OPEN ? "->" : "", s->ns.slot);
		break;
	case OP_CLONE:
		BITS(f, "new", "new", s->clone.flags, clone_bit);
		field_slot(f, "cgroup", "in", s->clone.cgroup);
		field_slot(f, "pidfd", "->", s->clone.pidfd);
		break;
	case OP_TARGET_OPEN: field_slot(f, "slot", "->", s->slot.slot); break;
	case OP_UNIT_SETTLE: field_slot(f, "slot", "", s->slot.slot); break;
	case OP_NS_JOIN:
		BITS(f, "namespaces", "", s->join.flags, clone_bit);
		field_slot(f, "target", "of", s->join.target);
		break;
	case OP_AFFINITY: case OP_BIRTH_AFFINITY: cpus_fields(f, s); break;
	case OP_JOIN_CLONE: field_slot(f, "cgroup", "in", s->clone.cgroup); break;
	case OP_NS_NEW: BITS(f, "new", "", s->flags.value, clone_bit); break;
	case OP_PROPAGATION: case OP_ROOT_PROPAGATION: BITS(f, "propagation", "", s->flags.value, propagation_bit); break;
	case OP_TIME_OFFSETS:
		field_offset(f, "boottime", &s->offsets.boottime);
		field_offset(f, "monotonic", &s->offsets.monotonic);
		break;
	case OP_START_FIFO: case OP_WAIT_START:
		field_slot(f, "in", s->op == OP_START_FIFO ? "->" : "", s->fifo.in);
		field_slot(f, "out", "", s->fifo.out);
		break;
	case OP_NET_DEVICE:
		field_string(f, "hostName", "", s->netdev.host_name);
		field_string(f, "name", "as", s->netdev.name);
		break;
	case OP_TMPFS_COPY:
		field_string(f, "path", "", s->copy.path.s);
		field_slot(f, "slot", "->", s->copy.slot);
		break;
	case OP_LINK:
		field_string(f, "path", "", s->link.path.s);
		field_string(f, "target", "->", s->link.target);
		break;
	case OP_SYSCTL:
		field_string(f, "key", "", s->pair.key);
		field_string(f, "value", "=", s->pair.value);
		break;
	case OP_LABEL_EXEC:
		field_string(f, "module", "", s->label.apparmor ? "apparmor" : "selinux");
		if (s->label.stack)
			field_string(f, "mode", "", "stack");
		field_string(f, "label", "", s->label.label);
		break;
	case OP_SECCOMP_NOTIFY:
		field_string(f, "metadata", "", s->notify.metadata);
		field_slot(f, "socket", "to", s->notify.socket);
		break;
	case OP_PIDFD_SEND: field_slot(f, "socket", "to", s->send.socket); break;
	case OP_MASK: case OP_READONLY: case OP_CWD_MAKE: case OP_CWD:
		field_string(f, "path", "", s->op == OP_CWD ? s->cwd.path.s : s->op == OP_MASK ? s->mask.path.s : s->rpath.path.s);
		break;
	case OP_MEMORY_POLICY:
		field_signed(f, "mode", "mode", s->mempol->mode);
		field_number(f, "flags", "flags", s->mempol->flags);
		field_string(f, "nodes", "nodes", s->mempol->nodes);
		break;
	}
}

void step_fields(struct fields *f, const struct step *s)
{
	switch (s->op) {
	case OP_SOCKET_CONNECT: field_string(f, "path", "", s->path.path.s); field_slot(f, "slot", "->", s->path.out); break;
	case OP_STATE_CREATED: case OP_PID_FILE: field_string(f, "pidFile", "", s->path.path.s); break;
	case OP_TREE_OPEN: case OP_ROOT_ATTACH: tree_fields(f, s); break;
	case OP_NODE_OPEN: node_fields(f, s); break;
	case OP_SECCOMP_COMPILE: case OP_SECCOMP_LOAD: seccomp_fields(f, s); break;
	case OP_UNIT_START: case OP_UNIT_SET: unit_fields(f, s); break;
	case OP_CGROUP_MAKE: case OP_CGROUP_OPEN: case OP_CGROUP_WRITE: case OP_CGROUP_DEVICES: case OP_CGROUP_OWNER: cgroup_fields(f, s); break;
	case OP_ID_MAP: ids_fields(f, s); break;
	case OP_TREE_IDMAP: idmap_fields(f, s); break;
	case OP_OOM_SCORE: case OP_IO_PRIORITY: case OP_PERSONALITY: field_signed(f, "value", "", s->number.value); break;
	case OP_SCHEDULER: sched_fields(f, s->sched); break;
	case OP_RDT: rdt_fields(f, s); break;
	case OP_RLIMIT: rlimit_fields(f, s); break;
	case OP_BECOME_ROOT: case OP_IDS: user_fields(f, s); break;
	case OP_FS_MAKE: fs_fields(f, s); break;
	case OP_TREE_ATTR: attr_fields(f, s); break;
	case OP_TREE_ATTACH: attach_fields(f, s); break;
	case OP_MOUNT_CHANGE: change_fields(f, s); break;
	case OP_DEVICE_NODE: device_fields(f, s); break;
	case OP_HOSTNAME: case OP_DOMAINNAME: field_string(f, "name", "", s->text.text); break;
	case OP_CONSOLE: case OP_CONSOLE_SEND: console_fields(f, s); break;
	case OP_HOOK: hook_fields(f, s); break;
	case OP_PIVOT: field_flag(f, "move", s->pivot.move); break;
	case OP_KEYRING: field_string(f, "label", "label", s->keyring.label); break;
	case OP_SESSION: field_flag(f, "terminal", s->session.terminal); break;
	case OP_FDS_CLOEXEC: field_number(f, "keep", "keep", s->fds.keep); break;
	case OP_EXEC_FIND: field_string(f, "name", "", s->exec.args.n ? s->exec.args.item[0] : NULL); break;
	case OP_EXEC: exec_fields(f, s); break;
	case OP_CAPS_BOUND: field_caps(f, "bounding", s->caps->bounding); break;
	case OP_CAPS: field_all_caps(f, s->caps); break;
	case OP_ATTEST: attest_fields(f, s->want); break;
	case OP_NS_OPEN: case OP_NS_ENTER: case OP_CLONE: case OP_JOIN_CLONE: case OP_NS_NEW: case OP_PROPAGATION: case OP_ROOT_PROPAGATION: case OP_TIME_OFFSETS:
	case OP_START_FIFO: case OP_WAIT_START: case OP_NET_DEVICE: case OP_TMPFS_COPY: case OP_LINK: case OP_SYSCTL: case OP_LABEL_EXEC:
	case OP_MASK: case OP_READONLY: case OP_CWD_MAKE: case OP_CWD: case OP_MEMORY_POLICY: case OP_SECCOMP_NOTIFY: case OP_PIDFD_SEND:
	case OP_UNIT_SETTLE: case OP_TARGET_OPEN: case OP_NS_JOIN: case OP_AFFINITY: case OP_BIRTH_AFFINITY:
		small_fields(f, s);
		break;
	case OP_CRIU_DUMP: case OP_CRIU_RESTORE: criu_fields(f, s->criu); break;
	case OP_CRIU_FINISH: field_slot(f, "console", "->", s->criu->console); break;
	case OP_DIR_OPEN: dir_fields(f, s); break;
	case OP_MOUNTPOINT: field_string(f, "path", "", s->point.path.s); field_slot(f, "source", "for", s->point.source); break;
	case OP_CRIU_RESUME: case OP_STATE_RESERVE: case OP_NOTIFY_DIR: case OP_ROOT_OPEN: case OP_UNDUMPABLE: case OP_STILL_UNDUMPABLE: case OP_LOOPBACK: case OP_ROOT_READONLY:
	case OP_NO_NEW_PRIVS: case OP_COUNT:
		break;
	}
}
