/* room: pure — names that configurations and the kernel use for the same thing */
#include "spec/spec.h"
#include "base/num.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/capability.h>
#include <sys/resource.h>

/* libcap knows the names, in lower case; the specification writes them in upper case. */
const char *capability_name(unsigned number, char buf[CAPABILITY_NAME_SIZE])
{
	char *name = number < CAPS_MAX ? cap_to_name((cap_value_t)number) : NULL;
	size_t n = name ? strlen(name) : 0;
	bool known = n > 0 && n < CAPABILITY_NAME_SIZE && (name[0] < '0' || name[0] > '9');	/* an unknown one is given back as a number */

	for (size_t i = 0; known && i <= n; i++)
		buf[i] = (char)(name[i] >= 'a' && name[i] <= 'z' ? name[i] - 32 : name[i]);
	if (name)
		cap_free(name);
	return known ? buf : NULL;
}

/* cap_from_name(3) also takes other case, numbers and trailing blanks; what it found is compared with what was written. */
int name_to_capability(const char *name)
{
	char same[CAPABILITY_NAME_SIZE];
	cap_value_t cap;

	if (cap_from_name(name, &cap) < 0 || cap < 0 || !capability_name((unsigned)cap, same))
		return -1;
	return strcmp(name, same) == 0 ? cap : -1;
}

static const struct { char name[8]; int number; } signals[] = {
	{ "ABRT", SIGABRT }, { "ALRM", SIGALRM }, { "BUS", SIGBUS }, { "CHLD", SIGCHLD }, { "CONT", SIGCONT },
	{ "FPE", SIGFPE }, { "HUP", SIGHUP }, { "ILL", SIGILL }, { "INT", SIGINT }, { "IO", SIGIO },
	{ "IOT", SIGIOT }, { "KILL", SIGKILL }, { "PIPE", SIGPIPE }, { "POLL", SIGPOLL }, { "PROF", SIGPROF },
	{ "PWR", SIGPWR }, { "QUIT", SIGQUIT }, { "SEGV", SIGSEGV }, { "STKFLT", SIGSTKFLT }, { "STOP", SIGSTOP },
	{ "SYS", SIGSYS }, { "TERM", SIGTERM }, { "TRAP", SIGTRAP }, { "TSTP", SIGTSTP }, { "TTIN", SIGTTIN },
	{ "TTOU", SIGTTOU }, { "URG", SIGURG }, { "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "VTALRM", SIGVTALRM },
	{ "WINCH", SIGWINCH }, { "XCPU", SIGXCPU }, { "XFSZ", SIGXFSZ },
};

static bool same_word(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		char upper = (char)(*a >= 'a' && *a <= 'z' ? *a - 32 : *a);

		if (upper != *b)
			return false;
	}
	return *a == *b;
}

/* As the system's C library numbers them, and so engines: the first two of the kernel's 32 are its own (signal(7)). */
enum { REALTIME_MIN = 34, REALTIME_MAX = 64 };

static int realtime(const char *name)
{
	uint32_t n = 0;
	bool from_min = strncmp(name, "RTMIN", 5) == 0;
	int number;

	if (!from_min && strncmp(name, "RTMAX", 5))
		return -1;
	if (name[5] && (name[5] != (from_min ? '+' : '-') || num_u32(name + 6, &n) < 0 || n > 64))
		return -1;
	number = from_min ? REALTIME_MIN + (int)n : REALTIME_MAX - (int)n;
	return number >= REALTIME_MIN && number <= REALTIME_MAX ? number : -1;
}

int name_to_signal(const char *name)
{
	uint32_t n;

	if (name[0] >= '0' && name[0] <= '9')
		return num_u32(name, &n) == 0 && n <= 64 ? (int)n : -1;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (same_word(name, signals[i].name))
			return signals[i].number;
	return realtime(name);
}

