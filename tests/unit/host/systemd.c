/* room: host — brig-systemd against a systemd of this file: the grammar of its command line, what it sends, and each call that fails */
#include "tap.h"

int brig_systemd_main(int argc, char **argv);
#define main brig_systemd_main
#include "host/systemd_main.c"
#undef main

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the systemd: libsystemd's functions, as far as brig-systemd calls them ---- */

static struct {
	char sent[2048];	/* what was sent, in words */
	unsigned calls, fail;	/* the call of this number fails; 0 none */
	const char *start_error, *stop_error;	/* D-Bus names of errors that the first such call is answered with */
	const char *job;	/* how a job ends; NULL never */
	char removed[64];	/* the job that has ended, as the signal tells */
	sd_bus_message_handler_t handler;
	void *arg;
	int64_t clock_us;
} fake;

static const char job_path[] = "/job/7";

static __attribute__((format(printf, 1, 2))) void note(const char *fmt, ...)
{
	size_t n = strlen(fake.sent);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fake.sent + n, sizeof(fake.sent) - n, fmt, ap);
	va_end(ap);
}

static int answer(void) { return ++fake.calls == fake.fail ? -EIO : 1; }

static int refuse(sd_bus_error *error, const char **name)
{
	if (error) {
		error->name = *name;
		error->message = "no, says systemd";
	}
	*name = NULL;
	return -EBADR;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	t->tv_sec = fake.clock_us / 1000000;
	t->tv_nsec = fake.clock_us % 1000000 * 1000;
	return 0;
}

int sd_bus_open_user(sd_bus **ret) { note("user:"); *ret = NULL; return answer(); }
int sd_bus_open_system(sd_bus **ret) { note("system:"); *ret = NULL; return answer(); }
sd_bus *sd_bus_flush_close_unref(sd_bus *bus) { (void)bus; return NULL; }
void sd_bus_error_free(sd_bus_error *e) { *e = (sd_bus_error){ 0 }; }
int sd_bus_error_has_name(const sd_bus_error *e, const char *name) { return e->name && strcmp(e->name, name) == 0; }

int sd_bus_match_signal(sd_bus *bus, sd_bus_slot **slot, const char *sender, const char *path, const char *interface, const char *member,
			sd_bus_message_handler_t handler, void *arg)
{
	(void)bus, (void)slot, (void)sender, (void)path, (void)interface, (void)member;
	fake.handler = handler;
	fake.arg = arg;
	return answer();
}

int sd_bus_call_method(sd_bus *bus, const char *to, const char *path, const char *interface, const char *member, sd_bus_error *error,
		       sd_bus_message **reply, const char *types, ...)
{
	va_list ap;

	(void)bus, (void)to, (void)path, (void)interface;
	if (reply)
		*reply = NULL;
	note(" %s", member);
	va_start(ap, types);
	for (; *types; types++)
		note(" %s", va_arg(ap, const char *));
	va_end(ap);
	if (strcmp(member, "StopUnit") == 0 && fake.stop_error)
		return refuse(error, &fake.stop_error);
	return answer();
}

int sd_bus_message_new_method_call(sd_bus *bus, sd_bus_message **m, const char *to, const char *path, const char *interface, const char *member)
{
	(void)bus, (void)to, (void)path, (void)interface;
	*m = NULL;
	note(" %s", member);
	return answer();
}

int sd_bus_message_append(sd_bus_message *m, const char *types, ...)
{
	va_list ap;

	(void)m;
	va_start(ap, types);
	if (strcmp(types, "ss") == 0) {
		const char *unit = va_arg(ap, const char *);

		note(" %s %s", unit, va_arg(ap, const char *));
	} else if (strcmp(types, "sb") == 0) {
		const char *unit = va_arg(ap, const char *);

		note(" %s %d", unit, va_arg(ap, int));
	} else if (strcmp(types, "s") == 0) {
		note(" %s=", va_arg(ap, const char *));
	} else if (strcmp(types, "(sv)") == 0) {
		const char *name = va_arg(ap, const char *), *type = va_arg(ap, const char *);

		note(" %s=%s:", name, type);
		if (*type == 's')
			note("%s", va_arg(ap, const char *));
		else if (*type == 't')
			note("%llu", (unsigned long long)va_arg(ap, uint64_t));
		else if (strcmp(type, "au") == 0)
			note("%d*", va_arg(ap, int)), note("%u", va_arg(ap, uint32_t));
		else
			note("%d", va_arg(ap, int));
	} else if (strcmp(types, "a(sa(sv))") == 0) {
		note(" aux%d", va_arg(ap, int));
	}
	va_end(ap);
	return answer();
}

