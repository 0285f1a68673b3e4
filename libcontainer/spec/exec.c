/* room: pure — the process of an exec: the one that was saved at create with the caller's changes, or another one as a whole */
#include "spec/spec.h"
#include "base/num.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int append(struct arena *mem, const struct strings *a, const struct strings *b, struct strings *ret, struct err *e)
{
	const char **item = arena_array(mem, a->n + b->n, sizeof(*item));

	if (!item)
		return err_oom(e);
	for (size_t i = 0; i < a->n; i++)
		item[i] = a->item[i];
	for (size_t i = 0; i < b->n; i++)
		item[a->n + i] = b->item[i];
	*ret = (struct strings){ a->n + b->n, item };
	return 0;
}

static int bad(struct err *e, const char *option, const char *text, const char *why)
{
	return err_set(e, ERR_USAGE, 0, "invalid --%s \"%.80s\": %s", option, text, why);
}

static int check_env(const struct strings *env, struct err *e)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *eq = strchr(env->item[i], '=');

		if (!eq || eq == env->item[i])
			return bad(e, "env", env->item[i], "not of the form KEY=VALUE");
	}
	return 0;
}

/* "UID" or "UID:GID", numbers only: a name would be looked up in files of the container (CVE-2016-3697, CVE-2026-30892). */
static int take_user(const char *text, struct spec_user *u, struct err *e)
{
	char buf[32];
	const char *colon = strchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : strlen(text);
	uint32_t uid, gid = u->gid;

	if (n >= sizeof(buf))
		return bad(e, "user", text, "not UID or UID:GID");
	memcpy(buf, text, n);
	buf[n] = '\0';
	if (num_id(buf, &uid) < 0 || (colon && num_id(colon + 1, &gid) < 0))
		return bad(e, "user", text, "not UID or UID:GID, each a number from 0 to 4294967294");
	u->uid = uid;
	u->gid = gid;
	return 0;
}

static int take_groups(struct arena *mem, const struct strings *list, struct spec_user *u, struct err *e)
{
	size_t n = u->additional_gids.n;
	uint32_t *item = arena_array(mem, n + list->n, sizeof(*item));

	if (!item)
		return err_oom(e);
	for (size_t i = 0; i < n; i++)
		item[i] = u->additional_gids.item[i];
	for (size_t i = 0; i < list->n; i++)
		if (num_id(list->item[i], &item[n + i]) < 0)
			return bad(e, "additional-gids", list->item[i], "not a number from 0 to 4294967294");
	u->additional_gids = (struct ids_list){ n + list->n, item };
	return 0;
}

/* Never into the inheritable set (CVE-2022-29162); into the ambient one only when the configuration has inheritable ones. */
static int take_caps(const struct strings *list, struct spec_caps *c, struct err *e)
{
	for (size_t i = 0; i < list->n; i++) {
		int cap = name_to_capability(list->item[i]);

		if (cap < 0)
			return bad(e, "cap", list->item[i], "no such capability");
		c->present = true;
		c->bounding |= 1ull << cap;
		c->permitted |= 1ull << cap;
		c->effective |= 1ull << cap;
		if (c->inheritable)
			c->ambient |= 1ull << cap;
	}
	return 0;
}

static int change(struct arena *mem, const struct exec_changes *c, struct spec_process *p, struct err *e)
{
	if (c->args.n == 0)
		return err_set(e, ERR_USAGE, 0, "exec args cannot be empty");
	if (c->cwd && c->cwd[0] != '/')
		return bad(e, "cwd", c->cwd, "must be absolute");
	p->args = c->args;
	p->terminal = c->tty;
	p->cwd = c->cwd ? c->cwd : p->cwd;
	p->no_new_privs = p->no_new_privs || c->no_new_privs;
	p->apparmor_profile = c->apparmor ? c->apparmor : p->apparmor_profile;
	p->selinux_label = c->process_label ? c->process_label : p->selinux_label;
	TRY(check_env(&c->env, e));
	TRY(append(mem, &p->env, &c->env, &p->env, e));
	if (c->user)
		TRY(take_user(c->user, &p->user, e));
	TRY(take_groups(mem, &c->additional_gids, &p->user, e));
	return take_caps(&c->caps, &p->caps, e);
}

int spec_exec(const struct spec *saved, const struct spec *process, const struct exec_changes *c, const struct spec **ret, struct err *e)
{
	struct arena mem = { 0 };
	struct spec *s = arena_alloc(&mem, sizeof(*s));

	if (!s)
		return err_oom(e);
	*s = *saved;
	s->mem = mem;
	memset(s->hooks, 0, sizeof(s->hooks));
	s->warnings.n = s->notes.n = 0;
	if (process)
		s->process = process->process;
	else if (change(&s->mem, c, &s->process, e) < 0) {
		spec_free(s);
		return -1;
	}
	*ret = s;
	return 0;
}
