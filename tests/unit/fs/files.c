/* room: any — small host files, directory listings, the verified procfs, detached trees */
#include "tap.h"
#include "base/limits.h"
#include "fs/dirread.h"
#include "fs/hostfile.h"
#include "fs/mountinfo.h"
#include "fs/procfs.h"
#include "fs/treeopen.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

static char top[] = "/tmp/brig-unit-XXXXXX";
static char path[256];
static const char *at(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", top, name);
	return path;
}
#define H(name) ((struct host_path){ at(name) })

static void put(const char *name, const char *text)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (write(fd, text, strlen(text)) < 0)
		perror(name);
	close(fd);
}

static void reading(void)
{
	OWN(str) t = { 0 };
	struct err e;

	put("f", "0123456789");
	ok(hostfile_read(H("f"), 10, &t, &e) == 0 && t.n == 10, "a file at its limit");
	str_free(&t);
	ok(hostfile_read(H("f"), 9, &t, &e) < 0 && e.kind == ERR_SPEC && strstr(e.text, "larger than 9"), "one byte beyond");
	str_free(&t);
	ok(hostfile_read(H("nope"), 9, &t, &e) < 0 && e.num == ENOENT && strstr(e.text, "/nope"), "an absent one is named");
	ok(hostfile_read((struct host_path){ top }, 9, &t, &e) < 0 && e.num == EISDIR, "a directory");
	mkfifo(at("fifo"), 0600);
	ok(hostfile_read(H("fifo"), 9, &t, &e) < 0 && strstr(e.text, "not an ordinary file"), "a FIFO is refused, and does not hold us");
	ok(hostfile_read((struct host_path){ "/dev/zero" }, 9, &t, &e) < 0 && strstr(e.text, "not an ordinary file"), "a device");
	put("empty", "");
	ok(hostfile_read(H("empty"), 9, &t, &e) == 0 && t.n == 0, "an empty file");
}

static void writing(void)
{
	OWN(str) t = { 0 };
	struct stat st;
	struct err e;

	ok(hostfile_write_atomic(H("pid"), "123", 3, 0644, &e) == 0 && hostfile_read(H("pid"), 9, &t, &e) == 0 && strcmp(t.s, "123") == 0, "a new file");
	ok(stat(at("pid"), &st) == 0 && (st.st_mode & 0777) == 0644, "with its mode");
	str_free(&t);
	ok(hostfile_write_atomic(H("pid"), "4", 1, 0600, &e) == 0 && hostfile_read(H("pid"), 9, &t, &e) == 0 && strcmp(t.s, "4") == 0, "replaced as a whole");
	str_free(&t);
	put("precious", "p");
	if (symlink("precious", at("link")) < 0)
		perror("link");
	ok(hostfile_write_atomic(H("link"), "new", 3, 0644, &e) == 0 && lstat(at("link"), &st) == 0 && S_ISREG(st.st_mode), "a link is replaced");
	ok(hostfile_read(H("precious"), 9, &t, &e) == 0 && strcmp(t.s, "p") == 0, "and not followed");
	ok(hostfile_write_atomic(H("no/dir"), "x", 1, 0644, &e) < 0 && e.num == ENOENT, "no directory");
	if (symlink("precious", at(".new")) < 0)
		perror("link");
	ok(hostfile_write_atomic(H("new"), "x", 1, 0644, &e) == 0 && lstat(at(".new"), &st) < 0, "a link that lies at the hidden name is replaced");
	str_free(&t);
	ok(hostfile_read(H("precious"), 9, &t, &e) == 0 && strcmp(t.s, "p") == 0, "and not followed");
	mkdir(at("d"), 0700);
	ok(hostfile_write_atomic(H("d"), "x", 1, 0644, &e) < 0 && lstat(at(".d"), &st) < 0, "a failed write leaves nothing behind");
	ok(chdir(top) == 0 && hostfile_write_atomic((struct host_path){ "rel" }, "x", 1, 0644, &e) == 0 && stat(at("rel"), &st) == 0, "a relative path");
}

