/* room: host — the mounts of a container, as a list */
#ifndef BRIG_HOST_MOUNTLIST_H
#define BRIG_HOST_MOUNTLIST_H

#include "base/arena.h"
#include "fs/mountinfo.h"
#include "fs/procfs.h"

struct listed_mount { struct mountinfo is; bool known; /* the caller's */ };
struct mountlist { size_t n; struct listed_mount *item; };

/* In the kernel's order; in mem. */
int mountlist_read(const struct procfs *proc, pid_t pid, struct arena *mem, struct mountlist *ret, struct err *e) MUST_CHECK;
struct listed_mount *mountlist_find(const struct mountlist *l, unsigned long long id);	/* NULL: it is none of these */
/* The number of the mount that a descriptor is on; pid: "thread-self" for our own, else whose it is. */
int mount_id(const struct procfs *proc, const char *pid, int fd, unsigned long long *ret, struct err *e) MUST_CHECK;
bool mount_has(const struct listed_mount *m, const char *option);

#endif
