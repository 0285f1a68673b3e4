/* room: any — the laboratory of the fault tests */
#include "fault/lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int brig_main(int argc, char **argv);	/* main of src/main.c */

enum { LEAKED_FDS = 98, SANITIZED = 99, HANG_MS = 20000, ROOTLESS_ID = 1000 };

const char *const lab_bundle[] = { "minimal", "default", "early", "userns", "join", "hooks", "terminal", "rootless", NULL };
const char *const lab_room_name[LAB_ROOMS] = { "host", "birth", "join", "init", "hook", "start", "undo" };

static char top[64];		/* the directory of this run of the test */
static pid_t helper;

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "exitcode=99:detect_leaks=1:abort_on_error=0";
}

static _Noreturn void bail(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	_exit(1);
}

static int run_program(char *const argv[])
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return status;
}

const char *lab_begin(void)
{
	if (geteuid() != 0)
		return "needs root";
	if (access("/bin/busybox", X_OK) < 0 || access("/usr/bin/jq", X_OK) < 0)
		return "needs busybox-static and jq";
	unsetenv("NOTIFY_SOCKET");
	unsetenv("LISTEN_FDS");
	umask(022);
	snprintf(top, sizeof(top), "/tmp/brig-fault-XXXXXX");
	if (!mkdtemp(top))
		bail("mkdtemp");
	chmod(top, 0755);
	return NULL;
}

/* Namespaces to join: ipc and network. */
void lab_init_helper(void)
{
	int ready[2];
	char c;

	if (pipe2(ready, O_CLOEXEC) < 0)
		bail("pipe");
	helper = fork();
	if (helper == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWIPC | CLONE_NEWNET) < 0)
			_exit(1);
		(void)!write(ready[1], "", 1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (helper < 0 || read(ready[0], &c, 1) != 1)
		bail("namespaces to join");
	close(ready[0]);
}

void lab_end(void)
{
	char *const rm[] = { (char *)"rm", (char *)"-rf", top, NULL };

	if (helper > 0) {
		kill(helper, SIGKILL);
		waitpid(helper, NULL, 0);
	}
	run_program(rm);
}

static char *slurp(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t n = 0, cap = 1 << 16;
	char *buf = malloc(cap);
	ssize_t got;

	if (fd < 0 || !buf)
		bail(path);
	while ((got = read(fd, buf + n, cap - n - 1)) > 0) {
		n += (size_t)got;
		if (n + 1 == cap) {
			buf = realloc(buf, cap *= 2);
			if (!buf)
				bail(path);
		}
	}
	close(fd);
	buf[n] = '\0';
	return buf;
}

static void find_cgroups(struct lab *l)
{
	char *next = l->mountinfo;

	for (char *line = next; line && *line; line = next ? next + 1 : NULL) {
		char *sep, point[100];

		next = strchr(line, '\n');
		sep = strstr(line, " - cgroup2 ");
		if (sep && (!next || sep < next) && sscanf(line, "%*s %*s %*s %*s %99s", point) == 1)
			snprintf(l->cgroup_mount, sizeof(l->cgroup_mount), "%s", point);
	}
	if (!l->cgroup_mount[0])
		bail("no cgroup v2 hierarchy");
}

static int listen_at(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || listen(fd, 64) < 0)
		bail("console socket");
	return fd;
}

