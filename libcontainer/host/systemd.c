/* room: host — systemd over D-Bus */
#include "host/systemd.h"
#include "sys/sys.h"

#ifdef HAVE_LIBSYSTEMD
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

enum { JOB_SECONDS = 30 };

/* What we use of the library, each by its own name and type. A container that needs no systemd does not load it. */
#define CALLS(X) \
	X(sd_bus_open_system) X(sd_bus_open_user) X(sd_bus_flush_close_unref) X(sd_bus_call) X(sd_bus_call_method) X(sd_bus_process) X(sd_bus_wait) \
	X(sd_bus_match_signal) X(sd_bus_message_new_method_call) X(sd_bus_message_append) X(sd_bus_message_append_array) \
	X(sd_bus_message_open_container) X(sd_bus_message_close_container) X(sd_bus_message_read) X(sd_bus_message_unref) X(sd_bus_error_free) \
	X(sd_bus_get_property_string) X(sd_bus_error_has_name)

struct bus {
	void *library;
#define X(name) __typeof__(name) *name;
	CALLS(X)
#undef X
	sd_bus *bus;
	sd_bus_error error;
	char job[256];		/* object path of the job that is waited for */
	char result[32];	/* systemd's word for its end; "" not yet */
};

static const char service[] = "org.freedesktop.systemd1", manager_path[] = "/org/freedesktop/systemd1", manager[] = "org.freedesktop.systemd1.Manager";

static void bus_dropp(struct bus *b)
{
	if (b->bus)
		b->sd_bus_flush_close_unref(b->bus);
	if (b->sd_bus_error_free)
		b->sd_bus_error_free(&b->error);
	if (b->library)
		dlclose(b->library);
}

static int symbol(struct bus *b, const char *name, void *ret, struct err *e)
{
	void *p = dlsym(b->library, name);

	if (!p)
		return err_set(e, ERR_UNSUPPORTED, 0, "%s has no %s", LIBSYSTEMD_SONAME, name);
	memcpy(ret, &p, sizeof(p));	/* ISO C has no cast from object to function pointer */
	return 0;
}

static int load(struct bus *b, struct err *e)
{
	b->library = dlopen(LIBSYSTEMD_SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!b->library)
		return err_set(e, ERR_UNSUPPORTED, 0, "%s cannot be loaded: it is needed for the systemd cgroup manager", LIBSYSTEMD_SONAME);
#define X(name) TRY(symbol(b, #name, &b->name, e));
	CALLS(X)
#undef X
	return 0;
}

/* systemd's words when it said something, else the error number's. */
static int refused(struct bus *b, int rc, struct err *e, const char *what, const char *name)
{
	if (b->error.message)
		return err_set(e, ERR_STATE, 0, "unable to %s unit %s: %s", what, name, b->error.message);
	return err_set(e, ERR_SYS, rc < 0 ? -rc : 0, "%s systemd unit %s", what, name);
}

static int on_job_removed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct bus *b = arg;
	const char *path, *unit, *result;
	uint32_t id;

	(void)error;
	if (b->sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) >= 0 && strcmp(path, b->job) == 0)
		snprintf(b->result, sizeof(b->result), "%s", result);
	return 0;
}

static int open_bus(struct bus *b, bool user, struct err *e)
{
	int rc;

	TRY(load(b, e));
	rc = user ? b->sd_bus_open_user(&b->bus) : b->sd_bus_open_system(&b->bus);
	if (rc < 0)
		return err_set(e, ERR_SYS, -rc, "%s", user ?
			       "reach the user's systemd (is there a session of this user? XDG_RUNTIME_DIR or DBUS_SESSION_BUS_ADDRESS must name its bus)" :
			       "reach systemd over the system's D-Bus");
	rc = b->sd_bus_match_signal(b->bus, NULL, service, manager_path, manager, "JobRemoved", on_job_removed, b);
	if (rc >= 0)	/* without a subscriber systemd sends no signals */
		rc = b->sd_bus_call_method(b->bus, service, manager_path, manager, "Subscribe", &b->error, NULL, "");
	return rc < 0 ? refused(b, rc, e, "watch", "jobs") : 0;
}

