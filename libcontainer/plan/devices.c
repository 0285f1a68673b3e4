/* room: pure — device nodes: made where mknod is allowed, else bound from the host */
#include "plan/build.h"

#include <sys/stat.h>

/* The specification's default devices; console and ptmx are made elsewhere. */
static const struct spec_device default_device[] = {
	{ .type = DEV_CHAR, .path = "/dev/null", .major = 1, .minor = 3, .mode = 0666 },
	{ .type = DEV_CHAR, .path = "/dev/zero", .major = 1, .minor = 5, .mode = 0666 },
	{ .type = DEV_CHAR, .path = "/dev/full", .major = 1, .minor = 7, .mode = 0666 },
	{ .type = DEV_CHAR, .path = "/dev/random", .major = 1, .minor = 8, .mode = 0666 },
	{ .type = DEV_CHAR, .path = "/dev/urandom", .major = 1, .minor = 9, .mode = 0666 },
	{ .type = DEV_CHAR, .path = "/dev/tty", .major = 5, .minor = 0, .mode = 0666 },
};
enum { DEFAULT_DEVICES = sizeof(default_device) / sizeof(default_device[0]) };

static const struct { const char *path, *target; } default_link[] = {
	{ "/dev/fd", "/proc/self/fd" },
	{ "/dev/stdin", "/proc/self/fd/0" },
	{ "/dev/stdout", "/proc/self/fd/1" },
	{ "/dev/stderr", "/proc/self/fd/2" },
	{ "/dev/ptmx", "pts/ptmx" },
};

size_t device_count(const struct builder *b)
{
	return DEFAULT_DEVICES + b->s->linux_.devices.n;
}

static const struct spec_device *device(const struct builder *b, size_t i)
{
	return i < DEFAULT_DEVICES ? &default_device[i] : &b->s->linux_.devices.item[i - DEFAULT_DEVICES];
}

static const char *device_why(struct builder *b, size_t i)
{
	const struct spec_device *d = device(b, i);

	if (i < DEFAULT_DEVICES)
		return "default: devices that every container has";
	return d->at ? d->at : text(b, "/linux/devices/%zu", i - DEFAULT_DEVICES);
}

/* A default that the configuration lists, or covers with a bind of its own, is the configuration's. */
static bool is_replaced(const struct builder *b, size_t i)
{
	const char *path = device(b, i)->path;

	if (i >= DEFAULT_DEVICES)
		return false;
	for (size_t k = 0; k < b->s->linux_.devices.n; k++)
		if (strcmp(b->s->linux_.devices.item[k].path, path) == 0)
			return true;
	for (size_t k = 0; k < b->s->mounts.n; k++)
		if (strcmp(b->s->mounts.item[k].destination, path) == 0)
			return true;
	return false;
}

/* Somebody else's /dev: nothing is made in it. */
static bool dev_is_bound(const struct builder *b)
{
	for (size_t i = 0; i < b->s->mounts.n; i++) {
		const struct spec_mount *m = &b->s->mounts.item[i];

		if (m->kind == MOUNT_BIND && (strcmp(m->destination, "/dev") == 0 || strcmp(m->destination, "/dev/") == 0))
			return true;
	}
	return false;
}

static mode_t type_bits(enum dev_type t)
{
	switch (t) {
	case DEV_CHAR: return S_IFCHR;
	case DEV_BLOCK: return S_IFBLK;
	case DEV_FIFO: return S_IFIFO;
	}
	return 0;
}

/* mknod needs the initial user namespace's CAP_MKNOD, so elsewhere the host's own node is bound. A FIFO can be made anywhere. */
static bool is_bound(const struct builder *b, size_t i)
{
	return (b->any_userns || b->f->in_userns) && device(b, i)->type != DEV_FIFO;
}

bool device_is_bound(const struct builder *b, size_t i)
{
	return !dev_is_bound(b) && !is_replaced(b, i) && is_bound(b, i);
}

const char *device_path(const struct builder *b, size_t i)
{
	return device(b, i)->path;
}

int open_devices(struct builder *b, enum room room)
{
	for (size_t i = 0; i < device_count(b); i++)
		if (device_is_bound(b, i))
			TRY(open_node(b, room, device_why(b, i), device(b, i), &b->dev[i]));
	return 0;
}

static int add_device(struct builder *b, size_t i)
{
	const struct spec_device *d = device(b, i);

	if (b->dev[i] != SLOT_NONE) {
		ADD(attach, b, OP_TREE_ATTACH, INIT, device_why(b, i));
		attach->attach.slot = b->dev[i];
		attach->attach.dest.s = d->path;
		return 0;
	}
	ADD(node, b, OP_DEVICE_NODE, INIT, device_why(b, i));
	node->device.path.s = d->path;
	node->device.mode = type_bits(d->type) | d->mode;
	node->device.major = d->major;
	node->device.minor = d->minor;
	node->device.uid = d->uid;
	node->device.gid = d->gid;
	return 0;
}

int add_devices(struct builder *b)
{
	if (dev_is_bound(b))
		return 0;
	for (size_t i = 0; i < device_count(b); i++)
		if (!is_replaced(b, i))
			TRY(add_device(b, i));
	for (size_t i = 0; i < sizeof(default_link) / sizeof(default_link[0]); i++) {
		ADD(link, b, OP_LINK, INIT, "default: names that every container has");
		link->link.path.s = default_link[i].path;
		link->link.target = default_link[i].target;
	}
	return 0;
}
