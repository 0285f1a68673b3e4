/* room: host — the cache */
#include "state/cache.h"
#include "base/limits.h"
#include "base/log.h"
#include "fs/dirread.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

struct head { char magic[16]; uint64_t key, value; };	/* sizes in bytes; then the key, then the value */
static const char magic[16] = "brig cache 1";
enum { NAME_SIZE = 24 };

/* FNV-1a: it only has to spread names; equality is decided by the key itself. */
static void entry_name(const struct str *key, char name[NAME_SIZE])
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key->n; i++)
		h = (h ^ (unsigned char)key->s[i]) * 0x100000001b3u;
	snprintf(name, NAME_SIZE, "%016llx", (unsigned long long)h);
}

/* What lies in it becomes a filter of other containers, so nobody else may have put it there (CVE-2019-11328 class). */
static bool ours(int fd, mode_t type, size_t *ret_size)
{
	struct stat st;

	if (sys_fstat(fd, &st) < 0 || (st.st_mode & S_IFMT) != type || st.st_uid != sys_geteuid() || (st.st_mode & 0077))
		return false;
	*ret_size = (size_t)st.st_size;
	return true;
}

static int open_dir(struct host_path dir)
{
	OWN_FD fd = sys_openat(AT_FDCWD, dir.s, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	size_t size;

	return fd >= 0 && ours(fd, S_IFDIR, &size) ? fd_take(&fd) : FD_NONE;
}

static bool read_all(int fd, unsigned char *bytes, size_t n)
{
	for (ssize_t got; n > 0; bytes += got, n -= (size_t)got) {
		got = sys_read(fd, bytes, n);
		if (got <= 0)
			return false;
	}
	return true;
}

bool cache_get(struct host_path dir, const struct str *key, struct arena *mem, void **ret, size_t *ret_n)
{
	OWN_FD at = dir.s ? open_dir(dir) : FD_NONE, fd = FD_NONE;
	unsigned char *bytes;
	char name[NAME_SIZE];
	struct head h;
	size_t n;

	if (at < 0)
		return false;
	entry_name(key, name);
	fd = sys_openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	if (fd < 0 || !ours(fd, S_IFREG, &n) || n < sizeof(h) || n > LIMIT_FILE_BYTES)
		return false;
	bytes = arena_raw(mem, n);
	if (!bytes || !read_all(fd, bytes, n))
		return false;
	memcpy(&h, bytes, sizeof(h));
	if (memcmp(h.magic, magic, sizeof(magic)) != 0 || h.key != key->n || h.value > LIMIT_FILE_BYTES || sizeof(h) + h.key + h.value != n)
		return false;
	if (memcmp(bytes + sizeof(h), key->s, key->n) != 0)
		return false;
	*ret = memmove(bytes, bytes + sizeof(h) + h.key, h.value);	/* aligned again */
	*ret_n = h.value;
	return true;
}

/* Counts the entries, or removes them. */
static unsigned entries(int at, bool remove)
{
	OWN(dirread) list = { .fd = FD_NONE };
	unsigned char type;
	const char *name;
	unsigned n = 0;

	if (dirread_open(at, &list) < 0)
		return 0;
	for (; dirread_next(&list, &name, &type) > 0; n++)
		if (remove && name[0] != '.')
			sys_unlinkat(at, name, 0);
	return n;
}

static void make_room(int at)
{
	if (entries(at, false) >= CACHE_ENTRIES)
		entries(at, true);
}

/* Written under a name of this process, then renamed: a reader sees all of it or nothing. */
static bool write_entry(int at, const char *name, const struct head *h, const struct str *key, const void *value)
{
	char hidden[32];
	OWN_FD fd = FD_NONE;

	snprintf(hidden, sizeof(hidden), ".%d", (int)sys_getpid());
	fd = sys_openat(at, hidden, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	if (sys_write_all(fd, h, sizeof(*h)) == 0 && sys_write_all(fd, key->s, key->n) == 0 && sys_write_all(fd, value, h->value) == 0 &&
	    sys_renameat(at, hidden, at, name) == 0)
		return true;
	sys_unlinkat(at, hidden, 0);
	return false;
}

void cache_put(struct host_path dir, const struct str *key, const void *value, size_t n)
{
	struct head h = { .key = key->n, .value = n };
	OWN_FD at = FD_NONE;
	char name[NAME_SIZE];

	if (!dir.s || n > LIMIT_FILE_BYTES)
		return;
	memcpy(h.magic, magic, sizeof(magic));
	(void)sys_mkdirat(AT_FDCWD, dir.s, 0700);
	at = open_dir(dir);
	entry_name(key, name);
	if (at >= 0)
		make_room(at);
	if (at < 0 || !write_entry(at, name, &h, key, value))
		log_debug("cache %s cannot be written, ignoring", dir.s);
}
