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
