/* room: pure — JSON: bytes to a tree that remembers where everything stood, and a writer. Nobody else includes yajl. */
#ifndef BRIG_JSON_JSON_H
#define BRIG_JSON_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

/* One cache line, since there are many: the numbers count within LIMIT_FILE_BYTES. */
struct json {
	const char *key;		/* member name inside an object, else NULL */
	const struct json *parent;	/* NULL at the root */
	const struct json *next;	/* next sibling */
	const struct json *child;	/* first element or member */
	const char *text;		/* string value, or the number as it was written */
	uint32_t length;		/* of text, bytes */
	uint32_t count;			/* elements or members */
	uint32_t index;			/* position inside the parent */
	uint32_t line, column;		/* of the value's first byte, from 1; column in bytes */
	enum json_type type : 8;
	bool boolean;
};

/* Parses one document (RFC 8259). Refused with ERR_SPEC "NAME:LINE:COLUMN: reason": bad syntax, invalid UTF-8, NUL in a string
 * (W-9), duplicate keys (W-8), nesting over LIMIT_JSON_DEPTH, more than LIMIT_FILE_BYTES, trailing bytes, a byte-order mark.
 * Keys that differ only in case are both kept here; spec/ refuses them where one is known. The tree lives in the arena. */
int json_parse(struct arena *mem, const char *name, const char *bytes, size_t n, const struct json **ret, struct err *e) MUST_CHECK;
/* The same, with the texts (values and keys) in an arena of their own: who has taken what it needs frees the tree and keeps the texts. */
int json_parse_apart(struct arena *tree, struct arena *texts, const char *name, const char *bytes, size_t n, const struct json **ret, struct err *e) MUST_CHECK;

const struct json *json_member(const struct json *object, const char *key);	/* NULL when absent (or not an object) */

/* RFC 6901 pointer of a node ("" for the root, "/mounts/3/source"), cut at size. Returns buf. */
char *json_pointer(const struct json *node, char *buf, size_t size);

/* Integers are exact or refused: -1 with errno EINVAL (fraction, exponent, not a number) or ERANGE. "-0" is 0. */
int json_i64(const struct json *node, int64_t *ret);
int json_u64(const struct json *node, uint64_t *ret);

const char *json_type_name(enum json_type type);	/* "an object", "a string", ... for messages */

/* Writer. Commas, quoting (control bytes, quotes, and bytes that are not UTF-8 as U+FFFD) and indentation are its own. */
struct json_out {
	struct str *to;
	const char *indent;	/* one level, e.g. "  " or "\t"; NULL: everything on one line without blanks */
	unsigned depth;
	bool some;		/* a member was written at this level */
	bool after_key;
};

void json_open(struct json_out *o, char bracket);		/* '{' or '[' */
void json_close(struct json_out *o, char bracket);		/* '}' or ']' */
void json_key(struct json_out *o, const char *key);
void json_put_string(struct json_out *o, const char *s);	/* NULL writes null */
void json_put_bool(struct json_out *o, bool b);
void json_put_i64(struct json_out *o, int64_t v);
void json_put_u64(struct json_out *o, uint64_t v);
void json_put_null(struct json_out *o);
void json_put_raw(struct json_out *o, const char *number);	/* already valid JSON text */
void json_put_node(struct json_out *o, const struct json *node);	/* copies a parsed tree */

/* base with patch laid over it: members one by one; a null in patch leaves the old; lists of objects with major and minor by those numbers;
 * everything else as a whole. */
void json_put_merged(struct json_out *o, const struct json *base, const struct json *patch);

/* key and value at once, for objects */
void json_kv_string(struct json_out *o, const char *key, const char *s);
void json_kv_bool(struct json_out *o, const char *key, bool b);
void json_kv_i64(struct json_out *o, const char *key, int64_t v);
void json_kv_u64(struct json_out *o, const char *key, uint64_t v);

#endif
