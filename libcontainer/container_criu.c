/* room: host — the public API: checkpoint and restore */
#include "container_private.h"
#include "sys/sys.h"

#include <sys/prctl.h>

static struct request_criu criu_request(const struct brig_criu *c)
{
	static const enum criu_cgroups cgroups[] = { CRIU_CGROUPS_DEFAULT, CRIU_CGROUPS_SOFT, CRIU_CGROUPS_FULL, CRIU_CGROUPS_STRICT, CRIU_CGROUPS_IGNORE };

	return (struct request_criu){
		.images = c->image_path, .work = c->work_path, .parent = c->parent_path, .page_server = c->page_server, .lsm_profile = c->lsm_profile,
		.lsm_mount_context = c->lsm_mount_context, .leave_running = c->leave_running, .pre_dump = c->pre_dump, .tcp_established = c->tcp_established,
		.tcp_skip_in_flight = c->tcp_skip_in_flight, .tcp_close = c->tcp_close, .link_remap = c->link_remap, .ext_unix_sk = c->ext_unix_sk,
		.shell_job = c->shell_job, .file_locks = c->file_locks, .lazy_pages = c->lazy_pages, .auto_dedup = c->auto_dedup,
		.cgroups = cgroups[c->manage_cgroups], .network_lock = (enum criu_network_lock)c->network_lock,
	};
}

int brig_checkpoint(const struct brig_options *o, const char *id, const struct brig_criu *how, struct brig_err *err)
{
	struct request_criu r = criu_request(how);
	struct container c;
	struct err e;
	int rc = container_open(o->root, id, true, &c, &e);

	if (rc == 0)
		rc = life_checkpoint(&c, &r, how->lazy_pages ? how->status_fd : FD_NONE, &e);
	container_close(&c);
	if (rc == 0 && !how->leave_running && !how->pre_dump)
		rc = life_delete(o->root, id, true, NULL, &c.journal, &e);
	return rc < 0 ? public_error(&e, err) : 0;
}

/* The first process is made by a process between, whose end leaves it to us, if we are the one who adopts orphans. */
static int restore(struct job *j, struct host *h, const struct brig_options *o, const struct brig_create *c, struct err *e)
{
	if (!c->detach && sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_sys(e, "prctl PR_SET_CHILD_SUBREAPER");
	TRY(job_load(j, NULL, e));
	TRY(life_restore(j, h, e));
	if (c->detach)
		return public_detached(j, h, o, c, e);
	if (c->no_subreaper)
		sys_prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
	return public_foreground(j, h, o, c, e);
}

int brig_restore(const struct brig_options *o, const struct brig_create *c, const struct brig_criu *how, struct brig_err *err)
{
	struct request_criu r = criu_request(how);
	struct brig_create with = *c;
	struct job j = { 0 };
	struct host h;
	struct err e;
	int rc;

	with.notify_socket = NULL;	/* a service that is ready has said so long ago */
	public_no_host(&h);
	rc = public_request(&j, o, &with, &e);
	j.request.criu = &r;
	if (rc == 0 && !c->detach)
		rc = relay_block(&e);
	if (rc == 0)
		rc = restore(&j, &h, o, &with, &e);
	host_close(&h);
	job_free(&j);
	return rc < 0 ? public_error(&e, err) : rc;
}

static int print_plan(const struct plan *p, bool json, char **ret, struct err *e)
{
	OWN(str) text = { 0 };

	plan_print(p, json ? PLAN_JSON : PLAN_TEXT, &text);
	return str_copy(&text, ret, e);
}

int brig_explain_restore(const struct brig_options *o, const struct brig_create *c, const struct brig_criu *how, const char *facts, bool json, char **ret, struct brig_err *err)
{
	struct request_criu r = criu_request(how);
	OWN(job) j = { 0 };
	struct err e;
	int rc = public_request(&j, o, c, &e);

	j.request.criu = &r;
	return rc < 0 || job_load(&j, facts, &e) < 0 || print_plan(j.plan, json, ret, &e) < 0 ? public_error(&e, err) : 0;
}

/* The plan of a create tells where the container would be. */
static int explain_checkpoint(struct job *j, const struct request_criu *how, const char *facts, bool json, char **ret, struct err *e)
{
	struct plan *p __attribute__((cleanup(plan_dropp))) = NULL;
	struct request r = { .id = j->request.id, .bundle = j->request.bundle, .criu = how };

	TRY(job_load(j, facts, e));
	r.target = (struct request_target){ .cgroup_mount = j->plan->cgroup_mount, .cgroup_path = j->plan->cgroup_path };
	TRY(plan_checkpoint(j->spec, &j->facts, &r, &p, e));
	return print_plan(p, json, ret, e);
}

int brig_explain_checkpoint(const struct brig_options *o, const struct brig_create *c, const struct brig_criu *how, const char *facts, bool json, char **ret, struct brig_err *err)
{
	struct request_criu r = criu_request(how);
	OWN(job) j = { 0 };
	struct err e;

	return public_request(&j, o, c, &e) < 0 || explain_checkpoint(&j, &r, facts, json, ret, &e) < 0 ? public_error(&e, err) : 0;
}
