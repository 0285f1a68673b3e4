/* room: any — a verified procfs handle (N6; CVE-2019-16884, CVE-2025-52881): a private detached mount where we may make one, else the
 * caller's /proc proven to be the root of a procfs. Resolution below it never leaves it: RESOLVE_BENEATH | NO_XDEV | NO_MAGICLINKS. */
#ifndef BRIG_FS_PROCFS_H
#define BRIG_FS_PROCFS_H

#include "base/err.h"
#include "base/own.h"
#include "base/str.h"

#include <stdbool.h>
#include <sys/types.h>

struct procfs { int fd; };

int procfs_open(struct procfs *ret, struct err *e) MUST_CHECK;		/* the caller's /proc, verified: enough for the host room */
int procfs_private(struct procfs *ret, struct err *e) MUST_CHECK;	/* fsopen("proc"); falls back to procfs_open on EPERM */
void procfs_close(struct procfs *p);

/* path relative to the procfs root ("self/attr/exec", "sys/net/ipv4/ip_forward"); writes are one write(2) of the whole text */
int procfs_write(const struct procfs *p, const char *path, const char *text, struct err *e) MUST_CHECK;
int procfs_read(const struct procfs *p, const char *path, struct str *ret, struct err *e) MUST_CHECK;	/* appended; LIMIT_SMALL_FILE */
int procfs_openat(const struct procfs *p, const char *path, int flags, struct err *e) MUST_CHECK;
/* Field 22 of /proc/PID/stat, clock ticks since boot: with the pid it names a process for ever. -1 ERR_STATE when there is none or a zombie is fine. */
int procfs_start_time(const struct procfs *p, pid_t pid, unsigned long long *ret, char *ret_state, struct err *e) MUST_CHECK;

#endif
