/* room: host — groups of the resctrl file system */
#include "fs/resctrl.h"
#include "base/limits.h"
#include "base/str.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>

#ifndef RDTGROUP_SUPER_MAGIC
#define RDTGROUP_SUPER_MAGIC 0x7655821
#endif

enum { BENEATH = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };

int resctrl_open(struct host_path mount, int *ret_fd, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, mount.s, O_RDONLY | O_DIRECTORY, 0);
	struct statfs fs;

	if (fd < 0)
		return err_sys(e, "open %s", mount.s);
	if (sys_fstatfs(fd, &fs) < 0 || fs.f_type != RDTGROUP_SUPER_MAGIC)
		return err_set(e, ERR_UNSUPPORTED, 0, "%s is not a resctrl file system", mount.s);
	*ret_fd = fd_take(&fd);
	return 0;
}

int resctrl_group(int mount, const char *group, int *ret_fd, struct err *e)
{
	*ret_fd = sys_openat2(mount, group[0] ? group : ".", O_RDONLY | O_DIRECTORY, 0, BENEATH);
	return *ret_fd < 0 ? err_sys(e, "open resctrl group %s", group[0] ? group : "/") : 0;
}

int resctrl_make(int mount, const char *group, bool *ret_made, struct err *e)
{
	if (sys_mkdirat(mount, group, 0755) == 0) {
		*ret_made = true;
		return 0;
	}
	if (errno != EEXIST)
		return err_sys(e, "make resctrl group %s", group);
	*ret_made = false;
	return 0;
}

static int put(int group, const char *file, const char *text, struct err *e)
{
	OWN_FD fd = sys_openat2(group, file, O_WRONLY, 0, BENEATH);

	if (fd < 0)
		return err_sys(e, "open resctrl file %s", file);
	return sys_write_all(fd, text, strlen(text)) < 0 ? err_sys(e, "write %s to resctrl file %s", text, file) : 0;
}

int resctrl_write(int group, size_t n, const char *const *line, struct err *e)
{
	OWN(str) text = { 0 };

	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%s\n", line[i]);
	TRY(str_ok(&text, e));
	return put(group, "schemata", text.s ? text.s : "", e);
}

int resctrl_assign(int group, pid_t pid, struct err *e)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return put(group, "tasks", text, e);
}

int resctrl_remove(int mount, const char *group, struct err *e)
{
	return sys_unlinkat(mount, group, AT_REMOVEDIR) < 0 && errno != ENOENT ? err_sys(e, "remove resctrl group %s", group) : 0;
}

/* ---- schemata: "    L3:0=fffff;1=fffff" a line; blanks and leading zeros mean nothing ---- */

static int read_schemata(int group, struct str *ret, struct err *e)
{
	OWN_FD fd = sys_openat2(group, "schemata", O_RDONLY, 0, BENEATH);
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open resctrl file schemata");
	while ((n = sys_read(fd, buf, sizeof(buf))) > 0) {
		if (ret->n + (size_t)n > LIMIT_SMALL_FILE)
			return err_set(e, ERR_SPEC, 0, "resctrl file schemata is too large");
		str_addn(ret, buf, (size_t)n);
	}
	str_add(ret, "");
	return n < 0 ? err_sys(e, "read resctrl file schemata") : str_ok(ret, e);
}

struct piece { const char *s; size_t n; };

static struct piece trim(const char *s, size_t n)
{
	while (n && (*s == ' ' || *s == '\t')) {
		s++;
		n--;
	}
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		n--;
	return (struct piece){ s, n };
}

/* Cuts the next piece up to the mark (or the end) off *from; false at the end. */
static bool next(struct piece *from, char mark, struct piece *ret)
{
	const char *end;

	if (!from->n)
		return false;
	end = memchr(from->s, mark, from->n);
	*ret = trim(from->s, end ? (size_t)(end - from->s) : from->n);
	from->n -= end ? (size_t)(end - from->s) + 1 : from->n;
	from->s = end ? end + 1 : from->s;
	return true;
}

static bool same_number(struct piece a, struct piece b)
{
	while (a.n > 1 && *a.s == '0')
		a.s++, a.n--;
	while (b.n > 1 && *b.s == '0')
		b.s++, b.n--;
	return a.n == b.n && strncasecmp(a.s, b.s, a.n) == 0;
}

static bool same(struct piece a, struct piece b)
{
	return a.n == b.n && memcmp(a.s, b.s, a.n) == 0;
}

/* The domain's "0=ff" is among those of the file's line. */
static bool has_domain(struct piece list, struct piece domain)
{
	struct piece rest = domain, id = { "", 0 }, value = { "", 0 }, one;

	if (!next(&rest, '=', &id) || !next(&rest, '=', &value))
		return false;
	while (next(&list, ';', &one)) {
		struct piece has_id, has_value;

		if (next(&one, '=', &has_id) && next(&one, '=', &has_value) && same_number(id, has_id) && same_number(value, has_value))
			return true;
	}
	return false;
}

static bool has_line(const char *file, const char *line)
{
	struct piece want = { line, strlen(line) }, all = { file, strlen(file) }, resource, one, domain;

	if (!next(&want, ':', &resource) || !want.n)
		return false;
	while (next(&all, '\n', &one)) {
		struct piece has_resource, rest = want;
		bool held = true;

		if (!next(&one, ':', &has_resource) || !same(resource, has_resource))
			continue;
		while (held && next(&rest, ';', &domain))
			held = has_domain(one, domain);
		return held;
	}
	return false;
}

int resctrl_compare(int group, size_t n, const char *const *line, struct err *e)
{
	OWN(str) text = { 0 };

	TRY(read_schemata(group, &text, e));
	for (size_t i = 0; i < n; i++)
		if (!has_line(text.s, line[i]))
			return err_set(e, ERR_SPEC, 0, "the resctrl group is there already, and its schemata have no \"%s\"", line[i]);
	return 0;
}
