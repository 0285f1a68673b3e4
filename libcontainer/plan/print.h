/* room: pure — one field of a step, in both formats; private to plan/ */
#ifndef BRIG_PLAN_PRINT_H
#define BRIG_PLAN_PRINT_H

#include "plan/plan.h"

struct fields {
	const struct plan *p;
	struct str *text;	/* or NULL: JSON */
	struct json_out *json;
	bool some;		/* a field stands in text already */
};

/* key: the JSON member. label: what stands before the value in text ("" nothing). NULL strings and SLOT_NONE are left out. */
void field_string(struct fields *f, const char *key, const char *label, const char *value);
/* A value that was put together; none: what stands for an empty one. Its failure becomes the output's. */
void field_text(struct fields *f, const char *key, const char *label, const struct str *value, const char *none);
void field_number(struct fields *f, const char *key, const char *label, uint64_t value);
void field_signed(struct fields *f, const char *key, const char *label, int64_t value);
void field_flag(struct fields *f, const char *key, bool value);	/* in text only when true */
void field_slot(struct fields *f, const char *key, const char *label, slot_t slot);
void field_strings(struct fields *f, const char *key, const char *label, const struct strings *list);

struct bit_name { uint64_t bit; const char *name; };
/* Names of the bits of value, '|' between; unknown ones in hexadecimal. Left out when 0. */
void field_bits(struct fields *f, const char *key, const char *label, uint64_t value, const struct bit_name *table, size_t n);

void step_fields(struct fields *f, const struct step *s);	/* plan/printstep.c */

#endif