static void listing(void)
{
	OWN(dirread) list = { .fd = FD_NONE };
	char longer[200], name[256];
	unsigned n = 0, dirs = 0;
	unsigned char type;
	const char *entry;
	int dir, rc;

	mkdir(at("many"), 0700);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "many/%u%s", i, longer);
		if (i % 10 == 0)
			mkdir(at(name), 0700);
		else
			put(name, "");
	}
	dir = open(at("many"), O_PATH | O_DIRECTORY);
	ok(dirread_open(dir, &list) == 0 && fcntl(list.fd, F_GETFD) == FD_CLOEXEC, "a directory");
	while ((rc = dirread_next(&list, &entry, &type)) > 0)
		n++, dirs += type == DT_DIR;
	ok(rc == 0 && n == 100 && dirs == 10, "all of it, through several reads, without . and ..");
	ok(dirread_next(&list, &entry, &type) == 0, "the end stays the end");
	dirread_dropp(&list);
	ok(dirread_next(&list, &entry, &type) < 0 && errno == EBADF, "a failing read is an error");
	ok(dirread_open(-1, &list) < 0, "no directory");
	close(dir);
}

static void proc(void)
{
	static const char *const escapes[] = { "..", "../etc/passwd", "self/root/etc/passwd", "self/cwd", "self/fd/0", "/proc/version", "self" };
	struct procfs p = { FD_NONE }, q = { FD_NONE };
	OWN(str) t = { 0 };
	unsigned long long start = 0, again = 0;
	struct err e;
	char state = 0;
	int status;
	pid_t child;

	if (!ok(procfs_open(&p, &e) == 0, "the caller's /proc"))
		return;
	ok(procfs_read(&p, "version", &t, &e) == 0 && strstr(t.s, "Linux"), "a file");
	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
		ok(procfs_openat(&p, escapes[i], O_RDONLY, &e) < 0, "%s is not opened", escapes[i]);
	ok(procfs_write(&p, "self/oom_score_adj", "x", &e) < 0 && e.num == EINVAL && strstr(e.text, "write /proc/self/oom_score_adj"), "a refused write");
	ok(procfs_write(&p, "self/comm", "brigtest", &e) == 0, "a write");
	ok(procfs_start_time(&p, getpid(), &start, &state, &e) == 0 && start > 0 && state == 'R', "our start time");
	child = fork();
	if (child == 0) {
		int fd = open("/proc/self/comm", O_WRONLY);

		(void)!write(fd, "a) R 1 2 (", 10);	/* a name made to mislead */
		pause();
	}
	for (int i = 0; i < 1000 && (str_free(&t), !strstr(procfs_start_time(&p, child, &again, &state, &e) == 0 && state == 'S' ? "x" : "", "x")); i++)
		usleep(1000);
	ok(again >= start && state == 'S', "a child's, whatever it calls itself");
	kill(child, SIGKILL);
	waitid(P_PID, (id_t)child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	ok(procfs_start_time(&p, child, &again, &state, &e) == 0 && state == 'Z', "a zombie's state");
	waitpid(child, &status, 0);
	ok(procfs_start_time(&p, child, &again, &state, &e) < 0, "none any more");
	ok(procfs_private(&q, &e) == 0 && procfs_read(&q, "self/status", &t, &e) == 0, "a procfs of our own, or the caller's");
	procfs_close(&q);
	procfs_close(&p);
	procfs_close(&p);
	ok(p.fd == FD_NONE, "closed twice");
}

/* In a mount namespace of our own, something else lies on /proc. */
static void fake_proc(const char *from, const char *type, const char *what)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		struct procfs p;
		struct err e;

		if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount(from, "/proc", type, type ? 0 : MS_BIND, NULL) < 0)
			_exit(77);
		_exit(procfs_open(&p, &e) < 0 && e.kind == ERR_POLICY ? 0 : 1);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip("%s: may not mount", what);
	else
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s is not a procfs", what);
}

