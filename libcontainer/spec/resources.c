/* room: pure — linux.resources */
#include "spec/decode.h"
#include "base/limits.h"

#include <string.h>

#define R(member, name, take) FIELD(struct spec_resources, member, name, take)

static int take_rule_type(struct decoder *d, const struct json *v, void *at)
{
	const char *name;

	TRY(take_string(d, v, &name));
	if (name[0] == '\0')
		return 0;
	if (strlen(name) != 1 || !strchr("abcu", name[0]))
		return refuse(d, v, "unknown device type \"%.20s\"", name);
	*(char *)at = name[0] == 'u' ? 'c' : name[0];
	return 0;
}

static int take_access(struct decoder *d, const struct json *v, void *at)
{
	const char *text;
	uint32_t access = 0;

	TRY(take_string(d, v, &text));
	for (; *text; text++) {
		if (!strchr("rwm", *text))
			return refuse(d, v, "access has letters other than r, w and m");
		access |= *text == 'r' ? DEV_ACCESS_READ : *text == 'w' ? DEV_ACCESS_WRITE : DEV_ACCESS_MKNOD;
	}
	if (access)
		*(uint32_t *)at = access;
	return 0;
}

static int take_number(struct decoder *d, const struct json *v, void *at)
{
	struct opt_i64 n = { 0 };

	TRY(take_opt_i64(d, v, &n));
	if (n.v < -1 || n.v > UINT32_MAX)
		return refuse(d, v, "%lld is not a device number", (long long)n.v);
	*(int64_t *)at = n.v;
	return 0;
}

static const struct field rule_fields[] = {
	REQUIRED(struct spec_device_rule, allow, "allow", take_bool),
	FIELD(struct spec_device_rule, type, "type", take_rule_type),
	FIELD(struct spec_device_rule, major, "major", take_number),
	FIELD(struct spec_device_rule, minor, "minor", take_number),
	FIELD(struct spec_device_rule, access, "access", take_access),
};

static int take_rules(struct decoder *d, const struct json *v, void *at)
{
	struct spec_resources *r = at;
	struct spec_device_rule *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		struct spec_device_rule *x = &item[c->index];

		*x = (struct spec_device_rule){ .type = 'a', .major = DEV_ANY, .minor = DEV_ANY,
						.access = DEV_ACCESS_READ | DEV_ACCESS_WRITE | DEV_ACCESS_MKNOD };
		TRY(DECODE(d, c, rule_fields, x));
		x->at = pointer_of(d, c);
		if (!x->at)
			return -1;
	}
	r->devices.n = n;
	r->devices.item = item;
	return 0;
}

static const struct field memory_fields[] = {
	R(memory.limit, "limit", take_opt_i64), R(memory.reservation, "reservation", take_opt_i64), R(memory.swap, "swap", take_opt_i64),
	R(memory.kernel, "kernel", take_opt_i64), R(memory.kernel_tcp, "kernelTCP", take_opt_i64),
	R(memory.swappiness, "swappiness", take_opt_u64), R(memory.disable_oom_killer, "disableOOMKiller", take_bool),
	R(memory.use_hierarchy, "useHierarchy", take_bool), R(memory.check_before_update, "checkBeforeUpdate", take_bool),
};

static int take_memory(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, memory_fields, at);
}

static int take_list(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	return v->text[strspn(v->text, "0123456789,-\n ")] ? refuse(d, v, "\"%.40s\" is not a list of numbers", v->text) : 0;
}

static const struct field cpu_fields[] = {
	R(cpu.shares, "shares", take_opt_u64), R(cpu.quota, "quota", take_opt_i64), R(cpu.period, "period", take_opt_u64),
	R(cpu.burst, "burst", take_opt_u64), R(cpu.rt_runtime, "realtimeRuntime", take_opt_i64), R(cpu.rt_period, "realtimePeriod", take_opt_u64),
	R(cpu.idle, "idle", take_opt_i64), R(cpu.cpus, "cpus", take_list), R(cpu.mems, "mems", take_list),
};

