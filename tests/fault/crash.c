/* room: any — brig is killed before each of its system calls, and so are its children: what is left can always be deleted */
#include "fault/lab.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { KILLED = 137, GRACE_MS = 3000, HELD_MS = 1500 };

static struct outcome o, d;	/* too large for a stack that is forked hundreds of times */

static bool has_journal(struct lab *l, const char *bundle)
{
	bool rootless = strcmp(bundle, "rootless") == 0 || strcmp(bundle, "slow") == 0;
	char path[256];

	snprintf(path, sizeof(path), "%s/state%s/%s/state.json", l->dir, rootless ? "-rootless" : "", bundle);
	return access(path, F_OK) == 0;
}

/* Init is held in a hook, so that the end of the baton does not reach it; and without a cgroup only the journal knows it. */
static void hold(struct lab *l, bool yes)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/hold", l->dir);
	if (yes)
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	else
		unlink(path);
}

static void no_residue(struct lab *l, FILE *to, const char *bundle, unsigned n, const char *hit)
{
	const char *left = lab_residue(l, bundle, GRACE_MS);
	char what[1100];

	if (!left[0])
		return;
	snprintf(what, sizeof(what), "left: %s", left);
	lab_complain(to, what, &o, n, hit);
	lab_clean(l, bundle);
}

static void must_delete(struct lab *l, FILE *to, const char *bundle, bool force, unsigned n, const char *hit)
{
	lab_run(l, &d, force ? "--force" : "-", bundle, NULL, NULL);
	if (d.status != 0 || lab_sanitizer(&d))
		lab_complain(to, force ? "delete --force fails" : "delete fails", &d, n, hit);
}

/* After the worst moment of a create: delete cleans up, and the id and the pid file can be used again. */
static void kill_create(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	char at[32];
	struct counts c;

	(void)arg;
	snprintf(at, sizeof(at), "%s:%u", lab_room_name[room], n);
	lab_counts_reset(l);
	lab_fresh(l, bundle);
	lab_run(l, &o, "create", bundle, NULL, at);
	lab_counts(l, &c);
	if (o.status != KILLED && (o.status != 0 || n <= c.calls[room]))
		lab_complain(to, "it was not killed", &o, n, c.hit);
	if (o.status == KILLED && has_journal(l, bundle))
		must_delete(l, to, bundle, false, n, c.hit);
	must_delete(l, to, bundle, true, n, c.hit);
	no_residue(l, to, bundle, n, c.hit);
	lab_run(l, &o, "create", bundle, NULL, NULL);
	if (o.status != 0)
		lab_complain(to, "a second create fails", &o, n, c.hit);
	must_delete(l, to, bundle, true, n, c.hit);
	no_residue(l, to, bundle, n, c.hit);
}

static void kill_held(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	(void)room;
	(void)arg;
	hold(l, true);
	l->hang_ms = HELD_MS;
	lab_run(l, &o, "create", bundle, NULL, NULL);
	l->hang_ms = 0;
	if (!o.hung || o.status != KILLED)
		lab_complain(to, "create did not wait for the hook", &o, n, "");
	if (!o.left_running)
		lab_complain(to, "init has ended already: this proves nothing", &o, n, "");
	must_delete(l, to, bundle, false, n, "");
	no_residue(l, to, bundle, n, "");
	hold(l, false);
}

/* start, or delete, is killed: delete --force still cleans up. */
static void kill_verb(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	char at[32];
	struct counts c = { { 0 }, "" };

	snprintf(at, sizeof(at), "%s:%u", lab_room_name[room], n);
	lab_run(l, &o, "create", bundle, NULL, NULL);
	if (o.status != 0)
		lab_complain(to, "create fails", &o, n, "");
	lab_counts_reset(l);
	lab_run(l, &o, arg, bundle, NULL, at);
	lab_counts(l, &c);
	if (o.status != KILLED && (o.status != 0 || n <= c.calls[room]))
		lab_complain(to, "it was not killed", &o, n, c.hit);
	must_delete(l, to, bundle, true, n, c.hit);
	no_residue(l, to, bundle, n, c.hit);
}

