/* room: cli — help, from the table */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static void print_option(const struct option *o)
{
	char left[64];

	if (!o->help)
		return;
	snprintf(left, sizeof(left), "%s%c%s--%s%s%s", o->letter ? "-" : " ", o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
		 o->value_name ? " " : "", o->value_name ? o->value_name : "");
	printf("  %-32s %s\n", left, o->help);
}

static void print_options(const char *title, const struct option *o)
{
	if (!o || !o->name)
		return;
	printf("\n%s:\n", title);
	for (; o->name; o++)
		print_option(o);
}

void help_program(void)
{
	printf("%s runs OCI containers: a hardened runtime that shows every privileged act before it does it.\n\n"
	       "usage: %s [global options] VERB [options] [arguments]\n\nverbs:\n", program_name, program_name);
	for (const struct verb *v = verb_table; v->name; v++)
		printf("  %-10s %s\n", v->name, v->summary);
	print_options("global options", global_options);
	printf("\n`%s help VERB` tells more. `%s explain` prints what a bundle would do, without privilege.\n", program_name, program_name);
}

void help_verb(const struct verb *v)
{
	printf("usage: %s %s%s%s%s\n\n%s.\n", program_name, v->name, v->option && v->option->name ? " [options]" : "", v->args[0] ? " " : "", v->args, v->summary);
	if (v->details)
		printf("\n%s\n", v->details);
	print_options("options", v->option);
}

int verb_help(const struct verb *verb, struct values *v)
{
	const struct verb *about = v->n ? verb_find(v->arg[0]) : NULL;

	(void)verb;
	if (v->n && !about) {
		fprintf(stderr, "No help topic for '%s'\n", v->arg[0]);
		return 3;
	}
	if (v->man)
		man_page(about);
	else if (about)
		help_verb(about);
	else
		help_program();
	return 0;
}
