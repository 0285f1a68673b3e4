/* room: cli — state and list */
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int verb_state(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_err e;
	char *json;

	if (brig_state(&o, v->arg[0], &json, &e) < 0)
		return out_error(verb->name, &e);
	fputs(json, stdout);	/* no newline: callers compare (compatibility 1.5) */
	free(json);
	return 0;
}

enum { COLUMNS = 6, MIN_WIDTH = 12, PADDING = 3 };
/* All cells, one after the other, each with its NUL: row by row. */
struct listing { bool json, quiet; size_t rows; char *cells; size_t used, room; int width[COLUMNS]; };

static void add_cell(struct listing *l, const char *s, int *width)
{
	size_t n = strlen(s) + 1;
	char *at;

	if (l->room - l->used < n) {
		char *more = realloc(l->cells, l->room = 2 * (l->room + n));

		if (!more)
			exit(out_usage("out of memory"));
		l->cells = more;
	}
	at = memcpy(l->cells + l->used, s, n);
	l->used += n;
	for (char *p = at; *p; p++)	/* a bundle's name must not command the terminal */
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if ((int)n - 1 + PADDING > *width)
		*width = (int)n - 1 + PADDING;
}

static void add_row(struct listing *l, const char *const cell[COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++)
		add_cell(l, cell[i], &l->width[i]);
	l->rows++;
}

static void each(void *arg, const struct brig_listed *s, const struct brig_err *e)
{
	struct listing *l = arg;
	char pid[16];

	if (!s) {	/* one that cannot be read does not hide the others */
		fprintf(stderr, "load container %s: %s\n", e->why, e->text);
		return;
	}
	if (l->quiet) {
		puts(s->id);
	} else if (l->json) {
		printf("%s%s", l->rows++ ? "," : "[", s->json);
	} else {
		snprintf(pid, sizeof(pid), "%d", (int)s->pid);
		add_row(l, (const char *const[COLUMNS]){ s->id, pid, s->status, s->bundle, s->created, s->owner });
	}
}

static void print_table(const struct listing *l)
{
	const char *cell = l->cells;

	for (size_t i = 0; i < l->rows; i++)
		for (int c = 0; c < COLUMNS; c++, cell += strlen(cell) + 1)
			printf("%-*s%s", c + 1 < COLUMNS ? l->width[c] : 0, cell, c + 1 < COLUMNS ? "" : "\n");
}

int verb_list(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct listing l = { .quiet = v->quiet, .width = { MIN_WIDTH, MIN_WIDTH, MIN_WIDTH, MIN_WIDTH, MIN_WIDTH, MIN_WIDTH } };
	struct brig_err e;

	if (v->format && strcmp(v->format, "table") != 0 && strcmp(v->format, "json") != 0)
		return out_usage("invalid format option");
	l.json = v->format && strcmp(v->format, "json") == 0;
	if (!l.json && !l.quiet)
		add_row(&l, (const char *const[COLUMNS]){ "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" });
	if (brig_list(&o, (l.json ? BRIG_LIST_JSON : 0) | (v->root ? BRIG_LIST_ROOT_MUST_EXIST : 0), each, &l, &e) < 0)
		return out_error(verb->name, &e);
	if (l.json)
		puts(l.rows ? "]" : "null");
	else if (!l.quiet)
		print_table(&l);
	free(l.cells);
	return 0;
}
