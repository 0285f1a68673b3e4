/* room: cli — spec and features */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int write_new(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	size_t n = strlen(text);

	if (fd < 0 && errno == EEXIST)
		return out_usage("File config.json exists. Remove it first");
	if (fd < 0)
		return out_usage("create %.200s: %s", path, strerror(errno));
	if (write(fd, text, n) != (ssize_t)n || close(fd) < 0)
		return out_usage("write %.200s: %s", path, strerror(errno));
	return 0;
}

int verb_spec(const struct verb *verb, struct values *v)
{
	char *text, *path;
	struct brig_err e;
	int rc;

	if (asprintf(&path, "%s/config.json", v->bundle && v->bundle[0] ? v->bundle : ".") < 0)
		return out_usage("out of memory");
	if (brig_spec_default(program_name, v->rootless_spec, &text, &e) < 0)
		return out_error(verb->name, &e);
	rc = write_new(path, text);
	free(text);
	free(path);
	return rc;
}

int verb_features(const struct verb *verb, struct values *v)
{
	char *text;
	struct brig_err e;

	(void)v;
	if (brig_features(&text, &e) < 0)
		return out_error(verb->name, &e);
	fputs(text, stdout);
	free(text);
	return 0;
}
