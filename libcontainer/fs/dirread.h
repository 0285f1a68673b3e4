/* room: any — the names in a held directory, one after the other. Unlike readdir(3), a failing read is an error and not an early end. */
#ifndef BRIG_FS_DIRREAD_H
#define BRIG_FS_DIRREAD_H

#include "base/own.h"

#include <stddef.h>

struct dirread {
	int fd;			/* owned; FD_NONE after dirread_close */
	size_t at, n;		/* read position and end of what is in buf */
	_Alignas(8) char buf[4096];
};

/* Lists the directory that dir holds, from its start, through a descriptor of its own. -1 with errno. */
int dirread_open(int dir, struct dirread *ret);
/* 1 with the next name ("." and ".." are left out) and its DT_* type, 0 at the end, -1 with errno. The name is valid until the next call. */
int dirread_next(struct dirread *r, const char **ret_name, unsigned char *ret_type);
void dirread_dropp(struct dirread *r);	/* for OWN(dirread) */

#endif
