/* room: host — a program of our own that is installed beside us */
#include "fs/helper.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { CAPTURE = 4096, HIGH = 300 /* above what it may be given */ };

/* In the new process: the same privileges as ours, and nothing of ours open. */
static _Noreturn void become(const char *path, char *const argv[], char *const env[], int pipe)
{
	sigset_t none;

	sigemptyset(&none);
	if (sys_sigmask(SIG_SETMASK, &none, NULL) == 0 && sys_signal_default_all() == 0 && sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
	    sys_dup3(pipe, 0, true) == 0 && sys_dup3(pipe, 1, true) == 1 && sys_dup3(pipe, 2, true) == 2 && sys_close_range(3, ~0u, 0) == 0)
		sys_execveat(AT_FDCWD, path, argv, env, 0);
	sys_exit(HELPER_ABSENT);
}

static void capture(int from, struct str *ret)
{
	char buf[512];
	ssize_t n;

	while ((n = sys_read(from, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno != EINTR)
			return;
		if (n > 0 && ret->n < CAPTURE)
			str_addn(ret, buf, (size_t)n);
	}
}

/* In the new process: standard streams are the caller's, and fds are 3 and following. All move out of the way first: one may have the number of another. */
static _Noreturn void become_with(const char *path, char *const argv[], char *const env[], const int *fds, size_t n)
{
	sigset_t none;
	int high[HELPER_FDS];
	bool ok = true;

	sigemptyset(&none);
	for (size_t i = 0; i < n && ok; i++) {
		ok = sys_dup3(fds[i], HIGH + (int)i, false) >= 0;
		high[i] = HIGH + (int)i;
	}
	for (size_t i = 0; i < n && ok; i++)
		ok = sys_dup3(high[i], 3 + (int)i, true) >= 0;
	if (ok && sys_close_range(3 + (unsigned)n, ~0u, 0) == 0 && sys_sigmask(SIG_SETMASK, &none, NULL) == 0 && sys_signal_default_all() == 0 &&
	    sys_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0)
		sys_execveat(AT_FDCWD, path, argv, env, 0);
	sys_exit(HELPER_ABSENT);
}

static int path_of(const char *name, struct str *ret, struct err *e)
{
	str_addf(ret, "%s/%s", PKGLIBEXECDIR, name);
	return str_ok(ret, e);
}

bool helper_exists(const char *name)
{
	OWN(str) path = { 0 };
	struct err ignored;

	return path_of(name, &path, &ignored) == 0 && sys_faccessat(AT_FDCWD, path.s, X_OK, 0) == 0;
}

int helper_start(char *const argv[], char *const env[], const int *fds, size_t n, pid_t *ret, struct err *e)
{
	struct sys_clone clone = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD pidfd = FD_NONE;
	OWN(str) path = { 0 };
	pid_t pid;

	if (n > HELPER_FDS)
		return err_set(e, ERR_SPEC, 0, "%s would need %zu descriptors", argv[0], n);
	TRY(path_of(argv[0], &path, e));
	pid = sys_clone3(&clone, &pidfd);
	if (pid < 0)
		return err_sys(e, "clone3 for %s", argv[0]);
	if (pid == 0)
		become_with(path.s, argv, env, fds, n);
	*ret = pid;
	return 0;
}

int helper_absent(const char *name, struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, 0, "%s/%s cannot be executed: is brig installed?", PKGLIBEXECDIR, name);
}

int helper_run(char *const argv[], char *const env[], struct str *ret_out, int *ret_status, struct err *e)
{
	struct sys_clone clone = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD pidfd = FD_NONE, read_end = FD_NONE, write_end = FD_NONE;
	OWN(str) path = { 0 };
	int ends[2], status = 0;
	pid_t pid;

	TRY(path_of(argv[0], &path, e));
	if (sys_pipe(ends) < 0)
		return err_sys(e, "pipe");
	read_end = ends[0];
	write_end = ends[1];
	pid = sys_clone3(&clone, &pidfd);
	if (pid < 0)
		return err_sys(e, "clone3 for %s", argv[0]);
	if (pid == 0)
		become(path.s, argv, env, write_end);
	fd_drop(&write_end);
	capture(read_end, ret_out);
	if (sys_wait4(pid, &status, 0, NULL) < 0)
		return err_sys(e, "wait for %s", argv[0]);
	if (!WIFEXITED(status))
		return err_set(e, ERR_SYS, 0, "%s ended by signal %d", argv[0], WTERMSIG(status));
	if (WEXITSTATUS(status) == HELPER_ABSENT)
		return helper_absent(argv[0], e);
	*ret_status = WEXITSTATUS(status);
	return str_ok(ret_out, e);
}
