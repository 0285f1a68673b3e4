/* room: any — detached mount trees: cloned from a host path, given their flags, before they are seen by anyone */
#ifndef BRIG_FS_TREEOPEN_H
#define BRIG_FS_TREEOPEN_H

#include "base/err.h"
#include "base/path.h"

#include <stdbool.h>
#include <stdint.h>

/* open_tree(OPEN_TREE_CLONE): *ret_fd (owned by the caller) is a detached copy of the mount at p, with all below it when recursive. nofollow
 * refuses any symlink on the way (option src-nofollow, CVE-2017-1002101 class). */
int tree_clone(struct host_path p, bool recursive, bool nofollow, int *ret_fd, struct err *e) MUST_CHECK;
/* The same for one device node, proven by descriptor to be of that type ('c', 'b', 'p') and, unless any_number, number (N8). */
int node_clone(struct host_path p, char type, uint32_t major, uint32_t minor, bool any_number, int *ret_fd, struct err *e) MUST_CHECK;
/* mount_setattr (5.12) on the tree's descriptor; propagation is an MS_* value or 0. */
int tree_set(int tree, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct err *e) MUST_CHECK;

#endif
