/* room: any — the fault build: every wrapper can be made to fail, before it has done anything, with the errno that was asked for */
#include "tap.h"
#include "base/own.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>

/* Arguments that could not do harm even if a call went through. */
#define CALL(name, ...) static long call_##name(void) { return (long)sys_##name(__VA_ARGS__); }
static char buf[64];
static int fds[2], fd_out;
static size_t count;
static struct stat st;
static struct statfs sf;
static struct ucred cred;
static struct sys_addr address;
static struct termios tio;
static struct winsize ws;
static struct timespec ts;
static struct utsname uts;
static struct pollfd pfd;
static siginfo_t info;
static sigset_t set;
static uid_t ids[3];
static uint32_t number = 1, programs[1];
static unsigned tty;
static struct __user_cap_data_struct caps[2];
static const struct mount_attr_arg attr;
static const struct sys_clone clone_args = { .flags = 0, .exit_signal = SIGCHLD, .cgroup = -EBADF };
static const struct sock_filter allow = { BPF_RET | BPF_K, 0, 0, 0x7fff0000 };

CALL(open_tree, -1, "x", 0) CALL(move_mount, -1, "x", -1, "x", 0) CALL(fsopen, "nope") CALL(fsconfig, -1, 0, NULL, NULL, 0) CALL(fsmount, -1, 0)
CALL(fspick, -1, "x", 0) CALL(mount_setattr, -1, "x", 0, &attr) CALL(pivot_root, "/nope", "/nope") CALL(umount2, "/nope", 0) CALL(mount_move, "/nope", "/nope")
CALL(chroot, "/nope") CALL(openat2, -1, "x", 0, 0, 0) CALL(openat, -1, "x", 0, 0) CALL(read, -1, buf, 1) CALL(pread, -1, buf, 1, 0) CALL(pwrite, -1, buf, 1, 0) CALL(write, -1, buf, 1)
CALL(write_all, -1, buf, 1) CALL(rewind, -1) CALL(fstat, -1, &st) CALL(fstatat, -1, "x", &st, 0) CALL(fstatfs, -1, &sf) CALL(mkdirat, -1, "x", 0)
CALL(mknodat, -1, "x", 0, 0) CALL(symlinkat, "x", -1, "x") CALL(unlinkat, -1, "x", 0) CALL(renameat, -1, "x", -1, "x") CALL(readlinkat, -1, "x", buf, 1)
CALL(fchmod, -1, 0) CALL(fchmod_path, -1, 0) CALL(fchmodat, -1, "x", 0) CALL(fchownat, -1, "x", 0, 0, 0) CALL(fchdir, -1) CALL(chdir, "/nope") CALL(getcwd, buf, sizeof(buf))
CALL(ftruncate, -1, 0) CALL(fsync, -1) CALL(dup, -1) CALL(dup3, -1, 200, false) CALL(cloexec, -1, true) CALL(close_range, 9000, 8000, 0) CALL(flock, -1, 0)
CALL(pipe, fds) CALL(memfd, "x", 0) CALL(seal, -1, 0) CALL(get_seals, -1) CALL(sendfile, -1, -1, 1) CALL(getdents, -1, buf, 1) CALL(ioctl_ns_type, -1)
CALL(poll, &pfd, 1, &ts) CALL(faccessat, -1, "x", 0, 0)
static void exit_child(void *arg) { (void)arg; sys_exit(0); }
static long call_map_shared(void) { return sys_map_shared(-1, 1) ? 0 : -1; }
CALL(clone3, &clone_args, &fd_out) CALL(clone3_shared, &clone_args, exit_child, NULL, &fd_out) CALL(setns, -1, 0) CALL(unshare, 0) CALL(execve, "x", NULL, NULL) CALL(execveat, -1, "x", NULL, NULL, 0) CALL(pidfd_open, -1) CALL(pidfd_signal, -1, 0)
CALL(pidfd_getfd, -1, 0) CALL(kill, 0, 99) CALL(wait4, -1, NULL, WNOHANG, NULL) CALL(waitid_pidfd, -1, &info, WNOHANG) CALL(setpgid) CALL(setsid) CALL(prctl, -1, 0, 0, 0, 0)
CALL(prlimit, 0, -1, NULL, NULL) CALL(sched_setaffinity, 0, 0, buf) CALL(sched_setattr, 0, NULL, 0) CALL(ioprio_set, -1, 0, 0) CALL(personality, 0xffffffff)
CALL(sethostname, buf, (size_t)-1) CALL(setdomainname, buf, (size_t)-1) CALL(signalfd, &set) CALL(sigmask, SIG_BLOCK, NULL, &set) CALL(signal, 0, SIG_DFL)
CALL(signal_default_all) CALL(set_mempolicy, -1, NULL, 0) CALL(keyctl, -1, 0, 0, 0, 0) CALL(uname, &uts) CALL(clock_gettime, CLOCK_MONOTONIC, &ts) CALL(getrandom, buf, 1)
CALL(setresuid, (uid_t)-1, (uid_t)-1, (uid_t)-1) CALL(setresgid, (gid_t)-1, (gid_t)-1, (gid_t)-1) CALL(getresuid, &ids[0], &ids[1], &ids[2])
CALL(getresgid, &ids[0], &ids[1], &ids[2]) CALL(setgroups, (size_t)1 << 20, ids) CALL(getgroups, 0, ids) CALL(capget, caps) CALL(capset, caps)
CALL(cap_drop_bound, 200) CALL(cap_set_ambient, 200) CALL(cap_reset_ambient) CALL(seccomp_load, &allow, 0, 0xffff)
CALL(socketpair_seqpacket, fds) CALL(socket_unix, -1) CALL(bind_unix, -1, "x") CALL(connect_unix, -1, "x") CALL(listen, -1, 0) CALL(accept, -1)
CALL(peer_cred, -1, &cred) CALL(send, -1, buf, 1, NULL, 0) CALL(recv, -1, buf, 1, NULL, 0, &count)
CALL(tty_peer, -1) CALL(tty_unlock, -1) CALL(tty_number, -1, &tty) CALL(tty_controlling, -1) CALL(tty_get, -1, &tio) CALL(tty_set, -1, &tio)
CALL(tty_size_get, -1, &ws) CALL(tty_size_set, -1, &ws)
CALL(bpf_load_device, NULL, 0, buf, sizeof(buf)) CALL(bpf_attach_device, -1, -1, -1) CALL(bpf_query_device, -1, programs, &number) CALL(bpf_prog_by_id, 0)
CALL(bpf_detach_device, -1, -1) CALL(loopback_up) CALL(netlink) CALL(link_find, -1, "x", 0) CALL(link_move, -1, 0, -1, "x", 1) CALL(link_up, -1, 0)
CALL(addr_list, -1, 1, &address, 1, &count) CALL(addr_add, -1, 1, &address)

