/* room: test — the benchmark: one sample */
/* Runs a command and writes "WALL-NS CPU-US PEAK-KIB STATUS P99-NS" to the descriptor; the last is that of single ones. Small, so that its own memory does
 * not count as the command's (the peak of a process includes what it was before execve), and without fork's copy of a large driver.
 *
 *   measure FD [-jN] COMMAND [ARG]...     -jN: N of them at once, each "%" of an argument being its number; one line for all */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* The command with its number in place of "%". Never freed: this ends soon. */
static char **numbered(char **argv, int argc, int number)
{
	char **v = calloc((size_t)argc + 1, sizeof(*v));

	for (int i = 0; v && i < argc; i++) {
		const char *mark = strchr(argv[i], '%');

		if (!mark)
			v[i] = argv[i];
		else if (asprintf(&v[i], "%.*s%d%s", (int)(mark - argv[i]), argv[i], number, mark + 1) < 0)
			return NULL;
	}
	return v;
}

static int by_size(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	long long begin, end, cpu = 0, peak = 0, *took;
	struct { pid_t pid; long long began; } *job;
	int first = 2, n = 1, bad = 0, fd;
	char ***vector;

	if (argc < 3)
		return 2;
	fd = atoi(argv[1]);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (strncmp(argv[2], "-j", 2) == 0) {
		n = atoi(argv[2] + 2);
		first = 3;
	}
	vector = calloc((size_t)n, sizeof(*vector));
	job = calloc((size_t)n, sizeof(*job));
	took = calloc((size_t)n, sizeof(*took));
	if (!vector || !job || !took)
		return 2;
	for (int i = 0; i < n; i++)
		vector[i] = n == 1 ? argv + first : numbered(argv + first, argc - first, i);
	begin = now();
	for (int i = 0; i < n; i++) {
		job[i].began = now();
		if (!vector[i] || posix_spawnp(&job[i].pid, vector[i][0], NULL, NULL, vector[i], environ) != 0)
			bad = 127;
	}
	for (int i = 0; i < n; i++) {
		struct rusage ru;
		int status;
		pid_t pid = wait4(-1, &status, 0, &ru);

		if (pid < 0)
			break;
		for (int k = 0; k < n; k++)
			if (job[k].pid == pid)
				took[i] = now() - job[k].began;
		if (status)
			bad = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		cpu += (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000000ll + ru.ru_utime.tv_usec + ru.ru_stime.tv_usec;
		peak = ru.ru_maxrss > peak ? ru.ru_maxrss : peak;
	}
	end = now();
	qsort(took, (size_t)n, sizeof(*took), by_size);
	dprintf(fd, "%lld %lld %lld %d %lld\n", end - begin, cpu, peak, bad, took[(n * 99 + 99) / 100 - 1]);
	return 0;
}
