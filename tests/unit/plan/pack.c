/* room: pure — a plan as bytes: what is cut off is refused, and what a step of the host would need has no place */
#include "tap.h"
#include "plan/pack.h"
#include "unit/plan/fixture.h"

#include <stdlib.h>
#include <string.h>

static void cut(const struct plan *p)
{
	size_t refused = 0, whole = 0;
	struct str bytes = { 0 };
	struct plan again;
	struct err e;

	plan_pack(p, &bytes);
	for (size_t n = 0; n <= bytes.n; n++) {
		void *copy = malloc(n ? n : 1);	/* of just that size, so that a sanitizer sees a look beyond it */

		memcpy(copy, bytes.s, n);
		memset(&e, 0, sizeof(e));
		if (plan_unpack(copy, n, &again, &e) == 0)
			whole++;
		else if (e.kind == ERR_PEER)
			refused++;
		free(copy);
	}
	ok(refused + whole == bytes.n + 1 && whole < 100, "all but the end of the last string must be there: %zu of %zu lengths are refused", refused, bytes.n + 1);
	str_free(&bytes);
}

static void misplaced(void)
{
	struct step s = { .op = OP_CGROUP_MAKE, .room = ROOM_INIT, .why = "/x" };
	const struct plan p = { .n = 1, .step = &s };
	struct str bytes = { 0 };
	struct err e = { 0 };

	plan_pack(&p, &bytes);
	ok(str_ok(&bytes, &e) < 0, "an act of the host's is not handed to init");
	str_free(&bytes);
	is_str(room_name((enum room)9), "?", "a room that there is not");
}

int main(void)
{
	struct fixture x;
	struct err e = { 0 };
	struct plan *p;

	fixture_default(&x);
	p = fixture_plan(&x, &e);
	ok(p != NULL, "a plan");
	if (p)
		cut(p);
	plan_free(p);
	misplaced();
	return done();
}
