/* room: any — setting of resource limits */
#include "wire/rlimit.h"
#include "sys/sys.h"

int rlimit_set(pid_t pid, const struct step *s, struct err *e)
{
	struct rlimit set = { .rlim_cur = s->rlimit.soft, .rlim_max = s->rlimit.hard }, now;

	if (sys_prlimit(pid, s->rlimit.resource, NULL, &now) < 0)
		return err_sys(e, "read %s", rlimit_name(s->rlimit.resource));
	if (now.rlim_cur == set.rlim_cur && now.rlim_max == set.rlim_max)
		return 0;
	if (sys_prlimit(pid, s->rlimit.resource, &set, NULL) < 0)
		return err_sys(e, "set %s to soft %llu hard %llu", rlimit_name(s->rlimit.resource), (unsigned long long)s->rlimit.soft, (unsigned long long)s->rlimit.hard);
	return 0;
}
