/* room: any — detached mount trees: cloned from a host path, given their flags, before they are seen by anyone */
#ifndef BRIG_FS_TREEOPEN_H
#define BRIG_FS_TREEOPEN_H

#include "base/err.h"
#include "base/path.h"

#include <stdbool.h>
#include <stdint.h>

/* Links on the way to a source: followed; refused, each of them (option src-nofollow, CVE-2017-1002101 class); the last one is itself what is
 * meant (option copy-symlink). */
enum tree_links { LINKS_FOLLOWED, LINKS_REFUSED, LINK_KEPT };
/* open_tree(OPEN_TREE_CLONE): *ret_fd (owned by the caller) is a detached copy of the mount at p, with all below it when recursive. */
int tree_clone(struct host_path p, bool recursive, enum tree_links links, int *ret_fd, struct err *e) MUST_CHECK;
/* The same for one device node, proven by descriptor to be of that type ('c', 'b', 'p') and, unless any_number, number (N8). */
int node_clone(struct host_path p, char type, uint32_t major, uint32_t minor, bool any_number, int *ret_fd, struct err *e) MUST_CHECK;
/* mount_setattr (5.12) on the tree's descriptor; propagation is an MS_* value or 0. */
int tree_set(int tree, uint64_t set, uint64_t clear, uint64_t propagation, bool recursive, struct err *e) MUST_CHECK;

#endif