#define ROW(name) { #name, call_##name }
static const struct { const char *name; long (*call)(void); } table[] = {
	ROW(open_tree), ROW(move_mount), ROW(fsopen), ROW(fsconfig), ROW(fsmount), ROW(fspick), ROW(mount_setattr), ROW(pivot_root), ROW(umount2), ROW(mount_move),
	ROW(chroot), ROW(openat2), ROW(openat), ROW(read), ROW(pread), ROW(pwrite), ROW(write), ROW(write_all), ROW(rewind), ROW(fstat), ROW(fstatat), ROW(fstatfs), ROW(mkdirat),
	ROW(mknodat), ROW(symlinkat), ROW(unlinkat), ROW(renameat), ROW(readlinkat), ROW(fchmod), ROW(fchmod_path), ROW(fchmodat), ROW(fchownat), ROW(fchdir), ROW(chdir), ROW(getcwd),
	ROW(ftruncate), ROW(fsync), ROW(dup), ROW(dup3), ROW(cloexec), ROW(close_range), ROW(flock), ROW(pipe), ROW(memfd), ROW(seal), ROW(get_seals), ROW(sendfile),
	ROW(getdents), ROW(ioctl_ns_type), ROW(poll), ROW(faccessat), ROW(map_shared), ROW(clone3), ROW(clone3_shared), ROW(setns), ROW(unshare), ROW(execve), ROW(execveat), ROW(pidfd_open),
	ROW(pidfd_signal), ROW(pidfd_getfd), ROW(kill), ROW(wait4), ROW(waitid_pidfd), ROW(setpgid), ROW(setsid), ROW(prctl), ROW(prlimit), ROW(sched_setaffinity),
	ROW(sched_setattr), ROW(ioprio_set), ROW(personality), ROW(sethostname), ROW(setdomainname), ROW(signalfd), ROW(sigmask), ROW(signal), ROW(signal_default_all),
	ROW(set_mempolicy), ROW(keyctl), ROW(uname), ROW(clock_gettime), ROW(getrandom), ROW(setresuid), ROW(setresgid), ROW(getresuid), ROW(getresgid), ROW(setgroups),
	ROW(getgroups), ROW(capget), ROW(capset), ROW(cap_drop_bound), ROW(cap_set_ambient), ROW(cap_reset_ambient), ROW(seccomp_load), ROW(socketpair_seqpacket),
	ROW(socket_unix), ROW(bind_unix), ROW(connect_unix), ROW(listen), ROW(accept), ROW(peer_cred), ROW(send), ROW(recv), ROW(tty_peer), ROW(tty_unlock),
	ROW(tty_number), ROW(tty_controlling), ROW(tty_get), ROW(tty_set), ROW(tty_size_get), ROW(tty_size_set), ROW(bpf_load_device), ROW(bpf_attach_device),
	ROW(bpf_query_device), ROW(bpf_prog_by_id), ROW(bpf_detach_device), ROW(loopback_up),
	ROW(netlink), ROW(link_find), ROW(link_move), ROW(link_up), ROW(addr_list), ROW(addr_add),
};

