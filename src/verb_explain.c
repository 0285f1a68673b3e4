/* room: cli — explain: the plan, and nothing done */
#include "out.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 1 << 20 };

static char *read_facts(const char *path)
{
	char *text = calloc(1, FACTS_MAX + 1);
	FILE *f = fopen(path, "re");
	size_t n;

	if (!text)
		exit(out_usage("out of memory"));
	if (!f)
		exit(out_usage("facts %.200s: %s", path, strerror(errno)));
	n = fread(text, 1, FACTS_MAX, f);
	if (ferror(f) || n == FACTS_MAX)
		exit(out_usage("facts %.200s: cannot be read, or larger than 1 MiB", path));
	fclose(f);
	return text;
}

static int print(char *text)
{
	fputs(text, stdout);
	free(text);
	return 0;
}

/* The plan of the verb that --of names. */
static int explain(const struct values *v, const struct brig_options *o, const struct brig_create *c, const char *facts, char **ret, struct brig_err *e)
{
	const char *of = v->of && v->of[0] ? v->of : "create";
	bool json = v->format && strcmp(v->format, "json") == 0;
	struct brig_criu how = criu_arguments(v);
	int rc;

	if (strcmp(of, "create") == 0)
		rc = brig_explain(o, c, facts, json, ret, e);
	else if (strcmp(of, "restore") == 0)
		rc = brig_explain_restore(o, c, &how, facts, json, ret, e);
	else if (strcmp(of, "checkpoint") == 0)
		rc = brig_explain_checkpoint(o, c, &how, facts, json, ret, e);
	else
		exit(out_usage("--of %.40s: not create, checkpoint or restore", of));
	release_criu(&how);
	return rc;
}

int verb_explain(const struct verb *verb, struct values *v)
{
	struct brig_create c = {
		.size = sizeof(c), .id = v->n ? v->arg[0] : "ID", .no_pivot = v->no_pivot, .no_new_keyring = v->no_new_keyring,
		.preserve_fds = preserved_fds(v), .notify_socket = notify_socket(),
	};
	struct brig_options o = { .size = sizeof(o), .root = v->root ? v->root : "/run/brig", .systemd_cgroup = wants_systemd(v), .rootless = -1 };
	char *text = NULL, *facts = NULL, *bundle;
	struct brig_err e;
	int rc;

	if (v->format && strcmp(v->format, "text") != 0 && strcmp(v->format, "json") != 0)
		return out_usage("invalid format option");
	if (v->show_facts)
		return brig_facts(&text, &e) < 0 ? out_error(verb->name, &e) : print(text);
	bundle = realpath(v->bundle && v->bundle[0] ? v->bundle : ".", NULL);
	if (!bundle)
		return out_usage("bundle %.200s: %s", v->bundle ? v->bundle : ".", strerror(errno));
	c.bundle = bundle;
	if (v->facts)
		facts = read_facts(v->facts);
	rc = explain(v, &o, &c, facts, &text, &e);
	free(bundle);
	free(facts);
	return rc < 0 ? out_error(verb->name, &e) : print(text);
}
