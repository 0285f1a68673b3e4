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
	const char *me = program_name;

	printf("# bash completion of %s\n_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} verb= i root=()\n"
	       "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n"
	       "\t\t--root) [ \"${COMP_WORDS[i+1]}\" != = ] || ((i++)); root=(--root \"${COMP_WORDS[i+1]}\"); ((i++)) ;;\n"
	       "\t\t--log|--log-format|--rootless|--cgroup-manager) [ \"${COMP_WORDS[i+1]}\" != = ] || ((i++)); ((i++)) ;;\n\t\t-*) ;;\n"
	       "\t\t*) verb=${COMP_WORDS[i]}; break ;;\n\t\tesac\n\tdone\n\tCOMPREPLY=()\n\tcase $verb in\n\t'') COMPREPLY=($(compgen -W '", me, me);
	for (const struct verb *v = verb_table; v->name; v++)
		printf("%s ", v->name);
	names(global_options, " ");
	printf("' -- \"$cur\")) ;;\n");
	for (const struct verb *v = verb_table; v->name; v++) {
		printf("\t%s) COMPREPLY=($(compgen -W '", v->name);
		names(v->option, " ");
		if (takes_id(v))
			printf("'\" $(%s \"${root[@]}\" list -q 2>/dev/null)\" -- \"$cur\")) ;;\n", me);
		else
			printf("' -- \"$cur\")) ;;\n");
	}
	printf("\tesac\n\t[ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _%s %s\n", me, me);
}

/* Between single quotes, in the brackets of an argument of _arguments. */
static void quoted_for_zsh(const char *s)
{
	for (; *s; s++)
		if (*s == '\'')
			printf("'\\''");
		else
			printf(strchr("[]:\\", *s) ? "\\%c" : "%c", *s);
}

/* Between double quotes. */
static void quoted_for_fish(const char *s)
{
	for (; *s; s++)
		printf(strchr("\"\\$", *s) ? "\\%c" : "%c", *s);
}

static void zsh_options(const struct option *o)
{
	for (; o->name; o++) {
		if (!o->help)
			continue;
		printf(" \\\n\t\t\t'%s--%s%s[", o->kind == OPTION_LIST ? "*" : "", o->name, o->value_name ? "=" : "");
		quoted_for_zsh(o->help);
		printf("]%s%s%s'", o->value_name ? ":" : "", o->value_name ? o->value_name : "", o->value_name ? ":_files" : "");
	}
}

static void zsh(void)
{
	const char *me = program_name;

	/* What stands before the verb is kept by _arguments in $opt_args; the rest of the line has words of its own. */
	printf("#compdef %s\n_%s_ids() { compadd -- ${(f)\"$(%s ${_%s_root:+--root=$_%s_root} list -q 2>/dev/null)\"} }\n"
	       "_%s() {\n\tlocal state line _%s_root\n\ttypeset -A opt_args\n\t_arguments -C", me, me, me, me, me, me, me);
	zsh_options(global_options);
	printf(" \\\n\t\t'1:verb:(");
	for (const struct verb *v = verb_table; v->name; v++)
		printf("%s ", v->name);
	printf(")' '*::arg:->args'\n\t_%s_root=${(Q)opt_args[--root]}\n\tcase $words[1] in\n", me);
	for (const struct verb *v = verb_table; v->name; v++) {
		printf("\t%s) _arguments", v->name);
		zsh_options(v->option);
		if (takes_id(v))
			printf(" '1:container:_%s_ids'", me);
		printf(" '*:file:_files' ;;\n");
	}
	printf("\tesac\n}\nif [ \"$funcstack[1]\" = _%s ]; then _%s \"$@\"; else compdef _%s %s; fi\n", me, me, me, me);
}

static void fish_option(const char *condition, const struct option *o)
{
	printf("complete -c %s -n '%s' -l %s", program_name, condition, o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	printf("%s -d \"", o->value_name ? " -r" : "");
	quoted_for_fish(o->help);
	printf("\"\n");
}

static void fish(void)
{
	const char *me = program_name;

	printf("# fish completion of %s\nfunction __%s_ids\n\tset -l words (commandline -opc)\n\tset -l root\n\tfor i in (seq (count $words))\n"
	       "\t\tif test \"$words[$i]\" = --root; and test $i -lt (count $words)\n\t\t\tset root --root $words[(math $i + 1)]\n"
	       "\t\telse if string match -q -- '--root=*' $words[$i]\n\t\t\tset root $words[$i]\n\t\tend\n\tend\n\t%s $root list -q 2>/dev/null\nend\n", me, me, me);
	for (const struct option *o = global_options; o->name; o++)
		if (o->help)
			fish_option("__fish_use_subcommand", o);
	for (const struct verb *v = verb_table; v->name; v++) {
		char condition[96];

		printf("complete -c %s -f -n __fish_use_subcommand -a %s -d \"", me, v->name);
		quoted_for_fish(v->summary);
		printf("\"\n");
		snprintf(condition, sizeof(condition), "__fish_seen_subcommand_from %s", v->name);
		for (const struct option *o = v->option; o->name; o++)
			if (o->help)
				fish_option(condition, o);
		if (takes_id(v))
			printf("complete -c %s -f -n '%s' -a '(__%s_ids)'\n", me, condition, me);
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
