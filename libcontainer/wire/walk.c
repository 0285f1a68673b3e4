/* room: any — the walk */
#include "wire/walk.h"
#include "sys/sys.h"

#include <stdio.h>

enum { MAX_EXPORTS = 8 };

static size_t run_end(const struct plan *p, size_t i, size_t to)
{
	while (i + 1 < to && p->step[i + 1].room == p->step[i].room)
		i++;
	return i;
}

/* The slots that the steps first..last of a child leave to the host, in plan order. */
static size_t exports(const struct plan *p, size_t first, size_t last, slot_t out[MAX_EXPORTS])
{
	size_t n = 0;

	for (size_t i = first; i <= last && n < MAX_EXPORTS; i++) {
		const struct step *s = &p->step[i];

		if (!op_info[s->op].exports)
			continue;
		out[n++] = s->op == OP_CLONE ? s->clone.pidfd : s->console.master;
	}
	return n;
}

int walk_blame(const struct plan *p, size_t i, struct err *e)
{
	const struct step *s = &p->step[i];

	if (e->step)	/* the child that failed has said where */
		return -1;
	e->step = (uint16_t)(i + 1);
	e->room = (uint8_t)s->room;
	snprintf(e->op, sizeof(e->op), "%s", op_info[s->op].name);
	return err_why(e, s->why);
}

static int own_run(const struct plan *p, size_t first, size_t last, struct baton *b, step_fn *const run[OP_COUNT], void *room, struct err *e)
{
	for (size_t i = first; i <= last; i++) {
		const struct step *s = &p->step[i];

		baton_mark(b, i);
		sys_fault_step(op_info[s->op].name);
		if (!run[s->op]) {
			err_set(e, ERR_BUG, 0, "%s has no executor in room %s", op_info[s->op].name, room_name(s->room));
			return walk_blame(p, i, e);
		}
		if (run[s->op](room, s, e) < 0) {
			baton_blame_dead(b, e);
			return walk_blame(p, i, e);
		}
	}
	return 0;
}

static int hand_over(const struct plan *p, size_t first, size_t last, struct baton *b, struct fdtab *tab, struct err *e)
{
	slot_t slot[MAX_EXPORTS];
	size_t n = exports(p, first, last, slot);
	int fds[MAX_EXPORTS];

	for (size_t k = 0; k < n; k++)
		fds[k] = tab->slot[slot[k]].fd;
	TRY(baton_pass(b, ROOM_HOST, last, fds, n, e));
	for (size_t k = 0; k < n; k++)
		fd_drop(&tab->slot[slot[k]].fd);
	return 0;
}

static int peer_run(const struct plan *p, size_t first, size_t last, struct baton *b, struct fdtab *tab, struct err *e)
{
	enum room peer = p->step[first].room;
	slot_t slot[MAX_EXPORTS];
	size_t n = exports(p, first, last, slot);
	int fds[MAX_EXPORTS];

	if (p->step[last].op == OP_EXEC) {
		if (baton_pass(b, peer, first - 1, NULL, 0, e) < 0 || baton_await_exec(b, peer, e) < 0)
			return walk_blame(p, first, e);
		return 0;
	}
	if (baton_pass(b, peer, first - 1, NULL, 0, e) < 0 || baton_await(b, peer, last, fds, n, e) < 0)
		return walk_blame(p, first, e);
	for (size_t k = 0; k < n; k++)
		tab->slot[slot[k]].fd = fds[k];
	return 0;
}

int walk(const struct plan *p, size_t from, size_t to, struct baton *b, struct fdtab *tab, step_fn *const run[OP_COUNT], void *room, struct err *e)
{
	for (size_t i = from, last; i < to; i = last + 1) {
		enum room r = p->step[i].room;

		last = run_end(p, i, to);
		if (b->me == ROOM_HOST && r != ROOM_HOST) {
			TRY(peer_run(p, i, last, b, tab, e));
			continue;
		}
		if (r != b->me)
			continue;
		if (r != ROOM_HOST && baton_await(b, ROOM_HOST, i - 1, NULL, 0, e) < 0)
			return walk_blame(p, i, e);
		TRY(own_run(p, i, last, b, run, room, e));
		if (r != ROOM_HOST)
			TRY(hand_over(p, i, last, b, tab, e));
	}
	if (b->me == ROOM_HOST && to < p->n && baton_pass(b, p->step[to].room, to - 1, NULL, 0, e) < 0)
		return walk_blame(p, to, e);
	return 0;
}
