/* room: cli — from argv to a verb */
#include "args.h"
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *program_name = "brig";

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

char *absolute(const char *path)
{
	char cwd[PATH_MAX], *ret = NULL;

	if (path[0] == '/')
		ret = strdup(path);
	else if (!getcwd(cwd, sizeof(cwd)))
		exit(out_usage("cannot tell the working directory"));
	else if (asprintf(&ret, "%s/%s", cwd, path) < 0)
		ret = NULL;
	if (!ret)
		exit(out_usage("out of memory"));
	return ret;
}

char *absolute_or_null(const char *path)
{
	return path && path[0] ? absolute(path) : NULL;
}

#define ALL_IDS "         0          0 4294967295\n"	/* the uid_map of the first user namespace */

/* The number that a user namespace's root has outside cannot own /run/brig; $USER tells an ordinary user's shell in one from a real root's. */
static bool is_rootless(void)
{
	const char *user = getenv("USER");
	char line[64] = "";
	int fd;

	if (geteuid() != 0)
		return true;
	if (user && strcmp(user, "root") == 0)
		return false;
	fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(fd);
	return line[0] && strcmp(line, ALL_IDS) != 0;
}

/* NAME below the directory for run-time files; NULL when there is none. */
static char *runtime_dir(const char *runtime, const char *name)
{
	char *ret;

	if (!runtime || !runtime[0])
		return NULL;
	if (asprintf(&ret, "%s/%s", runtime, name) < 0)
		exit(out_usage("out of memory"));
	return ret;
}

bool wants_systemd(const struct values *v)
{
	const char *name = v->cgroup_manager ? v->cgroup_manager : "cgroupfs";

	if (strcmp(name, "systemd") != 0 && strcmp(name, "cgroupfs") != 0)	/* "disabled" of crun would be a container without limits */
		exit(out_usage("invalid --cgroup-manager: \"%.40s\" is not cgroupfs or systemd", name));
	return v->systemd_cgroup || strcmp(name, "systemd") == 0;
}

struct brig_options library_options(const struct values *v)
{
	static char *root, *cache;	/* owned by the program until its end: the options only borrow them */
	struct brig_options o = { .size = sizeof(o), .systemd_cgroup = wants_systemd(v), .rootless = -1 };
	const char *runtime;

	free(root);
	free(cache);
	runtime = is_rootless() ? getenv("XDG_RUNTIME_DIR") : "/run";
	o.root = root = v->root ? absolute(v->root) : runtime_dir(runtime, "brig");
	o.cache = cache = runtime_dir(runtime, "brig-cache");
	if (!o.root)
		exit(out_usage("$XDG_RUNTIME_DIR is not set, so there is no place for the state; set it, or use --root"));
	if (o.root[strspn(o.root, "/")] == '\0')
		exit(out_usage("invalid --root: \"/\" cannot hold the state"));
	if (v->rootless && strcmp(v->rootless, "true") == 0)
		o.rootless = 1;
	else if (v->rootless && strcmp(v->rootless, "false") == 0)
		o.rootless = 0;
	else if (v->rootless && strcmp(v->rootless, "auto") != 0)
		exit(out_usage("invalid --rootless: \"%.40s\" is not true, false or auto", v->rootless));
	return o;
}

static bool is_number(const char *text, unsigned *ret)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!text[0] || *end || text[0] < '0' || text[0] > '9' || n > 65536)
		return false;
	*ret = (unsigned)n;
	return true;
}

static bool log_is_open;	/* only then is a mistake told: engines look for it there */

static unsigned number(const char *text, const char *what)
{
	unsigned n = 0;

	if (!is_number(text, &n) && log_is_open)
		exit(out_usage("invalid value \"%.40s\" for %s: not a number of descriptors", text, what));
	return n;
}

unsigned preserved_fds(const struct values *v)
{
	return v->preserve_fds ? number(v->preserve_fds, "--preserve-fds") : 0;
}

unsigned listen_fds(void)
{
	const char *n = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");

	if (!n || !n[0] || !pid || strtol(pid, NULL, 10) != getpid())	/* sd_listen_fds(3): meant for another process, who knows what our 3 is */
		return 0;
	return number(n, "LISTEN_FDS");
}

const char *notify_socket(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	return path && path[0] ? path : NULL;
}

