/* room: any — the baton against a peer that keeps to the rules and one that does not, the walk over a small plan, and hooks */
#include "tap.h"
#include "base/limits.h"
#include "plan/plan.h"
#include "sys/sys.h"
#include "wire/hookrun.h"
#include "wire/brief.h"
#include "wire/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

/* host, init x2 (the second leaves a console behind), host, init, host; then wait-start, before which the host's walk ends */
enum { STEPS = 7, SLOTS = 2 };
static struct step step[STEPS] = {
	{ .op = OP_CLONE, .room = ROOM_HOST, .why = "/a", .clone.pidfd = 0 }, { .op = OP_HOSTNAME, .room = ROOM_INIT, .why = "/hostname", .text.text = "h" },
	{ .op = OP_CONSOLE, .room = ROOM_INIT, .why = "/process/terminal", .console = { .master = 1 } }, { .op = OP_CONSOLE_SEND, .room = ROOM_HOST, .why = "/b" },
	{ .op = OP_SESSION, .room = ROOM_INIT, .why = "/c" }, { .op = OP_STATE_CREATED, .room = ROOM_HOST, .why = "/d" },
	{ .op = OP_WAIT_START, .room = ROOM_INIT, .why = "/e" },
};
static const struct plan plan = { .n = STEPS, .step = step, .slots = SLOTS, .wait_start = 6 };

/* As wire/baton.c has it: what a rogue peer would have to imitate. */
struct message {
	uint32_t type, step, level;
	union {
		struct err err;
		char text[LIMIT_LOG_BYTES];
	};
};
enum { DONE = 0x42440001, FAIL, LOG };

