/* room: any — every system call of a creation fails once, in every room: the error names the step and its cause, and nothing is left */
#include "fault/lab.h"
#include "tap.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Failures that change nothing for the caller: "ROOM STEP CALL", and why. Everything else must end the creation. */
static const struct { const char *hit, *why; } tolerated[] = {
	{ NULL, NULL }
};

static bool is_tolerated(const char *hit)
{
	for (size_t i = 0; tolerated[i].hit; i++)
		if (strcmp(tolerated[i].hit, hit) == 0)
			return true;
	return false;
}

static void complain(FILE *to, const char *what, const struct outcome *o, unsigned n, const char *hit)
{
	fprintf(to, "n=%u (%s): %s (status %d)\n", n, hit, what, o->status);
	if (getenv("VERBOSE"))
		fprintf(to, "  %s%s\n", o->log, o->text);
	fflush(to);	/* or every fork would say it again */
}

/* The creation under fault, and what follows: start when it did not fail (the fault may wait behind the baton), then delete. */
static void one(struct lab *l, FILE *to, const char *bundle, enum lab_room room, unsigned n, const char *error)
{
	static struct outcome o, d;
	char fault[64];
	const char *bad = NULL, *left;
	struct counts c;
	bool started = false;

	snprintf(fault, sizeof(fault), "%s:%u:%s", lab_room_name[room], n, error);
	lab_counts_reset(l);
	lab_fresh(l, bundle);
	lab_run(l, &o, "create", bundle, fault, NULL);
	if (o.status == 0) {
		if (room == LAB_UNDO)
			o.hung = false;
		started = room != LAB_UNDO;
		if (started)
			lab_run(l, &o, "start", bundle, fault, NULL);
	}
	lab_counts(l, &c);
	if (o.hung)
		bad = "it hangs";
	else if (lab_sanitizer(&o))
		bad = lab_sanitizer(&o);
	else if (!c.hit[0])
		bad = "the call was not made";
	else if (o.status == 0 && !is_tolerated(c.hit))
		bad = "the failure was swallowed";
	else if (o.status != 0 && o.status != 1)
		bad = "wrong exit status";
	else if (o.status == 1)
		bad = lab_one_error(&o, room != LAB_START);
	if (bad)
		complain(to, bad, &o, n, c.hit);
	if (started) {
		lab_run(l, &d, "--force", bundle, NULL, NULL);
		if (d.status != 0 || lab_sanitizer(&d))
			complain(to, lab_sanitizer(&d) ? lab_sanitizer(&d) : "delete --force fails", &d, n, c.hit);
	} else if (o.left_running || o.left_zombie) {
		complain(to, o.left_running ? "a process was left" : "a zombie was left", &o, n, c.hit);
	}
	left = lab_residue(l, bundle, started ? 2000 : 0);
	if (left[0]) {
		char what[1100];

		snprintf(what, sizeof(what), "left: %s", left);
		complain(to, what, &o, n, c.hit);
		lab_clean(l, bundle);
	}
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

static _Noreturn void worker(unsigned number, int out, const char *bundle, enum lab_room room, unsigned n, const char *error)
{
	FILE *to = fdopen(out, "w");
	struct lab l;

	lab_worker(&l, number);
	for (unsigned i = 1 + number; i <= n && to; i += LAB_WORKERS)
		one(&l, to, bundle, room, i, error);
	if (to)
		fclose(to);
	_exit(0);
}

/* All n of one room, by several workers; the complaints follow the result as comments. */
static void group(const char *bundle, enum lab_room room, unsigned n, const char *error)
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
			worker(w, pipes[w][1], bundle, room, n, error);
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
	ok(complaints == 0, "%s, %s: each of %u calls fails with %s", bundle, lab_room_name[room], n, error);
	if (all) {
		rewind(all);
		while (fgets(line, sizeof(line), all))
			fputs(line, stdout);
		fclose(all);
	}
	fflush(stdout);
}

static bool wanted(const char *name, const char *variable)
{
	const char *only = getenv(variable);

	return !only || strcmp(only, name) == 0;
}

/* In a process of its own: a worker's namespace and orphans are not the driver's. */
static bool count_apart(const char *bundle, struct counts *c)
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

int main(int argc, char **argv)
{
	static const char *const error[] = { "EIO", "EPERM" };
	const char *skip = lab_begin(argv);

	(void)argc;
	if (skip) {
		printf("1..0 # SKIP %s\n", skip);
		return 0;
	}
	lab_init_helper();
	for (size_t b = 0; lab_bundle[b]; b++) {
		struct counts c = { { 0 }, "" };

		if (!wanted(lab_bundle[b], "BUNDLE"))
			continue;
		ok(count_apart(lab_bundle[b], &c), "%s: created, started and deleted without a fault", lab_bundle[b]);
		for (unsigned r = 0; r < LAB_UNDO; r++)
			for (size_t k = 0; k < sizeof(error) / sizeof(*error); k++)
				if (c.calls[r] && wanted(lab_room_name[r], "ROOM") && wanted(error[k], "ERROR"))
					group(lab_bundle[b], (enum lab_room)r, c.calls[r], error[k]);
	}
	lab_end();
	return done();
}
