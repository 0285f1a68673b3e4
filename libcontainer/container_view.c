/* room: host — the public API, what only looks: state, list, and the documents about this program and this machine */
#include "container_private.h"
#include "base/num.h"
#include "fs/hostfile.h"
#include "life/features.h"
#include "probe/probe.h"
#include "sys/sys.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef BRIG_VERSION
#define BRIG_VERSION PACKAGE_VERSION
#endif

/* Name of a uid from the host's own /etc/passwd, without NSS; the number where there is none. */
static char *owner_name(uint32_t uid)
{
	OWN(str) text = { 0 };
	struct err ignored;
	char *next, *name = NULL;

	if (hostfile_read((struct host_path){ "/etc/passwd" }, 1 << 20, &text, &ignored) == 0) {
		next = text.s;
		for (char *line = strsep(&next, "\n"); line && !name; line = strsep(&next, "\n")) {
			char *user = strsep(&line, ":"), *number;
			uint32_t id;

			strsep(&line, ":");
			number = strsep(&line, ":");
			if (number && num_id(number, &id) == 0 && id == uid)
				name = strdup(user);
		}
	}
	if (!name && asprintf(&name, "%u", uid) < 0)
		name = NULL;
	return name;
}

/* The last owner that was looked up: a list has mostly one. */
struct owner { uint32_t uid; char *name; };

static const char *owner_of(struct owner *o, uint32_t uid)
{
	if (o->name && o->uid == uid)
		return o->name;
	free(o->name);
	*o = (struct owner){ uid, owner_name(uid) };
	return o->name;
}

int brig_state(const struct brig_options *o, const char *id, char **ret, struct brig_err *err)
{
	OWN(container) c;
	OWN(str) text = { 0 };
	struct err e;

	if (container_open(o->root, id, false, &c, &e) < 0 || query_state_json(&c, "  ", "", &text, &e) < 0 || str_copy(&text, ret, &e) < 0)
		return public_error(&e, err);
	return 0;
}

struct listing {
	struct lookup lookup;
	struct owner owner;
	unsigned flags;
	void (*each)(void *arg, const struct brig_listed *, const struct brig_err *);
	void *arg;
};

static int list_one(struct listing *l, const char *id, struct err *e)
{
	OWN(container) c = { .dir.fd = FD_NONE };
	OWN(str) text = { 0 };
	struct brig_listed one;

	TRY(container_look(&l->lookup, id, &c, e));
	one = (struct brig_listed){ .id = c.journal.id, .bundle = c.journal.bundle, .rootfs = c.journal.rootfs, .created = c.journal.created,
				    .owner = owner_of(&l->owner, c.journal.owner), .status = status_name(c.status),
				    .pid = c.status == STATUS_STOPPED ? 0 : c.journal.pid };
	if (!one.owner)
		return err_oom(e);
	if (l->flags & BRIG_LIST_JSON) {
		TRY(query_state_json(&c, NULL, one.owner, &text, e));
		one.json = text.s;
	}
	l->each(l->arg, &one, NULL);
	return 0;
}

static int list_all(struct listing *l, const char *root, struct err *e)
{
	OWN(arena) mem = { 0 };
	struct strings_out ids;

	if (lookup_open((struct host_path){ root }, &l->lookup, e) < 0)
		return e->num == ENOENT && !(l->flags & BRIG_LIST_ROOT_MUST_EXIST) ? 0 : -1;
	TRY(statedir_list(&l->lookup, &mem, &ids, e));
	for (size_t i = 0; i < ids.n; i++) {
		struct brig_err one;
		struct err why;

		if (list_one(l, ids.item[i], &why) == 0 || strcmp(why.text, "container does not exist") == 0)	/* deleted while we looked */
			continue;
		public_error(&why, &one);
		snprintf(one.why, sizeof(one.why), "%s", ids.item[i]);
		l->each(l->arg, NULL, &one);
	}
	return 0;
}

int brig_list(const struct brig_options *o, unsigned flags, void (*each)(void *arg, const struct brig_listed *, const struct brig_err *), void *arg, struct brig_err *err)
{
	struct listing l = { .lookup = LOOKUP_NONE, .flags = flags, .each = each, .arg = arg };
	struct err e;
	int rc = list_all(&l, o->root, &e);

	lookup_dropp(&l.lookup);
	free(l.owner.name);
	return rc < 0 ? public_error(&e, err) : 0;
}

int brig_spec_default(const char *hostname, bool rootless, char **ret, struct brig_err *err)
{
	OWN(str) text = { 0 };
	struct err e;

	if (spec_default(hostname, rootless, (uint32_t)sys_geteuid(), (uint32_t)sys_getegid(), &text, &e) < 0 || str_copy(&text, ret, &e) < 0)
		return public_error(&e, err);
	return 0;
}

int brig_features(char **ret, struct brig_err *err)
{
	OWN(str) text = { 0 };
	struct err e;

	features_print(BRIG_VERSION, &text);
	return str_copy(&text, ret, &e) < 0 ? public_error(&e, err) : 0;
}

int brig_facts(char **ret, struct brig_err *err)
{
	OWN(arena) mem = { 0 };
	OWN(str) text = { 0 };
	struct facts f;
	struct err e;

	if (probe_facts(&mem, &f, &e) < 0)
		return public_error(&e, err);
	facts_print(&f, &text);
	return str_copy(&text, ret, &e) < 0 ? public_error(&e, err) : 0;
}

int brig_explain(const struct brig_options *o, const struct brig_create *c, const char *facts, bool json, char **ret, struct brig_err *err)
{
	OWN(job) j = { 0 };
	OWN(str) text = { 0 };
	struct err e;

	if (public_request(&j, o, c, &e) < 0 || job_load(&j, facts, &e) < 0)
		return public_error(&e, err);
	plan_print(j.plan, json ? PLAN_JSON : PLAN_TEXT, &text);
	return str_copy(&text, ret, &e) < 0 ? public_error(&e, err) : 0;
}

const char *brig_version(void)
{
	return BRIG_VERSION;
}

const char *brig_spec_version(void)
{
	return SPEC_VERSION;
}

const char *brig_libseccomp_version(void)
{
	static char text[32];
	const struct scmp_version *v = seccomp_version();

	snprintf(text, sizeof(text), "%u.%u.%u", v->major, v->minor, v->micro);
	return text;
}
