/* room: pure — rules that concern more than one property, all in one place */
#include "spec/decode.h"

#include <stdio.h>
#include <string.h>

static bool has(const struct spec *s, enum ns_type t)
{
	return s->linux_.ns[t].present;
}

/* config.md, process: args and cwd */
int check_process(struct decoder *d)
{
	const struct spec_process *p = &d->s->process;

	if (p->args.n == 0)
		return refuse_at(d, p->at && p->at[0] ? "/process/args" : "/args", "args must not be empty");
	return 0;
}

/* config-linux.md, memory: swap is memory plus swap (compatibility 2.10) */
int check_resources(struct decoder *d, const struct spec_resources *r)
{
	const char *at = r->at ? r->at : "";

	if (r->memory.swap.set && r->memory.swap.v > 0) {
		if (!r->memory.limit.set || r->memory.limit.v == 0)
			return refuse_at(d, at, "unable to set swap limit without memory limit");
		if (r->memory.limit.v > 0 && r->memory.swap.v < r->memory.limit.v)
			return refuse_at(d, at, "memory+swap limit should be >= memory limit");
	}
	if (r->cpu.burst.set && r->cpu.quota.set && r->cpu.quota.v > 0 && r->cpu.burst.v > (uint64_t)r->cpu.quota.v)
		return refuse_at(d, at, "cpu burst %llu is above the quota %lld", (unsigned long long)r->cpu.burst.v, (long long)r->cpu.quota.v);
	if (r->cpu.idle.set && r->cpu.idle.v != 0 && r->cpu.idle.v != 1)
		return refuse_at(d, at, "cpu idle must be 0 or 1");
	return 0;
}

static bool mapped(const struct id_map *m, uint32_t id)
{
	for (size_t i = 0; i < m->n; i++)
		if (id >= m->item[i].inside && id - m->item[i].inside < m->item[i].size)
			return true;
	return false;
}

/* config-linux.md, user namespace mappings */
static int check_user(struct decoder *d)
{
	const struct spec_linux *l = &d->s->linux_;
	const struct spec_user *u = &d->s->process.user;

	if (!l->ns[NS_USER].present) {
		if (l->uid_map.n || l->gid_map.n)
			return refuse_at(d, l->uid_map.n ? l->uid_map.at : l->gid_map.at, "user namespace mappings specified, but user namespace isn't enabled in the config");
		return 0;
	}
	if ((l->uid_map.n == 0) != (l->gid_map.n == 0))
		return refuse_at(d, "/linux", "uidMappings and gidMappings must be given together");
	if (!l->uid_map.n || !d->s->process.present)
		return 0;
	if (!mapped(&l->uid_map, u->uid))
		return refuse_at(d, "/process/user/uid", "user %u is not mapped in the user namespace", u->uid);
	if (!mapped(&l->gid_map, u->gid))
		return refuse_at(d, "/process/user/gid", "group %u is not mapped in the user namespace", u->gid);
	for (size_t i = 0; i < u->additional_gids.n; i++)
		if (!mapped(&l->gid_map, u->additional_gids.item[i]))
			return refuse_at(d, "/process/user/additionalGids", "group %u is not mapped in the user namespace", u->additional_gids.item[i]);
	return 0;
}

/* config-linux.md: what needs a namespace of the container's own */
static int check_needs(struct decoder *d)
{
	const struct spec *s = d->s;
	const struct spec_linux *l = &s->linux_;

	if (s->hostname && s->hostname[0] && !has(s, NS_UTS))
		return refuse_at(d, "/hostname", "unable to set hostname without a private UTS namespace");
	if (s->domainname && s->domainname[0] && !has(s, NS_UTS))
		return refuse_at(d, "/domainname", "unable to set domainname without a private UTS namespace");
	if ((l->masked_paths.n || l->readonly_paths.n) && !has(s, NS_MOUNT))
		return refuse_at(d, l->masked_paths.n ? "/linux/maskedPaths" : "/linux/readonlyPaths", "unable to restrict sys entries without a private MNT namespace");
	if ((l->boottime.set || l->monotonic.set) && !has(s, NS_TIME))
		return refuse_at(d, l->time_at, "time namespace offsets specified, but time namespace isn't enabled in the config");
	if ((l->boottime.set || l->monotonic.set) && l->ns[NS_TIME].path)
		return refuse_at(d, l->time_at, "time namespace enabled, but both namespace path and time offsets specified -- you may only provide one");
	if (l->net_devices.n && (!has(s, NS_NET)))
		return refuse_at(d, "/linux/netDevices", "unable to move network devices without a private NET namespace");
	for (size_t i = 0; i < s->mounts.n; i++) {
		const struct spec_mount *m = &s->mounts.item[i];

		if ((m->idmap || m->ridmap) && !m->uid_map.n && !has(s, NS_USER))
			return refuse_at(d, m->at, "option idmap needs mappings of the mount, or a user namespace");
	}
	return 0;
}

static bool starts(const char *key, const char *prefix)
{
	return strncmp(key, prefix, strlen(prefix)) == 0;
}

/* Keys of the kernel that belong to one namespace, by that namespace (compatibility 2.6; CVE-2022-0811). Anything else is the host's. */
static const char *sysctl_reason(const struct spec *s, const char *key)
{
	bool ipc = !strcmp(key, "kernel/sem") || starts(key, "kernel/shm") || starts(key, "kernel/msg") || starts(key, "fs/mqueue/");

	if (ipc)
		return has(s, NS_IPC) ? NULL : "is not allowed without a private IPC namespace";
	if (starts(key, "net/"))
		return has(s, NS_NET) ? NULL : "is not allowed without a private network namespace";
	if (!strcmp(key, "kernel/domainname"))
		return has(s, NS_UTS) ? NULL : "is not allowed without a private UTS namespace";
	if (!strcmp(key, "kernel/hostname"))
		return "is not allowed: use the hostname property";
	if (starts(key, "user/"))
		return has(s, NS_USER) ? NULL : "is not allowed without a private user namespace";
	return "is not in a separate kernel namespace";
}

/* sysctl(8): the first separator decides; with '.' first, '/' stands for a dot inside a component */
static void slash_form(const char *key, char *out, size_t size)
{
	bool dots = strcspn(key, ".") < strcspn(key, "/");

	snprintf(out, size, "%s", key);
	for (char *p = out; dots && *p; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
}

static int check_sysctl(struct decoder *d)
{
	const struct spec_pairs *list = &d->s->linux_.sysctl;

	for (size_t i = 0; i < list->n; i++) {
		char key[300];
		const char *why;

		slash_form(list->item[i].key, key, sizeof(key));
		why = sysctl_reason(d->s, key);
		if (why)
			return refuse_at(d, list->item[i].at, "sysctl \"%.80s\" %s", list->item[i].key, why);
	}
	return 0;
}

int check_spec(struct decoder *d)
{
	const struct spec *s = d->s;

	if (!s->process.present)
		return refuse_at(d, "/process", "process property must not be empty");
	if (!s->has_root)
		return refuse_at(d, "/root", "root is required");
	TRY(check_process(d));
	TRY(check_user(d));
	TRY(check_needs(d));
	TRY(check_sysctl(d));
	return check_resources(d, &s->linux_.resources);
}
