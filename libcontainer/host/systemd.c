/* room: host — systemd, which brig-systemd talks to: libsystemd in a process of its own, so that no start of a container pays for it */
#include "host/systemd.h"
#include "host/systemd_main.h"
#include "base/own.h"
#include "sys/sys.h"
#include "fs/helper.h"

#include <string.h>

enum { FIXED_ARGS = 5 };

/* What says where the buses are; nothing else of the caller's environment matters to the helper. */
static const char *const bus_variables[] = { "XDG_RUNTIME_DIR=", "DBUS_SESSION_BUS_ADDRESS=", "DBUS_SYSTEM_BUS_ADDRESS=" };
enum { BUS_VARIABLES = sizeof(bus_variables) / sizeof(bus_variables[0]) };

static void bus_environment(char *ret[BUS_VARIABLES + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < BUS_VARIABLES; i++)
		for (char **v = environ; v && *v; v++)
			if (strncmp(*v, bus_variables[i], strlen(bus_variables[i])) == 0) {
				ret[n++] = *v;
				break;
			}
	ret[n] = NULL;
}

/* NAME=TYPE:VALUE, the type by its letter in D-Bus; bytes in hexadecimal. */
static void property_text(struct str *t, const struct unit_property *p)
{
	switch (p->type) {
	case UNIT_TEXT: str_addf(t, "%s=s:%s", p->name, p->text); break;
	case UNIT_BOOL: str_addf(t, "%s=b:%d", p->name, p->number != 0); break;
	case UNIT_I32: str_addf(t, "%s=i:%d", p->name, (int)p->number); break;
	case UNIT_U64: str_addf(t, "%s=t:%llu", p->name, (unsigned long long)p->number); break;
	case UNIT_BYTES:
		str_addf(t, "%s=y:", p->name);
		for (size_t i = 0; i < p->number; i++)
			str_addf(t, "%02x", p->bytes[i]);
		break;
	}
	str_addc(t, '\0');
}

static int call(const char *verb, const char *name, bool user, pid_t pid, const struct step *s, struct str *out, struct err *e)
{
	size_t n = s ? s->unit.n : 0, k = 0, at = 0;
	OWN_MEM char **argv = calloc(FIXED_ARGS + n + 1, sizeof(*argv));
	OWN(str) number = { 0 }, properties = { 0 };
	char *env[BUS_VARIABLES + 1];
	int status = 0;

#ifndef HAVE_LIBSYSTEMD
	return err_set(e, ERR_UNSUPPORTED, 0, "the systemd cgroup manager is not built into this program");
#endif
	if (!argv)
		return err_set(e, ERR_SYS, ENOMEM, "allocate memory");
	str_addf(&number, "%d", (int)pid);
	for (size_t i = 0; i < n; i++)
		property_text(&properties, &s->unit.property[i]);
	TRY(str_ok(&number, e));
	TRY(str_ok(&properties, e));
	argv[k++] = (char *)(uintptr_t)SYSTEMD_HELPER;
	argv[k++] = (char *)(uintptr_t)verb;
	argv[k++] = (char *)(uintptr_t)(user ? "user" : "system");
	argv[k++] = (char *)(uintptr_t)name;
	argv[k++] = number.s;
	for (size_t i = 0; i < n; i++, at += strlen(properties.s + at) + 1)
		argv[k++] = properties.s + at;
	bus_environment(env);
	TRY(helper_run(argv, env, out, &status, e));
	return status == 0 ? 0 : err_set(e, ERR_STATE, 0, "%s", out->n ? out->s : "brig-systemd failed and said nothing");
}

int systemd_start_unit(const struct step *s, pid_t pid, struct str *ret_cgroup, struct err *e)
{
	return call(SYSTEMD_START, s->unit.name, s->unit.user, pid, s, ret_cgroup, e);
}

int systemd_set_unit(const struct step *s, struct err *e)
{
	OWN(str) out = { 0 };

	return call(SYSTEMD_SET, s->unit.name, s->unit.user, 0, s, &out, e);
}

int systemd_stop_unit(const char *name, bool user, struct err *e)
{
	OWN(str) out = { 0 };

	return call(SYSTEMD_STOP, name, user, 0, NULL, &out, e);
}
