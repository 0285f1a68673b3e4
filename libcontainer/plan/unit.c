/* room: pure — the container's unit of systemd: its name, the cgroup that systemd will give it, and its properties (compatibility 2.9) */
#include "plan/build.h"
#include "base/num.h"

#include <ctype.h>
#include <inttypes.h>

static const char at_path[] = "/linux/cgroupsPath";

/* ---- names ---- */

static int bad_name(struct builder *b, const char *what, const char *name)
{
	return fail(b, ERR_SPEC, at_path, "invalid %s name: \"%.200s\"", what, name);
}

/* systemd's own alphabet for unit names (systemd.unit(5)). */
static bool is_unit_name(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(":-_.\\@", *p))
			return false;
	return s[0] && strlen(s) < 256;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && strcmp(s + n - k, end) == 0;
}

/* "a-b.slice" lies in "a.slice": /a.slice/a-b.slice. "-.slice" is the root. */
static int slice_path(struct builder *b, const char *slice, struct str *out)
{
	size_t n = strlen(slice);

	if (strcmp(slice, "-.slice") == 0)
		return 0;
	if (!is_unit_name(slice) || !ends_with(slice, ".slice") || slice[0] == '-' || strstr(slice, "--") || slice[n - 7] == '-')
		return bad_name(b, "slice", slice);
	for (const char *p = slice; *p; p++) {
		if (*p != '-' && p != slice + n - 6)
			continue;
		str_addc(out, '/');
		str_addn(out, slice, (size_t)(p - slice));
		str_add(out, ".slice");
	}
	return str_ok(out, b->e);
}

static bool is_users(const struct builder *b)
{
	return b->f->euid != 0 || b->f->in_userns;
}

/* A user's manager lives in user@UID.service; we are mostly below it. */
static int manager_root(struct builder *b, struct str *out)
{
	const char *self = b->f->cgroup_self ? b->f->cgroup_self : "", *at = strstr(self, "/user@");

	if (!is_users(b))
		return 0;
	if (at)
		str_addn(out, self, (size_t)(at - self) + 1 + strcspn(at + 1, "/"));
	else
		str_addf(out, "/user.slice/user-%u.slice/user@%u.service", b->f->euid, b->f->euid);
	return str_ok(out, b->e);
}

struct unit { const char *slice, *name; bool is_slice; };

/* "slice:prefix:name" */
static int unit_names(struct builder *b, struct unit *u)
{
	const char *asked = b->s->linux_.cgroups_path, *prefix, *name;
	size_t n_slice, n_prefix;

	if (!asked || !asked[0])
		asked = text(b, ":brig:%s", b->r->id);
	if (!asked)
		return -1;
	prefix = strchr(asked, ':');
	name = prefix ? strchr(prefix + 1, ':') : NULL;
	if (!name)
		return fail(b, ERR_SPEC, at_path, "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"%.200s\" instead", asked);
	n_slice = (size_t)(prefix++ - asked);
	n_prefix = (size_t)(name++ - prefix);
	if (!name[0])
		name = b->r->id;
	u->slice = n_slice ? text(b, "%.*s", (int)n_slice, asked) : is_users(b) ? "user.slice" : "system.slice";
	u->is_slice = ends_with(name, ".slice");
	u->name = u->is_slice ? name : text(b, "%.*s%s%s.scope", (int)n_prefix, prefix, n_prefix ? "-" : "", name);
	if (!u->slice || !u->name)
		return -1;
	return is_unit_name(u->name) ? 0 : bad_name(b, "unit", u->name);
}

static int unit_path(struct builder *b, const struct unit *u, const char **ret)
{
	OWN(str) out = { 0 };

	TRY(manager_root(b, &out));
	TRY(slice_path(b, u->is_slice ? u->name : u->slice, &out));
	if (!u->is_slice)
		str_addf(&out, "/%s", u->name);
	TRY(str_ok(&out, b->e));
	if (!out.n)
		return bad_name(b, "slice", u->name);
	*ret = text(b, "%s", out.s);
	return *ret ? 0 : -1;
}

/* ---- properties ---- */

static int put(struct builder *b, struct unit_properties *list, struct unit_property p)
{
	if (list->n == list->cap) {
		size_t cap = list->cap ? 2 * list->cap : 16;
		struct unit_property *more = arena_array(&b->p->mem, cap, sizeof(*more));

		if (!more)
			return err_oom(b->e);
		for (size_t i = 0; i < list->n; i++)
			more[i] = list->item[i];
		list->item = more;
		list->cap = cap;
	}
	list->item[list->n++] = p;
	return 0;
}

#define PUT_TEXT(name, value) TRY(put(b, list, (struct unit_property){ (name), UNIT_TEXT, .text = (value) }))
#define PUT_BOOL(name, value) TRY(put(b, list, (struct unit_property){ (name), UNIT_BOOL, .number = (value) }))
#define PUT_U64(name, value)  TRY(put(b, list, (struct unit_property){ (name), UNIT_U64, .number = (value) }))

