/* room: host — bytes → mounts: each lies inside the text, and written as the kernel writes it, it is read as the same */
#include "fuzz.h"
#include "base/own.h"
#include "fs/mountinfo.h"

static void escaped(struct str *out, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\n\\", *s))
			str_addf(out, "\\%03o", (unsigned char)*s);
		else
			str_addc(out, *s);
	}
}

static void again(const struct mountinfo *m)
{
	OWN(str) line = { 0 };
	struct mountinfo same;
	char *rest;

	if (!m->root[0] || !m->point[0])	/* "\000", which no kernel writes */
		return;
	str_addf(&line, "36 35 %u:%u ", m->major, m->minor);
	escaped(&line, m->root);
	str_addc(&line, ' ');
	escaped(&line, m->point);
	str_addf(&line, " rw,noatime master:1 - %s /dev/root rw\n", m->type);
	HOLDS(!line.failed);
	rest = line.s;
	HOLDS(mountinfo_next(&rest, &same));
	HOLDS(same.major == m->major && same.minor == m->minor && !strcmp(same.root, m->root) && !strcmp(same.point, m->point) && !strcmp(same.type, m->type));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = strndup((const char *)data, n), *rest = text, *end;
	struct mountinfo m;

	HOLDS(text);
	end = text + strlen(text);
	while (mountinfo_next(&rest, &m)) {
		HOLDS(m.root > text && m.point > m.root && m.type > m.point && m.type < end);
		again(&m);
	}
	HOLDS(!rest);
	free(text);
	return 0;
}
