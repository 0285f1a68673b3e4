/* room: any — the fault hook of the test build: makes the n-th system call of a room fail. Empty in production.
 *
 *   BRIG_FAULT=ROOM:N:ERRNO[,...]	the N-th call of ROOM fails with ERRNO
 *   BRIG_FAULT_KILL=ROOM:N[,...]	SIGKILL in place of the N-th call of ROOM
 *   BRIG_FAULT_COUNT=/FILE		how many calls each room made, and what was hit: "hit ROOM STEP CALL"
 *
 * Rooms are host (create), birth (a child of the host's until it is the sealed program), join, init, hook (a hook between clone and execve),
 * start (the verb) and undo (of a failed create, and delete). */
#include "sys/sys.h"

#ifndef SYS_FAULTS

void sys_fault_room(const char *room)
{
	(void)room;
}

void sys_fault_step(const char *step)
{
	(void)step;
}

char *const *sys_fault_environment(void)
{
	static char *const none[] = { NULL };

	return none;
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
#define NAME_WIDTH 5
#define HIT_BYTES 64		/* "hit init tree-attach sys_openat2     \n" */

static const char *const rooms[] = { "host", "birth", "join", "init", "hook", "start", "undo" };
#define ROOMS (sizeof(rooms) / sizeof(rooms[0]))
#define FILE_BYTES (LINE_BYTES * ROOMS + HIT_BYTES)

static struct {
	bool on;		/* the room is known */
	unsigned count, fail_at, kill_at;
	int error;
	char *file;		/* the shared count file, or NULL */
	size_t room;
	const char *step;	/* wire name of the step that the walk is in, "-" outside of one */
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
	char text[LINE_BYTES + 1], *line;

	if (!fault.file)
		return;
	line = fault.file + fault.room * LINE_BYTES;
	/* Several processes may play one room (a hook, a second join): the longest one counts. */
	if (strtoul(line + NAME_WIDTH, NULL, 10) >= fault.count)
		return;
	snprintf(text, sizeof(text), "%-*s%*u\n", NAME_WIDTH, rooms[fault.room], LINE_BYTES - 1 - NAME_WIDTH, fault.count);
	memcpy(line, text, LINE_BYTES);
}

static void hit_write(const char *call)
{
	char text[HIT_BYTES + 1], what[HIT_BYTES];

	if (!fault.file)
		return;
	snprintf(what, sizeof(what), "hit %s %s %s", rooms[fault.room], fault.step, call);
	snprintf(text, sizeof(text), "%-*s\n", HIT_BYTES - 1, what);
	memcpy(fault.file + LINE_BYTES * ROOMS, text, HIT_BYTES);
}

static bool count_init(int fd)
{
	char all[FILE_BYTES + 1];

	for (size_t i = 0; i < ROOMS; i++)
		snprintf(all + i * LINE_BYTES, LINE_BYTES + 1, "%-*s%*d\n", NAME_WIDTH, rooms[i], LINE_BYTES - 1 - NAME_WIDTH, 0);
	snprintf(all + LINE_BYTES * ROOMS, HIT_BYTES + 1, "%-*s\n", HIT_BYTES - 1, "hit");
	return pwrite(fd, all, FILE_BYTES, 0) == (ssize_t)FILE_BYTES;
}

/* One line of fixed width per room, and one of what was hit; made by whoever comes first. */
static void count_open(void)
{
	const char *path = secure_getenv("BRIG_FAULT_COUNT");
	char *map;
	int fd;

	if (!path || path[0] != '/' || fault.file)
		return;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	if (lseek(fd, 0, SEEK_END) < (off_t)FILE_BYTES && !count_init(fd)) {
		close(fd);
		return;
	}
	map = mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map != MAP_FAILED)
		fault.file = map;
}

/* N of "ROOM:N..." in the comma-separated list, 0 when it says nothing of this room; *rest is what follows the number. */
static unsigned number_for(const char *variable, const char *room, char **rest)
{
	const char *want = secure_getenv(variable);
	size_t n = strlen(room);

	for (; want && *want; want += *want ? 1 : 0) {
		if (strncmp(want, room, n) == 0 && want[n] == ':')
			return (unsigned)strtoul(want + n + 1, rest, 10);
		want += strcspn(want, ",");
	}
	return 0;
}

/* The text ends at the comma: error_number() compares whole words. */
static int error_for(const char *text)
{
	char word[16];

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, ","), text);
	return error_number(word);
}

void sys_fault_room(const char *room)
{
	char *end = NULL;

	fault.on = false;
	fault.count = fault.fail_at = fault.kill_at = 0;
	fault.step = "-";
	if (!room[0])
		return;
	for (size_t i = 0; i < ROOMS; i++)
		if (strcmp(room, rooms[i]) == 0)
			fault.room = i;
	fault.on = true;
	count_open();
	fault.kill_at = number_for("BRIG_FAULT_KILL", room, &end);
	fault.fail_at = number_for("BRIG_FAULT", room, &end);
	fault.error = fault.fail_at && *end == ':' ? error_for(end + 1) : EIO;
}

void sys_fault_step(const char *step)
{
	fault.step = step;
}

char *const *sys_fault_environment(void)
{
	return environ;
}

bool sys_fault(const char *call)
{
	if (!fault.on)
		return false;
	fault.count++;
	count_write();
	if (fault.count == fault.kill_at) {
		hit_write(call);
		kill(getpid(), SIGKILL);
		_exit(137);	/* the first process of a pid namespace cannot kill itself */
	}
	if (fault.fail_at == 0 || fault.count != fault.fail_at)
		return false;
	if (secure_getenv("BRIG_FAULT_LOUD"))
		fprintf(stderr, "fault: call %u of %s is %s\n", fault.count, rooms[fault.room], call);
	hit_write(call);
	errno = fault.error;
	return true;
}

#endif