static struct { unsigned n; char last[LIMIT_LOG_BYTES]; enum log_level level; } heard;
static void sink(void *arg, enum log_level level, const char *text)
{
	(void)arg;
	heard.n++;
	heard.level = level;
	snprintf(heard.last, sizeof(heard.last), "%s", text);
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* ---- the baton against hand-made messages: what the child sends is chosen by the test, in one process ---- */
struct attempt { struct baton b; struct err e; int child; };

static void start(struct attempt *t)
{
	memset(&t->e, 0, sizeof(t->e));
	if (baton_open(&t->b, &plan, &t->e) < 0)
		printf("# %s\n", t->e.text);
	t->child = t->b.child_end[1];
}

static int refused(const char *what, const void *bytes, size_t n, size_t nfds, size_t due)
{
	int fds[4] = { 0, 0, 0, 0 }, got[4], before;
	struct attempt t;
	bool held;

	start(&t);
	before = open_descriptors();
	sys_send(t.child, bytes, n, fds, nfds);
	held = baton_await(&t.b, ROOM_INIT, 2, got, due, &t.e) < 0 && t.e.kind == ERR_PEER && open_descriptors() == before;
	if (!ok(held, "%s", what))
		printf("# %d \"%s\" %d descriptors, before %d\n", t.e.kind, t.e.text, open_descriptors(), before);
	baton_close(&t.b);
	return held;
}

static void rogue(void)
{
	struct message m = { .type = DONE, .step = 2 }, fail = { .type = FAIL, .step = 2 };
	struct { struct message m; char more; } longer = { m, 0 };
	struct attempt t;
	int fd = 0, got[2];

	start(&t);
	is_int((long long)sizeof(m), (long long)(12 + sizeof(struct err)), "the message has the size that this test imitates");
	sys_send(t.child, &m, sizeof(m), &fd, 1);
	ok(baton_await(&t.b, ROOM_INIT, 2, got, 1, &t.e) == 0 && fcntl(got[0], F_GETFD) == FD_CLOEXEC, "the right message with its descriptor");
	close(got[0]);
	baton_close(&t.b);
	refused("a descriptor too few", &m, sizeof(m), 0, 1);
	refused("a descriptor too many", &m, sizeof(m), 2, 1);
	refused("descriptors where none are due", &m, sizeof(m), 3, 0);
	refused("a short message", &m, sizeof(m) - 1, 0, 0);
	refused("a short message with a descriptor", &m, 4, 1, 1);
	m.step = 3;
	refused("another step", &m, sizeof(m), 0, 0);
	m.step = 2;
	m.type = 0;
	refused("a message of no type", &m, sizeof(m), 0, 0);
	m.type = LOG + 1;
	refused("another type", &m, sizeof(m), 0, 0);
	m.type = LOG;
	refused("a log message with a descriptor", &m, sizeof(m), 1, 1);
	refused("a failure that is none", &fail, sizeof(fail), 0, 0);
	fail.err.kind = ERR_BUG + 1;
	refused("a failure of no kind", &fail, sizeof(fail), 0, 0);
	fail.err.kind = (enum err_kind)-5;
	refused("a failure of a negative kind", &fail, sizeof(fail), 0, 0);
	fail.err.kind = ERR_SYS;
	fail.step = STEPS;
	refused("a failure in a step that is not there", &fail, sizeof(fail), 0, 0);
	fail.step = 2;
	fail.err.step = STEPS + 1;
	refused("a failure that names such a step inside", &fail, sizeof(fail), 0, 0);
	start(&t);
	if (sys_send(t.child, &longer, sizeof(longer), NULL, 0) < 0)
		printf("# not sent\n");
	ok(baton_await(&t.b, ROOM_INIT, 2, NULL, 0, &t.e) < 0, "a long message");
	baton_close(&t.b);
}

static bool peer_ends(struct attempt *t)
{
	fd_drop(&t->b.child_end[1]);
	return true;
}

static void failures(void)
{
	struct message fail = { .type = FAIL, .step = 2 };
	struct attempt t;

	fail.err.kind = ERR_SYS;
	fail.err.num = EPERM;
	fail.err.step = 3;
	fail.err.room = ROOM_HOST;	/* whatever it says: room and kind are the plan's */
	memset(fail.err.text, 'x', sizeof(fail.err.text));
	fail.err.text[0] = '\033';
	memset(fail.err.why, 'y', sizeof(fail.err.why));
	memset(fail.err.op, 'z', sizeof(fail.err.op));
	start(&t);
	sys_send(t.child, &fail, sizeof(fail), NULL, 0);
	ok(baton_await(&t.b, ROOM_INIT, 2, NULL, 0, &t.e) < 0 && t.e.kind == ERR_SYS && t.e.num == EPERM && t.e.step == 3, "a failure arrives as it is");
	ok(strlen(t.e.text) == ERR_TEXT_SIZE - 1 && t.e.text[0] == '?' && strlen(t.e.why) == ERR_WHY_SIZE - 1 && strcmp(t.e.op, op_info[t.b.plan->step[2].op].name) == 0 && t.e.room == ROOM_INIT,
	   "with its texts ended and cleaned, under the name that the plan gives it");
	baton_close(&t.b);
	start(&t);
	t.b.mark->step[1] = 4;
	fd_drop(&t.b.child_end[1]);
	ok(baton_await(&t.b, ROOM_INIT, 2, NULL, 0, &t.e) < 0 && t.e.kind == ERR_PEER && strstr(t.e.text, "init died in step 4 (session)") && t.e.step == 5 && strcmp(t.e.why, "/c") == 0,
	   "a death names the step that was marked");
	baton_close(&t.b);
	start(&t);
	t.b.mark->step[1] = 12345;
	fd_drop(&t.b.child_end[1]);
	ok(baton_await(&t.b, ROOM_INIT, 2, NULL, 0, &t.e) < 0 && t.e.kind == ERR_PEER, "a mark that makes no sense is not followed");
	baton_close(&t.b);
	start(&t);
	fd_drop(&t.b.child_end[1]);
	ok(baton_pass(&t.b, ROOM_INIT, 0, NULL, 0, &t.e) < 0 && t.e.kind == ERR_PEER, "the baton cannot be passed to the dead");
	baton_close(&t.b);
	start(&t);
	ok(baton_pass(&t.b, ROOM_INIT, 0, NULL, 0, &t.e) == 0 && peer_ends(&t) && baton_await_exec(&t.b, ROOM_INIT, &t.e) < 0 && t.e.kind == ERR_PEER,
	   "who ends with our word unread has executed nothing");
	baton_close(&t.b);
	start(&t);
	sys_send(t.child, &fail, sizeof(fail), NULL, 0);
	ok(baton_pass(&t.b, ROOM_INIT, 0, NULL, 0, &t.e) == 0 && peer_ends(&t) && baton_await_exec(&t.b, ROOM_INIT, &t.e) < 0 && t.e.num == EPERM, "and what it said before counts");
	baton_close(&t.b);
	start(&t);
	ok(peer_ends(&t) && baton_await_exec(&t.b, ROOM_INIT, &t.e) == 0, "the end after all was read is the program's beginning");
	baton_close(&t.b);
	baton_close(&t.b);
}

static void logs(void)
{
	struct message m = { .type = LOG, .level = LOG_WARN }, end = { .type = DONE, .step = 2 };
	struct attempt t;

	log_to(sink, NULL);
	start(&t);
	memset(m.text, 'x', sizeof(m.text));
	m.text[1] = '\n';
	sys_send(t.child, &m, sizeof(m), NULL, 0);
	m.level = 77;
	for (unsigned i = 0; i < 3; i++)
		sys_send(t.child, &m, sizeof(m), NULL, 0);
	sys_send(t.child, &end, sizeof(end), NULL, 0);
	ok(baton_await(&t.b, ROOM_INIT, 2, NULL, 0, &t.e) == 0 && heard.n == 4 && strncmp(heard.last, "[init] x?xx", 11) == 0 && heard.level == LOG_DEBUG, "messages are relayed, cleaned, with their room");
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 5; i++)
			sys_send(t.child, &m, sizeof(m), NULL, 0);
		sys_send(t.child, &end, sizeof(end), NULL, 0);
		if (baton_await(&t.b, ROOM_INIT, 2, NULL, 0, &t.e) < 0)
			printf("# %s\n", t.e.text);
	}
	is_int(heard.n, LIMIT_LOG_MESSAGES, "a flood is cut");
	baton_close(&t.b);
	log_to(NULL, NULL);
}

