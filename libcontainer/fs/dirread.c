/* room: any — directory listing */
#include "fs/dirread.h"
#include "sys/sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>

/* What getdents64(2) writes. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short size;
	unsigned char type;
	char name[];
};

int dirread_open(int dir, struct dirread *ret)
{
	ret->at = ret->n = 0;
	ret->fd = sys_openat(dir, ".", O_RDONLY | O_DIRECTORY, 0);
	return ret->fd < 0 ? -1 : 0;
}

static int refill(struct dirread *r)
{
	long n = sys_getdents(r->fd, r->buf, sizeof(r->buf));

	if (n <= 0)
		return (int)n;
	r->at = 0;
	r->n = (size_t)n;
	return 1;
}

int dirread_next(struct dirread *r, const char **ret_name, unsigned char *ret_type)
{
	for (;;) {
		const struct entry *entry;

		if (r->at == r->n) {
			int rc = refill(r);

			if (rc <= 0)
				return rc;
		}
		entry = (const struct entry *)(const void *)(r->buf + r->at);
		r->at += entry->size;
		if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
			continue;
		*ret_name = entry->name;
		*ret_type = entry->type;
		return 1;
	}
}

void dirread_dropp(struct dirread *r)
{
	fd_drop(&r->fd);
}
