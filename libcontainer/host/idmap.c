/* room: host — ids of a user namespace, written from outside; and of one mount tree */
#include "host/acts.h"
#include "base/str.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#define NEWUIDMAP "/usr/bin/newuidmap"	/* by absolute path, never by $PATH (CVE-2026-39402 class) */
#define NEWGIDMAP "/usr/bin/newgidmap"

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

static int map_text(const struct id_map *m, struct str *out, struct err *e)
{
	for (size_t i = 0; i < m->n; i++)
		str_addf(out, "%u %u %u\n", m->item[i].inside, m->item[i].outside, m->item[i].size);
	return str_ok(out, e);
}

static int write_map(struct host *h, pid_t pid, const char *file, const struct id_map *m, struct err *e)
{
	OWN(str) text = { 0 };
	char path[48];

	TRY(map_text(m, &text, e));
	snprintf(path, sizeof(path), "%d/%s", pid, file);
	return procfs_write(&h->proc, path, text.s, e);
}

static int deny_setgroups(struct host *h, pid_t pid, struct err *e)
{
	char path[48];

	snprintf(path, sizeof(path), "%d/setgroups", pid);
	return procfs_write(&h->proc, path, "deny", e);
}

static int helper_argv(const char *program, pid_t pid, const struct id_map *m, char ***ret, struct err *e)
{
	size_t n = 2 + 3 * m->n;
	char **argv = calloc(n + 1, sizeof(*argv) + 16);	/* each number fits 16 bytes, laid behind the pointers */
	char *text;

	if (!argv)
		return err_oom(e);
	text = (char *)(argv + n + 1);
	argv[0] = (char *)(uintptr_t)program;
	for (size_t i = 1; i < n; i++, text += 16) {
		const struct id_mapping *x = i == 1 ? NULL : &m->item[(i - 2) / 3];
		uint32_t field[3] = { x ? x->inside : 0, x ? x->outside : 0, x ? x->size : 0 };

		snprintf(text, 16, "%u", x ? field[(i - 2) % 3] : (uint32_t)pid);
		argv[i] = text;
	}
	*ret = argv;
	return 0;
}

/* The set-uid helpers check /etc/subuid for us. Clean environment, no descriptors; their own words go to our stderr only when they fail. */
static int run_helper(const char *program, const char *file, pid_t pid, const struct id_map *m, struct err *e)
{
	OWN_MEM char **argv = NULL;
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	char *const env[] = { NULL };
	OWN_FD pidfd = FD_NONE;
	int status;
	pid_t child;

	TRY(helper_argv(program, pid, m, &argv, e));
	child = sys_clone3(&c, &pidfd);
	if (child < 0)
		return err_sys(e, "clone3 for %s", program);
	if (child == 0) {
		sys_execveat(AT_FDCWD, program, argv, env, 0);
		sys_exit(127);
	}
	if (sys_wait4(child, &status, 0, NULL) < 0)
		return err_sys(e, "wait for %s", program);
	if (status != 0)
		return err_set(e, ERR_SPEC, 0, "%s refused the mapping (status %d): does %s grant these ids?", program, status, file);
	return 0;
}

int id_map(struct host *h, const struct step *s, struct err *e)
{
	pid_t pid = h->join_pid;

	if (s->ids.target == ROOM_INIT)
		TRY(host_init_pid(h, &pid, e));
	if (s->ids.helpers) {
		TRY(run_helper(NEWUIDMAP, "/etc/subuid", pid, s->ids.uid, e));
		return run_helper(NEWGIDMAP, "/etc/subgid", pid, s->ids.gid, e);
	}
	TRY(write_map(h, pid, "uid_map", s->ids.uid, e));
	if (s->ids.deny_setgroups)
		TRY(deny_setgroups(h, pid, e));
	return write_map(h, pid, "gid_map", s->ids.gid, e);
}

/* Nothing of ours stays open in it (no lock of the state directory), and it ends with us, whatever ends us. */
static _Noreturn void stand_in(pid_t parent)
{
	sys_fault_room("");
	if (sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && sys_getppid() == parent && sys_close_range(0, ~0u, 0) == 0)
		for (;;)
			sys_poll(NULL, 0, NULL);	/* killed by the host below */
	sys_exit(1);
}

/* A user namespace that nobody lives in carries a mapping that is not the container's: made by a child that is gone after. */
static int mapping_userns(struct host *h, const struct step *s, int *ret, struct err *e)
{
	struct sys_clone c = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD pidfd = FD_NONE;
	char path[48];
	int fd = FD_NONE;
	pid_t parent = sys_getpid(), pid = sys_clone3(&c, &pidfd);

	if (pid < 0)
		return err_sys(e, "clone3 for an id mapping");
	if (pid == 0)
		stand_in(parent);
	snprintf(path, sizeof(path), "%d/ns/user", pid);
	if (write_map(h, pid, "uid_map", s->idmap.uid, e) == 0 && write_map(h, pid, "gid_map", s->idmap.gid, e) == 0) {
		fd = sys_openat(h->proc.fd, path, O_RDONLY, 0);
		if (fd < 0)
			err_sys(e, "open the user namespace of an id mapping");
	}
	sys_kill(pid, SIGKILL);
	sys_wait4(pid, NULL, 0, NULL);
	if (fd < 0)
		return -1;
	*ret = fd;
	return 0;
}

int tree_idmap(struct host *h, const struct step *s, struct err *e)
{
	struct mount_attr_arg a = { .attr_set = MOUNT_ATTR_IDMAP };
	OWN_FD userns = FD_NONE;
	char path[48];
	pid_t pid;

	if (s->idmap.own_userns) {
		TRY(host_init_pid(h, &pid, e));
		snprintf(path, sizeof(path), "%d/ns/user", pid);
		userns = sys_openat(h->proc.fd, path, O_RDONLY, 0);
		if (userns < 0)
			return err_sys(e, "open the container's user namespace");
	} else {
		TRY(mapping_userns(h, s, &userns, e));
	}
	a.userns_fd = (uint64_t)userns;
	if (sys_mount_setattr(h->tab.slot[s->idmap.slot].fd, "", AT_EMPTY_PATH | (s->idmap.recursive ? AT_RECURSIVE : 0), &a) < 0)
		return err_sys(e, "mount_setattr MOUNT_ATTR_IDMAP");
	return 0;
}
