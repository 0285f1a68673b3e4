/* room: any — the baton: who may act now, and what the one before left behind.
 *
 * One SOCK_SEQPACKET pair per child room; the host is the hub. Every message is one fixed-size datagram:
 *
 *   DONE  either way     step index; descriptors as the plan declares them    the baton passes
 *   FAIL  child to host  step, struct err                                     both stop, the host undoes
 *   LOG   child to host  level, text                                          relayed, at most LIMIT_LOG_MESSAGES
 *
 * Length, step and descriptor count are checked exactly. End of file is an error (ERR_PEER), never success. A child never names an act, a path
 * or a number that the host would use. Messages without descriptors are plain read(2) and write(2), which every seccomp profile
 * that can run a program allows. */
#ifndef BRIG_WIRE_BATON_H
#define BRIG_WIRE_BATON_H

#include "base/err.h"
#include "base/fdtab.h"
#include "base/log.h"
#include "plan/plan.h"

#include <stdatomic.h>
#include <stdbool.h>

/* Shared page. step: what join [0] and init [1] are in, for messages only. listener: init's descriptor of the seccomp listener, which the host
 * fetches (pidfd_getfd) and verifies; init cannot send it, because with the filter loaded sendmsg(2) may already wait for the agent. */
struct mark { atomic_uint step[2]; atomic_int listener; };
struct mark_page { _Alignas(4096) struct mark mark; };	/* the first page of the brief (wire/brief.h) */

struct baton {
	enum room me;
	int host_end[2], child_end[2];	/* [0] join, [1] init; FD_NONE what this process does not hold */
	int brief;			/* the memfd with the mark page, FD_NONE without */
	struct mark *mark;
	unsigned logs;			/* received so far */
	bool unread;			/* the peer ended with words of ours unread: it cannot have executed its program */
	const struct plan *plan;
};

/* Pairs for init, and for join when the plan uses it, and the mark page. */
int baton_open(struct baton *b, const struct plan *p, struct err *e) MUST_CHECK;
/* The mark page of b->brief. */
int baton_map(struct baton *b, struct err *e) MUST_CHECK;
void baton_close(struct baton *b);
/* In a child, right after the clone: keeps only its own end, and sends log messages to the host. */
void baton_enter(struct baton *b, enum room me);
/* In the host, after a child was made: closes that child's end, so that its death is an end of file. */
void baton_parted(struct baton *b, enum room child);

int baton_pass(struct baton *b, enum room to, size_t step, const int *fds, size_t nfds, struct err *e) MUST_CHECK;
/* Waits for DONE of exactly this step with exactly nfds descriptors (owned by the caller afterwards). A FAIL becomes *e as it is. */
int baton_await(struct baton *b, enum room from, size_t step, int *fds, size_t nfds, struct err *e) MUST_CHECK;
/* Waits for the end of the last step: end of file means that execve closed the baton (close-on-exec), or that the process died at that very
 * instant, which its wait status tells. */
int baton_await_exec(struct baton *b, enum room from, struct err *e) MUST_CHECK;
void baton_fail(struct baton *b, size_t step, const struct err *e);	/* child; a lost host is ignored: nobody is left to tell */
void baton_set_listener(struct baton *b, int fd);	/* init */
int baton_listener(const struct baton *b);		/* host; FD_NONE: none yet */
void baton_mark(struct baton *b, size_t step);
/* In the host, after a step of its own failed: when init has died, *e becomes that, which is why the step failed. */
void baton_blame_dead(struct baton *b, struct err *e);

#endif
