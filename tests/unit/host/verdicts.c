/* room: host — what the published profiles say (tests/engines), compiled by the executor and asked of a small classic-BPF machine: the meaning that
 * their authors count on (W-18), and that no foreign entry gets round it (W-19) */
#include "tap.h"
#include "host/acts.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>

#define BAD 0xdeadbeefu
enum { X32 = 0x40000000, NEWUSER = 0x10000000, NEWNS = 0x00020000, CLONE_THREAD_FLAGS = 0x003d0f00, VSOCK = 40, AUDIT_PROTOCOL = 9, NETLINK = 16 };

static bool jump(unsigned op, uint32_t a, uint32_t k)
{
	switch (op) {
	case BPF_JEQ: return a == k;
	case BPF_JGT: return a > k;
	case BPF_JGE: return a >= k;
	default: return (a & k) != 0;	/* BPF_JSET */
	}
}

/* The instructions that seccomp(2) takes and libseccomp makes. */
static uint32_t ask(const struct slot *s, uint32_t arch, int nr, const uint64_t args[6])
{
	struct seccomp_data d = { .nr = nr, .arch = arch };
	const struct sock_filter *f = s->data;
	uint32_t a = 0, mem[BPF_MEMWORDS] = { 0 };

	memcpy(d.args, args, sizeof(d.args));
	for (size_t i = 0, n = s->size / sizeof(*f); i < n; i++) {
		switch (BPF_CLASS(f[i].code)) {
		case BPF_LD:
			if (BPF_MODE(f[i].code) == BPF_MEM)
				a = mem[f[i].k % BPF_MEMWORDS];
			else if (BPF_MODE(f[i].code) == BPF_IMM)
				a = f[i].k;
			else if (f[i].k + 4 <= sizeof(d))
				memcpy(&a, (const char *)&d + f[i].k, 4);
			else
				return BAD;
			break;
		case BPF_ST: mem[f[i].k % BPF_MEMWORDS] = a; break;
		case BPF_ALU: a = BPF_OP(f[i].code) == BPF_AND ? a & f[i].k : a; break;
		case BPF_JMP: i += BPF_OP(f[i].code) == BPF_JA ? f[i].k : jump(BPF_OP(f[i].code), a, f[i].k) ? f[i].jt : f[i].jf; break;
		case BPF_RET: return f[i].k;
		default: return BAD;
		}
	}
	return BAD;
}

enum { ALLOW = (int)SECCOMP_RET_ALLOW, PERM = SECCOMP_RET_ERRNO | EPERM, NOSYS = SECCOMP_RET_ERRNO | ENOSYS, INVAL = SECCOMP_RET_ERRNO | EINVAL };
enum { DOCKER = 1, CONTAINERD = 2, PODMAN = 4, DOCKERS = DOCKER | CONTAINERD, EACH = 7 };

