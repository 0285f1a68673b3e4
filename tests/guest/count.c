/* room: guest — a number that grows, and what of this process must go on with it when it is checkpointed */
#include "guest.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };

static int one = -1, other = -1;	/* descriptors of what was begun */
static unsigned *memory;
static size_t pages;

static void put_number(const char *file, long n)
{
	char text[24];
	int fd = open(file, O_WRONLY | O_CREAT, 0644);

	snprintf(text, sizeof(text), "%ld\n", n);
	if (fd >= 0 && pwrite(fd, text, strlen(text), 0) < 0)
		perror(file);
	close(fd);
}

/* A connection of this process to itself over TCP: each step goes through it. */
static int begin_tcp(const char *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(a);
	int server = socket(AF_INET, SOCK_STREAM, 0);

	(void)arg;
	one = socket(AF_INET, SOCK_STREAM, 0);
	if (server < 0 || bind(server, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(server, 1) < 0 || getsockname(server, (struct sockaddr *)&a, &size) < 0 ||
	    connect(one, (struct sockaddr *)&a, sizeof(a)) < 0)
		return -1;
	other = accept(server, NULL, NULL);
	close(server);
	return other;
}

static int step_tcp(long n)
{
	char c;

	(void)n;
	return write(one, "x", 1) == 1 && read(other, &c, 1) == 1 ? 0 : -1;
}

/* Memory with a number in each page: each step reads one, and writes it again. */
static int begin_memory(const char *arg)
{
	pages = (size_t)number(arg) * 1024 / PAGE;
	memory = aligned_alloc(PAGE, pages * PAGE);
	for (size_t i = 0; memory && i < pages; i++)
		memory[i * PAGE / sizeof(*memory)] = (unsigned)i + 1;
	return memory ? 0 : -1;
}

static int step_memory(long n)
{
	size_t i = (size_t)n % pages;
	volatile unsigned *at = memory + i * PAGE / sizeof(*memory);

	if (*at != i + 1)
		return -1;
	*at = (unsigned)i + 1;
	return 0;
}

static int begin_lock(const char *arg)
{
	one = open(arg, O_RDWR | O_CREAT, 0644);
	return one < 0 ? -1 : flock(one, LOCK_EX | LOCK_NB);
}

/* Each step is a datagram to a socket. */
static int begin_send(const char *arg)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", arg);
	one = socket(AF_UNIX, SOCK_DGRAM, 0);
	return one < 0 ? -1 : connect(one, (struct sockaddr *)&a, sizeof(a));
}

static int step_send(long n)
{
	(void)n;
	return send(one, "x", 1, 0) == 1 ? 0 : -1;
}

/* Each step is a line on standard output, which is a terminal. */
static int begin_terminal(const char *arg)
{
	(void)arg;
	return isatty(1) ? 0 : -1;
}

static int step_terminal(long n)
{
	return dprintf(1, "at %ld\n", n) > 0 ? 0 : -1;
}

static int step_nothing(long n)
{
	(void)n;
	return 0;
}

static const struct kind { const char *name; bool arg; int (*begin)(const char *arg), (*step)(long n); } kinds[] = {
	{ "tcp", false, begin_tcp, step_tcp }, { "memory", true, begin_memory, step_memory }, { "lock", true, begin_lock, step_nothing },
	{ "send", true, begin_send, step_send }, { "terminal", false, begin_terminal, step_terminal },
};

/* count FILE [tcp | memory KIB | lock PATH | send SOCKET | terminal]: the number goes into FILE at each step, and ends with the first that fails */
static int count(int argc, char **argv)
{
	struct timespec tick = { .tv_nsec = 20000000 };
	const struct kind *kind = NULL;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds) && argc > 1; i++)
		if (strcmp(argv[1], kinds[i].name) == 0 && argc == 2 + kinds[i].arg)
			kind = &kinds[i];
	if (argc > 1 && (!kind || kind->begin(argv[2]) < 0)) {
		perror(argv[1]);
		return 1;
	}
	for (long n = 1; !kind || kind->step(n) == 0; n++) {
		put_number(argv[0], n);
		nanosleep(&tick, NULL);
	}
	return 1;
}

const struct command count_commands[] = { { "count", 1, 3, count }, { NULL, 0, 0, NULL } };
