/* room: pure — the end of create and the beginning of start */
#include "plan/build.h"

int add_state_created(struct builder *b)
{
	ADD(created, b, OP_STATE_CREATED, HOST, "default: from now on the container exists for others");
	created->path.out = SLOT_NONE;
	created->path.path.s = b->r->pid_file;
	return 0;
}

int add_wait_start(struct builder *b)
{
	ADD(wait, b, OP_WAIT_START, INIT, "default: the program runs when `start` says so");
	wait->fifo.in = b->start_in;
	wait->fifo.out = b->start_out;
	return 0;
}
