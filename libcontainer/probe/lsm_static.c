/* room: host — the security modules' libraries without a dynamic linker: libapparmor is linked, libselinux is asked in a process of its own */
#include "probe/lsm.h"
#include "probe/label.h"
#include "sys/sys.h"
#include "fs/helper.h"

#include <fcntl.h>
#include <sys/apparmor.h>

int lsm_selinux(const char *label, enum lsm_answer *ret, struct err *e)
{
	/* No environment: what it loads is the machine's, whatever the caller set. */
	char *argv[] = { (char *)(uintptr_t)"brig-label", (char *)(uintptr_t)label, NULL }, *env[] = { NULL };
	OWN(str) out = { 0 };
	struct stat st;
	int status = 0;

	*ret = LSM_DISABLED;
	if (sys_fstatat(AT_FDCWD, "/sys/fs/selinux/enforce", &st, 0) < 0 && errno == ENOENT)
		return 0;
	TRY(helper_run(argv, env, &out, &status, e));
	*ret = status == LABEL_VALID ? LSM_VALID : status == LABEL_INVALID ? LSM_INVALID : LSM_DISABLED;
	return 0;
}

int lsm_apparmor(bool *ret_enabled, struct err *e)
{
	(void)e;
	*ret_enabled = aa_is_enabled() != 0;
	return 0;
}