void lab_worker(struct lab *l, unsigned number)
{
	char script[512], pid[16], path[256];
	const char *src = getenv("top_srcdir"), *build = getenv("top_builddir");

	memset(l, 0, sizeof(*l));
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	snprintf(l->name, sizeof(l->name), "%s-%u", top + strlen("/tmp/"), number);
	snprintf(l->dir, sizeof(l->dir), "%s/%u", top, number);
	snprintf(pid, sizeof(pid), "%d", helper);
	snprintf(script, sizeof(script), "%s/tests/fault/bundles.sh", src ? src : ".");
	snprintf(path, sizeof(path), "%s/brig-fault", build ? build : ".");
	char *const make[] = { (char *)"sh", script, path, l->dir, l->name, pid, NULL };
	if (access(l->dir, F_OK) < 0 && run_program(make) != 0)
		bail("tests/fault/bundles.sh failed");
	/* Shared, so that a mount that leaks out of a container is seen. */
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
		bail("mount namespace of a worker");
	l->mountinfo = slurp("/proc/self/mountinfo");
	find_cgroups(l);
	snprintf(path, sizeof(path), "%s/console", l->dir);
	unlink(path);
	l->console = listen_at(path);
	snprintf(path, sizeof(path), "%s/state", l->dir);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/state-rootless", l->dir);
	mkdir(path, 0700);
	if (fchownat(AT_FDCWD, path, ROOTLESS_ID, ROOTLESS_ID, 0) < 0)
		bail("fchownat");
}

static bool rootless(const char *bundle)
{
	return strcmp(bundle, "rootless") == 0 || strcmp(bundle, "slow") == 0;
}

static unsigned count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* Root of nothing, as an ordinary user's shell would have it: dumpable, so that /proc/self belongs to it. */
static void become_user(void)
{
	if (setgroups(0, NULL) < 0 || setresgid(ROOTLESS_ID, ROOTLESS_ID, ROOTLESS_ID) < 0 || setresuid(ROOTLESS_ID, ROOTLESS_ID, ROOTLESS_ID) < 0)
		_exit(97);
	prctl(PR_SET_DUMPABLE, 1);
}

static _Noreturn void child(struct lab *l, const char *verb, const char *bundle, const char *fault, const char *kill_at, int text)
{
	char root[256], log[256], dir[256], console[256], count[256], pid_file[256], resources[256];
	char *argv[24];
	unsigned before;
	int n = 0, rc;

	snprintf(root, sizeof(root), "%s/%s", l->dir, rootless(bundle) ? "state-rootless" : "state");
	snprintf(log, sizeof(log), "%s/log", l->dir);
	snprintf(dir, sizeof(dir), "%s/%s", l->dir, bundle);
	snprintf(console, sizeof(console), "%s/console", l->dir);
	snprintf(count, sizeof(count), "%s/count", l->dir);
	snprintf(pid_file, sizeof(pid_file), "%s/pid", root);
	snprintf(resources, sizeof(resources), "%s/resources.json", l->dir);
	setenv("BRIG_FAULT_COUNT", count, 1);
	if (fault)
		setenv("BRIG_FAULT", fault, 1);
	if (kill_at)
		setenv("BRIG_FAULT_KILL", kill_at, 1);
	argv[n++] = (char *)"brig";
	argv[n++] = (char *)"--root";
	argv[n++] = root;
	argv[n++] = (char *)"--log";
	argv[n++] = log;
	argv[n++] = (char *)"--log-format";
	argv[n++] = (char *)"json";
	argv[n++] = (char *)(verb[0] == '-' ? "delete" : verb);
	if (strcmp(verb, "create") == 0) {
		argv[n++] = (char *)"--bundle";
		argv[n++] = dir;
		argv[n++] = (char *)"--pid-file";
		argv[n++] = pid_file;
		if (strcmp(bundle, "terminal") == 0) {
			argv[n++] = (char *)"--console-socket";
			argv[n++] = console;
		}
	}
	if (strcmp(verb, "exec") == 0) {
		argv[n++] = (char *)"--detach";
		argv[n++] = (char *)"--pid-file";
		argv[n++] = pid_file;
	}
	if (strcmp(verb, "update") == 0) {
		argv[n++] = (char *)"--resources";
		argv[n++] = resources;
	}
	if (strcmp(verb, "--force") == 0)
		argv[n++] = (char *)"--force";
	argv[n++] = (char *)bundle;
	if (strcmp(verb, "exec") == 0)
		argv[n++] = (char *)"true";
	argv[n] = NULL;
	dup2(text, 1);
	dup2(text, 2);
	close_range(3, ~0u, 0);		/* the same numbers in every run */
	if (rootless(bundle))
		become_user();
	before = count_fds();
	rc = brig_main(n, argv);
	if (rc == 0 || rc == 1 || rc == 255) {
		unsigned after = count_fds();

		if (after != before + 1)	/* the log file is open until the program ends */
			rc = LEAKED_FDS;
	}
	exit(rc);
}

