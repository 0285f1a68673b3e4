/* room: pure — what is taken from the host by name, once, and held by descriptor from then on */
#include "plan/build.h"

#include <linux/mount.h>

char *host_absolute(struct builder *b, const char *path)
{
	return path[0] == '/' ? text(b, "%s", path) : text(b, "%s/%s", b->r->bundle, path);
}

int add_reserve(struct builder *b)
{
	if (b->privileged) {
		ADD(undumpable, b, OP_UNDUMPABLE, HOST, "default: nobody looks into brig while it holds the host's descriptors");
	}
	ADD(reserve, b, OP_STATE_RESERVE, HOST, "default: the id is taken, and what delete must undo is written first");
	return 0;
}

int add_state_reserve(struct builder *b)
{
	TRY(add_reserve(b));
	b->start_in = slot_new(b, "start.in");
	b->start_out = slot_new(b, "start.out");
	if (b->start_in == SLOT_NONE || b->start_out == SLOT_NONE)
		return -1;
	ADD(fifo, b, OP_START_FIFO, HOST, "default: create ends before the program starts");
	fifo->fifo.in = b->start_in;
	fifo->fifo.out = b->start_out;
	return add_notify_dir(b);
}

/* A host path becomes a detached tree. The room is the host's, or init's before the root is attached when the host lacks the right. */
static int open_tree_step(struct builder *b, enum room room, const char *why, const char *path, const char *name, slot_t *ret)
{
	slot_t slot = path ? slot_new(b, name) : SLOT_NONE;

	if (slot == SLOT_NONE)
		return -1;
	ADD(open, b, OP_TREE_OPEN, room, why);
	open->tree.slot = slot;
	open->tree.path.s = path;
	*ret = slot;
	return 0;
}

static int open_mount(struct builder *b, enum room room, size_t i)
{
	const struct spec_mount *m = &b->s->mounts.item[i];
	enum mount_source from = mount_source(b, m);
	const char *path = from == FROM_HOST_SYS ? "/sys" : host_absolute(b, m->source ? m->source : "");
	struct step *open;

	if (from == FROM_BIND && (!m->source || !m->source[0]))
		return fail(b, ERR_SPEC, m->at, "mount on %s: a bind mount needs a source", m->destination);
	TRY(open_tree_step(b, room, m->at, path, text(b, "mounts/%zu", i), &b->mount[i]));
	open = &b->p->step[b->p->n - 1];
	open->tree.recursive = from == FROM_HOST_SYS || m->recursive;
	open->tree.nofollow = m->src_nofollow;
	open->tree.keep_link = m->copy_symlink;
	return 0;
}

int open_cgroup_mounts(struct builder *b, enum room room)
{
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		const struct spec_mount *m = &b->s->mounts.item[i];
		const char *own = b->p->cgroup_path[0] ? b->p->cgroup_path : b->f->cgroup_self;

		if (mount_source(b, m) != FROM_OWN_CGROUP)
			continue;
		if (b->f->cgroup == CGROUP_ABSENT)
			return fail(b, ERR_UNSUPPORTED, m->at, "there is no cgroup v2 hierarchy on this machine");
		TRY(open_tree_step(b, room, m->at, text(b, "%s%s", b->f->cgroup_mount, own), text(b, "mounts/%zu", i), &b->mount[i]));
	}
	return 0;
}

int open_node(struct builder *b, enum room room, const char *why, const struct spec_device *d, slot_t *ret)
{
	slot_t slot = slot_new(b, d->path);

	if (slot == SLOT_NONE)
		return -1;
	ADD(node, b, OP_NODE_OPEN, room, why);
	node->node.out = slot;
	node->node.path.s = d->path;
	node->node.type = d->type == DEV_CHAR ? 'c' : 'b';
	node->node.major = d->major;
	node->node.minor = d->minor;
	ADD(attr, b, OP_TREE_ATTR, room, why);	/* a clone is a peer of the host's /dev: what is mounted on it would appear there */
	attr->attr.slot = slot;
	attr->attr.propagation = MS_PRIVATE;
	*ret = slot;
	return 0;
}

