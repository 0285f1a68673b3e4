/* room: cli — checkpoint and restore */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static int choice(const char *value, const char *const *names, const char *option)
{
	for (int i = 0; value && names[i]; i++)
		if (strcmp(value, names[i]) == 0)
			return i + 1;
	if (value && value[0])
		exit(out_usage("Invalid %s value", option));
	return 0;
}

static void check_page_server(const char *value)
{
	const char *colon = value ? strrchr(value, ':') : NULL;
	char *end = NULL;
	long port;

	if (!value)
		return;
	if (!colon || colon == value || !colon[1])
		exit(out_usage("Use --page-server ADDRESS:PORT to specify page server"));
	errno = 0;
	port = strtol(colon + 1, &end, 10);
	if (*end || errno || port < 1 || port > 65535)
		exit(out_usage("Invalid port number"));
}

/* Looked at while its number still means what the caller meant: nothing of ours is open yet. */
static int status_fd(const char *value)
{
	char *end = NULL;
	long fd;
	int flags;

	if (!value)
		return -1;
	errno = 0;
	fd = strtol(value, &end, 10);
	if (!value[0] || *end || errno || fd < -1 || fd > 65535)
		exit(out_usage("invalid --status-fd argument %.40s: not a descriptor", value));
	if (fd < 0)
		return -1;
	flags = fcntl((int)fd, F_GETFL);
	if (flags < 0)
		exit(out_usage("invalid --status-fd argument %ld: bad file descriptor", fd));
	if ((flags & O_ACCMODE) == O_RDONLY)
		exit(out_usage("invalid --status-fd argument %ld: not writable", fd));
	return (int)fd;
}

struct brig_criu criu_arguments(const struct values *v)
{
	static const char *const modes[] = { "soft", "full", "strict", "ignore", NULL }, *const locks[] = { "iptables", "nftables", "skip", NULL };
	struct brig_criu c = {
		.size = sizeof(c), .parent_path = v->parent_path && v->parent_path[0] ? v->parent_path : NULL, .page_server = v->page_server,
		.lsm_profile = v->lsm_profile, .lsm_mount_context = v->lsm_mount_context, .leave_running = v->leave_running, .pre_dump = v->pre_dump,
		.tcp_established = v->tcp_established, .tcp_skip_in_flight = v->tcp_skip_in_flight, .tcp_close = v->tcp_close, .link_remap = v->link_remap,
		.ext_unix_sk = v->ext_unix_sk, .shell_job = v->shell_job, .file_locks = v->file_locks, .lazy_pages = v->lazy_pages, .auto_dedup = v->auto_dedup,
		.manage_cgroups = (enum brig_manage_cgroups)choice(v->manage_cgroups_mode, modes, "manage-cgroups-mode"),
		.network_lock = (enum brig_network_lock)choice(v->network_lock, locks, "network-lock"),
	};

	for (size_t i = 0; i < v->empty_ns.n; i++)
		if (strcmp(v->empty_ns.item[i], "network") != 0)
			exit(out_usage("namespace \"%.40s\" is not supported", v->empty_ns.item[i]));
	check_page_server(c.page_server);
	c.status_fd = status_fd(v->status_fd);
	c.image_path = absolute(v->image_path && v->image_path[0] ? v->image_path : "checkpoint");
	c.work_path = absolute_or_null(v->work_path);
	if (c.parent_path && c.parent_path[0] == '/')
		exit(out_usage("--parent-path must be relative"));
	return c;
}

void release_criu(struct brig_criu *c)
{
	free((char *)(uintptr_t)c->image_path);
	free((char *)(uintptr_t)c->work_path);
}

int verb_checkpoint(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_criu how = criu_arguments(v);
	struct brig_err e;
	int rc = brig_checkpoint(&o, v->arg[0], &how, &e);

	release_criu(&how);
	return rc < 0 ? out_error(verb->name, &e) : 0;
}

int verb_restore(const struct verb *verb, struct values *v)
{
	struct brig_options o = library_options(v);
	struct brig_criu how = criu_arguments(v);
	struct brig_create c = create_arguments(verb, v);
	struct brig_err e;
	int rc = brig_restore(&o, &c, &how, &e);

	release_criu(&how);
	release_create(&c);
	return rc < 0 ? out_error(verb->name, &e) : rc;
}
