/* room: host — events: what a container has used (compatibility 1.8), and when memory ran out */
#include "life/life.h"
#include "base/num.h"
#include "fs/cgroupfs.h"
#include "fs/procfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct stats { const struct cgdir *d; struct json_out o; };

static int refuse(const struct container *c, struct err *e)
{
	if (c->status == STATUS_STOPPED || c->status == STATUS_CREATING)
		return err_set(e, ERR_STATE, 0, "container with id %s is not running", c->journal.id);
	return 0;
}

static bool slurp(const struct stats *s, const char *file, struct str *text)
{
	struct err ignored;

	return cgdir_has(s->d, file) && cgdir_read(s->d, file, text, &ignored) == 0;
}

/* The number of a file that holds one, or after a key; 0 without it. "max" is the largest. */
static uint64_t value(const struct stats *s, const char *file, const char *key)
{
	OWN(str) text = { 0 };
	size_t k = key ? strlen(key) : 0;
	char *next;

	if (!slurp(s, file, &text))
		return 0;
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		uint64_t v = 0;

		if (key && (strncmp(line, key, k) != 0 || line[k] != ' '))
			continue;
		line += key ? k + 1 : 0;
		if (strcmp(line, "max") == 0)
			return UINT64_MAX;
		return num_u64(line, &v) == 0 ? v : 0;
	}
	return 0;
}

static void open_key(struct json_out *o, const char *key, char bracket)
{
	json_key(o, key);
	json_open(o, bracket);
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=0" (Documentation/accounting/psi.rst) */
static void put_pressure_line(struct json_out *o, const char *line)
{
	double a10, a60, a300;
	unsigned long long total;
	char kind[8], number[32];

	if (sscanf(line, "%7s avg10=%lf avg60=%lf avg300=%lf total=%llu", kind, &a10, &a60, &a300, &total) != 5)
		return;
	open_key(o, kind, '{');
	for (int i = 0; i < 3; i++) {
		snprintf(number, sizeof(number), "%.2f", i == 0 ? a10 : i == 1 ? a60 : a300);
		json_key(o, i == 0 ? "avg10" : i == 1 ? "avg60" : "avg300");
		json_put_raw(o, number);
	}
	json_kv_u64(o, "total", total);
	json_close(o, '}');
}

static void put_pressure(struct stats *s, const char *file)
{
	OWN(str) text = { 0 };
	char *next;

	if (!slurp(s, file, &text) || !text.n)
		return;
	open_key(&s->o, "psi", '{');
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n"))
		put_pressure_line(&s->o, line);
	json_close(&s->o, '}');
}

static void put_cpu(struct stats *s)
{
	struct json_out *o = &s->o;

	open_key(o, "cpu", '{');
	open_key(o, "usage", '{');
	json_kv_u64(o, "total", value(s, "cpu.stat", "usage_usec") * 1000);
	json_kv_u64(o, "kernel", value(s, "cpu.stat", "system_usec") * 1000);
	json_kv_u64(o, "user", value(s, "cpu.stat", "user_usec") * 1000);
	json_close(o, '}');
	open_key(o, "throttling", '{');
	json_kv_u64(o, "periods", value(s, "cpu.stat", "nr_periods"));
	json_kv_u64(o, "throttledPeriods", value(s, "cpu.stat", "nr_throttled"));
	json_kv_u64(o, "throttledTime", value(s, "cpu.stat", "throttled_usec") * 1000);
	json_close(o, '}');
	put_pressure(s, "cpu.pressure");
	json_close(o, '}');
}

static void put_usage(struct stats *s, const char *key, uint64_t limit, uint64_t usage, uint64_t max, uint64_t failcnt)
{
	open_key(&s->o, key, '{');
	json_kv_u64(&s->o, "limit", limit);
	if (usage)
		json_kv_u64(&s->o, "usage", usage);
	if (max)
		json_kv_u64(&s->o, "max", max);
	json_kv_u64(&s->o, "failcnt", failcnt);
	json_close(&s->o, '}');
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return __builtin_add_overflow(a, b, &a) ? UINT64_MAX : a;
}

static void put_raw(struct stats *s)
{
	OWN(str) text = { 0 };
	char *next;

	if (!slurp(s, "memory.stat", &text))
		return;
	open_key(&s->o, "raw", '{');
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		char *blank = strchr(line, ' ');
		uint64_t v;

		if (!blank || num_u64(blank + 1, &v) < 0)
			continue;
		*blank = '\0';
		json_kv_u64(&s->o, line, v);
	}
	json_close(&s->o, '}');
}

