/* room: host — the seccomp profile becomes a program, by libseccomp, while nothing hostile runs */
#include "host/acts.h"
#include "base/log.h"
#include "base/str.h"
#include "state/cache.h"
#include "sys/sys.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

static void ctx_drop(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static uint32_t action_of(enum sc_action a, uint32_t value)
{
	switch (a) {
	case SC_KILL_THREAD: return SCMP_ACT_KILL_THREAD;
	case SC_KILL_PROCESS: return SCMP_ACT_KILL_PROCESS;
	case SC_TRAP: return SCMP_ACT_TRAP;
	case SC_ERRNO: return SCMP_ACT_ERRNO(value & 0xffff);
	case SC_TRACE: return SCMP_ACT_TRACE(value & 0xffff);
	case SC_ALLOW: return SCMP_ACT_ALLOW;
	case SC_LOG: return SCMP_ACT_LOG;
	case SC_NOTIFY: return SCMP_ACT_NOTIFY;
	}
	return SCMP_ACT_KILL_PROCESS;
}

static enum scmp_compare compare_of(enum sc_op op)
{
	switch (op) {
	case SC_NE: return SCMP_CMP_NE;
	case SC_LT: return SCMP_CMP_LT;
	case SC_LE: return SCMP_CMP_LE;
	case SC_EQ: return SCMP_CMP_EQ;
	case SC_GE: return SCMP_CMP_GE;
	case SC_GT: return SCMP_CMP_GT;
	case SC_MASKED_EQ: return SCMP_CMP_MASKED_EQ;
	}
	return SCMP_CMP_EQ;
}

static int lib_err(struct err *e, int rc, const char *what, const char *at)
{
	err_set(e, ERR_SYS, rc < 0 ? -rc : 0, "libseccomp: %s", what);
	return err_why(e, at);
}

/* "SCMP_ARCH_X86_64"; 0: the library does not know it */
static uint32_t arch_of(const char *text)
{
	const char *name = text + strlen("SCMP_ARCH_");
	char lower[32];
	size_t k = 0;

	for (; name[k] && k + 1 < sizeof(lower); k++)
		lower[k] = (char)(name[k] >= 'A' && name[k] <= 'Z' ? name[k] + 32 : name[k]);
	lower[k] = '\0';
	return seccomp_arch_resolve_name(lower);
}

static int add_archs(scmp_filter_ctx ctx, const struct spec_seccomp *p, struct err *e)
{
	for (size_t i = 0; i < p->archs.n; i++) {
		uint32_t arch = arch_of(p->archs.item[i]);
		int rc;

		if (arch == 0) {
			err_set(e, ERR_UNSUPPORTED, 0, "libseccomp does not know the architecture %s", p->archs.item[i]);
			return err_why(e, p->at);
		}
		rc = seccomp_arch_add(ctx, arch);
		if (rc < 0 && rc != -EEXIST)
			return lib_err(e, rc, "add an architecture", p->at);
	}
	return 0;
}

static int add_one(scmp_filter_ctx ctx, uint32_t action, int nr, unsigned n, const struct scmp_arg_cmp *cmp, const struct sc_rule *r, struct err *e)
{
	int rc = seccomp_rule_add_array(ctx, action, nr, n, cmp);

	return rc < 0 ? lib_err(e, rc, "add a rule", r->at) : 0;
}

/* Several conditions on one argument mean "any of them" in every published profile, though the library would AND them (W-18): then each
 * condition is a rule of its own. */
static int add_rule(scmp_filter_ctx ctx, const struct sc_rule *r, uint32_t action, int nr, struct err *e)
{
	struct scmp_arg_cmp cmp[6];
	bool seen[6] = { false }, twice = false;

	for (size_t i = 0; i < r->args.n; i++) {
		const struct sc_arg *a = &r->args.item[i];
		struct scmp_arg_cmp one = { .arg = a->index, .op = compare_of(a->op), .datum_a = a->value, .datum_b = a->value_two };

		twice = twice || seen[a->index];
		seen[a->index] = true;
		if (i < 6)
			cmp[i] = one;
	}
	if (!twice)
		return add_one(ctx, action, nr, (unsigned)r->args.n, cmp, r, e);
	for (size_t i = 0; i < r->args.n; i++) {
		const struct sc_arg *a = &r->args.item[i];
		struct scmp_arg_cmp one = { .arg = a->index, .op = compare_of(a->op), .datum_a = a->value, .datum_b = a->value_two };

		TRY(add_one(ctx, action, nr, 1, &one, r, e));
	}
	return 0;
}

static uint32_t errno_of(bool given, uint32_t value)
{
	return given ? value : EPERM;
}

static int add_rules(scmp_filter_ctx ctx, const struct spec_seccomp *p, uint32_t fallback, struct err *e)
{
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct sc_rule *r = &p->rules.item[i];
		uint32_t action = action_of(r->action, errno_of(r->has_errno, r->errno_ret));

		if (action == fallback)
			continue;	/* the library refuses rules that say what happens anyway */
		for (size_t k = 0; k < r->names.n; k++) {
			int nr = seccomp_syscall_resolve_name(r->names.item[k]);

			if (nr == __NR_SCMP_ERROR) {
				log_debug("seccomp: unknown system call %s, ignoring", r->names.item[k]);
				continue;
			}
			TRY(add_rule(ctx, r, action, nr, e));
		}
	}
	return 0;
}

