/* room: any — every system call of a creation, of an exec and of an update fails once, in every room: the error names the step and its cause, and nothing is left
 *
 * A creation fails with EIO and EPERM by turns, and what has the one in one bundle has the other in the next; ERROR= chooses one for all. */
#include "fault/lab.h"
#include "tap.h"

#include <stdlib.h>

/* Failures that change nothing for the caller: "ROOM STEP CALL", the error (NULL: any), and why. Everything else must end the creation. */
static const struct { const char *hit, *error, *why; } tolerated[] = {
	{ "host seccomp-compile sys_openat", NULL, "a cache that cannot be read is only slower" },
	{ "host seccomp-compile sys_fstat", NULL, "a cache that cannot be read is only slower" },
	{ "host seccomp-compile sys_read", NULL, "a cache that cannot be read is only slower" },
	{ "init - sys_prctl", NULL, "PR_SET_NAME: the name is for people who read ps(1)" },
	{ "join - sys_prctl", NULL, "PR_SET_NAME" },
	{ "init exec-find sys_openat2", NULL, "/etc/passwd for HOME: logged, and HOME is /" },
	{ "init exec-find sys_fstat", NULL, "/etc/passwd for HOME" },
	{ "init exec-find sys_read", NULL, "/etc/passwd for HOME" },
	{ "init mask sys_write", NULL, "a log record for the host that nothing waits for" },
	{ "init readonly sys_write", NULL, "a log record for the host that nothing waits for" },
	{ "init exec-find sys_write", NULL, "a log record for the host that nothing waits for" },
	{ "init hook sys_clock_gettime", NULL, "cannot fail: every kernel has the monotonic clock; and without a time limit nothing depends on it" },
	{ "host hook sys_clock_gettime", NULL, "cannot fail" },
	{ "start hook sys_clock_gettime", NULL, "cannot fail" },
	{ "start hook sys_read", NULL, "the words of a hook" },
	{ "join ns-enter sys_setgroups", "EPERM", "who may not drop the groups here must be able to inside: become-root sees to it" },
	{ "join ns-join sys_setgroups", "EPERM", "the same" },
	{ "init ns-join sys_setgroups", "EPERM", "the same" },
	{ "init ids sys_setgroups", "EPERM", "a user namespace may deny it: none are wanted and, as is read back, none are there" },
	{ "init become-root sys_setgroups", "EPERM", "the same" },
	{ "join become-root sys_setgroups", "EPERM", "the same" },
	{ "host state-created sys_wait4", NULL, "join has ended; what fails is its reaping" },
	{ "host pid-file sys_wait4", NULL, "the same" },
	{ "init keyring sys_keyctl", "EPERM", "a kernel or a filter without keys; logged" },
	{ "init session sys_setsid", "EPERM", "means that the process leads a session already" },
	{ "init sysctl sys_fsopen", "EPERM", "no procfs of one's own in a user namespace: the caller's, verified, serves (before pivot)" },
	{ "init sysctl sys_fsconfig", "EPERM", "the same" },
	{ "init sysctl sys_fsmount", "EPERM", "the same" },
	{ "host state-created sys_clock_gettime", NULL, "cannot fail: the date of creation, told to people" },
	{ "init hook sys_read", NULL, "the words of a hook are lost, not its exit status" },
	{ "host hook sys_read", NULL, "the words of a hook" },
	{ NULL, NULL, NULL }
};

enum { FEWER_CALLS = 6 };

static bool is_tolerated(const char *hit, const char *error)
{
	for (size_t i = 0; tolerated[i].hit; i++)
		if (strcmp(tolerated[i].hit, hit) == 0 && (!tolerated[i].error || strcmp(tolerated[i].error, error) == 0))
			return true;
	return false;
}

/* The call that failed is the one that would have reaped. */
static bool is_reaping(const char *hit)
{
	return strstr(hit, " sys_wait4") != NULL;
}