int sd_bus_message_append_array(sd_bus_message *m, char type, const void *p, size_t n)
{
	(void)m;
	note("%c", type);
	for (size_t i = 0; i < n; i++)
		note(" %02x", ((const uint8_t *)p)[i]);
	return answer();
}

int sd_bus_message_open_container(sd_bus_message *m, char type, const char *contents) { (void)m, (void)type, (void)contents; return answer(); }
int sd_bus_message_close_container(sd_bus_message *m) { (void)m; return answer(); }
sd_bus_message *sd_bus_message_unref(sd_bus_message *m) { (void)m; return NULL; }

int sd_bus_call(sd_bus *bus, sd_bus_message *m, uint64_t usec, sd_bus_error *error, sd_bus_message **reply)
{
	(void)bus, (void)m;
	note(" call(%llu)", (unsigned long long)usec / 1000000);
	if (reply)
		*reply = NULL;
	return fake.start_error ? refuse(error, &fake.start_error) : answer();
}

/* Two kinds are read: a path ("o"), and the signal JobRemoved ("uoss"). */
int sd_bus_message_read(sd_bus_message *m, const char *types, ...)
{
	va_list ap;

	(void)m;
	va_start(ap, types);
	if (strcmp(types, "o") == 0) {
		*va_arg(ap, const char **) = job_path;
	} else {
		*va_arg(ap, uint32_t *) = 7;
		*va_arg(ap, const char **) = fake.removed;
		*va_arg(ap, const char **) = "x.scope";
		*va_arg(ap, const char **) = fake.job;
	}
	va_end(ap);
	return answer();
}

/* First the end of a job that is not ours, then that of ours. */
int sd_bus_process(sd_bus *bus, sd_bus_message **m)
{
	(void)bus, (void)m;
	if (!fake.job)
		return answer() < 0 ? -EIO : 0;
	snprintf(fake.removed, sizeof(fake.removed), "%s", fake.removed[0] ? job_path : "/job/6");
	fake.handler(NULL, fake.arg, NULL);
	return answer();
}

int sd_bus_wait(sd_bus *bus, uint64_t usec)
{
	(void)bus;
	fake.clock_us += (int64_t)usec < 9000000 ? (int64_t)usec : 9000000;
	return answer();
}

int sd_bus_get_property_string(sd_bus *bus, const char *to, const char *path, const char *interface, const char *member, sd_bus_error *error, char **ret)
{
	(void)bus, (void)to, (void)path, (void)error;
	note(" %s.%s", strrchr(interface, '.') + 1, member);
	*ret = answer() < 0 ? NULL : strdup("/system.slice/x.scope");
	return *ret ? 1 : -EIO;
}

/* ---- the tests ---- */

static int status;
static char said[1024];

/* Runs brig-systemd in a process of its own; its output is said, its end status. "sent" comes through the same pipe, behind a line break. */
static void run(const char *const words[])
{
	char *argv[16] = { (char *)(uintptr_t)"brig-systemd" };
	int ends[2], argc = 1;
	ssize_t n = 0, k;
	char *line;

	while (words[argc - 1] && argc < 15) {
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
		argc++;
	}
	fflush(stdout);
	if (pipe(ends) < 0)
		abort();
	if (fork() == 0) {
		int rc;

		dup2(ends[1], 1);
		rc = brig_systemd_main(argc, argv);
		printf("\n%s", fake.sent);
		fflush(stdout);
		_exit(rc);
	}
	close(ends[1]);
	while (n < (ssize_t)sizeof(said) - 1 && (k = read(ends[0], said + n, sizeof(said) - 1 - (size_t)n)) > 0)
		n += k;
	close(ends[0]);
	said[n] = '\0';
	wait(&status);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	line = strrchr(said, '\n');
	snprintf(fake.sent, sizeof(fake.sent), "%s", line ? line + 1 : "");
	if (line)
		*line = '\0';
}
#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static void fresh(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.job = "done";
}

static void ended(int want_status, const char *want_said, const char *what)
{
	if (!ok(status == want_status && strcmp(said, want_said) == 0, "%s", what))
		printf("# status %d, \"%s\", after \"%s\"\n", status, said, fake.sent);
}

