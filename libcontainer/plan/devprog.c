/* room: pure — device rules as an eBPF program
 *
 * Each bit of an access (read, write, mknod) is decided by the last rule that names it. The program walks the rules from the last to the first
 * with the undecided bits in R3: an allowing rule takes its bits away, and none left means yes; a denying rule that meets one means no. */
#include "plan/plan.h"
#include "base/limits.h"

#include <linux/bpf.h>

enum { RULE_INSNS = 8, FRAME_INSNS = 8, MAX_SIBLINGS = 1000, ALL = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE };

struct code { struct bpf_insn *at; size_t n; };

static void emit(struct code *c, unsigned op, unsigned dst, unsigned src, int off, uint32_t imm)
{
	c->at[c->n++] = (struct bpf_insn){ .code = (uint8_t)op, .dst_reg = dst & 15, .src_reg = src & 15, .off = (int16_t)off, .imm = (int32_t)imm };
}

static void verdict(struct code *c, bool yes)
{
	emit(c, BPF_ALU | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, yes);
	emit(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* R2 type, R3 access, R4 major, R5 minor */
static void load_context(struct code *c)
{
	emit(c, BPF_LDX | BPF_MEM | BPF_W, BPF_REG_2, BPF_REG_1, offsetof(struct bpf_cgroup_dev_ctx, access_type), 0);
	emit(c, BPF_ALU | BPF_MOV | BPF_X, BPF_REG_3, BPF_REG_2, 0, 0);
	emit(c, BPF_ALU | BPF_RSH | BPF_K, BPF_REG_3, 0, 0, 16);
	emit(c, BPF_ALU | BPF_AND | BPF_K, BPF_REG_2, 0, 0, 0xffff);
	emit(c, BPF_LDX | BPF_MEM | BPF_W, BPF_REG_4, BPF_REG_1, offsetof(struct bpf_cgroup_dev_ctx, major), 0);
	emit(c, BPF_LDX | BPF_MEM | BPF_W, BPF_REG_5, BPF_REG_1, offsetof(struct bpf_cgroup_dev_ctx, minor), 0);
}

static uint32_t access_bits(uint32_t a)
{
	return (a & DEV_ACCESS_READ ? BPF_DEVCG_ACC_READ : 0u) | (a & DEV_ACCESS_WRITE ? BPF_DEVCG_ACC_WRITE : 0u) |
	       (a & DEV_ACCESS_MKNOD ? BPF_DEVCG_ACC_MKNOD : 0u);
}

/* Returns true when nothing gets past this rule: the verifier refuses unreachable code behind it. */
static bool rule_code(struct code *c, const struct spec_device_rule *r)
{
	size_t test[3], tests = 0;
	uint32_t bits = access_bits(r->access);

	if (r->type != 'a') {
		test[tests++] = c->n;
		emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_2, 0, 0, r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	}
	if (r->major != DEV_ANY) {
		test[tests++] = c->n;
		emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_4, 0, 0, (uint32_t)r->major);
	}
	if (r->minor != DEV_ANY) {
		test[tests++] = c->n;
		emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_5, 0, 0, (uint32_t)r->minor);
	}
	if (bits != ALL && r->allow) {
		emit(c, BPF_ALU | BPF_AND | BPF_K, BPF_REG_3, 0, 0, ~bits);
		emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_3, 0, 2, 0);
	} else if (bits != ALL) {
		emit(c, BPF_JMP32 | BPF_JSET | BPF_K, BPF_REG_3, 0, 1, bits);
		emit(c, BPF_JMP | BPF_JA, 0, 0, 2, 0);
	}
	verdict(c, r->allow);
	for (size_t i = 0; i < tests; i++)
		c->at[test[i]].off = (int16_t)(c->n - test[i] - 1);
	return tests == 0 && bits == ALL;
}

static bool whole_node(const struct spec_device_rule *r)
{
	return r->allow && access_bits(r->access) == ALL && r->type != 'a' && r->major != DEV_ANY && r->minor != DEV_ANY;
}

/* How many rules, from this one back, allow everything to nodes of one driver: between those the order decides nothing. */
static size_t siblings(const struct spec_device_rule *last, size_t most)
{
	size_t n = 0;

	while (n < most && n < MAX_SIBLINGS && whole_node(&last[-(ptrdiff_t)n]) && last[-(ptrdiff_t)n].type == last->type && last[-(ptrdiff_t)n].major == last->major)
		n++;
	return n;
}

/* One look at type and driver for all of them: the verifier follows every branch, and its time is the container's. */
static void siblings_code(struct code *c, const struct spec_device_rule *last, size_t n)
{
	emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_2, 0, (int)(n + 3), last->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_4, 0, (int)(n + 2), (uint32_t)last->major);
	for (size_t i = 0; i + 1 < n; i++)
		emit(c, BPF_JMP32 | BPF_JEQ | BPF_K, BPF_REG_5, 0, (int)(n - 1 - i), (uint32_t)last[-(ptrdiff_t)i].minor);
	emit(c, BPF_JMP32 | BPF_JNE | BPF_K, BPF_REG_5, 0, 2, (uint32_t)last[-(ptrdiff_t)(n - 1)].minor);
	verdict(c, true);
}

int device_program(struct arena *mem, size_t n, const struct spec_device_rule *rule, const struct bpf_insn **ret, size_t *ret_n, struct err *e)
{
	struct code c = { 0 };
	bool closed = false;

	if (n > LIMIT_LIST)
		return err_set(e, ERR_SPEC, 0, "more than %u device rules", LIMIT_LIST);
	c.at = arena_array(mem, n * RULE_INSNS + FRAME_INSNS, sizeof(*c.at));
	if (!c.at)
		return err_oom(e);
	load_context(&c);
	for (size_t i = n, k; i > 0 && !closed; i -= k) {
		k = siblings(&rule[i - 1], i);
		if (k > 1) {
			siblings_code(&c, &rule[i - 1], k);
			continue;
		}
		k = 1;
		if (access_bits(rule[i - 1].access))
			closed = rule_code(&c, &rule[i - 1]);
	}
	if (!closed)
		verdict(&c, false);
	*ret = c.at;
	*ret_n = c.n;
	return 0;
}
