/* room: any — the baton's datagrams */
#include "wire/baton.h"
#include "base/limits.h"
#include "sys/sys.h"

#include <stdio.h>
#include <string.h>

enum { DEATH_MS = 50 };
enum type { MSG_DONE = 0x42440001, MSG_FAIL, MSG_LOG };

struct msg {
	uint32_t type, step, level;
	union {
		struct err err;
		char text[LIMIT_LOG_BYTES];
	};
};

static unsigned side(enum room child)
{
	return child == ROOM_JOIN ? 0 : 1;
}

static int own_fd(const struct baton *b, enum room peer)
{
	return b->me == ROOM_HOST ? b->host_end[side(peer)] : b->child_end[side(b->me)];
}

static int pair(struct baton *b, enum room child, struct err *e)
{
	int fds[2];

	if (sys_socketpair_seqpacket(fds) < 0)
		return err_sys(e, "socketpair for %s", room_name(child));
	b->host_end[side(child)] = fds[0];
	b->child_end[side(child)] = fds[1];
	return 0;
}

int baton_map(struct baton *b, struct err *e)
{
	struct mark_page *page = sys_map_shared(b->brief, sizeof(*page));

	if (!page)
		return err_sys(e, "map the mark page");
	b->mark = &page->mark;
	return 0;
}

int baton_open(struct baton *b, const struct plan *p, struct err *e)
{
	*b = (struct baton){ .me = ROOM_HOST, .host_end = { FD_NONE, FD_NONE }, .child_end = { FD_NONE, FD_NONE }, .brief = FD_NONE, .plan = p };
	b->brief = sys_memfd("brig-brief", 0);
	if (b->brief < 0 || sys_ftruncate(b->brief, sizeof(struct mark_page)) < 0)
		return err_sys(e, "memfd_create for the brief");
	TRY(baton_map(b, e));
	atomic_store(&b->mark->listener, FD_NONE);
	if (p->uses_join)
		TRY(pair(b, ROOM_JOIN, e));
	return pair(b, ROOM_INIT, e);
}

void baton_close(struct baton *b)
{
	for (unsigned i = 0; i < 2; i++) {
		fd_drop(&b->host_end[i]);
		fd_drop(&b->child_end[i]);
	}
	fd_drop(&b->brief);
	if (b->mark)
		sys_unmap(b->mark, sizeof(struct mark_page));
	b->mark = NULL;
}

static void relay(void *arg, enum log_level level, const char *text)
{
	struct baton *b = arg;
	struct msg m = { .type = MSG_LOG, .level = level };

	snprintf(m.text, sizeof(m.text), "%s", text);
	(void)sys_write(own_fd(b, ROOM_HOST), &m, sizeof(m));	/* a message that is lost hurts nobody */
}

void baton_enter(struct baton *b, enum room me)
{
	b->me = me;
	for (unsigned i = 0; i < 2; i++) {
		fd_drop(&b->host_end[i]);
		if (me == ROOM_INIT && i != side(me))
			fd_drop(&b->child_end[i]);
	}
	log_to(relay, b);
}

void baton_parted(struct baton *b, enum room child)
{
	fd_drop(&b->child_end[side(child)]);
}

void baton_mark(struct baton *b, size_t step)
{
	if (b->me != ROOM_HOST)
		atomic_store(&b->mark->step[side(b->me)], (unsigned)step);
}

void baton_set_listener(struct baton *b, int fd)
{
	atomic_store(&b->mark->listener, fd);
}

int baton_listener(const struct baton *b)
{
	return atomic_load(&b->mark->listener);
}

int baton_pass(struct baton *b, enum room to, size_t step, const int *fds, size_t nfds, struct err *e)
{
	struct msg m;
	ssize_t n;

	memset(&m, 0, sizeof(m));
	m.type = MSG_DONE;
	m.step = (uint32_t)step;
	n = nfds ? sys_send(own_fd(b, to), &m, sizeof(m), fds, nfds) : sys_write(own_fd(b, to), &m, sizeof(m));
	if (n == (ssize_t)sizeof(m))
		return 0;
	if (n >= 0 || (errno != EPIPE && errno != ECONNRESET))
		return err_sys(e, "pass the baton to %s after step %zu", room_name(to), step);
	/* It is gone, and may have said why: what it sent is still in the socket, and after that comes the end, so this does not wait. */
	if (b->me != ROOM_HOST || baton_await(b, to, step, NULL, 0, e) == 0)
		return err_set(e, ERR_PEER, 0, "%s is gone: the baton could not be passed after step %zu", room_name(to), step);
	return -1;
}

void baton_fail(struct baton *b, size_t step, const struct err *e)
{
	struct msg m;

	memset(&m, 0, sizeof(m));
	m.type = MSG_FAIL;
	m.step = (uint32_t)step;
	m.err = *e;
	(void)sys_write(own_fd(b, ROOM_HOST), &m, sizeof(m));
}

static int died(struct baton *b, enum room from, struct err *e)
{
	unsigned step;

	if (b->me != ROOM_HOST)
		return err_set(e, ERR_PEER, 0, "the host side is gone");
	step = atomic_load(&b->mark->step[side(from)]);
	if (step >= b->plan->n || b->plan->step[step].room != from)	/* before its first step */
		for (step = 0; step + 1 < b->plan->n && b->plan->step[step].room != from; step++)
			;
	err_set(e, ERR_PEER, 0, "%s died in step %u (%s)", room_name(from), step, op_info[b->plan->step[step].op].name);
	e->step = (uint16_t)(step + 1);
	return err_why(e, b->plan->step[step].why);
}