static void trees(void)
{
	OWN_FD fd = FD_NONE;
	struct stat st;
	struct err e;

	put("f", "x");
	if (tree_clone(H("f"), false, LINKS_FOLLOWED, &fd, &e) < 0) {
		skip("open_tree: %s", e.text);
		return;
	}
	ok(fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fcntl(fd, F_GETFD) == FD_CLOEXEC, "a tree of one file");
	ok(tree_set(fd, 1 | 2 /* MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID */, 0, 0, false, &e) == 0, "its flags");
	ok(tree_set(fd, ~0ull, 0, 0, false, &e) < 0 && strstr(e.text, "mount_setattr"), "flags that do not exist");
	fd_drop(&fd);
	if (symlink("f", at("to-f")) < 0 && errno != EEXIST)
		perror("to-f");
	ok(tree_clone(H("to-f"), false, LINKS_REFUSED, &fd, &e) < 0 && e.num == ELOOP && fd == FD_NONE, "nofollow refuses a link");
	ok(tree_clone(H("to-f"), false, LINKS_FOLLOWED, &fd, &e) == 0, "which is followed otherwise");
	fd_drop(&fd);
	ok(tree_clone(H("f"), false, LINKS_REFUSED, &fd, &e) == 0, "nofollow of a file");
	fd_drop(&fd);
	fd_drop(&fd);
	ok(tree_clone(H("to-f"), false, LINK_KEPT, &fd, &e) == 0 && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode), "or is itself what is cloned");
	fd_drop(&fd);
	ok(tree_clone(H("nope"), true, LINKS_FOLLOWED, &fd, &e) < 0 && e.num == ENOENT, "an absent source");
	ok(node_clone((struct host_path){ "/dev/null" }, 'c', 1, 3, false, &fd, &e) == 0, "a device, proven");
	fd_drop(&fd);
	ok(node_clone((struct host_path){ "/dev/null" }, 'c', 1, 5, false, &fd, &e) < 0 && e.kind == ERR_POLICY && fd == FD_NONE, "another number");
	ok(node_clone((struct host_path){ "/dev/null" }, 'b', 1, 3, false, &fd, &e) < 0 && e.kind == ERR_POLICY, "another type");
	ok(node_clone((struct host_path){ "/dev/null" }, 'c', 0, 0, true, &fd, &e) == 0, "any number, when asked");
	fd_drop(&fd);
	ok(node_clone(H("f"), 'c', 0, 0, true, &fd, &e) < 0, "a file is no device");
}

static int remove_entry(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(name);
}

static void mounts(void)
{
	char text[] = "36 35 98:5 /mnt\\0401 /a\\134b\\011c\\9 rw,noatime master:1 shared:7 - ext3 /dev/root rw,errors=continue\n"
		      "too short\n"
		      "36 35 98 / / rw - ext3 x rw\n"		/* no device number */
		      "36 35 1:-1 / / rw - ext3 x rw\n"
		      "36 35 1:1 / / rw ext3 x rw\n"		/* no separator */
		      "36 35 1:1 / / rw -\n"
		      "\n"
		      "37 35 0:44 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw";
	char *rest = text;
	struct mountinfo m;
	OWN(str) own = { 0 };
	struct err e;
	bool root = false;

	ok(mountinfo_next(&rest, &m), "a line with tags");
	ok(m.major == 98 && m.minor == 5 && !strcmp(m.type, "ext3"), "its device and type");
	is_str(m.root, "/mnt 1", "a blank in the root");
	is_str(m.point, "/a\\b\tc\\9", "backslash and tab in the mount point; what is no escape stays");
	ok(mountinfo_next(&rest, &m) && !strcmp(m.point, "/sys/fs/cgroup") && !strcmp(m.type, "cgroup2"), "lines of another form are skipped; the last has no newline");
	ok(!mountinfo_next(&rest, &m) && !mountinfo_next(&rest, &m), "then there is none");
	is_int(mountinfo_read(&own, &e), 0, "our own mounts");
	for (rest = own.s; mountinfo_next(&rest, &m);)
		root = root || !strcmp(m.point, "/");
	ok(root, "the root is among them");
}

int main(void)
{
	umask(022);
	if (!mkdtemp(top))
		return 99;
	reading();
	writing();
	listing();
	mounts();
	proc();
	if (geteuid() == 0) {
		fake_proc("tmpfs", "tmpfs", "a tmpfs on /proc");
		fake_proc("/proc/sys", NULL, "a directory of a procfs");
	} else {
		skip("mounting over /proc needs root");
	}
	trees();
	nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	return done();
}
