/* room: host — security labels are validated by the modules' own libraries, and only when a label was asked for */
#include "probe/probe.h"
#include "base/limits.h"
#include "fs/hostfile.h"
#include "probe/lsm.h"

#include <string.h>

int probe_selinux_label(const char *label, struct err *e)
{
	enum lsm_answer answer;

	TRY(lsm_selinux(label, &answer, e));
	if (answer == LSM_DISABLED)
		return err_set(e, ERR_UNSUPPORTED, 0, "selinux label is specified in config, but selinux is disabled or not supported");
	return answer == LSM_INVALID ? err_set(e, ERR_SPEC, 0, "\"%.100s\" is not a valid selinux context", label) : 0;
}

/* Lines "NAME (mode)". Not readable without root: then the kernel's own refusal at the write decides. */
static bool known_missing(const char *profile)
{
	OWN(str) text = { 0 };
	struct err ignored;
	size_t n = strlen(profile);
	char *next;

	if (hostfile_read((struct host_path){ "/sys/kernel/security/apparmor/profiles" }, LIMIT_SMALL_FILE, &text, &ignored) < 0 || !text.s)
		return false;
	next = text.s;
	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n"))
		if (strncmp(line, profile, n) == 0 && line[n] == ' ' && line[n + 1] == '(')
			return false;
	return true;
}

int probe_apparmor_profile(const char *profile, struct err *e)
{
	bool enabled;

	TRY(lsm_apparmor(&enabled, e));
	if (!enabled)
		return err_set(e, ERR_UNSUPPORTED, 0, "apparmor profile is specified in config, but apparmor is disabled or not supported");
	if (strcmp(profile, "unconfined") && known_missing(profile))
		return err_set(e, ERR_SPEC, 0, "apparmor profile \"%.100s\" is not loaded", profile);
	return 0;
}
