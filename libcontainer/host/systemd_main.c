/* room: host — brig-systemd: systemd over D-Bus, a program of its own (host/systemd_main.h) */
#include "host/systemd_main.h"
#include "base/err.h"
#include "base/num.h"
#include "base/own.h"
#include "base/str.h"
#include "spec/spec.h"

#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <time.h>

enum { JOB_SECONDS = 30 };

/* The command line. */
struct request { const char *verb, *unit; bool user; uint32_t pid; int n; char **property; };

struct bus {
	sd_bus *bus;
	sd_bus_error error;
	char job[256];		/* object path of the job that is waited for */
	char result[32];	/* systemd's word for its end; "" not yet */
};

static const char service[] = "org.freedesktop.systemd1", manager_path[] = "/org/freedesktop/systemd1", manager[] = "org.freedesktop.systemd1.Manager";

static void bus_dropp(struct bus *b)
{
	sd_bus_flush_close_unref(b->bus);
	sd_bus_error_free(&b->error);
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
	if (sd_bus_message_read(m, "uoss", &id, &path, &unit, &result) >= 0 && strcmp(path, b->job) == 0)
		snprintf(b->result, sizeof(b->result), "%s", result);
	return 0;
}

static int open_bus(struct bus *b, bool user, struct err *e)
{
	int rc;

	rc = user ? sd_bus_open_user(&b->bus) : sd_bus_open_system(&b->bus);
	if (rc < 0)
		return err_set(e, ERR_SYS, -rc, "%s", user ?
			       "reach the user's systemd (is there a session of this user? XDG_RUNTIME_DIR or DBUS_SESSION_BUS_ADDRESS must name its bus)" :
			       "reach systemd over the system's D-Bus");
	rc = sd_bus_match_signal(b->bus, NULL, service, manager_path, manager, "JobRemoved", on_job_removed, b);
	if (rc >= 0)	/* without a subscriber systemd sends no signals */
		rc = sd_bus_call_method(b->bus, service, manager_path, manager, "Subscribe", &b->error, NULL, "");
	return rc < 0 ? refused(b, rc, e, "watch", "jobs") : 0;
}