/* "0-3,7" as bits, least significant byte first. */
static int put_list(struct builder *b, struct unit_properties *list, const char *name, const struct cgroup_write *w)
{
	enum { BYTES = 1024 };
	uint8_t *bits = arena_alloc(&b->p->mem, BYTES);
	unsigned from, to;
	size_t used = 0;
	int n;

	if (!bits)
		return err_oom(b->e);
	for (const char *p = w->value; *p; p += *p == ',') {
		if (sscanf(p, "%u%n", &from, &n) != 1)
			return fail(b, ERR_SPEC, w->why, "\"%.100s\" is not a list of numbers", w->value);
		p += n;
		to = from;
		if (*p == '-') {
			if (sscanf(++p, "%u%n", &to, &n) != 1)
				return fail(b, ERR_SPEC, w->why, "\"%.100s\" is not a list of numbers", w->value);
			p += n;
		}
		if ((*p && *p != ',') || to < from || to >= 8 * BYTES)
			return fail(b, ERR_SPEC, w->why, "\"%.100s\" is not a list of numbers", w->value);
		for (unsigned i = from; i <= to; i++)
			bits[i / 8] |= (uint8_t)(1u << i % 8);
		used = used < to / 8 + 1 ? to / 8 + 1 : used;
	}
	return put(b, list, (struct unit_property){ name, UNIT_BYTES, .text = w->value, .bytes = bits, .number = used });
}

/* CPU time per second of real time; systemd counts in steps of 10 ms and would round down to nothing. */
static int put_quota(struct builder *b, struct unit_properties *list, const struct cgroup_write *w)
{
	unsigned long long quota, period = 100000, per_second;

	if (sscanf(w->value, "max %llu", &period) == 1 || strncmp(w->value, "max", 3) == 0) {
		PUT_U64("CPUQuotaPerSecUSec", UINT64_MAX);
		PUT_U64("CPUQuotaPeriodUSec", period);
		return 0;
	}
	if (sscanf(w->value, "%llu %llu", &quota, &period) < 1 || period == 0 || quota > UINT64_MAX / 1000000)
		return 0;	/* the user's own words (unified): the kernel will judge them */
	per_second = quota * 1000000 / period;
	PUT_U64("CPUQuotaPerSecUSec", (per_second + 9999) / 10000 * 10000);
	PUT_U64("CPUQuotaPeriodUSec", period);
	return 0;
}

/* What systemd knows of, it writes again whenever it likes, so it must know it. All else only the files have, and systemd leaves that alone. */
static const struct { const char *file, *property; } known[] = {
	{ "memory.min", "MemoryMin" }, { "memory.low", "MemoryLow" }, { "memory.high", "MemoryHigh" }, { "memory.max", "MemoryMax" },
	{ "memory.swap.max", "MemorySwapMax" }, { "pids.max", "TasksMax" }, { "cpu.weight", "CPUWeight" }, { "io.weight", "IOWeight" },
};

static int put_write(struct builder *b, struct unit_properties *list, const struct cgroup_write *w)
{
	uint64_t v;

	if (strcmp(w->file, "cpu.max") == 0)
		return put_quota(b, list, w);
	if (strcmp(w->file, "cpuset.cpus") == 0)
		return put_list(b, list, "AllowedCPUs", w);
	if (strcmp(w->file, "cpuset.mems") == 0)
		return put_list(b, list, "AllowedMemoryNodes", w);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(w->file, known[i].file) != 0)
			continue;
		if (strcmp(w->value, "max") == 0)
			v = UINT64_MAX;
		else if (num_u64(w->value, &v) < 0)
			continue;
		PUT_U64(known[i].property, v);
	}
	return 0;
}

static int put_resources(struct builder *b, struct unit_properties *list, const struct cgroup_writes *w)
{
	for (size_t i = 0; i < w->n; i++)
		TRY(put_write(b, list, &w->item[i]));
	return 0;
}

/* Annotations org.systemd.property.NAME come from whoever writes the image or the pod: only limits, and how the unit is stopped; never what systemd
 * would run, as whom, or on what it would depend. Numbers all of them. */
static const char allowed[][24] = {
	"MemoryMin", "MemoryLow", "MemoryHigh", "MemoryMax", "MemorySwapMax", "MemoryZSwapMax", "TasksMax", "CPUWeight", "StartupCPUWeight",
	"CPUQuotaPerSecUSec", "CPUQuotaPeriodUSec", "IOWeight", "StartupIOWeight", "TimeoutStopUSec", "RuntimeMaxUSec",
	"KillSignal",
};
/* Engines write these. They are brig's own business, and have their values already. */
static const char ours[][24] = { "CollectMode", "DefaultDependencies", "After", "Before" };

