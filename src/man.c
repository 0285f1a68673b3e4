/* room: cli — manual pages in mdoc(7), from the table */
#include "cli.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void upper(const char *s)
{
	for (; *s; s++)
		putchar(toupper((unsigned char)*s));
}

/* A dot or quote at the start of a line would be a request; a hyphen is a minus. */
static void text(const char *s)
{
	if (*s == '.' || *s == '\'')
		fputs("\\&", stdout);
	for (; *s; s++) {
		if (*s == '\\' || *s == '-')
			putchar('\\');
		putchar(*s == '\\' ? 'e' : *s);
	}
}

static void line(const char *s)
{
	text(s);
	putchar('\n');
}

static void head(const char *title, const char *name, const char *summary)
{
	printf(".Dd $Mdocdate$\n.Dt ");
	upper(title);
	printf(" 8\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", name);
	line(summary);
}

static void options(const char *title, const struct option *o)
{
	if (!o || !o->name)
		return;
	printf(".Sh %s\n.Bl -tag -width Ds\n", title);
	for (; o->name; o++) {
		if (!o->help)
			continue;
		printf(".It ");
		if (o->letter)
			printf("Fl %c , ", o->letter);
		printf("Fl \\-%s", o->name);
		if (o->value_name)
			printf(" Ar %s", o->value_name);
		putchar('\n');
		line(o->help);
	}
	printf(".El\n");
}

static void verb_page(const struct verb *v)
{
	char name[64];

	snprintf(name, sizeof(name), "brig-%s", v->name);
	head(name, name, v->summary);
	printf(".Sh SYNOPSIS\n.Nm brig %s\n", v->name);
	if (v->option->name)
		printf(".Op Ar options\n");
	if (v->args[0])
		printf(".Ar %s\n", v->args);
	printf(".Sh DESCRIPTION\n");
	text(v->summary);
	printf(".\n");
	if (v->details) {
		printf(".Pp\n");
		line(v->details);
	}
	options("OPTIONS", v->option);
	printf(".Sh EXIT STATUS\n0 on success, 1 on any error, which is told on standard error");
	if (strcmp(v->name, "run") == 0)
		printf("; without\n.Fl \\-detach\nthe status of the program, or 128 + N when signal N killed it");
	if (strcmp(v->name, "exec") == 0)
		printf("; 255 when the command could not be started; without\n.Fl \\-detach\nelse the status of the command, or 128 + N when signal N killed it");
	printf(".\n.Sh SEE ALSO\n.Xr brig 8\n");
}

static void program_page(void)
{
	head("brig", "brig", "hardened OCI container runtime");
	printf(".Sh SYNOPSIS\n.Nm\n.Op Ar global options\n.Ar verb\n.Op Ar options\n.Op Ar arguments\n.Sh DESCRIPTION\n.Nm\n"
	       "runs OCI bundles: a directory with\n.Pa config.json\nand a root file system. Every privileged act is planned before anything is done; "
	       "`brig explain` prints\nthe plan, and what the kernel says of the result is compared with it before a container counts as created.\n"
	       ".Sh VERBS\n.Bl -tag -width Ds\n");
	for (const struct verb *v = verb_table; v->name; v++) {
		printf(".It Xr brig-%s 8\n", v->name);
		line(v->summary);
	}
	printf(".El\n");
	options("GLOBAL OPTIONS", global_options);
	printf(".Sh FILES\n.Bl -tag -width Ds\n.It Pa /run/brig\nstate of containers of root\n.It Pa $XDG_RUNTIME_DIR/brig\nstate of those of other users\n"
	       ".It Pa /run/brig\\-cache\ncompiled seccomp profiles; may be removed at any time\n.El\n"
	       ".Sh EXIT STATUS\n0 on success, 1 on any error, 3 for an unknown verb.\n");
}

/* NULL: the page of the program itself. */
void man_page(const struct verb *v)
{
	if (v)
		verb_page(v);
	else
		program_page();
}