static int64_t now_us(void)
{
	struct timespec t = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int await_job(struct bus *b, const char *what, const char *name, struct err *e)
{
	int64_t end = now_us() + JOB_SECONDS * 1000000ll;

	while (!b->result[0]) {
		int64_t left = end - now_us();
		int rc = sd_bus_process(b->bus, NULL);

		if (rc == 0 && left <= 0)
			return err_set(e, ERR_SYS, ETIMEDOUT, "wait for systemd to %s unit %s", what, name);
		if (rc == 0)
			rc = sd_bus_wait(b->bus, (uint64_t)left);
		if (rc < 0 && rc != -EINTR)
			return refused(b, rc, e, what, name);
	}
	if (strcmp(b->result, "done") != 0)
		return err_set(e, ERR_STATE, 0, "unable to %s unit %s: systemd's job ended with \"%s\"", what, name, b->result);
	return 0;
}

/* ---- messages; rc is negative after the first failure, and stays so ---- */

static int append_bytes(sd_bus_message *m, const char *name, const char *hex)
{
	size_t n = strlen(hex) / 2;
	OWN_MEM uint8_t *bytes = calloc(n + 1, 1);
	int rc = bytes ? 0 : -ENOMEM;

	if (hex[strspn(hex, "0123456789abcdef")] || hex[2 * n])
		rc = -EINVAL;
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = sscanf(hex + 2 * i, "%2hhx", &bytes[i]) == 1 ? 0 : -EINVAL;
	if (rc < 0 || (rc = sd_bus_message_open_container(m, 'r', "sv")) < 0 || (rc = sd_bus_message_append(m, "s", name)) < 0 ||
	    (rc = sd_bus_message_open_container(m, 'v', "ay")) < 0 || (rc = sd_bus_message_append_array(m, 'y', bytes, n)) < 0 ||
	    (rc = sd_bus_message_close_container(m)) < 0)
		return rc;
	return sd_bus_message_close_container(m);
}

/* "NAME=TYPE:VALUE" */
static int append(sd_bus_message *m, char *property)
{
	char *type = strchr(property, '='), *value;
	uint64_t number = 0;

	if (!type || !type[1] || type[2] != ':')
		return -EINVAL;
	*type++ = '\0';
	value = type + 2;
	if (*type == 's')
		return sd_bus_message_append(m, "(sv)", property, "s", value);
	if (*type == 'y')
		return append_bytes(m, property, value);
	if (num_u64(value, &number) < 0)
		return -EINVAL;
	if (*type == 'b')
		return sd_bus_message_append(m, "(sv)", property, "b", (int)(number != 0));
	if (*type == 'i')
		return number <= INT32_MAX ? sd_bus_message_append(m, "(sv)", property, "i", (int)number) : -EINVAL;
	return *type == 't' ? sd_bus_message_append(m, "(sv)", property, "t", number) : -EINVAL;
}

static int append_properties(sd_bus_message *m, const struct request *r)
{
	int rc = sd_bus_message_open_container(m, 'a', "(sv)");

	for (int i = 0; i < r->n && rc >= 0; i++) {
		OWN_STR property = strdup(r->property[i]);	/* a second try needs it whole */

		rc = property ? append(m, property) : -ENOMEM;
	}
	if (rc >= 0 && r->pid > 0)
		rc = sd_bus_message_append(m, "(sv)", "PIDs", "au", 1, r->pid);
	return rc < 0 ? rc : sd_bus_message_close_container(m);
}

/* The reply holds the path of a job. */
static int take_job(struct bus *b, sd_bus_message *reply)
{
	const char *path;
	int rc = sd_bus_message_read(reply, "o", &path);

	if (rc >= 0)
		snprintf(b->job, sizeof(b->job), "%s", path);
	sd_bus_message_unref(reply);
	return rc;
}

static int start_once(struct bus *b, const struct request *r)
{
	sd_bus_message *m = NULL, *reply = NULL;
	int rc = sd_bus_message_new_method_call(b->bus, &m, service, manager_path, manager, "StartTransientUnit");

	if (rc >= 0)
		rc = sd_bus_message_append(m, "ss", r->unit, "replace");
	if (rc >= 0)
		rc = append_properties(m, r);
	if (rc >= 0)
		rc = sd_bus_message_append(m, "a(sa(sv))", 0);
	if (rc >= 0)
		rc = sd_bus_call(b->bus, m, JOB_SECONDS * 1000000ull, &b->error, &reply);
	sd_bus_message_unref(m);
	return rc < 0 ? rc : take_job(b, reply);
}

static int read_cgroup(struct bus *b, const char *name, struct str *ret, struct err *e)
{
	bool slice = strlen(name) > 6 && strcmp(name + strlen(name) - 6, ".slice") == 0;
	sd_bus_message *reply = NULL;
	const char *path;
	char *text = NULL;
	int rc = sd_bus_call_method(b->bus, service, manager_path, manager, "GetUnit", &b->error, &reply, "s", name);

	if (rc >= 0)
		rc = sd_bus_message_read(reply, "o", &path);
	if (rc >= 0)
		rc = sd_bus_get_property_string(b->bus, service, path, slice ? "org.freedesktop.systemd1.Slice" : "org.freedesktop.systemd1.Scope",
						   "ControlGroup", &b->error, &text);
	if (rc >= 0)
		str_add(ret, text);
	free(text);
	sd_bus_message_unref(reply);
	return rc < 0 ? refused(b, rc, e, "find the cgroup of", name) : str_ok(ret, e);
}

static int start_unit(const struct request *r, struct str *ret_cgroup, struct err *e)
{
	struct bus b __attribute__((cleanup(bus_dropp))) = { 0 };
	int rc;

	TRY(open_bus(&b, r->user, e));
	rc = start_once(&b, r);
	if (rc < 0 && sd_bus_error_has_name(&b.error, "org.freedesktop.systemd1.UnitExists")) {
		sd_bus_error_free(&b.error);	/* one that has failed stays until somebody has taken note of that */
		sd_bus_call_method(b.bus, service, manager_path, manager, "ResetFailedUnit", NULL, NULL, "s", r->unit);
		rc = start_once(&b, r);
	}
	if (rc < 0)
		return refused(&b, rc, e, "start", r->unit);
	TRY(await_job(&b, "start", r->unit, e));
	return read_cgroup(&b, r->unit, ret_cgroup, e);
}

static int set_unit(const struct request *r, struct err *e)
{
	struct bus b __attribute__((cleanup(bus_dropp))) = { 0 };
	sd_bus_message *m = NULL;
	int rc;

	TRY(open_bus(&b, r->user, e));
	rc = sd_bus_message_new_method_call(b.bus, &m, service, manager_path, manager, "SetUnitProperties");
	if (rc >= 0)
		rc = sd_bus_message_append(m, "sb", r->unit, 1);
	if (rc >= 0)
		rc = append_properties(m, r);
	if (rc >= 0)
		rc = sd_bus_call(b.bus, m, JOB_SECONDS * 1000000ull, &b.error, NULL);
	sd_bus_message_unref(m);
	return rc < 0 ? refused(&b, rc, e, "change", r->unit) : 0;
}

static int stop_unit(const struct request *r, struct err *e)
{
	struct bus b __attribute__((cleanup(bus_dropp))) = { 0 };
	sd_bus_message *reply = NULL;
	int rc;

	TRY(open_bus(&b, r->user, e));
	rc = sd_bus_call_method(b.bus, service, manager_path, manager, "StopUnit", &b.error, &reply, "ss", r->unit, "replace");
	if (rc < 0 && sd_bus_error_has_name(&b.error, "org.freedesktop.systemd1.NoSuchUnit"))
		return 0;
	if (rc >= 0)
		rc = take_job(&b, reply);
	if (rc < 0)
		return refused(&b, rc, e, "stop", r->unit);
	return await_job(&b, "stop", r->unit, e);
}

static int perform(const struct request *r, struct str *ret_cgroup, struct err *e)
{
	if (strcmp(r->verb, SYSTEMD_START) == 0)
		return start_unit(r, ret_cgroup, e);
	if (strcmp(r->verb, SYSTEMD_SET) == 0)
		return set_unit(r, e);
	if (strcmp(r->verb, SYSTEMD_STOP) == 0)
		return stop_unit(r, e);
	return err_set(e, ERR_USAGE, 0, "no such verb: %.20s", r->verb);
}

int main(int argc, char **argv)
{
	OWN(str) cgroup = { 0 };
	struct err e = { 0 };
	struct request r = { 0 };

	if (argc < 5 || num_u32(argv[4], &r.pid) < 0) {
		printf("usage: %s start|set|stop system|user UNIT PID [NAME=TYPE:VALUE]...", SYSTEMD_HELPER);
		return 1;
	}
	r.verb = argv[1];
	r.user = strcmp(argv[2], "user") == 0;
	r.unit = argv[3];
	r.property = argv + 5;
	r.n = argc - 5;
	if (perform(&r, &cgroup, &e) == 0)
		return cgroup.n && fputs(cgroup.s, stdout) < 0;
	printf("%s%s%s", e.text, e.num ? ": " : "", e.num ? errno_phrase(e.num) : "");
	return 1;
}
