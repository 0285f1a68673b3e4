/* room: cli — events */
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int verb_events(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	unsigned interval = milliseconds(v->interval ? v->interval : "5s");
	struct brig_err e;

	if (!interval)
		return out_usage("invalid --interval: \"%.40s\" is not a duration greater than 0", v->interval);
	if (brig_events(&o, v->arg[0], v->stats ? 0 : interval, print, NULL, &e) < 0)
		return e.kind == BRIG_ERR_NONE ? 1 : out_error(verb->name, &e);
	return 0;
}
