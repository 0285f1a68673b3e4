/* room: pure — seccomp profiles */
#include "spec/decode.h"
#include "base/limits.h"

#include <string.h>

static int take_action(struct decoder *d, const struct json *v, void *at)
{
	const char *name;

	TRY(take_string(d, v, &name));
	if (strcmp(name, "SCMP_ACT_KILL") == 0)
		name = "SCMP_ACT_KILL_THREAD";
	for (unsigned a = SC_KILL_THREAD; a <= SC_NOTIFY; a++)
		if (strcmp(name, sc_action_name((enum sc_action)a)) == 0) {
			*(enum sc_action *)at = (enum sc_action)a;
			return 0;
		}
	return refuse(d, v, "unknown action \"%.40s\"", name);
}

static int take_op(struct decoder *d, const struct json *v, void *at)
{
	const char *name;

	TRY(take_string(d, v, &name));
	for (unsigned op = SC_NE; op <= SC_MASKED_EQ; op++)
		if (strcmp(name, sc_op_name((enum sc_op)op)) == 0) {
			*(enum sc_op *)at = (enum sc_op)op;
			return 0;
		}
	return refuse(d, v, "unknown operator \"%.40s\"", name);
}

static int take_index(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_u32(d, v, at));
	return *(uint32_t *)at <= 5 ? 0 : refuse(d, v, "a system call has arguments 0 to 5");
}

static const struct field arg_fields[] = {
	REQUIRED(struct sc_arg, index, "index", take_index),
	REQUIRED(struct sc_arg, value, "value", take_u64),
	FIELD(struct sc_arg, value_two, "valueTwo", take_u64),
	REQUIRED(struct sc_arg, op, "op", take_op),
};

static int take_args(struct decoder *d, const struct json *v, void *at)
{
	struct { size_t n; const struct sc_arg *item; } *ret = at;
	struct sc_arg *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, 64, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next)
		TRY(DECODE(d, c, arg_fields, &item[c->index]));
	ret->n = n;
	ret->item = item;
	return 0;
}

static const struct field rule_fields[] = {
	REQUIRED(struct sc_rule, names, "names", take_strings),
	REQUIRED(struct sc_rule, action, "action", take_action),
	FIELD(struct sc_rule, errno_ret, "errnoRet", take_u32),
	FIELD(struct sc_rule, args, "args", take_args),
	/* written by engines for readers of theirs; the decision was made there */
	FIELD(struct sc_rule, at, "comment", take_ignored),
	FIELD(struct sc_rule, at, "includes", take_ignored),
	FIELD(struct sc_rule, at, "excludes", take_ignored),
};

static bool has_errno(enum sc_action a)
{
	return a == SC_ERRNO || a == SC_TRACE;
}

static bool given(const struct json *v, const char *key)
{
	const struct json *m = json_member(v, key);

	return m && m->type != JSON_NULL;
}

static int check_rule(struct decoder *d, const struct json *v, struct sc_rule *r)
{
	r->has_errno = given(v, "errnoRet");
	if (r->has_errno && !has_errno(r->action))
		return refuse(d, v, "errnoRet is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not %s", sc_action_name(r->action));
	if (r->errno_ret > 0xffff)
		return refuse(d, v, "errnoRet %u is out of range (0 to 65535)", r->errno_ret);
	if (r->names.n == 0)
		return refuse(d, v, "names must have at least one element");
	for (size_t i = 0; i < r->names.n && r->action == SC_NOTIFY; i++)
		if (strcmp(r->names.item[i], "write") == 0)
			return refuse(d, v, "SCMP_ACT_NOTIFY cannot be used for the write syscall");
	return 0;
}

static int take_rules(struct decoder *d, const struct json *v, void *at)
{
	struct spec_seccomp *s = at;
	struct sc_rule *item;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, LIMIT_LIST, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		struct sc_rule *r = &item[c->index];

		TRY(DECODE(d, c, rule_fields, r));
		TRY(check_rule(d, c, r));
		r->at = pointer_of(d, c);
		if (!r->at)
			return -1;
		s->notify = s->notify || r->action == SC_NOTIFY;
	}
	s->rules.n = n;
	s->rules.item = item;
	return 0;
}

static int take_archs(struct decoder *d, const struct json *v, void *at)
{
	const struct strings *list = at;

	TRY(take_strings(d, v, at));
	for (const struct json *c = v->child; c; c = c->next) {
		size_t i = 0;

		while (seccomp_arch_names[i] && strcmp(seccomp_arch_names[i], list->item[c->index]))
			i++;
		if (!seccomp_arch_names[i])
			return refuse(d, c, "unknown architecture \"%.40s\"", list->item[c->index]);
	}
	return 0;
}

static int take_flags(struct decoder *d, const struct json *v, void *at)
{
	static const struct { const char *name; uint32_t bit; } table[] = {
		{ "SECCOMP_FILTER_FLAG_TSYNC", SC_FLAG_TSYNC }, { "SECCOMP_FILTER_FLAG_LOG", SC_FLAG_LOG },
		{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SC_FLAG_SPEC_ALLOW },
		{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SC_FLAG_WAIT_KILLABLE_RECV },
	};
	struct spec_seccomp *s = at;
	struct strings list;

	TRY(take_strings(d, v, &list));
	s->has_flags = true;
	for (const struct json *c = v->child; c; c = c->next) {
		size_t i = 0;

		while (i < 4 && strcmp(table[i].name, list.item[c->index]))
			i++;
		if (i == 4)
			return refuse(d, c, "unknown flag \"%.60s\"", list.item[c->index]);
		s->flags |= table[i].bit;
	}
	return 0;
}

static const struct field seccomp_fields[] = {
	REQUIRED(struct spec_seccomp, default_action, "defaultAction", take_action),
	FIELD(struct spec_seccomp, default_errno, "defaultErrnoRet", take_u32),
	FIELD(struct spec_seccomp, archs, "architectures", take_archs),
	{ "flags", take_flags, 0, false },
	FIELD(struct spec_seccomp, listener_path, "listenerPath", take_nonempty),
	FIELD(struct spec_seccomp, listener_metadata, "listenerMetadata", take_string),
	{ "syscalls", take_rules, 0, false },
};

int take_seccomp(struct decoder *d, const struct json *v, void *at)
{
	struct spec_seccomp *s = at;

	TRY(DECODE(d, v, seccomp_fields, s));
	s->present = true;
	s->at = pointer_of(d, v);
	if (!s->at)
		return -1;
	s->has_default_errno = given(v, "defaultErrnoRet");
	if (s->default_action == SC_NOTIFY)
		return refuse(d, v, "SCMP_ACT_NOTIFY cannot be used as default action");
	if (s->has_default_errno && !has_errno(s->default_action))
		return refuse(d, v, "defaultErrnoRet is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, not %s", sc_action_name(s->default_action));
	if (s->default_errno > 0xffff)
		return refuse(d, v, "defaultErrnoRet %u is out of range (0 to 65535)", s->default_errno);
	if (s->listener_metadata && !s->listener_path)
		return refuse(d, v, "listenerMetadata is not allowed without listenerPath");
	if (s->notify && !s->listener_path)
		return refuse(d, v, "SCMP_ACT_NOTIFY needs a listenerPath");
	return 0;
}