/* ---- the walk, with a forked peer ---- */
struct side { char ran[STEPS + 1]; size_t n; int fail_at, report; struct fdtab *tab; };

static int run(void *arg, const struct step *s, struct err *e)
{
	struct side *r = arg;
	int at = (int)(s - step);

	r->ran[r->n++] = (char)('0' + at);
	if (s->op == OP_CONSOLE)
		r->tab->slot[s->console.master].fd = sys_memfd("console", 0);
	if (s->op == OP_SESSION)
		log_warn("in the session");
	if (s->op == OP_WAIT_START) {	/* what follows is not the walk's any more, as after execve */
		(void)!write(r->report, r->ran, sizeof(r->ran));
		_exit(r->tab->slot[1].fd == FD_NONE ? 0 : 2);
	}
	if (at == r->fail_at) {
		errno = EACCES;
		return err_sys(e, "step %d", at);
	}
	return 0;
}

struct result { struct side host; struct err e; int rc, status; char child_ran[STEPS + 1]; bool has_console; };

static void peer(struct baton *b, int fail_at, int die_at, int report)
{
	struct slot slot[SLOTS] = { { .fd = FD_NONE }, { .fd = FD_NONE } };
	struct fdtab tab = { .n = SLOTS, .slot = slot };
	struct side r = { .fail_at = fail_at, .report = report, .tab = &tab };
	step_fn *table[OP_COUNT];
	struct err e = { 0 };

	for (size_t i = 0; i < OP_COUNT; i++)
		table[i] = run;
	if (die_at >= 0)
		table[step[die_at].op] = NULL;
	baton_enter(b, ROOM_INIT);
	if (walk(&plan, 1, STEPS, b, &tab, table, &r, &e) < 0 && die_at < 0)
		baton_fail(b, e.step ? (size_t)e.step - 1 : 0, &e);
	(void)!write(report, r.ran, sizeof(r.ran));
	_exit(1);
}

