/* room: guest — what this process sees of the system around it */
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void names(void)
{
	struct utsname u;

	if (uname(&u) < 0)
		return;
	say("hostname", "%s", u.nodename);
	say("domainname", "%s", u.domainname);
	say("machine", "%s", u.machine);
}

static void say_link(const char *key, int dir, const char *name)
{
	char target[4096];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);

	target[n < 0 ? 0 : n] = '\0';
	say(key, "%s", n < 0 ? strerrorname_np(errno) : target);
}

/* Calls each() with the names of a directory, without the dots. */
static void each_name(const char *path, void (*each)(int dir, const char *name))
{
	DIR *d = opendir(path);

	if (!d) {
		say_result("opendir", path, -1);
		return;
	}
	for (struct dirent *e; (e = readdir(d)) != NULL; )
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			each(dirfd(d), e->d_name);
	closedir(d);
}

static void one_namespace(int dir, const char *name)
{
	char key[300];

	snprintf(key, sizeof(key), "ns.%s", name);
	say_link(key, dir, name);
}

static void namespaces(void)
{
	each_name("/proc/self/ns", one_namespace);
}

/* "         0       1000          1\n" as "0 1000 1;" */
static void say_map(const char *key, const char *path)
{
	const char *text = slurp(path, NULL);
	char out[4096];
	size_t n = 0;

	for (const char *c = text; c && *c && n + 1 < sizeof(out); c++) {
		if (*c == '\n')
			out[n++] = ';';
		else if (*c != ' ' || (n && out[n - 1] != ' ' && out[n - 1] != ';'))
			out[n++] = *c;
	}
	out[n] = '\0';
	say(key, "%s", out);
}

static void maps(void)
{
	say_map("uid_map", "/proc/self/uid_map");
	say_map("gid_map", "/proc/self/gid_map");
	say_map("setgroups", "/proc/self/setgroups");
	say_map("timens_offsets", "/proc/self/timens_offsets");
}

/* mount=/proc proc rw,nosuid - propagation rw / : destination, type, options, propagation ("private" without), of the super block, root, source */
static void mounts(void)
{
	const char *text = slurp("/proc/self/mountinfo", NULL);

	for (const char *line = text; line && *line; line = strchr(line, '\n') + 1) {
		char root[1024], dest[1024], opts[512], type[128], source[1024], super[2048], spread[256] = "private";
		const char *dash = strstr(line, " - ");
		int at = 0;

		if (!dash || sscanf(line, "%*d %*d %*d:%*d %1023s %1023s %511s%n", root, dest, opts, &at) != 3)
			continue;
		if (line + at < dash)
			snprintf(spread, sizeof(spread), "%.*s", (int)(dash - line - at - 1), line + at + 1);
		if (sscanf(dash, " - %127s %1023s %2047s", type, source, super) != 3)
			continue;
		say("mount", "%s %s %s %s %s %s %s", dest, type, opts, spread, super, root, source);
	}
}

static void one_descriptor(int dir, const char *name)
{
	char key[300];

	if (strtol(name, NULL, 10) == dir)
		return;		/* of the listing itself */
	snprintf(key, sizeof(key), "fd.%s", name);
	say_link(key, dir, name);
}

static void descriptors(void)
{
	each_name("/proc/self/fd", one_descriptor);
}

static void terminal(void)
{
	struct winsize w;
	struct termios t;

	for (int fd = 0; fd < 3; fd++)
		printf("isatty.%d=%d\n", fd, isatty(fd));
	if (ioctl(0, TIOCGWINSZ, &w) < 0 || tcgetattr(0, &t) < 0)
		return;
	say("tty.size", "%ux%u", w.ws_row, w.ws_col);
	say("tty.onlcr", "%d", (t.c_oflag & ONLCR) != 0);
	say("tty.opost", "%d", (t.c_oflag & OPOST) != 0);
	say("tty.echo", "%d", (t.c_lflag & ECHO) != 0);
	say("tty.icanon", "%d", (t.c_lflag & ICANON) != 0);
	say("tty.isig", "%d", (t.c_lflag & ISIG) != 0);
	say("tty.foreground", "%d", tcgetpgrp(0) == getpgrp());
	say_link("tty.name", AT_FDCWD, "/proc/self/fd/0");
}

static void keyring(void)
{
	long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
	char text[512], label[512] = "";

	if (id < 0 || syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof(text)) < 0)
		say("keyring", "%s", strerrorname_np(errno));
	else
		say("keyring", "%s", text);
	say("keyring.id", "%ld", id);
	if (id >= 0 && syscall(SYS_keyctl, KEYCTL_GET_SECURITY, id, label, sizeof(label) - 1) > 0)
		say("keyring.label", "%s", label);
}

static void cgroup(void)
{
	const char *text = slurp("/proc/self/cgroup", NULL), *line = text ? strstr(text, "0::") : NULL;

	if (line)
		say("cgroup", "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
}

static void clocks(void)
{
	struct timespec m, b;

	if (clock_gettime(CLOCK_MONOTONIC, &m) < 0 || clock_gettime(CLOCK_BOOTTIME, &b) < 0)
		return;
	say("clock.monotonic", "%lld", (long long)m.tv_sec);
	say("clock.boottime", "%lld", (long long)b.tv_sec);
}

static void one_device(int dir, const char *name)
{
	char key[300], target[1024];
	struct stat st;
	ssize_t n;

	snprintf(key, sizeof(key), "dev.%s", name);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		say(key, "%s", strerrorname_np(errno));
	} else if (S_ISLNK(st.st_mode)) {
		n = readlinkat(dir, name, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		say(key, "link %s", target);
	} else if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		say(key, "%c %u:%u %04o %u:%u", S_ISCHR(st.st_mode) ? 'c' : 'b', major(st.st_rdev), minor(st.st_rdev), st.st_mode & 07777, st.st_uid, st.st_gid);
	} else {
		say(key, "%s %04o %u:%u", S_ISDIR(st.st_mode) ? "dir" : S_ISFIFO(st.st_mode) ? "fifo" : "file", st.st_mode & 07777, st.st_uid, st.st_gid);
	}
}

static void devices(void)
{
	each_name("/dev", one_device);
}

const struct section system_sections[] = {
	{ "names", names }, { "ns", namespaces }, { "maps", maps }, { "mounts", mounts }, { "fds", descriptors }, { "tty", terminal },
	{ "keyring", keyring }, { "cgroup", cgroup }, { "clocks", clocks }, { "dev", devices }, { "net", network }, { NULL, NULL }
};

static int in_table(const struct section *s, const char *name)
{
	int n = 0;

	for (; s->name; s++) {
		if (name && strcmp(s->name, name))
			continue;
		s->print();
		n++;
	}
	return n;
}

int report(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (in_table(process_sections, argv[i]) + in_table(system_sections, argv[i]) == 0) {
			fprintf(stderr, "guest: no section %s\n", argv[i]);
			return 125;
		}
	}
	if (argc == 0 && in_table(process_sections, NULL) + in_table(system_sections, NULL) == 0)
		return 125;
	return 0;
}
