/* room: init — what the container's kernel view calls itself, and how it is labelled */
#include "init/acts.h"
#include "base/log.h"
#include "sys/sys.h"

#include <linux/keyctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The container's own /proc may be anything by now, so it is never asked (CVE-2019-16884, CVE-2025-52881). */
static int need_proc(struct init *in, struct err *e)
{
	return in->proc.fd >= 0 ? 0 : procfs_private(&in->proc, e);
}

int sysctl_write(struct init *in, const struct step *s, struct err *e)
{
	char path[512];

	TRY(need_proc(in, e));
	if (snprintf(path, sizeof(path), "sys/%s", s->pair.key) >= (int)sizeof(path))
		return err_set(e, ERR_SPEC, 0, "sysctl key %.64s... is too long", s->pair.key);
	return procfs_write(&in->proc, path, s->pair.value, e);
}

int hostname(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	return sys_sethostname(s->text.text, strlen(s->text.text)) < 0 ? err_sys(e, "sethostname \"%s\"", s->text.text) : 0;
}

int domainname(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	return sys_setdomainname(s->text.text, strlen(s->text.text)) < 0 ? err_sys(e, "setdomainname \"%s\"", s->text.text) : 0;
}

static int apparmor(struct init *in, const char *act, const char *profile, struct err *e)
{
	struct err first;
	char text[512];

	if (snprintf(text, sizeof(text), "%s %s", act, profile) >= (int)sizeof(text))
		return err_set(e, ERR_SPEC, 0, "apparmor profile name is too long");
	if (procfs_write(&in->proc, "thread-self/attr/apparmor/exec", text, &first) == 0)
		return 0;
	if (procfs_write(&in->proc, "thread-self/attr/exec", text, e) == 0)
		return 0;
	return err_ctx(e, "apply apparmor profile %s: write to `/proc/thread-self/attr/exec`", profile);
}

int label_exec(struct init *in, const struct step *s, struct err *e)
{
	TRY(need_proc(in, e));
	if (s->label.apparmor)
		return apparmor(in, s->label.stack ? "stack" : "exec", s->label.label, e);
	if (procfs_write(&in->proc, "thread-self/attr/keycreate", s->label.label, e) < 0 ||
	    procfs_write(&in->proc, "thread-self/attr/exec", s->label.label, e) < 0)
		return err_ctx(e, "set the selinux label: write to `/proc/thread-self/attr/exec`");
	return 0;
}

/* The name is random and known to root only, and only a possessor may look inside: another container of the same uid can neither guess nor
 * join it (W-6). MAY_FAIL: ENOSYS on kernels without keys, EPERM where an outer seccomp filter forbids them: then there is nothing to keep apart. */
int keyring(struct init *in, const struct step *s, struct err *e)
{
	long id = sys_keyctl(KEYCTL_JOIN_SESSION_KEYRING, (unsigned long)s->keyring.name, 0, 0, 0);

	(void)in;
	if (id < 0 && (errno == ENOSYS || errno == EPERM)) {
		log_warn("no session keyring of its own (error %d), ignoring", errno);
		return 0;
	}
	if (id < 0)
		return err_sys(e, "join a session keyring");
	if (sys_keyctl(KEYCTL_SETPERM, (unsigned long)id, 0x3f000000 /* possessor: all */, 0, 0) < 0)
		return err_sys(e, "protect the session keyring");
	return 0;
}

int personality_set(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	return sys_personality((unsigned long)s->number.value) < 0 ? err_sys(e, "personality %#llx", (unsigned long long)s->number.value) : 0;
}

static void node_bits(const char *list, unsigned long *bits, size_t words)
{
	for (const char *p = list; p && *p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
		char *end;
		unsigned long first = strtoul(p, &end, 10), last = *end == '-' ? strtoul(end + 1, NULL, 10) : first;

		for (unsigned long i = first; end != p && i <= last && i < words * 8 * sizeof(*bits); i++)
			bits[i / (8 * sizeof(*bits))] |= 1ul << (i % (8 * sizeof(*bits)));
	}
}

int memory_policy(struct init *in, const struct step *s, struct err *e)
{
	unsigned long bits[16] = { 0 };
	const struct spec_memory_policy *m = s->mempol;

	(void)in;
	if (m->nodes)
		node_bits(m->nodes, bits, 16);
	if (sys_set_mempolicy(m->mode | (int)m->flags, m->nodes ? bits : NULL, m->nodes ? sizeof(bits) * 8 : 0) < 0)
		return err_sys(e, "set_mempolicy");
	return 0;
}

int loopback(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	(void)s;
	return sys_loopback_up() < 0 ? err_sys(e, "bring up the loopback interface") : 0;
}

int ns_new_init(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	return sys_unshare((int)s->flags.value) < 0 ? err_sys(e, "unshare %#llx", (unsigned long long)s->flags.value) : 0;
}