static struct result together(int host_fails, int child_fails, int child_dies)
{
	struct slot slot[SLOTS] = { { .fd = FD_NONE }, { .fd = FD_NONE } };
	struct fdtab tab = { .n = SLOTS, .slot = slot };
	struct result r = { .host = { .fail_at = host_fails, .tab = &tab } };
	step_fn *table[OP_COUNT];
	struct baton b;
	int report[2];
	pid_t child;

	for (size_t i = 0; i < OP_COUNT; i++)
		table[i] = run;
	if (baton_open(&b, &plan, &r.e) < 0 || pipe(report) < 0)
		return r;
	fflush(stdout);
	child = fork();
	if (child == 0)
		peer(&b, child_fails, child_dies, report[1]);
	baton_parted(&b, ROOM_INIT);
	close(report[1]);
	r.rc = walk(&plan, 0, plan.wait_start, &b, &tab, table, &r.host, &r.e);
	r.has_console = slot[1].fd >= 0;
	baton_close(&b);
	(void)!read(report[0], r.child_ran, sizeof(r.child_ran));
	close(report[0]);
	waitpid(child, &r.status, 0);
	fdtab_close(&tab);
	return r;
}

static void walking(void)
{
	struct result r;

	log_to(sink, NULL);
	heard.n = 0;
	r = together(-1, -1, -1);
	ok(r.rc == 0 && strcmp(r.host.ran, "035") == 0 && strcmp(r.child_ran, "1246") == 0 && WEXITSTATUS(r.status) == 0, "each room runs its own steps, in order");
	ok(r.has_console, "the console's master came over");
	ok(heard.n == 1 && strcmp(heard.last, "[init] in the session") == 0, "and what init had to say");
	log_to(NULL, NULL);
	r = together(-1, 2, -1);
	ok(r.rc < 0 && r.e.kind == ERR_SYS && r.e.num == EACCES && r.e.step == 3 && r.e.room == ROOM_INIT && strcmp(r.e.op, "console") == 0 && strcmp(r.e.why, "/process/terminal") == 0 &&
	   strcmp(r.e.text, "step 2") == 0, "a failure of init is told with step, room, kind and cause");
	is_str(r.host.ran, "0", "the host goes no further");
	r = together(3, -1, -1);
	ok(r.rc < 0 && r.e.step == 4 && r.e.room == ROOM_HOST && strcmp(r.e.why, "/b") == 0, "a failure of the host");
	ok(strcmp(r.child_ran, "12") == 0 && WEXITSTATUS(r.status) == 1, "init stops when the host is gone");
	r = together(-1, -1, 1);
	ok(r.rc < 0 && r.e.kind == ERR_PEER && r.e.step == 2 && strstr(r.e.text, "init died in step 1 (hostname)"), "a death of init");
}

static void no_executor(void)
{
	static struct step one = { .op = OP_SESSION, .room = ROOM_HOST, .why = "/w" };
	static const struct plan small = { .n = 1, .step = &one };
	step_fn *table[OP_COUNT] = { NULL };
	struct err e = { 0 };
	struct baton b;

	if (baton_open(&b, &small, &e) < 0)
		return;
	ok(walk(&small, 0, 1, &b, NULL, table, NULL, &e) < 0 && e.kind == ERR_BUG && e.step == 1 && strcmp(e.why, "/w") == 0, "a kind without an executor is a bug, and named");
	baton_close(&b);
}