static const struct { int engines; const char *what; uint32_t arch; int nr; uint64_t args[6]; int docker, podman; } rows[] = {
	{ EACH, "read", AUDIT_ARCH_X86_64, SYS_read, { 0 }, ALLOW, ALLOW },
	{ EACH, "openat2", AUDIT_ARCH_X86_64, SYS_openat2, { 0 }, ALLOW, ALLOW },
	{ EACH, "execve", AUDIT_ARCH_X86_64, SYS_execve, { 0 }, ALLOW, ALLOW },
	/* one argument, five rules: any of them */
	{ EACH, "personality(0)", AUDIT_ARCH_X86_64, SYS_personality, { 0 }, ALLOW, ALLOW },
	{ EACH, "personality(8)", AUDIT_ARCH_X86_64, SYS_personality, { 8 }, ALLOW, ALLOW },
	{ EACH, "personality(0x20000)", AUDIT_ARCH_X86_64, SYS_personality, { 0x20000 }, ALLOW, ALLOW },
	{ EACH, "personality(0xffffffff)", AUDIT_ARCH_X86_64, SYS_personality, { 0xffffffff }, ALLOW, ALLOW },
	{ EACH, "personality(1)", AUDIT_ARCH_X86_64, SYS_personality, { 1 }, PERM, NOSYS },
	{ EACH, "personality with high bits", AUDIT_ARCH_X86_64, SYS_personality, { 0x100000000ull }, PERM, NOSYS },
	/* a mask: threads, but no new namespaces */
	{ DOCKERS, "clone of a thread", AUDIT_ARCH_X86_64, SYS_clone, { CLONE_THREAD_FLAGS }, ALLOW, 0 },
	{ DOCKERS, "clone(NEWUSER)", AUDIT_ARCH_X86_64, SYS_clone, { CLONE_THREAD_FLAGS | NEWUSER }, PERM, 0 },
	{ DOCKERS, "clone(NEWNS)", AUDIT_ARCH_X86_64, SYS_clone, { NEWNS }, PERM, 0 },
	{ DOCKERS, "clone3: old programs must fall back", AUDIT_ARCH_X86_64, SYS_clone3, { 0 }, NOSYS, 0 },
	{ PODMAN, "clone(NEWUSER)", AUDIT_ARCH_X86_64, SYS_clone, { NEWUSER }, 0, ALLOW },
	{ DOCKERS, "mount", AUDIT_ARCH_X86_64, SYS_mount, { 0 }, PERM, 0 },
	{ DOCKERS, "unshare", AUDIT_ARCH_X86_64, SYS_unshare, { NEWUSER }, PERM, 0 },
	{ EACH, "kexec_load", AUDIT_ARCH_X86_64, SYS_kexec_load, { 0 }, PERM, PERM },
	{ EACH, "bpf", AUDIT_ARCH_X86_64, SYS_bpf, { 0 }, PERM, PERM },
	{ DOCKERS, "keyctl", AUDIT_ARCH_X86_64, SYS_keyctl, { 0 }, PERM, 0 },
	/* two arguments in one rule: both */
	{ PODMAN, "socket(NETLINK, AUDIT)", AUDIT_ARCH_X86_64, SYS_socket, { NETLINK, 0, AUDIT_PROTOCOL }, 0, INVAL },
	{ PODMAN, "socket(NETLINK, ROUTE)", AUDIT_ARCH_X86_64, SYS_socket, { NETLINK, 0, 0 }, 0, ALLOW },
	{ PODMAN, "socket(UNIX, 9)", AUDIT_ARCH_X86_64, SYS_socket, { 1, 0, AUDIT_PROTOCOL }, 0, ALLOW },
	/* newer than the profile */
	{ EACH, "a call that does not exist yet", AUDIT_ARCH_X86_64, 2000, { 0 }, NOSYS, NOSYS },
	/* other entries: i386 and x32 are in these profiles, and follow the same rules */
	{ EACH, "i386 read", AUDIT_ARCH_I386, 3, { 0 }, ALLOW, ALLOW },
	{ DOCKERS, "i386 mount", AUDIT_ARCH_I386, 21, { 0 }, PERM, 0 },
	{ DOCKERS, "i386 clone(NEWUSER)", AUDIT_ARCH_I386, 120, { NEWUSER }, PERM, 0 },
	{ EACH, "i386 personality(1)", AUDIT_ARCH_I386, 136, { 1 }, PERM, NOSYS },
	{ EACH, "x32 read", AUDIT_ARCH_X86_64, X32 | SYS_read, { 0 }, ALLOW, ALLOW },
	{ DOCKERS, "x32 mount", AUDIT_ARCH_X86_64, X32 | SYS_mount, { 0 }, PERM, 0 },
	{ EACH, "x32 personality(1)", AUDIT_ARCH_X86_64, X32 | SYS_personality, { 1 }, PERM, NOSYS },
};

