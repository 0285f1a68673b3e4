/* room: host — the independent witness: another process, other code, the kernel's own words */
#include "host/acts.h"
#include "base/num.h"
#include "base/str.h"
#include "fs/cgroupfs.h"
#include "fs/dirread.h"
#include "sys/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct witness { struct host *h; const struct attest *want; pid_t pid; struct err *e; };

static int differs(struct witness *w, const char *what, const char *got)
{
	return err_set(w->e, ERR_POLICY, 0, "verified %s: %s is not what was asked for: the kernel says %s", w->want->restored ? "restore" : "start", what, got);
}

/* Value of "Key:\t" in /proc/PID/status, cut at the line's end in place of a copy. */
static const char *field(const char *status, const char *key, char *buf, size_t size)
{
	size_t k = strlen(key);

	for (const char *p = status; p && *p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL) {
		if (strncmp(p, key, k) == 0 && p[k] == ':') {
			size_t n = strcspn(p + k + 1, "\n");

			snprintf(buf, size, "%.*s", (int)n, p + k + 1 + strspn(p + k + 1, "\t "));
			buf[strcspn(buf, "\n")] = '\0';
			return buf;
		}
	}
	return "";
}

static int check_ids(struct witness *w, const char *status, const char *key, uint32_t want)
{
	char buf[128], expect[64];

	snprintf(expect, sizeof(expect), "%u\t%u\t%u\t%u", want, want, want, want);
	return strcmp(field(status, key, buf, sizeof(buf)), expect) == 0 ? 0 : differs(w, key, buf);
}

static bool hex(const char *text, unsigned long long *ret)
{
	char *end;

	*ret = strtoull(text, &end, 16);
	return end != text && !*end;
}

static int check_caps(struct witness *w, const char *status, const char *key, capset_t want)
{
	char buf[64];
	unsigned long long now;

	if (!hex(field(status, key, buf, sizeof(buf)), &now) || now != want)
		return differs(w, key, buf);
	return 0;
}

static int check_number(struct witness *w, const char *status, const char *key, unsigned want)
{
	char buf[64];
	uint32_t now;

	if (num_u32(field(status, key, buf, sizeof(buf)), &now) < 0 || now != want)
		return differs(w, key, buf);
	return 0;
}

/* The kernel prints them sorted; so are ours. */
static int check_groups(struct witness *w, const char *status)
{
	OWN(str) expect = { 0 }, got = { 0 };
	const char *line = strstr(status, "\nGroups:\t");
	size_t n = line ? strcspn(line + 9, "\n") : 0;

	for (size_t i = 0; i < w->want->groups.n; i++)
		str_addf(&expect, "%u ", w->want->groups.item[i]);
	str_add(&expect, "");
	if (line)
		str_addn(&got, line + 9, n);
	while (got.n && got.s[got.n - 1] == ' ')
		got.s[--got.n] = '\0';
	while (expect.n && expect.s[expect.n - 1] == ' ')
		expect.s[--expect.n] = '\0';
	TRY(str_ok(&expect, w->e));
	TRY(str_ok(&got, w->e));
	return line && strcmp(expect.s, got.s ? got.s : "") == 0 ? 0 : differs(w, "Groups", got.s ? got.s : "nothing");
}

static int check_status(struct witness *w)
{
	const struct attest *a = w->want;
	OWN(str) status = { 0 };
	char path[48];

	snprintf(path, sizeof(path), "%d/status", w->pid);
	TRY(procfs_read(&w->h->proc, path, &status, w->e));
	if (a->uid != ATTEST_ANY_ID)
		TRY(check_ids(w, status.s, "Uid", a->uid));
	if (a->gid != ATTEST_ANY_ID)
		TRY(check_ids(w, status.s, "Gid", a->gid));
	if (a->has_groups)
		TRY(check_groups(w, status.s));
	TRY(check_caps(w, status.s, "CapInh", a->caps.inheritable));
	TRY(check_caps(w, status.s, "CapPrm", a->caps.permitted));
	TRY(check_caps(w, status.s, "CapEff", a->caps.effective));
	TRY(check_caps(w, status.s, "CapBnd", a->caps.bounding));
	TRY(check_caps(w, status.s, "CapAmb", a->caps.ambient));
	TRY(check_number(w, status.s, "NoNewPrivs", a->no_new_privs));
	return check_number(w, status.s, "Seccomp", a->seccomp_mode);
}

/* The link says it, "net:[4026531840]" (namespaces(7)), with less work than following it: that makes an inode for a namespace that has none yet. */
static int ns_inode(struct witness *w, const char *who, enum ns_type t, unsigned long long *ret)
{
	char path[64], text[64], *number;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/ns/%s", who, namespace_proc_name(t));
	n = sys_readlinkat(w->h->proc.fd, path, text, sizeof(text) - 1);
	if (n < 0)
		return err_sys(w->e, "read the %s namespace of %s", namespace_name(t), who);
	text[n] = '\0';
	number = strchr(text, '[');
	if (!number || number[1] < '0' || number[1] > '9')
		return err_set(w->e, ERR_SYS, EPROTO, "read the %s namespace of %s", namespace_name(t), who);
	*ret = strtoull(number + 1, NULL, 10);
	return 0;
}

