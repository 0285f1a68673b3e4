/* room: cli — option parsing */
#include "args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	int argc, at;
	char **argv;
	const struct verb *verb;
	struct values *v;
	char *text;
};

static int fail(struct parser *p, const char *what, const char *name)
{
	snprintf(p->text, ARGS_TEXT_SIZE, "%s%.80s", what, name);
	return -1;
}

static const struct option *by_name(const struct option *table, const char *name, size_t n)
{
	for (; table && table->name; table++)
		if (strlen(table->name) == n && strncmp(table->name, name, n) == 0)
			return table;
	return NULL;
}

static const struct option *by_letter(const struct option *table, char letter)
{
	for (; table && table->name; table++)
		if (table->letter == letter)
			return table;
	return NULL;
}

/* Global options are taken behind the verb as well. */
static const struct option *find(const struct parser *p, const char *name, size_t n)
{
	const struct option *o = p->verb ? by_name(p->verb->option, name, n) : NULL;

	if (!o && n == 1)
		o = p->verb ? by_letter(p->verb->option, name[0]) : NULL;
	if (!o)
		o = by_name(global_options, name, n);
	return o || n != 1 ? o : by_letter(global_options, name[0]);
}

static int set_flag(struct parser *p, const struct option *o, const char *value)
{
	bool *at = (bool *)((char *)p->v + o->offset);

	if (!value || strcmp(value, "true") == 0 || strcmp(value, "1") == 0)
		*at = true;
	else if (strcmp(value, "false") == 0 || strcmp(value, "0") == 0)
		*at = false;
	else
		return fail(p, "invalid boolean value for flag -", o->name);
	return 0;
}

static int add(struct parser *p, struct list *l, const char *value)
{
	const char **more = realloc(l->item, (l->n + 1) * sizeof(*more));

	if (!more)
		return fail(p, "out of memory", "");
	l->item = more;
	l->item[l->n++] = value;
	return 0;
}

static int set(struct parser *p, const struct option *o, const char *value, const char *written)
{
	if (o->kind == OPTION_FLAG)
		return set_flag(p, o, value);
	if (!value) {
		if (p->at == p->argc)
			return fail(p, "flag needs an argument: ", written);
		value = p->argv[p->at++];
	}
	if (o->kind == OPTION_LIST)
		return add(p, (struct list *)(void *)((char *)p->v + o->offset), value);
	*(const char **)(void *)((char *)p->v + o->offset) = value;
	return 0;
}

/* "-td": every letter a flag. */
static int cluster(struct parser *p, const char *letters, const char *written)
{
	for (const char *c = letters; *c; c++) {
		const struct option *o = find(p, c, 1);

		if (!o || o->kind != OPTION_FLAG)
			return fail(p, "flag provided but not defined: ", written);
		*(bool *)((char *)p->v + o->offset) = true;
	}
	return 0;
}

static int option(struct parser *p, const char *written)
{
	const char *name = written + (written[1] == '-' ? 2 : 1), *eq = strchr(name, '=');
	size_t n = eq ? (size_t)(eq - name) : strlen(name);
	const struct option *o = find(p, name, n);

	if (o)
		return set(p, o, eq ? eq + 1 : NULL, written);
	if (written[1] != '-' && !eq && n > 1)
		return cluster(p, name, written);
	return fail(p, "flag provided but not defined: -", name);
}

int args_parse(int argc, char **argv, const struct verb *verb, struct values *v, char text[ARGS_TEXT_SIZE])
{
	struct parser p = { .argc = argc, .argv = argv, .verb = verb, .v = v, .text = text };

	v->arg = argv;
	v->n = 0;
	while (p.at < argc) {
		char *a = argv[p.at];

		if (a[0] != '-' || a[1] == '\0') {	/* "-" alone is a value */
			if (!verb)
				return p.at;
			if (verb->stop)
				break;
			v->arg[v->n++] = a;
			p.at++;
			continue;
		}
		p.at++;
		if (strcmp(a, "--") == 0)
			break;
		if (option(&p, a) < 0)
			return -1;
	}
	while (verb && p.at < argc)
		v->arg[v->n++] = argv[p.at++];
	return p.at;
}
