/* room: any — a peer that breaks the protocol: the host says so, keeps nothing of what it was sent, and prints nothing that it should not */
#include "tap.h"
#include "base/limits.h"
#include "base/own.h"
#include "wire/baton.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

enum { DONE = 0x42440001, FAIL, LOG, STEP = 2, MANY = 200 };

struct packet {		/* as wire/baton.c has it; a rogue would know */
	uint32_t type, step, level;
	union { struct err err; char text[LIMIT_LOG_BYTES]; };
};

static struct step steps[] = {
	{ .op = OP_STATE_RESERVE, .room = ROOM_HOST, .why = "default: a" }, { .op = OP_CLONE, .room = ROOM_HOST, .why = "default: b" },
	{ .op = OP_PROPAGATION, .room = ROOM_INIT, .why = "default: c" }, { .op = OP_ATTEST, .room = ROOM_HOST, .why = "default: d" },
};
static struct plan plan = { .n = 4, .step = steps };

static unsigned logs;
static char last_log[2 * LIMIT_LOG_BYTES];

static void sink(void *arg, enum log_level level, const char *text)
{
	(void)arg;
	(void)level;
	logs++;
	snprintf(last_log, sizeof(last_log), "%s", text);
}

static unsigned count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static void send_with(int to, const void *bytes, size_t n, unsigned nfds)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), fds[16];
	union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(fds))]; } control = { 0 };
	struct iovec iov = { (void *)(uintptr_t)bytes, n };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (nfds) {
		struct cmsghdr *c;

		for (unsigned i = 0; i < nfds; i++)
			fds[i] = null;
		m.msg_control = &control;
		m.msg_controllen = (socklen_t)CMSG_SPACE(nfds * sizeof(int));
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = (socklen_t)CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
	}
	if (sendmsg(to, &m, 0) < 0)
		printf("# sendmsg failed\n");
	close(null);
}

/* What the host makes of one packet, and of the end that follows. due: descriptors that the plan wants. */
static int hear(const void *bytes, size_t n, unsigned nfds, unsigned due, struct err *e)
{
	unsigned before = count_fds();
	int fds[4] = { FD_NONE, FD_NONE, FD_NONE, FD_NONE };
	struct baton b;
	int rc;

	memset(e, 0, sizeof(*e));
	if (baton_open(&b, &plan, e) < 0)
		return -2;
	if (bytes)
		send_with(b.child_end[1], bytes, n, nfds);
	baton_parted(&b, ROOM_INIT);
	rc = baton_await(&b, ROOM_INIT, STEP, fds, due, e);
	for (unsigned i = 0; rc == 0 && i < due; i++) {
		if (!(fcntl(fds[i], F_GETFD) & FD_CLOEXEC))
			rc = -3;
		fd_drop(&fds[i]);
	}
	baton_close(&b);
	if (count_fds() != before) {
		printf("# %u descriptors before, %u after\n", before, count_fds());
		return -4;
	}
	return rc;
}

static void refused(const void *bytes, size_t n, unsigned nfds, unsigned due, const char *what)
{
	struct err e;
	int rc = hear(bytes, n, nfds, due, &e);

	if (!ok(rc == -1 && e.kind == ERR_PEER && e.text[0], "%s", what))
		printf("# rc %d kind %d: %s\n", rc, (int)e.kind, e.text);
}

static bool printable(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	return true;
}

static void done_messages(void)
{
	struct packet p = { .type = DONE, .step = STEP };
	char big[2 * sizeof(p)] = { 0 };
	struct err e;

	is_int(hear(&p, sizeof(p), 0, 0, &e), 0, "DONE of the right step");
	is_int(hear(&p, sizeof(p), 2, 2, &e), 0, "DONE with the descriptors that are due");
	refused(&p, sizeof(p), 3, 0, "DONE with descriptors where none is due");
	refused(&p, sizeof(p), 9, 1, "DONE with surplus descriptors");
	refused(&p, sizeof(p), 1, 2, "DONE with too few descriptors");
	refused(&p, sizeof(p), 0, 1, "DONE without the descriptor that is due");
	refused(&p, 12, 0, 0, "a short packet");
	refused(&p, 12, 1, 1, "a short packet with the descriptor that is due");
	refused(&p, 1, 5, 1, "a packet of one byte with surplus descriptors");
	refused(&p, 0, 1, 1, "an empty packet with a descriptor");
	memcpy(big, &p, sizeof(p));
	refused(big, sizeof(big), 0, 0, "an oversized packet");
	refused(big, sizeof(big), 4, 2, "an oversized packet with descriptors");
	p.step = STEP + 1;
	refused(&p, sizeof(p), 0, 0, "DONE of a step too far");
	refused(&p, sizeof(p), 1, 1, "DONE of a step too far, with the descriptor that is due");
	p.step = UINT32_MAX;
	refused(&p, sizeof(p), 0, 0, "DONE of no step");
	p.type = 0;
	refused(&p, sizeof(p), 0, 0, "a message of no type");
	refused(NULL, 0, 0, 0, "death without a word");
}