/* ---- the brief ---- */
static void brief(void)
{
	static const char *const args[] = { "sh", "-c", "" };
	static char host[] = "/h", program[] = "filter";
	struct step s[] = {
		{ .op = OP_TREE_OPEN, .room = ROOM_HOST, .why = host },
		{ .op = OP_NS_ENTER, .room = ROOM_JOIN, .why = "/j", .ns = { .slot = 0, .path = { "/proc/1/ns/net" } } },
		{ .op = OP_SECCOMP_LOAD, .room = ROOM_INIT, .why = "/s", .seccomp = { .slot = 1, .last = true } },
		{ .op = OP_EXEC_FIND, .room = ROOM_INIT, .why = "/i", .exec = { .args = { 3, args }, .cwd = "/" } },
	};
	const struct plan p = { .n = 4, .step = s, .slots = 2, .uses_join = true, .state_head = "{" };
	struct slot slot[2] = { { .fd = open("/", O_RDONLY | O_CLOEXEC) }, { FD_NONE, program, sizeof(program) } };
	struct fdtab tab = { .n = 2, .slot = slot };
	struct brief b = { 0 };
	struct baton host_side;
	struct err e = { 0 };
	pid_t child;
	int status;

	ok(baton_open(&host_side, &p, &e) == 0 && brief_write(&host_side, ROOM_INIT, &p, 2, &tab, &e) == 0, "the brief is written");
	ok(brief_keep(&host_side, ROOM_INIT, &p, &tab) == 0, "what it names survives an execution");
	ok(sys_is_cloexec(slot[0].fd) && sys_is_cloexec(host_side.host_end[1]), "of join's and the host's nothing");
	ok(!sys_is_cloexec(host_side.child_end[1]) && !sys_is_cloexec(host_side.brief), "but its end of the baton, and the brief");
	ok(brief_keep(&host_side, ROOM_JOIN, &p, &tab) == 0 && !sys_is_cloexec(slot[0].fd), "join keeps what it enters");
	fflush(stdout);
	child = fork();
	if (child == 0) {	/* it closes what is not its own */
		bool same = brief_read(host_side.brief, &b, &e) == 0 && b.room == ROOM_INIT && b.from == 2 && b.tab.n == 2 && b.tab.slot[0].fd == slot[0].fd &&
			    b.tab.slot[1].size == sizeof(program) && strcmp(b.tab.slot[1].data, program) == 0 && b.plan.n == 4 &&
			    b.plan.step[0].op == OP_TREE_OPEN && !b.plan.step[0].why && strcmp(b.plan.step[1].ns.path.s, "/proc/1/ns/net") == 0 &&
			    b.plan.step[3].exec.args.n == 3 && strcmp(b.plan.step[3].exec.args.item[1], "-c") == 0 && strcmp(b.plan.state_head, "{") == 0 &&
			    sys_is_cloexec(slot[0].fd);
		_exit(same ? 0 : 1);
	}
	ok(waitpid(child, &status, 0) == child && status == 0, "and read as it was written");
	ok(sys_ftruncate(host_side.brief, sizeof(struct mark_page) + 100) == 0 && brief_read(dup(host_side.brief), &b, &e) < 0 && e.kind == ERR_PEER, "one that is cut short is refused");
	arena_free(&b.mem);
	close(slot[0].fd);
	baton_close(&host_side);
}

/* ---- hooks ---- */
static int hook(const char *script, unsigned timeout, struct err *e)
{
	const char *args[] = { "sh", "-c", script };
	const char *env[] = { "A=b" };
	const struct spec_hook h = { .path = "/bin/sh", .args = { 3, args }, .env = { 1, env }, .has_env = true, .timeout = timeout, .at = "/hooks/x/0" };
	const struct hook_call c = { .hook = &h, .kind = HOOK_POSTSTOP, .index = 4, .state = "{\"id\":\"c\"}\n", .cwd = "/tmp" };

	memset(e, 0, sizeof(*e));
	return hook_run(&c, e);
}

