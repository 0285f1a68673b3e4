/* room: host — groups of the resctrl file system (Documentation/filesystems/resctrl.rst): names are resolved beneath a held mount, without links.
 * The functions below resctrl_open() take any directory, so that they can be tested on a machine without such hardware. */
#ifndef BRIG_FS_RESCTRL_H
#define BRIG_FS_RESCTRL_H

#include "base/err.h"
#include "base/own.h"
#include "base/path.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The mount's directory (owned by the caller), proven to be resctrl. */
int resctrl_open(struct host_path mount, int *ret_fd, struct err *e) MUST_CHECK;
/* A group as a directory descriptor (owned by the caller); "" is the mount's root, the default group. */
int resctrl_group(int mount, const char *group, int *ret_fd, struct err *e) MUST_CHECK;
/* Makes it. *ret_made is false when it was there before. */
int resctrl_make(int mount, const char *group, bool *ret_made, struct err *e) MUST_CHECK;
/* Writes all lines in one act: the kernel applies all of them, or says which it does not take. */
int resctrl_write(int group, size_t n, const char *const *line, struct err *e) MUST_CHECK;
/* Each line's domains have these values already; ERR_SPEC names the first that has not. */
int resctrl_compare(int group, size_t n, const char *const *line, struct err *e) MUST_CHECK;
int resctrl_assign(int group, pid_t pid, struct err *e) MUST_CHECK;
/* Absent is success. */
int resctrl_remove(int mount, const char *group, struct err *e) MUST_CHECK;

#endif