static void fail_messages(void)
{
	struct packet p = { .type = FAIL, .step = STEP };
	struct err e;

	p.err = (struct err){ .kind = ERR_SYS, .num = 5, .step = STEP + 1, .room = ROOM_INIT, .op = "propagation", .text = "words\x1b[2J\n" };
	is_int(hear(&p, sizeof(p), 0, 0, &e), -1, "FAIL ends the wait");
	is_int(e.kind, ERR_SYS, "with the child's kind");
	is_str(e.text, "words?[2J?", "and its words, without control bytes");
	refused(&p, sizeof(p), 2, 0, "FAIL with descriptors");
	p.step = 99;
	refused(&p, sizeof(p), 0, 0, "FAIL of a step that does not exist");
	p.step = STEP;
	p.err.step = 77;
	refused(&p, sizeof(p), 0, 0, "FAIL that names two steps");
	p.step = 3;
	p.err.step = 4;
	refused(&p, sizeof(p), 0, 0, "FAIL in a step of the host's");
	p.step = STEP;
	p.err.step = STEP + 1;
	p.err.room = 77;
	memcpy(p.err.op, "rm -rf", 7);
	is_int(hear(&p, sizeof(p), 0, 0, &e), -1, "FAIL with a room that does not exist");
	ok(e.room == ROOM_INIT && strcmp(e.op, "propagation") == 0, "room and kind are the plan's, not the child's");
	p.err.kind = (enum err_kind)12345;
	refused(&p, sizeof(p), 0, 0, "FAIL of no kind");
	p.err.kind = ERR_NONE;
	refused(&p, sizeof(p), 0, 0, "FAIL that says all is well");
	memset(&p.err, 0xee, sizeof(p.err));
	refused(&p, sizeof(p), 0, 0, "FAIL full of garbage");
	p.err.kind = ERR_SPEC;
	p.err.step = 0;
	is_int(hear(&p, sizeof(p), 0, 0, &e), -1, "FAIL without an end of its strings");
	ok(strlen(e.text) < sizeof(e.text) && strlen(e.why) < sizeof(e.why) && strlen(e.op) < sizeof(e.op), "they have one");
	for (size_t i = 0; i < sizeof(p.err.text); i++)
		p.err.text[i] = p.err.why[i % sizeof(p.err.why)] = (char)(i % 32 + (i % 32 == 0));
	hear(&p, sizeof(p), 0, 0, &e);
	ok(printable(e.text) && printable(e.why) && printable(e.op), "no control byte gets through");
}

static void log_messages(void)
{
	struct packet p = { .type = LOG, .level = LOG_WARN }, end = { .type = DONE, .step = STEP };
	struct baton b;
	struct err e;

	log_to(sink, NULL);
	memset(p.text, 'A', sizeof(p.text));
	p.text[0] = '\a';
	if (baton_open(&b, &plan, &e) < 0)
		return;
	for (unsigned i = 0; i < MANY; i++) {
		send_with(b.child_end[1], &p, sizeof(p), 0);
		if (i % 5 == 0 && i) {	/* the socket holds few; the wait goes on with the next ones */
			struct packet wrong = { .type = DONE, .step = 0 };

			send_with(b.child_end[1], &wrong, sizeof(wrong), 0);
			(void)!baton_await(&b, ROOM_INIT, STEP, NULL, 0, &e);
		}
	}
	send_with(b.child_end[1], &end, sizeof(end), 0);
	is_int(baton_await(&b, ROOM_INIT, STEP, NULL, 0, &e), 0, "a flood of records does not hide the message behind it");
	is_int(logs, LIMIT_LOG_MESSAGES, "of a flood only so many are passed on");
	ok(strlen(last_log) <= LIMIT_LOG_BYTES + 16 && printable(last_log), "a record without end is cut, and printable");
	baton_close(&b);
	refused(&p, sizeof(p), 1, 0, "a record with a descriptor");
	refused(&p, sizeof(p), 1, 1, "a record with the descriptor that is due later");
	log_to(NULL, NULL);
}

/* The host passes the baton to somebody who has gone. */
static void gone(void)
{
	struct packet p = { .type = FAIL, .step = STEP };
	struct baton b;
	struct err e;

	p.err = (struct err){ .kind = ERR_SYS, .num = 5, .step = STEP + 1, .room = ROOM_INIT, .text = "last words" };
	for (unsigned i = 0; i < 2; i++) {
		if (baton_open(&b, &plan, &e) < 0)
			return;
		if (i)
			send_with(b.child_end[1], &p, sizeof(p), 0);
		baton_parted(&b, ROOM_INIT);
		is_int(baton_pass(&b, ROOM_INIT, 1, NULL, 0, &e), -1, "the baton cannot be passed to the dead");
		if (i)
			is_str(e.text, "last words", "who left a word is quoted");
		else
			is_str(e.text, "init died in step 2 (propagation)", "who left none is said to have died");
		baton_close(&b);
	}
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	done_messages();
	fail_messages();
	log_messages();
	gone();
	return done();
}
