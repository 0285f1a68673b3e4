/* room: pure — a plan for people and for programs */
#include "plan/print.h"

#include <inttypes.h>

enum { OP_COLUMN = 16, ARGS_COLUMN = 44 };

/* Names come from configurations: control bytes must not reach a terminal. */
static void put_safe(struct str *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 0x20 || c == 0x7f)
			str_addf(out, "\\x%02x", c);
		else
			str_addc(out, *s);
	}
}

static void begin(struct fields *f, const char *label)
{
	if (f->some)
		str_addc(f->text, ' ');
	f->some = true;
	if (label[0]) {
		str_add(f->text, label);
		str_addc(f->text, ' ');
	}
}

void field_string(struct fields *f, const char *key, const char *label, const char *value)
{
	if (!value)
		return;
	if (!f->text) {
		json_kv_string(f->json, key, value);
		return;
	}
	begin(f, label);
	put_safe(f->text, value[0] ? value : "\"\"");
}

void field_text(struct fields *f, const char *key, const char *label, const struct str *value, const char *none)
{
	if (value->failed)
		(f->text ? f->text : f->json->to)->failed = true;
	else
		field_string(f, key, label, value->s ? value->s : none);
}

void field_number(struct fields *f, const char *key, const char *label, uint64_t value)
{
	if (!f->text) {
		json_kv_u64(f->json, key, value);
		return;
	}
	begin(f, label);
	str_addf(f->text, "%" PRIu64, value);
}

void field_signed(struct fields *f, const char *key, const char *label, int64_t value)
{
	if (!f->text) {
		json_kv_i64(f->json, key, value);
		return;
	}
	begin(f, label);
	str_addf(f->text, "%" PRId64, value);
}

void field_flag(struct fields *f, const char *key, bool value)
{
	if (!f->text) {
		json_kv_bool(f->json, key, value);
	} else if (value) {
		begin(f, "");
		str_add(f->text, key);
	}
}

void field_slot(struct fields *f, const char *key, const char *label, slot_t slot)
{
	const char *name = slot < f->p->slots ? f->p->slot_name[slot] : "?";

	if (slot == SLOT_NONE)
		return;
	if (!f->text) {
		json_kv_string(f->json, key, name);
		return;
	}
	begin(f, label);
	str_addf(f->text, "#%s", name);
}

void field_strings(struct fields *f, const char *key, const char *label, const struct strings *list)
{
	if (!f->text) {
		json_key(f->json, key);
		json_open(f->json, '[');
		for (size_t i = 0; i < list->n; i++)
			json_put_string(f->json, list->item[i]);
		json_close(f->json, ']');
		return;
	}
	for (size_t i = 0; i < list->n; i++) {
		begin(f, i ? "" : label);
		put_safe(f->text, list->item[i][0] ? list->item[i] : "\"\"");
	}
}

void field_bits(struct fields *f, const char *key, const char *label, uint64_t value, const struct bit_name *table, size_t n)
{
	OWN(str) names = { 0 };
	uint64_t rest = value;

	if (!value)
		return;
	for (size_t i = 0; i < n; i++) {
		if (!(rest & table[i].bit))
			continue;
		str_add(&names, names.n ? "|" : "");
		str_add(&names, table[i].name);
		rest &= ~table[i].bit;
	}
	if (rest)
		str_addf(&names, "%s%#" PRIx64, names.n ? "|" : "", rest);
	field_text(f, key, label, &names, NULL);
}

static void print_text(const struct plan *p, struct str *out)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];
		struct fields f = { .p = p, .text = out };
		size_t start, width;

		str_addf(out, "%3zu %s%s %-*s ", i, s->room == ROOM_HOST ? "" : s->room == ROOM_JOIN ? " " : "  ", room_name(s->room),
			 OP_COLUMN - (s->room == ROOM_HOST ? 0 : s->room == ROOM_JOIN ? 1 : 2), op_info[s->op].name);
		start = out->n;
		step_fields(&f, s);
		width = out->n - start;
		str_addf(out, "%*s  <- ", width < ARGS_COLUMN ? (int)(ARGS_COLUMN - width) : 0, "");
		put_safe(out, s->why);
		str_addc(out, '\n');
	}
}

static void print_json(const struct plan *p, struct str *out)
{
	struct json_out o = { .to = out, .indent = "  " };

	json_open(&o, '[');
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->step[i];
		struct fields f = { .p = p, .json = &o };

		json_open(&o, '{');
		json_kv_u64(&o, "step", i);
		json_kv_string(&o, "room", room_name(s->room));
		json_kv_string(&o, "op", op_info[s->op].name);
		json_kv_string(&o, "why", s->why);
		step_fields(&f, s);
		json_close(&o, '}');
	}
	json_close(&o, ']');
	str_addc(out, '\n');
}

void plan_print(const struct plan *p, enum plan_format format, struct str *out)
{
	if (format == PLAN_JSON)
		print_json(p, out);
	else
		print_text(p, out);
}
