/* room: pure — linux.resources as lines of cgroup v2 files (compatibility 2.10) */
#include "plan/build.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>

static const char *pointer(struct builder *b, const char *below)
{
	const char *at = b->s->linux_.resources.at;

	return text(b, "%s%s", at ? at : "/linux/resources", below);
}

static int put(struct builder *b, struct cgroup_writes *w, const char *why, const char *file, const char *value)
{
	if (!why || !file || !value)	/* text() has said so */
		return -1;
	if (w->n == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 16;
		struct cgroup_write *more = arena_array(&b->p->mem, cap, sizeof(*more));

		if (!more)
			return err_oom(b->e);
		for (size_t i = 0; i < w->n; i++)
			more[i] = w->item[i];
		w->item = more;
		w->cap = cap;
	}
	w->item[w->n++] = (struct cgroup_write){ .why = why, .file = file, .value = value };
	return 0;
}

static int put_optional(struct builder *b, struct cgroup_writes *w, const char *why, const char *file, const char *value)
{
	TRY(put(b, w, why, file, value));
	w->item[w->n - 1].optional = true;
	return 0;
}

static const char *number_or_max(struct builder *b, int64_t v)
{
	return v < 0 ? "max" : text(b, "%" PRId64, v);
}

static int put_swap(struct builder *b, struct cgroup_writes *w)
{
	const char *why;
	int64_t limit = b->s->linux_.resources.memory.limit.v, swap = b->s->linux_.resources.memory.swap.v;

	if (limit < 0 && swap == 0)	/* unlimited memory means unlimited swap */
		swap = -1;
	if (swap == 0)
		return 0;
	why = pointer(b, "/memory/swap");
	if (!why)
		return -1;
	if (swap < 0)
		return put_optional(b, w, why, "memory.swap.max", "max");
	if (limit <= 0)
		return fail(b, ERR_SPEC, why, "unable to set swap limit without memory limit");
	if (swap < limit)
		return fail(b, ERR_SPEC, why, "memory+swap limit should be >= memory limit");
	if (swap == limit)	/* without swap accounting there is nothing to forbid */
		return put_optional(b, w, why, "memory.swap.max", "0");
	return put(b, w, why, "memory.swap.max", text(b, "%" PRId64, swap - limit));
}

static int put_memory(struct builder *b, struct cgroup_writes *w)
{
	const struct spec_resources *r = &b->s->linux_.resources;

	if (r->memory.reservation.set && r->memory.reservation.v)
		TRY(put(b, w, pointer(b, "/memory/reservation"), "memory.low", number_or_max(b, r->memory.reservation.v)));
	if (r->memory.limit.set && r->memory.limit.v)
		TRY(put(b, w, pointer(b, "/memory/limit"), "memory.max", number_or_max(b, r->memory.limit.v)));
	return put_swap(b, w);
}

/* A limit of 0 would keep init itself out: it counts. */
static int put_pids(struct builder *b, struct cgroup_writes *w)
{
	const struct spec_resources *r = &b->s->linux_.resources;

	if (!r->pids.set)
		return 0;
	return put(b, w, pointer(b, "/pids/limit"), "pids.max", r->pids.v == 0 ? "1" : number_or_max(b, r->pids.v));
}

uint64_t cgroup_cpu_weight(uint64_t shares)
{
	double l;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2((double)shares);
	return (uint64_t)ceil(pow(10, (l * l + 125 * l) / 612.0 - 7.0 / 34.0));
}

