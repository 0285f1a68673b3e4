/* room: init — giving up privilege */
#include "init/acts.h"
#include "sys/sys.h"
#include "wire/rlimit.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)	/* 5.19 */
#endif

int undumpable_init(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	(void)s;
	return sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? err_sys(e, "prctl PR_SET_DUMPABLE") : 0;
}

/* For messages; libcap may be older than the kernel. */
static const char *name_of(unsigned cap, char buf[CAPABILITY_NAME_SIZE])
{
	int saved = errno;

	if (!capability_name(cap, buf))
		snprintf(buf, CAPABILITY_NAME_SIZE, "capability %u", cap);
	errno = saved;
	return buf;
}

static void split(capset_t set, __u32 *low, __u32 *high)
{
	*low = (__u32)set;
	*high = (__u32)(set >> 32);
}

/* What is inheritable beyond the bounding set can only be added before the drop (capset(2)). */
static int inherit(capset_t inheritable, struct err *e)
{
	struct __user_cap_data_struct d[2];

	if (sys_capget(d) < 0)
		return err_sys(e, "capget");
	split(inheritable, &d[0].inheritable, &d[1].inheritable);
	return sys_capset(d) < 0 ? err_sys(e, "capset inheritable %#llx", (unsigned long long)inheritable) : 0;
}

int caps_bound(struct init *in, const struct step *s, struct err *e)
{
	char name[CAPABILITY_NAME_SIZE];

	(void)in;
	TRY(inherit(s->caps->inheritable, e));
	for (unsigned cap = 0; cap < CAPS_MAX; cap++) {
		if (s->caps->bounding & (1ull << cap))
			continue;
		if (sys_cap_drop_bound(cap) == 0)
			continue;
		if (errno == EINVAL)	/* beyond the last one that this kernel has */
			return 0;
		return err_sys(e, "drop %s from the bounding set", name_of(cap, name));
	}
	return 0;
}

/* Without a user namespace: here still all of the host's effective rights. */
int rlimit_init(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	return rlimit_set(0, s, e);
}

static int put(capset_t effective, capset_t permitted, capset_t inheritable)
{
	struct __user_cap_data_struct d[2];

	split(effective, &d[0].effective, &d[1].effective);
	split(permitted, &d[0].permitted, &d[1].permitted);
	split(inheritable, &d[0].inheritable, &d[1].inheritable);
	return sys_capset(d);
}

/* Ambient is cleared always: a set that the caller had would survive execve (CVE-2016-8867). */
int caps(struct init *in, const struct step *s, struct err *e)
{
	const struct spec_caps *c = s->caps;
	char name[CAPABILITY_NAME_SIZE];

	(void)in;
	if (sys_cap_reset_ambient() < 0)
		return err_sys(e, "clear the ambient capabilities");
	if (put(c->effective, c->permitted, c->inheritable) < 0)
		return err_sys(e, "capset effective %#llx permitted %#llx inheritable %#llx", (unsigned long long)c->effective,
			       (unsigned long long)c->permitted, (unsigned long long)c->inheritable);
	for (unsigned cap = 0; cap < CAPS_MAX; cap++)
		if ((c->ambient & (1ull << cap)) && sys_cap_set_ambient(cap) < 0)
			return err_sys(e, "raise %s in the ambient set", name_of(cap, name));
	if (sys_prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return err_sys(e, "prctl PR_SET_KEEPCAPS 0");
	/* Here: exactly the rights that the program will have. */
	return 0;
}

int no_new_privs(struct init *in, const struct step *s, struct err *e)
{
	(void)in;
	(void)s;
	return sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? err_sys(e, "prctl PR_SET_NO_NEW_PRIVS") : 0;
}

static unsigned kernel_flags(uint32_t flags)
{
	unsigned f = 0;

	if (flags & SC_FLAG_LOG)
		f |= SECCOMP_FILTER_FLAG_LOG;
	if (flags & SC_FLAG_SPEC_ALLOW)
		f |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	if (flags & SC_FLAG_WAIT_KILLABLE_RECV)
		f |= (unsigned)SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	return f;	/* TSYNC means nothing to a process of one thread */
}

int seccomp_load_init(struct init *in, const struct step *s, struct err *e)
{
	const struct slot *program = &in->tab->slot[s->seccomp.slot];
	size_t n = program->size / sizeof(struct sock_filter);
	bool notify = s->seccomp.notify;
	int fd;

	if (n == 0 || n > BPF_MAXINSNS)
		return err_set(e, ERR_UNSUPPORTED, 0, "the seccomp program has %zu instructions; the kernel takes 1 to %d", n, BPF_MAXINSNS);
	fd = sys_seccomp_load(program->data, (unsigned short)n, kernel_flags(s->seccomp.flags) | (notify ? (unsigned)SECCOMP_FILTER_FLAG_NEW_LISTENER : 0));
	if (fd < 0)
		return err_sys(e, "seccomp SECCOMP_SET_MODE_FILTER");
	if (notify)
		baton_set_listener(in->baton, fd);	/* close-on-exec from birth; the agent's is a copy */
	return 0;
}

/* Effective rights were lost with the uid, permitted ones are kept until the step `caps`: a working directory that only root may enter is entered
 * with them, as engines expect. */
static int enter(const char *path)
{
	struct __user_cap_data_struct d[2];

	if (sys_chdir(path) == 0)
		return 0;
	if (errno != EACCES || sys_capget(d) < 0)
		return -1;
	d[0].effective = d[0].permitted;
	d[1].effective = d[1].permitted;
	return sys_capset(d) < 0 ? -1 : sys_chdir(path);
}

int cwd(struct init *in, const struct step *s, struct err *e)
{
	char now[4096];

	(void)in;
	if (enter(s->cwd.path.s) < 0)
		return err_sys(e, "chdir to cwd (\"%s\") set in config.json failed", s->cwd.path.s);
	if (sys_getcwd(now, sizeof(now)) < 0)
		return err_sys(e, "getcwd");
	if (now[0] != '/')	/* "(unreachable)/...": outside of our root (CVE-2024-21626) */
		return err_set(e, ERR_POLICY, 0, "current working directory is outside of container mount namespace root");
	return 0;
}
