/* room: cli — ps: the container's processes, told by the host's ps or as JSON */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct pids { pid_t *list; size_t n; };

static void print_json(const struct pids *p)
{
	printf("[");
	for (size_t i = 0; i < p->n; i++)
		printf("%s%d", i ? "," : "", (int)p->list[i]);
	printf("]\n");
}

static bool contains(const struct pids *p, long pid)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i] == pid)
			return true;
	return false;
}

/* Number of the column that is headed PID, -1 when there is none. */
static int pid_column(char *header)
{
	int column = 0;

	for (char *word = strtok(header, " \n"); word; word = strtok(NULL, " \n"), column++)
		if (strcmp(word, "PID") == 0)
			return column;
	return -1;
}

static long pid_of(char *line, int column)
{
	char *word = strtok(line, " \n");

	while (word && column-- > 0)
		word = strtok(NULL, " \n");
	return word ? strtol(word, NULL, 10) : -1;
}

static int filter(FILE *from, const struct pids *p)
{
	char *line = NULL;
	size_t size = 0;
	int column = -1;

	while (getline(&line, &size, from) > 0) {
		char *copy = strdup(line);

		if (!copy)
			exit(out_usage("out of memory"));
		if (column < 0) {
			column = pid_column(copy);
			if (column < 0)
				return out_usage("ps: no column PID in the output; leave out the option that hides it");
			fputs(line, stdout);
		} else if (contains(p, pid_of(copy, column))) {
			fputs(line, stdout);
		}
		free(copy);
	}
	free(line);
	return 0;
}

/* The host's program with the host's eyes: nothing of the container is executed (CVE-2022-1227). */
static int print_table(const struct pids *p, char **args)
{
	int pipe_fd[2], status = 0, rc;
	pid_t child;
	FILE *from;

	fflush(stdout);
	if (pipe2(pipe_fd, O_CLOEXEC) < 0 || (child = fork()) < 0)
		return out_usage("ps: %s", strerror(errno));
	if (child == 0) {
		if (dup2(pipe_fd[1], STDOUT_FILENO) >= 0)
			execvp("ps", args);
		_exit(127);
	}
	close(pipe_fd[1]);
	from = fdopen(pipe_fd[0], "r");
	rc = from ? filter(from, p) : out_usage("ps: %s", strerror(errno));
	if (from)
		fclose(from);
	if (waitpid(child, &status, 0) < 0 || rc != 0)
		return 1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return out_usage("ps: the program ps cannot be executed; use --format json");
	return status ? out_usage("ps: the program ps failed") : 0;
}

int verb_ps(const struct verb *verb, struct values *v)
{
	static char name[] = "ps", all[] = "-ef";
	struct brig_options o = library_options(v);
	char **args = calloc((size_t)v->n + 3, sizeof(*args));
	struct pids p = { NULL, 0 };
	struct brig_err e;
	int rc = 0;

	if (!args)
		return out_usage("out of memory");
	if (v->format && strcmp(v->format, "table") != 0 && strcmp(v->format, "json") != 0)
		return out_usage("invalid format option");
	if (brig_ps(&o, v->arg[0], &p.list, &p.n, &e) < 0)
		return out_error(verb->name, &e);
	args[0] = name;
	args[1] = all;
	for (int i = 1; i < v->n; i++)
		args[i] = v->arg[i];
	if (v->format && strcmp(v->format, "json") == 0)
		print_json(&p);
	else
		rc = print_table(&p, args);
	free(p.list);
	free(args);
	return rc;
}