static void read_into(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, buf, size - 1);

	buf[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
}

/* What came to the console socket: its text is read, in case a sanitizer spoke to the pty. */
static void drain_console(struct lab *l, char *buf, size_t size)
{
	size_t used = strlen(buf);

	for (;;) {
		char name[64], control[CMSG_SPACE(sizeof(int) * 4)];
		struct iovec iov = { name, sizeof(name) };
		struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
		int fd = accept4(l->console, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		if (recvmsg(fd, &m, MSG_CMSG_CLOEXEC) > 0)
			for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
				int master;
				ssize_t n;

				memcpy(&master, CMSG_DATA(c), sizeof(master));
				fcntl(master, F_SETFL, O_NONBLOCK);
				n = read(master, buf + used, size - used - 1);
				used += n > 0 ? (size_t)n : 0;
				buf[used] = '\0';
				close(master);
			}
		close(fd);
	}
}

static void await(pid_t pid, int hang_ms, struct outcome *o)
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0), status = 0;
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	o->hung = poll(&p, 1, hang_ms ? hang_ms : HANG_MS) == 0;
	if (o->hung)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(pidfd);
	o->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Of the processes that came to us. Zombies are reaped here. */
static void count_left(unsigned *running, unsigned *zombie)
{
	pid_t pid;

	*running = *zombie = 0;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		++*zombie;
	*running = pid == 0;
}

void lab_run(struct lab *l, struct outcome *o, const char *verb, const char *bundle, const char *fault, const char *kill_at)
{
	char log[256], text[256];
	int fd;
	pid_t pid;

	memset(o, 0, sizeof(*o));
	snprintf(log, sizeof(log), "%s/log", l->dir);
	snprintf(text, sizeof(text), "%s/text", l->dir);
	fd = open(log, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || fchmod(fd, 0666) < 0)
		bail("log");
	close(fd);
	fd = open(text, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		child(l, verb, bundle, fault, kill_at, fd);
	if (fd < 0 || pid < 0)
		bail("fork");
	close(fd);
	await(pid, l->hang_ms, o);
	count_left(&o->left_running, &o->left_zombie);
	read_into(log, o->log, sizeof(o->log));
	read_into(text, o->text, sizeof(o->text));
	drain_console(l, o->text, sizeof(o->text));
}

void lab_counts_reset(struct lab *l)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/count", l->dir);
	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);	/* the next run may be an ordinary user's */
	if (fd < 0 || fchmod(fd, 0666) < 0)
		bail("count file");
	close(fd);
}

void lab_counts(struct lab *l, struct counts *c)
{
	char path[256], text[1024], *next = text;

	memset(c, 0, sizeof(*c));
	snprintf(path, sizeof(path), "%s/count", l->dir);
	read_into(path, text, sizeof(text));
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n")) {
		for (unsigned r = 0; r < LAB_ROOMS; r++)
			if (strncmp(line, lab_room_name[r], strlen(lab_room_name[r])) == 0)
				c->calls[r] = (unsigned)strtoul(line + strlen(lab_room_name[r]), NULL, 10);
		if (strncmp(line, "hit ", 4) == 0 && line[4] != ' ') {
			size_t n = strlen(line);

			while (n > 4 && line[n - 1] == ' ')
				line[--n] = '\0';
			snprintf(c->hit, sizeof(c->hit), "%s", line + 4);
		}
	}
}

void lab_fresh(struct lab *l, const char *bundle)
{
	static const char *const made[] = { "made/here", "made", "home/config.json", "tmp/work", "proc", "sys", "dev" };
	char path[512];

	if (rootless(bundle) || strcmp(bundle, "userns") == 0)
		return;		/* these roots may not write to their root directory: the mount points were made before */
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++) {
		snprintf(path, sizeof(path), "%s/%s/rootfs/%s", l->dir, bundle, made[i]);
		if (unlink(path) < 0)
			rmdir(path);
	}
}

