/* room: any — processes, signals, scheduling, and what else belongs to a task */
#include "sys/sys.h"
#include "base/own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

#define SIGNALS       64
#define SIGSET_BYTES  (SIGNALS / 8)
#define SIGACT_WORDS  8		/* larger than any kernel struct sigaction of a 64-signal architecture */

static struct clone_args kernel_args(const struct sys_clone *c, int *pidfd)
{
	struct clone_args ret = { .flags = c->flags | CLONE_PIDFD, .pidfd = (uint64_t)(uintptr_t)pidfd, .exit_signal = (unsigned)c->exit_signal };

	if (c->cgroup >= 0) {
		ret.flags |= CLONE_INTO_CGROUP;
		ret.cgroup = (unsigned)c->cgroup;
	}
	return ret;
}

/* The raw call, without CLONE_VM: the child gets a copy of our memory, as after fork, but no atfork handler runs and no lock of
 * libc is taken or reset. That is sound because the child calls nothing of libc that takes a lock, but executes a program at once, or ends; nothing of libc caches the pid. */
pid_t sys_clone3(const struct sys_clone *c, int *ret_pidfd)
{
	int pidfd = FD_NONE;
	struct clone_args args = kernel_args(c, &pidfd);
	pid_t pid;

	if (sys_fault(__func__))
		return -1;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid > 0)
		*ret_pidfd = pidfd;
	return pid;
}

/* clone3 whose child calls child(arg) further down on the caller's stack and never comes back to this frame: the call lies outside of what the compiler
 * knows, so nothing of the caller's frame is touched. NO_SHARED: where that is not written, or would mislead the sanitizer, which takes the child's frames
 * for the caller's, or the fault hook, which counts a child's calls apart. */
#if defined(SYS_FAULTS) || defined(__SANITIZE_ADDRESS__)
#define NO_SHARED 1
#elif defined(__x86_64__)
static long clone3_call(struct clone_args *args, void (*child)(void *), void *arg)
{
	register void (*fn)(void *) __asm__("r8") = child;
	register void *with __asm__("r9") = arg;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "sub $256, %%rsp\n\t"	/* the red zone */
			 "and $-16, %%rsp\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "mov %[with], %%rdi\n\t"
			 "call *%[fn]\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret) : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)), [fn] "r"(fn), [with] "r"(with) : "rcx", "r11", "cc", "memory");
	return ret;
}
#elif defined(__aarch64__)
static long clone3_call(struct clone_args *args, void (*child)(void *), void *arg)
{
	register long number __asm__("x8") = SYS_clone3, ret __asm__("x0") = (long)(uintptr_t)args;
	register size_t size __asm__("x1") = sizeof(*args);
	register void (*fn)(void *) __asm__("x9") = child;
	register void *with __asm__("x10") = arg;

	__asm__ volatile("svc #0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, %[with]\n\t"
			 "blr %[fn]\n\t"
			 "brk #1\n"
			 "1:"
			 : "+r"(ret) : "r"(number), "r"(size), [fn] "r"(fn), [with] "r"(with) : "cc", "memory");
	return ret;
}
#else
#define NO_SHARED 1
#endif

#ifdef NO_SHARED
pid_t sys_clone3_shared(const struct sys_clone *c, void (*child)(void *), void *arg, int *ret_pidfd)
{
	pid_t pid = sys_clone3(c, ret_pidfd);

	if (pid == 0)
		child(arg);
	return pid;
}
#else
pid_t sys_clone3_shared(const struct sys_clone *c, void (*child)(void *), void *arg, int *ret_pidfd)
{
	int pidfd = FD_NONE;
	struct clone_args args = kernel_args(c, &pidfd);
	long ret;

	args.flags |= CLONE_VM | CLONE_VFORK;
	ret = clone3_call(&args, child, arg);
	if (ret < 0) {
		errno = (int)-ret;
		return -1;
	}
	*ret_pidfd = pidfd;
	return (pid_t)ret;
}
#endif

int sys_setns(int fd, int type)
{
	if (sys_fault(__func__))
		return -1;
	return setns(fd, type);
}

int sys_unshare(int flags)
{
	if (sys_fault(__func__))
		return -1;
	return unshare(flags);
}

int sys_execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_execveat, dir, path, argv, envp, flags);
}

int sys_execve(const char *path, char *const argv[], char *const envp[])
{
	if (sys_fault(__func__))
		return -1;
	return execve(path, argv, envp);
}

