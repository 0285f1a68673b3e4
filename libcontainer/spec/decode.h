/* room: pure — the field-table engine: name, handler, offset, required; private to spec/ */
#ifndef BRIG_SPEC_DECODE_H
#define BRIG_SPEC_DECODE_H

#include "spec/spec.h"

struct text_list { size_t n, cap; const char **item; };

struct decoder {
	struct spec *s;
	struct arena *mem;
	struct err *e;
	struct text_list notes, warnings;
};

/* A handler reads one value into the object at `at`. */
typedef int take_fn(struct decoder *d, const struct json *v, void *at);
struct field { const char *name; take_fn *take; size_t offset; bool required; };
#define FIELD(type, member, name, take) { name, take, offsetof(type, member), false }
#define REQUIRED(type, member, name, take) { name, take, offsetof(type, member), true }

/* Walks an object's members: known ones go to their handlers, null counts as absent, a known name in other case is refused (W-8), a near-miss
 * is a warning, anything else a note. */
int decode_object(struct decoder *d, const struct json *v, const struct field *table, size_t n, void *base);
#define DECODE(d, v, table, base) decode_object(d, v, table, sizeof(table) / sizeof(*(table)), base)

/* -1 with ERR_SPEC at the value's JSON pointer. */
int refuse(struct decoder *d, const struct json *v, const char *fmt, ...) PRINTF_LIKE(3, 4);
int refuse_at(struct decoder *d, const char *pointer, const char *fmt, ...) PRINTF_LIKE(3, 4);
int warn_at(struct decoder *d, const struct json *v, const char *fmt, ...) PRINTF_LIKE(3, 4);
const char *pointer_of(struct decoder *d, const struct json *v);	/* NULL: out of memory, error set */

/* Checks that v is an array within limit and gives zeroed room for its elements. */
int decode_array(struct decoder *d, const struct json *v, size_t limit, size_t size, void **ret, size_t *ret_n);

take_fn take_bool, take_string, take_nonempty, take_abs_path, take_strings, take_u32, take_i32, take_u64, take_id, take_ids;
take_fn take_opt_i64, take_opt_u64, take_ignored;

/* idmap=TEXT, ridmap=TEXT of a mount; v: the option */
int take_map_option(struct decoder *d, const struct json *v, const char *text, struct spec_mount *m);

/* One per part */
take_fn take_process, take_mounts, take_linux, take_hooks, take_resources, take_seccomp, take_annotations, take_devices, take_id_map, take_sysctl, take_rdt;
int check_spec(struct decoder *d);	/* cross-field rules (check.c) */
int check_sysctl(struct decoder *d);
int check_process(struct decoder *d);
int check_resources(struct decoder *d, const struct spec_resources *r);
int take_pairs(struct decoder *d, const struct json *v, struct spec_pairs *ret, bool (*ok)(const char *key), const char *what);
bool name_is_component(const char *s);	/* non-empty, no '/', no control byte, not "." or ".." (N18) */
bool has_control(const char *s);

#endif
