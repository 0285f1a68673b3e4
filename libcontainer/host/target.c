/* room: host — exec: the existing container, held by descriptors */
#include "host/acts.h"
#include "fs/cgroupfs.h"
#include "fs/hostfile.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

int target_open(struct host *h, const struct step *s, struct err *e)
{
	int *fd = &h->tab.slot[s->slot.slot].fd;

	TRY(status_pidfd(&h->journal, fd, e));
	return *fd < 0 ? err_set(e, ERR_STATE, 0, "cannot exec in a stopped container") : 0;
}

/* "0::/path" of the target, as we see it. */
static int target_cgroup(struct host *h, struct str *text, const char **ret, struct err *e)
{
	char path[48], *line;

	snprintf(path, sizeof(path), "%d/cgroup", h->journal.pid);
	TRY(procfs_read(&h->proc, path, text, e));
	line = strncmp(text->s, "0::", 3) == 0 ? text->s : strstr(text->s, "\n0::");
	if (!line)
		return err_set(e, ERR_STATE, 0, "cannot exec in a stopped container");
	line = strstr(line, "0::") + 3;
	line[strcspn(line, "\n")] = '\0';
	*ret = line;
	return 0;
}

/* A cgroup that gives controllers to its children takes no processes itself (cgroup-v2.rst, no internal processes): then a service manager inside has
 * moved the target below, and that is where we go. */
int cgroup_open(struct host *h, const struct step *s, struct err *e)
{
	OWN(str) enabled = { 0 }, text = { 0 };
	struct cgdir d = { FD_NONE };
	const char *path = NULL;

	if (s->cgroup.controllers[0])
		TRY(cgdir_enable(s->cgroup.mount, s->cgroup.path, s->cgroup.controllers, NULL, e));
	TRY(cgdir_open(s->cgroup.mount, s->cgroup.path, &d, e));
	if (s->cgroup.follow && cgdir_read(&d, "cgroup.subtree_control", &enabled, e) < 0) {
		cgdir_close(&d);
		return -1;
	}
	if (enabled.n > 1) {
		cgdir_close(&d);
		TRY(target_cgroup(h, &text, &path, e));
		TRY(cgdir_open(s->cgroup.mount, path, &d, e));
	}
	h->tab.slot[s->cgroup.slot].fd = d.fd;
	return 0;
}

int pid_file(struct host *h, const struct step *s, struct err *e)
{
	char text[16];
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	snprintf(text, sizeof(text), "%d", pid);	/* no newline: callers parse the whole file (compatibility 1.11) */
	TRY(hostfile_write_atomic(s->path.path, text, strlen(text), 0644, e));
	h->pid_file = s->path.path.s;
	return 0;
}

void host_drop_pid_file(struct host *h)
{
	OWN(str) found = { 0 };
	struct err ignored;
	char text[16];

	snprintf(text, sizeof(text), "%d", h->init_pid);
	if (h->pid_file && hostfile_read((struct host_path){ h->pid_file }, sizeof(text), &found, &ignored) == 0 && found.s && strcmp(found.s, text) == 0)
		sys_unlinkat(AT_FDCWD, h->pid_file, 0);
	h->pid_file = NULL;
}
