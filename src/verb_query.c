/* room: cli — state and list */
#include "out.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int verb_state(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_state s;
	struct brig_err e;

	if (brig_state(&o, v->arg[0], &s, &e) < 0)
		return out_error(verb->name, &e);
	fputs(s.json, stdout);	/* no newline: callers compare (compatibility 1.5) */
	brig_state_free(&s);
	return 0;
}

enum { COLUMNS = 6, MIN_WIDTH = 12, PADDING = 3 };
struct row { char *cell[COLUMNS]; };
struct listing { bool json, quiet; size_t n; struct row *row; };

static char *text(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		exit(out_usage("out of memory"));
	for (char *p = copy; *p; p++)	/* a bundle's name must not command the terminal */
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	return copy;
}

static void add_row(struct listing *l, const char *const cell[COLUMNS])
{
	struct row *more = realloc(l->row, (l->n + 1) * sizeof(*more));

	if (!more)
		exit(out_usage("out of memory"));
	l->row = more;
	for (int i = 0; i < COLUMNS; i++)
		l->row[l->n].cell[i] = text(cell[i]);
	l->n++;
}

static void each(void *arg, const struct brig_state *s, const struct brig_err *e)
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
		printf("%s%s", l->n++ ? "," : "[", s->json_line);
	} else {
		snprintf(pid, sizeof(pid), "%d", (int)s->pid);
		add_row(l, (const char *const[COLUMNS]){ s->id, pid, s->status, s->bundle, s->created, s->owner });
	}
}

static void print_table(const struct listing *l)
{
	size_t width[COLUMNS];

	for (int c = 0; c < COLUMNS; c++) {
		width[c] = MIN_WIDTH;
		for (size_t i = 0; i < l->n; i++)
			if (strlen(l->row[i].cell[c]) + PADDING > width[c])
				width[c] = strlen(l->row[i].cell[c]) + PADDING;
	}
	for (size_t i = 0; i < l->n; i++)
		for (int c = 0; c < COLUMNS; c++)
			printf("%-*s%s", c + 1 < COLUMNS ? (int)width[c] : 0, l->row[i].cell[c], c + 1 < COLUMNS ? "" : "\n");
}

int verb_list(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct listing l = { .quiet = v->quiet };
	struct brig_err e;

	if (v->format && strcmp(v->format, "table") != 0 && strcmp(v->format, "json") != 0)
		return out_usage("invalid format option");
	l.json = v->format && strcmp(v->format, "json") == 0;
	if (!l.json && !l.quiet)
		add_row(&l, (const char *const[COLUMNS]){ "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" });
	if (brig_list(&o, v->root != NULL, each, &l, &e) < 0)
		return out_error(verb->name, &e);
	if (l.json)
		puts(l.n ? "]" : "null");
	else if (!l.quiet)
		print_table(&l);
	for (size_t i = 0; l.row && i < l.n; i++)
		for (int c = 0; c < COLUMNS; c++)
			free(l.row[i].cell[c]);
	free(l.row);
	return 0;
}
