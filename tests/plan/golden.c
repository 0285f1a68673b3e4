/* room: cli — prints what the planner makes of one case directory: config.json, facts.json, args (optional, one option a line). The plan is that of
 * create; with the line --exec that of a process in the running container, with --update that of new limits for it. */
#include "base/limits.h"
#include "base/num.h"
#include "base/own.h"
#include "plan/pack.h"
#include "plan/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_file(const char *dir, const char *name, struct str *ret, struct err *e)
{
	OWN(str) path = { 0 };
	char buf[4096];
	size_t n;
	FILE *f;

	str_addf(&path, "%s/%s", dir, name);
	TRY(str_ok(&path, e));
	f = fopen(path.s, "re");
	if (!f)
		return err_sys(e, "open %s", path.s);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		str_addn(ret, buf, n);
	fclose(f);
	return str_ok(ret, e);
}

static struct request_criu images = { .cgroups = CRIU_CGROUPS_DEFAULT };
static bool dump;

struct how { bool json, exec, update; };

static int option(struct request *r, const char *line, const char **text, struct how *how, struct err *e)
{
	static const struct { const char *name; size_t at; } string[] = {
		{ "--console-socket ", offsetof(struct request, console_socket) }, { "--pid-file ", offsetof(struct request, pid_file) },
		{ "--bundle ", offsetof(struct request, bundle) }, { "--id ", offsetof(struct request, id) },
		{ "--notify-socket ", offsetof(struct request, notify_socket) },
	};
	static const struct { const char *name; size_t at; } flag[] = {
		{ "--no-pivot", offsetof(struct request, no_pivot) }, { "--no-new-keyring", offsetof(struct request, no_new_keyring) },
		{ "--systemd-cgroup", offsetof(struct request, systemd_cgroup) }, { "--rootless-cgroup", offsetof(struct request, rootless_cgroup) },
		{ "--detach", offsetof(struct request, detach) },
	};
	static const struct { const char *name; size_t at; } kind[] = {
		{ "--json", offsetof(struct how, json) }, { "--exec", offsetof(struct how, exec) }, { "--update", offsetof(struct how, update) },
	};

	for (size_t i = 0; i < sizeof(string) / sizeof(string[0]); i++) {
		if (strncmp(line, string[i].name, strlen(string[i].name)) != 0)
			continue;
		*text = line + strlen(string[i].name);
		memcpy((char *)r + string[i].at, text, sizeof(*text));
		return 0;
	}
	for (size_t i = 0; i < sizeof(flag) / sizeof(flag[0]); i++) {
		if (strcmp(line, flag[i].name) != 0)
			continue;
		*((bool *)((char *)r + flag[i].at)) = true;
		return 0;
	}
	if (strncmp(line, "restore ", 8) == 0 || strncmp(line, "checkpoint ", 11) == 0) {	/* DIRECTORY of the images */
		images.images = strchr(line, ' ') + 1;
		dump = line[0] == 'c';
		r->criu = &images;
		return 0;
	}
	for (size_t i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		if (strcmp(line, kind[i].name) != 0)
			continue;
		*((bool *)((char *)how + kind[i].at)) = true;
		return 0;
	}
	if (strncmp(line, "--preserve-fds ", 15) == 0 && num_u32(line + 15, &r->preserve_fds) == 0)
		return 0;
	if (strncmp(line, "--listen-fds ", 13) == 0 && num_u32(line + 13, &r->listen_fds) == 0)
		return 0;
	return err_set(e, ERR_USAGE, 0, "args: unknown line \"%s\"", line);
}

static int options(struct request *r, struct str *args, struct how *how, struct err *e)
{
	const char *text;
	char *next = args->s;

	for (char *line = strsep(&next, "\n"); line; line = strsep(&next, "\n"))
		if (*line)
			TRY(option(r, line, &text, how, e));
	return 0;
}

/* The steps of join and init as they print; what the sealed program does not need is that of like. */
static int print_children(const struct plan *p, const struct plan *like, struct str *out, struct err *e)
{
	struct plan view = { .slots = like->slots, .slot_name = like->slot_name };
	OWN_MEM struct step *step = calloc(p->n + 1, sizeof(*step));

	if (!step)
		return err_oom(e);
	for (size_t i = 0; i < p->n; i++) {
		if (p->step[i].op != like->step[i].op || p->step[i].room != like->step[i].room)
			return err_set(e, ERR_BUG, 0, "pack: step %zu became another", i);
		if (p->step[i].room == ROOM_HOST)
			continue;
		step[view.n] = p->step[i];
		if (step[view.n].op == OP_SECCOMP_LOAD)
			step[view.n].seccomp.profile = like->step[i].seccomp.profile;
		if (step[view.n].op == OP_EXEC)
			step[view.n].exec.env = like->step[i].exec.env;
		view.n++;
	}
	view.step = step;
	plan_print(&view, PLAN_JSON, out);
	return str_ok(out, e);
}

