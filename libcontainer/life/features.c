/* room: host — the features document of the specification: what this build can do, whatever the kernel below */
#include "life/features.h"
#include "life/life.h"
#include "spec/spec.h"

#include <seccomp.h>

static void strings(struct json_out *o, const char *key, const char *const *list)
{
	json_key(o, key);
	json_open(o, '[');
	for (; *list; list++)
		json_put_string(o, *list);
	json_close(o, ']');
}

static void enabled(struct json_out *o, const char *key, bool on)
{
	json_key(o, key);
	json_open(o, '{');
	json_kv_bool(o, "enabled", on);
	json_close(o, '}');
}

static void namespaces_and_caps(struct json_out *o)
{
	char name[CAPABILITY_NAME_SIZE];

	json_key(o, "namespaces");
	json_open(o, '[');
	for (enum ns_type t = NS_MOUNT; t < NS_COUNT; t++)
		json_put_string(o, namespace_name(t));
	json_close(o, ']');
	json_key(o, "capabilities");
	json_open(o, '[');
	for (unsigned i = 0; i < CAPS_MAX && capability_name(i, name); i++)
		json_put_string(o, name);
	json_close(o, ']');
}

static void seccomp(struct json_out *o)
{
	static const char *const flags[] = { "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
					     "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", NULL };

	json_key(o, "seccomp");
	json_open(o, '{');
	json_kv_bool(o, "enabled", true);
	json_key(o, "actions");
	json_open(o, '[');
	json_put_string(o, "SCMP_ACT_KILL");
	for (unsigned a = 0; a <= SC_LOG; a++)
		json_put_string(o, sc_action_name((enum sc_action)a));
	json_close(o, ']');
	json_key(o, "operators");
	json_open(o, '[');
	for (unsigned op = 0; op <= SC_MASKED_EQ; op++)
		json_put_string(o, sc_op_name((enum sc_op)op));
	json_close(o, ']');
	strings(o, "archs", seccomp_arch_names);
	strings(o, "knownFlags", flags);
	strings(o, "supportedFlags", flags);
	json_close(o, '}');
}

#ifdef HAVE_LIBSYSTEMD
enum { systemd_built_in = true };
#else
enum { systemd_built_in = false };
#endif

static void memory_policy(struct json_out *o)
{
	static const char *const modes[] = { "MPOL_DEFAULT", "MPOL_PREFERRED", "MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_LOCAL", "MPOL_PREFERRED_MANY",
					     "MPOL_WEIGHTED_INTERLEAVE", NULL };
	static const char *const flags[] = { "MPOL_F_NUMA_BALANCING", "MPOL_F_RELATIVE_NODES", "MPOL_F_STATIC_NODES", NULL };

	json_key(o, "memoryPolicy");
	json_open(o, '{');
	strings(o, "modes", modes);
	strings(o, "flags", flags);
	json_close(o, '}');
}

static void intel_rdt(struct json_out *o)
{
	json_key(o, "intelRdt");
	json_open(o, '{');
	json_kv_bool(o, "enabled", true);
	json_kv_bool(o, "schemata", true);
	json_kv_bool(o, "monitoring", true);
	json_close(o, '}');
}

static void linux_part(struct json_out *o)
{
	json_key(o, "linux");
	json_open(o, '{');
	namespaces_and_caps(o);
	json_key(o, "cgroup");
	json_open(o, '{');
	json_kv_bool(o, "v1", false);
	json_kv_bool(o, "v2", true);
	json_kv_bool(o, "systemd", systemd_built_in);
	json_kv_bool(o, "systemdUser", systemd_built_in);
	json_kv_bool(o, "rdma", true);
	json_close(o, '}');
	seccomp(o);
	memory_policy(o);
	enabled(o, "apparmor", true);
	enabled(o, "selinux", true);
	intel_rdt(o);
	json_key(o, "mountExtensions");
	json_open(o, '{');
	enabled(o, "idmap", true);
	json_close(o, '}');
	enabled(o, "netDevices", true);
	json_close(o, '}');
}

static void annotations(struct json_out *o, const char *version)
{
	const struct scmp_version *v = seccomp_version();
	char text[32];

	snprintf(text, sizeof(text), "%u.%u.%u", v->major, v->minor, v->micro);
	json_key(o, "annotations");
	json_open(o, '{');
	json_kv_string(o, "io.github.seccomp.libseccomp.version", text);
	json_kv_string(o, "org.brig.version", version);
	json_kv_string(o, "org.opencontainers.runc.checkpoint.enabled", life_has_criu() ? "true" : "false");
	json_close(o, '}');
}

void features_print(const char *version, struct str *out)
{
	struct json_out o = { .to = out, .indent = "    " };

	json_open(&o, '{');
	json_kv_string(&o, "ociVersionMin", "1.0.0");
	json_kv_string(&o, "ociVersionMax", SPEC_VERSION);
	json_key(&o, "hooks");
	json_open(&o, '[');
	for (unsigned k = 0; k < HOOK_COUNT; k++)
		json_put_string(&o, hook_name((enum hook_kind)k));
	json_close(&o, ']');
	strings(&o, "mountOptions", mount_option_names);
	linux_part(&o);
	annotations(&o, version);
	json_key(&o, "potentiallyUnsafeConfigAnnotations");
	json_open(&o, '[');
	json_put_string(&o, "org.criu.config");	/* names a file that CRIU reads options from */
	json_close(&o, ']');
	json_close(&o, '}');
	str_addc(out, '\n');
}
