/* room: host — the witness of a restore looks at the mounts
 *
 * CRIU mounts what the images say. Images may come from anywhere, so the result is compared with the configuration: every mount of it is there, of its type
 * or from its source, with its flags; what is to be hidden is hidden, what is to be read-only is; and there is no other mount. */
#include "host/acts.h"
#include "host/mountlist.h"
#include "fs/rootfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

struct look {
	struct host *h;
	const struct attest *want;
	struct arena mem;
	struct mountlist info;
	struct rootfs root;
	struct err *e;
};

static void look_dropp(struct look *l)
{
	arena_free(&l->mem);
	fd_drop(&l->root.fd);
}

static int differs(struct look *l, const char *path, const char *how)
{
	return err_set(l->e, ERR_POLICY, 0, "verified restore: %s %s", path, how);
}

/* What lies at path inside, and the mount that it is on. 0: nothing lies there. */
static int find(struct look *l, struct root_path path, struct listed_mount **ret, struct stat *st, struct err *e)
{
	OWN_FD fd = rootfs_open(&l->root, path, O_PATH, false, e);
	unsigned long long id;

	if (fd < 0)
		return e->kind == ERR_SYS && (e->num == ENOENT || e->num == ENOTDIR) ? 0 : -1;
	if (sys_fstat(fd, st) < 0)
		return err_sys(e, "stat %s", path.s);
	TRY(mount_id(&l->h->proc, "thread-self", fd, &id, e));
	*ret = mountlist_find(&l->info, id);
	return *ret ? 1 : err_set(e, ERR_POLICY, 0, "verified restore: %s is on no mount of the container", path.s);
}

static int check_flags(struct look *l, const struct listed_mount *line, const struct attest_mount *m)
{
	static const struct { uint64_t bit; const char *name; } flag[] = {
		{ MOUNT_ATTR_RDONLY, "ro" }, { MOUNT_ATTR_NOSUID, "nosuid" }, { MOUNT_ATTR_NODEV, "nodev" }, { MOUNT_ATTR_NOEXEC, "noexec" },
	};

	for (size_t i = 0; i < sizeof(flag) / sizeof(flag[0]); i++)
		if ((m->attr & flag[i].bit) && !mount_has(line, flag[i].name))
			return differs(l, m->dest.s, "is mounted without a flag that was asked for");
	return 0;
}

static int check_mount(struct look *l, const struct attest_mount *m)
{
	struct listed_mount *line = NULL;
	struct stat st, source;
	int found = find(l, m->dest, &line, &st, l->e);

	TRY(found);
	if (!found)
		return differs(l, m->dest.s, "is not mounted");
	if (m->source != SLOT_NONE) {
		if (sys_fstat(l->h->tab.slot[m->source].fd, &source) < 0)
			return err_sys(l->e, "stat the source of %s", m->dest.s);
		if (st.st_dev != source.st_dev || st.st_ino != source.st_ino)
			return differs(l, m->dest.s, "is not what was asked for");
	} else if (strcmp(line->is.type, m->type) != 0 || (strcmp(m->type, "cgroup2") != 0 && strcmp(line->is.root, "/") != 0)) {
		return differs(l, m->dest.s, "is not what was asked for");
	}
	line->known = true;
	return check_flags(l, line, m);
}

/* A null device, or an empty read-only directory, lies on it. */
static int check_mask(struct look *l, const char *path)
{
	struct listed_mount *line = NULL;
	struct stat st;
	int found = find(l, (struct root_path){ path }, &line, &st, l->e);

	if (found <= 0)
		return found;
	line->known = true;
	if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
		return 0;
	if (S_ISDIR(st.st_mode) && strcmp(line->is.type, "tmpfs") == 0 && strcmp(line->is.root, "/") == 0 && mount_has(line, "ro") && strcmp(line->is.point, path) == 0)
		return 0;
	return differs(l, path, "is not masked");
}

static int check_readonly(struct look *l, const char *path)
{
	struct listed_mount *line = NULL;
	struct stat st;
	int found = find(l, (struct root_path){ path }, &line, &st, l->e);

	if (found <= 0)
		return found;
	if (!mount_has(line, "ro"))
		return differs(l, path, "is not read-only");
	line->known = true;
	return 0;
}

static int check_root(struct look *l)
{
	struct listed_mount *line = NULL;
	struct stat st, source;
	slot_t slot = SLOT_NONE;

	TRY(find(l, (struct root_path){ "/" }, &line, &st, l->e));
	for (size_t i = 0; i < l->h->plan->n; i++)
		if (l->h->plan->step[i].op == OP_MOUNTPOINT)
			slot = l->h->plan->step[i].point.root;
	if (slot != SLOT_NONE) {
		if (sys_fstat(l->h->tab.slot[slot].fd, &source) < 0)
			return err_sys(l->e, "stat the root file system");
		if (st.st_dev != source.st_dev || st.st_ino != source.st_ino)
			return differs(l, "/", "is not what was asked for");
	}
	if (l->want->root_readonly && !mount_has(line, "ro"))
		return differs(l, "/", "is not read-only");
	line->known = true;
	return 0;
}

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* Mounts of a recursive bind, and of the root file system's own tree, came with their source. */
static bool came_along(const struct look *l, const struct listed_mount *line)
{
	for (size_t i = 0; i < l->want->n_mounts; i++)
		if (l->want->mount[i].deep && is_below(line->is.point, l->want->mount[i].dest.s))
			return true;
	return l->want->terminal && strcmp(line->is.point, "/dev/console") == 0 && strcmp(line->is.type, "devpts") == 0;
}

/* One that is covered by another on the same place is not seen, and was in the way of nobody. */
static bool is_covered(const struct look *l, const struct listed_mount *line)
{
	for (const struct listed_mount *m = line + 1; m < l->info.item + l->info.n; m++)
		if (m->known && strcmp(m->is.point, line->is.point) == 0)
			return true;
	return false;
}

int attest_mounts(struct host *h, const struct attest *want, pid_t pid, struct err *e)
{
	OWN(look) l = { .h = h, .want = want, .root = { FD_NONE }, .e = e };
	char path[32];

	TRY(mountlist_read(&h->proc, pid, &l.mem, &l.info, e));
	snprintf(path, sizeof(path), "%d/root", pid);
	l.root.fd = sys_openat(h->proc.fd, path, O_PATH | O_DIRECTORY, 0);
	if (l.root.fd < 0)
		return err_sys(e, "open the container's root");
	TRY(check_root(&l));
	for (size_t i = 0; i < want->n_mounts; i++)
		TRY(check_mount(&l, &want->mount[i]));
	for (size_t i = 0; i < want->masked->n; i++)
		TRY(check_mask(&l, want->masked->item[i]));
	for (size_t i = 0; i < want->readonly->n; i++)
		TRY(check_readonly(&l, want->readonly->item[i]));
	for (size_t i = 0; i < l.info.n; i++)
		if (!l.info.item[i].known && !came_along(&l, &l.info.item[i]) && !is_covered(&l, &l.info.item[i]))
			return differs(&l, l.info.item[i].is.point, "is a mount that the configuration does not have");
	return 0;
}
