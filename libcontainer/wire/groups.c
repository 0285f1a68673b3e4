/* room: any — setting of supplementary groups */
#include "wire/groups.h"
#include "base/arena.h"
#include "base/own.h"
#include "sys/sys.h"


static int read_back(const struct ids_list *want, struct err *e)
{
	OWN(arena) mem = { 0 };
	gid_t *now = arena_array(&mem, want->n + 1, sizeof(*now));
	int n;

	if (!now)
		return err_oom(e);
	n = sys_getgroups(want->n + 1, now);
	if (n < 0)
		return err_sys(e, "getgroups");
	if ((size_t)n != want->n)
		return err_set(e, ERR_POLICY, 0, "%d supplementary groups after setting %zu", n, want->n);
	return 0;
}

int groups_set(const struct ids_list *want, struct err *e)
{
	if (sys_setgroups(want->n, want->item) < 0 && (errno != EPERM || want->n))
		return err_sys(e, "setgroups");
	return read_back(want, e);
}

int groups_leave(struct err *e)
{
	return sys_setgroups(0, NULL) < 0 && errno != EPERM ? err_sys(e, "setgroups") : 0;
}
