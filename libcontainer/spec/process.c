/* room: pure — process: user, environment, capabilities, limits, scheduling */
#include "spec/decode.h"
#include "base/limits.h"

#include <sched.h>
#include <string.h>

static const struct field user_fields[] = {
	FIELD(struct spec_user, uid, "uid", take_id),
	FIELD(struct spec_user, gid, "gid", take_id),
	FIELD(struct spec_user, umask, "umask", take_u32),
	FIELD(struct spec_user, additional_gids, "additionalGids", take_ids),
	FIELD(struct spec_user, at, "username", take_ignored),
};

static int take_user(struct decoder *d, const struct json *v, void *at)
{
	struct spec_user *u = at;
	const struct json *umask = json_member(v, "umask");

	TRY(DECODE(d, v, user_fields, u));
	u->has_umask = umask && umask->type != JSON_NULL;
	if (u->umask > 0777)
		return refuse(d, umask, "umask %u has bits beyond 0777", u->umask);
	u->at = pointer_of(d, v);
	return u->at ? 0 : -1;
}

static int take_capset(struct decoder *d, const struct json *v, void *at)
{
	capset_t set = 0;

	if (v->type != JSON_ARRAY)
		return refuse(d, v, "must be an array, not %s", json_type_name(v->type));
	for (const struct json *c = v->child; c; c = c->next) {
		const char *name;
		int cap;

		TRY(take_string(d, c, &name));
		cap = name_to_capability(name);
		if (cap < 0)	/* specification: a warning, not an error */
			TRY(warn_at(d, c, "unknown capability \"%.40s\", ignoring", name));
		else
			set |= 1ull << cap;
	}
	*(capset_t *)at = set;
	return 0;
}

static const struct field caps_fields[] = {
	FIELD(struct spec_caps, bounding, "bounding", take_capset),
	FIELD(struct spec_caps, effective, "effective", take_capset),
	FIELD(struct spec_caps, permitted, "permitted", take_capset),
	FIELD(struct spec_caps, inheritable, "inheritable", take_capset),
	FIELD(struct spec_caps, ambient, "ambient", take_capset),
};

static int take_caps(struct decoder *d, const struct json *v, void *at)
{
	struct spec_caps *c = at;

	TRY(DECODE(d, v, caps_fields, c));
	c->present = true;
	c->at = pointer_of(d, v);
	return c->at ? 0 : -1;
}

static int take_rlimit_type(struct decoder *d, const struct json *v, void *at)
{
	const char *name;

	TRY(take_string(d, v, &name));
	*(int *)at = name_to_rlimit(name);
	return *(int *)at < 0 ? refuse(d, v, "unknown resource limit \"%.40s\"", name) : 0;
}

static const struct field rlimit_fields[] = {
	REQUIRED(struct spec_rlimit, resource, "type", take_rlimit_type),
	REQUIRED(struct spec_rlimit, soft, "soft", take_u64),
	REQUIRED(struct spec_rlimit, hard, "hard", take_u64),
};

static int take_rlimits(struct decoder *d, const struct json *v, void *at)
{
	struct { size_t n; const struct spec_rlimit *item; } *ret = at;
	struct spec_rlimit *item;
	uint64_t seen = 0;
	void *mem;
	size_t n;

	TRY(decode_array(d, v, 64, sizeof(*item), &mem, &n));
	item = mem;
	for (const struct json *c = v->child; c; c = c->next) {
		struct spec_rlimit *r = &item[c->index];

		TRY(DECODE(d, c, rlimit_fields, r));
		if (seen & (1ull << r->resource))
			return refuse(d, c, "%s is given twice", rlimit_name(r->resource));
		seen |= 1ull << r->resource;
		if (r->soft > r->hard)
			return refuse(d, c, "soft limit %llu is above the hard limit %llu", (unsigned long long)r->soft, (unsigned long long)r->hard);
		r->at = pointer_of(d, c);
		if (!r->at)
			return -1;
	}
	ret->n = n;
	ret->item = item;
	return 0;
}

static int choose(struct decoder *d, const struct json *v, const char *const *names, size_t n, const char *what, size_t *ret)
{
	const char *name;

	TRY(take_string(d, v, &name));
	for (size_t i = 0; i < n; i++)
		if (names[i] && strcmp(names[i], name) == 0) {
			*ret = i;
			return 0;
		}
	return refuse(d, v, "unknown %s \"%.40s\"", what, name);
}

