/* room: any — every descriptor is close-on-exec from birth, and messages with descriptors are taken exactly */
#include "tap.h"
#include "base/own.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/mount.h>
#include <sys/wait.h>

static void born(int fd, const char *what)
{
	if (fd < 0) {
		skip("%s: %s", what, strerror(errno));
		return;
	}
	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC, "%s is close-on-exec", what);
	close(fd);
}

static void files(void)
{
	int fds[2], fs, fd;

	born(sys_openat(AT_FDCWD, "/", O_RDONLY, 0), "openat");
	born(sys_openat2(AT_FDCWD, "/", O_PATH, 0, 0), "openat2");
	born(sys_memfd("x", 0), "memfd");
	born(sys_dup(0), "dup");
	fd = sys_dup(0);
	ok(fd >= 3, "dup gives no standard descriptor");
	born(sys_dup3(fd, 200, false), "dup3");
	ok(sys_dup3(fd, 200, true) == 200 && fcntl(200, F_GETFD) == 0, "dup3 keeps on exec only when asked");
	ok(sys_cloexec(200, true) == 0 && fcntl(200, F_GETFD) == FD_CLOEXEC && sys_cloexec(200, false) == 0 && fcntl(200, F_GETFD) == 0, "cloexec sets and clears");
	close(200);
	close(fd);
	if (ok(sys_pipe(fds) == 0, "pipe"))
		born(fds[0], "its reading end"), born(fds[1], "its writing end");
	born(sys_open_tree(AT_FDCWD, "/", 0), "open_tree");
	born(sys_open_tree(AT_FDCWD, "/", OPEN_TREE_CLONE), "open_tree of a clone");
	fs = sys_fsopen("tmpfs");
	if (fs >= 0 && sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		born(sys_fsmount(fs, 0), "fsmount");
	born(fs, "fsopen");
	born(sys_fspick(AT_FDCWD, "/", 0), "fspick");
}

struct birth { int pipe; long deep[64]; };

/* What a child of clone3_shared does: calls of its own, deep in the stack, and an end. */
static void birth(void *arg)
{
	const struct birth *b = arg;
	volatile char below[8192];
	char text[32];
	int n;

	for (size_t i = 0; i < sizeof(below); i++)
		below[i] = (char)i;
	n = snprintf(text, sizeof(text), "%ld %d", b->deep[63], below[77]);
	sys_exit(sys_write(b->pipe, text, (size_t)n) == n ? 9 : 8);
}

static void shared(void)
{
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = FD_NONE }, bad = { .flags = CLONE_THREAD, .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	struct birth b = { .pipe = FD_NONE };
	int pipe[2], pidfd = FD_NONE, none = FD_NONE, status = 0;
	char text[32] = "";
	pid_t pid;

	for (size_t i = 0; i < 64; i++)
		b.deep[i] = 7 * (long)i;
	if (sys_pipe(pipe) < 0)
		return;
	b.pipe = pipe[1];
	pid = sys_clone3_shared(&c, birth, &b, &pidfd);
	ok(pid > 0 && sys_read(pipe[0], text, sizeof(text) - 1) == 6 && strcmp(text, "441 77") == 0, "clone3_shared: the child sees what its argument points to");
	ok(b.deep[0] == 0 && b.deep[63] == 441 && b.pipe == pipe[1] && bad.cgroup == FD_NONE, "and the caller's frame is as it was");
	ok(sys_wait4(pid, &status, 0, NULL) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9, "the child's status");
	born(pidfd, "clone3_shared's pidfd");
	errno = 0;
	ok(sys_clone3_shared(&bad, birth, &b, &none) < 0 && errno == EINVAL && none == FD_NONE, "what the kernel refuses makes no child, and has an errno");
	close(pipe[0]);
	close(pipe[1]);
}

static void processes(void)
{
	struct sys_clone c = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	siginfo_t info = { 0 };
	sigset_t set;
	int pidfd = FD_NONE;
	pid_t pid = sys_clone3(&c, &pidfd);

	if (pid == 0)
		sys_exit(7);
	ok(pid > 0 && pidfd >= 0, "clone3");
	born(sys_pidfd_open(pid), "pidfd_open");
	ok(sys_waitid_pidfd(pidfd, &info, WEXITED) == 0 && info.si_status == 7, "the child's status, by descriptor");
	born(pidfd, "clone3's pidfd");
	pidfd = sys_pidfd_open(getpid());
	born(sys_pidfd_getfd(pidfd, 0), "pidfd_getfd");
	close(pidfd);
	sigemptyset(&set);
	born(sys_signalfd(&set), "signalfd");
	shared();
}

static void bpf(void)
{
	const struct bpf_insn allow[] = { { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 }, { .code = BPF_JMP | BPF_EXIT } };
	const struct bpf_insn bad[] = { { .code = BPF_JMP | BPF_EXIT } };
	char log[4096];
	int fd = sys_bpf_load_device(bad, 1, log, sizeof(log));

	ok(fd < 0, "a program that leaves no verdict is refused");
	if (errno == EPERM)
		skip("may not load programs");
	else
		ok(strlen(log) > 0, "with the verifier's words");
	born(sys_bpf_load_device(allow, 2, log, sizeof(log)), "bpf_load_device");
}

static void sockets(void)
{
	char dir[] = "/tmp/brig-unit-XXXXXX", path[64], longer[200];
	int server, client, fds[2];
	struct ucred cred = { 0 };

	born(sys_socket_unix(SOCK_STREAM), "socket_unix");
	if (ok(sys_socketpair_seqpacket(fds) == 0, "socketpair"))
		born(fds[0], "its one end"), born(fds[1], "its other end");
	if (!mkdtemp(dir))
		return;
	snprintf(path, sizeof(path), "%s/s", dir);
	server = sys_socket_unix(SOCK_STREAM);
	client = sys_socket_unix(SOCK_STREAM);
	ok(sys_bind_unix(server, path) == 0 && sys_listen(server, 1) == 0 && sys_connect_unix(client, path) == 0, "bind, listen, connect");
	ok(sys_peer_cred(client, &cred) == 0 && cred.pid == getpid() && cred.uid == geteuid(), "the peer's credentials");
	born(sys_accept(server), "accept");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	errno = 0;
	ok(sys_bind_unix(client, longer) < 0 && errno == ENAMETOOLONG, "a path longer than an address is not cut");
	errno = 0;
	ok(sys_connect_unix(client, "") < 0 && errno == EINVAL, "an empty path is no abstract address");
	close(server);
	close(client);
	unlink(path);
	rmdir(dir);
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 400; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void messages(void)
{
	int s[2], many[8], got[3], before;
	char buf[16];
	size_t n = 99;

	if (!ok(sys_socketpair_seqpacket(s) == 0, "a pair"))
		return;
	for (size_t i = 0; i < 8; i++)
		many[i] = 0;
	before = open_descriptors();
	ok(sys_send(s[0], "abc", 3, many, 2) == 3 && sys_recv(s[1], buf, sizeof(buf), got, 3, &n) == 3 && n == 2 && memcmp(buf, "abc", 3) == 0, "a message with two descriptors");
	ok(got[2] == FD_NONE && fcntl(got[0], F_GETFD) == FD_CLOEXEC && fcntl(got[1], F_GETFD) == FD_CLOEXEC, "which are close-on-exec; the third place is empty");
	close(got[0]);
	close(got[1]);
	ok(sys_send(s[0], "abc", 3, many, 8) == 3 && sys_recv(s[1], buf, sizeof(buf), got, 3, &n) == 3 && n == 8, "surplus descriptors are told");
	for (size_t i = 0; i < 3; i++)
		close(got[i]);
	is_int(open_descriptors(), before, "and closed");
	ok(sys_send(s[0], "abc", 3, many, 2) == 3 && sys_recv(s[1], buf, sizeof(buf), NULL, 0, &n) == 3 && n == 2, "none are taken where none are wanted");
	is_int(open_descriptors(), before, "and all are closed");
	errno = 0;
	ok(sys_send(s[0], "0123456789", 10, many, 2) == 10 && sys_recv(s[1], buf, 4, got, 3, &n) < 0 && errno == EMSGSIZE, "a longer message than there is room for is refused");
	is_int(open_descriptors(), before, "with its descriptors closed");
	ok(got[0] == FD_NONE && got[1] == FD_NONE, "and not left behind");
	ok(sys_send(s[0], "x", 1, NULL, 0) == 1 && sys_recv(s[1], buf, 1, got, 3, &n) == 1 && n == 0, "a message that fits exactly");
	errno = 0;
	ok(sys_send(s[0], "x", 1, many, 254) < 0 && errno == EINVAL, "more descriptors than one message carries");
	close(s[0]);
	n = 99;
	ok(sys_recv(s[1], buf, sizeof(buf), got, 3, &n) == 0 && n == 0 && got[0] == FD_NONE, "the end of the file");
	errno = 0;
	ok(sys_send(s[1], "x", 1, NULL, 0) < 0 && errno == EPIPE, "writing to nobody is an error, not a signal");
	close(s[1]);
}

static void small(void)
{
	char buf[32] = "x";
	struct timespec none = { 0 };
	int fds[2], fd;
	void *shared;

	fd = sys_memfd("x", 2 /* MFD_ALLOW_SEALING */);
	ok(sys_write_all(fd, "hello", 5) == 0 && sys_rewind(fd) == 0 && sys_read(fd, buf, 5) == 5 && memcmp(buf, "hello", 5) == 0, "write_all, rewind, read");
	ok(sys_pread(fd, buf, 3, 2) == 3 && memcmp(buf, "llo", 3) == 0, "pread");
	shared = sys_map_shared(fd, 5);
	ok(shared && memcmp(shared, "hello", 5) == 0 && sys_unmap(shared, 5) == 0, "a shared page");
	ok(sys_seal(fd, F_SEAL_WRITE) == 0 && sys_get_seals(fd) == F_SEAL_WRITE && sys_write(fd, "x", 1) < 0, "seals");
	ok(sys_is_cloexec(fd) && sys_cloexec(fd, false) == 0 && !sys_is_cloexec(fd), "close-on-exec, and not");
	close(fd);
	ok(!sys_is_cloexec(fd), "a closed descriptor is not close-on-exec");
	ok(sys_getrandom(buf, sizeof(buf)) == 0, "random bytes");
	ok(sys_poll(NULL, 0, &none) == 0, "poll of nothing");
	ok(sys_getcwd(buf, 1) < 0 && errno == ERANGE, "getcwd into no room");
	if (sys_pipe(fds) == 0) {
		ok(sys_signal(SIGPIPE, SIG_IGN) == 0, "ignore SIGPIPE");
		close(fds[0]);
		ok(sys_write_all(fds[1], "x", 1) < 0 && errno == EPIPE, "write_all to nobody");
		close(fds[1]);
		sys_signal(SIGPIPE, SIG_DFL);
	}
	ok(sys_geteuid() == geteuid() && sys_getegid() == getegid() && sys_getpid() == getpid() && sys_getppid() == getppid(), "ids");
	errno = EBUSY;
	sys_fs_message(-1, buf, sizeof(buf));
	ok(buf[0] == '\0' && errno == EBUSY, "no message of a file system, and errno is kept");
	fd = sys_fsopen("tmpfs");
	if (fd >= 0) {
		char text[128];

		sys_fsconfig(fd, FSCONFIG_SET_STRING, "size", "nope", 0);
		sys_fs_message(fd, text, sizeof(text));
		ok(strstr(text, "size"), "a file system's own words: %s", text);
		sys_fsconfig(fd, FSCONFIG_SET_STRING, "size", "nope", 0);
		sys_fs_message(fd, buf, 8);
		is_int((long long)strlen(buf), 7, "are cut to their room");
		close(fd);
	} else {
		skip("fsopen: %s", strerror(errno));
	}
}

int main(void)
{
	files();
	processes();
	bpf();
	sockets();
	messages();
	small();
	return done();
}