/* Names that sys.h declares and that have no row: they cannot fail, or never return. */
static bool excused(const char *name)
{
	static const char *const list[] = { "fault", "fault_room", "fault_step", "fault_environment", "is_cloexec",
		"fs_message", "getpid", "getppid", "geteuid", "getegid", "umask", "exit", "unmap" };

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

/* A new wrapper must get a row above. */
static void complete(void)
{
	char path[512], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/libcontainer/sys/sys.h", getenv("top_srcdir") ? getenv("top_srcdir") : ".");
	f = fopen(path, "re");
	if (!f) {
		skip("sys.h is not here");
		return;
	}
	while (fgets(line, sizeof(line), f)) {
		char *at = strstr(line, "sys_"), name[64];
		bool found = false;

		if (!at || strchr("/\t *#", line[0]) || sscanf(at, "sys_%63[a-z0-9_](", name) != 1 || at[4 + strlen(name)] != '(')
			continue;
		for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
			found = found || strcmp(table[i].name, name) == 0;
		if (!found && !excused(name))
			ok(false, "sys_%s has no row", name);
	}
	fclose(f);
	ok(true, "sys.h was read");
}

static unsigned long counted(const char *path, const char *room)
{
	char line[64];
	unsigned long n = 0;
	FILE *f = fopen(path, "re");

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, room, 4) == 0)
			n = strtoul(line + 4, NULL, 10);
	if (f)
		fclose(f);
	return n;
}

static void counting(void)
{
	char path[] = "/tmp/brig-unit-XXXXXX";
	int fd = mkstemp(path), status = 0;
	pid_t pid;

	close(fd);
	setenv("BRIG_FAULT_COUNT", path, 1);
	unsetenv("BRIG_FAULT");
	sys_fault_room("join");
	sys_fstat(-1, &st);
	sys_fstat(-1, &st);
	sys_fault_room("init");
	sys_fstat(-1, &st);
	sys_fault_room("");
	sys_fstat(-1, &st);
	ok(counted(path, "join") == 2 && counted(path, "init") == 1 && counted(path, "host") == 0, "calls are counted per room, and none after its end");
	setenv("BRIG_FAULT", "join:2:EACCES", 1);
	sys_fault_room("init");
	ok(sys_fstat(0, &st) == 0 && sys_fstat(0, &st) == 0, "another room is not meant");
	sys_fault_room("join");
	ok(sys_fstat(0, &st) == 0 && sys_fstat(0, &st) < 0 && errno == EACCES && sys_fstat(0, &st) == 0, "the second call fails, by name of its errno, once");
	unsetenv("BRIG_FAULT");
	pid = fork();
	if (pid == 0) {
		setenv("BRIG_FAULT_KILL", "host:2", 1);
		sys_fault_room("host");
		sys_fstat(0, &st);
		sys_fstat(0, &st);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && counted(path, "host") == 2, "a kill comes instead of the call, and is counted");
	sys_fault_room("");
	unsetenv("BRIG_FAULT_COUNT");
	unlink(path);
}

int main(void)
{
	char want[64];

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		int error = 1000 + (int)i;	/* no kernel says this */
		long r;

		snprintf(want, sizeof(want), "host:1:%d", error);
		setenv("BRIG_FAULT", want, 1);
		sys_fault_room("host");
		errno = 0;
		r = table[i].call();
		ok(r == -1 && errno == error, "sys_%s", table[i].name);
	}
	sys_fault_room("");
	complete();
	counting();
	return done();
}