static int check_like(struct witness *w)
{
	char who[16], target[16];

	snprintf(who, sizeof(who), "%d", w->pid);
	snprintf(target, sizeof(target), "%d", w->want->like);
	for (enum ns_type t = NS_MOUNT; t < NS_COUNT; t++) {
		unsigned long long its, other;

		if (!(w->want->like_ns >> t & 1))
			continue;
		TRY(ns_inode(w, who, t, &its));
		TRY(ns_inode(w, target, t, &other));
		if (its != other)
			return differs(w, namespace_name(t), "another namespace than the container's");
	}
	return 0;
}

static int check_namespaces(struct witness *w)
{
	char who[16];
	unsigned long long its, other;
	struct stat st;

	snprintf(who, sizeof(who), "%d", w->pid);
	for (enum ns_type t = NS_MOUNT; t < NS_COUNT; t++) {
		bool made = w->want->new_ns & (1u << t);
		slot_t joined = w->want->joined[t];

		if (!made && joined == SLOT_NONE)
			continue;
		TRY(ns_inode(w, who, t, &its));
		if (made)
			TRY(ns_inode(w, "self", t, &other));
		else if (sys_fstat(w->h->tab.slot[joined].fd, &st) < 0)
			return err_sys(w->e, "stat a namespace");
		else
			other = st.st_ino;
		if ((its == other) == made)
			return differs(w, namespace_name(t), made ? "the caller's namespace" : "another namespace than the one joined");
	}
	return 0;
}

/* Lines "inside outside count" as this user namespace sees them. */
static int check_map(struct witness *w, const char *file, const struct id_map *m)
{
	OWN(str) text = { 0 };
	char path[48];
	const char *p;
	size_t i = 0;

	snprintf(path, sizeof(path), "%d/%s", w->pid, file);
	TRY(procfs_read(&w->h->proc, path, &text, w->e));
	for (p = text.s; p && *p; i++) {
		unsigned in, out, n;

		if (sscanf(p, "%u %u %u", &in, &out, &n) != 3 || i >= m->n)
			return differs(w, file, text.s);
		if (m->item[i].inside != in || m->item[i].outside != out || m->item[i].size != n)
			return differs(w, file, text.s);
		p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL;
	}
	return i == m->n ? 0 : differs(w, file, text.s ? text.s : "nothing");
}

static int check_cgroup(struct witness *w)
{
	OWN(str) text = { 0 };
	char path[48], *line;
	size_t n;

	snprintf(path, sizeof(path), "%d/cgroup", w->pid);
	TRY(procfs_read(&w->h->proc, path, &text, w->e));
	line = text.s ? strstr(text.s, "0::") : NULL;
	if (!line)
		return differs(w, "cgroup", "nothing");
	line += 3;
	n = strcspn(line, "\n");
	line[n] = '\0';
	n = strlen(w->want->cgroup);
	if (w->want->cgroup_below && strncmp(line, w->want->cgroup, n) == 0 && (line[n] == '/' || !line[n]))
		return 0;
	return strcmp(line, w->want->cgroup) == 0 ? 0 : differs(w, "cgroup", line);
}

/* ---- restore: every process, and at most what was asked for ---- */

enum { CAP_SETGID_ = 6, CAP_SETUID_ = 7 };	/* linux/capability.h */

static int check_subset(struct witness *w, const char *status, const char *key)
{
	char buf[64];
	unsigned long long now;

	if (!hex(field(status, key, buf, sizeof(buf)), &now) || (now & ~w->want->caps.bounding))
		return differs(w, key, buf);
	return 0;
}

/* With no_new_privs and without the capability no process could ever have changed its ids. */
static bool ids_are_fixed(const struct attest *a, unsigned cap)
{
	return a->no_new_privs && !(a->caps.bounding >> cap & 1);
}

/* AppArmor's are followed by the mode, as in "name (enforce)"; where another module comes first, only its own directory has them. */
static int check_label(struct witness *w)
{
	bool apparmor = strncmp(w->want->label, "apparmor:", 9) == 0;
	const char *want = strchr(w->want->label, ':'), *end;
	OWN(str) text = { 0 };
	char path[48];
	struct stat st;
	size_t n;

	snprintf(path, sizeof(path), "%d/attr/apparmor/current", w->pid);
	if (!apparmor || sys_fstatat(w->h->proc.fd, path, &st, 0) < 0)
		snprintf(path, sizeof(path), "%d/attr/current", w->pid);
	TRY(procfs_read(&w->h->proc, path, &text, w->e));
	n = strcspn(text.s, "\n");
	text.s[n] = '\0';
	end = apparmor ? strrchr(text.s, '(') : NULL;
	if (end && end > text.s && end[-1] == ' ')
		text.s[end - text.s - 1] = '\0';
	return want && strcmp(text.s, want + 1) == 0 ? 0 : differs(w, "label", text.s);
}

