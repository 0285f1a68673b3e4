/* room: join, init — the sealed program, brig-init: what runs in a container's reach, and nothing else
 *
 * Only the host side executes it (host/program.h), with one argument: the number of the descriptor of its brief. */
#include "base/num.h"
#include "init/init.h"
#include "join/join.h"
#include "wire/brief.h"

#include <string.h>

int main(int argc, char **argv)
{
	struct brief b;
	struct err e;
	uint32_t fd;

	/* Here: the privilege and the file system of the host side, none of its memory; new namespaces, or none yet. The steps say when nobody may look in. */
	if (argc != 2 || num_u32(argv[1], &fd) < 0)
		return 2;
	memset(&e, 0, sizeof(e));
	if (brief_read((int)fd, &b, &e) < 0) {
		if (b.bytes)	/* the baton is known */
			baton_fail(&b.baton, 0, &e);
		return 1;
	}
	if (b.room == ROOM_JOIN)
		join_main(&b.plan, b.from, &b.baton, &b.tab, init_main);
	init_main(&b.plan, b.from, &b.baton, &b.tab);
}