/* A child dies without a word: the host says which and where. */
static void kill_child(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	char at[32], died[64];
	struct counts c;

	(void)arg;
	snprintf(at, sizeof(at), "%s:%u", lab_room_name[room], n);
	lab_counts_reset(l);
	lab_fresh(l, bundle);
	lab_run(l, &o, "create", bundle, NULL, at);
	lab_counts(l, &c);
	if (o.status == 0) {	/* it dies behind the baton: start sees nobody, or the end of a program that has ended at once */
		lab_run(l, &d, "start", bundle, NULL, NULL);
		lab_counts(l, &c);
		if (!c.hit[0] && n <= c.calls[room])
			lab_complain(to, "it was not killed", &o, n, c.hit);
		if (d.status > 1 || lab_sanitizer(&d))
			lab_complain(to, "start after a death", &d, n, c.hit);
		must_delete(l, to, bundle, true, n, c.hit);
		no_residue(l, to, bundle, n, c.hit);
		return;
	}
	snprintf(died, sizeof(died), "%s died in step ", room == LAB_BIRTH ? "" : lab_room_name[room]);	/* of what it was to become */
	if (o.status != 1 || lab_sanitizer(&o))
		lab_complain(to, lab_sanitizer(&o) ? lab_sanitizer(&o) : "wrong exit status", &o, n, c.hit);
	else if (lab_one_error(&o, true))
		lab_complain(to, lab_one_error(&o, true), &o, n, c.hit);
	else if (room != LAB_HOOK && !strstr(o.log, died))
		lab_complain(to, "the error does not say who died", &o, n, c.hit);
	else if (room != LAB_HOOK) {
		char kind[64], *step = strchr(c.hit, ' ');	/* "init KIND CALL" */

		snprintf(kind, sizeof(kind), "(%.*s)", step ? (int)strcspn(step + 1, " ") : 0, step ? step + 1 : "");
		if (strcmp(kind, "(-)") && !strstr(o.log, kind))
			lab_complain(to, "the error names another step", &o, n, c.hit);
	}
	if (o.left_running || o.left_zombie)
		lab_complain(to, "a process was left", &o, n, c.hit);
	no_residue(l, to, bundle, n, c.hit);
}

/* An exec, or a child of it, is killed: the container goes on, and nothing of the exec stays in it. */
static void kill_exec(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *arg)
{
	int killed = room == LAB_HOST ? KILLED : 255;
	char at[32];
	struct counts c;

	(void)arg;
	snprintf(at, sizeof(at), "%s:%u", lab_room_name[room], n);
	if (!lab_up(l, &o, bundle))
		lab_complain(to, "there is no container", &o, n, "");
	lab_counts_reset(l);
	lab_run(l, &o, "exec", bundle, NULL, at);
	lab_counts(l, &c);
	if (!c.hit[0] && n <= c.calls[room])
		lab_complain(to, "it was not killed", &o, n, c.hit);
	if (strcmp(c.hit, "init exec sys_execve") == 0 && o.status == 0)
		;	/* as the program would be, killed before its first instruction: the exec was detached */
	else if (c.hit[0] && o.status != killed)
		lab_complain(to, "wrong exit status", &o, n, c.hit);
	else if (c.hit[0] && strncmp(c.hit, "init seccomp-load", 17) == 0 && strstr(o.log, "init ended before it executed the program"))
		;	/* behind the last word of the baton only its absence is seen */
	else if (c.hit[0] && room != LAB_HOST && (!strstr(o.log, " died in step ") || lab_one_error(&o, true)))
		lab_complain(to, "the error does not say who died", &o, n, c.hit);
	if (lab_sanitizer(&o))
		lab_complain(to, lab_sanitizer(&o), &o, n, c.hit);
	lab_settle(l, bundle);
	if (lab_processes(l, bundle) != 1)
		lab_complain(to, lab_processes(l, bundle) ? "a process is left in the container" : "the container is dead", &o, n, c.hit);
	lab_drop_pid_file(l);
	must_delete(l, to, bundle, true, n, c.hit);
	no_residue(l, to, bundle, n, c.hit);
}

/* One call of an undo fails, in delete: reported or harmless, and a second delete finishes it. */
static void fail_delete(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *error)
{
	char fault[32];
	struct counts c;

	snprintf(fault, sizeof(fault), "%s:%u:%s", lab_room_name[room], n, error);
	lab_run(l, &d, "create", bundle, NULL, NULL);
	if (d.status != 0)
		lab_complain(to, "create fails", &d, n, "");
	lab_counts_reset(l);
	lab_run(l, &o, "--force", bundle, fault, NULL);
	lab_counts(l, &c);
	if (lab_sanitizer(&o) || o.hung || o.status > 1)
		lab_complain(to, o.hung ? "it hangs" : "ends badly", &o, n, c.hit);
	if (o.status == 1) {
		if (lab_one_error(&o, false))
			lab_complain(to, lab_one_error(&o, false), &o, n, c.hit);
		must_delete(l, to, bundle, true, n, c.hit);
	}
	no_residue(l, to, bundle, n, c.hit);
}

