/* room: any — the fault hook of the test build: makes the n-th system call of a room fail. Empty in production. */
#include "sys/sys.h"

#ifndef SYS_FAULTS

void sys_fault_room(const char *room)
{
	(void)room;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LINE_BYTES 16		/* "host          7\n" */
#define NUMBER_WIDTH 10

static const char *const rooms[] = { "host", "join", "init" };
#define ROOMS (sizeof(rooms) / sizeof(rooms[0]))

static struct {
	bool on;		/* the room is known */
	unsigned count, fail_at, kill_at;
	int error;
	char *line;		/* this room's line in the shared count file, or NULL */
	size_t room;
} fault;

static int error_number(const char *text)
{
	static const struct { const char *name; int num; } names[] = {
		{ "EPERM", EPERM }, { "ENOENT", ENOENT }, { "EINTR", EINTR }, { "EIO", EIO }, { "EAGAIN", EAGAIN },
		{ "ENOMEM", ENOMEM }, { "EACCES", EACCES }, { "EBUSY", EBUSY }, { "EEXIST", EEXIST }, { "EINVAL", EINVAL },
		{ "EMFILE", EMFILE }, { "ENOSPC", ENOSPC }, { "EROFS", EROFS }, { "ENOSYS", ENOSYS }, { "ELOOP", ELOOP },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i].name) == 0)
			return names[i].num;
	return (int)strtol(text, NULL, 10);
}

static void count_write(void)
{
	char line[LINE_BYTES + 1];

	if (!fault.line)
		return;
	/* Several processes may play one room (a hook, a second join): the longest one counts. */
	if (strtoul(fault.line + strlen(rooms[fault.room]), NULL, 10) >= fault.count)
		return;
	snprintf(line, sizeof(line), "%.4s %*u\n", rooms[fault.room], NUMBER_WIDTH, fault.count);
	memcpy(fault.line, line, LINE_BYTES);
}

/* The file holds one line of fixed width per room; made by whoever comes first. */
static void count_open(void)
{
	const char *path = secure_getenv("BRIG_FAULT_COUNT");
	char *map;
	int fd;

	if (!path || path[0] != '/')
		return;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	if (lseek(fd, 0, SEEK_END) < (off_t)(LINE_BYTES * ROOMS)) {
		char all[LINE_BYTES * ROOMS + 1];

		for (size_t i = 0; i < ROOMS; i++)
			snprintf(all + i * LINE_BYTES, LINE_BYTES + 1, "%s %*d\n", rooms[i], NUMBER_WIDTH, 0);
		if (pwrite(fd, all, LINE_BYTES * ROOMS, 0) != (ssize_t)(LINE_BYTES * ROOMS)) {
			close(fd);
			return;
		}
	}
	map = mmap(NULL, LINE_BYTES * ROOMS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		fault.line = map + fault.room * LINE_BYTES;
}

/* N of "ROOM:N...", 0 when the variable is unset or means another room; *rest is what follows the number. */
static unsigned number_for(const char *variable, const char *room, char **rest)
{
	const char *want = secure_getenv(variable);
	size_t n = strlen(room);

	if (!want || n == 0 || strncmp(want, room, n) != 0 || want[n] != ':')
		return 0;
	return (unsigned)strtoul(want + n + 1, rest, 10);
}

void sys_fault_room(const char *room)
{
	char *end = NULL;

	memset(&fault, 0, sizeof(fault));
	if (!room[0])
		return;
	for (size_t i = 0; i < ROOMS; i++)
		if (strcmp(room, rooms[i]) == 0)
			fault.room = i;
	fault.on = true;
	count_open();
	fault.kill_at = number_for("BRIG_FAULT_KILL", room, &end);
	fault.fail_at = number_for("BRIG_FAULT", room, &end);
	fault.error = fault.fail_at && *end == ':' ? error_number(end + 1) : EIO;
}

bool sys_fault(const char *call)
{
	if (!fault.on)
		return false;
	fault.count++;
	count_write();
	if (fault.count == fault.kill_at) {
		kill(getpid(), SIGKILL);
		_exit(137);	/* the first process of a pid namespace cannot kill itself */
	}
	if (fault.fail_at == 0 || fault.count != fault.fail_at)
		return false;
	if (secure_getenv("BRIG_FAULT_LOUD"))
		fprintf(stderr, "fault: call %u of %s is %s\n", fault.count, rooms[fault.room], call);
	errno = fault.error;
	return true;
}

#endif
