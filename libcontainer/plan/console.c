/* room: pure — the terminal */
#include "plan/build.h"

int add_console(struct builder *b)
{
	const struct spec_process *p = &b->s->process;

	if (!p->terminal)
		return 0;
	b->console = slot_new(b, "console");
	if (b->console == SLOT_NONE)
		return -1;
	ADD(console, b, OP_CONSOLE, INIT, "/process/terminal");
	console->console.master = b->console;
	console->console.socket = SLOT_NONE;
	console->console.height = p->console_height;
	console->console.width = p->console_width;
	console->console.bind = b->p->kind == PLAN_CREATE;
	console->console.uid = p->user.uid;
	ADD(send, b, OP_CONSOLE_SEND, HOST, "/process/terminal");
	send->console.master = b->console;
	send->console.socket = b->console_socket;
	return 0;
}