static bool empty_dir(const char *path, char *first, size_t size)
{
	DIR *d = opendir(path);
	bool empty = true;

	if (!d)
		return true;
	for (struct dirent *e = readdir(d); e && empty; e = readdir(d)) {
		if (e->d_name[0] == '.' && (!e->d_name[1] || e->d_name[1] == '.'))
			continue;
		empty = strcmp(e->d_name, "pid") == 0 || strcmp(e->d_name, ".pid") == 0;	/* the pid file is the caller's */
		snprintf(first, size, "%s/%s", path, e->d_name);
	}
	closedir(d);
	return empty;
}

/* A mount that was not there before. One that has gone is the machine's: removing a mount point takes it away in every namespace. */
static bool new_mount(const char *before, const char *now)
{
	for (const char *line = now; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char key[64], id[16], parent[16], dev[16];

		if (sscanf(line, "%15s %15s %15s", id, parent, dev) != 3)
			continue;
		snprintf(key, sizeof(key), "%s %s %s ", id, parent, dev);
		for (const char *at = strstr(before, key); ; at = strstr(at + 1, key)) {
			if (!at)
				return true;
			if (at == before || at[-1] == '\n')
				break;
		}
	}
	return false;
}

const char *lab_residue(struct lab *l, const char *bundle, unsigned grace_ms)
{
	static char text[1024];
	char path[512], first[600] = "";
	unsigned running = 0, zombie;
	char *now;

	text[0] = '\0';
	for (unsigned ms = 0; ; ms += 2) {
		struct timespec t = { .tv_nsec = 2000000 };

		count_left(&running, &zombie);
		if (!running || ms >= grace_ms)
			break;
		nanosleep(&t, NULL);
	}
	if (running)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "a process; ");
	snprintf(path, sizeof(path), "%s/%s", l->cgroup_mount, l->name);
	if (access(path, F_OK) == 0)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "cgroup %s; ", path);
	snprintf(path, sizeof(path), "%s/%s", l->dir, rootless(bundle) ? "state-rootless" : "state");
	if (!empty_dir(path, first, sizeof(first)))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "state %s; ", first);
	now = slurp("/proc/self/mountinfo");
	if (new_mount(l->mountinfo, now))
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "a mount; ");
	free(now);
	return text;
}

const char *lab_sanitizer(const struct outcome *o)
{
	static const char *const word[] = { "AddressSanitizer", "LeakSanitizer", "runtime error:", "UndefinedBehavior" };

	if (o->status == SANITIZED)
		return "a sanitizer ended the program";
	for (size_t i = 0; i < sizeof(word) / sizeof(*word); i++)
		if (strstr(o->text, word[i]))
			return word[i];
	if (o->status == LEAKED_FDS)
		return "descriptors leaked";
	return NULL;
}

static bool member(const char *record, const char *name, char *value, size_t size)
{
	char key[32];
	const char *at;
	size_t n;

	snprintf(key, sizeof(key), "\"%s\":\"", name);
	at = strstr(record, key);
	if (!at)
		return false;
	at += strlen(key);
	n = strcspn(at, "\"");
	snprintf(value, size, "%.*s", (int)n, at);
	return n > 0;
}

const char *lab_one_error(const struct outcome *o, bool step)
{
	static char text[256];
	const char *first = strstr(o->log, "{\"level\":\"error\"");
	char value[512];

	if (!first)
		return "no error record";
	if (strstr(first + 1, "{\"level\":\"error\""))
		return "more than one error record";
	if (!member(first, "msg", value, sizeof(value)))
		return "the error has no message";
	if (!o->text[0])
		return "nothing on standard error";
	if (!step)
		return NULL;
	if (!member(first, "step", value, sizeof(value)))
		return "the error names no step";
	if (!member(first, "pointer", value, sizeof(value)))
		return "the error names no cause";
	if (value[0] != '/' && strncmp(value, "default: ", 9) != 0 && strncmp(value, "option: ", 8) != 0) {
		snprintf(text, sizeof(text), "the cause is no pointer, no default and no option: %.200s", value);
		return text;
	}
	return NULL;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, text, strlen(text));
	close(fd);
}

