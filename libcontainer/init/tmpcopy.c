/* room: init — tmpcopyup: what lies at a tmpfs's destination is copied into it before it covers the place */
#include "init/acts.h"
#include "fs/dirread.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

enum { MAX_DEPTH = 64 };
static int copy_dir(int from, int to, unsigned depth, struct err *e);

/* Owner before mode: chown clears set-id bits. Names are single components below held directories, and never followed. */
static int like(int to, const char *name, const struct stat *st, struct err *e)
{
	if (sys_fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "chown the copy of %s", name);
	if (!S_ISLNK(st->st_mode) && sys_fchmodat(to, name, st->st_mode & 07777) < 0)
		return err_sys(e, "chmod the copy of %s", name);
	return 0;
}

static int copy_file(int from, int to, const char *name, struct err *e)
{
	OWN_FD in = sys_openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	OWN_FD out = sys_openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	ssize_t n;

	if (in < 0 || out < 0)
		return err_sys(e, "copy %s", name);
	do
		n = sys_sendfile(out, in, 1 << 20);
	while (n > 0);
	return n < 0 ? err_sys(e, "copy %s", name) : 0;
}

static int copy_link(int from, int to, const char *name, struct err *e)
{
	char text[PATH_MAX];
	ssize_t n = sys_readlinkat(from, name, text, sizeof(text) - 1);

	if (n < 0)
		return err_sys(e, "read the link %s", name);
	text[n] = '\0';
	return sys_symlinkat(text, to, name) < 0 ? err_sys(e, "copy the link %s", name) : 0;
}

static int copy_sub(int from, int to, const char *name, unsigned depth, struct err *e)
{
	OWN_FD in = sys_openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0), out = FD_NONE;

	if (in < 0 || sys_mkdirat(to, name, 0700) < 0)
		return err_sys(e, "copy the directory %s", name);
	out = sys_openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	if (out < 0)
		return err_sys(e, "copy the directory %s", name);
	return copy_dir(in, out, depth, e);
}

static int copy_one(int from, int to, const char *name, unsigned depth, struct err *e)
{
	struct stat st;

	if (sys_fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "stat %s", name);
	switch (st.st_mode & S_IFMT) {
	case S_IFREG: TRY(copy_file(from, to, name, e)); break;
	case S_IFLNK: TRY(copy_link(from, to, name, e)); break;
	case S_IFDIR: TRY(copy_sub(from, to, name, depth, e)); break;
	default: return 0;	/* sockets, FIFOs and devices belong to whoever made them */
	}
	return like(to, name, &st, e);
}

static int copy_dir(int from, int to, unsigned depth, struct err *e)
{
	OWN(dirread) list = { .fd = FD_NONE };
	unsigned char type;
	const char *name;
	int found;

	if (depth == 0)
		return err_set(e, ERR_SYS, ELOOP, "copy a directory: nested too deeply");
	if (dirread_open(from, &list) < 0)
		return err_sys(e, "list a directory to copy");
	while ((found = dirread_next(&list, &name, &type)) > 0)
		TRY(copy_one(from, to, name, depth - 1, e));
	return found < 0 ? err_sys(e, "list a directory to copy") : 0;
}

int tmpfs_copy(struct init *in, const struct step *s, struct err *e)
{
	OWN_FD from = rootfs_open(&in->root, s->copy.path, O_RDONLY | O_DIRECTORY, false, e);
	OWN_FD to = FD_NONE;

	if (from < 0)
		return e->num == ENOENT || e->num == ENOTDIR ? 0 : -1;
	to = sys_openat(in->tab->slot[s->copy.slot].fd, ".", O_RDONLY | O_DIRECTORY, 0);
	if (to < 0)
		return err_sys(e, "open the new tmpfs");
	return copy_dir(from, to, MAX_DEPTH, e);
}
