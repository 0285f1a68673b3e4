/* room: host — a program of our own that is installed beside us */
#include "fs/helper.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { CAPTURE = 4096 };

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

int helper_run(char *const argv[], char *const env[], struct str *ret_out, int *ret_status, struct err *e)
{
	struct sys_clone clone = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD pidfd = FD_NONE, read_end = FD_NONE, write_end = FD_NONE;
	OWN(str) path = { 0 };
	int ends[2], status = 0;
	pid_t pid;

	str_addf(&path, "%s/%s", PKGLIBEXECDIR, argv[0]);
	TRY(str_ok(&path, e));
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
		return err_set(e, ERR_UNSUPPORTED, 0, "%s cannot be executed: is brig installed?", path.s);
	*ret_status = WEXITSTATUS(status);
	return str_ok(ret_out, e);
}
