/* room: cli — events */
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* "5s", "500ms", "1m30s", "2h" or a number of seconds. 0: not a duration. */
static unsigned milliseconds(const char *text)
{
	static const struct { const char *unit; double ms; } units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "", 1000 } };
	double total = 0;

	while (*text) {
		char *end;
		double n = strtod(text, &end);
		size_t i = 0;

		if (end == text || n < 0)
			return 0;
		while (i < 5 && strncmp(end, units[i].unit, strlen(units[i].unit)) != 0)
			i++;
		if (i == 4 && *end)
			return 0;
		total += n * units[i].ms;
		text = end + strlen(units[i].unit);
	}
	return total >= 1 && total < 4e9 ? (unsigned)total : 0;
}

static int print(void *arg, const char *line)
{
	(void)arg;
	fputs(line, stdout);
	return fflush(stdout) == 0 ? 0 : -1;	/* nobody reads any more */
}

/* "12.3 MiB" */
static const char *size(uint64_t v, char buf[32])
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double n = (double)v;
	size_t i = 0;

	if (v == BRIG_UNKNOWN)
		return "unknown";
	if (v == BRIG_UNLIMITED)
		return "no limit";
	for (; n >= 1024 && i < 6; i++)
		n /= 1024;
	snprintf(buf, 32, i ? "%.1f %s" : "%.0f %s", n, unit[i]);
	return buf;
}

static const char *count(uint64_t v, char buf[32])
{
	if (v == BRIG_UNKNOWN)
		return "unknown";
	if (v == BRIG_UNLIMITED)
		return "no limit";
	snprintf(buf, 32, "%llu", (unsigned long long)v);
	return buf;
}

static int print_usage(const struct verb *verb, const struct brig_options *o, const char *id)
{
	struct brig_usage u;
	struct brig_err e;
	char a[32], b[32], c[32];

	if (brig_usage(o, id, &u, &e) < 0)
		return out_error(verb->name, &e);
	printf("CPU time     %.3f s (user %.3f s, system %.3f s, throttled %.3f s)\n", (double)u.cpu / 1e9, (double)u.cpu_user / 1e9, (double)u.cpu_system / 1e9,
	       (double)u.throttled / 1e9);
	printf("memory       %s, at most %s, limit %s\n", size(u.memory, a), size(u.memory_peak, b), size(u.memory_limit, c));
	printf("swap         %s\n", size(u.swap, a));
	printf("OOM kills    %s\n", count(u.oom_kills, a));
	printf("processes    %s, limit %s\n", count(u.processes, a), count(u.processes_limit, b));
	printf("disk         %s read, %s written\n", size(u.read, a), size(u.written, b));
	printf("network      %s received, %s sent\n", size(u.received, a), size(u.sent, b));
	return 0;
}

/* People see a table, programs the lines of JSON that they know, unless told otherwise. */
static bool for_people(const struct values *v)
{
	if (v->format && strcmp(v->format, "table") != 0 && strcmp(v->format, "json") != 0)
		exit(out_usage("invalid format option"));
	return v->stats && (v->format ? strcmp(v->format, "table") == 0 : isatty(STDOUT_FILENO));
}

int verb_events(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	unsigned interval = milliseconds(v->interval ? v->interval : "5s");
	struct brig_err e;

	if (!interval)
		return out_usage("invalid --interval: \"%.40s\" is not a duration greater than 0", v->interval);
	if (for_people(v))
		return print_usage(verb, &o, v->arg[0]);
	if (brig_events(&o, v->arg[0], v->stats ? 0 : interval, print, NULL, &e) < 0)
		return e.kind == BRIG_ERR_NONE ? 1 : out_error(verb->name, &e);
	return 0;
}
