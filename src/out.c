/* room: cli — log records and error output */
#include "out.h"
#include "phrase.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct {
	int fd;			/* 2, or the log file */
	bool json, debug;
} out = { .fd = STDERR_FILENO };

struct field { const char *name, *value; };

int out_open(const char *path, const char *format, bool debug)
{
	out.json = strcmp(format, "json") == 0;
	out.debug = debug;
	if (!path)
		return 0;
	/* Shared by all commands of one container, so appended; whoever may write its directory must not send it elsewhere by a link. */
	out.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_SYNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644);
	if (out.fd >= 0)
		return 0;
	out.fd = STDERR_FILENO;
	return -1;
}

static void put(FILE *f, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", f);
		else if (c < 0x20 || c == 0x7f)
			fprintf(f, out.json ? "\\u%04x" : "\\\\x%02x", c);
		else
			fputc(c, f);
	}
}

static void now(char *buf, size_t size)
{
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* A record is one write, so that those of parallel commands do not mix. */
static void record(const char *level, const char *msg, const struct field *field)
{
	char *text = NULL, time[32];
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return;
	now(time, sizeof(time));
	if (out.json)
		fprintf(f, "{\"level\":\"%s\",\"msg\":\"", level);
	else
		fprintf(f, "time=\"%s\" level=%s msg=\"", time, level);
	put(f, msg);
	fputc('"', f);
	if (out.json)
		fprintf(f, ",\"time\":\"%s\"", time);
	for (; field && field->name; field++) {
		if (!field->value || !field->value[0])
			continue;
		fprintf(f, out.json ? ",\"%s\":\"" : " %s=\"", field->name);
		put(f, field->value);
		fputc('"', f);
	}
	fputs(out.json ? "}\n" : "\n", f);
	if (fclose(f) == 0)
		(void)!write(out.fd, text, n);
	free(text);
}

static void plain(const char *msg)
{
	if (out.fd == STDERR_FILENO)
		return;
	for (; *msg; msg++) {
		unsigned char c = (unsigned char)*msg;

		if (c < 0x20 || c == 0x7f)	/* names come from configurations: nothing reaches a terminal as a command */
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
	fputc('\n', stderr);
}

int out_error(const char *verb, const struct brig_err *e)
{
	char msg[PHRASE_SIZE], step[64] = "";
	struct field field[] = {
		{ "code", phrase_code(e) }, { "step", step }, { "pointer", e->why }, { "errno", e->num ? e->errno_name : NULL },
		{ "hint", phrase_hint(e) }, { NULL, NULL },
	};

	if (e->step)
		snprintf(step, sizeof(step), "%u %s %s", e->step - 1, e->room, e->op);
	phrase_message(verb, e, msg, sizeof(msg));
	record("error", msg, field);
	plain(msg);
	return 1;
}

int out_usage(const char *fmt, ...)
{
	struct brig_err e = { .kind = BRIG_ERR_USAGE };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e.text, sizeof(e.text), fmt, ap);
	va_end(ap);
	return out_error(NULL, &e);
}

void out_sink(void *arg, enum brig_log_level level, const char *text)
{
	(void)arg;
	if (level == BRIG_LOG_DEBUG && !out.debug)
		return;
	/* A successful command prints nothing on standard error: it becomes the container's (compatibility 3.3). */
	if (level == BRIG_LOG_WARN && out.fd == STDERR_FILENO && !out.debug)
		return;
	record(level == BRIG_LOG_WARN ? "warning" : "debug", text, NULL);
}
