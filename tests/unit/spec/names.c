/* room: pure — name tables, ids of containers, the default document, and facts as JSON */
#include "tap.h"
#include "base/limits.h"
#include "spec/facts.h"
#include "spec/request.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

static void capabilities(void)
{
	static const char *const unknown[] = { "cap_chown", "Cap_Chown", "CHOWN", "0", "3", "CAP_CHOWN ", "CAP_CHOWN\n", "CAP_NOPE", "", "CAP_", "63" };
	char buf[CAPABILITY_NAME_SIZE];
	unsigned n = 0;

	is_int(name_to_capability("CAP_CHOWN"), CAP_CHOWN, "the first capability");
	is_int(name_to_capability("CAP_CHECKPOINT_RESTORE"), CAP_CHECKPOINT_RESTORE, "one of the last");
	is_str(capability_name(CAP_SYS_ADMIN, buf), "CAP_SYS_ADMIN", "a name");
	for (; n < CAPS_MAX && capability_name(n, buf); n++)
		if (name_to_capability(buf) != (int)n)
			break;
	ok(n > CAP_CHECKPOINT_RESTORE && !capability_name(n, buf), "all of them, there and back");
	ok(!capability_name(CAPS_MAX, buf) && !capability_name(4000000000u, buf), "a number beyond all has no name");
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		is_int(name_to_capability(unknown[i]), -1, "a name that is not written as the specification does");
}

