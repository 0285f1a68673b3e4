/* room: pure — the growing plan, and what the builders share */
#include "plan/build.h"
#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>

struct step *add(struct builder *b, enum op op, enum room room, const char *why)
{
	struct plan *p = b->p;
	struct step *s;

	if (!why) {	/* text() ran out of memory and has said so */
		if (b->e->kind == ERR_NONE)
			err_set(b->e, ERR_BUG, 0, "step %s has no cause", op_info[op].name);
		return NULL;
	}
	if (p->n == LIMIT_STEPS) {
		err_set(b->e, ERR_SPEC, 0, "the configuration needs more than %u steps", LIMIT_STEPS);
		return NULL;
	}
	if (p->n == b->cap) {
		size_t cap = b->cap ? 2 * b->cap : 128;	/* what the default configuration needs */
		struct step *more = arena_raw(&p->mem, cap * sizeof(*more));

		if (!more) {
			err_oom(b->e);
			return NULL;
		}
		if (p->n)
			memcpy(more, p->step, p->n * sizeof(*more));
		p->step = more;
		b->cap = cap;
	}
	s = &p->step[p->n++];
	memset(s, 0, sizeof(*s));
	s->op = op;
	s->room = room;
	s->why = why;
	return s;
}

slot_t slot_new(struct builder *b, const char *name)
{
	struct plan *p = b->p;
	size_t n = p->slots;

	if (n == LIMIT_SLOTS) {
		err_set(b->e, ERR_SPEC, 0, "the configuration needs more than %u descriptors", LIMIT_SLOTS);
		return SLOT_NONE;
	}
	if ((n & (n - 1)) == 0) {	/* full at each power of two */
		const char **more = arena_array(&p->mem, n ? 2 * n : 1, sizeof(*more));

		if (!more) {
			err_oom(b->e);
			return SLOT_NONE;
		}
		if (n)
			memcpy(more, p->slot_name, n * sizeof(*more));
		p->slot_name = more;
	}
	if (!name)
		return SLOT_NONE;
	p->slot_name[n] = name;
	p->slots++;
	return (slot_t)n;
}

