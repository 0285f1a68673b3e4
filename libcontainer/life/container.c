/* room: host — an existing container, its saved configuration, and the hooks that stand outside the plan */
#include "life/life.h"
#include "base/log.h"
#include "base/limits.h"
#include "wire/hookrun.h"

#include <errno.h>
#include <string.h>

enum { PATIENCE_MS = 300, LOCK_MS = 30000 };

/* Who creates holds the lock all the time, and in hooks that can be long: 0, and c is not locked. 1 when it is. */
static int take_lock(const struct lookup *l, const char *id, struct container *c, struct err *e)
{
	for (unsigned waited = 0; waited < LOCK_MS; waited += PATIENCE_MS) {
		int rc = statedir_lock(l, id, &c->dir, PATIENCE_MS, e);

		if (rc != 0)
			return rc;
		if (journal_read(&c->dir, &c->mem, &c->journal, e) == 0 && c->journal.phase == PHASE_CREATING)
			return 0;
	}
	return err_set(e, ERR_STATE, 0, "container is busy: another command has held its lock for %d seconds", LOCK_MS / 1000);
}

static int load(struct lookup *l, struct container *c, struct err *e)
{
	/* Without a journal: somebody makes or deletes it at this moment, or was killed before its first write. With the lock, too: between mkdir and lock of
	 * a create there is room for us. */
	if (journal_read(&c->dir, &c->mem, &c->journal, e) < 0)
		return e->num == ENOENT ? err_set(e, ERR_STATE, 0, "container does not exist") : -1;
	return status_of(l, &c->dir, &c->journal, &c->status, e);
}

int container_look(struct lookup *l, const char *id, struct container *c, struct err *e)
{
	TRY(statedir_look(l, id, &c->dir, e));
	return load(l, c, e);
}

static int find(struct lookup *l, const char *id, bool lock, struct container *c, struct err *e)
{
	TRY(statedir_open(l, id, &c->dir, e));
	if (lock) {
		int rc = take_lock(l, id, c, e);

		TRY(rc);
		c->locked = rc;
		c->status = STATUS_CREATING;
		if (!c->locked)
			return 0;
	}
	return load(l, c, e);
}

int container_open(const char *root, const char *id, bool lock, struct container *c, struct err *e)
{
	OWN(lookup) l = LOOKUP_NONE;

	*c = (struct container){ .dir.fd = FD_NONE };
	if (request_check_id(id) < 0)
		return err_set(e, ERR_USAGE, 0, id[0] ? "invalid container ID format: \"%s\"" : "container id cannot be empty%s", id);
	if (lookup_open((struct host_path){ root }, &l, e) < 0)
		return e->num == ENOENT ? err_set(e, ERR_STATE, 0, "container does not exist") : -1;
	return find(&l, id, lock, c, e);
}

void container_close(struct container *c)
{
	statedir_close(&c->dir);
	arena_free(&c->mem);
}

void container_dropp(struct container *c)
{
	container_close(c);
}

int life_saved_spec(const struct container *c, const struct spec **ret, struct err *e)
{
	OWN(str) bytes = { 0 };

	if (statedir_read(&c->dir, "config.json", LIMIT_FILE_BYTES, &bytes, e) < 0)	/* there from the journal's first write until delete */
		return e->num == ENOENT ? err_set(e, ERR_STATE, 0, "container does not exist") : -1;
	return spec_parse("config.json", bytes.s ? bytes.s : "", bytes.n, ret, e);
}

static void state_for_hook(const struct spec *s, const struct journal *j, const char *status, pid_t pid, struct str *out)
{
	struct json_out o = { .to = out };

	json_open(&o, '{');
	json_kv_string(&o, "ociVersion", SPEC_VERSION);
	json_kv_string(&o, "id", j->id);
	json_kv_string(&o, "status", status);
	json_kv_i64(&o, "pid", pid);
	json_kv_string(&o, "bundle", j->bundle);
	if (s->annotations.n) {
		json_key(&o, "annotations");
		json_open(&o, '{');
		for (size_t i = 0; i < s->annotations.n; i++)
			json_kv_string(&o, s->annotations.item[i].key, s->annotations.item[i].value);
		json_close(&o, '}');
	}
	json_close(&o, '}');
}

int life_hooks(const struct spec *s, enum hook_kind kind, const struct journal *j, const char *status, pid_t pid, struct err *e)
{
	OWN(str) state = { 0 };

	if (s->hooks[kind].n == 0)
		return 0;
	state_for_hook(s, j, status, pid, &state);
	TRY(str_ok(&state, e));
	for (size_t i = 0; i < s->hooks[kind].n; i++) {
		struct hook_call c = { .hook = &s->hooks[kind].item[i], .kind = kind, .index = i, .state = state.s, .cwd = j->bundle };

		if (hook_run(&c, e) == 0)
			continue;
		if (kind != HOOK_POSTSTOP)
			return -1;
		log_warn("%s, ignoring", e->text);	/* specification: a failing poststop hook is a warning, and the remaining ones run */
	}
	return 0;
}