/* Between `created` and the wait for start nobody listens to init: start finds it dead, and can say no more. */
static bool died_before_start(const struct outcome *o)
{
	return strstr(o->log, "cannot start a container that has stopped") != NULL;
}

/* The nth call's of "ONE,OTHER": by turns. */
static const char *turn(const char *errors, unsigned n, char buf[16])
{
	const char *other = strchr(errors, ',');

	if (other && n % 2 == 0)
		return other + 1;
	snprintf(buf, 16, "%.*s", (int)strcspn(errors, ","), errors);
	return buf;
}

/* The creation under fault, and what follows: start when it did not fail (the fault may wait behind the baton), then delete. */
static void one(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *errors)
{
	static struct outcome o, d;
	char fault[64], buf[16];
	const char *bad = NULL, *left, *error = turn(errors, n, buf);
	struct counts c;
	bool started = false, left_zombie = false;

	snprintf(fault, sizeof(fault), "%s:%u:%s", lab_room_name[room], n, error);
	lab_counts_reset(l);
	lab_fresh(l, bundle);
	lab_run(l, &o, "create", bundle, fault, NULL);
	lab_counts(l, &c);
	if (o.status == 0) {
		started = true;
		left_zombie = o.left_zombie > 0 && room != LAB_INIT && !is_reaping(c.hit);	/* an init that dies after `created` is left to the reaper */
		if (started)
			lab_run(l, &o, "start", bundle, fault, NULL);
		lab_counts(l, &c);
	}
	if (o.hung)
		bad = "it hangs";
	else if (lab_sanitizer(&o))
		bad = lab_sanitizer(&o);
	else if (!c.hit[0])	/* how often a hook's output is read, or an answer waited for, is a matter of time */
		bad = o.status == 0 && n > c.calls[room] && n <= c.calls[room] + FEWER_CALLS ? NULL : "the call was not made";
	else if (o.status == 0 && !is_tolerated(c.hit, error))
		bad = "the failure was swallowed";
	else if (o.status != 0 && o.status != 1)
		bad = "wrong exit status";
	else if (o.status == 1)
		bad = lab_one_error(&o, room != LAB_START && !died_before_start(&o));
	if (bad)
		lab_complain(to, bad, &o, n, c.hit);
	if (left_zombie)
		lab_complain(to, "create left a zombie", &o, n, c.hit);
	if (started) {
		lab_run(l, &d, "--force", bundle, NULL, NULL);
		if (d.status != 0 || lab_sanitizer(&d))
			lab_complain(to, lab_sanitizer(&d) ? lab_sanitizer(&d) : "delete --force fails", &d, n, c.hit);
	} else if (o.left_running || (o.left_zombie && !is_reaping(c.hit))) {
		lab_complain(to, o.left_running ? "a process was left" : "a zombie was left", &o, n, c.hit);
	}
	left = lab_residue(l, bundle, started ? 2000 : 0);
	if (left[0]) {
		char what[1100];

		snprintf(what, sizeof(what), "left: %s", left);
		lab_complain(to, what, &o, n, c.hit);
		lab_clean(l, bundle);
	}
}

