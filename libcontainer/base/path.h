/* room: any — two kinds of path that the compiler keeps apart */
#ifndef BRIG_BASE_PATH_H
#define BRIG_BASE_PATH_H

struct host_path { const char *s; };	/* resolved in the caller's mount namespace, before the root switch */
struct root_path { const char *s; };	/* resolved beneath struct rootfs, nowhere else */

#endif
