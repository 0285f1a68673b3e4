/* room: init — hooks on this side, and the wait for `start` */
#include "init/acts.h"
#include "base/str.h"
#include "sys/sys.h"
#include "wire/hookrun.h"

#include <stdlib.h>
#include <string.h>

int hook_init(struct init *in, const struct step *s, struct err *e)
{
	bool inside = s->hook.kind == HOOK_START_CONTAINER;
	OWN(str) state = { 0 };
	struct hook_call c = { .hook = s->hook.hook, .kind = s->hook.kind, .index = s->hook.index, .cwd = inside ? "/" : s->hook.cwd };
	struct strings env = { 0 };

	while (in->env && in->env[env.n])
		env.n++;
	env.item = (const char *const *)in->env;
	if (inside)
		c.env = &env;
	str_addf(&state, "%s\"status\":\"%s\",\"pid\":%d%s", in->plan->state_head, s->hook.status, sys_getpid(), in->plan->state_tail);
	TRY(str_ok(&state, e));
	c.state = state.s;
	return hook_run(&c, e);
}

/* From here on failures go to whoever runs `start`: the FIFO is open for both directions, so a byte is the only thing that ends the read. */
int wait_start(struct init *in, const struct step *s, struct err *e)
{
	char go;
	ssize_t n;

	in->answer = s->fifo.out;
	n = sys_read(in->tab->slot[s->fifo.in].fd, &go, 1);
	if (n != 1)
		return err_sys(e, "wait for start");
	return 0;
}
