/* room: guest — runs inside a container (and as a hook outside) and prints what it finds, one key=value a line */
#ifndef BRIG_TESTS_GUEST_H
#define BRIG_TESTS_GUEST_H

#include <stddef.h>

/* One row of a table: a word of the command line and what it does with the words behind it. */
struct command {
	const char *name;
	int min, max;				/* number of words; max -1: any */
	int (*run)(int argc, char **argv);	/* the exit status; 0 goes on with the next command */
};

/* A part of the report. */
struct section { const char *name; void (*print)(void); };

extern const struct command file_commands[], call_commands[], signal_commands[], load_commands[], count_commands[], watch_commands[];	/* each ends with a NULL name */
extern const struct section process_sections[], system_sections[];

void network(void);		/* a section of its own file */
int report(int argc, char **argv);
int hook(int argc, char **argv);

/* Prints KEY=text with control characters as \xNN, so that a line stays a line. */
void say(const char *key, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void say_result(const char *what, const char *about, long ret);	/* what.about=ok, or the errno's name when ret is negative */
const char *slurp(const char *path, size_t *n);				/* static memory of 256 KiB, or NULL with errno */
const char *line_value(const char *text, const char *name);		/* what stands behind "NAME:" in /proc/self/status; static memory */
long number(const char *text);						/* exits with 125 when it is none */

#endif
