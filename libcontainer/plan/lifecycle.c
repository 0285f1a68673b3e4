/* room: pure — the end of create and the beginning of start */
#include "plan/build.h"

int add_pidfd_send(struct builder *b)
{
	if (b->pidfd_socket == SLOT_NONE)
		return 0;
	ADD(send, b, OP_PIDFD_SEND, HOST, "option: --pidfd-socket");
	send->send.pidfd = b->pidfd;
	send->send.socket = b->pidfd_socket;
	send->send.payload = b->p->kind == PLAN_JOIN ? "setns" : "standard";
	return 0;
}

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
