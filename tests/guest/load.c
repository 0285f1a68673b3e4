/* room: guest — what limits are felt by */
#include "guest.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* hog MIB: takes so much memory, and touches all of it */
static int hog(int argc, char **argv)
{
	size_t size = (size_t)number(argv[0]) << 20;
	char *p = malloc(size);

	(void)argc;
	for (size_t i = 0; p && i < size; i += 4096)
		((volatile char *)p)[i] = 1;
	say_result("hog", argv[0], p ? 0 : -1);
	free(p);
	return 0;
}

/* forks N: as many children at once; how many there are, and why not more */
static int many(int argc, char **argv)
{
	long want = number(argv[0]), made = 0;
	pid_t *child = calloc((size_t)want, sizeof(*child));

	(void)argc;
	fflush(stdout);
	while (child && made < want) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (pid == 0)
			for (;;)
				pause();
		child[made++] = pid;
	}
	say_result("forks", argv[0], made == want ? 0 : -1);
	say("forked", "%ld", made);
	for (long i = 0; i < made; i++) {
		kill(child[i], SIGKILL);
		waitpid(child[i], NULL, 0);
	}
	free(child);
	return 0;
}

static long milliseconds(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* spin MS: wants the CPU all the time; how much of a hundred it got */
static int spin(int argc, char **argv)
{
	long start = milliseconds(CLOCK_MONOTONIC), used = milliseconds(CLOCK_PROCESS_CPUTIME_ID), ms = number(argv[0]), now;

	(void)argc;
	do
		now = milliseconds(CLOCK_MONOTONIC);
	while (now - start < ms);
	say("spin", "%ld", (milliseconds(CLOCK_PROCESS_CPUTIME_ID) - used) * 100 / (now - start));
	return 0;
}

const struct command load_commands[] = { { "hog", 1, 1, hog }, { "forks", 1, 1, many }, { "spin", 1, 1, spin }, { NULL, 0, 0, NULL } };
