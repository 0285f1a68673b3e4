/* room: host — self-protection: what runs in a container's reach is a sealed copy in memory (N12, CVE-2019-5736) */
#include "life/seal.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
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

static int copy(int exe, int *ret, struct err *e)
{
	OWN_FD memfd = sys_memfd("brig", MFD_ALLOW_SEALING | MFD_EXEC);
	struct stat st;

	if (memfd < 0 && errno == EINVAL)
		memfd = sys_memfd("brig", MFD_ALLOW_SEALING);	/* before 6.3 every memfd is executable */
	if (memfd < 0)
		return err_sys(e, "memfd_create for our own copy");
	if (sys_fstat(exe, &st) < 0)
		return err_sys(e, "stat our own program");
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = sys_sendfile(memfd, exe, (size_t)left);

		if (n <= 0)
			return err_sys(e, "copy our own program");
		left -= n;
	}
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