static int take_cpu(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, cpu_fields, at);
}

static const struct field throttle_fields[] = {
	REQUIRED(struct spec_throttle, major, "major", take_u32),
	REQUIRED(struct spec_throttle, minor, "minor", take_u32),
	REQUIRED(struct spec_throttle, rate, "rate", take_u64),
};

static int take_throttles(struct decoder *d, const struct json *v, void *at)
{
	struct throttles *ret = at;
	struct spec_throttle *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next)
		TRY(DECODE(d, c, throttle_fields, &item[c->index]));
	*ret = (struct throttles){ n, item };
	return 0;
}

struct weight_entry { uint32_t major, minor; struct opt_u64 weight, leaf; };
static const struct field weight_fields[] = {
	REQUIRED(struct weight_entry, major, "major", take_u32),
	REQUIRED(struct weight_entry, minor, "minor", take_u32),
	FIELD(struct weight_entry, weight, "weight", take_opt_u64),
	FIELD(struct weight_entry, leaf, "leafWeight", take_opt_u64),
};

static bool weight_ok(struct opt_u64 w)
{
	return !w.set || w.v == 0 || (w.v >= 10 && w.v <= 1000);
}

static int take_weight_devices(struct decoder *d, const struct json *v, void *at)
{
	struct spec_resources *r = at;
	struct spec_weight_device *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		struct weight_entry w = { 0 };

		TRY(DECODE(d, c, weight_fields, &w));
		if (!weight_ok(w.weight) || !weight_ok(w.leaf))
			return refuse(d, c, "weight is out of range (10 to 1000)");
		if (!w.weight.set && !w.leaf.set)
			return refuse(d, c, "needs weight or leafWeight");
		item[c->index] = (struct spec_weight_device){ .major = w.major, .minor = w.minor, .has_weight = w.weight.set,
			.weight = (uint16_t)w.weight.v, .has_leaf = w.leaf.set, .leaf = (uint16_t)w.leaf.v };
	}
	r->blkio.weight_device.n = n;
	r->blkio.weight_device.item = item;
	return 0;
}

static const struct field blkio_fields[] = {
	R(blkio.weight, "weight", take_opt_u64), R(blkio.leaf_weight, "leafWeight", take_opt_u64), { "weightDevice", take_weight_devices, 0, false },
	R(blkio.read_bps, "throttleReadBpsDevice", take_throttles), R(blkio.write_bps, "throttleWriteBpsDevice", take_throttles),
	R(blkio.read_iops, "throttleReadIOPSDevice", take_throttles), R(blkio.write_iops, "throttleWriteIOPSDevice", take_throttles),
};

static int take_blkio(struct decoder *d, const struct json *v, void *at)
{
	const struct spec_resources *r = at;

	TRY(DECODE(d, v, blkio_fields, at));
	return weight_ok(r->blkio.weight) ? 0 : refuse(d, v, "weight %llu is out of range (10 to 1000)", (unsigned long long)r->blkio.weight.v);
}

/* "2MB", "1GB", "64KB": it becomes part of a file name (W-4). */
static int take_page_size(struct decoder *d, const struct json *v, void *at)
{
	size_t digits;

	TRY(take_string(d, v, at));
	digits = strspn(v->text, "0123456789");
	if (digits == 0 || digits > 12 || (strcmp(v->text + digits, "KB") && strcmp(v->text + digits, "MB") && strcmp(v->text + digits, "GB")))
		return refuse(d, v, "\"%.40s\" is not a huge page size", v->text);
	return 0;
}

static const struct field hugepage_fields[] = {
	REQUIRED(struct spec_hugepage, size, "pageSize", take_page_size),
	REQUIRED(struct spec_hugepage, limit, "limit", take_u64),
};