static int check_restored_process(struct witness *w)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	const struct attest *a = w->want;
	OWN(str) status = { 0 };
	char path[48];

	snprintf(path, sizeof(path), "%d/status", w->pid);
	TRY(procfs_read(&w->h->proc, path, &status, w->e));
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		TRY(check_subset(w, status.s, sets[i]));
	if (ids_are_fixed(a, CAP_SETUID_) && a->uid != ATTEST_ANY_ID)
		TRY(check_ids(w, status.s, "Uid", a->uid));
	if (ids_are_fixed(a, CAP_SETGID_) && a->gid != ATTEST_ANY_ID)
		TRY(check_ids(w, status.s, "Gid", a->gid));
	if (a->no_new_privs)
		TRY(check_number(w, status.s, "NoNewPrivs", 1));
	if (a->label)
		TRY(check_label(w));
	return a->seccomp_mode ? check_number(w, status.s, "Seccomp", a->seccomp_mode) : 0;
}

/* Capabilities mean something only in a user namespace: no process may be in another one than the first. */
static int check_same_user(struct witness *w, pid_t init)
{
	char who[16], first[16];
	unsigned long long its, other;

	snprintf(who, sizeof(who), "%d", w->pid);
	snprintf(first, sizeof(first), "%d", init);
	TRY(ns_inode(w, who, NS_USER, &its));
	TRY(ns_inode(w, first, NS_USER, &other));
	return its == other ? 0 : differs(w, "user namespace", "another than that of the first process");
}

/* No process of the container's pid namespace may live in another cgroup, beyond its limits: where images were allowed to say so (CRIU's modes). */
static int check_nobody_outside(struct witness *w, const pid_t *pids, size_t n)
{
	OWN(dirread) list = { .fd = FD_NONE };
	unsigned char type;
	const char *name;
	unsigned long long own;
	struct stat its;
	char who[16], path[64];
	int found;

	snprintf(who, sizeof(who), "%d", w->pid);
	TRY(ns_inode(w, who, NS_PID, &own));
	if (dirread_open(w->h->proc.fd, &list) < 0)
		return err_sys(w->e, "list /proc");
	while ((found = dirread_next(&list, &name, &type)) > 0) {
		uint32_t pid;
		size_t i = 0;

		if (num_u32(name, &pid) < 0)
			continue;
		snprintf(path, sizeof(path), "%u/ns/pid", pid);
		if (sys_fstatat(w->h->proc.fd, path, &its, 0) < 0 || its.st_ino != own)	/* gone, or no namespace that we may see: none of root's */
			continue;
		while (i < n && pids[i] != (pid_t)pid)
			i++;
		if (i == n)
			return differs(w, "cgroup", "a process is in another");
	}
	return found < 0 ? err_sys(w->e, "list /proc") : 0;
}

/* The first process is among them: it was born there. CRIU itself is there as well, and nothing of the container's. */
static int check_all_processes(struct witness *w)
{
	struct cgdir d = { w->h->tab.slot[w->want->cgroup_dir].fd };
	OWN_MEM pid_t *pids = NULL;
	bool seen = false;
	pid_t init = w->pid;
	size_t n;

	TRY(cgdir_pids(&d, true, &pids, &n, w->e));
	for (size_t i = 0; i < n; i++) {
		if (pids[i] == w->h->criu_own)
			continue;
		seen = seen || pids[i] == init;
		w->pid = pids[i];
		TRY(check_restored_process(w));
		TRY(check_same_user(w, init));
	}
	w->pid = init;
	if (w->h->plan->own_pid_ns)
		TRY(check_nobody_outside(w, pids, n));
	return seen ? 0 : differs(w, "cgroup", "the first process is in another");
}

static int check_restored(struct witness *w)
{
	if (w->want->cgroup_dir == SLOT_NONE)
		TRY(check_restored_process(w));
	else
		TRY(check_all_processes(w));
	return attest_mounts(w->h, w->want, w->pid, w->e);
}

int attest(struct host *h, const struct step *s, struct err *e)
{
	struct witness w = { .h = h, .want = s->want, .e = e };

	TRY(host_init_pid(h, &w.pid, e));
	TRY(w.want->restored ? check_restored(&w) : check_status(&w));
	if (w.want->uid_map)
		TRY(check_map(&w, "uid_map", w.want->uid_map));
	if (w.want->gid_map)
		TRY(check_map(&w, "gid_map", w.want->gid_map));
	if (w.want->cgroup)
		TRY(check_cgroup(&w));
	if (!w.want->ns_readable)
		return 0;
	return w.want->like ? check_like(&w) : check_namespaces(&w);
}
