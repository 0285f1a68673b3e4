/* room: pure — the order of `checkpoint`, and what it shares with `restore` (plan/restore.c)
 *
 * CRIU writes what is the container's own. What is not (bind mounts, masks, joined namespaces) it must be told, or it refuses; the images then hold a name
 * for it, and restore says what that name stands for, from the configuration of that time. */
#include "plan/build.h"

#include <sched.h>

struct criu *criu_new(struct builder *b, const char *verb, const char *log)
{
	struct criu *c = arena_alloc(&b->p->mem, sizeof(*c));

	if (!c) {
		err_oom(b->e);
		return NULL;
	}
	c->verb = verb;
	c->log = log;
	c->work = c->target = c->init = c->console = SLOT_NONE;
	return c;
}

/* The lists are as short as the configuration, so each grows by one. */
static void *grown(struct builder *b, const void *list, size_t n, size_t size)
{
	void *more = arena_array(&b->p->mem, n + 1, size);

	if (!more) {
		err_oom(b->e);
		return NULL;
	}
	if (n)
		memcpy(more, list, n * size);
	return more;
}

int criu_option(struct builder *b, struct criu *c, const char *option)
{
	const char **more = option ? grown(b, c->options.item, c->options.n, sizeof(*more)) : NULL;

	if (!more)
		return -1;
	more[c->options.n++] = option;
	c->options.item = more;
	return 0;
}

int criu_give(struct builder *b, struct criu *c, const char *name, slot_t slot, const char *key)
{
	struct criu_fd *more = grown(b, c->fd, c->n_fds, sizeof(*more));

	if (!more)
		return -1;
	more[c->n_fds++] = (struct criu_fd){ name, slot, key };
	c->fd = more;
	return 0;
}

static int flag(struct builder *b, struct criu *c, const char *name, bool on)
{
	return on ? criu_option(b, c, text(b, "%s=1", name)) : 0;
}

static int word(struct builder *b, struct criu *c, const char *name, const char *value)
{
	return value ? criu_option(b, c, text(b, "%s=%s", name, value)) : 0;
}

static const char *annotation(const struct builder *b, const char *key)
{
	for (size_t i = 0; i < b->s->annotations.n; i++)
		if (strcmp(b->s->annotations.item[i].key, key) == 0)
			return b->s->annotations.item[i].value;
	return NULL;
}

/* CRIU reads more options from a file: the one of the annotation, none when that is empty. */
static int config_file(struct builder *b, struct criu *c)
{
	const char *asked = annotation(b, "org.criu.config");

	return word(b, c, "config_file", !asked ? "/etc/criu/runc.conf" : asked[0] ? asked : NULL);
}

int criu_common(struct builder *b, struct criu *c)
{
	const struct request_criu *r = b->r->criu;

	TRY(criu_give(b, c, "images", b->images, NULL));
	if (b->work != SLOT_NONE)
		TRY(criu_give(b, c, "work", b->work, NULL));
	c->work = b->work != SLOT_NONE ? b->work : b->images;
	c->shell_job = r->shell_job;
	TRY(word(b, c, "log_file", c->log));
	TRY(config_file(b, c));
	TRY(flag(b, c, "tcp_established", r->tcp_established));
	TRY(flag(b, c, "ext_unix_sk", r->ext_unix_sk));
	TRY(flag(b, c, "shell_job", r->shell_job));
	TRY(flag(b, c, "file_locks", r->file_locks));
	TRY(flag(b, c, "lazy_pages", r->lazy_pages));
	TRY(flag(b, c, "auto_dedup", r->auto_dedup));
	TRY(flag(b, c, "orphan_pts_master", true));
	if (r->network_lock != NETWORK_LOCK_DEFAULT)
		TRY(criu_option(b, c, text(b, "network_lock=%d", (int)r->network_lock)));
	/* The devices of a network namespace are its maker's, who makes them anew at restore. */
	return criu_option(b, c, text(b, "empty_ns=%u", (unsigned)CLONE_NEWNET));
}

/* Both are reached before anything else: a wrong name is found while the container is as it was. */
int add_directories(struct builder *b, bool writes, const char *log)
{
	const struct request_criu *r = b->r->criu;

	b->images = slot_new(b, "images");
	if (b->images == SLOT_NONE)
		return -1;
	ADD(images, b, OP_DIR_OPEN, HOST, "option: --image-path");
	images->dir.slot = b->images;
	images->dir.path.s = r->images;
	images->dir.make = writes;
	images->dir.writes = writes || r->auto_dedup;
	images->dir.dedup = r->auto_dedup;
	images->dir.parent = r->parent;
	images->dir.log = r->work ? NULL : log;
	if (!r->work)
		return 0;
	b->work = slot_new(b, "work");
	if (b->work == SLOT_NONE)
		return -1;
	ADD(work, b, OP_DIR_OPEN, HOST, "option: --work-path");
	work->dir.slot = b->work;
	work->dir.path.s = r->work;
	work->dir.make = true;
	work->dir.writes = true;
	work->dir.log = log;
	return 0;
}

