/* room: host — the security modules' libraries without a dynamic linker: libapparmor is linked, libselinux is asked in a process of its own */
#include "probe/lsm.h"
#include "probe/label.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <sys/apparmor.h>
#include <sys/wait.h>

/* The helper gets no environment: what it loads is the machine's, whatever the caller set. */
static int ask(const char *label, int *ret_status, struct err *e)
{
	char *argv[] = { (char *)(uintptr_t)"brig-label", (char *)(uintptr_t)label, NULL }, *envp[] = { NULL };
	struct sys_clone clone = { .exit_signal = SIGCHLD, .cgroup = FD_NONE };
	OWN_FD pidfd = FD_NONE;
	pid_t pid = sys_clone3(&clone, &pidfd);

	if (pid < 0)
		return err_sys(e, "clone3 for %s", LABEL_HELPER);
	if (pid == 0) {
		sys_execveat(AT_FDCWD, LABEL_HELPER, argv, envp, 0);
		sys_exit(LABEL_CANNOT);
	}
	return sys_wait4(pid, ret_status, 0, NULL) < 0 ? err_sys(e, "wait for %s", LABEL_HELPER) : 0;
}

int lsm_selinux(const char *label, enum lsm_answer *ret, struct err *e)
{
	struct stat st;
	int status = 0;

	*ret = LSM_DISABLED;
	if (sys_fstatat(AT_FDCWD, "/sys/fs/selinux/enforce", &st, 0) < 0 && errno == ENOENT)
		return 0;
	TRY(ask(label, &status, e));
	if (!WIFEXITED(status) || WEXITSTATUS(status) > LABEL_DISABLED)
		return err_set(e, ERR_UNSUPPORTED, 0, "%s, which asks libselinux, cannot be executed", LABEL_HELPER);
	*ret = WEXITSTATUS(status) == LABEL_VALID ? LSM_VALID : WEXITSTATUS(status) == LABEL_INVALID ? LSM_INVALID : LSM_DISABLED;
	return 0;
}

int lsm_apparmor(bool *ret_enabled, struct err *e)
{
	(void)e;
	*ret_enabled = aa_is_enabled() != 0;
	return 0;
}
