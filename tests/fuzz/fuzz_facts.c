/* room: pure — bytes → facts: what was loaded prints to what loads as the same */
#include "fuzz.h"
#include "base/own.h"
#include "spec/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	OWN(arena) mem = { 0 };
	OWN(str) once = { 0 }, twice = { 0 };
	struct facts f;
	struct err e = { 0 };

	if (facts_load(&mem, "facts.json", (const char *)data, n, &f, &e) < 0) {
		HOLDS(e.kind != ERR_NONE && e.kind != ERR_BUG);
		return 0;
	}
	facts_print(&f, &once);
	HOLDS(facts_load(&mem, "facts.json", once.s, once.n, &f, &e) == 0);
	facts_print(&f, &twice);
	HOLDS(once.n == twice.n && memcmp(once.s, twice.s, once.n) == 0);
	return 0;
}
