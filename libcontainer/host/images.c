/* room: host — a directory of CRIU's images: opened once, and looked through */
#include "host/acts.h"
#include "fs/dirread.h"
#include "fs/treeopen.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>

enum { MAX_CHAIN = 256 };	/* dumps, each on top of the one before */

/* CRIU opens names in there as root: none may lead elsewhere (symbolic link), be anybody else's by another name (hard link, where we write), or hold us
 * (FIFO, device). "parent" is CRIU's own link from one dump to the one before, the socket that of `criu lazy-pages`. */
static int check_entry(int dir, const char *name, bool writes, struct err *e)
{
	struct stat st;

	if (sys_fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : err_sys(e, "stat %s", name);
	if (S_ISDIR(st.st_mode) || (S_ISLNK(st.st_mode) && strcmp(name, "parent") == 0) || (S_ISSOCK(st.st_mode) && strcmp(name, "lazy-pages.socket") == 0))
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_POLICY, 0, "%s is not a regular file", name);
	return writes && st.st_nlink > 1 ? err_set(e, ERR_POLICY, 0, "%s has more than one name", name) : 0;
}

/* What others can write to can change after it was looked at. */
static int check_directory(int dir, bool writes, struct err *e)
{
	OWN(dirread) list = { .fd = FD_NONE };
	unsigned char type;
	struct stat st;
	const char *name;
	int found;

	if (sys_fstat(dir, &st) < 0)
		return err_sys(e, "stat");
	if ((st.st_uid != 0 && st.st_uid != sys_geteuid()) || (st.st_mode & S_IWOTH) || ((st.st_mode & S_IWGRP) && st.st_gid != 0 && st.st_gid != sys_getegid()))
		return err_set(e, ERR_POLICY, 0, "others than root may write to it");
	if (dirread_open(dir, &list) < 0)
		return err_sys(e, "list");
	while ((found = dirread_next(&list, &name, &type)) > 0)
		TRY(check_entry(dir, name, writes, e));
	return found < 0 ? err_sys(e, "list") : 0;
}

/* CRIU's link "parent" leads from one dump of a chain to the one below it. *ret: there is one; each is as trustworthy as the first. */
static int check_chain(int dir, bool writes, bool *ret, struct err *e)
{
	OWN_FD at = sys_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0);

	if (at < 0)
		return err_sys(e, "open the images");
	for (unsigned depth = 0; depth < MAX_CHAIN; depth++) {
		OWN_FD below = FD_NONE;
		struct stat st;

		if (sys_fstatat(at, "parent", &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT ? 0 : err_sys(e, "stat the parent of the images");
		*ret = true;
		below = sys_openat(at, "parent", O_RDONLY | O_DIRECTORY, 0);
		if (below < 0)
			return err_sys(e, "open the parent of the images");
		if (check_directory(below, writes, e) < 0)
			return err_ctx(e, "the parent of the images");
		fd_drop(&at);
		at = fd_take(&below);
	}
	return err_set(e, ERR_SPEC, 0, "more than %d images, each the parent of another", MAX_CHAIN);
}

/* checkpoint: the images of before, and what these go back to. */
static int check_parent(int dir, const char *path, bool writes, struct err *e)
{
	OWN_FD parent = sys_openat(dir, path, O_RDONLY | O_DIRECTORY, 0);
	bool chained = false;

	if (parent < 0)
		return err_sys(e, "invalid --parent-path: stat %s", path);
	return check_directory(parent, writes, e) < 0 || check_chain(parent, writes, &chained, e) < 0 ? err_ctx(e, "--parent-path %s", path) : 0;
}

/* With its parents, as `mkdir -p` does it. What CRIU puts into it is for us alone; but in a user namespace the restored processes look for names in it. */
static int make_directory(const char *path, struct err *e)
{
	OWN_STR copy = strdup(path);

	if (!copy)
		return err_oom(e);
	for (char *at = strchr(copy + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (sys_mkdirat(AT_FDCWD, copy, 0755) < 0 && errno != EEXIST)
			return err_sys(e, "mkdir %s", copy);
		*at = '/';
	}
	return sys_mkdirat(AT_FDCWD, path, 0711) < 0 && errno != EEXIST ? err_sys(e, "mkdir %s", path) : 0;
}

/* restore: as a mount of its own, since CRIU gets it in another mount namespace, and mounts in it. A link to a parent would lead nowhere then: such a
 * directory is found again where it lies (host/criu_main.c). */
static int as_tree(int *dir, struct err *e)
{
	OWN_FD tree = sys_open_tree(*dir, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);

	if (tree < 0)
		return err_sys(e, "open_tree");
	TRY(tree_set(tree, 0, 0, MS_PRIVATE, false, e));
	fd_drop(dir);
	*dir = fd_take(&tree);
	return 0;
}

int dir_open(struct host *h, const struct step *s, struct err *e)
{
	OWN_FD dir = FD_NONE;
	bool chained = false;

	if (s->dir.make)
		TRY(make_directory(s->dir.path.s, e));
	dir = sys_openat(AT_FDCWD, s->dir.path.s, O_RDONLY | O_DIRECTORY, 0);
	if (dir < 0)
		return err_sys(e, "open %s", s->dir.path.s);
	/* The log is made anew, and never through a name that was there. */
	if (s->dir.log && sys_unlinkat(dir, s->dir.log, 0) < 0 && errno != ENOENT)
		return err_sys(e, "remove %s/%s", s->dir.path.s, s->dir.log);
	if (check_directory(dir, s->dir.writes, e) < 0)
		return err_ctx(e, "directory %s", s->dir.path.s);
	if (s->dir.parent)
		TRY(check_parent(dir, s->dir.parent, s->dir.dedup, e));
	if (h->plan->kind == PLAN_RESTORE)
		TRY(check_chain(dir, s->dir.dedup, &chained, e));
	if (h->plan->kind == PLAN_RESTORE && !chained)
		TRY(as_tree(&dir, e));
	h->tab.slot[s->dir.slot].fd = fd_take(&dir);
	return 0;
}