static int take_policy(struct decoder *d, const struct json *v, void *at)
{
	static const char *const names[] = { "SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "SCHED_ISO", "SCHED_IDLE", "SCHED_DEADLINE" };
	size_t i = 0;

	TRY(choose(d, v, names, 7, "scheduling policy", &i));
	*(uint32_t *)at = (uint32_t)i;	/* linux/sched.h numbers them in this order */
	return 0;
}

static int take_sched_flags(struct decoder *d, const struct json *v, void *at)
{
	static const char *const names[] = { "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN", "SCHED_FLAG_KEEP_POLICY",
					     "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN", "SCHED_FLAG_UTIL_CLAMP_MAX" };
	size_t bit = 0;

	if (v->type != JSON_ARRAY)
		return refuse(d, v, "must be an array, not %s", json_type_name(v->type));
	for (const struct json *c = v->child; c; c = c->next) {
		TRY(choose(d, c, names, 7, "scheduler flag", &bit));
		*(uint64_t *)at |= 1ull << bit;
	}
	return 0;
}

static const struct field sched_fields[] = {
	REQUIRED(struct spec_scheduler, policy, "policy", take_policy),
	FIELD(struct spec_scheduler, nice, "nice", take_i32),
	FIELD(struct spec_scheduler, priority, "priority", take_i32),
	FIELD(struct spec_scheduler, flags, "flags", take_sched_flags),
	FIELD(struct spec_scheduler, runtime, "runtime", take_u64),
	FIELD(struct spec_scheduler, deadline, "deadline", take_u64),
	FIELD(struct spec_scheduler, period, "period", take_u64),
};

static int take_scheduler(struct decoder *d, const struct json *v, void *at)
{
	struct spec_scheduler *s = at;

	TRY(DECODE(d, v, sched_fields, s));
	if (s->nice < -20 || s->nice > 19)
		return refuse(d, v, "nice %d is out of range (-20 to 19)", s->nice);
	if (s->priority && s->policy != 1 && s->policy != 2)
		return refuse(d, v, "scheduler priority can only be specified for SCHED_FIFO or SCHED_RR policy");
	if ((s->runtime || s->deadline || s->period) && s->policy != 6)
		return refuse(d, v, "scheduler runtime, deadline and period can only be specified for SCHED_DEADLINE policy");
	s->present = true;
	s->at = pointer_of(d, v);
	return s->at ? 0 : -1;
}

static int take_io_class(struct decoder *d, const struct json *v, void *at)
{
	static const char *const names[] = { NULL, "IOPRIO_CLASS_RT", "IOPRIO_CLASS_BE", "IOPRIO_CLASS_IDLE" };
	size_t i = 0;

	TRY(choose(d, v, names, 4, "I/O priority class", &i));
	*(uint32_t *)at = (uint32_t)i;
	return 0;
}

static const struct field io_fields[] = {
	REQUIRED(struct spec_process, io_class, "class", take_io_class),
	FIELD(struct spec_process, io_priority, "priority", take_u32),
};

static int take_io(struct decoder *d, const struct json *v, void *at)
{
	struct spec_process *p = at;

	TRY(DECODE(d, v, io_fields, p));
	p->has_io_priority = true;
	return p->io_priority <= 7 ? 0 : refuse(d, v, "I/O priority %u is out of range (0 to 7)", p->io_priority);
}

static int take_cpu_list(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	if (v->text[strspn(v->text, "0123456789,- ")] || has_control(v->text))
		return refuse(d, v, "\"%.40s\" is not a list of CPUs", v->text);
	return 0;
}

static const struct field affinity_fields[] = {
	FIELD(struct spec_process, cpu_affinity_initial, "initial", take_cpu_list),
	FIELD(struct spec_process, cpu_affinity_final, "final", take_cpu_list),
};

static int take_affinity(struct decoder *d, const struct json *v, void *at)
{
	return DECODE(d, v, affinity_fields, at);
}

static const struct field console_fields[] = {
	REQUIRED(struct spec_process, console_height, "height", take_u32),
	REQUIRED(struct spec_process, console_width, "width", take_u32),
};

static int take_console(struct decoder *d, const struct json *v, void *at)
{
	struct spec_process *p = at;

	TRY(DECODE(d, v, console_fields, p));
	return p->console_height <= 65535 && p->console_width <= 65535 ? 0 : refuse(d, v, "is larger than 65535");
}

static int take_oom(struct decoder *d, const struct json *v, void *at)
{
	struct spec_process *p = at;

	TRY(take_i32(d, v, &p->oom_score_adj));
	p->has_oom_score = true;
	return p->oom_score_adj >= -1000 && p->oom_score_adj <= 1000 ? 0 : refuse(d, v, "%d is out of range (-1000 to 1000)", p->oom_score_adj);
}

static int take_env(struct decoder *d, const struct json *v, void *at)
{
	const struct strings *env = at;

	TRY(take_strings(d, v, at));
	for (const struct json *c = v->child; c; c = c->next) {
		const char *eq = strchr(env->item[c->index], '=');

		if (!eq || eq == env->item[c->index])
			return refuse(d, c, "\"%.40s\" is not of the form KEY=VALUE", env->item[c->index]);
		for (const char *p = env->item[c->index]; p < eq; p++)
			if ((unsigned char)*p < 0x20 || *p == 0x7f)
				return refuse(d, c, "the key contains a control character");
	}
	return 0;
}

#define P(member, name, take) FIELD(struct spec_process, member, name, take)
static const struct field process_fields[] = {
	P(terminal, "terminal", take_bool),
	{ "consoleSize", take_console, 0, false },
	REQUIRED(struct spec_process, cwd, "cwd", take_abs_path),
	P(env, "env", take_env),
	P(args, "args", take_strings),
	P(user, "user", take_user),
	P(caps, "capabilities", take_caps),
	P(rlimits, "rlimits", take_rlimits),
	P(no_new_privs, "noNewPrivileges", take_bool),
	P(apparmor_profile, "apparmorProfile", take_string),
	P(selinux_label, "selinuxLabel", take_string),
	{ "oomScoreAdj", take_oom, 0, false },
	P(scheduler, "scheduler", take_scheduler),
	{ "ioPriority", take_io, 0, false },
	{ "execCPUAffinity", take_affinity, 0, false },
	P(at, "commandLine", take_ignored),
};
#undef P

int take_process(struct decoder *d, const struct json *v, void *at)
{
	struct spec_process *p = at;

	TRY(DECODE(d, v, process_fields, p));
	p->present = true;
	p->at = pointer_of(d, v);
	return p->at ? 0 : -1;
}
