/* room: pure — THE PAGE: the order of every privileged act of a creation, in both processes.
 *
 * `brig explain` prints what this makes of a configuration. The order is guarded by the rows of plan/check.c, each with its reason,
 * and those rows by a mutation test (tests/order). */
#include "plan/build.h"

static int order(struct builder *b)
{
	/* host: nothing exists yet; every host path is resolved in this block */
	TRY(add_state_reserve(b));
	TRY(add_sources(b));			/* rootfs, bind sources, console, namespaces: held by descriptor */
	TRY(add_seccomp_compile(b));
	TRY(add_cgroup(b));			/* limits are in force before the first instruction */
	TRY(add_clone(b));			/* into the cgroup, with all new namespaces; join first where asked */
	TRY(add_unit_settle(b));		/* a systemd unit is held by init now */

	/* host: init exists and waits for the baton */
	TRY(add_id_map(b));
	TRY(add_host_settings(b));		/* oom score, scheduler, devices: they need the host's privilege */

	/* init, outside view: new namespaces, the host's file system, root of the user namespace with all its capabilities */
	TRY(add_become_root(b));
	TRY(add_network(b));
	TRY(add_root(b));			/* propagation, then the container's tree; all targets lie beneath it */
	TRY(add_mounts(b));
	TRY(add_notify(b));			/* where the socket of sd_notify(3) will be */
	TRY(add_devices(b));
	TRY(add_identity(b));			/* sysctl, names, labels: through a procfs of our own */
	TRY(add_console(b));

	/* host, then init: hooks see the finished but not yet entered tree */
	TRY(add_hooks(b, HOOK_PRESTART));
	TRY(add_hooks(b, HOOK_CREATE_RUNTIME));
	TRY(add_hooks(b, HOOK_CREATE_CONTAINER));

	/* init, inside: the host's tree is gone */
	TRY(add_pivot(b));
	TRY(add_masks(b));			/* read-only root, read-only and masked paths */
	TRY(add_session(b));			/* setsid, terminal, keyring, personality */
	TRY(add_close_fds(b));
	TRY(add_drop(b));			/* bounding set, limits, [seccomp,] ids, cwd, capabilities, no_new_privs */

	/* host: an independent witness, then the world is told */
	TRY(add_pidfd_send(b));
	TRY(add_attest(b));
	TRY(add_state_created(b));

	/* init: waits for `start`, then cannot be stopped any more */
	TRY(add_wait_start(b));
	TRY(add_hooks(b, HOOK_START_CONTAINER));
	TRY(add_seccomp_last(b));
	return add_exec(b);
}

int plan_create(const struct spec *s, const struct facts *f, const struct request *r, struct plan **ret, struct err *e)
{
	struct builder b;
	struct plan *p = builder_start(&b, s, f, r, e);

	if (!p)
		return -1;
	if (order(&b) < 0 || builder_finish(&b) < 0 || plan_check(p, e) < 0) {
		plan_free(p);
		return -1;
	}
	*ret = p;
	return 0;
}