/* Step, room and kind are the plan's, never the child's; a child that failed before its first step names none (0). */
static bool makes_sense(const struct baton *b, enum room from, const struct msg *m)
{
	if (m->step >= b->plan->n)
		return false;
	return m->err.step == 0 || (m->err.step == m->step + 1 && b->plan->step[m->step].room == from);
}

static int failed(struct baton *b, enum room from, const struct msg *m, struct err *e)
{
	struct err told = m->err;

	if (!err_received(&told) || !makes_sense(b, from, m))
		return err_set(e, ERR_PEER, 0, "%s sent a failure that makes no sense", room_name(from));
	*e = told;
	e->room = (uint8_t)from;
	snprintf(e->op, sizeof(e->op), "%s", e->step ? op_info[b->plan->step[m->step].op].name : "");
	return -1;
}

static void heard(struct baton *b, enum room from, struct msg *m)
{
	if (++b->logs > LIMIT_LOG_MESSAGES)
		return;
	err_clean(m->text, sizeof(m->text));
	if (m->level == LOG_WARN)
		log_warn("[%s] %s", room_name(from), m->text);
	else
		log_debug("[%s] %s", room_name(from), m->text);
}

static void drop_all(int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fd_drop(&fds[i]);
}

static ssize_t take(struct baton *b, enum room from, struct msg *m, int *fds, size_t nfds, size_t *got)
{
	*got = 0;
	return b->me == ROOM_HOST ? sys_recv(own_fd(b, from), m, sizeof(*m), fds, nfds, got) : sys_read(own_fd(b, from), m, sizeof(*m));
}

/* 1: a datagram of the right size; 0: end of file. */
static int receive(struct baton *b, enum room from, struct msg *m, int *fds, size_t nfds, size_t *got, struct err *e)
{
	ssize_t n = take(b, from, m, fds, nfds, got);

	if (n < 0 && errno == ECONNRESET) {	/* comes first and once; what the peer said before its end is still to be had */
		b->unread = true;
		n = take(b, from, m, fds, nfds, got);
	}
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0 && errno == EMSGSIZE)
		return err_set(e, ERR_PEER, 0, "%s sent more than the %zu bytes, or descriptors, of a message", room_name(from), sizeof(*m));
	if (n < 0)
		return err_sys(e, "receive from %s", room_name(from));
	if (n == (ssize_t)sizeof(*m))
		return 1;
	drop_all(fds, *got < nfds ? *got : nfds);
	return err_set(e, ERR_PEER, 0, "%s sent %zd bytes instead of %zu", room_name(from), n, sizeof(*m));
}

int baton_await(struct baton *b, enum room from, size_t step, int *fds, size_t nfds, struct err *e)
{
	for (;;) {
		struct msg m;
		size_t got;
		int rc = receive(b, from, &m, fds, nfds, &got, e);

		TRY(rc);
		if (rc == 0)
			return died(b, from, e);
		if (m.type == MSG_DONE && m.step == step && got == nfds)
			return 0;
		drop_all(fds, got < nfds ? got : nfds);
		if (m.type == MSG_FAIL && b->me == ROOM_HOST && got == 0)
			return failed(b, from, &m, e);
		if (m.type == MSG_LOG && b->me == ROOM_HOST && got == 0) {
			heard(b, from, &m);
			continue;
		}
		return err_set(e, ERR_PEER, 0, "%s sent message %#x for step %u with %zu descriptors; step %zu with %zu was due",
			       room_name(from), m.type, m.step, got, step, nfds);
	}
}

int baton_await_exec(struct baton *b, enum room from, struct err *e)
{
	for (;;) {
		struct msg m;
		size_t got;
		int rc = receive(b, from, &m, NULL, 0, &got, e);

		if (rc == 0 && b->unread)
			return died(b, from, e);
		if (rc <= 0)
			return rc;
		if (m.type == MSG_FAIL && got == 0)
			return failed(b, from, &m, e);
		if (m.type != MSG_LOG || got != 0)
			return err_set(e, ERR_PEER, 0, "%s sent message %#x instead of executing the program", room_name(from), m.type);
		heard(b, from, &m);
	}
}

/* Its files in /proc vanish, or change their owner, a moment before its end of the socket is closed. */
static bool may_follow_from_death(const struct err *e)
{
	return e->kind == ERR_POLICY || e->num == ENOENT || e->num == ESRCH || e->num == EACCES || e->num == EINVAL;
}

void baton_blame_dead(struct baton *b, struct err *e)
{
	struct pollfd p = { .fd = b->host_end[side(ROOM_INIT)] };
	struct timespec t = { .tv_nsec = may_follow_from_death(e) ? DEATH_MS * 1000000 : 0 };
	struct err why;

	if (b->me != ROOM_HOST || p.fd < 0 || sys_poll(&p, 1, &t) <= 0 || !(p.revents & POLLHUP))
		return;
	if (baton_await(b, ROOM_INIT, b->plan->n, NULL, 0, &why) < 0)
		*e = why;
}