/* Every plan goes through its packing and back; the sealed program gets what the planner meant. */
static int packs(const struct plan *p, struct err *e)
{
	OWN(str) bytes = { 0 }, before = { 0 }, after = { 0 };
	struct plan again;

	plan_pack(p, &bytes);
	TRY(str_ok(&bytes, e));
	TRY(print_children(p, p, &before, e));
	TRY(plan_unpack(bytes.s, bytes.n, &again, e));
	TRY(print_children(&again, p, &after, e));
	if (strcmp(before.s, after.s) != 0 || strcmp(again.state_head ? again.state_head : "", p->state_head ? p->state_head : "") != 0)
		return err_set(e, ERR_BUG, 0, "pack: the steps of join and init are not what they were");
	return 0;
}

/* What exec does not ask the machine (probe_caller) must not matter to its plan. */
static struct facts of_caller(const struct facts *f, const struct spec *s)
{
	const struct spec_process *p = &s->process;
	bool labels = (p->apparmor_profile && p->apparmor_profile[0]) || (p->selinux_label && p->selinux_label[0]);
	bool rdt = s->linux_.rdt.present;

	return (struct facts){ .euid = f->euid, .egid = f->egid, .caps = f->caps, .in_userns = f->in_userns, .can_mount = f->can_mount,
			       .kernel_major = f->kernel_major, .kernel_minor = f->kernel_minor, .idmap_tmpfs = f->idmap_tmpfs, .keys = f->keys,
			       .last_cap = f->last_cap, .timens = f->timens, .resctrl_mount = rdt ? f->resctrl_mount : "",
			       .selinux = labels && f->selinux, .apparmor = labels && f->apparmor, .confined = labels && f->confined };
}

static int one(const char *dir, struct str *out, struct err *e)
{
	OWN(str) config = { 0 }, facts_text = { 0 }, args = { 0 };
	OWN(arena) mem = { 0 };
	struct request r = { .id = "c1", .state_root = "/run/brig", .bundle = "/bundle" };
	const struct spec *s __attribute__((cleanup(spec_dropp))) = NULL;
	struct plan *p __attribute__((cleanup(plan_dropp))) = NULL;
	struct facts f = { 0 };
	struct err absent = { 0 };
	struct how how = { 0 };
	const struct update change = { true, NULL };

	TRY(read_file(dir, "config.json", &config, e));
	TRY(read_file(dir, "facts.json", &facts_text, e));
	if (read_file(dir, "args", &args, &absent) == 0)
		TRY(options(&r, &args, &how, e));
	TRY(facts_load(&mem, "facts.json", facts_text.s, facts_text.n, &f, e));
	TRY(spec_parse("config.json", config.s, config.n, &s, e));
	if (how.exec || how.update || dump)
		r.target = (struct request_target){ .pid = 7, .cgroup_mount = f.cgroup_mount, .cgroup_path = "/c1" };
	if (how.exec)
		f = of_caller(&f, s);
	TRY(how.exec ? plan_join(s, &f, &r, &p, e) : how.update ? plan_update(s, &f, &r, &change, &p, e) : r.criu ? (dump ? plan_checkpoint : plan_restore)(s, &f, &r, &p, e) : plan_create(s, &f, &r, &p, e));
	TRY(packs(p, e));
	plan_print(p, how.json ? PLAN_JSON : PLAN_TEXT, out);
	return str_ok(out, e);
}

static const char *kind_name(enum err_kind k)
{
	switch (k) {
	case ERR_SPEC: return "spec";
	case ERR_UNSUPPORTED: return "unsupported";
	case ERR_USAGE: return "usage";
	case ERR_POLICY: return "policy";
	case ERR_SYS: return "sys";
	case ERR_STATE: return "state";
	case ERR_PEER: return "peer";
	case ERR_BUG: return "bug";
	case ERR_NONE: break;
	}
	return "none";
}

/* Exit status: 0 a plan, 1 a refusal, 2 misuse. */
int main(int argc, char **argv)
{
	OWN(str) out = { 0 };
	struct err e = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: golden CASE-DIRECTORY\n");
		return 2;
	}
	if (one(argv[1], &out, &e) == 0) {
		fputs(out.s, stdout);
		return 0;
	}
	printf("%s %s: %s\n", kind_name(e.kind), e.why[0] ? e.why : "-", e.text);
	return 1;
}
