/* room: cli — exec */
#include "out.h"

#include <stdlib.h>

/* "" means: as in the configuration. Scripts pass on what may be empty. */
static const char *given(const char *text)
{
	return text && text[0] ? text : NULL;
}

int verb_exec(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	char *process = absolute_or_null(v->process), *console = absolute_or_null(v->console_socket), *pidfd = absolute_or_null(v->pidfd_socket);
	char *pid_file = absolute_or_null(v->pid_file);
	struct brig_exec x = {
		.size = sizeof(x), .id = v->arg[0], .process = process, .n_args = (size_t)(v->n - 1), .args = (const char *const *)v->arg + 1,
		.n_env = v->env.n, .env = v->env.item, .n_gids = v->gids.n, .gids = v->gids.item, .n_caps = v->caps.n, .caps = v->caps.item,
		.cwd = given(v->cwd), .user = given(v->user), .process_label = given(v->process_label), .apparmor = given(v->apparmor), .cgroup = given(v->cgroup),
		.console_socket = console, .pidfd_socket = pidfd, .pid_file = pid_file, .tty = v->tty, .detach = v->detach,
		.no_new_privs = v->no_new_privs, .ignore_paused = v->ignore_paused, .preserve_fds = preserved_fds(v),
	};
	struct brig_err e;
	int rc = brig_exec(&o, &x, &e);

	free(process);
	free(console);
	free(pidfd);
	free(pid_file);
	if (rc >= 0)
		return rc;
	out_error(verb->name, &e);
	return EXEC_NOT_STARTED;
}
