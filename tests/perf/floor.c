/* room: test — the benchmark: what the kernel alone takes */
/* The floor: what the kernel alone takes to make, and to enter, the container of the default configuration. No JSON, no checks, no seccomp, no
 * way back from a failure: every runtime pays at least this. Not a runtime, and never to be used as one.
 *
 *   floor run ROOTFS CGROUP [plus] [-PART]... [+PART]...    -net, -devices, -masks, -caps, -cgroup: without, to show what it costs;
 *                                                           +journal, +look: with what makes brig's start accountable;
 *                                                           +program=FILE: with that program in a sealed memfd, executed; +process: with one more process
 *   floor exec PID CGROUP
 *   floor true                                   spawns /proc/self/exe and nothing else
 *
 * plus: the device program, the loopback interface, the session keyring and a state file as well. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/sched.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#define MUST(call) do { if ((call) < 0) { perror("floor: " #call); _exit(125); } } while (0)

enum { MEDIUM = MS_NOSUID | MS_NOEXEC | MS_NODEV };
static bool without_net, without_devices, without_masks, without_caps, without_cgroup, plus, with_journal, with_look, with_process;
static const char *program;

static pid_t child_of(uint64_t flags, int cgroup)
{
	struct clone_args a = { .flags = flags, .exit_signal = SIGCHLD };

	if (cgroup >= 0) {
		a.flags |= CLONE_INTO_CGROUP;
		a.cgroup = (unsigned)cgroup;
	}
	return (pid_t)syscall(SYS_clone3, &a, sizeof(a));
}

static void mounts(void)
{
	static const struct { const char *type, *at, *data; unsigned long flags; } list[] = {
		{ "proc", "proc", NULL, 0 },
		{ "tmpfs", "dev", "mode=755,size=65536k", MS_NOSUID | MS_STRICTATIME },
		{ "devpts", "dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5", MS_NOSUID | MS_NOEXEC },
		{ "tmpfs", "dev/shm", "mode=1777,size=65536k", MEDIUM },
		{ "mqueue", "dev/mqueue", NULL, MEDIUM },
		{ "sysfs", "sys", NULL, MEDIUM | MS_RDONLY },
		{ "cgroup2", "sys/fs/cgroup", NULL, MEDIUM | MS_RDONLY | MS_RELATIME },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		if (strncmp(list[i].at, "dev/", 4) == 0)
			MUST(mkdir(list[i].at, 0755));
		if (without_net && strcmp(list[i].type, "sysfs") == 0)
			MUST(mount("/sys", "sys", NULL, MS_BIND, NULL));
		else
			MUST(mount(list[i].type, list[i].at, list[i].type, list[i].flags, list[i].data));
	}
}

static void devices(void)
{
	static const struct { const char *at; unsigned minor, major; } list[] = {
		{ "dev/null", 3, 1 }, { "dev/zero", 5, 1 }, { "dev/full", 7, 1 }, { "dev/random", 8, 1 }, { "dev/urandom", 9, 1 }, { "dev/tty", 0, 5 },
	};

	umask(0);
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		MUST(mknod(list[i].at, S_IFCHR | 0666, makedev(list[i].major, list[i].minor)));
	MUST(symlink("/proc/self/fd", "dev/fd"));
	MUST(symlink("/proc/self/fd/0", "dev/stdin"));
	MUST(symlink("/proc/self/fd/1", "dev/stdout"));
	MUST(symlink("/proc/self/fd/2", "dev/stderr"));
	MUST(symlink("/proc/kcore", "dev/core"));
	MUST(symlink("pts/ptmx", "dev/ptmx"));
	umask(022);
}

static void masks(void)
{
	static const char *const hidden[] = { "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
		"/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi" };
	static const char *const fixed[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };

	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++)
		if (mount(fixed[i], fixed[i], NULL, MS_BIND | MS_REC, NULL) == 0)
			MUST(mount(NULL, fixed[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (mount("/dev/null", hidden[i], NULL, MS_BIND, NULL) < 0 && errno == ENOTDIR)
			MUST(mount("tmpfs", hidden[i], "tmpfs", MS_RDONLY, NULL));
}

static void loopback(void)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	MUST(s);
	MUST(ioctl(s, SIOCSIFFLAGS, &r));
}

static void drop(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	uint32_t keep = 1u << CAP_AUDIT_WRITE | 1u << CAP_KILL | 1u << CAP_NET_BIND_SERVICE;	/* the first two of one word, all below 32 */
	struct __user_cap_data_struct d[2] = { { .effective = keep, .permitted = keep }, { 0 } };

	for (unsigned long c = 0; c <= CAP_LAST_CAP; c++)
		if (c >= 32 || !(keep >> c & 1))
			(void)prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	MUST(syscall(SYS_setgroups, 0, NULL));
	MUST(syscall(SYS_setresgid, 0, 0, 0));
	MUST(syscall(SYS_setresuid, 0, 0, 0));
	MUST(syscall(SYS_capset, &h, d));
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static void become(void)
{
	char *argv[] = { (char *)"/bin/true", NULL }, *envp[] = { (char *)"PATH=/bin", NULL };

	execve("/bin/true", argv, envp);
	perror("floor: execve");
	_exit(126);
}

