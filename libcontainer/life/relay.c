/* room: host — the foreground: terminal and signals go in, output and exit status come out */
#include "life/life.h"
#include "base/arena.h"
#include "base/own.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

enum { PUMP_BYTES = 16384 };

struct pump {			/* bytes read from one side and not yet written to the other */
	char *buf;		/* PUMP_BYTES */
	size_t n, off;
	bool ended;		/* the source is at its end */
};

struct relay {
	pid_t pid;
	int pidfd, master, signals;
	struct notify *notify;	/* or NULL */
	struct termios saved;
	bool raw;		/* our terminal is in raw mode, and must come back */
	struct pump in, out;
};

static const int ignored[] = { SIGCHLD, SIGURG, SIGPIPE };

static void mask_of_all(sigset_t *set)
{
	sigfillset(set);
	sigdelset(set, SIGSEGV);
	sigdelset(set, SIGBUS);
	sigdelset(set, SIGILL);
	sigdelset(set, SIGFPE);
	sigdelset(set, SIGTTOU);
	sigdelset(set, SIGTTIN);
}

int relay_block(struct err *e)
{
	sigset_t set;

	mask_of_all(&set);
	return sys_sigmask(SIG_BLOCK, &set, NULL) < 0 ? err_sys(e, "block signals") : 0;
}

void relay_size(int master)
{
	struct winsize ws;

	if (sys_tty_size_get(0, &ws) == 0)
		sys_tty_size_set(master, &ws);
}

static int enter_raw(struct relay *r, struct err *e)
{
	struct termios t;

	if (sys_tty_get(0, &r->saved) < 0)
		return 0;	/* our standard input is no terminal: a pipe feeds the pty */
	t = r->saved;
	cfmakeraw(&t);
	if (sys_tty_set(0, &t) < 0)
		return err_sys(e, "set the terminal to raw mode");
	r->raw = true;
	relay_size(r->master);
	return 0;
}

static void leave_raw(struct relay *r)
{
	if (r->raw)
		sys_tty_set(0, &r->saved);
	r->raw = false;
}

static void forward(struct relay *r)
{
	struct signalfd_siginfo s;

	if (sys_read(r->signals, &s, sizeof(s)) != (ssize_t)sizeof(s))
		return;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		if ((int)s.ssi_signo == ignored[i])
			return;
	if (s.ssi_signo == SIGWINCH && r->master >= 0) {
		relay_size(r->master);
		return;
	}
	sys_pidfd_signal(r->pidfd, (int)s.ssi_signo);
}

static void fill(struct pump *p, int from)
{
	ssize_t n = sys_read(from, p->buf, PUMP_BYTES);

	if (n > 0) {
		p->n = (size_t)n;
		p->off = 0;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		p->ended = true;	/* EIO of a pty: the last slave was closed */
	}
}

static void drain(struct pump *p, int to)
{
	ssize_t n = sys_write(to, p->buf + p->off, p->n - p->off);

	if (n > 0) {
		p->off += (size_t)n;
		if (p->off == p->n)
			p->n = p->off = 0;
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		p->ended = true;
		p->n = p->off = 0;
	}
}

/* End of our input is not end of the terminal's: the program inside reads ^D. */
static void send_eof(struct relay *r)
{
	(void)sys_write(r->master, "\x04", 1);
}

/* The main process of a service in the foreground is ours. Nobody waits for the barrier: we stay. */
static void pass_ready(struct relay *r)
{
	OWN_FD barrier = FD_NONE;

	notify_take(r->notify, sys_getpid(), &barrier);
}

static bool step(struct relay *r)
{
	bool in_ended = r->in.ended;
	struct pollfd p[] = {
		{ .fd = r->pidfd, .events = POLLIN },
		{ .fd = r->signals, .events = POLLIN },
		{ .fd = r->master >= 0 && !r->in.ended && !r->in.n ? 0 : -1, .events = POLLIN },
		{ .fd = r->in.n ? r->master : -1, .events = POLLOUT },
		{ .fd = !r->out.ended && !r->out.n ? r->master : -1, .events = POLLIN },
		{ .fd = r->out.n ? 1 : -1, .events = POLLOUT },
		{ .fd = r->notify ? r->notify->in : -1, .events = POLLIN },
	};

	if (sys_poll(p, sizeof(p) / sizeof(*p), NULL) < 0)
		return true;
	if (p[1].revents)
		forward(r);
	if (p[2].revents)
		fill(&r->in, 0);
	if (p[3].revents)
		drain(&r->in, r->master);
	if (p[4].revents)
		fill(&r->out, r->master);
	if (p[5].revents)
		drain(&r->out, 1);
	if (p[6].revents)
		pass_ready(r);
	if (!in_ended && r->in.ended && r->master >= 0)
		send_eof(r);
	return !p[0].revents;
}

/* What the program wrote before it ended is still in the pty. */
static void drain_last(struct relay *r)
{
	while (r->master >= 0 && (!r->out.ended || r->out.n)) {
		struct pollfd p = { .fd = r->master, .events = POLLIN };
		struct timespec none = { 0 };

		while (r->out.n)
			drain(&r->out, 1);
		if (r->out.ended || sys_poll(&p, 1, &none) <= 0)
			return;
		fill(&r->out, r->master);
	}
}

/* As its parent or subreaper we also collect whatever else was left to us, so that nothing stays a zombie in our name. */
static int collect(struct relay *r, int *ret, struct err *e)
{
	int status;

	if (sys_wait4(r->pid, &status, __WALL, NULL) < 0)
		return err_sys(e, "wait for the container");
	while (sys_wait4(-1, NULL, WNOHANG, NULL) > 0)
		;
	*ret = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

/* Only a terminal is pumped: pipes and files are the container's own. */
static int pumps(struct relay *r, struct arena *mem, struct err *e)
{
	if (r->master < 0)
		return 0;
	r->in.buf = arena_alloc(mem, PUMP_BYTES);
	r->out.buf = arena_alloc(mem, PUMP_BYTES);
	return r->in.buf && r->out.buf ? 0 : err_oom(e);
}

int relay(pid_t pid, int pidfd, int master, struct notify *notify, int *ret, struct err *e)
{
	struct relay r = { .pid = pid, .pidfd = pidfd, .master = master, .signals = FD_NONE, .notify = notify };
	OWN(arena) mem = { 0 };
	sigset_t set;
	int rc;

	TRY(pumps(&r, &mem, e));
	mask_of_all(&set);
	r.signals = sys_signalfd(&set);
	if (r.signals < 0)
		return err_sys(e, "signalfd");
	if (master >= 0 && enter_raw(&r, e) < 0) {
		fd_drop(&r.signals);
		return -1;
	}
	while (step(&r))
		;
	drain_last(&r);
	leave_raw(&r);
	rc = collect(&r, ret, e);
	fd_drop(&r.signals);
	return rc;
}
