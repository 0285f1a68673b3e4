/* room: pure — the kinds of act (ops.def) as a table; what docs/PLAN.md says of them stays in ops.def */
#include "plan/plan.h"

const struct op_info op_info[OP_COUNT] = {
#define OP(id, rooms_, wire, arg_, undo_, often_, exports_, why_) \
	[OP_##id] = { .name = wire, .rooms = (unsigned)(rooms_), .undo = UNDO_##undo_, .often = OFTEN_##often_, .exports = (exports_) != 0 },
#include "plan/ops.def"
#undef OP
};

const char *room_name(enum room r)
{
	switch (r) {
	case ROOM_HOST: return "host";
	case ROOM_JOIN: return "join";
	case ROOM_INIT: return "init";
	}
	return "?";
}