static int take_hugepages(struct decoder *d, const struct json *v, void *at)
{
	struct spec_resources *r = at;
	struct spec_hugepage *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, 64, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		TRY(DECODE(d, c, hugepage_fields, &item[c->index]));
		item[c->index].at = pointer_of(d, c);
		if (!item[c->index].at)
			return -1;
	}
	r->hugepages.n = n;
	r->hugepages.item = item;
	return 0;
}

static const struct field pids_fields[] = { R(pids, "limit", take_opt_i64) };

static int take_pids(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, pids_fields, at);
}

struct rdma_entry { struct opt_u64 handles, objects; };
static const struct field rdma_fields[] = {
	FIELD(struct rdma_entry, handles, "hcaHandles", take_opt_u64),
	FIELD(struct rdma_entry, objects, "hcaObjects", take_opt_u64),
};

static int take_rdma(struct decoder *d, const struct json *v, void *at)
{
	struct spec_resources *r = at;
	struct spec_rdma *item;
	size_t i = 0;

	if (v->type != JSON_OBJECT)
		return refuse(d, v, "must be an object, not %s", json_type_name(v->type));
	item = arena_array(d->mem, v->count, sizeof(*item));
	if (!item)
		return err_oom(d->e);
	for (const struct json *m = v->child; m; m = m->next, i++) {
		struct rdma_entry x = { 0 };

		if (!name_is_component(m->key) || strchr(m->key, ' '))
			return refuse(d, m, "not a valid rdma device name");
		TRY(DECODE(d, m, rdma_fields, &x));
		if (!x.handles.set && !x.objects.set)
			return refuse(d, m, "needs hcaHandles or hcaObjects");
		if (x.handles.v > UINT32_MAX || x.objects.v > UINT32_MAX)
			return refuse(d, m, "is out of range");
		item[i] = (struct spec_rdma){ .device = m->key, .has_handles = x.handles.set, .handles = (uint32_t)x.handles.v,
					      .has_objects = x.objects.set, .objects = (uint32_t)x.objects.v, .at = pointer_of(d, m) };
		if (!item[i].at)
			return -1;
	}
	r->rdma.n = i;
	r->rdma.item = item;
	return 0;
}

static int take_priorities(struct decoder *d, const struct json *v, void *at)
{
	if (v->type != JSON_ARRAY)
		return refuse(d, v, "must be an array, not %s", json_type_name(v->type));
	*(size_t *)at = v->count;
	return 0;
}

static const struct field network_fields[] = {
	R(network.class_id, "classID", take_opt_u64),
	R(network.priorities, "priorities", take_priorities),
};

static int take_network(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, network_fields, at);
}

/* One file below the container's own cgroup; its control files are not limits: with cgroup.procs others' processes could be pulled in. */
static bool unified_key(const char *key)
{
	static const char *const control[] = { "cgroup.procs", "cgroup.threads", "cgroup.kill", "cgroup.freeze", "cgroup.subtree_control", "cgroup.type" };

	for (size_t i = 0; i < sizeof(control) / sizeof(*control); i++)
		if (strcmp(key, control[i]) == 0)
			return false;
	return name_is_component(key) && strchr(key, '.');
}

static int take_unified(struct decoder *d, const struct json *v, void *at)
{
	return take_pairs(d, v, at, unified_key, "cgroup file for a limit");
}

static const struct field resource_fields[] = {
	{ "devices", take_rules, 0, false }, { "memory", take_memory, 0, false }, { "cpu", take_cpu, 0, false },
	{ "blockIO", take_blkio, 0, false }, { "hugepageLimits", take_hugepages, 0, false }, { "pids", take_pids, 0, false },
	{ "rdma", take_rdma, 0, false }, { "network", take_network, 0, false }, R(unified, "unified", take_unified),
};

int take_resources(struct decoder *d, const struct json *v, void *at)
{
	struct spec_resources *r = at;

	TRY(DECODE(d, v, resource_fields, r));
	r->present = true;
	r->at = pointer_of(d, v);
	return r->at ? 0 : -1;
}