/* `swap` is memory and swap together, as in version 1. */
static void put_memory(struct stats *s)
{
	uint64_t limit = value(s, "memory.max", NULL), usage = value(s, "memory.current", NULL);

	open_key(&s->o, "memory", '{');
	json_kv_u64(&s->o, "cache", value(s, "memory.stat", "file"));
	put_usage(s, "usage", limit, usage, value(s, "memory.peak", NULL), value(s, "memory.events", "max"));
	put_usage(s, "swap", sum(limit, value(s, "memory.swap.max", NULL)), usage + value(s, "memory.swap.current", NULL), 0, value(s, "memory.swap.events", "fail"));
	put_usage(s, "kernel", 0, value(s, "memory.stat", "kernel"), 0, 0);
	put_usage(s, "kernelTCP", 0, value(s, "memory.stat", "sock"), 0, 0);
	put_raw(s);
	put_pressure(s, "memory.pressure");
	json_close(&s->o, '}');
}

/* "0-3,7" as [0,1,2,3,7] */
static void put_cpu_list(struct stats *s, const char *key, const char *file)
{
	OWN(str) text = { 0 };
	const char *at = slurp(s, file, &text) && text.n ? text.s : "";
	unsigned from, to;
	int n;

	open_key(&s->o, key, '[');
	while (sscanf(at, "%u%n", &from, &n) == 1) {
		at += n;
		to = from;
		if (*at == '-' && sscanf(at + 1, "%u%n", &to, &n) == 1)
			at += 1 + n;
		for (unsigned i = from; i <= to && i - from < 65536; i++)
			json_put_u64(&s->o, i);
		at += *at == ',' ? 1 : 0;
	}
	json_close(&s->o, ']');
}

/* The flags are those of version 1; a reader expects the numbers. */
static void put_cpuset(struct stats *s)
{
	static const char *const flag[] = { "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab",
					    "memory_pressure", "sched_load_balance", "sched_relax_domain_level" };

	open_key(&s->o, "cpuset", '{');
	put_cpu_list(s, "cpus", "cpuset.cpus.effective");
	put_cpu_list(s, "mems", "cpuset.mems.effective");
	for (size_t i = 0; i < sizeof(flag) / sizeof(*flag); i++)
		json_kv_u64(&s->o, flag[i], 0);
	json_close(&s->o, '}');
}

static void put_pids(struct stats *s)
{
	uint64_t limit = value(s, "pids.max", NULL);

	open_key(&s->o, "pids", '{');
	json_kv_u64(&s->o, "current", value(s, "pids.current", NULL));
	json_kv_u64(&s->o, "limit", limit == UINT64_MAX ? 0 : limit);
	json_close(&s->o, '}');
}

/* Lines "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6". */
static void put_io(struct stats *s, const char *key, const char *const name[3])
{
	static const char *const op[] = { "Read", "Write", "Discard" };
	OWN(str) text = { 0 };
	char *next;

	open_key(&s->o, key, '[');
	next = slurp(s, "io.stat", &text) ? text.s : NULL;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		unsigned major, minor;

		if (sscanf(line, "%u:%u", &major, &minor) != 2)
			continue;
		for (int i = 0; i < 3; i++) {
			const char *at = strstr(line, name[i]);
			unsigned long long v;

			if (!at || sscanf(at + strlen(name[i]), "=%llu", &v) != 1)
				continue;
			json_open(&s->o, '{');
			json_kv_u64(&s->o, "major", major);
			json_kv_u64(&s->o, "minor", minor);
			json_kv_string(&s->o, "op", op[i]);
			json_kv_u64(&s->o, "value", v);
			json_close(&s->o, '}');
		}
	}
	json_close(&s->o, ']');
}

static void put_block(struct stats *s)
{
	static const char *const bytes[] = { " rbytes", " wbytes", " dbytes" }, *const operations[] = { " rios", " wios", " dios" };

	open_key(&s->o, "blkio", '{');
	put_io(s, "ioServiceBytesRecursive", bytes);
	put_io(s, "ioServicedRecursive", operations);
	put_pressure(s, "io.pressure");
	json_close(&s->o, '}');
}