int sys_pidfd_open(pid_t pid)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int sys_pidfd_signal(int pidfd, int sig)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0);
}

int sys_pidfd_getfd(int pidfd, int fd)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
}

int sys_kill(pid_t pid, int sig)
{
	if (sys_fault(__func__))
		return -1;
	return kill(pid, sig);
}

pid_t sys_wait4(pid_t pid, int *status, int options, struct rusage *ru)
{
	pid_t got;

	if (sys_fault(__func__))
		return -1;
	do {
		got = wait4(pid, status, options, ru);
	} while (got < 0 && errno == EINTR);
	return got;
}

int sys_waitid_pidfd(int pidfd, siginfo_t *info, int options)
{
	int r;

	if (sys_fault(__func__))
		return -1;
	do {
		r = waitid((idtype_t)P_PIDFD, (id_t)pidfd, info, options);
	} while (r < 0 && errno == EINTR);
	return r;
}

pid_t sys_getpid(void)
{
	return (pid_t)syscall(SYS_getpid);
}

pid_t sys_getppid(void)
{
	return (pid_t)syscall(SYS_getppid);
}

int sys_setpgid(void)
{
	if (sys_fault(__func__))
		return -1;
	return setpgid(0, 0);
}

pid_t sys_setsid(void)
{
	if (sys_fault(__func__))
		return -1;
	return setsid();
}

int sys_prctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	if (sys_fault(__func__))
		return -1;
	return prctl(op, a, b, c, d);
}

int sys_prlimit(pid_t pid, int resource, const struct rlimit *set, struct rlimit *ret_old)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_prlimit64, pid, resource, set, ret_old);	/* C libraries differ in the type of resource */
}

int sys_sched_setaffinity(pid_t pid, size_t size, const void *mask)
{
	if (sys_fault(__func__))
		return -1;
	return sched_setaffinity(pid, size, mask);
}

int sys_sched_setattr(pid_t pid, const void *attr, unsigned flags)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_sched_setattr, pid, attr, flags);
}

int sys_ioprio_set(int which, int who, int prio)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_ioprio_set, which, who, prio);
}

int sys_personality(unsigned long p)
{
	if (sys_fault(__func__))
		return -1;
	return personality(p);
}

int sys_sethostname(const char *s, size_t n)
{
	if (sys_fault(__func__))
		return -1;
	return sethostname(s, n);
}

int sys_setdomainname(const char *s, size_t n)
{
	if (sys_fault(__func__))
		return -1;
	return setdomainname(s, n);
}

int sys_signalfd(const sigset_t *mask)
{
	if (sys_fault(__func__))
		return -1;
	return signalfd(-1, mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

int sys_sigmask(int how, const sigset_t *set, sigset_t *ret_old)
{
	if (sys_fault(__func__))
		return -1;
	return sigprocmask(how, set, ret_old);
}

int sys_signal(int sig, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler };

	if (sys_fault(__func__))
		return -1;
	return sigaction(sig, &act, NULL);
}

int sys_signal_default_all(void)
{
	static const unsigned long dfl[SIGACT_WORDS];

	if (sys_fault(__func__))
		return -1;
	/* Raw, because libc hides the two signals it uses itself. All zero is SIG_DFL, no flags, an empty mask. */
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (sig == SIGKILL || sig == SIGSTOP)
			continue;
		if (syscall(SYS_rt_sigaction, sig, dfl, NULL, SIGSET_BYTES) < 0)
			return -1;
	}
	return 0;
}

int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_set_mempolicy, mode, nodes, max);
}

long sys_keyctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	if (sys_fault(__func__))
		return -1;
	return syscall(SYS_keyctl, op, a, b, c, d);
}

mode_t sys_umask(mode_t mask)
{
	return umask(mask);
}

int sys_uname(struct utsname *ret)
{
	if (sys_fault(__func__))
		return -1;
	return uname(ret);
}

int sys_clock_gettime(clockid_t id, struct timespec *ts)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_clock_gettime, id, ts);	/* we ask once or twice: the vDSO would be looked for, and its three pages mapped */
}

int sys_getrandom(void *buf, size_t n)
{
	char *at = buf;

	if (sys_fault(__func__))
		return -1;
	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0) {
			if (errno == EINTR)
				continue;
			return -1;
		}
		at += got;
		n -= (size_t)got;
	}
	return 0;
}

_Noreturn void sys_exit(int status)
{
	_exit(status);
}