static int64_t now_us(void)
{
	struct timespec t = { 0 };

	sys_clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int await_job(struct bus *b, const char *what, const char *name, struct err *e)
{
	int64_t end = now_us() + JOB_SECONDS * 1000000ll;

	while (!b->result[0]) {
		int64_t left = end - now_us();
		int rc = b->sd_bus_process(b->bus, NULL);

		if (rc == 0 && left <= 0)
			return err_set(e, ERR_SYS, ETIMEDOUT, "wait for systemd to %s unit %s", what, name);
		if (rc == 0)
			rc = b->sd_bus_wait(b->bus, (uint64_t)left);
		if (rc < 0 && rc != -EINTR)
			return refused(b, rc, e, what, name);
	}
	if (strcmp(b->result, "done") != 0)
		return err_set(e, ERR_STATE, 0, "unable to %s unit %s: systemd's job ended with \"%s\"", what, name, b->result);
	return 0;
}

/* ---- messages; rc is negative after the first failure, and stays so ---- */

static int append(struct bus *b, sd_bus_message *m, const struct unit_property *p)
{
	int rc;

	switch (p->type) {
	case UNIT_TEXT: return b->sd_bus_message_append(m, "(sv)", p->name, "s", p->text);
	case UNIT_BOOL: return b->sd_bus_message_append(m, "(sv)", p->name, "b", (int)p->number);
	case UNIT_U64: return b->sd_bus_message_append(m, "(sv)", p->name, "t", p->number);
	case UNIT_BYTES: break;
	}
	if ((rc = b->sd_bus_message_open_container(m, 'r', "sv")) < 0 || (rc = b->sd_bus_message_append(m, "s", p->name)) < 0 ||
	    (rc = b->sd_bus_message_open_container(m, 'v', "ay")) < 0 || (rc = b->sd_bus_message_append_array(m, 'y', p->bytes, p->number)) < 0 ||
	    (rc = b->sd_bus_message_close_container(m)) < 0)
		return rc;
	return b->sd_bus_message_close_container(m);
}

static int append_properties(struct bus *b, sd_bus_message *m, const struct step *s, pid_t pid)
{
	int rc = b->sd_bus_message_open_container(m, 'a', "(sv)");

	for (size_t i = 0; i < s->unit.n && rc >= 0; i++)
		rc = append(b, m, &s->unit.property[i]);
	if (rc >= 0 && pid > 0)
		rc = b->sd_bus_message_append(m, "(sv)", "PIDs", "au", 1, (uint32_t)pid);
	return rc < 0 ? rc : b->sd_bus_message_close_container(m);
}

/* The reply holds the path of a job. */
static int take_job(struct bus *b, sd_bus_message *reply)
{
	const char *path;
	int rc = b->sd_bus_message_read(reply, "o", &path);

	if (rc >= 0)
		snprintf(b->job, sizeof(b->job), "%s", path);
	b->sd_bus_message_unref(reply);
	return rc;
}

static int start_once(struct bus *b, const struct step *s, pid_t pid)
{
	sd_bus_message *m = NULL, *reply = NULL;
	int rc = b->sd_bus_message_new_method_call(b->bus, &m, service, manager_path, manager, "StartTransientUnit");

	if (rc >= 0)
		rc = b->sd_bus_message_append(m, "ss", s->unit.name, "replace");
	if (rc >= 0)
		rc = append_properties(b, m, s, pid);
	if (rc >= 0)
		rc = b->sd_bus_message_append(m, "a(sa(sv))", 0);
	if (rc >= 0)
		rc = b->sd_bus_call(b->bus, m, JOB_SECONDS * 1000000ull, &b->error, &reply);
	b->sd_bus_message_unref(m);
	return rc < 0 ? rc : take_job(b, reply);
}

static int read_cgroup(struct bus *b, const char *name, struct str *ret, struct err *e)
{
	bool slice = strlen(name) > 6 && strcmp(name + strlen(name) - 6, ".slice") == 0;
	sd_bus_message *reply = NULL;
	const char *path;
	char *text = NULL;
	int rc = b->sd_bus_call_method(b->bus, service, manager_path, manager, "GetUnit", &b->error, &reply, "s", name);

	if (rc >= 0)
		rc = b->sd_bus_message_read(reply, "o", &path);
	if (rc >= 0)
		rc = b->sd_bus_get_property_string(b->bus, service, path, slice ? "org.freedesktop.systemd1.Slice" : "org.freedesktop.systemd1.Scope",
						   "ControlGroup", &b->error, &text);
	if (rc >= 0)
		str_add(ret, text);
	free(text);
	b->sd_bus_message_unref(reply);
	return rc < 0 ? refused(b, rc, e, "find the cgroup of", name) : str_ok(ret, e);
}

int systemd_start_unit(const struct step *s, pid_t pid, struct str *ret_cgroup, struct err *e)
{
	struct bus b __attribute__((cleanup(bus_dropp))) = { 0 };
	int rc;

	TRY(open_bus(&b, s->unit.user, e));
	rc = start_once(&b, s, pid);
	if (rc < 0 && b.sd_bus_error_has_name(&b.error, "org.freedesktop.systemd1.UnitExists")) {
		b.sd_bus_error_free(&b.error);	/* one that has failed stays until somebody has taken note of that */
		b.sd_bus_call_method(b.bus, service, manager_path, manager, "ResetFailedUnit", NULL, NULL, "s", s->unit.name);
		rc = start_once(&b, s, pid);
	}
	if (rc < 0)
		return refused(&b, rc, e, "start", s->unit.name);
	TRY(await_job(&b, "start", s->unit.name, e));
	return read_cgroup(&b, s->unit.name, ret_cgroup, e);
}

int systemd_set_unit(const struct step *s, struct err *e)
{
	struct bus b __attribute__((cleanup(bus_dropp))) = { 0 };
	sd_bus_message *m = NULL;
	int rc;

	TRY(open_bus(&b, s->unit.user, e));
	rc = b.sd_bus_message_new_method_call(b.bus, &m, service, manager_path, manager, "SetUnitProperties");
	if (rc >= 0)
		rc = b.sd_bus_message_append(m, "sb", s->unit.name, 1);
	if (rc >= 0)
		rc = append_properties(&b, m, s, 0);
	if (rc >= 0)
		rc = b.sd_bus_call(b.bus, m, JOB_SECONDS * 1000000ull, &b.error, NULL);
	b.sd_bus_message_unref(m);
	return rc < 0 ? refused(&b, rc, e, "change", s->unit.name) : 0;
}

int systemd_stop_unit(const char *name, bool user, struct err *e)
{
	struct bus b __attribute__((cleanup(bus_dropp))) = { 0 };
	sd_bus_message *reply = NULL;
	int rc;

	TRY(open_bus(&b, user, e));
	rc = b.sd_bus_call_method(b.bus, service, manager_path, manager, "StopUnit", &b.error, &reply, "ss", name, "replace");
	if (rc < 0 && b.sd_bus_error_has_name(&b.error, "org.freedesktop.systemd1.NoSuchUnit"))
		return 0;
	if (rc >= 0)
		rc = take_job(&b, reply);
	if (rc < 0)
		return refused(&b, rc, e, "stop", name);
	return await_job(&b, "stop", name, e);
}
#else
static int absent(struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED, 0, "the systemd cgroup manager is not built into this program");
}

int systemd_start_unit(const struct step *s, pid_t pid, struct str *ret_cgroup, struct err *e)
{
	(void)s;
	(void)pid;
	(void)ret_cgroup;
	return absent(e);
}

int systemd_set_unit(const struct step *s, struct err *e)
{
	(void)s;
	return absent(e);
}

int systemd_stop_unit(const char *name, bool user, struct err *e)
{
	(void)name;
	(void)user;
	return absent(e);
}
#endif
