/* room: host — the public API: checks arguments, calls life/, translates errors */
#include "container_private.h"
#include "base/log.h"
#include "fs/cgroupfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

int public_error(const struct err *in, struct brig_err *out)
{
	memset(out, 0, sizeof(*out));
	out->kind = (enum brig_err_kind)in->kind;
	out->num = in->num;
	out->step = in->step;
	snprintf(out->room, sizeof(out->room), "%s", in->step ? room_name((enum room)in->room) : "");
	memcpy(out->op, in->op, sizeof(out->op));
	memcpy(out->why, in->why, sizeof(out->why));
	memcpy(out->text, in->text, sizeof(out->text));
	out->phrase = in->num ? errno_phrase(in->num) : "";
	out->errno_name = in->num ? errno_name(in->num) : "";
	return -1;
}

static struct {
	void (*sink)(void *, enum brig_log_level, const char *);
	void *arg;
} public_sink;

static void to_public(void *arg, enum log_level level, const char *text)
{
	(void)arg;
	public_sink.sink(public_sink.arg, level == LOG_WARN ? BRIG_LOG_WARN : BRIG_LOG_DEBUG, text);
}

void brig_log_to(void (*sink)(void *arg, enum brig_log_level level, const char *text), void *arg, enum brig_log_level least)
{
	log_debug_on(least == BRIG_LOG_DEBUG);
	public_sink.sink = sink;
	public_sink.arg = arg;
	log_to(sink ? to_public : NULL, NULL);
}

/* A descriptor of ours that became somebody's standard stream would be written to. The stand-in is gone at execve, as the caller had it. */
static int fill_stdio(struct err *e)
{
	struct stat st;

	for (int i = 0; i < 3; i++)
		if (sys_fstat(i, &st) < 0 && sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0) != i)
			return err_sys(e, "open /dev/null for standard stream %d", i);
	return 0;
}

int brig_check_fds(unsigned n, struct brig_err *err)
{
	struct err e;
	struct stat st;

	for (unsigned i = 0; i < n; i++)
		if (sys_fstat((int)(3 + i), &st) < 0) {
			err_set(&e, ERR_USAGE, errno, "unable to stat preserved-fd %u (of %u)", 3 + i, n);
			return public_error(&e, err);
		}
	return fill_stdio(&e) < 0 ? public_error(&e, err) : 0;
}

