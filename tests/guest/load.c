/* room: guest — what limits are felt by */
#include "guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

static void put_number(const char *file, long n)
{
	char text[24];
	int fd = open(file, O_WRONLY | O_CREAT, 0644);

	snprintf(text, sizeof(text), "%ld\n", n);
	if (fd >= 0 && pwrite(fd, text, strlen(text), 0) < 0)
		perror(file);
	close(fd);
}

/* A connection of this process to itself over TCP. */
static int connect_to_self(int ends[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int server = socket(AF_INET, SOCK_STREAM, 0);

	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (server < 0 || bind(server, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(server, 1) < 0 || getsockname(server, (struct sockaddr *)&a, &size) < 0 ||
	    connect(ends[0], (struct sockaddr *)&a, sizeof(a)) < 0)
		return -1;
	ends[1] = accept(server, NULL, NULL);
	close(server);
	return ends[1];
}

/* count FILE [tcp]: a number in memory that grows, and goes into FILE; with tcp each step goes through a connection first, and ends with it */
static int count(int argc, char **argv)
{
	struct timespec tick = { .tv_nsec = 20000000 };
	int ends[2] = { -1, -1 };

	if (argc > 1 && connect_to_self(ends) < 0) {
		perror("count: tcp");
		return 1;
	}
	for (long n = 1;; n++) {
		char c = 0;

		if (argc > 1 && (write(ends[0], "x", 1) != 1 || read(ends[1], &c, 1) != 1))
			return 1;
		put_number(argv[0], n);
		nanosleep(&tick, NULL);
	}
}

const struct command load_commands[] = { { "count", 1, 2, count }, { "hog", 1, 1, hog }, { "forks", 1, 1, many }, { "spin", 1, 1, spin }, { NULL, 0, 0, NULL } };