static void signals(void)
{
	static const struct { const char *name; int want; } table[] = {
		{ "KILL", SIGKILL }, { "SIGKILL", SIGKILL }, { "sigkill", SIGKILL }, { "SigTerm", SIGTERM }, { "9", 9 }, { "0", 0 }, { "64", 64 }, { "65", -1 },
		{ "-1", -1 }, { "9x", -1 }, { "", -1 }, { "SIG", -1 }, { "SIGSIGKILL", -1 }, { "KILLX", -1 }, { "KIL", -1 }, { "RTMIN", -2 }, { "64", -3 },
		{ "RTMIN+1", -4 }, { "RTMAX-1", -5 }, { "RTMIN-1", -1 }, { "RTMAX+1", -1 }, { "RTMIN+99", -1 }, { "RTMIN+", -1 }, { "RTMAX-64", -1 }, { "99999999999", -1 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		int want = table[i].want == -2 ? 34 : table[i].want == -3 ? 64 : table[i].want == -4 ? 35 : table[i].want == -5 ? 64 - 1 : table[i].want;

		ok(name_to_signal(table[i].name) == want, "signal \"%s\"", table[i].name);
	}
}

static void tables(void)
{
	bool held = true;

	is_int(name_to_rlimit("RLIMIT_NOFILE"), 7, "a resource limit");
	is_int(name_to_rlimit("RLIMIT_nofile"), -1, "in other case");
	is_str(rlimit_name(7), "RLIMIT_NOFILE", "and back");
	ok(!rlimit_name(-1) && !rlimit_name(1000), "numbers that are none");
	for (enum ns_type t = NS_MOUNT; t < NS_COUNT; t++)
		held = held && name_to_namespace(namespace_name(t)) == (int)t && namespace_flag(t) && namespace_proc_name(t)[0];
	ok(held && name_to_namespace("net") == -1 && namespace_flag(NS_NET) == CLONE_NEWNET && strcmp(namespace_proc_name(NS_NET), "net") == 0, "namespaces");
	is_str(hook_name(HOOK_CREATE_RUNTIME), "createRuntime", "a hook");
	is_str(sc_action_name(SC_NOTIFY), "SCMP_ACT_NOTIFY", "an action");
	is_str(sc_op_name(SC_MASKED_EQ), "SCMP_CMP_MASKED_EQ", "an operator");
	is_str(errno_phrase(ENOENT), "no such file or directory", "a phrase");
	is_str(errno_name(ENOENT), "ENOENT", "an errno's name");
	is_str(errno_phrase(ESRCH), "no such process", "a phrase that callers look for");
	is_str(errno_phrase(EPERM), "operation not permitted", "another");
	is_str(errno_phrase(99999), "unknown error", "none");
	is_str(errno_name(99999), "UNKNOWN", "none");
	held = true;
	for (size_t i = 1; mount_option_names[i]; i++)
		held = held && strcmp(mount_option_names[i - 1], mount_option_names[i]) < 0;
	ok(held, "mount options are in order, each once");
}

/* Every listed option is one that the decoder knows: on a bind, an unknown one is refused. */
static void option_names(void)
{
	bool held = true;

	for (size_t i = 0; mount_option_names[i]; i++) {
		OWN(str) t = { 0 };
		const char *o = mount_option_names[i];
		const struct spec *s;
		struct err e;

		str_addf(&t, "{\"ociVersion\":\"1.2.0\",\"root\":{\"path\":\"r\"},\"process\":{\"cwd\":\"/\",\"args\":[\"sh\"]},\"mounts\":[{\"destination\":\"/x\","
			 "\"type\":\"tmpfs\",\"source\":\"/x\",\"options\":[\"%s\"]}],\"linux\":{\"namespaces\":[{\"type\":\"user\"}]}}", o);
		if (spec_parse("c", t.s, t.n, &s, &e) < 0) {
			held = (strcmp(o, "copy-symlink") == 0 || strcmp(o, "idmap") == 0 || strcmp(o, "ridmap") == 0) && held;
			continue;
		}
		held = held && s->mounts.item[0].data.n == 0;
		spec_free(s);
	}
	ok(held, "each option of the list is known to the decoder");
}

static void container_ids(void)
{
	static const char *const good[] = { "a", "A-b_c+d.e", "0", "...", ".a", "-", "a.." }, *const bad[] = { "", ".", "..", "a/b", "/", "a b", "a\n", "\xc3\xa9", "a:b", "*" };
	char longest[LIMIT_ID_LENGTH + 2];

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		is_int(request_check_id(good[i]), 0, good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		errno = 0;
		ok(request_check_id(bad[i]) < 0 && errno == EINVAL, "bad id %zu", i);
	}
	memset(longest, 'x', sizeof(longest));
	longest[LIMIT_ID_LENGTH] = '\0';
	is_int(request_check_id(longest), 0, "the longest id");
	longest[LIMIT_ID_LENGTH] = 'x';
	longest[LIMIT_ID_LENGTH + 1] = '\0';
	is_int(request_check_id(longest), -1, "one byte more");
}

static void default_document(bool rootless)
{
	OWN(str) t = { 0 };
	const struct spec *s;
	struct err e;

	ok(spec_default("brig", rootless, 1000, 1001, &t, &e) == 0 && t.s[t.n - 1] != '\0', "the default document%s", rootless ? ", rootless" : "");
	if (!ok(spec_parse("c", t.s, t.n, &s, &e) == 0, "it is accepted"))
		return;
	ok(s->notes.n == 0 && s->warnings.n == 0, "without a note");
	ok(s->linux_.ns[NS_USER].present == rootless && s->linux_.ns[NS_NET].present != rootless, "with the namespaces that belong to it");
	if (rootless)
		ok(s->linux_.uid_map.item[0].outside == 1000 && s->linux_.gid_map.item[0].outside == 1001, "and the caller's ids");
	spec_free(s);
}

static void facts(void)
{
	struct facts f = { .euid = 1, .egid = 2, .caps = 1ull << CAP_KILL | 1ull << 63, .in_userns = true, .can_mount = true, .kernel_major = 6, .kernel_minor = 1, .cgroup = CGROUP_HYBRID,
			   .cgroup_mount = "/m\"x", .cgroup_self = "/s", .cgroup_writable = true, .cgroup_controllers = "cpu io", .resctrl_mount = "/sys/fs/resctrl", .selinux = true, .apparmor = true, .confined = true, .cgroupns = true,
			   .timens = true, .userns = true, .keys = true, .idmap_tmpfs = true, .last_cap = 40, .subid_uid_start = 3, .subid_uid_count = 4, .subid_gid_start = 5,
			   .subid_gid_count = UINT32_MAX, .newuidmap = true, .newgidmap = true };
	static const char *const bad[] = { "[]", "{\"euid\":-1}", "{\"euid\":4294967296}", "{\"keys\":1}", "{\"cgroup_self\":null}", "{\"caps\":5}", "{\"caps\":[\"x\"]}", "{\"caps\":[5]}",
					   "{\"cgroup\":\"none\"}", "{\"cgroup\":5}", "{\"nope\":1}", "{", "{\"Euid\":1}" };
	OWN(arena) a = { 0 };
	OWN(str) once = { 0 }, twice = { 0 };
	struct facts back;
	struct err e;

	facts_print(&f, &once);
	ok(facts_load(&a, "f", once.s, once.n, &back, &e) == 0, "facts are read back");
	facts_print(&back, &twice);
	is_str(twice.s, once.s, "as they were written");
	ok(back.caps == 1ull << CAP_KILL && back.subid_gid_count == UINT32_MAX && back.cgroup == CGROUP_HYBRID && strcmp(back.cgroup_mount, "/m\"x") == 0, "with their values");
	ok(facts_load(&a, "f", "{}", 2, &back, &e) == 0 && back.cgroup == CGROUP_ABSENT && back.cgroup_mount[0] == '\0', "an empty object is a poor machine");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct facts untouched = { .euid = 4711 };

		ok(facts_load(&a, "f", bad[i], strlen(bad[i]), &untouched, &e) < 0 && e.kind == ERR_SPEC && untouched.euid == 4711, "refused: %s", bad[i]);
	}
}

int main(void)
{
	capabilities();
	signals();
	tables();
	option_names();
	container_ids();
	default_document(false);
	default_document(true);
	facts();
	return done();
}
