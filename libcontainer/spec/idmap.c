/* room: pure — id mappings: lists of objects, and the short form in the mount options idmap= and ridmap= */
#include "spec/decode.h"
#include "base/num.h"

#include <string.h>

enum { EXTENTS = 340 };	/* UID_GID_MAP_MAX_EXTENTS, 4.15 */

static const struct field map_fields[] = {
	REQUIRED(struct id_mapping, inside, "containerID", take_id),
	REQUIRED(struct id_mapping, outside, "hostID", take_id),
	REQUIRED(struct id_mapping, size, "size", take_u32),
};

static bool overlap(uint32_t a, uint32_t an, uint32_t b, uint32_t bn)
{
	return (uint64_t)a < (uint64_t)b + bn && (uint64_t)b < (uint64_t)a + an;
}

/* item[n] beside those before it; v is what is to blame. */
static int check_entry(struct decoder *d, const struct json *v, const struct id_mapping *item, size_t n)
{
	const struct id_mapping *m = &item[n];

	if (m->size == 0)
		return refuse(d, v, "size must be greater than 0");
	if ((uint64_t)m->inside + m->size > UINT32_MAX || (uint64_t)m->outside + m->size > UINT32_MAX)
		return refuse(d, v, "the range ends beyond 4294967294");
	for (size_t i = 0; i < n; i++)
		if (overlap(m->inside, m->size, item[i].inside, item[i].size) ||
		    (m->relative == item[i].relative && overlap(m->outside, m->size, item[i].outside, item[i].size)))
			return refuse(d, v, "overlaps mapping %zu", i);
	return 0;
}

int take_id_map(struct decoder *d, const struct json *v, void *at)
{
	struct id_map *ret = at;
	struct id_mapping *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, EXTENTS, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		TRY(DECODE(d, c, map_fields, &item[c->index]));
		TRY(check_entry(d, c, item, c->index));
	}
	ret->n = n;
	ret->item = item;
	ret->at = pointer_of(d, v);
	return ret->at ? 0 : -1;
}

/* "FROM-TO-LENGTH", or with '@' before it, where TO is an id of the container */
static int range(char *text, struct id_mapping *ret)
{
	char *rest = text + (text[0] == '@'), *from = strsep(&rest, "-"), *to = strsep(&rest, "-");

	ret->relative = text[0] == '@';
	return to && rest && num_id(from, &ret->inside) == 0 && num_id(to, &ret->outside) == 0 && num_u32(rest, &ret->size) == 0 ? 0 : -1;
}

static int ranges(struct decoder *d, const struct json *v, char *text, struct id_map *ret)
{
	struct id_mapping *item;
	size_t n = 1;

	for (const char *p = text; *p; p++)
		n += *p == '#';
	if (n > EXTENTS)
		return refuse(d, v, "has more than %d ranges of ids", EXTENTS);
	item = arena_array(d->mem, n, sizeof(*item));
	ret->at = pointer_of(d, v);
	if (!item || !ret->at)
		return err_oom(d->e);
	for (char *one = strsep(&text, "#"); one; one = strsep(&text, "#")) {
		if (range(one, &item[ret->n]) < 0)
			return refuse(d, v, "ids are mapped with FROM-TO-LENGTH, for instance 0-1000-10");
		TRY(check_entry(d, v, item, ret->n));
		ret->n++;
	}
	ret->item = item;
	return 0;
}

int take_map_option(struct decoder *d, const struct json *v, const char *text, struct spec_mount *m)
{
	char *copy = arena_strdup(d->mem, text);
	struct id_map uid = { 0 }, gid = { 0 };

	if (!copy)
		return err_oom(d->e);
	for (char *part = strsep(&copy, ";"); part; part = strsep(&copy, ";")) {
		struct id_map *map = strncmp(part, "uids=", 5) == 0 ? &uid : strncmp(part, "gids=", 5) == 0 ? &gid : NULL;

		if (!map || map->n)
			return refuse(d, v, "\"%.80s\" is not of the form uids=FROM-TO-LENGTH;gids=FROM-TO-LENGTH", text);
		TRY(ranges(d, v, part + 5, map));
	}
	if (!uid.n || !gid.n)
		return refuse(d, v, "uids and gids must be mapped together");
	m->uid_map = uid;
	m->gid_map = gid;
	m->map_option = true;
	return 0;
}