static int export_bpf(scmp_filter_ctx ctx, struct arena *mem, struct slot *out, struct err *e)
{
	OWN_FD fd = sys_memfd("seccomp", 0);
	struct stat st;
	int rc;

	if (fd < 0)
		return err_sys(e, "memfd_create");
	rc = seccomp_export_bpf(ctx, fd);
	if (rc < 0)
		return err_set(e, ERR_SYS, -rc, "libseccomp: export the program");
	if (sys_fstat(fd, &st) < 0)
		return err_sys(e, "stat the seccomp program");
	out->data = arena_raw(mem, (size_t)st.st_size);
	if (!out->data)
		return err_oom(e);
	if (sys_pread(fd, out->data, (size_t)st.st_size, 0) != (ssize_t)st.st_size)
		return err_sys(e, "read the seccomp program");
	out->size = (size_t)st.st_size;
	return 0;
}

/* ---- system calls that are newer than the profile ---- */

enum { X32_BIT = 0x40000000, PER_ARCH = 5, MAX_ARCHS = 16 };

static int newest(const struct spec_seccomp *p, uint32_t arch)
{
	int max = -1;

	for (size_t i = 0; i < p->rules.n; i++)
		for (size_t k = 0; k < p->rules.item[i].names.n; k++) {
			int nr = seccomp_syscall_resolve_name_arch(arch, p->rules.item[i].names.item[k]);

			if (nr > max && nr < X32_BIT)
				max = nr;
		}
	return max;
}

/* Below the arm of one architecture the number is in the accumulator, not the architecture; a number that passes is neither. */
static size_t arm(struct sock_filter *f, uint32_t arch, uint32_t max)
{
	const struct sock_filter code[PER_ARCH] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch, 0, PER_ARCH - 1),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 2, 0),	/* x32: the profile's own part decides */
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, max, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};

	memcpy(f, code, sizeof(code));
	return PER_ARCH;
}

/* A program that asks for a call newer than every one in the profile must hear ENOSYS, or it will not use the older one (compatibility 2.8):
 * the profile's author could not have meant it. Still refused, so nothing is opened by this. */
static int put_newer_first(const struct spec_seccomp *p, struct arena *mem, struct slot *out, struct err *e)
{
	struct sock_filter stub[1 + MAX_ARCHS * PER_ARCH] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)) };
	uint32_t native = seccomp_arch_native();
	size_t n = 1, size;
	char *whole;

	if (newest(p, native) >= 0)
		n += arm(stub + n, native, (uint32_t)newest(p, native));
	for (size_t i = 0; i < p->archs.n && n + PER_ARCH <= sizeof(stub) / sizeof(*stub); i++) {
		uint32_t arch = arch_of(p->archs.item[i]);

		if (arch == 0 || arch == native || arch == SCMP_ARCH_X32 || newest(p, arch) < 0)
			continue;
		n += arm(stub + n, arch, (uint32_t)newest(p, arch));
	}
	size = n * sizeof(*stub);
	whole = arena_raw(mem, size + out->size);
	if (!whole)
		return err_oom(e);
	memcpy(whole, stub, size);
	memcpy(whole + size, out->data, out->size);
	out->data = whole;
	out->size += size;
	return 0;
}

/* Everything that the program depends on, one line per rule: the cache finds it again by this. */
static int cache_key(const struct spec_seccomp *p, struct str *key, struct err *e)
{
	const struct scmp_version *v = seccomp_version();

	str_addf(key, "libseccomp %u.%u.%u native %#x newer ENOSYS default %d %d %u\n", v->major, v->minor, v->micro, seccomp_arch_native(), (int)p->default_action,
		 p->has_default_errno, p->default_errno);
	for (size_t i = 0; i < p->archs.n; i++)
		str_addf(key, "%s\n", p->archs.item[i]);
	for (size_t i = 0; i < p->rules.n; i++) {
		const struct sc_rule *r = &p->rules.item[i];

		str_addf(key, "%d %d %u", (int)r->action, r->has_errno, r->errno_ret);
		for (size_t k = 0; k < r->args.n; k++)
			str_addf(key, " [%u %d %llu %llu]", r->args.item[k].index, (int)r->args.item[k].op, (unsigned long long)r->args.item[k].value,
				 (unsigned long long)r->args.item[k].value_two);
		for (size_t k = 0; k < r->names.n; k++)	/* with its NUL: no name can pretend to be two */
			str_addn(key, r->names.item[k], strlen(r->names.item[k]) + 1);
		str_addc(key, '\n');
	}
	return str_ok(key, e);
}

static int compile(const struct spec_seccomp *p, struct arena *mem, struct slot *out, struct err *e)
{
	uint32_t fallback = action_of(p->default_action, errno_of(p->has_default_errno, p->default_errno));
	__attribute__((cleanup(ctx_drop))) scmp_filter_ctx ctx = seccomp_init(fallback);
	int rc;

	if (!ctx)
		return lib_err(e, 0, "cannot start a filter with this default action", p->at);
	TRY(add_archs(ctx, p, e));
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);	/* a binary tree of numbers instead of a list (2.5.0) */
	if (rc < 0)
		return lib_err(e, rc, "choose the binary tree", p->at);
	TRY(add_rules(ctx, p, fallback, e));
	TRY(export_bpf(ctx, mem, out, e));
	if (p->default_action != SC_ERRNO || fallback == SCMP_ACT_ERRNO(ENOSYS))
		return 0;
	return put_newer_first(p, mem, out, e);
}

int seccomp_compile(struct host *h, const struct step *s, struct err *e)
{
	struct slot *out = &h->tab.slot[s->seccomp.slot];
	struct host_path cache = { h->request->cache };
	OWN(str) key = { 0 };

	TRY(cache_key(s->seccomp.profile, &key, e));
	if (cache_get(cache, &key, &h->tab.mem, &out->data, &out->size))
		return 0;
	TRY(compile(s->seccomp.profile, &h->tab.mem, out, e));
	cache_put(cache, &key, out->data, out->size);
	return 0;
}