static void kill_children(void)
{
	char text[4096], *next = text;

	read_into("/proc/thread-self/children", text, sizeof(text));
	for (char *pid = strsep(&next, " "); pid; pid = strsep(&next, " "))
		if (pid[0])
			kill((pid_t)strtol(pid, NULL, 10), SIGKILL);
}

void lab_clean(struct lab *l, const char *bundle)
{
	char path[512], child_dir[600];
	char *const rm[] = { (char *)"rm", (char *)"-rf", path, NULL };
	unsigned running, zombie;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", l->cgroup_mount, l->name);
	snprintf(child_dir, sizeof(child_dir), "%s/%s/cgroup.kill", path, bundle);
	write_file(child_dir, "1");
	kill_children();
	for (unsigned i = 0; i < 500; i++) {
		struct timespec t = { .tv_nsec = 2000000 };

		count_left(&running, &zombie);
		if (!running)
			break;
		nanosleep(&t, NULL);
	}
	d = opendir(path);
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		snprintf(child_dir, sizeof(child_dir), "%s/%s", path, e->d_name);
		if (e->d_name[0] != '.')
			rmdir(child_dir);
	}
	if (d)
		closedir(d);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/%s/%s", l->dir, rootless(bundle) ? "state-rootless" : "state", bundle);
	run_program(rm);
}

void lab_complain(FILE *to, const char *what, const struct outcome *o, unsigned n, const char *hit)
{
	fprintf(to, "n=%u (%s): %s (status %d)\n", n, hit, what, o->status);
	if (getenv("VERBOSE"))
		fprintf(to, "  %s%s\n", o->log, o->text);
	fflush(to);	/* or every fork would say it again */
}

/* Calls without a fault: create, start, delete. */
static bool count(struct lab *l, const char *bundle, struct counts *c)
{
	static const char *const verb[] = { "create", "start", "--force" };
	static struct outcome o;
	bool fine = true;

	lab_counts_reset(l);
	lab_fresh(l, bundle);
	for (unsigned i = 0; i < 3; i++) {
		lab_run(l, &o, verb[i], bundle, NULL, NULL);
		if (o.status != 0 || lab_sanitizer(&o)) {
			printf("# %s %s: status %d: %s%s\n", bundle, verb[i], o.status, o.log, o.text);
			fine = false;
		}
	}
	if (lab_residue(l, bundle, 2000)[0]) {
		printf("# %s without a fault left %s\n", bundle, lab_residue(l, bundle, 0));
		lab_clean(l, bundle);
		fine = false;
	}
	lab_counts(l, c);
	return fine;
}

static _Noreturn void worker(unsigned number, int out, lab_one_fn *one, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	FILE *to = fdopen(out, "w");
	struct lab l;

	lab_worker(&l, number);
	for (unsigned i = 1 + number; i <= n && to; i += LAB_WORKERS)
		one(&l, to, bundle, room, i, arg);
	if (to)
		fclose(to);
	_exit(0);
}

FILE *lab_group(lab_one_fn *one, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	int pipes[LAB_WORKERS][2], status;
	unsigned complaints = 0;
	pid_t pid[LAB_WORKERS];
	char line[4096];
	FILE *all = tmpfile();

	fflush(stdout);
	for (unsigned w = 0; w < LAB_WORKERS; w++) {
		if (pipe(pipes[w]) < 0)
			exit(1);
		pid[w] = fork();
		if (pid[w] == 0)
			worker(w, pipes[w][1], one, bundle, room, n, arg);
		close(pipes[w][1]);
	}
	for (unsigned w = 0; w < LAB_WORKERS; w++) {
		FILE *from = fdopen(pipes[w][0], "r");

		while (from && all && fgets(line, sizeof(line), from)) {
			fprintf(all, "# %s", line);
			complaints++;
		}
		if (from)
			fclose(from);
		waitpid(pid[w], &status, 0);
		complaints += status != 0;
	}
	if (complaints || !all)
		return all ? all : stdout;
	fclose(all);
	return NULL;
}

