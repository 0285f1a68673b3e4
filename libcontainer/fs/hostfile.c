/* room: host — small host files */
#include "fs/hostfile.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { UNSAID = 1000 };	/* what files of procfs hold at most, mostly; they have no size */

int hostfile_read(struct host_path p, size_t limit, struct str *ret, struct err *e)
{
	OWN_FD fd = sys_openat(AT_FDCWD, p.s, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
	struct stat st;
	size_t more;
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", p.s);
	if (sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", p.s);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_SYS, EISDIR, "read %s", p.s);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_SPEC, 0, "%s is not an ordinary file", p.s);
	more = st.st_size > 0 && (size_t)st.st_size <= limit ? (size_t)st.st_size + 1 : UNSAID;
	do {
		char *room = str_room(ret, more);

		n = room ? sys_read(fd, room, more) : 0;
		if (n > 0 && ret->n + (size_t)n > limit)
			return err_set(e, ERR_SPEC, 0, "%s is larger than %zu bytes", p.s, limit);
		if (n > 0)
			ret->s[ret->n += (size_t)n] = '\0';
		more = n > 0 && (size_t)n < more ? more - (size_t)n : UNSAID;
	} while (n > 0);
	return n < 0 ? err_sys(e, "read %s", p.s) : str_ok(ret, e);
}

int hostfile_write_atomic(struct host_path p, const char *text, size_t n, mode_t mode, struct err *e)
{
	const char *slash = strrchr(p.s, '/'), *name = slash ? slash + 1 : p.s;
	OWN_STR dir = slash ? strndup(p.s, slash == p.s ? 1 : (size_t)(slash - p.s)) : strdup(".");
	OWN_STR hidden = NULL;
	OWN_FD at = FD_NONE, fd = FD_NONE;

	if (!dir || asprintf(&hidden, ".%s", name) < 0)
		return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
	at = sys_openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);
	if (at < 0)
		return err_sys(e, "open %s", dir);
	/* One that was killed between create and rename has left its file behind; O_EXCL still never follows what others put there. */
	if (sys_unlinkat(at, hidden, 0) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s/%s", dir, hidden);
	fd = sys_openat(at, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
	if (fd < 0)
		return err_sys(e, "create %s/%s", dir, hidden);
	if (sys_write_all(fd, text, n) < 0 || sys_renameat(at, hidden, at, name) < 0) {
		err_sys(e, "write %s", p.s);
		sys_unlinkat(at, hidden, 0);
		return -1;
	}
	return 0;
}
