/* room: host — restore: a container again, from the bundle's configuration and the memory in the images; or nothing */
#include "life/life.h"

int life_restore(struct job *j, struct host *h, struct err *e)
{
	TRY(life_prepare(j, h, e));
	h->config = j->config.s;
	h->config_size = j->config.n;
	if (host_walk(h, j->plan->n, e) == 0)
		return 0;
	life_undo(j, h, e);
	return -1;
}
