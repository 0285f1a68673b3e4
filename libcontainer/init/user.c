/* room: init — user and group ids */
#include "init/acts.h"
#include "sys/sys.h"
#include "wire/groups.h"

#include <sys/prctl.h>

static int set_ids(uint32_t uid, uint32_t gid, struct err *e)
{
	uid_t r, f, s;
	gid_t gr, ge, gs;

	if (sys_setresgid(gid, gid, gid) < 0)
		return err_sys(e, "setresgid %u", gid);
	if (sys_setresuid(uid, uid, uid) < 0)
		return err_sys(e, "setresuid %u", uid);
	if (sys_getresuid(&r, &f, &s) < 0 || sys_getresgid(&gr, &ge, &gs) < 0)
		return err_sys(e, "read the ids back");
	if (r != uid || f != uid || s != uid || gr != gid || ge != gid || gs != gid)
		return err_set(e, ERR_POLICY, 0, "the ids are %u:%u after setting %u:%u", f, ge, uid, gid);
	return 0;
}

int become_root(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	if (s->user.set_groups)
		TRY(groups_set(&(const struct ids_list){ 0 }, e));
	return set_ids(s->user.uid, s->user.gid, e);
}

/* Also with an empty list: the caller's groups must not come along (CVE-2022-36109). */
int ids(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	sys_umask(s->user.umask);
	if (s->user.set_groups)
		TRY(groups_set(&s->user.groups, e));
	if (s->user.keep_caps && sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_sys(e, "prctl PR_SET_KEEPCAPS");
	return set_ids(s->user.uid, s->user.gid, e);
	/* Here: the container's user, permitted capabilities kept, effective ones gone if it is not root. */
}