static void inside(const char *rootfs)
{
	MUST(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
	MUST(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL));
	MUST(chdir(rootfs));
	mounts();
	if (!without_devices)
		devices();
	if (plus && !without_net)
		loopback();
	MUST(sethostname("floor", 5));
	MUST(syscall(SYS_pivot_root, ".", "."));
	MUST(umount2(".", MNT_DETACH));
	MUST(chdir("/"));
	MUST(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	if (!without_masks)
		masks();
	MUST(setsid());
	if (plus)
		(void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "floor");
	if (!without_caps)
		drop();
	become();
}

/* As long as the program that runtimes make of the default list, and one that allows all: its cost is the load and the attachment. */
static void device_program(int cgroup)
{
	struct bpf_insn insn[40] = { 0 };
	union bpf_attr a;
	int prog;

	for (size_t i = 0; i + 2 < sizeof(insn) / sizeof(*insn); i++)
		insn[i] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = 2, .src_reg = 1, .off = (short)(i % 3 * 4) };
	insn[38] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 };
	insn[39] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
	memset(&a, 0, sizeof(a));
	a.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	a.insns = (uint64_t)(uintptr_t)insn;
	a.insn_cnt = 40;
	a.license = (uint64_t)(uintptr_t)"GPL";
	prog = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &a, sizeof(a));
	MUST(prog);
	memset(&a, 0, sizeof(a));
	a.target_fd = (uint32_t)cgroup;
	a.attach_bpf_fd = (uint32_t)prog;
	a.attach_type = BPF_CGROUP_DEVICE;
	a.attach_flags = BPF_F_ALLOW_MULTI;
	MUST(syscall(SYS_bpf, BPF_PROG_ATTACH, &a, sizeof(a)));
}

static void state_file(const char *rootfs)
{
	char path[4096], text[1024];
	int fd;

	memset(text, ' ', sizeof(text));
	snprintf(path, sizeof(path), "/run/floor-%d", getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd);
	MUST(write(fd, text, sizeof(text)));
	close(fd);
	unlink(path);
	(void)rootfs;
}

static void put(int dir, const char *name, size_t n)
{
	char text[2048], hidden[64];
	int fd;

	memset(text, ' ', sizeof(text));
	snprintf(hidden, sizeof(hidden), ".%s", name);
	fd = openat(dir, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd);
	MUST(write(fd, text, n));
	close(fd);
	MUST(renameat(dir, hidden, dir, name));
}

/* What a directory of one's own costs that tells delete what to undo: written whole before the first lasting act, again when the process is there. */
static void journal(void)
{
	char path[64];
	int dir;

	snprintf(path, sizeof(path), "/run/floor-%d.d", getpid());
	MUST(mkdir(path, 0700));
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(dir);
	MUST(flock(dir, LOCK_EX | LOCK_NB));
	put(dir, "state.json", 350);
	put(dir, "config.json", 1900);
	put(dir, "state.json", 390);
	MUST(unlinkat(dir, "state.json", 0));
	MUST(unlinkat(dir, "config.json", 0));
	close(dir);
	MUST(rmdir(path));
}

