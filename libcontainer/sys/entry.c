/* room: any — the program's first instructions: the sealed copy (life/seal.c) is made before the C library starts, not after
 *
 * A program that will execute a copy of itself at once has no use for what the library sets up first, and on a virtual machine that costs more than the
 * copy: it asks the processor many questions, and each leaves the machine. So this runs on the bare stack, without library, relocations or
 * thread pointer: raw calls, no tables, no strings but those of the stack. It is an optimization and nothing relies on it: whatever fails here,
 * or is not recognized, main() does, and checks. Only in a static program: with a dynamic linker this would come after it. */
#ifdef __x86_64__
#include <elf.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u	/* 6.3 */
#endif

__attribute__((used)) void brig_before_libc(long *stack);

__asm__(".text\n"
	".globl brig_entry\n"
	".hidden brig_entry\n"
	".type brig_entry, @function\n"
	"brig_entry:\n"
	"	xorl %ebp, %ebp\n"
	"	movq %rsp, %rdi\n"
	"	pushq %rdx\n"		/* what the kernel hands to _start */
	"	pushq %rdx\n"
	"	call brig_before_libc\n"
	"	popq %rdx\n"
	"	popq %rdx\n"
	"	jmp _start\n");

static long raw(long n, long a, long b, long c, long d, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = f;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return ret;
}

/* Each argument is looked at, whatever option it may belong to: a copy too many changes nothing. */
static bool will_seal(char *const *argv)
{
	for (; *argv; argv++) {
		const char *s = *argv;

		if ((s[0] == 'r' && s[1] == 'u' && s[2] == 'n' && !s[3]) || (s[0] == 'e' && s[1] == 'x' && s[2] == 'e' && s[3] == 'c' && !s[4]) ||
		    (s[0] == 'c' && s[1] == 'r' && s[2] == 'e' && s[3] == 'a' && s[4] == 't' && s[5] == 'e' && !s[6]))
			return true;
	}
	return false;
}

/* The kernel names what execveat(2) was given as a descriptor /dev/fd/N. */
static bool is_copy(const Elf64_auxv_t *aux)
{
	for (; aux->a_type != AT_NULL; aux++)
		if (aux->a_type == AT_EXECFN) {
			const char *s = (const char *)aux->a_un.a_val;

			return s[0] == '/' && s[1] == 'd' && s[2] == 'e' && s[3] == 'v' && s[4] == '/' && s[5] == 'f' && s[6] == 'd' && s[7] == '/';
		}
	return true;
}

static long loaded_size(long exe)
{
	Elf64_Ehdr head;
	Elf64_Phdr part[16];
	long size, end = 0;

	if (raw(SYS_pread64, exe, (long)&head, sizeof(head), 0, 0) != (long)sizeof(head) || head.e_phentsize != sizeof(*part) || head.e_phnum > 16)
		return 0;
	size = head.e_phnum * (long)sizeof(*part);
	if (raw(SYS_pread64, exe, (long)part, size, (long)head.e_phoff, 0) != size)
		return 0;
	for (int i = 0; i < head.e_phnum; i++)
		if (part[i].p_type == PT_LOAD && (long)(part[i].p_offset + part[i].p_filesz) > end)
			end = (long)(part[i].p_offset + part[i].p_filesz);
	return end;
}

static void become_copy(long exe, char **argv, char **envp)
{
	char name[] = { 'b', 'r', 'i', 'g', 0 }, empty[] = { 0 };
	long left = loaded_size(exe), n, copy;

	copy = left > 0 ? raw(SYS_memfd_create, (long)name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC, 0, 0, 0) : -1;
	if (copy < 0)
		return;
	for (; left > 0; left -= n) {
		n = raw(SYS_sendfile, copy, exe, 0, left, 0);
		if (n <= 0)
			break;
	}
	if (left == 0 && raw(SYS_fcntl, copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE, 0, 0) == 0)
		raw(SYS_execveat, copy, (long)empty, (long)argv, (long)envp, AT_EMPTY_PATH);
	raw(SYS_close, copy, 0, 0, 0, 0);
}

void brig_before_libc(long *stack)
{
	char self[] = { '/', 'p', 'r', 'o', 'c', '/', 's', 'e', 'l', 'f', '/', 'e', 'x', 'e', 0 };
	char **argv = (char **)(stack + 1), **envp = argv + stack[0] + 1, **end = envp;
	long exe;

	while (*end)
		end++;
	if (!will_seal(argv) || is_copy((const Elf64_auxv_t *)(end + 1)))
		return;
	exe = raw(SYS_openat, AT_FDCWD, (long)self, O_RDONLY | O_CLOEXEC, 0, 0);
	if (exe < 0)
		return;
	become_copy(exe, argv, envp);
	raw(SYS_close, exe, 0, 0, 0, 0);
}
#endif