static const char rlimits[][20] = {
	[RLIMIT_AS] = "RLIMIT_AS", [RLIMIT_CORE] = "RLIMIT_CORE", [RLIMIT_CPU] = "RLIMIT_CPU", [RLIMIT_DATA] = "RLIMIT_DATA",
	[RLIMIT_FSIZE] = "RLIMIT_FSIZE", [RLIMIT_LOCKS] = "RLIMIT_LOCKS", [RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",
	[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE", [RLIMIT_NICE] = "RLIMIT_NICE", [RLIMIT_NOFILE] = "RLIMIT_NOFILE",
	[RLIMIT_NPROC] = "RLIMIT_NPROC", [RLIMIT_RSS] = "RLIMIT_RSS", [RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",
	[RLIMIT_RTTIME] = "RLIMIT_RTTIME", [RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING", [RLIMIT_STACK] = "RLIMIT_STACK",
};

int name_to_rlimit(const char *name)
{
	for (size_t i = 0; i < sizeof(rlimits) / sizeof(*rlimits); i++)
		if (rlimits[i][0] && strcmp(name, rlimits[i]) == 0)
			return (int)i;
	return -1;
}

const char *rlimit_name(int resource)
{
	return resource >= 0 && (size_t)resource < sizeof(rlimits) / sizeof(*rlimits) && rlimits[resource][0] ? rlimits[resource] : NULL;
}

static const struct { char name[8], proc[8]; int flag; } namespaces[NS_COUNT] = {
	[NS_MOUNT] = { "mount", "mnt", CLONE_NEWNS }, [NS_UTS] = { "uts", "uts", CLONE_NEWUTS }, [NS_IPC] = { "ipc", "ipc", CLONE_NEWIPC },
	[NS_NET] = { "network", "net", CLONE_NEWNET }, [NS_PID] = { "pid", "pid", CLONE_NEWPID },
	[NS_CGROUP] = { "cgroup", "cgroup", CLONE_NEWCGROUP }, [NS_TIME] = { "time", "time", 0x80 /* CLONE_NEWTIME, 5.6 */ },
	[NS_USER] = { "user", "user", CLONE_NEWUSER },
};

int name_to_namespace(const char *name)
{
	for (int t = 0; t < NS_COUNT; t++)
		if (strcmp(name, namespaces[t].name) == 0)
			return t;
	return -1;
}

const char *namespace_name(enum ns_type t)
{
	return namespaces[t].name;
}

const char *namespace_proc_name(enum ns_type t)
{
	return namespaces[t].proc;
}

int namespace_flag(enum ns_type t)
{
	return namespaces[t].flag;
}

const char *hook_name(enum hook_kind k)
{
	static const char *const name[HOOK_COUNT] = { "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop" };

	return name[k];
}

const char *sc_action_name(enum sc_action a)
{
	static const char *const name[] = { "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
					    "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY" };

	return name[a];
}

const char *sc_op_name(enum sc_op op)
{
	static const char *const name[] = { "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ" };

	return name[op];
}

const char *const mount_option_names[] = {
	"async", "atime", "bind", "copy-symlink", "defaults", "dest-nofollow", "dev", "diratime", "dirsync",
	"exec", "idmap", "iversion", "lazytime", "loud", "mand", "noatime", "nodev", "nodiratime",
	"noexec", "noiversion", "nolazytime", "nomand", "norelatime", "nostrictatime", "nosuid", "nosymfollow", "private",
	"ratime", "rbind", "rdev", "rdiratime", "relatime", "remount", "rexec", "ridmap", "rnoatime",
	"rnodev", "rnodiratime", "rnoexec", "rnorelatime", "rnostrictatime", "rnosuid", "rnosymfollow", "ro", "rprivate",
	"rrelatime", "rro", "rrw", "rshared", "rslave", "rstrictatime", "rsuid", "rsymfollow", "runbindable",
	"rw", "shared", "silent", "slave", "src-nofollow", "strictatime", "suid", "symfollow", "sync",
	"tmpcopyup", "unbindable",
	NULL
};

const char *const seccomp_arch_names[] = {
	"SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32", "SCMP_ARCH_ARM", "SCMP_ARCH_AARCH64",
	"SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64",
	"SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64", "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390",
	"SCMP_ARCH_S390X", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64", "SCMP_ARCH_RISCV64", "SCMP_ARCH_LOONGARCH64",
	"SCMP_ARCH_M68K", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB",
	NULL
};
