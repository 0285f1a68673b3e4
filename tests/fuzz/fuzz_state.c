/* room: host — bytes → state.json → journal: what is read can be written, and is read again */
#include "fuzz.h"
#include "state/state.h"

#include <fcntl.h>
#include <unistd.h>

static char path[] = "/dev/shm/brig-fuzz-XXXXXX";
static int dir = -1;

static void put(const uint8_t *data, size_t n)
{
	int fd = openat(dir, "state.json", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	HOLDS(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	close(fd);
}

static void end(void)
{
	unlinkat(dir, "state.json", 0);
	rmdir(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	OWN(arena) mem = { 0 };
	struct statedir d = { .fd = FD_NONE };
	struct journal j;
	struct err e = { 0 };

	if (dir < 0) {
		HOLDS(mkdtemp(path));
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		HOLDS(dir >= 0 && atexit(end) == 0);
	}
	put(data, n);
	d.fd = dir;
	if (journal_read(&d, &mem, &j, &e) < 0) {
		HOLDS(e.kind != ERR_NONE && e.kind != ERR_BUG);
		return 0;
	}
	HOLDS(journal_write(&d, &j, &e) == 0);
	HOLDS(journal_read(&d, &mem, &j, &e) == 0);
	return 0;
}
