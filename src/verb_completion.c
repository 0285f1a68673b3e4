/* room: cli — completions for shells, from the table */
#include "out.h"

#include <stdio.h>
#include <string.h>

static bool takes_id(const struct verb *v)
{
	return strncmp(v->args, "ID", 2) == 0 && strcmp(v->name, "create") != 0 && strcmp(v->name, "run") != 0;
}

static void names(const struct option *o, const char *separator)
{
	for (; o->name; o++)
		if (o->help)
			printf("--%s%s", o->name, separator);
}

static void bash(void)
{
	printf("# bash completion of brig\n_brig() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} verb= i root=()\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n"
	       "\t\t--root) root=(--root \"${COMP_WORDS[i+1]}\"); ((i++)) ;;\n\t\t--log|--log-format|--rootless|--cgroup-manager) ((i++)) ;;\n\t\t-*) ;;\n"
	       "\t\t*) verb=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n\tcase $verb in\n\t'') COMPREPLY=($(compgen -W '");
	for (const struct verb *v = verb_table; v->name; v++)
		printf("%s ", v->name);
	names(global_options, " ");
	printf("' -- \"$cur\")) ;;\n");
	for (const struct verb *v = verb_table; v->name; v++) {
		printf("\t%s) COMPREPLY=($(compgen -W '", v->name);
		names(v->option, " ");
		printf("'%s -- \"$cur\")) ;;\n", takes_id(v) ? "\" $(brig \"${root[@]}\" list -q 2>/dev/null)\"" : "");
	}
	printf("\tesac\n\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _brig brig\n");
}

/* In the quotes of zsh's and fish's argument lists. */
static void quoted(const char *s)
{
	for (; *s; s++) {
		if (strchr("'[]:`$\"\\", *s))
			putchar(*s == '\'' ? ' ' : '\\');
		if (*s != '\'')
			putchar(*s);
	}
}

static void zsh_options(const struct option *o)
{
	for (; o->name; o++) {
		if (!o->help)
			continue;
		printf(" \\\n\t\t\t'%s--%s[", o->kind == OPTION_LIST ? "*" : "", o->name);
		quoted(o->help);
		printf("]%s%s%s'", o->value_name ? ":" : "", o->value_name ? o->value_name : "", o->value_name ? ":_files" : "");
	}
}

static void zsh(void)
{
	printf("#compdef brig\n_brig_ids() { compadd -- $(brig list -q 2>/dev/null) }\n_brig() {\n\tlocal state\n\t_arguments -C");
	zsh_options(global_options);
	printf(" \\\n\t\t'1:verb:(");
	for (const struct verb *v = verb_table; v->name; v++)
		printf("%s ", v->name);
	printf(")' '*::arg:->args'\n\tcase $words[1] in\n");
	for (const struct verb *v = verb_table; v->name; v++) {
		printf("\t%s) _arguments", v->name);
		zsh_options(v->option);
		printf(" %s ;;\n", takes_id(v) ? "'1:container:_brig_ids' '*:file:_files'" : "'*:file:_files'");
	}
	printf("\tesac\n}\n_brig \"$@\"\n");
}

static void fish_option(const char *condition, const struct option *o)
{
	printf("complete -c brig -n '%s' -l %s", condition, o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	printf("%s -d \"", o->value_name ? " -r" : "");
	quoted(o->help);
	printf("\"\n");
}

static void fish(void)
{
	printf("# fish completion of brig\n");
	for (const struct option *o = global_options; o->name; o++)
		if (o->help)
			fish_option("__fish_use_subcommand", o);
	for (const struct verb *v = verb_table; v->name; v++) {
		char condition[96];

		printf("complete -c brig -f -n __fish_use_subcommand -a %s -d \"", v->name);
		quoted(v->summary);
		printf("\"\n");
		snprintf(condition, sizeof(condition), "__fish_seen_subcommand_from %s", v->name);
		for (const struct option *o = v->option; o->name; o++)
			if (o->help)
				fish_option(condition, o);
		if (takes_id(v))
			printf("complete -c brig -f -n '%s' -a '(brig list -q 2>/dev/null)'\n", condition);
	}
}

int verb_completion(const struct verb *verb, struct values *v)
{
	(void)verb;
	if (strcmp(v->arg[0], "bash") == 0)
		bash();
	else if (strcmp(v->arg[0], "zsh") == 0)
		zsh();
	else if (strcmp(v->arg[0], "fish") == 0)
		fish();
	else
		return out_usage("no completion for the shell \"%.40s\": bash, zsh and fish are known", v->arg[0]);
	return 0;
}
