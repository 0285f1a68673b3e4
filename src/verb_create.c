/* room: cli — create and run */
#include "out.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void no_bundle(const struct verb *verb, const struct values *v)
{
	struct brig_err e = { .kind = BRIG_ERR_USAGE };

	snprintf(e.text, sizeof(e.text), "bundle %.200s: %s", v->bundle ? v->bundle : ".",
		 errno == ENOENT ? "no such file or directory" : errno == EACCES ? "permission denied" : "cannot be resolved");
	exit(out_error(verb->name, &e));
}

struct brig_create create_arguments(const struct verb *verb, const struct values *v)
{
	struct brig_create c = {
		.size = sizeof(c), .id = v->arg[0], .no_pivot = v->no_pivot, .no_new_keyring = v->no_new_keyring, .detach = v->detach, .keep = v->keep,
		.no_subreaper = v->no_subreaper, .preserve_fds = preserved_fds(v), .listen_fds = listen_fds(), .notify_socket = notify_socket(),
	};

	c.bundle = realpath(v->bundle && v->bundle[0] ? v->bundle : ".", NULL);
	if (!c.bundle)
		no_bundle(verb, v);
	c.console_socket = absolute_or_null(v->console_socket);
	c.pidfd_socket = absolute_or_null(v->pidfd_socket);
	c.pid_file = absolute_or_null(v->pid_file);
	return c;
}

void release_create(struct brig_create *c)
{
	free((char *)(uintptr_t)c->bundle);
	free((char *)(uintptr_t)c->console_socket);
	free((char *)(uintptr_t)c->pidfd_socket);
	free((char *)(uintptr_t)c->pid_file);
}

int verb_create(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_create c = create_arguments(verb, v);
	struct brig_err e;
	int rc = brig_create(&o, &c, &e);

	release_create(&c);
	return rc < 0 ? out_error(verb->name, &e) : 0;
}

int verb_run(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_create c = create_arguments(verb, v);
	struct brig_err e;
	int rc = brig_run(&o, &c, &e);

	release_create(&c);
	return rc < 0 ? out_error(verb->name, &e) : rc;
}
