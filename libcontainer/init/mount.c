/* room: init — mounts, from descriptor to descriptor */
#include "init/acts.h"
#include "base/log.h"
#include "fs/treeopen.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <string.h>

/* linux/mount.h and sys/mount.h cannot be included together here; these are fs/fs.h values of 40 years */
enum { MS_REC_FLAG = 16384, RECURSIVELY = 0x8000 /* AT_RECURSIVE */ };
enum { SB_RDONLY = 1, SB_SYNCHRONOUS = 16, SB_MANDLOCK = 64, SB_DIRSYNC = 128, SB_I_VERSION = 1 << 23, SB_LAZYTIME = 1 << 25 };

static int *slot_fd(struct init *in, slot_t s)
{
	return &in->tab->slot[s].fd;
}

int propagation(struct init *in, const struct step *s, struct err *e)
{
	struct mount_attr_arg a = { .propagation = s->flags.value & ~(uint64_t)MS_REC_FLAG };

	(void)in;
	return sys_mount_setattr(AT_FDCWD, "/", RECURSIVELY, &a) < 0 ? err_sys(e, "change the propagation of /") : 0;
}

int tree_open_init(struct init *in, const struct step *s, struct err *e)
{
	return tree_clone(s->tree.path, s->tree.recursive, s->tree.nofollow ? LINKS_REFUSED : s->tree.keep_link ? LINK_KEPT : LINKS_FOLLOWED, slot_fd(in, s->tree.slot), e);
}

int node_open_init(struct init *in, const struct step *s, struct err *e)
{
	return node_clone(s->node.path, s->node.type, s->node.major, s->node.minor, s->node.any_number, slot_fd(in, s->node.out), e);
}

int tree_attr_init(struct init *in, const struct step *s, struct err *e)
{
	return tree_set(*slot_fd(in, s->attr.slot), s->attr.set, s->attr.clear, s->attr.propagation, s->attr.recursive, e);
}

/* On top of "/": our own working root stays the host's until pivot, so that rootless set-ups can still open sources by name; the container's
 * tree is reached by descriptor only. */
