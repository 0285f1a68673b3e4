/* room: any — lines of /proc/PID/mountinfo (proc_pid_mountinfo(5)) */
#ifndef BRIG_FS_MOUNTINFO_H
#define BRIG_FS_MOUNTINFO_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

/* One mount. Strings point into the text that was read; what the kernel escaped is plain again in root and point. */
struct mountinfo {
	unsigned major, minor;		/* of the file system, as stat(2) shows them on it */
	unsigned long long id;
	const char *root, *point, *type;
	const char *options;		/* of this mount: "ro,nosuid" */
};

/* All of our own, for mountinfo_next. */
int mountinfo_read(struct str *text, struct err *e) MUST_CHECK;

/* The next mount in *rest, which moves on; the text is cut into strings. Lines of another form are skipped. false: there is none left. */
bool mountinfo_next(char **rest, struct mountinfo *ret);

#endif
