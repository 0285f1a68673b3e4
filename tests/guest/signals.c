/* room: guest — ends, waits and signals */
#include "guest.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int do_exit(int argc, char **argv)
{
	(void)argc;
	fflush(stdout);
	_exit((int)number(argv[0]));
}

/* Pid 1 of a namespace cannot be killed from inside, so a handler-less child does not help: the test kills from outside. */
static int do_kill(int argc, char **argv)
{
	(void)argc;
	fflush(stdout);
	raise((int)number(argv[0]));
	return 0;
}

/* sleep MILLISECONDS */
static int do_sleep(int argc, char **argv)
{
	long ms = number(argv[0]);
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	(void)argc;
	fflush(stdout);
	while (nanosleep(&t, &t) < 0)
		;
	return 0;
}

/* notify WORD...: one datagram to $NOTIFY_SOCKET with each word on a line; "@N" is N zeros. Prints how it went. */
static int notify(int argc, char **argv)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	static char text[65536];
	size_t n = 0;

	for (int i = 0; i < argc; i++)
		if (argv[i][0] == '@')
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%0*d\n", (int)number(argv[i] + 1), 0);
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n", argv[i]);
	snprintf(to.sun_path, sizeof(to.sun_path), "%s", path ? path : "");
	say_result("notify", argv[0], sendto(fd, text, n, 0, (const struct sockaddr *)&to, sizeof(to)));
	return close(fd);
}

static int say_text(int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		puts(argv[i]);
	return 0;
}

/* Prints "ready", then every signal with its number; SIGUSR2 ends it. */
static int trap_signals(int argc, char **argv)
{
	sigset_t all;
	int sig;

	(void)argc;
	(void)argv;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	puts("ready");
	for (;;) {
		struct winsize w;

		if (sigwait(&all, &sig) != 0)
			return 125;
		if (sig == SIGWINCH && ioctl(0, TIOCGWINSZ, &w) == 0)
			printf("signal=%d %ux%u\n", sig, w.ws_row, w.ws_col);
		else
			printf("signal=%d\n", sig);
		fflush(stdout);
		if (sig == SIGUSR2)
			return 0;
	}
}

/* blocked and ignored signals as this process got them */
static int signal_masks(int argc, char **argv)
{
	static const char *const name[] = { "SigBlk", "SigIgn" };
	const char *status = slurp("/proc/self/status", NULL);

	(void)argc;
	(void)argv;
	for (int i = 0; status && i < 2; i++)
		say(name[i], "%s", line_value(status, name[i]));
	return 0;
}

/* fork MILLISECONDS: leaves a child behind that lives so long */
static int leave_child(int argc, char **argv)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		do_sleep(argc, argv);
		_exit(0);
	}
	return pid < 0 ? 125 : 0;
}

const struct command signal_commands[] = {
	{ "exit", 1, 1, do_exit }, { "kill", 1, 1, do_kill }, { "sleep", 1, 1, do_sleep }, { "say", 0, -1, say_text }, { "notify", 1, -1, notify },
	{ "trap-signals", 0, 0, trap_signals }, { "signal-masks", 0, 0, signal_masks }, { "fork", 1, 1, leave_child }, { NULL, 0, 0, NULL }
};