static int open_null(struct builder *b, enum room room)
{
	static const struct spec_device null = { .type = DEV_CHAR, .path = "/dev/null", .major = 1, .minor = 3 };

	if (!b->s->linux_.masked_paths.n)
		return 0;
	TRY(open_node(b, room, "/linux/maskedPaths", &null, &b->null_node));
	b->p->slot_name[b->null_node] = "null";	/* not to be mixed up with the container's own */
	return 0;
}

int open_trees(struct builder *b, enum room room)
{
	TRY(open_tree_step(b, room, "/root/path", b->p->rootfs, "rootfs", &b->root));
	b->p->step[b->p->n - 1].tree.recursive = true;
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		enum mount_source from = mount_source(b, &b->s->mounts.item[i]);

		if (from == FROM_BIND || from == FROM_HOST_SYS)
			TRY(open_mount(b, room, i));
	}
	TRY(open_devices(b, room));
	TRY(open_null(b, room));
	return b->r->notify_socket ? open_tree_step(b, room, notify_why, text(b, "%s/%s/notify", b->r->state_root, b->r->id), "notify", &b->notify) : 0;
}

int open_namespaces(struct builder *b)
{
	for (int t = 0; t < NS_COUNT; t++) {
		enum ns_type type = (enum ns_type)t;

		if (!ns_is_joined(b, type))
			continue;
		b->ns[t] = slot_new(b, text(b, "ns/%s", namespace_name(type)));
		if (b->ns[t] == SLOT_NONE)
			return -1;
		ADD(ns, b, OP_NS_OPEN, HOST, ns_why(b, type));
		ns->ns.slot = b->ns[t];
		ns->ns.path.s = b->s->linux_.ns[t].path;
		ns->ns.type = type;
	}
	return 0;
}

static int connect_socket(struct builder *b, const char *why, const char *what, const char *name, const char *path, slot_t *ret)
{
	slot_t slot = slot_new(b, name);

	if (slot == SLOT_NONE)
		return -1;
	ADD(connect, b, OP_SOCKET_CONNECT, HOST, why);
	connect->path.out = slot;
	connect->path.path.s = path;
	connect->path.what = what;
	*ret = slot;
	return 0;
}

/* Two rules, in runc's words, which callers know. */
static int connect_console(struct builder *b)
{
	bool wanted = b->s->process.terminal && b->r->detach;

	if (wanted && !b->r->console_socket)
		return fail(b, ERR_USAGE, "/process/terminal", "cannot allocate tty if runc will detach without setting console socket");
	if (!wanted && b->r->console_socket)
		return fail(b, ERR_USAGE, "/process/terminal", "cannot use console socket if runc will not detach or allocate tty");
	if (!wanted)
		return 0;
	return connect_socket(b, "/process/terminal", "connect to console socket", "console-socket", b->r->console_socket, &b->console_socket);
}

static int connect_others(struct builder *b)
{
	const struct spec_seccomp *sc = &b->s->linux_.seccomp;

	if (b->r->pidfd_socket)
		TRY(connect_socket(b, "option: --pidfd-socket", "connect to pidfd socket", "pidfd-socket", b->r->pidfd_socket, &b->pidfd_socket));
	if (!sc->present || !sc->notify)
		return 0;
	if (!b->privileged)
		return fail(b, ERR_UNSUPPORTED, "/linux/seccomp/listenerPath", "a seccomp listener cannot be fetched by a rootless caller");
	return connect_socket(b, "/linux/seccomp/listenerPath", "failed to connect with seccomp agent", "seccomp-agent", sc->listener_path, &b->agent);
}

int add_console_socket(struct builder *b)
{
	return connect_console(b);
}

int add_sockets(struct builder *b)
{
	TRY(connect_console(b));
	return connect_others(b);
}

int add_sources(struct builder *b)
{
	if (!b->s->process.present)
		return fail(b, ERR_SPEC, "/process", "process property must not be empty");
	if (!b->s->has_root)
		return fail(b, ERR_SPEC, "/root", "root property must not be empty");
	TRY(add_sockets(b));
	TRY(open_namespaces(b));
	return b->privileged ? open_trees(b, HOST) : 0;
}