/* 128 random bits: nobody can guess the session keyring's name. */
static int keyring_name(char *buf, size_t size, struct err *e)
{
	unsigned char r[16];
	size_t n;

	if (sys_getrandom(r, sizeof(r)) < 0)
		return err_sys(e, "getrandom");
	n = (size_t)snprintf(buf, size, "_ses.");
	for (size_t i = 0; i < sizeof(r) && n + 3 < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%02x", r[i]);
	return 0;
}

int public_request(struct job *j, const struct brig_options *o, const struct brig_create *c, struct err *e)
{
	struct request *r = &j->request;

	*r = (struct request){ .id = c->id, .state_root = o->root, .cache = o->cache, .bundle = c->bundle, .console_socket = c->console_socket,
			       .pidfd_socket = c->pidfd_socket, .pid_file = c->pid_file, .notify_socket = c->notify_socket,
			       .no_pivot = c->no_pivot, .no_new_keyring = c->no_new_keyring, .systemd_cgroup = o->systemd_cgroup,
			       .rootless_cgroup = o->rootless == 1, .detach = c->detach, .preserve_fds = c->preserve_fds, .listen_fds = c->listen_fds };
	if (request_check_id(r->id) < 0)
		return err_set(e, ERR_USAGE, 0, r->id[0] ? "invalid container ID format: \"%.64s\"" : "container id cannot be empty%s", r->id);
	return 0;
}

/* Loads and walks to `created`; the caller frees both. */
static int create(struct job *j, struct host *h, const struct brig_options *o, const struct brig_create *c, struct err *e)
{
	char keyring[64];
	char *copy;

	TRY(public_request(j, o, c, e));
	TRY(keyring_name(keyring, sizeof(keyring), e));
	copy = arena_strdup(&j->mem, keyring);
	if (!copy)
		return err_oom(e);
	j->request.keyring = copy;
	TRY(job_load(j, NULL, e));
	return life_create(j, h, e);
}

void public_no_host(struct host *h)
{
	memset(h, 0, sizeof(*h));
	h->proc.fd = h->state.fd = h->console_master = h->criu_socket = h->status_fd = FD_NONE;
	h->baton.host_end[0] = h->baton.host_end[1] = h->baton.child_end[0] = h->baton.child_end[1] = FD_NONE;
}

int brig_create(const struct brig_options *o, const struct brig_create *c, struct brig_err *err)
{
	struct job j = { 0 };
	struct brig_create with = *c;
	struct host h;
	struct err e;
	int rc;

	public_no_host(&h);
	with.detach = true;
	rc = create(&j, &h, o, &with, &e);
	host_close(&h);
	job_free(&j);
	return rc < 0 ? public_error(&e, err) : 0;
}

/* The container is open to others while we wait. */
static void wait_ready(struct notify *n, struct container *c)
{
	OWN_FD pidfd = FD_NONE;
	struct err ignored;
	pid_t pid = c->journal.pid;

	if (n->in >= 0 && status_pidfd(&c->journal, &pidfd, &ignored) == 0) {
		container_close(c);
		notify_wait(n, pidfd, pid);
	}
	notify_close(n);
}

int brig_start(const struct brig_options *o, const char *id, const char *notify_socket, struct brig_err *err)
{
	struct notify n = { notify_socket, FD_NONE, FD_NONE };
	struct container c;
	struct err e;
	int rc = container_open(o->root, id, true, &c, &e);

	if (rc == 0)
		rc = life_start(&c, NULL, &n, &e);
	if (rc == 0)
		wait_ready(&n, &c);
	container_close(&c);
	return rc < 0 ? public_error(&e, err) : 0;
}

/* What create has in memory is what start would read: the lock passes on with the directory. Our ends of the FIFOs must be gone, or init's last one
 * closing would not be the end of file. */
static int start_created(const struct job *j, struct host *h, struct notify *n, struct err *e)
{
	struct container c = { .dir = h->state, .journal = h->journal, .status = STATUS_CREATED };
	int rc;

	h->state.fd = FD_NONE;
	host_forget_walk(h);
	if (j->request.criu)	/* restored: it runs already */
		rc = life_hooks(j->spec, HOOK_POSTSTART, &c.journal, "running", c.journal.pid, e);
	else
		rc = life_start(&c, j->spec, n, e);
	if (rc < 0)
		host_drop_pid_file(h);
	if (rc == 0 && j->request.detach)
		wait_ready(n, &c);
	container_close(&c);
	return rc;
}

int public_foreground(struct job *j, struct host *h, const struct brig_options *o, const struct brig_create *c, struct err *e)
{
	struct notify n = { c->notify_socket, FD_NONE, FD_NONE };
	OWN_FD pidfd = FD_NONE;
	struct err second;
	int status = 0, rc;
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	pidfd = sys_pidfd_open(pid);
	if (pidfd < 0)
		return err_sys(e, "pidfd_open %d", pid);
	rc = start_created(j, h, &n, e);
	if (rc == 0)
		rc = relay(pid, pidfd, h->console_master, &n, &status, e);
	notify_close(&n);
	if ((rc < 0 || !c->keep) && life_delete(o->root, c->id, true, j->spec, &h->journal, &second) < 0) {
		if (rc == 0)
			*e = second;
		rc = -1;
	}
	return rc < 0 ? -1 : status;
}

int public_detached(struct job *j, struct host *h, const struct brig_options *o, const struct brig_create *c, struct err *e)
{
	struct notify n = { c->notify_socket, FD_NONE, FD_NONE };
	struct err second;

	if (start_created(j, h, &n, e) == 0)
		return 0;
	if (life_delete(o->root, c->id, true, j->spec, &h->journal, &second) < 0)
		log_warn("%s, ignoring", second.text);
	return -1;
}

int brig_run(const struct brig_options *o, const struct brig_create *c, struct brig_err *err)
{
	struct job j = { 0 };
	struct host h;
	struct err e;
	int rc = 0;

	public_no_host(&h);
	if (!c->detach) {
		if (!c->no_subreaper)
			sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
		rc = relay_block(&e);
	}
	if (rc == 0)
		rc = create(&j, &h, o, c, &e);
	if (rc == 0)
		rc = c->detach ? public_detached(&j, &h, o, c, &e) : public_foreground(&j, &h, o, c, &e);
	host_close(&h);
	job_free(&j);
	return rc < 0 ? public_error(&e, err) : rc;
}

static struct strings list(size_t n, const char *const *item)
{
	return (struct strings){ n, item };
}

static int exec_request(struct exec *x, const struct brig_options *o, const struct brig_exec *c, struct err *e)
{
	char keyring[64];
	struct request *r = &x->job.request;

	*r = (struct request){ .id = c->id, .state_root = o->root, .cache = o->cache, .console_socket = c->console_socket, .pidfd_socket = c->pidfd_socket,
			       .pid_file = c->pid_file, .detach = c->detach, .preserve_fds = c->preserve_fds };
	r->target.sub_cgroup = c->cgroup && c->cgroup[0] ? c->cgroup : NULL;
	TRY(keyring_name(keyring, sizeof(keyring), e));
	r->keyring = arena_strdup(&x->job.mem, keyring);
	if (!r->keyring)
		return err_oom(e);
	x->process_file = c->process;
	x->ignore_paused = c->ignore_paused;
	x->changes = (struct exec_changes){ .args = list(c->n_args, c->args), .env = list(c->n_env, c->env), .additional_gids = list(c->n_gids, c->gids),
					    .caps = list(c->n_caps, c->caps), .cwd = c->cwd, .user = c->user, .process_label = c->process_label,
					    .apparmor = c->apparmor, .tty = c->tty, .no_new_privs = c->no_new_privs };
	return 0;
}

static int exec_foreground(struct host *h, struct err *e)
{
	OWN_FD pidfd = sys_pidfd_open(h->init_pid);
	pid_t pid = h->init_pid;
	int status = 0;

	if (pidfd < 0)
		return err_sys(e, "pidfd_open %d", pid);
	host_forget_walk(h);
	return relay(pid, pidfd, h->console_master, NULL, &status, e) < 0 ? -1 : status;
}

int brig_exec(const struct brig_options *o, const struct brig_exec *c, struct brig_err *err)
{
	struct exec x = { .container.dir.fd = FD_NONE };
	struct host h;
	struct err e;
	int rc = 0;

	public_no_host(&h);
	if (!c->detach)
		rc = relay_block(&e);
	if (rc == 0)
		rc = exec_request(&x, o, c, &e);
	if (rc == 0)
		rc = life_exec(&x, &h, &e);
	if (rc == 0 && !c->detach)
		rc = exec_foreground(&h, &e);
	host_close(&h);
	exec_free(&x);
	return rc < 0 ? public_error(&e, err) : rc;
}

/* Without a pid namespace of its own, killing init leaves the others: then SIGKILL means the whole cgroup (compatibility 1.6). */
static int kill_all(const struct journal *j, struct err *e)
{
	struct cgdir d;
	int rc = cgdir_open((struct host_path){ j->cgroup_mount }, j->cgroup_path, &d, e);

	if (rc == 0) {
		rc = cgdir_kill(&d, e);
		cgdir_close(&d);
	}
	if (rc < 0 && (e->num == ENOENT || e->num == ENODEV))	/* deleted meanwhile */
		return err_set(e, ERR_STATE, 0, "container not running");
	return rc;
}

static int kill_one(struct container *c, int signal, bool all, struct err *e)
{
	OWN_FD pidfd = FD_NONE;

	if (c->status == STATUS_CREATING)
		return err_set(e, ERR_STATE, 0, "container not running");
	if (signal == SIGKILL && c->journal.cgroup_path[0] && (!c->journal.own_pid_ns || c->status == STATUS_PAUSED) && c->status != STATUS_STOPPED)
		return kill_all(&c->journal, e);
	if (c->status != STATUS_STOPPED)
		TRY(status_pidfd(&c->journal, &pidfd, e));
	if (pidfd >= 0 && sys_pidfd_signal(pidfd, signal) == 0)
		return 0;
	if (pidfd >= 0 && errno != ESRCH)
		return err_sys(e, "send signal %d", signal);
	return all ? 0 : err_set(e, ERR_STATE, 0, "container not running");
}

int brig_kill(const struct brig_options *o, const char *id, int signal, bool all, struct brig_err *err)
{
	struct container c;
	struct err e;
	int rc = container_open(o->root, id, false, &c, &e);

	if (rc == 0)
		rc = kill_one(&c, signal, all, &e);
	container_close(&c);
	return rc < 0 ? public_error(&e, err) : 0;
}

static int freeze(const struct brig_options *o, const char *id, bool frozen, struct brig_err *err)
{
	struct container c;
	struct err e;
	int rc = container_open(o->root, id, true, &c, &e);

	if (rc == 0)
		rc = life_freeze(&c, frozen, &e);
	container_close(&c);
	return rc < 0 ? public_error(&e, err) : 0;
}

int brig_pause(const struct brig_options *o, const char *id, struct brig_err *err)
{
	return freeze(o, id, true, err);
}

int brig_resume(const struct brig_options *o, const char *id, struct brig_err *err)
{
	return freeze(o, id, false, err);
}

int brig_ps(const struct brig_options *o, const char *id, pid_t **ret, size_t *ret_n, struct brig_err *err)
{
	struct container c;
	struct err e;
	int rc = container_open(o->root, id, false, &c, &e);

	if (rc == 0)
		rc = life_pids(&c, ret, ret_n, &e);
	container_close(&c);
	return rc < 0 ? public_error(&e, err) : 0;
}

int brig_update(const struct brig_options *o, const char *id, const char *resources, const char *rdt, struct brig_err *err)
{
	struct container c;
	struct err e;
	int rc = container_open(o->root, id, true, &c, &e);

	if (rc == 0)
		rc = life_update(&c, resources, rdt, &e);
	container_close(&c);
	return rc < 0 ? public_error(&e, err) : 0;
}

int brig_events(const struct brig_options *o, const char *id, unsigned interval_ms, int (*each)(void *arg, const char *line), void *arg, struct brig_err *err)
{
	struct container c;
	struct err e = { 0 };
	int rc = container_open(o->root, id, false, &c, &e);

	if (rc == 0)
		rc = life_events(&c, interval_ms, each, arg, &e);
	container_close(&c);
	return rc < 0 ? public_error(&e, err) : 0;
}

int brig_usage(const struct brig_options *o, const char *id, struct brig_usage *ret, struct brig_err *err)
{
	OWN(container) c;
	struct usage u;
	struct err e;

	_Static_assert(USAGE_UNKNOWN == BRIG_UNKNOWN && USAGE_UNLIMITED == BRIG_UNLIMITED, "the same words");
	if (container_open(o->root, id, false, &c, &e) < 0 || life_usage(&c, &u, &e) < 0)
		return public_error(&e, err);
	*ret = (struct brig_usage){
		.cpu = u.cpu, .cpu_user = u.cpu_user, .cpu_system = u.cpu_system, .throttled = u.throttled, .memory = u.memory, .memory_peak = u.memory_peak,
		.memory_limit = u.memory_limit, .swap = u.swap, .oom_kills = u.oom_kills, .processes = u.processes, .processes_limit = u.processes_limit,
		.read = u.read, .written = u.written, .received = u.received, .sent = u.sent,
	};
	return 0;
}

int brig_delete(const struct brig_options *o, const char *id, bool force, struct brig_err *err)
{
	struct err e;

	return life_delete(o->root, id, force, NULL, NULL, &e) < 0 ? public_error(&e, err) : 0;
}

int brig_signal_number(const char *name)
{
	return name_to_signal(name);
}
