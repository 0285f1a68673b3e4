/* room: host — a cgroup v2 directory as a handle. Names below the mount are resolved RESOLVE_BENEATH | NO_SYMLINKS | NO_MAGICLINKS (W-4). */
#ifndef BRIG_FS_CGROUPFS_H
#define BRIG_FS_CGROUPFS_H

#include "base/err.h"
#include "base/own.h"
#include "base/path.h"
#include "base/str.h"

#include <stdbool.h>
#include <sys/types.h>

struct cgdir { int fd; };

/* A descriptor of the mount point, which is a cgroup v2 file system; the caller's to close. */
int cgroup_open_mount(struct host_path mount, struct err *e) MUST_CHECK;
/* Whether cgroup.freeze of the cgroup at path below it asks for a standstill. A cgroup that is gone does not. */
bool cgroup_frozen(int mount, const char *path);

/* mount: the cgroup2 mount point (checked by file system type). path: absolute inside it, "/a/b". */
int cgdir_open(struct host_path mount, const char *path, struct cgdir *ret, struct err *e) MUST_CHECK;
/* Depth of the deepest existing directory on the path, in components ("/a/b/c" with /a existing: 1). */
int cgdir_existing(struct host_path mount, const char *path, unsigned *ret_components, struct err *e) MUST_CHECK;
/* Makes what is missing. keep: lowered to the number of components above the first one that was; or NULL. */
int cgdir_make(struct host_path mount, const char *path, struct cgdir *ret, unsigned *keep, struct err *e) MUST_CHECK;
/* Enables controllers ("+memory +pids") in every ancestor's cgroup.subtree_control. A threaded one is an error: neither cgroup.kill nor cgroup.procs work below it. */
int cgdir_enable(struct host_path mount, const char *path, const char *controllers, unsigned *keep, struct err *e) MUST_CHECK;
void cgdir_close(struct cgdir *d);

int cgdir_write(const struct cgdir *d, const char *file, const char *text, struct err *e) MUST_CHECK;
int cgdir_read(const struct cgdir *d, const char *file, struct str *ret, struct err *e) MUST_CHECK;
bool cgdir_has(const struct cgdir *d, const char *file);
int cgdir_value(const struct cgdir *d, const char *file, const char *key, unsigned long long *ret, struct err *e) MUST_CHECK;	/* "populated" in cgroup.events */
/* Pids of this cgroup and, when deep, of all below. The caller frees *ret. */
int cgdir_pids(const struct cgdir *d, bool deep, pid_t **ret, size_t *ret_n, struct err *e) MUST_CHECK;
int cgdir_kill(const struct cgdir *d, struct err *e) MUST_CHECK;		/* cgroup.kill (5.14): everything below, also frozen */
/* Waits on cgroup.events until populated is 0 (or frozen is want): 0, or -1 ERR_SYS/ETIMEDOUT. */
int cgdir_wait_empty(const struct cgdir *d, int timeout_ms, struct err *e) MUST_CHECK;
int cgdir_freeze(const struct cgdir *d, bool frozen, int timeout_ms, struct err *e) MUST_CHECK;
/* Removes the directory with all below it, then its parents down to keep components. Absent is success; a parent that is in use stays. */
int cgdir_remove(struct host_path mount, const char *path, unsigned keep, struct err *e) MUST_CHECK;
/* The same in one call, for one in which nobody lives and that has none below it. 1: removed; 0: it is not so, or it is not ours to remove. */
int cgdir_remove_unused(struct host_path mount, const char *path, unsigned keep, struct err *e) MUST_CHECK;

#endif
