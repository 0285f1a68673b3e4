/* room: any — lines of /proc/PID/mountinfo */
#include "fs/mountinfo.h"
#include "base/limits.h"
#include "base/num.h"
#include "fs/hostfile.h"

#include <string.h>

int mountinfo_read(struct str *text, struct err *e)
{
	/* Thousands of mounts are usual on a machine full of containers, and a line may hold two paths. */
	TRY(hostfile_read((struct host_path){ "/proc/self/mountinfo" }, LIMIT_FILE_BYTES, text, e));
	str_add(text, "");
	return str_ok(text, e);
}

/* Octal escapes: blank, tab, newline, backslash. In place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* "id parent major:minor root point options [tag]... - type source superoptions" */
static bool parse(char *line, struct mountinfo *ret)
{
	char *field[6], *tag, *number;
	uint64_t id;

	for (size_t i = 0; i < 6; i++)
		if (!(field[i] = strsep(&line, " ")) || !field[i][0])
			return false;
	do
		tag = strsep(&line, " ");
	while (tag && strcmp(tag, "-") != 0);
	ret->type = tag ? strsep(&line, " ") : NULL;
	if (!ret->type || !ret->type[0])
		return false;
	if (num_u64(field[0], &id) < 0)
		return false;
	number = strsep(&field[2], ":");
	if (!field[2] || num_u32(number, &ret->major) < 0 || num_u32(field[2], &ret->minor) < 0)
		return false;
	unescape(field[3]);
	unescape(field[4]);
	ret->id = id;
	ret->options = field[5];
	ret->root = field[3];
	ret->point = field[4];
	return true;
}

bool mountinfo_next(char **rest, struct mountinfo *ret)
{
	for (char *line = strsep(rest, "\n"); line; line = strsep(rest, "\n"))
		if (parse(line, ret))
			return true;
	return false;
}