static int print_version(void)
{
	printf("%s version %s\ncommit: %s\nspec: %s\nlibseccomp: %s\n", program_name, brig_version(), BRIG_COMMIT, brig_spec_version(), brig_libseccomp_version());
	return 0;
}

static int wrong_count(const struct verb *verb, int n)
{
	help_verb(verb);
	fflush(stdout);
	if (verb->max == 0)
		return out_usage("\"%s\" takes no arguments, not %d", verb->name, n);
	return out_usage("\"%s\" requires %s %d argument%s (%s), not %d", verb->name, verb->min == verb->max ? "exactly" : n < verb->min ? "at least" : "at most",
			 n < verb->min ? verb->min : verb->max, (n < verb->min ? verb->min : verb->max) == 1 ? "" : "s", verb->args, n);
}

/* Sockets of a service are for the container's first process; an exec has no part in them, as with runc. */
static bool passes_listened(const struct verb *verb)
{
	return verb->run == verb_create || verb->run == verb_run;
}

/* Before anything is opened: what the caller claims to pass must be there, or our own descriptors would slide into its place (W-5). */
static int check_passed(const struct verb *verb, const struct values *v, struct brig_err *e)
{
	return brig_check_fds((passes_listened(verb) ? listen_fds() : 0) + preserved_fds(v), e);
}

/* 0, or the status of a message about it. */
static int open_log(const struct values *v)
{
	const char *format = v->log_format ? v->log_format : "text";

	if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
		return out_usage("invalid log-format: %.40s", format);
	if (out_open(v->log, format, v->debug) < 0)
		return out_usage("cannot open the log file %.200s: %s", v->log, errno == ELOOP ? "it is a symbolic link" : strerror(errno));
	log_is_open = true;
	return 0;
}

/* A mistake on the command line, told to the log as well. */
static int misused(const struct values *v, const char *text)
{
	int rc = open_log(v);

	return rc ? rc : out_usage("%s", text);
}

static int unknown_verb(const struct values *v, const char *name)
{
	char text[128];

	snprintf(text, sizeof(text), "No help topic for '%.80s'", name);
	if (v->log)
		misused(v, text);
	else
		fprintf(stderr, "%s\n", text);
	return 3;
}

static int run_verb(const struct verb *verb, struct values *v)
{
	struct brig_err e;
	int safe = 0, rc;

	brig_log_to(out_sink, NULL, v->debug ? BRIG_LOG_DEBUG : BRIG_LOG_WARN);
	if (v->help) {
		help_verb(verb);
		return 0;
	}
	if (verb->passes)
		safe = check_passed(verb, v, &e);
	rc = open_log(v);
	if (rc)
		return rc;
	if (safe < 0) {	/* told only now: engines read it from the log */
		out_error(verb->name, &e);
		return verb->run == verb_exec ? EXEC_NOT_STARTED : 1;
	}
	if (v->n < verb->min || v->n > verb->max)
		return wrong_count(verb, v->n);
	return verb->run(verb, v);
}

static int command(int argc, char **list)
{
	struct values v = { 0 };
	char text[ARGS_TEXT_SIZE];
	const struct verb *verb;
	int used, rc;

	used = args_parse(argc - 1, list, NULL, &v, text);
	if (used < 0)
		return misused(&v, text);
	if (v.version)
		return print_version();
	if (used >= argc - 1) {
		help_program();
		return 0;
	}
	verb = verb_find(list[used]);
	if (!verb && v.help) {
		help_program();
		return 0;
	}
	if (!verb)
		return unknown_verb(&v, list[used]);
	if (args_parse(argc - 2 - used, list + used + 1, verb, &v, text) < 0)
		return misused(&v, text);
	rc = run_verb(verb, &v);
	if (fflush(stdout) != 0 && rc == 0)
		rc = out_usage("cannot write the output: %s", strerror(errno));
	free(v.env.item);
	free(v.gids.item);
	free(v.caps.item);
	return rc;
}

int main(int argc, char **argv)
{
	char **list;
	int rc;

	if (argc > 0 && strcmp(base_name(argv[0]), "runc") == 0)
		program_name = "runc";
	list = calloc((size_t)argc + 1, sizeof(*list));	/* the parser reorders */
	if (!list)
		return out_usage("out of memory");
	for (int i = 1; i < argc; i++)
		list[i - 1] = argv[i];
	rc = command(argc, list);
	free(list);
	return rc;
}