static int put_cpu(struct builder *b, struct cgroup_writes *w)
{
	const struct spec_resources *r = &b->s->linux_.resources;
	uint64_t period = r->cpu.period.set && r->cpu.period.v ? r->cpu.period.v : 100000;

	if (r->cpu.idle.set)
		TRY(put(b, w, pointer(b, "/cpu/idle"), "cpu.idle", text(b, "%" PRId64, r->cpu.idle.v)));
	if (r->cpu.shares.set && r->cpu.shares.v && !(r->cpu.idle.set && r->cpu.idle.v == 1))
		TRY(put(b, w, pointer(b, "/cpu/shares"), "cpu.weight", text(b, "%" PRIu64, cgroup_cpu_weight(r->cpu.shares.v))));
	if (r->cpu.quota.set && r->cpu.quota.v > 0)
		TRY(put(b, w, pointer(b, "/cpu/quota"), "cpu.max", text(b, "%" PRId64 " %" PRIu64, r->cpu.quota.v, period)));
	else if ((r->cpu.quota.set && r->cpu.quota.v < 0) || (r->cpu.period.set && r->cpu.period.v))
		TRY(put(b, w, pointer(b, "/cpu/period"), "cpu.max", text(b, "max %" PRIu64, period)));
	if (r->cpu.burst.set)	/* after the quota, which bounds it */
		TRY(put(b, w, pointer(b, "/cpu/burst"), "cpu.max.burst", text(b, "%" PRIu64, r->cpu.burst.v)));
	if (r->cpu.cpus && r->cpu.cpus[0])
		TRY(put(b, w, pointer(b, "/cpu/cpus"), "cpuset.cpus", r->cpu.cpus));
	if (r->cpu.mems && r->cpu.mems[0])
		TRY(put(b, w, pointer(b, "/cpu/mems"), "cpuset.mems", r->cpu.mems));
	return 0;
}

static int put_throttle(struct builder *b, struct cgroup_writes *w, const struct throttles *t, const char *why, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		TRY(put(b, w, pointer(b, why), "io.max", text(b, "%u:%u %s=%" PRIu64, t->item[i].major, t->item[i].minor, key, t->item[i].rate)));
	return 0;
}

/* Which of the two weights exists depends on the I/O scheduler and the kernel's build, known only when the directory is there. */
static int put_io(struct builder *b, struct cgroup_writes *w)
{
	const struct spec_resources *r = &b->s->linux_.resources;
	uint64_t weight = r->blkio.weight.v;

	if (r->blkio.weight.set && weight) {
		const char *why = pointer(b, "/blockIO/weight");

		if (!why)
			return -1;
		if (weight < 10 || weight > 1000)
			return fail(b, ERR_SPEC, why, "block I/O weight %" PRIu64 " is not in 10..1000", weight);
		TRY(put_optional(b, w, why, "io.bfq.weight", text(b, "%" PRIu64, weight)));
		TRY(put(b, w, why, "io.weight", text(b, "%" PRIu64, 1 + (weight - 10) * 9999 / 990)));
		w->item[w->n - 1].or_file = "io.bfq.weight";
	}
	for (size_t i = 0; i < r->blkio.weight_device.n; i++) {
		const struct spec_weight_device *d = &r->blkio.weight_device.item[i];

		if (d->has_weight)
			TRY(put(b, w, pointer(b, "/blockIO/weightDevice"), "io.bfq.weight", text(b, "%u:%u %u", d->major, d->minor, d->weight)));
	}
	TRY(put_throttle(b, w, &r->blkio.read_bps, "/blockIO/throttleReadBpsDevice", "rbps"));
	TRY(put_throttle(b, w, &r->blkio.write_bps, "/blockIO/throttleWriteBpsDevice", "wbps"));
	TRY(put_throttle(b, w, &r->blkio.read_iops, "/blockIO/throttleReadIOPSDevice", "riops"));
	return put_throttle(b, w, &r->blkio.write_iops, "/blockIO/throttleWriteIOPSDevice", "wiops");
}

static bool plain_word(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]))
			return false;
	return n > 0;
}

static int put_hugepages(struct builder *b, struct cgroup_writes *w)
{
	for (size_t i = 0; i < b->s->linux_.resources.hugepages.n; i++) {
		const struct spec_hugepage *h = &b->s->linux_.resources.hugepages.item[i];
		const char *value = text(b, "%" PRIu64, h->limit);

		if (!plain_word(h->size))
			return fail(b, ERR_SPEC, h->at, "\"%s\" is no huge page size", h->size);
		TRY(put(b, w, h->at, text(b, "hugetlb.%s.max", h->size), value));
		TRY(put_optional(b, w, h->at, text(b, "hugetlb.%s.rsvd.max", h->size), value));
	}
	return 0;
}

