/* room: host — bytes as files of the kernel: schemata of resctrl, cgroup.events, cgroup.procs. The first byte chooses. */
#include "fuzz.h"
#include "fs/cgroupfs.h"
#include "fs/resctrl.h"

#include <fcntl.h>
#include <unistd.h>

static char path[] = "/dev/shm/brig-fuzz-XXXXXX";
static int dir = -1;
static const char *const name[] = { "schemata", "cgroup.events", "cgroup.procs" };

static void end(void)
{
	for (size_t i = 0; i < 3; i++)
		unlinkat(dir, name[i], 0);
	rmdir(path);
}

static void put(const char *file, const uint8_t *data, size_t n)
{
	int fd = openat(dir, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	HOLDS(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	close(fd);
}

static void schemata(const uint8_t *data, size_t n)
{
	const uint8_t *cut = memchr(data, '\n', n);
	char *line = strndup((const char *)data, cut ? (size_t)(cut - data) : n);
	const char *lines[] = { line };
	struct err e = { 0 };

	HOLDS(line);
	if (resctrl_compare(dir, 1, lines, &e) < 0)
		HOLDS(e.kind != ERR_NONE);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct cgdir d;
	struct err e = { 0 };
	unsigned long long value;
	pid_t *pids = NULL;
	size_t count = 0;

	if (n == 0)
		return 0;
	if (dir < 0) {
		HOLDS(mkdtemp(path));
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		HOLDS(dir >= 0 && atexit(end) == 0);
	}
	d.fd = dir;
	put(name[data[0] % 3], data + 1, n - 1);
	switch (data[0] % 3) {
	case 0: schemata(data + 1, n - 1); break;
	case 1: HOLDS(cgdir_value(&d, "cgroup.events", "populated", &value, &e) == 0 || e.kind != ERR_NONE); break;
	case 2: HOLDS(cgdir_pids(&d, false, &pids, &count, &e) == 0 || e.kind != ERR_NONE); free(pids); break;
	}
	return 0;
}
