/* room: pure — the root switch, and what is closed off right after it */
#include "plan/build.h"

#include <linux/mount.h>

int add_pivot(struct builder *b)
{
	uint64_t asked = b->s->linux_.rootfs_propagation;

	if (b->r->no_pivot && (asked & MS_PRIVATE))
		return fail(b, ERR_SPEC, "/linux/rootfsPropagation", "a private root needs pivot_root, which --no-pivot forbids");
	TRY(add_labels(b));
	ADD(pivot, b, OP_PIVOT, INIT, b->r->no_pivot ? "option: --no-pivot" : "default: the host's file system is gone");
	pivot->pivot.move = b->r->no_pivot;
	if (!(asked & (MS_SHARED | MS_SLAVE | MS_UNBINDABLE)))
		return 0;
	ADD(prop, b, OP_ROOT_PROPAGATION, INIT, "/linux/rootfsPropagation");
	prop->flags.value = asked;
	return 0;
}

static int add_empty_dir(struct builder *b)
{
	b->empty_dir = slot_new(b, "empty");
	if (b->empty_dir == SLOT_NONE)
		return -1;
	ADD(empty, b, OP_FS_MAKE, INIT, "/linux/maskedPaths");
	empty->fs.slot = b->empty_dir;
	empty->fs.type = "tmpfs";
	empty->fs.source = "tmpfs";
	empty->fs.attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	return 0;
}

int add_masks(struct builder *b)
{
	const struct strings *ro = &b->s->linux_.readonly_paths, *masked = &b->s->linux_.masked_paths;

	if (b->s->root_readonly) {
		ADD(root, b, OP_ROOT_READONLY, INIT, "/root/readonly");
	}
	for (size_t i = 0; i < ro->n; i++) {
		ADD(path, b, OP_READONLY, INIT, text(b, "/linux/readonlyPaths/%zu", i));
		path->rpath.path.s = ro->item[i];
	}
	if (masked->n)
		TRY(add_empty_dir(b));
	for (size_t i = 0; i < masked->n; i++) {
		ADD(mask, b, OP_MASK, INIT, text(b, "/linux/maskedPaths/%zu", i));
		mask->mask.path.s = masked->item[i];
		mask->mask.null = b->null_node;
		mask->mask.empty = b->empty_dir;
	}
	return 0;
}
