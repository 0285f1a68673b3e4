/* room: guest — what the kernel says about this process */
#include "guest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

/* "0\t0\t0\t0" as "0,0,0,0" */
static void say_list(const char *key, const char *value)
{
	char text[4096];
	size_t n = 0;

	for (const char *c = value; *c && n < sizeof(text) - 1; c++)
		text[n++] = *c == '\t' || *c == ' ' ? ',' : *c;
	while (n && text[n - 1] == ',')
		n--;
	text[n] = '\0';
	say(key, "%s", text);
}

static void ids(void)
{
	const char *status = slurp("/proc/self/status", NULL);
	mode_t mask = umask(0);

	umask(mask);
	say("umask", "%04o", (unsigned)mask);
	if (!status) {	/* no procfs: what can be asked for without */
		uid_t r, e, s;
		gid_t gr, ge, gs;

		if (getresuid(&r, &e, &s) == 0 && getresgid(&gr, &ge, &gs) == 0) {
			say("uid", "%u,%u,%u,?", r, e, s);
			say("gid", "%u,%u,%u,?", gr, ge, gs);
		}
		return;
	}
	say_list("uid", line_value(status, "Uid"));
	say_list("gid", line_value(status, "Gid"));
	say_list("groups", line_value(status, "Groups"));
}

static void caps(void)
{
	static const char *const set[][2] = { { "inheritable", "CapInh" }, { "permitted", "CapPrm" }, { "effective", "CapEff" },
					      { "bounding", "CapBnd" }, { "ambient", "CapAmb" } };
	const char *status = slurp("/proc/self/status", NULL);

	for (size_t i = 0; status && i < sizeof(set) / sizeof(*set); i++)
		say(set[i][0], "%s", line_value(status, set[i][1]));
	say("securebits", "%d", prctl(PR_GET_SECUREBITS));
	say("no_new_privs", "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	say("seccomp", "%s", status ? line_value(status, "Seccomp") : "?");
	say("seccomp_filters", "%s", status ? line_value(status, "Seccomp_filters") : "?");
	say("dumpable", "%d", prctl(PR_GET_DUMPABLE));
}

static void limits(void)
{
	static const struct { const char *name; int what; } table[] = {
		{ "as", RLIMIT_AS }, { "core", RLIMIT_CORE }, { "cpu", RLIMIT_CPU }, { "data", RLIMIT_DATA }, { "fsize", RLIMIT_FSIZE },
		{ "locks", RLIMIT_LOCKS }, { "memlock", RLIMIT_MEMLOCK }, { "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
		{ "nofile", RLIMIT_NOFILE }, { "nproc", RLIMIT_NPROC }, { "rss", RLIMIT_RSS }, { "rtprio", RLIMIT_RTPRIO },
		{ "rttime", RLIMIT_RTTIME }, { "sigpending", RLIMIT_SIGPENDING }, { "stack", RLIMIT_STACK },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		char key[32];
		struct rlimit r;

		snprintf(key, sizeof(key), "rlimit.%s", table[i].name);
		if (getrlimit((__rlimit_resource_t)table[i].what, &r) == 0)
			say(key, "%lld,%lld", (long long)r.rlim_cur, (long long)r.rlim_max);	/* -1: unlimited */
	}
}

/* linux/sched/types.h, which does not go together with sched.h in older C libraries */
struct attr { unsigned size, policy; unsigned long long flags; int nice; unsigned priority; unsigned long long runtime, deadline, period; };

static void scheduling(void)
{
	struct attr a = { .size = sizeof(a) };
	long io = syscall(SYS_ioprio_get, 1, 0);
	const char *score = slurp("/proc/self/oom_score_adj", NULL);

	if (score)
		say("oom_score_adj", "%.*s", (int)strcspn(score, "\n"), score);
	if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) == 0)
		say("scheduler", "policy=%u nice=%d priority=%u flags=%llu runtime=%llu deadline=%llu period=%llu", a.policy, a.nice, a.priority,
		    a.flags, a.runtime, a.deadline, a.period);
	if (io >= 0)
		say("ioprio", "%ld,%ld", io >> 13, io & 0x1fff);
	say("affinity", "%s", line_value(slurp("/proc/self/status", NULL), "Cpus_allowed_list"));
}

static void place(void)
{
	char cwd[4096];

	say("cwd", "%s", syscall(SYS_getcwd, cwd, sizeof(cwd)) < 0 ? strerrorname_np(errno) : cwd);	/* the library's would hide "(unreachable)" */
	for (char **e = environ; *e; e++) {
		char key[4096];

		snprintf(key, sizeof(key), "env.%.*s", (int)strcspn(*e, "="), *e);
		say(key, "%s", strchr(*e, '=') ? strchr(*e, '=') + 1 : "");
	}
}

static void arguments(void)
{
	size_t n;
	const char *text = slurp("/proc/self/cmdline", &n);
	int i = 0;

	for (const char *c = text; c && c < text + n; c += strlen(c) + 1) {
		char key[32];

		snprintf(key, sizeof(key), "argv.%d", i++);
		say(key, "%s", c);
	}
}

static void session(void)
{
	const char *stat = slurp("/proc/self/stat", NULL), *p = stat ? strrchr(stat, ')') : NULL;
	char state;
	int ppid, pgrp, sid, tty;

	say("pid", "%d", getpid());
	if (p && sscanf(p, ") %c %d %d %d %d", &state, &ppid, &pgrp, &sid, &tty) == 5) {
		say("ppid", "%d", ppid);
		say("pgid", "%d", pgrp);
		say("sid", "%d", sid);
		say("ctty", "%d:%d", tty >> 8 & 0xfff, (tty & 0xff) | (tty >> 12 & 0xfff00));
	}
}

static void execution_domain(void)
{
	say("personality", "%08x", (unsigned)personality(0xffffffff));
}

static void memory_policy(void)
{
	int mode;
	unsigned long nodes[16] = { 0 };

	if (syscall(SYS_get_mempolicy, &mode, nodes, sizeof(nodes) * 8, 0, 0) == 0)
		say("mempolicy", "%#x %#lx", (unsigned)mode, nodes[0]);
}

const struct section process_sections[] = {
	{ "ids", ids }, { "caps", caps }, { "limits", limits }, { "sched", scheduling }, { "place", place }, { "argv", arguments },
	{ "session", session }, { "personality", execution_domain }, { "mempolicy", memory_policy }, { NULL, NULL }
};