/* What it costs to ask the kernel whether a process is confined as it was told to be. */
static void look_at(pid_t pid)
{
	static const char *const spaces[] = { "mnt", "uts", "ipc", "net", "pid", "cgroup" }, *const files[] = { "status", "cgroup" };
	char path[64], text[4096];
	struct stat st;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, files[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		MUST(fd);
		MUST(read(fd, text, sizeof(text)));
		close(fd);
	}
	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, spaces[i]);
		MUST(stat(path, &st));
		snprintf(path, sizeof(path), "/proc/self/ns/%s", spaces[i]);
		MUST(stat(path, &st));
	}
}

static int wait_for(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* What is executed ends at once: what it costs beside a process is its bytes, its seals and its start. */
static void one_more(void)
{
	char *argv[] = { (char *)"program", NULL }, *envp[] = { NULL };
	int memfd = -1;
	pid_t pid;

	if (program) {
		int file = open(program, O_RDONLY | O_CLOEXEC);
		struct stat st;
		void *bytes;

		MUST(fstat(file, &st));
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
		memfd = memfd_create("program", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		MUST(memfd);
		if (bytes == MAP_FAILED || write(memfd, bytes, (size_t)st.st_size) != st.st_size)
			MUST(-1);
		MUST(fcntl(memfd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
	}
	pid = child_of(0, -1);
	MUST(pid);
	if (pid == 0) {
		if (program)
			syscall(SYS_execveat, memfd, "", argv, envp, AT_EMPTY_PATH);
		_exit(2);
	}
	wait_for(pid);
}

static int run(const char *rootfs, const char *group)
{
	uint64_t flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | (without_net ? 0 : CLONE_NEWNET);
	int cgroup = -1, rc;
	pid_t pid;

	if (!without_cgroup) {
		MUST(mkdir(group, 0755));
		cgroup = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		MUST(cgroup);
		if (plus)
			device_program(cgroup);
	}
	if (plus)
		state_file(rootfs);
	if (with_journal)
		journal();
	if (program || with_process)
		one_more();
	pid = child_of(flags, cgroup);
	MUST(pid);
	if (pid == 0)
		inside(rootfs);
	if (with_look)
		look_at(pid);
	rc = wait_for(pid);
	while (!without_cgroup && rmdir(group) < 0 && errno == EBUSY)
		usleep(100);
	return rc;
}

static int enter(int target, const char *group)
{
	int cgroup = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC), pidfd = (int)syscall(SYS_pidfd_open, target, 0);
	pid_t pid;

	MUST(cgroup);
	MUST(pidfd);
	MUST(setns(pidfd, CLONE_NEWPID));
	pid = child_of(0, cgroup);
	MUST(pid);
	if (pid == 0) {
		MUST(setns(pidfd, CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP | CLONE_NEWNET));
		MUST(setsid());
		MUST(chdir("/"));
		drop();
		become();
	}
	return wait_for(pid);
}

static int spawn(void)
{
	pid_t pid = child_of(0, -1);

	MUST(pid);
	if (pid == 0)
		execl("/proc/self/exe", "floor", NULL);
	return wait_for(pid);
}

static void leave_out(const char *part)
{
	without_net |= strcmp(part, "-net") == 0;
	without_devices |= strcmp(part, "-devices") == 0;
	without_masks |= strcmp(part, "-masks") == 0;
	without_caps |= strcmp(part, "-caps") == 0;
	without_cgroup |= strcmp(part, "-cgroup") == 0;
	plus |= strcmp(part, "plus") == 0;
	with_journal |= strcmp(part, "+journal") == 0;
	with_look |= strcmp(part, "+look") == 0;
	with_process |= strcmp(part, "+process") == 0;
	if (strncmp(part, "+program=", 9) == 0)
		program = part + 9;
}

int main(int argc, char **argv)
{
	for (int i = 4; i < argc; i++)
		leave_out(argv[i]);
	if (argc >= 4 && strcmp(argv[1], "run") == 0)
		return run(argv[2], argv[3]);
	if (argc == 4 && strcmp(argv[1], "exec") == 0)
		return enter(atoi(argv[2]), argv[3]);
	if (argc == 2 && strcmp(argv[1], "true") == 0)
		return spawn();
	return argc == 1 ? 0 : 2;
}
