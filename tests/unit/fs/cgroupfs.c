/* room: host — cgroup v2 directories, in a cgroup of this test's own */
#include "tap.h"
#include "fs/cgroupfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>

static const char *mount_of_cgroup2(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < 2; i++)
		if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
			return places[i];
	return NULL;
}

static struct host_path mnt;
static char base[32], sub[64], deep[128];

static bool there(const char *path)
{
	char full[256];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", mnt.s, path);
	return stat(full, &st) == 0;
}

static void names(void)
{
	static const char *const escapes[] = { "/..", "/../etc", "/a/../.." };
	struct cgdir d = { FD_NONE };
	struct err e;
	unsigned n = 99;

	for (size_t i = 0; i < 3; i++)
		ok(cgdir_open(mnt, escapes[i], &d, &e) < 0 && d.fd == FD_NONE, "%s is not opened", escapes[i]);
	ok(cgdir_make(mnt, "/../brig-unit-escape", &d, NULL, &e) < 0 && e.kind == ERR_SPEC && !there("/../brig-unit-escape"), "nor made");
	ok(cgdir_open((struct host_path){ "/tmp" }, "/", &d, &e) < 0 && e.kind == ERR_UNSUPPORTED, "another file system is refused");
	ok(cgdir_open((struct host_path){ "/nope" }, "/", &d, &e) < 0 && e.num == ENOENT, "an absent mount");
	ok(cgdir_open(mnt, sub, &d, &e) < 0 && e.num == ENOENT, "an absent cgroup");
	ok(cgdir_existing(mnt, sub, &n, &e) == 0 && n == 0, "nothing of its path is there");
	ok(cgdir_make(mnt, deep, &d, NULL, &e) == 0 && there(deep) && fcntl(d.fd, F_GETFD) == FD_CLOEXEC, "made with its parents");
	ok(cgdir_existing(mnt, deep, &n, &e) == 0 && n == 3, "all three are there");
	cgdir_close(&d);
	ok(cgdir_make(mnt, deep, &d, NULL, &e) == 0, "made again");
	cgdir_close(&d);
	cgdir_close(&d);
}

static void files(void)
{
	struct cgdir d = { FD_NONE };
	OWN(str) t = { 0 };
	unsigned long long v = 99;
	struct err e;

	if (!ok(cgdir_open(mnt, sub, &d, &e) == 0, "opened"))
		return;
	ok(cgdir_has(&d, "cgroup.procs") && !cgdir_has(&d, "cgroup.nope"), "its files");
	ok(cgdir_read(&d, "cgroup.type", &t, &e) == 0 && strncmp(t.s, "domain", 6) == 0, "read one");
	ok(cgdir_value(&d, "cgroup.events", "populated", &v, &e) == 0 && v == 0, "a value of a list");
	ok(cgdir_value(&d, "cgroup.events", "pop", &v, &e) < 0 && e.num == EPROTO, "no prefix of a name");
	ok(cgdir_write(&d, "cgroup.max.depth", "5", &e) == 0, "write one");
	ok(cgdir_write(&d, "cgroup.max.depth", "x", &e) < 0 && e.num == EINVAL && strstr(e.text, "cgroup.max.depth"), "a refused value is named");
	ok(cgdir_write(&d, "../cgroup.procs", "0", &e) < 0 && e.kind == ERR_SPEC, "a name with a slash is none");
	ok(cgdir_write(&d, "..", "0", &e) < 0, "nor is ..");
	ok(cgdir_read(&d, "cgroup.nope", &t, &e) < 0 && e.num == ENOENT, "an absent file");
	cgdir_close(&d);
	ok(cgdir_enable(mnt, sub, "+nope", NULL, &e) < 0 && strstr(e.text, "+nope"), "a controller that does not exist");
	ok(cgdir_enable(mnt, sub, "", NULL, &e) == 0, "none asked for");
}

