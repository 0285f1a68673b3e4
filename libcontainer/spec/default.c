/* room: pure — the default document of `spec` (compatibility 1.10) */
#include "json/json.h"
#include "spec/spec.h"

#include <stdio.h>

static void list(struct json_out *o, const char *key, const char *const *item)
{
	json_key(o, key);
	json_open(o, '[');
	for (; *item; item++)
		json_put_string(o, *item);
	json_close(o, ']');
}

static void process(struct json_out *o)
{
	static const char *const args[] = { "sh", NULL };
	static const char *const env[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm", NULL };
	static const char *const caps[] = { "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE", NULL };
	static const char *const sets[] = { "bounding", "effective", "permitted" };

	json_key(o, "process");
	json_open(o, '{');
	json_kv_bool(o, "terminal", true);
	json_key(o, "user");
	json_open(o, '{');
	json_kv_u64(o, "uid", 0);
	json_kv_u64(o, "gid", 0);
	json_close(o, '}');
	list(o, "args", args);
	list(o, "env", env);
	json_kv_string(o, "cwd", "/");
	json_key(o, "capabilities");
	json_open(o, '{');
	for (size_t i = 0; i < 3; i++)
		list(o, sets[i], caps);
	json_close(o, '}');
	json_key(o, "rlimits");
	json_open(o, '[');
	json_open(o, '{');
	json_kv_string(o, "type", "RLIMIT_NOFILE");
	json_kv_u64(o, "hard", 1024);
	json_kv_u64(o, "soft", 1024);
	json_close(o, '}');
	json_close(o, ']');
	json_kv_bool(o, "noNewPrivileges", true);
	json_close(o, '}');
}

struct mount { const char *destination, *type, *source; const char *options[8]; };

static const struct mount mounts[] = {
	{ "/proc", "proc", "proc", { NULL } },
	{ "/dev", "tmpfs", "tmpfs", { "nosuid", "strictatime", "mode=755", "size=65536k", NULL } },
	{ "/dev/pts", "devpts", "devpts", { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5", NULL } },
	{ "/dev/shm", "tmpfs", "shm", { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k", NULL } },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev", NULL } },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro", NULL } },
	{ "/sys/fs/cgroup", "cgroup", "cgroup", { "nosuid", "noexec", "nodev", "relatime", "ro", NULL } },
};

/* Without root: gid 5 is not mapped, and sysfs belongs to the host's network namespace, so that of the host is shown. */
static const struct mount rootless_pts = { "/dev/pts", "devpts", "devpts", { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", NULL } };
static const struct mount rootless_sys = { "/sys", "none", "/sys", { "rbind", "nosuid", "noexec", "nodev", "ro", NULL } };

static void all_mounts(struct json_out *o, bool rootless)
{
	json_key(o, "mounts");
	json_open(o, '[');
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		const struct mount *m = rootless && i == 2 ? &rootless_pts : rootless && i == 5 ? &rootless_sys : &mounts[i];

		json_open(o, '{');
		json_kv_string(o, "destination", m->destination);
		json_kv_string(o, "type", m->type);
		json_kv_string(o, "source", m->source);
		if (m->options[0])
			list(o, "options", m->options);
		json_close(o, '}');
	}
	json_close(o, ']');
}

static void map(struct json_out *o, const char *key, uint32_t id)
{
	json_key(o, key);
	json_open(o, '[');
	json_open(o, '{');
	json_kv_u64(o, "containerID", 0);
	json_kv_u64(o, "hostID", id);
	json_kv_u64(o, "size", 1);
	json_close(o, '}');
	json_close(o, ']');
}

static void resources(struct json_out *o)
{
	json_key(o, "resources");
	json_open(o, '{');
	json_key(o, "devices");
	json_open(o, '[');
	json_open(o, '{');
	json_kv_bool(o, "allow", false);
	json_kv_string(o, "access", "rwm");
	json_close(o, '}');
	json_close(o, ']');
	json_close(o, '}');
}

static void linux_part(struct json_out *o, bool rootless, uint32_t uid, uint32_t gid)
{
	static const char *const masked[] = { "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
					      "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi", NULL };
	static const char *const readonly[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL };
	static const char *const namespaces[] = { "pid", "network", "ipc", "uts", "mount", "cgroup", NULL };

	json_key(o, "linux");
	json_open(o, '{');
	if (rootless) {
		map(o, "uidMappings", uid);
		map(o, "gidMappings", gid);
	} else {
		resources(o);
	}
	json_key(o, "namespaces");
	json_open(o, '[');
	for (size_t i = 0; namespaces[i]; i++) {
		const char *name = rootless && i == 1 ? "user" : namespaces[i];

		json_open(o, '{');
		json_kv_string(o, "type", name);
		json_close(o, '}');
	}
	json_close(o, ']');
	list(o, "maskedPaths", masked);
	list(o, "readonlyPaths", readonly);
	json_close(o, '}');
}

int spec_default(const char *hostname, bool rootless, uint32_t uid, uint32_t gid, struct str *out, struct err *e)
{
	struct json_out o = { .to = out, .indent = "\t" };

	json_open(&o, '{');
	json_kv_string(&o, "ociVersion", SPEC_VERSION);
	process(&o);
	json_key(&o, "root");
	json_open(&o, '{');
	json_kv_string(&o, "path", "rootfs");
	json_kv_bool(&o, "readonly", true);
	json_close(&o, '}');
	json_kv_string(&o, "hostname", hostname);
	all_mounts(&o, rootless);
	linux_part(&o, rootless, uid, gid);
	json_close(&o, '}');
	str_addc(out, '\n');
	return str_ok(out, e);
}
