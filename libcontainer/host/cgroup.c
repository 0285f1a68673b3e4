/* room: host — the container's cgroup */
#include "host/acts.h"
#include "base/arena.h"
#include "fs/cgroupfs.h"
#include "sys/sys.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

enum { MAKE_TRIES = 100 };

unsigned cgroup_components(const char *path)
{
	unsigned n = 0;

	for (const char *p = path; *p; p++)
		if (*p == '/' && p[1] && p[1] != '/')
			n++;
	return n;
}

/* Somebody else's processes would be limited, and killed, with ours. */
static int refuse_used(const struct cgdir *d, struct err *e)
{
	OWN_MEM pid_t *pids = NULL;
	size_t n;
	unsigned long long frozen = 0;

	TRY(cgdir_pids(d, true, &pids, &n, e));
	if (n)
		return err_set(e, ERR_STATE, 0, "container's cgroup is not empty: %zu process(es) found", n);
	if (cgdir_has(d, "cgroup.freeze")) {
		OWN(str) text = { 0 };

		TRY(cgdir_read(d, "cgroup.freeze", &text, e));
		frozen = text.s && text.s[0] == '1';
	}
	return frozen ? err_set(e, ERR_STATE, 0, "container's cgroup unexpectedly frozen") : 0;
}

int cgroup_refuse_used(struct host_path mount, const char *path, unsigned existing, struct err *e)
{
	struct cgdir d = { FD_NONE };
	int rc;

	if (existing < cgroup_components(path))
		return 0;
	TRY(cgdir_open(mount, path, &d, e));
	rc = refuse_used(&d, e);
	cgdir_close(&d);
	return rc;
}

/* Another container with the same parents may take them away, with itself, at this moment: then they are made again, and are ours to remove. */
static int make(const struct step *s, struct cgdir *d, unsigned *keep, struct err *e)
{
	bool enable = s->cgroup.controllers && s->cgroup.controllers[0];

	for (unsigned tries = 0; tries < MAKE_TRIES; tries++) {
		if ((!enable || cgdir_enable(s->cgroup.mount, s->cgroup.path, s->cgroup.controllers, keep, e) == 0) &&
		    cgdir_make(s->cgroup.mount, s->cgroup.path, d, keep, e) == 0)
			return 0;
		if (e->num != ENOENT && e->num != ENODEV)
			break;
	}
	return -1;
}

int cgroup_make(struct host *h, const struct step *s, struct err *e)
{
	struct cgdir d = { FD_NONE };
	unsigned keep = h->journal.cgroup_keep;

	TRY(make(s, &d, &h->journal.cgroup_keep, e));
	if (h->journal.cgroup_keep < keep && journal_write(&h->state, &h->journal, e) < 0) {
		cgdir_close(&d);
		return -1;
	}
	h->tab.slot[s->cgroup.slot].fd = d.fd;
	if (h->journal.cgroup_keep < cgroup_components(s->cgroup.path) || refuse_used(&d, e) == 0)
		return 0;
	h->journal.cgroup_path = "";	/* somebody moved in since the reservation: not ours to kill */
	return -1;
}

int cgroup_write(struct host *h, const struct step *s, struct err *e)
{
	struct cgdir d = { h->tab.slot[s->write.slot].fd };

	if (s->write.optional && !cgdir_has(&d, s->write.file))
		return 0;
	if (s->write.or_file && cgdir_has(&d, s->write.or_file) && !cgdir_has(&d, s->write.file))
		return 0;
	return cgdir_write(&d, s->write.file, s->write.value, e);
}

/* A program that is there is replaced in one act (update): there is no moment with none, or with both. */
static int current_program(int cgroup, int *ret, struct err *e)
{
	uint32_t ids[64], n = sizeof(ids) / sizeof(*ids);

	if (sys_bpf_query_device(cgroup, ids, &n) < 0)
		return err_sys(e, "ask for the device program");
	if (n == 0)
		return 0;
	*ret = sys_bpf_prog_by_id(ids[n - 1]);
	return *ret < 0 ? err_sys(e, "open the device program") : 0;
}

int cgroup_devices(struct host *h, const struct step *s, struct err *e)
{
	OWN(arena) mem = { 0 };
	const struct bpf_insn *insn;
	char log[256] = "";
	size_t n;
	OWN_FD prog = FD_NONE, old = FD_NONE;

	TRY(device_program(&mem, s->devices.n, s->devices.rule, &insn, &n, e));
	prog = sys_bpf_load_device(insn, n, log, sizeof(log));
	if (prog < 0)
		return err_sys(e, "load the device program%s%s", log[0] ? ": " : "", log);
	TRY(current_program(h->tab.slot[s->devices.slot].fd, &old, e));
	if (sys_bpf_attach_device(h->tab.slot[s->devices.slot].fd, prog, old) < 0)
		return err_sys(e, "attach the device program");
	return 0;
}

static int own(int dir, const char *name, uid_t uid, struct err *e)
{
	if (sys_fchownat(dir, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW | (name[0] ? 0 : AT_EMPTY_PATH)) < 0 && errno != ENOENT)
		return err_sys(e, "change the owner of the cgroup's %s", name[0] ? name : "directory");
	return 0;
}

/* Exactly the files that the kernel says may be delegated (4.15), and the directory (specification, cgroup ownership). */
int cgroup_owner(struct host *h, const struct step *s, struct err *e)
{
	int dir = h->tab.slot[s->owner.slot].fd;
	OWN_FD list = sys_openat(AT_FDCWD, "/sys/kernel/cgroup/delegate", O_RDONLY, 0);
	char buf[4096] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
	char *next = buf;
	ssize_t n = list >= 0 ? sys_read(list, buf, sizeof(buf) - 1) : -1;

	if (n >= 0)
		buf[n] = '\0';
	TRY(own(dir, "", s->owner.uid, e));
	for (char *name = strsep(&next, "\n"); name; name = strsep(&next, "\n"))
		if (name[0] && !strchr(name, '/'))
			TRY(own(dir, name, s->owner.uid, e));
	return 0;
}