static char *file(const char *name, size_t *n)
{
	static char buf[1 << 17];
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/engines/%s", getenv("top_srcdir") ? getenv("top_srcdir") : ".", name);
	f = fopen(path, "re");
	*n = f ? fread(buf, 1, sizeof(buf), f) : 0;
	if (f)
		fclose(f);
	return buf;
}

static bool compiled(const char *profile, struct fdtab *tab)
{
	static const char head[] = "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"]},\"linux\":{\"seccomp\":";
	const struct spec *s = NULL;
	struct request r = { .id = "x" };
	struct host h = { .request = &r, .tab = *tab };
	struct step step = { .op = OP_SECCOMP_COMPILE };
	OWN(str) text = { 0 };
	struct err e = { 0 };
	bool done_;

	str_addf(&text, "%s%s}}", head, profile);
	if (spec_parse("config.json", text.s, text.n, &s, &e) < 0) {
		printf("# %s\n", e.text);
		return false;
	}
	step.seccomp.profile = &s->linux_.seccomp;
	done_ = seccomp_compile(&h, &step, &e) == 0;
	*tab = h.tab;
	if (!done_)
		printf("# %s\n", e.text);
	spec_free(s);
	return done_;
}

static void published(const char *name, int engine)
{
	struct slot slot = { FD_NONE, NULL, 0 };
	struct fdtab tab = { .n = 1, .slot = &slot };
	size_t n;
	char *text = file(name, &n);
	static const uint64_t none[6];

	if (n == 0) {
		skip("%s is not here", name);
		return;
	}
	text[n] = '\0';
	if (ok(compiled(text, &tab), "%s compiles", name)) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint32_t want = (uint32_t)(engine == PODMAN ? rows[i].podman : rows[i].docker), got;

			if (!(rows[i].engines & engine))
				continue;
			got = ask(&slot, rows[i].arch, rows[i].nr, rows[i].args);
			if (!ok(got == want, "%s: %s", name, rows[i].what))
				printf("# got %#x, want %#x\n", got, want);
		}
		ok((ask(&slot, AUDIT_ARCH_AARCH64, 63, none) & SECCOMP_RET_ACTION) <= SECCOMP_RET_KILL_THREAD, "%s: an architecture that is not named is killed", name);
	}
	fdtab_close(&tab);
}

/* By hand: what no published profile shows. */
static void own(const char *what, const char *profile, int nr, const uint64_t args[6], uint32_t want)
{
	struct slot slot = { FD_NONE, NULL, 0 };
	struct fdtab tab = { .n = 1, .slot = &slot };
	uint32_t got = compiled(profile, &tab) ? ask(&slot, AUDIT_ARCH_X86_64, nr, args) : BAD;

	if (!ok(got == want, "%s", what))
		printf("# got %#x, want %#x\n", got, want);
	fdtab_close(&tab);
}

static void meanings(void)
{
	static const char twice[] = "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":["
				    "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]}]}";
	static const char native[] = "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86_64\"],\"syscalls\":[{\"names\":[\"getppid\"],\"action\":\"SCMP_ACT_ERRNO\"}]}";
	static const uint64_t one[6] = { 1 }, two[6] = { 2 }, three[6] = { 3 };

	own("two conditions on one argument: the first", twice, SYS_getppid, one, (uint32_t)PERM);
	own("two conditions on one argument: the second", twice, SYS_getppid, two, (uint32_t)PERM);
	own("two conditions on one argument: neither", twice, SYS_getppid, three, (uint32_t)ALLOW);
	own("x32 where it is not named: the number is not let through by a profile that allows", native, X32 | SYS_getppid, one, SECCOMP_RET_KILL_THREAD);
}

int main(void)
{
#ifdef __x86_64__
	published("seccomp-62745a.json", DOCKER);
	published("seccomp-c087b8.json", CONTAINERD);
	published("seccomp-7becdd.json", PODMAN);
	meanings();
#else
	skip("the numbers are those of x86-64");
#endif
	return done();
}