static int put_rdma(struct builder *b, struct cgroup_writes *w)
{
	for (size_t i = 0; i < b->s->linux_.resources.rdma.n; i++) {
		const struct spec_rdma *r = &b->s->linux_.resources.rdma.item[i];
		const char *handles = r->has_handles ? text(b, " hca_handle=%u", r->handles) : "";
		const char *objects = r->has_objects ? text(b, " hca_object=%u", r->objects) : "";

		if (!handles || !objects)
			return -1;
		if (strpbrk(r->device, " \n/"))
			return fail(b, ERR_SPEC, r->at, "\"%s\" is no RDMA device name", r->device);
		TRY(put(b, w, r->at, "rdma.max", text(b, "%s%s%s", r->device, handles, objects)));
	}
	return 0;
}

/* Files that would take the cgroup out of our hands. */
static bool is_control(const char *key)
{
	static const char *const ours[] = { "cgroup.procs", "cgroup.threads", "cgroup.subtree_control", "cgroup.type", "cgroup.kill", "cgroup.freeze" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(key, ours[i]) == 0)
			return true;
	return false;
}

static int put_unified(struct builder *b, struct cgroup_writes *w)
{
	for (size_t i = 0; i < b->s->linux_.resources.unified.n; i++) {
		const struct spec_pair *p = &b->s->linux_.resources.unified.item[i];

		if (strchr(p->key, '/') || p->key[0] == '.' || !strchr(p->key, '.'))
			return fail(b, ERR_SPEC, p->at, "\"%s\" must be a file name, CONTROLLER.FILE", p->key);
		if (is_control(p->key))
			return fail(b, ERR_SPEC, p->at, "\"%s\" is not a limit", p->key);
		TRY(put(b, w, p->at, p->key, p->value));
	}
	return 0;
}

/* What only version 1 of cgroups had. Values that ask for nothing are taken: they are what engines write when nobody asked. */
static int refuse_old(struct builder *b)
{
	const struct spec_resources *r = &b->s->linux_.resources;
	const struct { const char *name; bool asked; } old[] = {
		{ "/memory/kernel", r->memory.kernel.v > 0 }, { "/memory/kernelTCP", r->memory.kernel_tcp.v > 0 }, { "/memory/swappiness", r->memory.swappiness.set },
		{ "/memory/disableOOMKiller", r->memory.disable_oom_killer }, { "/cpu/realtimeRuntime", r->cpu.rt_runtime.v > 0 },
		{ "/cpu/realtimePeriod", r->cpu.rt_period.v > 0 }, { "/blockIO/leafWeight", r->blkio.leaf_weight.v > 0 },
		{ "/network/classID", r->network.class_id.v > 0 }, { "/network/priorities", r->network.priorities > 0 },
	};

	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		if (old[i].asked)
			return fail(b, ERR_UNSUPPORTED, pointer(b, old[i].name), "cgroup v2 has nothing that %s could become", old[i].name + 1);
	for (size_t i = 0; i < r->blkio.weight_device.n; i++)
		if (r->blkio.weight_device.item[i].has_leaf && r->blkio.weight_device.item[i].leaf)
			return fail(b, ERR_UNSUPPORTED, pointer(b, "/blockIO/weightDevice"), "cgroup v2 has nothing that a leafWeight could become");
	return 0;
}

int resource_writes(struct builder *b, struct cgroup_writes *w)
{
	if (!b->s->linux_.resources.present)
		return 0;
	TRY(refuse_old(b));
	TRY(put_pids(b, w));
	TRY(put_memory(b, w));
	TRY(put_io(b, w));
	TRY(put_cpu(b, w));
	TRY(put_hugepages(b, w));
	TRY(put_rdma(b, w));
	return put_unified(b, w);	/* last: they are the user's own words */
}
