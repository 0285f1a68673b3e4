/* room: host — hooks of the host's side */
#include "host/acts.h"
#include "base/str.h"
#include "wire/hookrun.h"

int hook_host(struct host *h, const struct step *s, struct err *e)
{
	OWN(str) state = { 0 };
	struct hook_call c = { .hook = s->hook.hook, .kind = s->hook.kind, .index = s->hook.index, .cwd = h->request->bundle };
	int init = host_init_pidfd(h);
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	str_addf(&state, "%s\"status\":\"%s\",\"pid\":%d%s", h->plan->state_head, s->hook.status, pid, h->plan->state_tail);
	TRY(str_ok(&state, e));
	c.state = state.s;
	c.init = &init;
	return hook_run(&c, e);
}
