/* room: init — which descriptors there are */
#include "init/acts.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static uint32_t preserved(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->step[i].op == OP_FDS_CLOEXEC)
			return p->step[i].fds.keep;
	return 0;
}

static size_t own(struct init *in, int *list)
{
	size_t n = 0;

	list[n++] = in->baton->child_end[1];
	for (size_t i = 0; i < in->plan->n; i++) {
		const struct step *s = &in->plan->step[i];
		struct step_slots t = step_slots(s);

		if (s->room != ROOM_INIT)
			continue;
		for (unsigned k = 0; k < t.n_in; k++)
			if (in->tab->slot[t.in[k]].fd >= 0)
				list[n++] = in->tab->slot[t.in[k]].fd;
	}
	return n;
}

int fds_keep_own(struct init *in, struct err *e)
{
	OWN(arena) mem = { 0 };
	int *list = arena_array(&mem, 3 * in->plan->n + 1, sizeof(int));
	unsigned next = 3 + preserved(in->plan);
	size_t n;

	if (!list)
		return err_oom(e);
	n = own(in, list);
	qsort(list, n, sizeof(*list), by_number);
	for (size_t i = 0; i < n; i++) {
		unsigned fd = (unsigned)list[i];

		if (fd > next && sys_close_range(next, fd - 1, 0) < 0)
			return err_sys(e, "close_range %u-%u", next, fd - 1);
		if (fd >= next)
			next = fd + 1;
	}
	if (sys_close_range(next, ~0u, 0) < 0)
		return err_sys(e, "close_range from %u", next);
	return 0;
}

/* The only place that makes descriptors survive execve. Before the seccomp filter, which might forbid the calls (W-14). */
int fds_cloexec(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	for (uint32_t i = 0; i < s->fds.keep; i++)
		if (sys_cloexec((int)(3 + i), false) < 0)
			return err_sys(e, "keep descriptor %u open", 3 + i);
	if (sys_close_range(3 + s->fds.keep, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return err_sys(e, "close_range CLOEXEC");
	return 0;
}