static bool is_in(const char (*list)[24], size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

/* "uint64 5", "5", or "@t 5": the forms of GVariant text for a number that is not negative. */
static int gvariant_number(const char *s, uint64_t *ret)
{
	static const char *const prefix[] = { "uint64 ", "int64 ", "uint32 ", "int32 ", "@t " };

	for (size_t i = 0; i < sizeof(prefix) / sizeof(prefix[0]); i++)
		if (strncmp(s, prefix[i], strlen(prefix[i])) == 0)
			return num_u64(s + strlen(prefix[i]), ret);
	return num_u64(s, ret);
}

static int put_signal(struct builder *b, struct unit_properties *list, const struct spec_pair *a, uint64_t v)
{
	if (v < 1 || v > 64)
		return fail(b, ERR_SPEC, "/annotations", "%.100s: \"%.100s\" is not a signal", a->key, a->value);
	return put(b, list, (struct unit_property){ "KillSignal", UNIT_I32, .number = v });
}

static int put_annotation(struct builder *b, struct unit_properties *list, const char *name, const struct spec_pair *a)
{
	bool seconds = ends_with(name, "Sec") && !ends_with(name, "USec");
	const char *real = seconds ? text(b, "%.*sUSec", (int)(strlen(name) - 3), name) : name;
	uint64_t v;

	if (!real)
		return -1;
	if (is_in(ours, sizeof(ours) / sizeof(ours[0]), real))
		return 0;
	if (!is_in(allowed, sizeof(allowed) / sizeof(allowed[0]), real))
		return fail(b, ERR_SPEC, "/annotations", "%.100s: this property of systemd may not be set by an annotation", a->key);
	if (gvariant_number(a->value, &v) < 0 || (seconds && v > UINT64_MAX / 1000000))
		return fail(b, ERR_SPEC, "/annotations", "%.100s: \"%.100s\" is not a number", a->key, a->value);
	if (strcmp(real, "KillSignal") == 0)
		return put_signal(b, list, a, v);
	PUT_U64(real, seconds ? v * 1000000 : v);
	return 0;
}

static int put_annotations(struct builder *b, struct unit_properties *list)
{
	static const char prefix[] = "org.systemd.property.";

	for (size_t i = 0; i < b->s->annotations.n; i++) {
		const struct spec_pair *a = &b->s->annotations.item[i];

		if (strncmp(a->key, prefix, sizeof(prefix) - 1) == 0)
			TRY(put_annotation(b, list, a->key + sizeof(prefix) - 1, a));
	}
	return 0;
}

static int put_frame(struct builder *b, struct unit_properties *list, const struct unit *u)
{
	PUT_TEXT("Description", text(b, "brig container %s", b->r->id));
	if (!u->is_slice)
		PUT_TEXT("Slice", u->slice);
	PUT_BOOL("DefaultDependencies", false);
	if (!u->is_slice) {
		PUT_BOOL("Delegate", true);
		PUT_TEXT("CollectMode", "inactive-or-failed");	/* a unit whose processes were killed does not stay behind */
	}
	PUT_BOOL("CPUAccounting", true);
	PUT_BOOL("MemoryAccounting", true);
	PUT_BOOL("IOAccounting", true);
	PUT_BOOL("TasksAccounting", true);
	return list->item[0].text ? 0 : -1;
}

/* The unit begins with a process of ours in it, which ends when init is there: for that moment they are two, or three with join. */
static int check_tasks(struct builder *b, const struct cgroup_writes *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (strcmp(w->item[i].file, "pids.max") == 0 && (strcmp(w->item[i].value, "1") == 0 || (join_needed(b) && strcmp(w->item[i].value, "2") == 0)))
			return fail(b, ERR_UNSUPPORTED, w->item[i].why, "with the systemd cgroup manager the pids limit must be at least %d", join_needed(b) ? 3 : 2);
	return 0;
}

int add_unit_start(struct builder *b, const struct cgroup_writes *w, const char **ret_path)
{
	struct unit_properties list = { 0 };
	struct unit u = { 0 };

	TRY(unit_names(b, &u));
	TRY(unit_path(b, &u, ret_path));
	TRY(check_tasks(b, w));
	TRY(put_frame(b, &list, &u));
	TRY(put_resources(b, &list, w));
	TRY(put_annotations(b, &list));
	if (!u.is_slice) {
		b->unit = slot_new(b, "unit");
		if (b->unit == SLOT_NONE)
			return -1;
	}
	ADD(start, b, OP_UNIT_START, HOST, "option: --systemd-cgroup");
	start->unit.slot = b->unit;
	start->unit.name = u.name;
	start->unit.user = is_users(b);
	start->unit.n = list.n;
	start->unit.property = list.item;
	b->p->systemd_unit = u.name;
	return 0;
}

int add_unit_settle(struct builder *b)
{
	if (b->unit == SLOT_NONE)
		return 0;
	ADD(settle, b, OP_UNIT_SETTLE, HOST, "option: --systemd-cgroup");
	settle->slot.slot = b->unit;
	return 0;
}

int add_unit_set(struct builder *b, const struct cgroup_writes *w)
{
	const struct request_target *t = &b->r->target;
	struct unit_properties list = { 0 };

	if (!t->systemd_unit || !t->systemd_unit[0])
		return 0;
	TRY(put_resources(b, &list, w));
	if (list.n == 0)
		return 0;
	ADD(set, b, OP_UNIT_SET, HOST, "/linux/resources");
	set->unit.slot = SLOT_NONE;
	set->unit.name = t->systemd_unit;
	set->unit.user = strstr(t->cgroup_path, "/user@") != NULL;
	set->unit.n = list.n;
	set->unit.property = list.item;
	return 0;
}
