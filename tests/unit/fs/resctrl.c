/* room: host — resctrl groups, in a directory that plays the file system: no test machine has the hardware */
#include "tap.h"
#include "fs/resctrl.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

static char dir[] = "/tmp/brig-unit-XXXXXX";
static int mnt;

static void put(const char *path, const char *text)
{
	int fd = openat(mnt, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		ok(false, "the test's own file %s", path);
	if (fd >= 0)
		close(fd);
}

static const char *get(const char *path)
{
	static char buf[256];
	int fd = openat(mnt, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, buf, sizeof(buf) - 1) : -1;

	buf[n < 0 ? 0 : n] = '\0';
	if (fd >= 0)
		close(fd);
	return buf;
}

static bool there(const char *path)
{
	struct stat st;

	return fstatat(mnt, path, &st, 0) == 0;
}

static void groups(void)
{
	static const char *const escapes[] = { "..", "../x", "/tmp", "link" };
	struct err e;
	int fd = FD_NONE;
	bool made;

	ok(resctrl_make(mnt, "g", &made, &e) == 0 && made && there("g"), "a new group");
	ok(resctrl_make(mnt, "g", &made, &e) == 0 && !made, "it is there already");
	ok(resctrl_make(mnt, "no/g", &made, &e) < 0 && e.num == ENOENT && strstr(e.text, "no/g"), "one that cannot be made is named");
	ok(symlinkat("/tmp", mnt, "link") == 0, "a link");
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		ok(resctrl_group(mnt, escapes[i], &fd, &e) < 0, "%s is not opened", escapes[i]);
	ok(resctrl_group(mnt, "", &fd, &e) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC, "the default group");
	fd_drop(&fd);
	ok(resctrl_group(mnt, "none", &fd, &e) < 0 && e.num == ENOENT && strstr(e.text, "none"), "an absent group is named");
	ok(resctrl_open((struct host_path){ dir }, &fd, &e) < 0 && e.kind == ERR_UNSUPPORTED, "another file system is refused");
	ok(resctrl_open((struct host_path){ "/nope" }, &fd, &e) < 0 && e.num == ENOENT, "an absent mount");
}

static void files(void)
{
	static const char *const lines[] = { "L3:0=f", "MB:0=10" };
	struct err e;
	int fd = FD_NONE;

	ok(resctrl_group(mnt, "g", &fd, &e) == 0, "the group");
	ok(resctrl_write(fd, 2, lines, &e) < 0 && e.num == ENOENT && !there("g/schemata"), "a file that is not there is not made");
	put("g/schemata", "");
	put("g/tasks", "");
	ok(resctrl_write(fd, 2, lines, &e) == 0, "schemata");
	is_str(get("g/schemata"), "L3:0=f\nMB:0=10\n", "each on a line, in order");
	ok(resctrl_assign(fd, 4711, &e) == 0, "a task");
	is_str(get("g/tasks"), "4711", "its number");
	fd_drop(&fd);
	unlinkat(mnt, "g/schemata", 0);
	unlinkat(mnt, "g/tasks", 0);
	ok(resctrl_remove(mnt, "g", &e) == 0 && !there("g"), "removed");
	ok(resctrl_remove(mnt, "g", &e) == 0, "removed again");
	ok(resctrl_remove(mnt, "link", &e) < 0 && there("link"), "what is no group is not removed");
}

static void comparison(void)
{
	static const struct { const char *line; bool held; } row[] = {
		{ "L3:0=ff;1=f", true }, { "L3:0=ff", true }, { "L3:1=0f", true }, { "L3: 0 = FF ; 1 = f", true }, { "L3:1=f;0=ff", true }, { "MB:0=100;1=50", true },
		{ "L3:0=f", false }, { "L3:2=ff", false }, { "L2:0=ff", false }, { "L3:0=ff;2=1", false }, { "MB:0=10", false }, { "L3", false }, { "L3:0", false },
		{ "L3CODE:0=1", true }, { "L3COD:0=1", false },
	};
	const char *two[] = { "L3:0=ff", "MB:1=51" };
	struct err e;

	put("schemata", "    L3:0=ff;1=0f\n    MB:0= 100;1=  50\nL3CODE:0=1\n");
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		ok((resctrl_compare(mnt, 1, &row[i].line, &e) == 0) == row[i].held, "%s is%s there", row[i].line, row[i].held ? "" : " not");
	ok(resctrl_compare(mnt, 2, two, &e) < 0 && e.kind == ERR_SPEC && strstr(e.text, "MB:1=51"), "the line that differs is named");
	unlinkat(mnt, "schemata", 0);
	ok(resctrl_compare(mnt, 1, two, &e) < 0 && e.num == ENOENT, "no schemata");
}

int main(void)
{
	if (!mkdtemp(dir)) {
		skip("no directory in /tmp");
		return done();
	}
	mnt = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	groups();
	files();
	comparison();
	unlinkat(mnt, "link", 0);
	close(mnt);
	rmdir(dir);
	return done();
}
