/* room: pure — the top level of config.json */
#include "spec/decode.h"

#include <stdlib.h>
#include <string.h>

static bool any_key(const char *key)
{
	return key[0] != '\0';
}

int take_annotations(struct decoder *d, const struct json *v, void *at)
{
	return take_pairs(d, v, at, any_key, "annotation key");
}

static int take_version(struct decoder *d, const struct json *v, void *at)
{
	const char *p;
	int dots = 0;

	TRY(take_string(d, v, at));
	for (p = v->text; *p >= '0' && *p <= '9'; p++)
		;
	for (; *p == '.' && p[1] >= '0' && p[1] <= '9'; dots++)
		for (p++; *p >= '0' && *p <= '9'; p++)
			;
	if (v->text[0] < '0' || v->text[0] > '9' || dots != 2 || (*p && *p != '-' && *p != '+'))
		return refuse(d, v, "\"%.40s\" is not a semantic version", v->text);
	if (strncmp(v->text, "1.", 2))
		return refuse(d, v, "version %.40s is not supported; 1.x is", v->text);
	return 0;
}

static const struct field root_fields[] = {
	REQUIRED(struct spec, root_path, "path", take_nonempty),
	FIELD(struct spec, root_readonly, "readonly", take_bool),
};

static int take_root(struct decoder *d, const struct json *v, void *at)
{
	(void)at;
	d->s->has_root = true;
	return DECODE(d, v, root_fields, d->s);
}

static int take_name(struct decoder *d, const struct json *v, void *at)
{
	TRY(take_string(d, v, at));
	if (has_control(v->text))
		return refuse(d, v, "contains a control character");
	return v->length <= 64 ? 0 : refuse(d, v, "is longer than 64 bytes");	/* __NEW_UTS_LEN */
}

static const struct field top_fields[] = {
	REQUIRED(struct spec, oci_version, "ociVersion", take_version),
	FIELD(struct spec, process, "process", take_process),
	FIELD(struct spec, root_path, "root", take_root),
	FIELD(struct spec, hostname, "hostname", take_name),
	FIELD(struct spec, domainname, "domainname", take_name),
	FIELD(struct spec, mounts, "mounts", take_mounts),
	FIELD(struct spec, hooks, "hooks", take_hooks),
	FIELD(struct spec, annotations, "annotations", take_annotations),
	FIELD(struct spec, linux_, "linux", take_linux),
};

static void start(struct decoder *d, struct spec *s, struct err *e)
{
	*d = (struct decoder){ .s = s, .mem = &s->mem, .e = e };
	memset(e, 0, sizeof(*e));
}

static void finish(struct decoder *d)
{
	d->s->notes.n = d->notes.n;
	d->s->notes.item = d->notes.item;
	d->s->warnings.n = d->warnings.n;
	d->s->warnings.item = d->warnings.item;
}

enum part { WHOLE, PROCESS, RESOURCES, RDT };

static int decode_part(struct decoder *d, const struct json *root, enum part part)
{
	if (part == PROCESS) {
		TRY(take_process(d, root, &d->s->process));
		return check_process(d);
	}
	if (part == RESOURCES) {
		TRY(take_resources(d, root, &d->s->linux_.resources));
		return check_resources(d, &d->s->linux_.resources);
	}
	if (part == RDT)
		return take_rdt(d, root, &d->s->linux_.rdt);
	if (root->type != JSON_OBJECT)	/* the pointer to it is empty, so the file is named here */
		return refuse(d, root, "config.json: the document must be an object, not %s", json_type_name(root->type));
	TRY(DECODE(d, root, top_fields, d->s));
	return check_spec(d);
}

static int parse(const char *name, const char *bytes, size_t n, enum part part, const struct spec **ret, struct err *e)
{
	OWN(arena) tree = { 0 };
	struct arena mem = { 0 };
	struct spec *s = arena_alloc(&mem, sizeof(*s));
	const struct json *root;
	struct decoder d;

	if (!s)
		return err_oom(e);
	s->mem = mem;
	start(&d, s, e);
	if (json_parse_apart(&tree, &s->mem, name, bytes, n, &root, e) < 0 || decode_part(&d, root, part) < 0) {
		spec_free(s);
		return -1;
	}
	finish(&d);
	*ret = s;
	return 0;
}

int spec_parse(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e)
{
	return parse(name, bytes, n, WHOLE, ret, e);
}

int spec_parse_process(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e)
{
	return parse(name, bytes, n, PROCESS, ret, e);
}

int spec_parse_resources(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e)
{
	return parse(name, bytes, n, RESOURCES, ret, e);
}

int spec_parse_rdt(const char *name, const char *bytes, size_t n, const struct spec **ret, struct err *e)
{
	return parse(name, bytes, n, RDT, ret, e);
}

void spec_free(const struct spec *s)
{
	struct arena mem;

	if (!s)
		return;
	mem = s->mem;	/* in which it lies */
	arena_free(&mem);
}