static void command_line(void)
{
	static const char usage[] = "usage: brig-systemd start|set|stop system|user UNIT PID [NAME=TYPE:VALUE]...";
	static const char *const bad[][2] = {
		{ "X", "no =" }, { "X=", "no type" }, { "X=s", "no colon" }, { "X=st:1", "a type of two letters" }, { "X=q:1", "a type that is none" },
		{ "X=t:", "no number" }, { "X=t:1x", "a number and more" }, { "X=t:-1", "a negative number" }, { "X=t:18446744073709551616", "2^64" },
		{ "X=i:2147483648", "2^31" }, { "X=y:0g", "a digit that is none" },
		{ "X=y:012", "half a byte" },
	};

	fresh(), RUN("start", "system", "x.scope");
	ok(status == 1 && strcmp(said, usage) == 0 && !fake.sent[0], "too few words: the usage, and no bus");
	fresh(), RUN("start", "system", "x.scope", "12x");
	ended(1, usage, "a process number that is none");
	fresh(), RUN("restart", "system", "x.scope", "0");
	ok(status == 1 && strcmp(said, "no such verb: restart") == 0 && !fake.sent[0], "a verb that is none: no bus");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		fresh(), RUN("set", "system", "x.scope", "0", bad[i][0]);
		ok(status == 1 && strcmp(said, "change systemd unit x.scope: invalid argument") == 0 && !strstr(fake.sent, "call("),
		   "a property is refused before it is sent: %s", bad[i][1]);
	}
}

static void sent(void)
{
	fresh(), RUN("start", "system", "x.scope", "42", "Slice=s:a=b:c.slice", "Delegate=b:1", "Off=b:0", "N=i:2147483647", "M=t:18446744073709551615", "C=y:00ff", "E=y:");
	is_str(fake.sent, "system: Subscribe StartTransientUnit x.scope replace Slice=s:a=b:c.slice Delegate=b:1 Off=b:0 N=i:2147483647 M=t:18446744073709551615"
	       " C=y 00 ff E=y PIDs=au:1*42 aux0 call(30) GetUnit x.scope Scope.ControlGroup", "start: every type, and the process");
	ended(0, "/system.slice/x.scope", "its output is the cgroup");
	fresh(), RUN("start", "user", "x.slice", "0");
	is_str(fake.sent, "user: Subscribe StartTransientUnit x.slice replace aux0 call(30) GetUnit x.slice Slice.ControlGroup", "start: a slice of the user's, without a process");
	fresh(), RUN("set", "user", "x.scope", "0", "TasksMax=t:5");
	is_str(fake.sent, "user: Subscribe SetUnitProperties x.scope 1 TasksMax=t:5 call(30)", "set: until the next boot");
	fresh(), RUN("stop", "system", "x.scope", "0");
	is_str(fake.sent, "system: Subscribe StopUnit x.scope replace", "stop");
	ok(status == 0 && !said[0], "and nothing is said");
}

static void refusals(void)
{
	fresh(), fake.start_error = "org.freedesktop.systemd1.UnitExists", RUN("start", "system", "x.scope", "0", "A=b:1");
	is_str(fake.sent, "system: Subscribe StartTransientUnit x.scope replace A=b:1 aux0 call(30) ResetFailedUnit x.scope"
	       " StartTransientUnit x.scope replace A=b:1 aux0 call(30) GetUnit x.scope Scope.ControlGroup", "a failed unit of that name is cleared, then all is said again");
	fresh(), fake.start_error = "org.freedesktop.DBus.Error.InvalidArgs", RUN("start", "system", "x.scope", "0");
	ended(1, "unable to start unit x.scope: no, says systemd", "systemd's own words");
	fresh(), fake.stop_error = "org.freedesktop.systemd1.NoSuchUnit", RUN("stop", "system", "x.scope", "0");
	ok(status == 0, "stop: a unit that is gone is stopped");
	fresh(), fake.job = "failed", RUN("start", "system", "x.scope", "0");
	ended(1, "unable to start unit x.scope: systemd's job ended with \"failed\"", "a job that fails");
	fresh(), fake.job = NULL, RUN("stop", "system", "x.scope", "0");
	ended(1, "wait for systemd to stop unit x.scope: connection timed out", "a job that never ends: not for ever");
}

/* The nth call fails, for each n until none does: an error with text each time, which names the unit once there is a bus. */
static void each_call(const char *verb)
{
	unsigned n = 0, wrong = 0;

	do {
		fresh(), fake.fail = ++n, RUN(verb, "system", "x.scope", "9", "A=s:b", "C=y:01");
		if (status != 0 && (status != 1 || !strstr(said, "input/output error") || (n > 3 && !strstr(said, "x.scope"))) && ++wrong)
			printf("# call %u: status %d, \"%s\"\n", n, status, said);
	} while (status != 0 && n < 200);
	ok(wrong == 0 && n > 4 && n < 200, "%s: each call that fails is an error with a cause", verb);
}

int main(void)
{
	command_line();
	sent();
	refusals();
	each_call("start");
	each_call("set");
	each_call("stop");
	return done();
}