/* A verb on a running container under fault: it fails in words, the container goes on, and no process or pid file of the verb is left. */
static void inside(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *verb, const char *error)
{
	static struct outcome o, d;
	int failed = strcmp(verb, "exec") == 0 ? 255 : 1;
	const char *bad = NULL, *left;
	char fault[64], what[1100];
	struct counts c;

	snprintf(fault, sizeof(fault), "%s:%u:%s", lab_room_name[room], n, error);
	if (!lab_up(l, &o, bundle))
		lab_complain(to, "there is no container", &o, n, "");
	lab_drop_pid_file(l);
	lab_counts_reset(l);
	lab_run(l, &o, verb, bundle, fault, NULL);
	lab_counts(l, &c);
	if (o.hung)
		bad = "it hangs";
	else if (lab_sanitizer(&o))
		bad = lab_sanitizer(&o);
	else if (!c.hit[0])
		bad = o.status == 0 && n > c.calls[room] && n <= c.calls[room] + FEWER_CALLS ? NULL : "the call was not made";
	else if (o.status == 0 && !is_tolerated(c.hit, error))
		bad = "the failure was swallowed";
	else if (o.status != 0 && o.status != failed)
		bad = "wrong exit status";
	else if (o.status != 0)
		bad = lab_one_error(&o, true);
	if (bad)
		lab_complain(to, bad, &o, n, c.hit);
	lab_settle(l, bundle);
	if (lab_processes(l, bundle) != 1)
		lab_complain(to, lab_processes(l, bundle) ? "a process is left in the container" : "the container is dead", &o, n, c.hit);
	if (o.status != 0 && lab_has_pid_file(l))
		lab_complain(to, "a pid file is left", &o, n, c.hit);
	lab_drop_pid_file(l);
	lab_run(l, &d, "--force", bundle, NULL, NULL);
	if (d.status != 0 || lab_sanitizer(&d))
		lab_complain(to, "delete --force fails", &d, n, c.hit);
	left = lab_residue(l, bundle, 2000);
	if (left[0]) {
		snprintf(what, sizeof(what), "left: %s", left);
		lab_complain(to, what, &o, n, c.hit);
		lab_clean(l, bundle);
	}
}

static void one_exec(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *error)
{
	inside(l, to, bundle, room, n, "exec", error);
}

static void one_update(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *error)
{
	inside(l, to, bundle, room, n, "update", error);
}

static void group_inside(const char *bundle, const char *verb, lab_one_fn *fn)
{
	struct counts c = { { 0 }, "" };

	if (!lab_wanted(bundle, "BUNDLE") || !lab_wanted(verb, "VERB"))
		return;
	ok(lab_count_inside(bundle, verb, &c), "%s, %s: without a fault", bundle, verb);
	for (unsigned r = 0; r < LAB_HOOK; r++) {
		FILE *said;

		if (!c.calls[r] || !lab_wanted(lab_room_name[r], "ROOM"))
			continue;
		said = lab_group(fn, bundle, (enum lab_room)r, c.calls[r], "EIO");
		ok(!said, "%s, %s, %s: each of %u calls fails with EIO", bundle, verb, lab_room_name[r], c.calls[r]);
		lab_say(said);
	}
}

static void group(const char *bundle, enum lab_room room, unsigned n, const char *error)
{
	FILE *said = lab_group(one, bundle, room, n, error);

	ok(!said, "%s, %s: each of %u calls fails with %s", bundle, lab_room_name[room], n, error);
	lab_say(said);
}

int main(void)
{
	static const char *const errors[] = { "EIO,EPERM", "EPERM,EIO" };
	const char *skip = lab_begin(), *chosen = getenv("ERROR");

	if (skip) {
		printf("1..0 # SKIP %s\n", skip);
		return 0;
	}
	lab_init_helper();
	for (size_t b = 0; lab_bundle[b]; b++) {
		struct counts c = { { 0 }, "" };

		if (!lab_wanted(lab_bundle[b], "BUNDLE") || !lab_wanted("create", "VERB"))
			continue;
		ok(lab_count(lab_bundle[b], &c), "%s: created, started and deleted without a fault", lab_bundle[b]);
		for (unsigned r = 0; r < LAB_UNDO; r++)
			if (c.calls[r] && lab_wanted(lab_room_name[r], "ROOM"))
				group(lab_bundle[b], (enum lab_room)r, c.calls[r], chosen ? chosen : errors[b % 2]);
	}
	group_inside("default", "exec", one_exec);
	group_inside("early", "exec", one_exec);
	group_inside("userns", "exec", one_exec);
	group_inside("default", "update", one_update);
	lab_end();
	return done();
}
