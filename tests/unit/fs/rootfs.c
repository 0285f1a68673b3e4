/* room: any — beneath a hostile tree: whatever links lie in it, nothing outside is opened, made or changed */
#include "tap.h"
#include "fs/rootfs.h"
#include "sys/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <linux/fs.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static char top[] = "/tmp/brig-unit-XXXXXX";	/* holds root/ and the canary outside/ */
static struct rootfs root = { FD_NONE };

#define P(path) ((struct root_path){ path })
#define HOST(path) (snprintf(host_path, sizeof(host_path), "%s/%s", top, path), host_path)
static char host_path[PATH_MAX];

static bool exists(const char *below_top)
{
	struct stat st;

	return lstat(HOST(below_top), &st) == 0;
}

static unsigned entries_n;
static int count_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path, (void)st, (void)type, (void)ftw;
	entries_n++;
	return 0;
}

/* The canary: a directory with one file, which must stay as it is. */
static bool untouched(void)
{
	char text[8] = "";
	int fd = open(HOST("outside/canary"), O_RDONLY);
	struct stat st;
	bool held = fd >= 0 && read(fd, text, sizeof(text)) == 4 && memcmp(text, "safe", 4) == 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0644;

	close(fd);
	entries_n = 0;
	nftw(HOST("outside"), count_entry, 8, FTW_PHYS);
	return held && entries_n == 2;
}

