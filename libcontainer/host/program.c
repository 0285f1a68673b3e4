/* room: host — the sealed program */
#include "host/program.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010u	/* 6.3 */
#endif

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

extern const unsigned char sealed_program[], sealed_program_end[];	/* host/program_bytes.S */

int program_seal(int *ret, struct err *e)
{
	OWN_FD memfd = sys_memfd("brig-init", MFD_ALLOW_SEALING | MFD_EXEC);

	if (memfd < 0 && errno == EINVAL)
		memfd = sys_memfd("brig-init", MFD_ALLOW_SEALING);	/* before 6.3 every memfd is executable */
	if (memfd < 0)
		return err_sys(e, "memfd_create for the sealed program");
	if (sys_write_all(memfd, sealed_program, (size_t)(sealed_program_end - sealed_program)) < 0)
		return err_sys(e, "write the sealed program");
	if (sys_seal(memfd, SEALS) < 0)
		return err_sys(e, "seal the program");
	*ret = fd_take(&memfd);
	return 0;
}

void program_execute(int program, int brief)
{
	char name[] = "brig-init", number[16];
	char *argv[] = { name, number, NULL };

	snprintf(number, sizeof(number), "%d", brief);
	sys_execveat(program, "", argv, sys_fault_environment(), AT_EMPTY_PATH);
}