static void put_hugepages(struct stats *s)
{
	static const char *const size[] = { "64KB", "2MB", "32MB", "512MB", "1GB", "16GB" };	/* of all architectures; those with a file exist */

	open_key(&s->o, "hugetlb", '{');
	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
		char current[48], events[48];

		snprintf(current, sizeof(current), "hugetlb.%s.current", size[i]);
		snprintf(events, sizeof(events), "hugetlb.%s.events", size[i]);
		if (!cgdir_has(s->d, current))
			continue;
		open_key(&s->o, size[i], '{');
		json_kv_u64(&s->o, "usage", value(s, current, NULL));
		json_kv_u64(&s->o, "failcnt", value(s, events, "max"));
		json_close(&s->o, '}');
	}
	json_close(&s->o, '}');
}

typedef void interface_fn(void *arg, const char *name, const unsigned long long v[12]);

/* Interfaces of the container's network namespace, with the columns of /proc/net/dev; the loopback is left out. */
static void interfaces(pid_t pid, interface_fn *each, void *arg)
{
	OWN(str) text = { 0 };
	struct procfs proc = { FD_NONE };
	struct err ignored;
	char path[32], *next;

	snprintf(path, sizeof(path), "%d/net/dev", pid);
	next = procfs_open(&proc, &ignored) == 0 && procfs_read(&proc, path, &text, &ignored) == 0 ? text.s : NULL;
	procfs_close(&proc);
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		unsigned long long v[12];
		char *colon = strchr(line, ':');

		line += strspn(line, " ");
		if (!colon || strncmp(line, "lo:", 3) == 0 ||
		    sscanf(colon + 1, "%llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu %llu", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7, v + 8, v + 9,
			   v + 10, v + 11) != 12)
			continue;
		*colon = '\0';
		each(arg, line, v);
	}
}

static void put_interface(void *arg, const char *name, const unsigned long long v[12])
{
	static const char *const key[] = { "RxBytes", "RxPackets", "RxErrors", "RxDropped", "TxBytes", "TxPackets", "TxErrors", "TxDropped" };
	struct json_out *o = arg;

	json_open(o, '{');
	json_kv_string(o, "Name", name);
	for (int i = 0; i < 8; i++)
		json_kv_u64(o, key[i], v[i < 4 ? i : i + 4]);
	json_close(o, '}');
}

static void put_network(struct stats *s, pid_t pid)
{
	open_key(&s->o, "network_interfaces", '[');
	interfaces(pid, put_interface, &s->o);
	json_close(&s->o, ']');
}

/* ---- for people ---- */

static uint64_t known(const struct stats *s, const char *file, const char *key)
{
	return cgdir_has(s->d, file) ? value(s, file, key) : USAGE_UNKNOWN;
}

static uint64_t limit(const struct stats *s, const char *file)
{
	uint64_t v = known(s, file, NULL);

	return v == UINT64_MAX && cgdir_has(s->d, file) ? USAGE_UNLIMITED : v;
}

static void add_interface(void *arg, const char *name, const unsigned long long v[12])
{
	struct usage *u = arg;

	(void)name;
	u->received += v[0];
	u->sent += v[8];
}

static void add_devices(const struct stats *s, struct usage *u)
{
	OWN(str) text = { 0 };
	char *next = slurp(s, "io.stat", &text) ? text.s : NULL;

	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		const char *r = strstr(line, " rbytes="), *w = strstr(line, " wbytes=");
		unsigned long long v;

		u->read += r && sscanf(r, " rbytes=%llu", &v) == 1 ? v : 0;
		u->written += w && sscanf(w, " wbytes=%llu", &v) == 1 ? v : 0;
	}
}

int life_usage(const struct container *c, struct usage *u, struct err *e)
{
	struct cgdir d = { FD_NONE };
	struct stats s = { &d, { 0 } };

	TRY(refuse(c, e));
	TRY(life_cgroup(c, &d, e));
	*u = (struct usage){
		.cpu = value(&s, "cpu.stat", "usage_usec") * 1000, .cpu_user = value(&s, "cpu.stat", "user_usec") * 1000,
		.cpu_system = value(&s, "cpu.stat", "system_usec") * 1000, .throttled = value(&s, "cpu.stat", "throttled_usec") * 1000,
		.memory = known(&s, "memory.current", NULL), .memory_peak = known(&s, "memory.peak", NULL), .memory_limit = limit(&s, "memory.max"),
		.swap = known(&s, "memory.swap.current", NULL), .oom_kills = known(&s, "memory.events", "oom_kill"),
		.processes = known(&s, "pids.current", NULL), .processes_limit = limit(&s, "pids.max"),
	};
	if (cgdir_has(&d, "io.stat"))
		add_devices(&s, u);
	else
		u->read = u->written = USAGE_UNKNOWN;
	interfaces(c->journal.pid, add_interface, u);
	cgdir_close(&d);
	return 0;
}