char *text(struct builder *b, const char *fmt, ...)
{
	char buf[512];
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	s = n < 0 ? NULL : arena_alloc(&b->p->mem, (size_t)n + 1);
	if (!s) {
		err_oom(b->e);
		return NULL;
	}
	if ((size_t)n < sizeof(buf)) {
		memcpy(s, buf, (size_t)n);
		return s;
	}
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

int fail(struct builder *b, enum err_kind kind, const char *why, const char *fmt, ...)
{
	char buf[ERR_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	err_set(b->e, kind, 0, "%s", buf);
	return why ? err_why(b->e, why) : -1;
}

int64_t id_outside(const struct id_map *m, uint32_t inside)
{
	if (!m)
		return inside;
	for (size_t i = 0; i < m->n; i++) {
		const struct id_mapping *x = &m->item[i];

		if (inside >= x->inside && inside - x->inside < x->size)
			return (int64_t)x->outside + (inside - x->inside);
	}
	return -1;
}

bool ns_is_new(const struct builder *b, enum ns_type t)
{
	const struct spec_namespace *ns = &b->s->linux_.ns[t];

	return ns->present && !ns->path;
}

bool ns_is_joined(const struct builder *b, enum ns_type t)
{
	const struct spec_namespace *ns = &b->s->linux_.ns[t];

	return ns->present && ns->path;
}

const char *ns_why(const struct builder *b, enum ns_type t)
{
	const char *at = b->s->linux_.ns[t].at;

	return at ? at : "/linux/namespaces";
}

static slot_t *slot_array(struct builder *b, size_t n)
{
	slot_t *a = arena_array(&b->p->mem, n, sizeof(*a));

	if (!a) {
		err_oom(b->e);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		a[i] = SLOT_NONE;
	return a;
}

static int annotations(struct builder *b)
{
	OWN(str) text = { 0 };
	struct json_out o = { .to = &text };

	b->p->annotations = "";
	if (b->s->annotations.n == 0)
		return 0;
	json_open(&o, '{');
	for (size_t i = 0; i < b->s->annotations.n; i++)
		json_kv_string(&o, b->s->annotations.item[i].key, b->s->annotations.item[i].value);
	json_close(&o, '}');
	TRY(str_ok(&text, b->e));
	b->p->annotations = arena_strdup(&b->p->mem, text.s);
	return b->p->annotations ? 0 : err_oom(b->e);
}

/* The state of the container for hooks, in two halves around the status and the pid, which only the walk knows. */
static int state_texts(struct builder *b)
{
	OWN(str) head = { 0 }, tail = { 0 };
	struct json_out o = { .to = &head, .after_key = true };

	TRY(annotations(b));
	str_add(&head, "{\"ociVersion\":\"" SPEC_VERSION "\",\"id\":");
	json_put_string(&o, b->r->id);
	str_add(&head, ",");
	str_add(&tail, ",\"bundle\":");
	o = (struct json_out){ .to = &tail, .after_key = true };
	json_put_string(&o, b->r->bundle);
	if (b->p->annotations[0])
		str_addf(&tail, ",\"annotations\":%s", b->p->annotations);
	str_add(&tail, "}");
	TRY(str_ok(&head, b->e));
	TRY(str_ok(&tail, b->e));
	b->p->state_head = arena_strdup(&b->p->mem, head.s);
	b->p->state_tail = arena_strdup(&b->p->mem, tail.s);
	return b->p->state_head && b->p->state_tail ? 0 : err_oom(b->e);
}

static void start_fields(struct builder *b)
{
	const struct spec_linux *l = &b->s->linux_;

	b->root = b->images = b->work = b->cgroup = b->unit = b->pidfd = b->start_in = b->start_out = SLOT_NONE;
	b->console = b->console_socket = b->pidfd_socket = b->agent = b->target = b->notify = b->null_node = b->empty_dir = b->seccomp = SLOT_NONE;
	for (size_t i = 0; i < NS_COUNT; i++)
		b->ns[i] = SLOT_NONE;
	b->new_userns = ns_is_new(b, NS_USER);
	b->any_userns = l->ns[NS_USER].present;
	b->privileged = b->f->can_mount;
	if (b->any_userns && l->uid_map.n)
		b->uid_map = &l->uid_map;
	if (b->any_userns && l->gid_map.n)
		b->gid_map = &l->gid_map;
	b->p->cgroup_mount = b->p->cgroup_path = b->p->systemd_unit = b->p->rdt_path = b->p->rdt_monitor = "";
	b->p->state_status = "creating";
	b->p->own_pid_ns = ns_is_new(b, NS_PID);
	b->p->rootless = !b->privileged || b->f->euid != 0;
}

static int start(struct builder *b)
{
	start_fields(b);
	b->mount = slot_array(b, b->s->mounts.n);
	b->dev = slot_array(b, device_count(b));
	if (!b->mount || !b->dev)
		return -1;
	TRY(state_texts(b));
	b->p->rootfs = host_absolute(b, b->s->root_path ? b->s->root_path : "rootfs");
	return b->p->rootfs ? 0 : -1;
}

struct plan *builder_start(struct builder *b, const struct spec *s, const struct facts *f, const struct request *r, struct err *e)
{
	struct arena mem = { 0 };
	struct plan *p = arena_alloc(&mem, sizeof(*p));

	if (!p) {
		err_oom(e);
		return NULL;
	}
	p->mem = mem;
	*e = (struct err){ 0 };
	*b = (struct builder){ .p = p, .s = s, .f = f, .r = r, .e = e };
	if (start(b) < 0) {
		plan_free(p);
		return NULL;
	}
	return p;
}

int builder_finish(struct builder *b)
{
	struct plan *p = b->p;

	p->wait_start = p->n;
	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].op == OP_WAIT_START)
			p->wait_start = i;
		if (p->step[i].room == ROOM_JOIN)
			p->uses_join = true;
	}
	return 0;
}

void plan_free(struct plan *p)
{
	struct arena mem;

	if (!p)
		return;
	mem = p->mem;	/* in which the plan lies */
	arena_free(&mem);
}