static pid_t sleeper(const char *path)
{
	struct cgdir d = { FD_NONE };
	struct err e;
	char text[16];
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	snprintf(text, sizeof(text), "%d", pid);
	if (cgdir_open(mnt, path, &d, &e) < 0 || cgdir_write(&d, "cgroup.procs", text, &e) < 0)
		printf("# %s\n", e.text);
	cgdir_close(&d);
	return pid;
}

static void processes(void)
{
	pid_t a = sleeper(sub), b = sleeper(deep), *list = NULL;
	struct cgdir d = { FD_NONE };
	struct err e;
	size_t n = 0;
	int status;

	if (!ok(cgdir_open(mnt, sub, &d, &e) == 0, "opened"))
		return;
	ok(cgdir_pids(&d, false, &list, &n, &e) == 0 && n == 1 && list[0] == a, "its own processes");
	free(list);
	ok(cgdir_pids(&d, true, &list, &n, &e) == 0 && n == 2 && (list[0] == b || list[1] == b), "and those below");
	free(list);
	ok(cgdir_remove(mnt, sub, 1, &e) < 0 && e.num == EBUSY, "one in use is not removed");
	ok(cgdir_freeze(&d, true, 2000, &e) == 0, "frozen");
	ok(cgdir_wait_empty(&d, 50, &e) < 0 && e.num == ETIMEDOUT, "waiting for its end takes the time given");
	ok(cgdir_freeze(&d, false, 2000, &e) == 0, "thawed");
	ok(cgdir_freeze(&d, true, 2000, &e) == 0 && cgdir_kill(&d, &e) == 0, "killed while frozen");
	waitpid(a, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "the first");
	waitpid(b, &status, 0);
	ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "and the one below");
	ok(cgdir_wait_empty(&d, 5000, &e) == 0, "empty");
	cgdir_close(&d);
}

static void removing(void)
{
	struct cgdir d = { FD_NONE };
	struct err e;
	char inner[256];

	ok(cgdir_remove(mnt, sub, 1, &e) == 0 && !there(sub) && there(base), "removed with all below, its parent kept");
	ok(cgdir_remove(mnt, sub, 1, &e) == 0, "absent is success");
	ok(cgdir_make(mnt, deep, &d, NULL, &e) == 0, "made again");
	cgdir_close(&d);
	ok(cgdir_remove(mnt, deep, 0, &e) == 0 && !there(base), "removed with its parents");
	ok(cgdir_make(mnt, deep, &d, NULL, &e) == 0, "and again");
	cgdir_close(&d);
	/* The test's own cgroup stands for a mount, so that a mistake removes nothing of others. */
	snprintf(inner, sizeof(inner), "%s%s", mnt.s, base);
	ok(cgdir_remove((struct host_path){ inner }, "/", 0, &e) == 0 && there(deep), "the root, and what lies in it, is left alone");
	ok(cgdir_remove((struct host_path){ inner }, "", 0, &e) == 0 && there(deep), "by an empty path too");
	snprintf(inner, sizeof(inner), "%s%s", mnt.s, deep);
	ok(cgdir_remove((struct host_path){ inner }, "/../../sub", 0, &e) < 0 && there(deep), "nothing beside the mount is removed");
	ok(cgdir_remove(mnt, deep, 0, &e) == 0 && !there(base), "the end");
}

int main(void)
{
	const char *place = mount_of_cgroup2();
	char probe[128];

	if (!place || geteuid() != 0) {
		skip("%s", place ? "needs root" : "no cgroup v2 hierarchy");
		return done();
	}
	mnt.s = place;
	snprintf(base, sizeof(base), "/brig-unit-%d", getpid());
	snprintf(sub, sizeof(sub), "%s/sub", base);
	snprintf(deep, sizeof(deep), "%s/deep", sub);
	snprintf(probe, sizeof(probe), "%s%s", place, base);
	if (mkdir(probe, 0755) < 0) {
		skip("cannot make a cgroup: %s", strerror(errno));
		return done();
	}
	rmdir(probe);
	names();
	files();
	processes();
	removing();
	return done();
}