static void event(const struct container *c, const char *type, struct json_out *o)
{
	json_open(o, '{');
	json_kv_string(o, "type", type);
	json_kv_string(o, "id", c->journal.id);
}

static int put_stats(const struct container *c, const struct cgdir *d, struct str *out, struct err *e)
{
	struct stats s = { d, { .to = out } };

	event(c, "stats", &s.o);
	open_key(&s.o, "data", '{');
	put_cpu(&s);
	put_cpuset(&s);
	put_memory(&s);
	put_pids(&s);
	put_block(&s);
	put_hugepages(&s);
	put_network(&s, c->journal.pid);
	json_close(&s.o, '}');
	json_close(&s.o, '}');
	str_addc(out, '\n');
	return str_ok(out, e);
}

static int put_oom(const struct container *c, struct str *out, struct err *e)
{
	struct json_out o = { .to = out };

	event(c, "oom", &o);
	json_close(&o, '}');
	str_addc(out, '\n');
	return str_ok(out, e);
}

static int64_t now_ms(void)
{
	struct timespec t = { 0 };

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct watch { const struct container *c; const struct cgdir *d; event_fn *each; void *arg; uint64_t kills; int memory, events; };

static int tell(struct watch *w, bool oom, struct err *e)
{
	OWN(str) text = { 0 };

	TRY(oom ? put_oom(w->c, &text, e) : put_stats(w->c, w->d, &text, e));
	return w->each(w->arg, text.s);
}

/* Each file is readable-with-priority once it has changed since it was read. true: the container is gone. */
static int look(struct watch *w, struct err *e)
{
	struct stats s = { w->d, { 0 } };
	uint64_t kills = value(&s, "memory.events", "oom_kill");
	char buf[256];

	for (; w->kills < kills; w->kills++)
		TRY(tell(w, true, e));
	if (w->memory >= 0)
		(void)!sys_pread(w->memory, buf, sizeof(buf), 0);
	return sys_pread(w->events, buf, sizeof(buf), 0) <= 0 || value(&s, "cgroup.events", "populated") == 0;
}

static int watch(struct watch *w, unsigned interval_ms, struct err *e)
{
	int64_t due = now_ms() + interval_ms;

	for (;;) {
		struct pollfd p[2] = { { .fd = w->events, .events = POLLPRI }, { .fd = w->memory, .events = POLLPRI } };
		int64_t left = due - now_ms();
		struct timespec t = { .tv_sec = left > 0 ? left / 1000 : 0, .tv_nsec = left > 0 ? (left % 1000) * 1000000 : 0 };
		int gone = look(w, e);

		if (gone != 0)
			return gone < 0 ? -1 : 0;
		if (left <= 0) {
			TRY(tell(w, false, e));
			due += interval_ms;
			continue;
		}
		if (sys_poll(p, 2, &t) < 0 && errno != EINTR)
			return err_sys(e, "wait for events");
	}
}

int life_events(const struct container *c, unsigned interval_ms, event_fn *each, void *arg, struct err *e)
{
	struct cgdir d = { FD_NONE };
	struct watch w = { .c = c, .d = &d, .each = each, .arg = arg };
	struct stats s = { &d, { 0 } };
	int rc;

	TRY(refuse(c, e));
	TRY(life_cgroup(c, &d, e));
	w.kills = value(&s, "memory.events", "oom_kill");
	w.memory = sys_openat(d.fd, "memory.events", O_RDONLY | O_NOFOLLOW, 0);
	w.events = sys_openat(d.fd, "cgroup.events", O_RDONLY | O_NOFOLLOW, 0);
	rc = interval_ms ? watch(&w, interval_ms, e) : tell(&w, false, e);
	fd_drop(&w.memory);
	fd_drop(&w.events);
	cgdir_close(&d);
	return rc;
}