int root_attach(struct init *in, const struct step *s, struct err *e)
{
	int *tree = slot_fd(in, s->tree.slot);
	struct stat st;

	if (sys_fstat(*tree, &st) < 0)
		return err_sys(e, "stat the root file system");
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_SPEC, ENOTDIR, "the root file system");
	if (sys_move_mount(*tree, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return err_sys(e, "attach the root file system");
	in->root.fd = fd_take(tree);
	return 0;
}

static int set_option(int fs, const char *option, struct err *e)
{
	const char *eq = strchr(option, '=');
	char key[256];		/* fsconfig(2) takes no longer one */
	int rc;

	if (snprintf(key, sizeof(key), "%.*s", eq ? (int)(eq - option) : (int)strlen(option), option) >= (int)sizeof(key))
		return err_set(e, ERR_SYS, EINVAL, "mount option \"%.64s...\"", option);
	rc = eq ? sys_fsconfig(fs, FSCONFIG_SET_STRING, key, eq + 1, 0) : sys_fsconfig(fs, FSCONFIG_SET_FLAG, key, NULL, 0);
	if (rc < 0) {
		int num = errno;
		char words[160];

		sys_fs_message(fs, words, sizeof(words));
		return err_set(e, ERR_SYS, num, "mount option \"%s\"%s%s", option, words[0] ? ": " : "", words);
	}
	return 0;
}

static int set_flags(int fs, uint64_t flags, struct err *e)
{
	static const struct { uint64_t flag; const char *name; } table[] = {
		{ SB_RDONLY, "ro" }, { SB_SYNCHRONOUS, "sync" }, { SB_MANDLOCK, "mand" }, { SB_DIRSYNC, "dirsync" },
		{ SB_LAZYTIME, "lazytime" },
	};
	struct err unknown;

	/* `silent` is about the kernel's log, and fsopen has none: its words come to us. `iversion` is a word of some file systems only; mount(2)
	 * took it for all. Neither protects anything. */
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (flags & table[i].flag)
			TRY(set_option(fs, table[i].name, e));
	if ((flags & SB_I_VERSION) && set_option(fs, "iversion", &unknown) < 0)
		log_warn("mount option iversion is unknown to this file system, ignoring");
	return 0;
}

static int create(int fs, const struct step *s, struct err *e)
{
	char words[160];
	int num;

	if (s->fs.source && sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", s->fs.source, 0) < 0)
		return err_sys(e, "mount source \"%s\"", s->fs.source);
	for (size_t i = 0; i < s->fs.data.n; i++)
		TRY(set_option(fs, s->fs.data.item[i], e));
	TRY(set_flags(fs, s->fs.sb_flags, e));
	if (sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		return 0;
	num = errno;
	sys_fs_message(fs, words, sizeof(words));
	return err_set(e, ERR_SYS, num, "create a %s file system%s%s", s->fs.type, words[0] ? ": " : "", words);
}

int fs_make(struct init *in, const struct step *s, struct err *e)
{
	OWN_FD fs = sys_fsopen(s->fs.type);
	int mnt;

	if (fs < 0)
		return err_sys(e, "fsopen %s", s->fs.type);
	TRY(create(fs, s, e));
	mnt = sys_fsmount(fs, (unsigned)s->fs.attr);
	if (mnt < 0)
		return err_sys(e, "fsmount %s", s->fs.type);
	*slot_fd(in, s->fs.slot) = mnt;
	return 0;
}

static int propagate(int fd, uint64_t how, bool recursive, struct err *e)
{
	return how ? tree_set(fd, 0, 0, how, recursive, e) : 0;
}

/* The specification's check has judged the destination's name; a link of the image may still lead it into a procfs (N7, CVE-2019-19921). */
static int refuse_hidden_proc(int target, const char *dest, struct err *e)
{
	const char *name = dest + strspn(dest, "/");
	struct statfs fs;

	if (strncmp(name, "proc", 4) == 0 && (!name[4] || name[4] == '/'))
		return 0;
	if (sys_fstatfs(target, &fs) < 0)
		return err_sys(e, "statfs %s", dest);
	return fs.f_type != PROC_SUPER_MAGIC ? 0 : err_set(e, ERR_POLICY, 0, "\"%s\" cannot be mounted because it is inside /proc", dest);
}

/* Option copy-symlink: a source that is a link is made again in the container, where it may lead elsewhere; nothing is mounted. What the image has
 * there already stays, and only the same link is as good. */
static int copy_link(struct init *in, int tree, struct root_path dest, struct err *e)
{
	char text[4096], now[4096];
	ssize_t n = sys_readlinkat(tree, "", text, sizeof(text) - 1);

	if (n < 0)
		return err_sys(e, "read the link that %s is to be", dest.s);
	text[n] = '\0';
	if (rootfs_readlink(&in->root, dest, now, sizeof(now), e) < 0)
		return e->num == ENOENT ? rootfs_symlink(&in->root, dest, text, true, e) : -1;
	return strcmp(now, text) == 0 ? 0 : err_set(e, ERR_SPEC, EEXIST, "copy the link to %s at %s", text, dest.s);
}

/* The mount point's kind follows the source, known only now. Nothing is looked up twice: the target is held, the tree is held. */
int tree_attach(struct init *in, const struct step *s, struct err *e)
{
	int *tree = slot_fd(in, s->attach.slot);
	enum mountpoint_kind kind = MOUNTPOINT_FILE;
	OWN_FD target = FD_NONE;
	struct stat st;

	if (sys_fstat(*tree, &st) < 0)
		return err_sys(e, "stat the source of %s", s->attach.dest.s);
	if (S_ISLNK(st.st_mode) && s->attach.copy_link)
		return copy_link(in, *tree, s->attach.dest, e);
	if (S_ISDIR(st.st_mode))
		kind = s->attach.real_dir ? MOUNTPOINT_REAL_DIR : MOUNTPOINT_DIR;
	target = rootfs_mountpoint(&in->root, s->attach.dest, kind, s->attach.nofollow, e);
	if (target < 0)
		return err_ctx(e, "mount point %s", s->attach.dest.s);
	TRY(refuse_hidden_proc(target, s->attach.dest.s, e));
	if (sys_move_mount(*tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return err_sys(e, "attach to %s", s->attach.dest.s);
	TRY(propagate(*tree, s->attach.propagation, s->attach.propagation_recursive, e));
	fd_drop(tree);
	return 0;
}

int mount_change(struct init *in, const struct step *s, struct err *e)
{
	OWN_FD at = rootfs_open(&in->root, s->change.dest, O_PATH, true, e);

	if (at < 0)
		return -1;
	return tree_set(at, s->change.set, s->change.clear, 0, s->change.recursive, e);
}

int root_propagation(struct init *in, const struct step *s, struct err *e)
{
	uint64_t rec = s->flags.value & MS_REC_FLAG;

	return tree_set(in->root.fd, 0, 0, s->flags.value & ~(uint64_t)MS_REC_FLAG, rec != 0, e);
}

int root_readonly(struct init *in, const struct step *s, struct err *e)
{
	(void)s;
	return tree_set(in->root.fd, MOUNT_ATTR_RDONLY, 0, 0, false, e);
}