/* ---- checkpoint ---- */

static int name_mount(struct builder *b, struct criu *c, const char *dest, const char *key, bool mask)
{
	struct criu_mount *more = grown(b, c->mount, c->n_mounts, sizeof(*more));

	if (!more)
		return -1;
	more[c->n_mounts++] = (struct criu_mount){ { dest }, key, mask };
	c->mount = more;
	return 0;
}

static int external_mounts(struct builder *b, struct criu *c)
{
	const struct strings *masked = &b->s->linux_.masked_paths;

	for (size_t i = 0; i < b->s->mounts.n; i++) {
		const struct spec_mount *m = &b->s->mounts.item[i];
		enum mount_source from = mount_source(b, m);

		if (from == FROM_BIND || from == FROM_HOST_SYS || from == FROM_OWN_CGROUP)
			TRY(name_mount(b, c, m->destination, m->destination, false));
	}
	for (size_t i = 0; i < device_count(b); i++)
		if (device_is_bound(b, i))
			TRY(name_mount(b, c, device_path(b, i), device_path(b, i), false));
	for (size_t i = 0; i < masked->n; i++)
		TRY(name_mount(b, c, masked->item[i], "/dev/null", true));
	return 0;
}

static int external_namespaces(struct builder *b, struct criu *c)
{
	for (int t = 0; t < NS_COUNT; t++)
		if (ns_is_joined(b, (enum ns_type)t) && (t == NS_NET || t == NS_PID))
			c->external_ns |= 1u << t;
	return 0;
}

static int dump_options(struct builder *b, struct criu *c)
{
	const struct request_criu *r = b->r->criu;
	const struct request_target *t = &b->r->target;

	TRY(criu_option(b, c, text(b, "manage_cgroups_mode=%d", r->cgroups == CRIU_CGROUPS_DEFAULT ? CRIU_CGROUPS_SOFT : (int)r->cgroups)));
	TRY(flag(b, c, "leave_running", r->leave_running));
	TRY(flag(b, c, "tcp_skip_in_flight", r->tcp_skip_in_flight));
	TRY(flag(b, c, "link_remap", r->link_remap));
	TRY(word(b, c, "parent_img", r->parent));
	TRY(flag(b, c, "track_mem", r->parent != NULL || r->pre_dump));
	TRY(word(b, c, "ps", r->page_server));
	return t->cgroup_path[0] ? criu_option(b, c, text(b, "freeze_cgroup=%s%s", t->cgroup_mount, t->cgroup_path)) : 0;
}

static int add_dump(struct builder *b)
{
	bool memory_only = b->r->criu->pre_dump;
	struct criu *c = criu_new(b, memory_only ? "pre-dump" : "dump", "dump.log");

	if (!c)
		return -1;
	c->target = b->target;
	TRY(criu_common(b, c));
	TRY(dump_options(b, c));
	if (!memory_only) {
		TRY(external_mounts(b, c));
		TRY(external_namespaces(b, c));
	}
	ADD(dump, b, OP_CRIU_DUMP, HOST, memory_only ? "option: --pre-dump" : "default: the container's state becomes files");
	dump->criu = c;
	return 0;
}

static int order(struct builder *b)
{
	if (b->r->criu->lazy_pages && !b->r->criu->page_server)	/* CRIU would wait at an address that nobody knows */
		return fail(b, ERR_USAGE, "option: --lazy-pages", "--lazy-pages needs --page-server, where the pages can be fetched");
	ADD(undumpable, b, OP_UNDUMPABLE, HOST, "default: nobody looks into brig while it holds the host's descriptors");
	b->target = slot_new(b, "target");
	if (b->target == SLOT_NONE)
		return -1;
	ADD(open, b, OP_TARGET_OPEN, HOST, "default: the container is its first process, and no other of the same number");
	open->slot.slot = b->target;
	TRY(add_directories(b, true, "dump.log"));
	return add_dump(b);
}

int plan_checkpoint(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e)
{
	struct builder b;
	struct plan *p = builder_start(&b, s, f, r, e);

	if (!p)
		return -1;
	p->kind = PLAN_CHECKPOINT;
	if (order(&b) < 0 || builder_finish(&b) < 0 || plan_check(p, e) < 0) {
		plan_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}