void lab_say(FILE *said)
{
	char line[4096];

	if (!said || said == stdout)
		return;
	rewind(said);
	while (fgets(line, sizeof(line), said))
		fputs(line, stdout);
	fclose(said);
	fflush(stdout);
}

bool lab_wanted(const char *name, const char *variable)
{
	const char *only = getenv(variable);

	return !only || strcmp(only, name) == 0;
}

bool lab_up(struct lab *l, struct outcome *o, const char *bundle)
{
	lab_fresh(l, bundle);
	lab_run(l, o, "create", bundle, NULL, NULL);
	if (o->status == 0)
		lab_run(l, o, "start", bundle, NULL, NULL);
	return o->status == 0;
}

unsigned lab_processes(struct lab *l, const char *bundle)
{
	char path[512], text[4096];
	unsigned n = 0;

	snprintf(path, sizeof(path), "%s/%s/%s/cgroup.procs", l->cgroup_mount, l->name, bundle);
	read_into(path, text, sizeof(text));
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		n++;
	return n;
}

/* Init of a pid namespace cannot die before the zombies in it are reaped (pid_namespaces(7)), and those of a detached exec are ours. */
void lab_settle(struct lab *l, const char *bundle)
{
	for (int i = 0; i < 40 && lab_processes(l, bundle) > 1; i++)
		usleep(50000);
	usleep(20000);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

bool lab_has_pid_file(struct lab *l)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/state/pid", l->dir);
	return access(path, F_OK) == 0;
}

void lab_drop_pid_file(struct lab *l)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/state/pid", l->dir);
	unlink(path);
}

/* In a process of its own: a worker's namespace and orphans are not the driver's. */
bool lab_count_inside(const char *bundle, const char *verb, struct counts *c)
{
	static struct outcome o;
	int fds[2], status = 1;
	pid_t pid;

	fflush(stdout);
	if (pipe(fds) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		struct lab l;
		bool fine;

		lab_worker(&l, 0);
		fine = lab_up(&l, &o, bundle);
		for (int i = 0; fine && i < 2; i++) {	/* the first makes what a first run makes */
			lab_counts_reset(&l);
			lab_run(&l, &o, verb, bundle, NULL, NULL);
			fine = o.status == 0;
			lab_counts(&l, c);
		}
		if (!fine)
			printf("# %s %s: %d%s %s%s\n", bundle, verb, o.status, o.hung ? " (hung)" : "", o.log, o.text);
		lab_drop_pid_file(&l);
		lab_settle(&l, bundle);
		lab_run(&l, &o, "--force", bundle, NULL, NULL);
		(void)!write(fds[1], c, sizeof(*c));
		fflush(stdout);
		_exit(!fine);
	}
	close(fds[1]);
	if (read(fds[0], c, sizeof(*c)) != sizeof(*c))
		memset(c, 0, sizeof(*c));
	close(fds[0]);
	waitpid(pid, &status, 0);
	return status == 0;
}

/* In a process of its own: a worker's namespace and orphans are not the driver's. */
bool lab_count(const char *bundle, struct counts *c)
{
	int fds[2], status = 1;
	pid_t pid;

	fflush(stdout);
	if (pipe(fds) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		struct lab l;
		bool fine;

		lab_worker(&l, 0);
		count(&l, bundle, c);		/* makes what a first run makes */
		fine = count(&l, bundle, c);
		(void)!write(fds[1], c, sizeof(*c));
		fflush(stdout);
		_exit(!fine);
	}
	close(fds[1]);
	if (read(fds[0], c, sizeof(*c)) != sizeof(*c))
		memset(c, 0, sizeof(*c));
	close(fds[0]);
	waitpid(pid, &status, 0);
	return status == 0;
}