static void put(const char *below_top, const char *text)
{
	int fd = open(HOST(below_top), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (write(fd, text, strlen(text)) < 0)
		perror(below_top);
	close(fd);
}

static void link_to(const char *text, const char *below_top)
{
	if (symlink(text, HOST(below_top)) < 0)
		perror(below_top);
}

static bool is_same(int fd, const char *below_top)
{
	struct stat a, b;

	return fd >= 0 && fstat(fd, &a) == 0 && stat(HOST(below_top), &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static void build(void)
{
	char text[PATH_MAX];

	if (!mkdtemp(top))
		perror("mkdtemp");
	mkdir(HOST("root"), 0755);
	mkdir(HOST("outside"), 0755);
	put("outside/canary", "safe");
	mkdir(HOST("root/dir"), 0755);
	mkdir(HOST("root/dir/sub"), 0755);
	put("root/dir/file", "inner");
	snprintf(text, sizeof(text), "%s/outside", top);
	link_to(text, "root/abs");
	link_to("../../../../../../../../etc", "root/rel");
	link_to("../outside", "root/up");
	link_to("/dir", "root/absdir");
	link_to("dir/sub", "root/reldir");
	link_to("/dir/file", "root/tofile");
	link_to("loop2", "root/loop1");
	link_to("loop1", "root/loop2");
	link_to("/nowhere/deep", "root/dangling");
	link_to("/proc/self/root", "root/magic");
	mkfifo(HOST("root/fifo"), 0644);
	root.fd = open(HOST("root"), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static void opening(void)
{
	struct err e;
	int fd;

	fd = rootfs_open(&root, P("/dir/file"), O_RDONLY, false, &e);
	ok(is_same(fd, "root/dir/file"), "a file");
	ok(fcntl(fd, F_GETFD) == FD_CLOEXEC, "close-on-exec");
	fd_drop(&fd);
	fd = rootfs_open(&root, P("../../../dir"), O_PATH, false, &e);
	ok(is_same(fd, "root/dir"), ".. stops at the root");
	fd_drop(&fd);
	fd = rootfs_open(&root, P("/absdir/sub"), O_PATH, false, &e);
	ok(is_same(fd, "root/dir/sub"), "an absolute link is resolved inside");
	fd_drop(&fd);
	fd = rootfs_open(&root, P("/reldir"), O_PATH, false, &e);
	ok(is_same(fd, "root/dir/sub"), "a relative one too");
	fd_drop(&fd);
	ok(rootfs_open(&root, P("/abs/canary"), O_RDONLY, false, &e) < 0 && e.num == ENOENT, "a link to the outside leads nowhere");
	ok(rootfs_open(&root, P("/up/canary"), O_RDONLY, false, &e) < 0 && e.num == ENOENT, "nor does one with ..");
	ok(rootfs_open(&root, P("/rel/passwd"), O_RDONLY, false, &e) < 0 && e.num == ENOENT, "nor one with many");
	ok(rootfs_open(&root, P("/loop1"), O_RDONLY, false, &e) < 0 && e.num == ELOOP, "a loop is refused");
	ok(rootfs_open(&root, P("/absdir"), O_RDONLY, true, &e) < 0 && e.num == ELOOP, "nofollow refuses a link");
	ok(rootfs_open(&root, P("/absdir"), O_PATH, true, &e) < 0 && e.num == ELOOP, "also with O_PATH, which could open the link itself");
	fd = rootfs_open(&root, P("/absdir/file"), O_PATH, true, &e);
	ok(is_same(fd, "root/dir/file"), "nofollow looks at the last component only");
	fd_drop(&fd);
	ok(rootfs_open(&root, P("/magic"), O_PATH, false, &e) < 0 && strstr(e.text, "/magic"), "a link to procfs leads nowhere, and the error names it");
}

static void mountpoints(void)
{
	char longer[PATH_MAX + 10], name[NAME_MAX + 10];
	struct stat st;
	struct err e;
	int fd;

	fd = rootfs_mountpoint(&root, P("/new/a/b"), MOUNTPOINT_DIR, false, &e);
	ok(is_same(fd, "root/new/a/b") && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0755, "a directory is made with its parents");
	ok((fcntl(fd, F_GETFL) & O_PATH) && fcntl(fd, F_GETFD) == FD_CLOEXEC, "and held by O_PATH");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/new/f/file"), MOUNTPOINT_FILE, false, &e);
	ok(is_same(fd, "root/new/f/file") && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0, "a file is made with its parents");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/absdir"), MOUNTPOINT_DIR, false, &e);
	ok(is_same(fd, "root/dir"), "an existing link is followed inside");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/tofile"), MOUNTPOINT_FILE, false, &e);
	ok(is_same(fd, "root/dir/file"), "to a file as well");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/dangling"), MOUNTPOINT_DIR, false, &e);
	ok(is_same(fd, "root/nowhere/deep"), "the target of a dangling link is made inside");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/abs/x/y"), MOUNTPOINT_DIR, false, &e);
	ok(fd >= 0 && untouched(), "a link to the outside makes its path inside");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/up/z"), MOUNTPOINT_FILE, false, &e);
	ok(is_same(fd, "root/outside/z") && untouched(), "one with .. too");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/dir/../../../new/./a//b/"), MOUNTPOINT_DIR, false, &e);
	ok(is_same(fd, "root/new/a/b"), "dots and slashes");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/new/.."), MOUNTPOINT_DIR, false, &e);
	ok(is_same(fd, "root"), "a path that ends above");
	fd_drop(&fd);
	ok(rootfs_mountpoint(&root, P("/loop1/x"), MOUNTPOINT_DIR, false, &e) < 0 && e.num == ELOOP, "a loop is refused");
	ok(rootfs_mountpoint(&root, P("/loop1"), MOUNTPOINT_DIR, false, &e) < 0 && e.num == ELOOP, "also at the end");
	ok(rootfs_mountpoint(&root, P("/absdir"), MOUNTPOINT_DIR, true, &e) < 0 && e.num == ELOOP, "nofollow refuses a link");
	ok(rootfs_mountpoint(&root, P("/dir/file"), MOUNTPOINT_DIR, false, &e) < 0 && e.num == ENOTDIR, "a file is no directory");
	ok(rootfs_mountpoint(&root, P("/dir/file/x"), MOUNTPOINT_DIR, false, &e) < 0 && e.num == ENOTDIR, "nor a parent");
	ok(rootfs_mountpoint(&root, P("/dir"), MOUNTPOINT_FILE, false, &e) < 0 && e.num == EISDIR, "a directory is no file");
	fd = rootfs_mountpoint(&root, P("/dir/.."), MOUNTPOINT_FILE, false, &e);
	ok(fd < 0 && e.num == EISDIR, "nor is the root");
	fd_drop(&fd);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	ok(rootfs_mountpoint(&root, P(longer), MOUNTPOINT_DIR, false, &e) < 0 && e.num == ENAMETOOLONG, "a path that is too long");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ok(rootfs_mountpoint(&root, P(name), MOUNTPOINT_DIR, false, &e) < 0 && e.num == ENAMETOOLONG, "a name that is too long");
	memset(longer, 'b', sizeof(longer));
	for (size_t i = 0; i < sizeof(longer); i += 200)
		longer[i] = '/';
	longer[PATH_MAX - 1] = '\0';
	fd = rootfs_mountpoint(&root, P(longer), MOUNTPOINT_DIR, false, &e);
	ok(fd < 0 ? e.num == ENAMETOOLONG : true, "the longest path works or is refused");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/fifo"), MOUNTPOINT_FILE, false, &e);
	ok(fd >= 0, "a FIFO can be covered, and does not hold us");
	fd_drop(&fd);
	ok(untouched(), "the outside is as it was");
}

static void real_dirs(void)
{
	static const char *const refused[] = { "/absdir", "/reldir", "/absdir/sub", "/dir/file", "/dangling", "/abs", "/up/x", "/dir/file/x", "/loop1" };
	struct err e;
	int fd = rootfs_mountpoint(&root, P("/dir/sub"), MOUNTPOINT_REAL_DIR, false, &e);

	ok(is_same(fd, "root/dir/sub"), "an ordinary directory is taken");
	fd_drop(&fd);
	fd = rootfs_mountpoint(&root, P("/proc"), MOUNTPOINT_REAL_DIR, false, &e);
	ok(is_same(fd, "root/proc"), "a missing one is made");
	fd_drop(&fd);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		fd = rootfs_mountpoint(&root, P(refused[i]), MOUNTPOINT_REAL_DIR, false, &e);
		if (!ok(fd < 0 && e.kind == ERR_SPEC && strstr(e.text, "must be mounted on ordinary directory"), "%s is refused", refused[i]))
			printf("# %d %s\n", fd, e.text);
		fd_drop(&fd);
	}
}

static void making(void)
{
	struct err e;
	struct stat st;
	OWN(str) text = { 0 };
	char link[64];
	int fd = rootfs_mkdirs(&root, P("/m/n"), 0700, &e);

	ok(is_same(fd, "root/m/n") && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0700, "mkdirs with a mode");
	fd_drop(&fd);
	fd = rootfs_mkdirs(&root, P("/dir"), 0700, &e);
	ok(fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 07777) == 0755, "leaves existing ones alone");
	fd_drop(&fd);
	if (geteuid() == 0) {
		ok(rootfs_mknod(&root, P("/dev/null"), S_IFCHR | 04666, makedev(1, 3), 5, 6, &e) == 0 && lstat(HOST("root/dev/null"), &st) == 0 && S_ISCHR(st.st_mode) &&
		   (st.st_mode & 07777) == 04666 && st.st_uid == 5 && st.st_gid == 6 && st.st_rdev == makedev(1, 3), "a device with owner and exact mode");
		ok(rootfs_mknod(&root, P("/dev/null"), S_IFCHR | 0600, makedev(1, 3), 0, 0, &e) == 0 && lstat(HOST("root/dev/null"), &st) == 0 && (st.st_mode & 07777) == 04666,
		   "the same is left alone");
		ok(rootfs_mknod(&root, P("/dev/null"), S_IFCHR | 0600, makedev(1, 5), 0, 0, &e) < 0 && e.kind == ERR_SPEC, "another number is refused");
		ok(rootfs_mknod(&root, P("/dev/null"), S_IFBLK | 0600, makedev(1, 3), 0, 0, &e) < 0 && e.kind == ERR_SPEC, "another type is refused");
	} else {
		skip("mknod needs root");
	}
	ok(rootfs_mknod(&root, P("/dev/pipe"), S_IFIFO | 0620, 0, geteuid(), getegid(), &e) == 0 && lstat(HOST("root/dev/pipe"), &st) == 0 && S_ISFIFO(st.st_mode) &&
	   (st.st_mode & 07777) == 0620, "a FIFO");
	ok(rootfs_mknod(&root, P("/absdir"), S_IFIFO | 0600, 0, geteuid(), getegid(), &e) < 0 && e.kind == ERR_SPEC, "a link is not followed");
	ok(rootfs_mknod(&root, P("/"), S_IFIFO | 0600, 0, 0, 0, &e) < 0 && e.kind == ERR_SPEC, "the root is no device");
	ok(rootfs_mknod(&root, P("/up/d"), S_IFIFO | 0600, 0, geteuid(), getegid(), &e) == 0 && untouched(), "a parent link is followed inside");
	ok(rootfs_symlink(&root, P("/dev/fd"), "/proc/self/fd", false, &e) == 0 && readlinkat(AT_FDCWD, HOST("root/dev/fd"), link, sizeof(link)) == 13, "a link with any text");
	ok(rootfs_symlink(&root, P("/dev/fd"), "/proc/self/fd", false, &e) == 0, "the same again");
	ok(rootfs_symlink(&root, P("/dev/fd"), "/other", true, &e) == 0 && readlinkat(AT_FDCWD, HOST("root/dev/fd"), link, sizeof(link)) == 13, "another is kept when asked");
	ok(rootfs_symlink(&root, P("/dev/fd"), "/other", false, &e) == 0 && readlinkat(AT_FDCWD, HOST("root/dev/fd"), link, sizeof(link)) == 6, "and replaced when not");
	put("root/plain", "x");
	ok(rootfs_symlink(&root, P("/plain"), "/other", false, &e) == 0 && lstat(HOST("root/plain"), &st) == 0 && S_ISLNK(st.st_mode), "an ordinary file is replaced");
	ok(rootfs_symlink(&root, P("/dir"), "/other", false, &e) == 0 && lstat(HOST("root/dir"), &st) == 0 && S_ISDIR(st.st_mode), "a directory never");
	ok(rootfs_read(&root, P("/tofile"), 100, &text, &e) == 1 && text.n == 5 && memcmp(text.s, "inner", 5) == 0, "a file is read through links");
	ok(rootfs_read(&root, P("/dir/file"), 9, &text, &e) < 0 && e.kind == ERR_SPEC, "the limit holds for all that is in the buffer");
	str_free(&text);
	ok(rootfs_read(&root, P("/dir/file"), 4, &text, &e) < 0 && e.kind == ERR_SPEC, "a file beyond its limit is an error");
	ok(rootfs_read(&root, P("/fifo"), 100, &text, &e) == 0 && rootfs_read(&root, P("/dir"), 100, &text, &e) == 0, "a FIFO or directory is as good as absent, and does not hold us");
	ok(rootfs_read(&root, P("/abs/canary"), 100, &text, &e) == 0 && rootfs_read(&root, P("/nope"), 100, &text, &e) == 0 && rootfs_read(&root, P("/loop1"), 100, &text, &e) == 0,
	   "so is what leads outside or nowhere");
	ok(untouched(), "the outside is as it was");
}

static atomic_bool stop;

/* Swaps a directory of the path with a link to the outside as fast as it can. */
static void *swapper(void *arg)
{
	char a[PATH_MAX], b[PATH_MAX];

	(void)arg;
	snprintf(a, sizeof(a), "%s/root/race", top);
	snprintf(b, sizeof(b), "%s/root/race-link", top);
	while (!atomic_load(&stop))
		syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE);
	return NULL;
}

static void race(void)
{
	static const char *const paths[] = { "/race/made", "/race/deep/er/dir", "/race/file", "/race/../race/x" };
	unsigned escaped = 0, worked = 0;
	pthread_t thread;
	char text[PATH_MAX];

	mkdir(HOST("root/race"), 0755);
	snprintf(text, sizeof(text), "%s/outside", top);
	link_to(text, "root/race-link");
	if (pthread_create(&thread, NULL, swapper, NULL)) {
		skip("no thread");
		return;
	}
	for (unsigned i = 0; i < 6000; i++) {
		struct err e;
		int fd = rootfs_mountpoint(&root, P(paths[i % 4]), i % 4 == 2 ? MOUNTPOINT_FILE : i % 8 < 4 ? MOUNTPOINT_DIR : MOUNTPOINT_REAL_DIR, false, &e);
		char self[64], where[PATH_MAX] = "";

		if (fd < 0)
			continue;
		worked++;
		snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
		if (readlinkat(AT_FDCWD, self, where, sizeof(where) - 1) < 0 || strncmp(where, HOST("root/"), strlen(top) + 6))
			escaped++;
		fd_drop(&fd);
		if (i % 3 == 0)
			(void)!rootfs_mknod(&root, P("/race/node"), S_IFIFO | 0600, 0, geteuid(), getegid(), &e), (void)!rootfs_symlink(&root, P("/race/l"), "x", false, &e);
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	ok(worked > 100, "%u of 6000 mount points were made while the path was swapped", worked);
	is_int(escaped, 0, "none of them outside");
	ok(untouched(), "and the canary is alone and as it was");
}

/* Puts a link to the canary in the place of a node as soon as it is made. */
static void *replacer(void *arg)
{
	char link[PATH_MAX], node[PATH_MAX];

	(void)arg;
	snprintf(link, sizeof(link), "%s/root/race-evil", top);
	snprintf(node, sizeof(node), "%s/root/race-node", top);
	while (!atomic_load(&stop))
		syscall(SYS_renameat2, AT_FDCWD, link, AT_FDCWD, node, RENAME_EXCHANGE);
	return NULL;
}

static void node_race(void)
{
	char canary[PATH_MAX];
	unsigned changed = 0;
	pthread_t thread;

	snprintf(canary, sizeof(canary), "%s/outside/canary", top);
	atomic_store(&stop, false);
	if (pthread_create(&thread, NULL, replacer, NULL)) {
		skip("no thread");
		return;
	}
	for (unsigned i = 0; i < 2000 && !changed; i++) {
		struct err e;

		if (symlink(canary, HOST("root/race-evil")) < 0 && errno != EEXIST)
			perror("symlink");
		(void)!rootfs_mknod(&root, P("/race-node"), S_IFIFO | 0777, 0, geteuid(), getegid(), &e);
		changed += !untouched();
		unlink(HOST("root/race-node"));
		unlink(HOST("root/race-evil"));
	}
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	is_int(changed, 0, "a node that is swapped for a link while it is made changes nothing outside");
}

/* The tree holds paths longer than PATH_MAX, which nftw(3) cannot remove. */
static void remove_all(void)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("rm", "rm", "-rf", top, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

int main(void)
{
	umask(022);
	build();
	opening();
	mountpoints();
	real_dirs();
	making();
	race();
	node_race();
	ok(!exists("x") && untouched(), "nothing was made beside the root");
	fd_drop(&root.fd);
	fflush(stdout);
	remove_all();
	return done();
}
