/* room: pure — the process of an exec made of options, and one document laid over another (update) */
#include "tap.h"
#include "spec/spec.h"

#include <linux/capability.h>

static const char saved_text[] = "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/w\",\"args\":[\"sh\"],\"env\":[\"A=1\"],"
				 "\"user\":{\"uid\":5,\"gid\":6,\"additionalGids\":[7]},\"noNewPrivileges\":true,\"selinuxLabel\":\"l\"}}";
static const struct spec *saved;

#define LIST(...) { sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), (const char *const[]){ __VA_ARGS__ } }

static void refused(const struct exec_changes *c, const char *words)
{
	const struct spec *s = NULL;
	struct err e = { 0 };

	ok(spec_exec(saved, NULL, c, &s, &e) < 0 && e.kind == ERR_USAGE && strstr(e.text, words) && !s, "refused: %s", words);
}

static void options(void)
{
	const struct exec_changes all = { .args = LIST("ls"), .env = LIST("B=2", "A=3"), .additional_gids = LIST("8", "9"), .caps = LIST("CAP_KILL"),
					  .cwd = "/x", .user = "1:2", .process_label = "p", .apparmor = "a", .tty = true };
	const struct exec_changes few = { .args = LIST("ls"), .user = "4294967294" };
	const struct spec *s = NULL;
	const struct spec_process *p;
	struct err e = { 0 };

	if (!ok(spec_exec(saved, NULL, &all, &s, &e) == 0, "all options"))
		return;
	p = &s->process;
	ok(p->args.n == 1 && p->env.n == 3 && strcmp(p->env.item[2], "A=3") == 0, "arguments replace, the environment is appended");
	ok(p->user.uid == 1 && p->user.gid == 2 && p->user.additional_gids.n == 3 && p->user.additional_gids.item[2] == 9, "ids");
	ok(p->caps.bounding == 1ull << CAP_KILL && p->caps.effective == p->caps.bounding && !p->caps.inheritable && !p->caps.ambient, "never inheritable (CVE-2022-29162)");
	ok(p->terminal && p->no_new_privs && strcmp(p->cwd, "/x") == 0 && strcmp(p->selinux_label, "p") == 0 && strcmp(p->apparmor_profile, "a") == 0, "the rest");
	spec_free(s);
	s = NULL;
	if (ok(spec_exec(saved, NULL, &few, &s, &e) == 0, "few options"))
		ok(s->process.user.uid == 4294967294u && s->process.user.gid == 6 && strcmp(s->process.cwd, "/w") == 0 && strcmp(s->process.selinux_label, "l") == 0 &&
		   s->process.no_new_privs && !s->process.terminal, "what is not said stays");
	spec_free(s);
	s = NULL;
	ok(spec_exec(saved, saved, NULL, &s, &e) == 0 && s->process.args.n == 1 && strcmp(s->process.args.item[0], "sh") == 0, "a process as a whole");
	spec_free(s);
}

static void refusals(void)
{
	static const char *const users[] = { "root", "-1", "1x", "4294967295", "4294967296", "", ":5", "1:", "1:x", "111111111111111111111111111111111111" };
	struct exec_changes c = { .cwd = "/" };

	refused(&c, "args cannot be empty");
	c = (struct exec_changes){ .args = LIST("ls"), .cwd = "x" };
	refused(&c, "must be absolute");
	c = (struct exec_changes){ .args = LIST("ls"), .env = LIST("NOTHING") };
	refused(&c, "KEY=VALUE");
	c = (struct exec_changes){ .args = LIST("ls"), .env = LIST("=x") };
	refused(&c, "KEY=VALUE");
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		c = (struct exec_changes){ .args = LIST("ls"), .user = users[i] };
		refused(&c, "UID or UID:GID");
	}
	c = (struct exec_changes){ .args = LIST("ls"), .additional_gids = LIST("wheel") };
	refused(&c, "not a number");
	c = (struct exec_changes){ .args = LIST("ls"), .caps = LIST("CAP_FLY") };
	refused(&c, "no such capability");
}

static void merged(const char *base, const char *patch, const char *want)
{
	OWN(arena) mem = { 0 };
	OWN(str) out = { 0 };
	struct json_out o = { .to = &out };
	const struct json *a, *b;
	struct err e = { 0 };

	if (!ok(json_parse(&mem, "a", base, strlen(base), &a, &e) == 0 && json_parse(&mem, "b", patch, strlen(patch), &b, &e) == 0, "two documents"))
		return;
	json_put_merged(&o, a, b);
	str_add(&out, "");
	is_str(out.s, want, patch);
}

static void documents(void)
{
	merged("{\"a\":1,\"b\":{\"c\":2,\"d\":3}}", "{\"b\":{\"c\":5},\"e\":[1]}", "{\"a\":1,\"b\":{\"c\":5,\"d\":3},\"e\":[1]}");
	merged("{\"l\":[1,2]}", "{\"l\":[3]}", "{\"l\":[3]}");
	merged("{\"t\":[{\"major\":8,\"minor\":0,\"rate\":1},{\"major\":8,\"minor\":1,\"rate\":2}]}", "{\"t\":[{\"major\":8,\"minor\":1,\"rate\":9},{\"major\":9,\"minor\":0,\"rate\":3}]}",
	       "{\"t\":[{\"major\":8,\"minor\":0,\"rate\":1},{\"major\":8,\"minor\":1,\"rate\":9},{\"major\":9,\"minor\":0,\"rate\":3}]}");
	merged("{\"devices\":[{\"major\":8,\"minor\":0}]}", "{\"devices\":[{\"major\":9,\"minor\":0}]}", "{\"devices\":[{\"major\":9,\"minor\":0}]}");
}

int main(void)
{
	struct err e = { 0 };

	if (!ok(spec_parse("config.json", saved_text, sizeof(saved_text) - 1, &saved, &e) == 0, "the saved one"))
		return done();
	options();
	refusals();
	documents();
	spec_free(saved);
	return done();
}
