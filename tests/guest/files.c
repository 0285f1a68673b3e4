/* room: guest — what can be done with paths */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* Opens for writing without changing anything. */
static int try_write(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		int fd = open(argv[i], O_WRONLY | O_CLOEXEC | O_NONBLOCK);

		say_result("write", argv[i], fd);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

static int try_create(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		int fd = open(argv[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

		say_result("create", argv[i], fd);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

/* read.PATH=ok N: the number of bytes; a directory gives its number of names. */
static int try_read(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		char key[4200];
		size_t n = 0;

		snprintf(key, sizeof(key), "read.%s", argv[i]);
		if (d) {
			while (readdir(d))
				n++;
			closedir(d);
			say(key, "dir %zu", n - 2);
		} else if (errno == ENOTDIR && slurp(argv[i], &n)) {
			say(key, "ok %zu", n);
		} else {
			say(key, "%s", strerrorname_np(errno));
		}
	}
	return 0;
}

static int cat(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		const char *text = slurp(argv[i], NULL);
		char key[4200];

		snprintf(key, sizeof(key), "cat.%s", argv[i]);
		say(key, "%.*s", text ? (int)strcspn(text, "\n") : 16, text ? text : strerrorname_np(errno));
	}
	return 0;
}

static int put(int argc, char **argv)
{
	int fd = open(argv[0], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	(void)argc;
	say_result("put", argv[0], fd < 0 ? -1 : (long)write(fd, argv[1], strlen(argv[1])));
	if (fd >= 0)
		close(fd);
	return 0;
}

static int stat_path(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		char key[4200];
		struct stat st;

		snprintf(key, sizeof(key), "stat.%s", argv[i]);
		if (lstat(argv[i], &st) < 0)
			say(key, "%s", strerrorname_np(errno));
		else
			say(key, "%06o %u:%u %u:%u", st.st_mode, st.st_uid, st.st_gid, major(st.st_rdev), minor(st.st_rdev));
	}
	return 0;
}

/* mknod TYPE MAJOR MINOR PATH, then opens what was made: a device program guards both. */
static int make_node(int argc, char **argv)
{
	mode_t type = argv[0][0] == 'b' ? S_IFBLK : S_IFCHR;
	int rc = mknod(argv[3], type | 0666, makedev((unsigned)number(argv[1]), (unsigned)number(argv[2]))), fd;

	(void)argc;
	say_result("mknod", argv[3], rc);
	if (rc < 0)
		return 0;
	fd = open(argv[3], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	say_result("open", argv[3], fd);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* What a runtime must not leave to a container: its own binary (CVE-2019-5736). */
static int open_self(int argc, char **argv)
{
	int fd = open("/proc/self/exe", O_WRONLY | O_CLOEXEC);

	(void)argc;
	(void)argv;
	say_result("open-self", "exe", fd);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* Starts PATH and tells how that went. */
static int run(int argc, char **argv)
{
	int status;
	pid_t pid = fork();

	(void)argc;
	fflush(stdout);
	if (pid == 0) {
		execv(argv[0], argv);
		say_result("run", argv[0], -1);
		fflush(stdout);
		_exit(124);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return 125;
	say("run.status", "%d", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

static int replace(int argc, char **argv)
{
	(void)argc;
	fflush(stdout);
	execv(argv[0], argv);
	say_result("exec", argv[0], -1);
	return 126;
}

static int mount_type(int argc, char **argv)
{
	(void)argc;
	say_result("mount", argv[1], mount(argv[0], argv[1], argv[0], 0, NULL));
	return 0;
}

static int list(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		struct dirent **name;
		char key[4200], text[8192] = "";
		size_t n = 0;
		int count = scandir(argv[i], &name, NULL, alphasort);

		snprintf(key, sizeof(key), "list.%s", argv[i]);
		if (count < 0) {
			say(key, "%s", strerrorname_np(errno));
			continue;
		}
		for (int k = 0; k < count; k++) {
			if (strcmp(name[k]->d_name, ".") && strcmp(name[k]->d_name, "..") && n < sizeof(text))
				n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? " " : "", name[k]->d_name);
			free(name[k]);
		}
		free(name);
		say(key, "%s", text);
	}
	return 0;
}

/* The bytes of standard input to standard output, and what is asked for on standard error. */
static int copy(int argc, char **argv)
{
	char buf[65536];
	ssize_t n;

	fflush(stdout);
	while ((n = read(0, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0, k; at < n; at += k)
			if ((k = write(1, buf + at, (size_t)(n - at))) < 0)
				return 125;
	for (int i = 0; i < argc; i++)
		fprintf(stderr, "%s\n", argv[i]);
	return n < 0 ? 125 : 0;
}

/* What a hook finds, appended to FILE as one line: hook FILE NAME [commands ...] */
int hook(int argc, char **argv)
{
	char state[16384];
	size_t n = fread(state, 1, sizeof(state) - 1, stdin), at = 0;
	char fds[512] = "", line[32768], cwd[4096] = "?", *env = getenv("HOOK");
	DIR *d = opendir("/proc/self/fd");
	FILE *f = fopen(argv[0], "ae");

	state[n] = '\0';
	for (char *c = state; *c; c++)
		if (*c == '\n')
			*c = ' ';
	for (struct dirent *e; d && (e = readdir(d)) != NULL; )
		if (e->d_name[0] != '.' && strtol(e->d_name, NULL, 10) != dirfd(d) && (!f || strtol(e->d_name, NULL, 10) != fileno(f)))
			at += (size_t)snprintf(fds + at, sizeof(fds) - at, "%s%s", at ? "," : "", e->d_name);
	if (!getcwd(cwd, sizeof(cwd)) || !f)
		return 125;
	snprintf(line, sizeof(line), "%s\t%s\t%s\t%s\t%s\n", argv[1], fds, env ? env : "-", cwd, state);
	fputs(line, f);
	for (int i = 2; i < argc; i++)	/* as told by the test: fail, or stay */
		if (strcmp(argv[i], "fail") == 0)
			return fputs("told to fail\n", stderr) < 0 ? 125 : 3;
		else
			sleep((unsigned)number(argv[i]));
	return fclose(f) == 0 ? 0 : 125;
}

const struct command file_commands[] = {
	{ "write", 1, -1, try_write }, { "create", 1, -1, try_create }, { "read", 1, -1, try_read }, { "cat", 1, -1, cat }, { "put", 2, 2, put },
	{ "stat", 1, -1, stat_path }, { "mknod", 4, 4, make_node }, { "open-self-for-write", 0, 0, open_self }, { "run", 1, -1, run },
	{ "exec", 1, -1, replace }, { "mount", 2, 2, mount_type }, { "list", 1, -1, list }, { "copy", 0, -1, copy }, { NULL, 0, 0, NULL }
};
