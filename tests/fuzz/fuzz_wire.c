/* room: host — bytes as datagrams of a hostile child → the host's side of the baton: it ends, leaks nothing, and never takes what is not exact.
 * The first byte of each part is how long it is, times 8. */
#include "fuzz.h"
#include "base/limits.h"
#include "base/own.h"
#include "sys/sys.h"
#include "wire/baton.h"

enum { STEPS = 3 };
static struct step step[STEPS] = {
	{ .op = OP_CLONE, .room = ROOM_HOST, .why = "/a", .clone.pidfd = 0 }, { .op = OP_HOSTNAME, .room = ROOM_INIT, .why = "/hostname", .text.text = "h" },
	{ .op = OP_STATE_CREATED, .room = ROOM_HOST, .why = "/d" },
};
static const struct plan plan = { .n = STEPS, .step = step, .slots = 1, .wait_start = STEPS };

static void deaf(void *arg, enum log_level level, const char *text)
{
	(void)arg;
	(void)level;
	HOLDS(strlen(text) <= LIMIT_LOG_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct baton b;
	struct err e = { 0 };
	int child;

	log_to(deaf, NULL);
	HOLDS(baton_open(&b, &plan, &e) == 0);
	child = b.child_end[1];
	b.child_end[1] = FD_NONE;
	for (unsigned sent = 0; n > 1 && sent < 100; sent++) {
		size_t k = data[0] * 8u;

		if (k > n - 1)
			k = n - 1;
		if (k && sys_send(child, data + 1, k, NULL, 0) < 0)
			break;
		data += 1 + k;
		n -= 1 + k;
	}
	close(child);
	if (baton_await(&b, ROOM_INIT, 1, NULL, 0, &e) < 0)
		HOLDS(e.kind != ERR_NONE && memchr(e.text, 0, sizeof(e.text)) && memchr(e.why, 0, sizeof(e.why)));
	baton_close(&b);
	return 0;
}
