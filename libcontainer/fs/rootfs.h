/* room: any — the container's tree as one handle. Every name inside is hostile, on the first start as on the tenth.
 *
 * All resolution is openat2(RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS) (N1; CVE-2019-18837, CVE-2024-45310, CVE-2025-31133). A final component
 * that we create is made under a held parent descriptor with O_EXCL/O_NOFOLLOW. */
#ifndef BRIG_FS_ROOTFS_H
#define BRIG_FS_ROOTFS_H

#include "base/err.h"
#include "base/own.h"
#include "base/path.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct rootfs { int fd; };	/* O_PATH or tree descriptor of the root; owned by whoever owns the struct */

/* An existing object: O_PATH, O_RDONLY ... ; the caller owns the fd. nofollow refuses a symlink as last component (ELOOP). */
int rootfs_open(const struct rootfs *r, struct root_path p, int flags, bool nofollow, struct err *e) MUST_CHECK;

enum mountpoint_kind { MOUNTPOINT_FILE, MOUNTPOINT_DIR, MOUNTPOINT_REAL_DIR /* no symlink at or above it inside the root: proc and sysfs (N7) */ };
/* O_PATH descriptor of a mount target, made with its parents (0755; files 0644... mode of a mount point is 0755 resp. 0000-umask free) when
 * missing. An existing symlink is followed inside the root unless nofollow. A dangling symlink's target is created inside the root.
 * MOUNTPOINT_REAL_DIR refuses symlinks with the text "must be mounted on ordinary directory". */
int rootfs_mountpoint(const struct rootfs *r, struct root_path p, enum mountpoint_kind kind, bool nofollow, struct err *e) MUST_CHECK;

/* Directory with parents, 0755, owner as given for the ones made; existing ones untouched. Returns an O_PATH fd. */
int rootfs_mkdirs(const struct rootfs *r, struct root_path p, mode_t mode, struct err *e) MUST_CHECK;

/* Device node or FIFO with exact mode and owner, parents made. An existing node of the same type and number is accepted and left
 * alone, anything else there is ERR_SPEC (specification, linux.devices). */
int rootfs_mknod(const struct rootfs *r, struct root_path p, mode_t mode_and_type, dev_t dev, uid_t uid, gid_t gid, struct err *e) MUST_CHECK;

/* Symlink; an existing one with the same target is accepted, any other existing object is left alone when keep, else replaced if it is a
 * symlink or an ordinary file made by the image, never a directory. */
int rootfs_symlink(const struct rootfs *r, struct root_path p, const char *target, bool keep, struct err *e) MUST_CHECK;

/* The text of a link, cut to size; "" for what is none. Absent: ENOENT. */
int rootfs_readlink(const struct rootfs *r, struct root_path p, char *buf, size_t size, struct err *e) MUST_CHECK;

/* Whole content of a regular file, at most limit bytes, opened O_NONBLOCK so that a FIFO or device cannot hold us (N16, W-1).
 * Returns 1 when read, 0 when it is absent or not a regular file, -1 on error (too large: ERR_SPEC). */
int rootfs_read(const struct rootfs *r, struct root_path p, size_t limit, struct str *ret, struct err *e) MUST_CHECK;

#endif
