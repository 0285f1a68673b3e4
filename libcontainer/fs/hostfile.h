/* room: host — small files of the host, read with limits and written atomically */
#ifndef BRIG_FS_HOSTFILE_H
#define BRIG_FS_HOSTFILE_H

#include "base/err.h"
#include "base/path.h"
#include "base/str.h"

#include <sys/types.h>

/* Whole content appended to ret. A directory, FIFO or device is refused; more than limit bytes is ERR_SPEC. The error names the path. */
int hostfile_read(struct host_path p, size_t limit, struct str *ret, struct err *e) MUST_CHECK;
/* Hidden sibling ".NAME" with O_EXCL, then rename (pid file, compatibility 1.11). A symlink at p is replaced, never followed. */
int hostfile_write_atomic(struct host_path p, const char *text, size_t n, mode_t mode, struct err *e) MUST_CHECK;

#endif