static void hooks(void)
{
	static const struct spec_hook absent = { .path = "/nope", .at = "/hooks/x/1" };
	const struct hook_call c = { .hook = &absent, .kind = HOOK_PRESTART, .state = "", .cwd = "/" };
	char *big = malloc(100001);
	int fd = open("/dev/null", O_RDONLY), before = open_descriptors();	/* one that a hook must not see */
	struct err e;

	ok(hook("exit 0", 0, &e) == 0, "a hook that is content");
	ok(hook("read x && [ \"$x\" = '{\"id\":\"c\"}' ] && [ \"$A\" = b ] && [ $(pwd) = /tmp ] && [ -z \"$HOME\" ]", 0, &e) == 0, "state, environment and directory");
	ok(hook("for n in 3 4 5 6 7 8 9 10 11 12 13 14; do [ ! -e /proc/$$/fd/$n ] || exit 1; done", 0, &e) == 0, "no descriptor but the standard ones");
	ok(hook("echo word; echo more >&2; exit 3", 0, &e) < 0 && strcmp(e.why, "/hooks/x/0") == 0, "a status that is not 0");
	is_str(e.text, "error running poststop hook #4: exit status 3, output: word more", "with its output on one line");
	ok(hook("kill -9 $$", 0, &e) < 0 && strstr(e.text, "signal 9"), "a signal");
	ok(hook("sleep 30", 1, &e) < 0 && strstr(e.text, "timeout of 1.0s"), "a timeout");
	ok(hook("printf '\\033[31m'; exit 1", 0, &e) < 0 && !strchr(e.text, '\033'), "control characters are taken out");
	ok(hook("head -c 100000 /dev/zero; exit 1", 0, &e) < 0 && strlen(e.text) < ERR_TEXT_SIZE, "much output does not hold it");
	ok(hook("sleep 3 & exit 0", 0, &e) == 0, "what it leaves behind does not hold us");
	ok(hook("trap '' TERM; exit 0", 5, &e) == 0, "in time");
	memset(big, 'x', 100000);
	big[100000] = '\0';
	{
		const char *args[] = { "sh", "-c", "exit 0" };
		const struct spec_hook h = { .path = "/bin/sh", .args = { 3, args }, .at = "/h" };
		const struct hook_call b = { .hook = &h, .kind = HOOK_POSTSTOP, .state = big, .cwd = "/" };

		ok(hook_run(&b, &e) == 0, "a hook that does not read a long state");
	}
	memset(&e, 0, sizeof(e));
	ok(hook_run(&c, &e) < 0 && strstr(e.text, "cannot execute /nope"), "a program that is missing");
	is_int(open_descriptors(), before, "no descriptor is left");
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "and no process");
	close(fd);
	free(big);
}

/* A hook that waits for a container that has died. */
static void outlived(void)
{
	const char *hangs[] = { "sh", "-c", "echo left; exec sleep 1000000" }, *ends[] = { "sh", "-c", "exit 0" };
	const struct spec_hook wait = { .path = "/bin/sh", .args = { 3, hangs }, .at = "/h" }, quick = { .path = "/bin/sh", .args = { 3, ends }, .at = "/h" };
	struct hook_call c = { .hook = &wait, .kind = HOOK_CREATE_RUNTIME, .state = "", .cwd = "/" };
	pid_t init = fork();
	int pidfd, none = -1;
	struct err e;

	if (init == 0)
		_exit(0);
	pidfd = sys_pidfd_open(init);
	c.init = &pidfd;
	memset(&e, 0, sizeof(e));
	ok(hook_run(&c, &e) < 0 && strstr(e.text, "hook ran on after the container's init had ended, output: left"), "a hook that outlives init is killed");
	c.hook = &quick;
	ok(hook_run(&c, &e) == 0, "one that ends is content");
	c.init = &none;
	ok(hook_run(&c, &e) == 0, "also when init had ended before");
	waitpid(init, NULL, 0);
	close(pidfd);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	rogue();
	failures();
	logs();
	walking();
	no_executor();
	brief();
	outlived();
	hooks();
	return done();
}
