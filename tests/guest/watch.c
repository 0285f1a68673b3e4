/* room: guest — looks at the program of every process that comes into sight (CVE-2019-5736) */
#include "guest.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MANY = 16, AHEAD = 600 };

/* END: a file whose appearance ends it. Says each link that /proc/PID/exe had, once, and how many there were. */
static int watch(int argc, char **argv)
{
	static char seen[MANY][256];
	int n = 0, own = (int)getpid();

	(void)argc;
	while (access(argv[0], F_OK) < 0) {
		for (int pid = 1; pid < own + AHEAD; pid++) {
			char path[64], link[256];
			ssize_t size;
			bool known = pid == own;

			snprintf(path, sizeof(path), "/proc/%d/exe", pid);
			size = readlinkat(AT_FDCWD, path, link, sizeof(link) - 1);
			if (size < 0)
				continue;
			link[size] = '\0';
			for (int i = 0; i < n && !known; i++)
				known = strcmp(seen[i], link) == 0;
			if (!known && n < MANY)
				snprintf(seen[n++], sizeof(seen[0]), "%s", link);
		}
	}
	for (int i = 0; i < n; i++)
		say("exe", "%s", seen[i]);
	say("watched", "%d programs", n);
	fflush(stdout);
	return 0;
}

const struct command watch_commands[] = { { "watch", 1, 1, watch }, { NULL, 0, 0, NULL } };
