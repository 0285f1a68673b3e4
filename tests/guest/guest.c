/* room: guest — commands, one after the other: guest report ids caps , write /etc/x , exit 3 */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void say(const char *key, const char *fmt, ...)
{
	char text[65536];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	printf("%s=", key);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		printf(*c < 0x20 || *c == 0x7f ? "\\x%02x" : "%c", *c);
	putchar('\n');
}

void say_result(const char *what, const char *about, long ret)
{
	const char *name = ret < 0 ? strerrorname_np(errno) : "ok";
	char key[4200];

	snprintf(key, sizeof(key), "%s.%s", what, about);
	say(key, "%s", name ? name : "?");
}

const char *slurp(const char *path, size_t *n)
{
	static char text[256 * 1024];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 0;
	size_t have = 0;

	if (fd < 0)
		return NULL;
	while (have < sizeof(text) - 1 && (got = read(fd, text + have, sizeof(text) - 1 - have)) > 0)
		have += (size_t)got;
	close(fd);
	if (got < 0)
		return NULL;
	text[have] = '\0';
	if (n)
		*n = have;
	return text;
}

const char *line_value(const char *text, const char *name)
{
	static char value[4096];
	size_t n = strlen(name);

	for (const char *line = text; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		if (strncmp(line, name, n) || line[n] != ':')
			continue;
		line += n + 1;
		line += strspn(line, " \t");
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\n"), line);
		return value;
	}
	return "?";
}

long number(const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 0);
	if (!text[0] || *end || errno) {
		fprintf(stderr, "guest: \"%s\" is not a number\n", text);
		exit(125);
	}
	return n;
}

static const struct command *find(const char *name)
{
	static const struct command here[] = { { "report", 0, -1, report }, { "hook", 2, -1, hook }, { NULL, 0, 0, NULL } };
	static const struct command *const tables[] = { here, file_commands, call_commands, signal_commands, load_commands, count_commands, watch_commands };

	for (size_t t = 0; t < sizeof(tables) / sizeof(*tables); t++)
		for (const struct command *c = tables[t]; c->name; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int at = 1; at < argc; at++) {
		const struct command *c = find(argv[at]);
		int first = ++at, rc;

		while (at < argc && strcmp(argv[at], ",") != 0)
			at++;
		if (!c || at - first < c->min || (c->max >= 0 && at - first > c->max)) {
			fprintf(stderr, "guest: unknown command or wrong number of words: %s\n", argv[first - 1]);
			return 125;
		}
		rc = c->run(at - first, argv + first);
		if (rc)
			return rc;
	}
	return fflush(stdout) == 0 ? 0 : 125;
}
