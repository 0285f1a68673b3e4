/* room: any — the brief */
#include "wire/brief.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "plan/pack.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <string.h>

struct head {
	enum room room;
	int child_end[2];
	bool debug;			/* messages that only --debug shows are made */
	bool stand_in[3];		/* a standard stream that the caller did not have: it is gone when the container's program is executed */
	size_t from, slots, plan, size;	/* plan: distance of its bytes from here; size: of all */
};

enum { ALIGN = _Alignof(max_align_t), ROOM = 12000 };

static void align(struct str *t)
{
	while (t->n % ALIGN && !t->failed)
		str_addc(t, 0);
}

static bool goes_along(enum room room, enum room step)
{
	return step == ROOM_INIT || (step == ROOM_JOIN && room == ROOM_JOIN);
}

/* The numbers of its descriptors, and what a slot holds in memory: the filter. */
static void slots(const struct fdtab *tab, struct str *out)
{
	str_addn(out, (const char *)tab->slot, tab->n * sizeof(*tab->slot));
	for (size_t i = 0; i < tab->n; i++)
		if (tab->slot[i].data) {
			align(out);
			str_addn(out, tab->slot[i].data, tab->slot[i].size);
		}
}

int brief_write(const struct baton *b, enum room room, const struct plan *p, size_t from, const struct fdtab *tab, struct err *e)
{
	struct head head = { .room = room, .child_end = { b->child_end[0], b->child_end[1] }, .from = from, .slots = tab->n, .debug = log_has_debug() };
	OWN(str) out = { 0 };
	size_t room_needed;

	for (int i = 0; i < 3; i++)
		head.stand_in[i] = sys_is_cloexec(i);
	room_needed = ROOM;
	for (size_t i = 0; i < tab->n; i++)
		room_needed += tab->slot[i].size;
	str_room(&out, room_needed);	/* for all of it, mostly: what is not used is not touched */
	str_addn(&out, (const char *)&head, sizeof(head));
	align(&out);
	slots(tab, &out);
	align(&out);
	head.plan = out.n;
	plan_pack(p, &out);
	TRY(str_ok(&out, e));
	head.size = out.n;
	memcpy(out.s, &head, sizeof(head));
	if (sys_pwrite(b->brief, out.s, out.n, sizeof(struct mark_page)) != (ssize_t)out.n)
		return err_sys(e, "write the brief of %s", room_name(room));
	return 0;
}

int brief_keep(const struct baton *b, enum room room, const struct plan *p, const struct fdtab *tab)
{
	bool done[LIMIT_SLOTS] = { false };

	for (int i = 0; i < 3; i++)
		if (sys_is_cloexec(i) && sys_cloexec(i, false) < 0)
			return -1;
	for (unsigned i = room == ROOM_JOIN ? 0 : 1; i < 2; i++)
		if (sys_cloexec(b->child_end[i], false) < 0)
			return -1;
	for (size_t i = 0; i < p->n; i++) {
		struct step_slots t = step_slots(&p->step[i]);

		for (unsigned k = 0; goes_along(room, p->step[i].room) && k < t.n_in; k++) {
			if (done[t.in[k]] || tab->slot[t.in[k]].fd < 0)
				continue;
			done[t.in[k]] = true;
			if (sys_cloexec(tab->slot[t.in[k]].fd, false) < 0)
				return -1;
		}
	}
	return sys_cloexec(b->brief, false);
}

static int broken(struct err *e)
{
	return err_set(e, ERR_PEER, 0, "the brief of the host is not whole");
}

/* The table, and what slots hold, where it lies: the sealed program keeps the bytes. */
static int read_slots(unsigned char *bytes, const struct head *h, struct fdtab *ret, struct err *e)
{
	size_t at = (sizeof(*h) + ALIGN - 1) / ALIGN * ALIGN, size = h->slots * sizeof(*ret->slot);

	if (h->slots > LIMIT_SLOTS || at + size > h->plan)
		return broken(e);
	ret->slot = (void *)(bytes + at);
	ret->n = h->slots;
	at += size;
	for (size_t i = 0; i < ret->n; i++) {
		struct slot *s = &ret->slot[i];

		if (!s->data)
			continue;
		at = (at + ALIGN - 1) / ALIGN * ALIGN;
		if (at > h->plan || s->size > h->plan - at)
			return broken(e);
		s->data = bytes + at;
		at += s->size;
	}
	return 0;
}

int brief_read(int fd, struct brief *ret, struct err *e)
{
	struct head head;
	const off_t at = sizeof(struct mark_page);

	*ret = (struct brief){ .baton = { .brief = fd, .host_end = { FD_NONE, FD_NONE } } };
	if (sys_close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return err_sys(e, "close_range CLOEXEC");
	if (sys_pread(fd, &head, sizeof(head), at) != (ssize_t)sizeof(head))
		return broken(e);
	if (head.size < sizeof(head) || head.plan < sizeof(head) || head.plan > head.size)
		return broken(e);
	for (int i = 0; i < 3; i++)
		if (head.stand_in[i] && sys_cloexec(i, true) < 0)
			return err_sys(e, "make the stand-in of standard stream %d close-on-exec", i);
	log_debug_on(head.debug);
	ret->room = head.room;
	ret->from = head.from;
	memcpy(ret->baton.child_end, head.child_end, sizeof(head.child_end));
	ret->baton.plan = &ret->plan;
	ret->baton.me = head.room;
	ret->bytes = arena_raw(&ret->mem, head.size);
	if (!ret->bytes)
		return err_oom(e);
	if (sys_pread(fd, ret->bytes, head.size, at) != (ssize_t)head.size)
		return broken(e);
	TRY(read_slots(ret->bytes, &head, &ret->tab, e));
	TRY(plan_unpack((unsigned char *)ret->bytes + head.plan, head.size - head.plan, &ret->plan, e));
	TRY(baton_map(&ret->baton, e));
	fd_drop(&ret->baton.brief);
	return 0;
}
