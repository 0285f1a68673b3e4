/* room: host — the state directory: reserve, lock, list, trust, remove; the journal there and back, and with every field broken; status */
#include "tap.h"
#include "fs/procfs.h"
#include "state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char top[] = "/tmp/brig-unit-XXXXXX";
static char root_path[64], path[256];
static struct host_path root;

static const char *at(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", root.s, name);
	return path;
}

static int find(const char *id, bool lock, struct statedir *d, struct err *e)
{
	OWN(lookup) l = LOOKUP_NONE;

	if (lookup_open(root, &l, e) < 0 || statedir_open(&l, id, d, e) < 0)
		return -1;
	return lock && statedir_lock(&l, id, d, 30000, e) <= 0 ? -1 : 0;
}

static int list_all(struct arena *mem, struct strings_out *list, struct err *e)
{
	OWN(lookup) l = LOOKUP_NONE;

	return lookup_open(root, &l, e) < 0 ? -1 : statedir_list(&l, mem, list, e);
}

static void reserving(void)
{
	struct statedir d = { .fd = FD_NONE }, other = { .fd = FD_NONE };
	struct stat st;
	struct err e;

	ok(find("c1", true, &d, &e) < 0 && e.num == ENOENT, "no root, no container");
	ok(statedir_reserve(root, "c1", &d, &e) == 0 && fcntl(d.fd, F_GETFD) == FD_CLOEXEC, "reserved, the root made");
	ok(stat(root.s, &st) == 0 && (st.st_mode & 07777) == 0700 && stat(at("c1"), &st) == 0 && (st.st_mode & 07777) == 0700, "both for us only");
	ok(statedir_reserve(root, "c1", &other, &e) < 0 && e.kind == ERR_STATE && strcmp(e.text, "container with given ID already exists") == 0, "taken");
	ok(stat(at("c1"), &st) == 0, "and still there");
	ok(flock(open(at("c1"), O_RDONLY | O_CLOEXEC), LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK, "it is locked");
	ok(find("c1", false, &other, &e) == 0, "opened without the lock");
	statedir_close(&other);
	ok(find("nope", false, &other, &e) < 0 && strcmp(e.text, "container does not exist") == 0, "absent");
	ok(symlink("c1", at("link")) == 0 && find("link", false, &other, &e) < 0, "a link is no container");
	unlink(at("link"));
	ok(statedir_write(&d, "config.json", "{}", 2, &e) == 0 && stat(at("c1/config.json"), &st) == 0 && (st.st_mode & 07777) == 0600 && statedir_has(&d, "config.json"), "a file, for us only");
	statedir_close(&d);
	statedir_close(&d);
}

/* Somebody deletes the container while we wait for its lock. */
static void deleted_meanwhile(void)
{
	struct statedir d = { .fd = FD_NONE };
	struct err e;
	int status;
	pid_t child;

	if (find("c1", true, &d, &e) < 0)
		printf("# %s\n", e.text);
	child = fork();
	if (child == 0) {
		struct statedir mine = { .fd = FD_NONE };
		int rc;

		close(d.fd);
		rc = find("c1", true, &mine, &e);
		_exit(rc < 0 && e.kind == ERR_STATE && strcmp(e.text, "container does not exist") == 0 ? 0 : 1);
	}
	usleep(100000);
	ok(statedir_remove(root, "c1", &d, &e) == 0, "removed while another waits for the lock");
	statedir_close(&d);
	waitpid(child, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 0, "who is told that it does not exist");
}

static void listing(void)
{
	struct statedir d = { .fd = FD_NONE };
	struct strings_out list = { 0 };
	OWN(arena) mem = { 0 };
	static const char *const ids[] = { "b", "a", "c", "A" };
	struct err e;

	ok(list_all(&mem, &list, &e) == 0 && list.n == 0, "an empty root");
	for (size_t i = 0; i < 4; i++) {
		if (statedir_reserve(root, ids[i], &d, &e) < 0)
			printf("# %s\n", e.text);
		statedir_close(&d);
	}
	close(open(at("file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	mkdir(at(".hidden"), 0700);
	ok(list_all(&mem, &list, &e) == 0 && list.n == 4 && strcmp(list.item[0], "A") == 0 && strcmp(list.item[1], "a") == 0 && strcmp(list.item[3], "c") == 0,
	   "directories in name order, nothing else");
	for (unsigned i = 0; i < 300; i++) {
		char id[16];

		snprintf(id, sizeof(id), "m%03u", i);
		mkdir(at(id), 0700);
	}
	ok(list_all(&mem, &list, &e) == 0 && list.n == 304 && strcmp(list.item[303], "m299") == 0, "many");
}

static void trusting(void)
{
	struct statedir d = { .fd = FD_NONE };
	struct strings_out list;
	OWN(arena) mem = { 0 };
	struct err e;

	chmod(at("a"), 0770);
	ok(find("a", false, &d, &e) < 0 && e.kind == ERR_POLICY, "a directory that the group may write is not trusted");
	chmod(at("a"), 0702);
	ok(find("a", false, &d, &e) < 0 && e.kind == ERR_POLICY, "nor one that others may");
	chmod(at("a"), 0700);
	if (geteuid() == 0) {
		(void)!fchownat(AT_FDCWD, at("a"), 1234, 0, 0);
		ok(find("a", false, &d, &e) < 0 && e.kind == ERR_POLICY, "nor one of another user");
		(void)!fchownat(AT_FDCWD, at("a"), 0, 0, 0);
	} else {
		skip("owners need root");
	}
	chmod(root.s, 0777);
	ok(find("a", false, &d, &e) < 0 && e.kind == ERR_POLICY, "nor anything below a root that others may write");
	ok(statedir_reserve(root, "z", &d, &e) < 0 && e.kind == ERR_POLICY, "nothing is made there");
	ok(list_all(&mem, &list, &e) < 0 && e.kind == ERR_POLICY, "nor listed");
	chmod(root.s, 0700);
	close(open(at("afile"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ok(find("afile", false, &d, &e) < 0, "a file is no container");
}

static void removing(void)
{
	struct statedir d = { .fd = FD_NONE };
	OWN(str) t = { 0 };
	struct err e;

	ok(find("b", true, &d, &e) == 0, "opened");
	ok(statedir_write(&d, "state.json", "x", 1, &e) == 0 && statedir_write(&d, "config.json", "y", 1, &e) == 0 && mkfifo(at("b/start.in"), 0600) == 0, "with files");
	ok(statedir_read(&d, "state.json", 1, &t, &e) == 0 && strcmp(t.s, "x") == 0, "read back");
	ok(statedir_read(&d, "state.json", 1, &t, &e) < 0 && e.kind == ERR_STATE, "not beyond its limit");
	ok(statedir_read(&d, "nope", 1, &t, &e) < 0 && e.num == ENOENT, "an absent one");
	ok(symlink("/etc/passwd", at("b/start.out")) == 0 && statedir_read(&d, "start.out", 1000000, &t, &e) < 0 && e.num == ELOOP, "a link is not read");
	mkdir(at("b/notify"), 0700);
	close(open(at("b/stranger"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ok(statedir_remove(root, "b", &d, &e) < 0 && e.num == ENOTEMPTY, "what we do not know is left, and reported");
	unlink(at("b/stranger"));
	ok(statedir_remove(root, "b", &d, &e) == 0 && access(at("b"), F_OK) < 0, "then it is removed");
	ok(statedir_remove(root, "b", &d, &e) == 0, "again is success");
	statedir_close(&d);
	ok(access("/etc/passwd", F_OK) == 0, "and the link's target is there");
}

static const struct journal sample = { .phase = PHASE_CREATED, .id = "c", .bundle = "/b \"q\"", .rootfs = "/r", .created = "2024-01-01T00:00:00.5Z", .pid = 77, .start_time = UINT64_MAX, .creator = 78, .creator_start = 5,
	.cgroup_mount = "/m", .cgroup_path = "/p", .cgroup_keep = 3, .systemd_cgroup = true, .rootless = true, .systemd_unit = "u", .keyring = "k", .own_pid_ns = true,
	.has_terminal = true, .rdt_path = "", .rdt_monitor = "/r/mon_groups/x", .owner = 4294967295u, .annotations = "{\"a\":\"\"}" };

static bool same(const struct journal *a, const struct journal *b)
{
	return a->phase == b->phase && !strcmp(a->id, b->id) && !strcmp(a->bundle, b->bundle) && !strcmp(a->rootfs, b->rootfs) && !strcmp(a->created, b->created) && a->pid == b->pid &&
	       a->start_time == b->start_time && a->creator == b->creator && a->creator_start == b->creator_start && !strcmp(a->cgroup_mount, b->cgroup_mount) && !strcmp(a->cgroup_path, b->cgroup_path) && a->cgroup_keep == b->cgroup_keep &&
	       a->systemd_cgroup == b->systemd_cgroup && a->rootless == b->rootless && !strcmp(a->systemd_unit, b->systemd_unit) && !strcmp(a->keyring, b->keyring) &&
	       a->own_pid_ns == b->own_pid_ns && a->has_terminal == b->has_terminal && !strcmp(a->rdt_path, b->rdt_path) && !strcmp(a->rdt_monitor, b->rdt_monitor) && a->owner == b->owner &&
	       !strcmp(a->annotations, b->annotations);
}

/* Writes the journal with one member left out (with NULL) or replaced. */
static int broken(const struct statedir *d, const struct json *whole, const struct json *member, const char *with)
{
	OWN(str) t = { 0 };
	struct json_out o = { .to = &t };
	OWN(arena) mem = { 0 };
	struct journal j = { .pid = 4711 };
	struct err e;
	int rc;

	json_open(&o, '{');
	for (const struct json *m = whole->child; m; m = m->next) {
		if (m == member && !with)
			continue;
		json_key(&o, m->key);
		if (m == member)
			json_put_raw(&o, with);
		else
			json_put_node(&o, m);
	}
	json_close(&o, '}');
	if (statedir_write(d, "state.json", t.s, t.n, &e) < 0)
		return -2;
	rc = journal_read(d, &mem, &j, &e);
	return rc < 0 && (e.kind != ERR_STATE || j.pid != 4711 || !strstr(e.text, member->key)) ? -2 : rc;
}

static void journal(void)
{
	static const char *const wrong[] = { "null", "[]", "{}", "1.5", "-1", "99999999999999999999", "\"x\"", "5", "true" };
	struct statedir d = { .fd = FD_NONE };
	struct journal back;
	OWN(arena) mem = { 0 };
	OWN(str) t = { 0 };
	const struct json *whole = NULL;
	struct err e;

	if (!ok(find("c", true, &d, &e) == 0, "opened"))
		return;
	ok(journal_read(&d, &mem, &back, &e) < 0 && e.num == ENOENT, "no journal yet");
	ok(journal_write(&d, &sample, &e) == 0 && journal_read(&d, &mem, &back, &e) == 0 && same(&sample, &back), "there and back");
	ok(statedir_read(&d, "state.json", 100000, &t, &e) == 0 && json_parse(&mem, "j", t.s, t.n, &whole, &e) == 0 && whole->count == 22, "22 fields");
	for (const struct json *m = whole->child; m; m = m->next) {
		unsigned taken = 0;

		ok(broken(&d, whole, m, NULL) == -1, "%s left out is refused", m->key);
		for (size_t i = 0; i < 5; i++)
			taken += broken(&d, whole, m, wrong[i]) != -1;
		if (m->type != JSON_NUMBER)
			taken += broken(&d, whole, m, "7") != -1;
		else
			taken += broken(&d, whole, m, "99999999999999999999") != -1;
		if (m->type != JSON_STRING || strcmp(m->key, "phase") == 0)
			taken += broken(&d, whole, m, "\"x\"") != -1;
		if (m->type != JSON_BOOL)
			taken += broken(&d, whole, m, "true") != -1;
		is_int(taken, 0, "and so is what is not its type");
	}
	ok(broken(&d, whole, json_member(whole, "pid"), "2147483648") == -1 && broken(&d, whole, json_member(whole, "owner"), "4294967296") == -1, "numbers beyond their type");
	ok(broken(&d, whole, json_member(whole, "phase"), "\"creating\"") == 0, "the other phase is taken");
	ok(statedir_write(&d, "state.json", "{\"phase\"", 8, &e) == 0 && journal_read(&d, &mem, &back, &e) < 0 && e.kind == ERR_STATE, "half a journal is refused");
	ok(statedir_write(&d, "state.json", "", 0, &e) == 0 && journal_read(&d, &mem, &back, &e) < 0 && e.kind == ERR_STATE, "so is an empty one");
	ok(statedir_write(&d, "state.json", "[]", 2, &e) == 0 && journal_read(&d, &mem, &back, &e) < 0 && e.kind == ERR_STATE, "and one that is no object");
	statedir_close(&d);
}

static void status(void)
{
	struct journal j = sample;
	struct statedir d = { .fd = FD_NONE };
	enum status s = STATUS_PAUSED;
	OWN(lookup) l = LOOKUP_NONE;
	struct procfs proc;
	struct err e;
	int pidfd = FD_NONE;
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	if (!ok(find("c", true, &d, &e) == 0 && procfs_open(&proc, &e) == 0 && lookup_open(root, &l, &e) == 0, "opened"))
		return;
	j.cgroup_path = "";
	j.pid = child;
	ok(procfs_start_time(&proc, child, &j.start_time, NULL, &e) == 0, "the start time");
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_RUNNING, "running");
	mkfifo(at("c/start.in"), 0600);
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_CREATED, "created, while the FIFO is there");
	unlink(at("c/start.in"));
	ok(status_pidfd(&j, &pidfd, &e) == 0 && pidfd >= 0, "its pidfd");
	fd_drop(&pidfd);
	j.cgroup_path = "/nope";
	j.cgroup_mount = "/nope";
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_RUNNING, "a cgroup that is gone pauses nothing");
	j.cgroup_mount = "/tmp";
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_RUNNING, "nor does what is not a cgroup file system");
	j.start_time++;
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_STOPPED, "another process with its pid is not it");
	ok(status_pidfd(&j, &pidfd, &e) == 0 && pidfd == FD_NONE, "and gives no pidfd");
	j.start_time--;
	kill(child, SIGKILL);
	waitid(P_PID, (id_t)child, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_STOPPED, "a zombie is stopped");
	waitpid(child, NULL, 0);
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_STOPPED && status_pidfd(&j, &pidfd, &e) == 0 && pidfd == FD_NONE, "so is what is gone");
	j.pid = 0;
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_STOPPED && status_pidfd(&j, &pidfd, &e) == 0 && pidfd == FD_NONE, "no pid, no process");
	j.phase = PHASE_CREATING;
	ok(status_of(&l, &d, &j, &s, &e) == 0 && s == STATUS_CREATING, "creating, whatever lives");
	is_str(status_name(STATUS_PAUSED), "paused", "a name");
	procfs_close(&proc);
	statedir_close(&d);
}

static int remove_entry(const char *name, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(name);
}

int main(void)
{
	umask(022);
	if (!mkdtemp(top))
		return 99;
	snprintf(root_path, sizeof(root_path), "%s/run/brig", top);
	root.s = root_path;
	reserving();
	deleted_meanwhile();
	listing();
	trusting();
	removing();
	journal();
	status();
	nftw(top, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	return done();
}
