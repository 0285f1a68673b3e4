/* room: host — self-protection: what runs in a container's reach is a sealed copy in memory (N12, CVE-2019-5736) */
#include "life/seal.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <link.h>
#include <linux/memfd.h>
#include <sys/prctl.h>

#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x0020	/* 6.3 */
#endif
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u	/* 6.3 */
#endif

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static bool sealed(int exe)
{
	int seals = sys_get_seals(exe);

	return seals >= 0 && (seals & SEALS) == SEALS;
}

/* What of the file is loaded: symbols and debugging information lie behind it, and copying those would double the time of a start. */
static int loaded_size(int exe, const ElfW(Ehdr) *head, off_t *ret, struct err *e)
{
	ElfW(Phdr) part[16];
	size_t n = head->e_phnum * sizeof(*part);

	if (head->e_phentsize != sizeof(*part) || n > sizeof(part) || sys_pread(exe, part, n, (off_t)head->e_phoff) != (ssize_t)n)
		return err_set(e, ERR_BUG, 0, "our own program is not what it was when it was built");
	*ret = 0;
	for (size_t i = 0; i < head->e_phnum; i++) {
		off_t end = (off_t)(part[i].p_offset + part[i].p_filesz);

		if (part[i].p_type == PT_LOAD && end > *ret)
			*ret = end;
	}
	return 0;
}

/* The sections were left out, so the head must not promise them: whoever reads it (a debugger, a sanitizer) would look behind the end. */
static int drop_sections(int memfd, ElfW(Ehdr) *head, struct err *e)
{
	head->e_shoff = 0;
	head->e_shnum = head->e_shstrndx = 0;
	return sys_pwrite(memfd, head, sizeof(*head), 0) == (ssize_t)sizeof(*head) ? 0 : err_sys(e, "write the head of our own copy");
}

static int copy(int exe, int *ret, struct err *e)
{
	OWN_FD memfd = sys_memfd("brig", MFD_ALLOW_SEALING | MFD_EXEC);
	ElfW(Ehdr) head;
	off_t left = 0;

	if (memfd < 0 && errno == EINVAL)
		memfd = sys_memfd("brig", MFD_ALLOW_SEALING);	/* before 6.3 every memfd is executable */
	if (memfd < 0)
		return err_sys(e, "memfd_create for our own copy");
	if (sys_pread(exe, &head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return err_sys(e, "read our own program");
	TRY(loaded_size(exe, &head, &left, e));
	while (left > 0) {
		ssize_t n = sys_sendfile(memfd, exe, (size_t)left);

		if (n <= 0)
			return err_sys(e, "copy our own program");
		left -= n;
	}
	TRY(drop_sections(memfd, &head, e));
	if (sys_seal(memfd, SEALS) < 0)
		return err_sys(e, "seal our own copy");
	*ret = fd_take(&memfd);
	return 0;
}

int seal_self(char *const argv[], char *const envp[], struct err *e)
{
	OWN_FD exe = sys_openat(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0), memfd = FD_NONE;

	if (exe < 0)
		return err_sys(e, "open our own program: is /proc mounted");
	if (sealed(exe)) {
		sys_prctl(PR_SET_NAME, (unsigned long)"brig", 0, 0, 0);
		return 0;
	}
	TRY(copy(exe, &memfd, e));
	sys_execveat(memfd, "", argv, envp, AT_EMPTY_PATH);
	return err_sys(e, "execute our own copy");
}