/* Two failures: a create that fails late, and its undo. The first is what the caller hears; delete does the rest. */
static void fail_twice(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *late)
{
	char fault[64];
	struct counts c;

	snprintf(fault, sizeof(fault), "%s,%s:%u:EIO", late, lab_room_name[room], n);
	lab_counts_reset(l);
	lab_run(l, &o, "create", bundle, fault, NULL);
	lab_counts(l, &c);
	if (lab_sanitizer(&o) || o.hung || o.status != 1)
		lab_complain(to, lab_sanitizer(&o) ? lab_sanitizer(&o) : o.hung ? "it hangs" : "wrong exit status", &o, n, c.hit);
	else if (lab_one_error(&o, true))
		lab_complain(to, lab_one_error(&o, true), &o, n, c.hit);
	if (o.left_running)
		lab_complain(to, "a process was left", &o, n, c.hit);
	must_delete(l, to, bundle, true, n, c.hit);
	no_residue(l, to, bundle, n, c.hit);
}

static void group(lab_one_fn *one, const char *bundle, enum lab_room room, unsigned n, const char *arg, const char *what)
{
	FILE *said;

	if (!n || !lab_wanted(lab_room_name[room], "ROOM"))
		return;
	said = lab_group(one, bundle, room, n, arg);
	ok(!said, "%s, %s: %s (%u)", bundle, lab_room_name[room], what, n);
	lab_say(said);
}

int main(void)
{
	static const char *const bundle[] = { "default", "join", "hooks", "terminal", "rootless", "slow", NULL };
	static const char *const exec_bundle[] = { "default", "userns", NULL };
	const char *skip = lab_begin();

	if (skip) {
		printf("1..0 # SKIP %s\n", skip);
		return 0;
	}
	lab_init_helper();
	for (size_t b = 0; bundle[b]; b++) {
		const char *name = bundle[b];
		bool more = strcmp(name, "terminal") != 0 && strcmp(name, "default") != 0;
		struct counts c = { { 0 }, "" };
		char late[32];

		if (!lab_wanted(name, "BUNDLE"))
			continue;
		ok(lab_count(name, &c), "%s: created, started and deleted without a fault", name);
		if (strcmp(name, "slow") == 0) {
			group(kill_held, name, LAB_HOST, 1, NULL, "create is killed while init is in a hook, and deleted");
			continue;
		}
		snprintf(late, sizeof(late), "host:%u:EIO", c.calls[LAB_HOST] - 1);
		group(kill_create, name, LAB_HOST, c.calls[LAB_HOST], NULL, "create is killed before each call, and deleted");
		group(kill_child, name, LAB_BIRTH, c.calls[LAB_BIRTH], NULL, "killed before each call");
		group(kill_child, name, LAB_JOIN, c.calls[LAB_JOIN], NULL, "killed before each call");
		group(kill_child, name, LAB_INIT, c.calls[LAB_INIT], NULL, "killed before each call");
		group(kill_child, name, LAB_HOOK, c.calls[LAB_HOOK], NULL, "killed before each call");
		if (!more)
			continue;
		group(kill_verb, name, LAB_START, c.calls[LAB_START], "start", "start is killed before each call");
		group(kill_verb, name, LAB_UNDO, c.calls[LAB_UNDO], "--force", "delete is killed before each call");
		group(fail_delete, name, LAB_UNDO, c.calls[LAB_UNDO], "EIO", "each call of delete fails");
		group(fail_twice, name, LAB_UNDO, c.calls[LAB_UNDO], late, "each call of the undo of a failed create fails");
	}
	for (size_t b = 0; exec_bundle[b]; b++) {
		static const enum lab_room room[] = { LAB_HOST, LAB_BIRTH, LAB_JOIN, LAB_INIT };
		struct counts c = { { 0 }, "" };

		if (!lab_wanted(exec_bundle[b], "BUNDLE"))
			continue;
		ok(lab_count_inside(exec_bundle[b], "exec", &c), "%s: exec without a fault", exec_bundle[b]);
		for (size_t r = 0; r < sizeof(room) / sizeof(*room); r++)
			group(kill_exec, exec_bundle[b], room[r], c.calls[room[r]], NULL, "exec: killed before each call");
	}
	lab_end();
	return done();
}
