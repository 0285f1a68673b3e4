/* room: guest — single system calls, to see what a filter or a capability set answers */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct { const char *name; long nr; } calls[] = {
	{ "getppid", SYS_getppid }, { "getpgid", SYS_getpgid }, { "getpid", SYS_getpid }, { "sethostname", SYS_sethostname }, { "mkdir", SYS_mkdir },
	{ "kill", SYS_kill }, { "personality", SYS_personality }, { "socket", SYS_socket }, { "setuid", SYS_setuid }, { "chroot", SYS_chroot },
	{ "unshare", SYS_unshare }, { "dup", SYS_dup }, { "dup3", SYS_dup3 }, { "lseek", SYS_lseek }, { "getpriority", SYS_getpriority },
	{ "umask", SYS_umask }, { "sync", SYS_sync }, { "alarm", SYS_alarm }, { "futex_waitv", 449 }, { "none", 9999 },
};

/* syscall NAME [ARG ...]: the number it returns, or the errno */
static int one_call(int argc, char **argv)
{
	long arg[6] = { 0 }, ret;
	char key[64];

	for (int i = 1; i < argc; i++)
		arg[i - 1] = number(argv[i]);
	snprintf(key, sizeof(key), "syscall.%s", argv[0]);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (strcmp(calls[i].name, argv[0]))
			continue;
		ret = syscall(calls[i].nr, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
		if (ret < 0)
			say(key, "%s", strerrorname_np(errno) ? strerrorname_np(errno) : "?");
		else
			say(key, "%ld", ret);
		return 0;
	}
	fprintf(stderr, "guest: no system call %s\n", argv[0]);
	return 125;
}

/* child COMMAND: the same in a child, whose end is told: one that is killed does not take the report along */
static int in_child(int argc, char **argv)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int rc = one_call(argc, argv);

		fflush(stdout);
		_exit(rc);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 125;
	say("child", "%s %d", WIFEXITED(status) ? "exit" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	return 0;
}

/* A nested user namespace must not get an unmasked procfs (W-13). */
static int nested_proc(int argc, char **argv)
{
	int status;
	pid_t pid;

	fflush(stdout);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) < 0) {
		say_result("nested", "unshare", -1);
		return 0;
	}
	pid = fork();
	if (pid == 0) {
		say_result("nested", "proc", mount("proc", argc ? argv[0] : "/proc", "proc", 0, NULL));
		fflush(stdout);
		_exit(0);
	}
	return pid < 0 || waitpid(pid, &status, 0) < 0 ? 125 : 0;
}

/* getppid in a thread of its own: the process lives on only where the filter kills no more than the thread. */
static int thread_main(void *arg)
{
	syscall(*(long *)arg, 0, 0, 0);
	_exit(9);
}

static int in_thread(int argc, char **argv)
{
	static char stack[65536] __attribute__((aligned(16)));
	long nr = SYS_getppid;

	(void)argc;
	(void)argv;
	if (clone(thread_main, stack + sizeof(stack), CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_FILES, &nr) < 0)
		return 125;
	usleep(200000);
	say("thread", "process lives");
	return 0;
}

/* 0: no such process, or not ours to hold; 1: held, and it was this program; 2: held, and it was another one */
static int hold(pid_t pid)
{
	char path[32], exe[64] = "";
	int status, other;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return 0;
	if (ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) < 0 || waitpid(pid, &status, __WALL) < 0 || !WIFSTOPPED(status))
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	other = readlinkat(AT_FDCWD, path, exe, sizeof(exe) - 1) < 0 || strcmp(exe, "/guest");
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	return 1 + other;
}

/* trace FILE: until FILE exists, tries to trace every process that comes. Tells how many were held, and how many of them before their execve */
static int trace(int argc, char **argv)
{
	unsigned long held = 0, early = 0, tries = 0;
	long newest = getpid(), last = 0;

	(void)argc;
	for (; access(argv[0], F_OK) < 0; tries++) {
		for (pid_t pid = (pid_t)newest + 1; pid < newest + 4; pid++) {
			int got = kill(pid, 0) == 0 ? hold(pid) : 0;

			last = kill(pid, 0) == 0 ? pid : last;
			held += got != 0;
			early += got == 2;
		}
		if (last && kill((pid_t)last, 0) < 0) {	/* gone: wait for the next one */
			newest = last;
			last = 0;
		}
	}
	say("trace", "held=%s early=%lu", held ? "some" : "none", early);
	return tries ? 0 : 125;
}

const struct command call_commands[] = {
	{ "syscall", 1, 7, one_call }, { "child", 1, 7, in_child }, { "thread", 0, 0, in_thread }, { "nested-proc", 0, 1, nested_proc },
	{ "trace", 1, 1, trace },
	{ NULL, 0, 0, NULL }
};
