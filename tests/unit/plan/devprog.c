/* room: pure — the device program, run by an interpreter of the few instructions that it uses */
#include "tap.h"
#include "plan/plan.h"

#include <linux/bpf.h>

enum { R = DEV_ACCESS_READ, W = DEV_ACCESS_WRITE, M = DEV_ACCESS_MKNOD, RWM = R | W | M };

struct device { char type; uint32_t major, minor, access; };

static uint32_t kernel_access(const struct device *d)
{
	uint32_t a = (d->access & R ? BPF_DEVCG_ACC_READ : 0u) | (d->access & W ? BPF_DEVCG_ACC_WRITE : 0u) | (d->access & M ? BPF_DEVCG_ACC_MKNOD : 0u);

	return a << 16 | (d->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
}

/* -1: an instruction that the program has no business using, or no end */
static int run(const struct bpf_insn *code, size_t n, const struct device *d)
{
	uint32_t reg[11] = { 0 }, ctx[3] = { kernel_access(d), d->major, d->minor };

	for (size_t i = 0; i < n; i++) {
		const struct bpf_insn *x = &code[i];
		uint32_t *dst = &reg[x->dst_reg], imm = (uint32_t)x->imm;
		bool jump = false;

		switch (x->code) {
		case BPF_LDX | BPF_MEM | BPF_W: *dst = ctx[x->off / 4]; break;
		case BPF_ALU | BPF_MOV | BPF_X: *dst = reg[x->src_reg]; break;
		case BPF_ALU | BPF_MOV | BPF_K: *dst = imm; break;
		case BPF_ALU | BPF_RSH | BPF_K: *dst >>= imm; break;
		case BPF_ALU | BPF_AND | BPF_K: *dst &= imm; break;
		case BPF_JMP32 | BPF_JNE | BPF_K: jump = *dst != imm; break;
		case BPF_JMP32 | BPF_JEQ | BPF_K: jump = *dst == imm; break;
		case BPF_JMP32 | BPF_JSET | BPF_K: jump = (*dst & imm) != 0; break;
		case BPF_JMP | BPF_JA: jump = true; break;
		case BPF_JMP | BPF_EXIT: return (int)reg[0];
		default: return -1;
		}
		if (jump)
			i += (size_t)x->off;
	}
	return -1;
}

static int verdict(size_t n, const struct spec_device_rule *rule, struct device d)
{
	struct arena mem = { 0 };
	const struct bpf_insn *code;
	struct err e = { 0 };
	size_t length;
	int v = device_program(&mem, n, rule, &code, &length, &e) < 0 ? -2 : run(code, length, &d);

	arena_free(&mem);
	return v;
}

#define N(a) (sizeof(a) / sizeof((a)[0])), (a)

int main(void)
{
	static const struct spec_device_rule deny = { false, 'a', DEV_ANY, DEV_ANY, RWM, NULL };
	const struct spec_device_rule null[] = { deny, { true, 'c', 1, 3, RWM, NULL } };
	const struct spec_device_rule bits[] = { deny, { true, 'c', 1, 3, R, NULL }, { true, 'c', 1, 3, W, NULL } };
	const struct spec_device_rule hole[] = { deny, { true, 'c', 1, DEV_ANY, RWM, NULL }, { false, 'c', 1, 5, W, NULL } };
	const struct spec_device_rule open[] = { { true, 'a', DEV_ANY, DEV_ANY, RWM, NULL }, { false, 'b', 8, DEV_ANY, RWM, NULL } };
	const struct spec_device_rule reset[] = { { true, 'c', 1, 3, RWM, NULL }, deny };

	const struct spec_device_rule family[] = { deny, { true, 'c', 1, 3, RWM, NULL }, { true, 'c', 1, 5, RWM, NULL }, { true, 'c', 1, 7, RWM, NULL },
		{ false, 'c', 1, 8, W, NULL }, { true, 'b', 1, 9, RWM, NULL }, { true, 'b', 1, 10, RWM, NULL }, { true, 'b', 2, 11, RWM, NULL } };

	is_int(verdict(0, NULL, (struct device){ 'c', 1, 3, R }), 0, "no rule allows nothing");
	is_int(verdict(N(null), (struct device){ 'c', 1, 3, R | W }), 1, "an allowed node opens");
	is_int(verdict(N(null), (struct device){ 'b', 1, 3, R }), 0, "not as a block device");
	is_int(verdict(N(null), (struct device){ 'c', 1, 4, R }), 0, "nor with another minor");
	is_int(verdict(N(null), (struct device){ 'c', 2, 3, R }), 0, "nor with another major");
	is_int(verdict(N(bits), (struct device){ 'c', 1, 3, R | W }), 1, "bits add up over rules");
	is_int(verdict(N(bits), (struct device){ 'c', 1, 3, R | M }), 0, "a bit that no rule allows is missing");
	is_int(verdict(N(hole), (struct device){ 'c', 1, 5, R }), 1, "a denied bit does not deny the others");
	is_int(verdict(N(hole), (struct device){ 'c', 1, 5, R | W }), 0, "a denied bit denies the access that has it");
	is_int(verdict(N(hole), (struct device){ 'c', 1, 3, RWM }), 1, "and not other nodes");
	is_int(verdict(N(open), (struct device){ 'c', 200, 7, RWM }), 1, "allow all is all");
	is_int(verdict(N(open), (struct device){ 'b', 8, 1, R }), 0, "but a later rule wins");
	is_int(verdict(N(reset), (struct device){ 'c', 1, 3, R }), 0, "deny all resets what stood before");
	for (uint32_t minor = 3; minor <= 11; minor++) {
		is_int(verdict(N(family), (struct device){ 'c', 1, minor, RWM }), minor == 3 || minor == 5 || minor == 7, "nodes of one driver: c 1");
		is_int(verdict(N(family), (struct device){ 'b', 1, minor, RWM }), minor == 9 || minor == 10, "nodes of one driver: b 1");
		is_int(verdict(N(family), (struct device){ 'b', 2, minor, R }), minor == 11, "nodes of one driver: b 2");
		is_int(verdict(N(family), (struct device){ 'c', 2, minor, R }), 0, "nodes of one driver: c 2");
	}
	return done();
}
