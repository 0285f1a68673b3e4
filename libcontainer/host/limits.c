/* room: host — settings of init that need the host's privilege */
#include "host/acts.h"
#include "sys/sys.h"
#include "wire/rlimit.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>

enum { IOPRIO_WHO_PROCESS = 1 };	/* linux/ioprio.h, absent from older headers */

int oom_score(struct host *h, const struct step *s, struct err *e)
{
	char path[48], text[16];
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	snprintf(path, sizeof(path), "%d/oom_score_adj", pid);
	snprintf(text, sizeof(text), "%lld", (long long)s->number.value);
	return procfs_write(&h->proc, path, text, e);
}

/* struct sched_attr of sched_setattr(2), size 48: not in the C library's headers everywhere */
struct sched_attr_arg {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

int scheduler(struct host *h, const struct step *s, struct err *e)
{
	const struct spec_scheduler *want = s->sched;
	struct sched_attr_arg a = { .size = sizeof(a), .policy = want->policy, .flags = want->flags, .nice = want->nice,
				    .priority = (uint32_t)want->priority, .runtime = want->runtime, .deadline = want->deadline, .period = want->period };
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	return sys_sched_setattr(pid, &a, 0) < 0 ? err_sys(e, "sched_setattr policy %u", want->policy) : 0;
}

int io_priority(struct host *h, const struct step *s, struct err *e)
{
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	return sys_ioprio_set(IOPRIO_WHO_PROCESS, pid, (int)s->number.value) < 0 ? err_sys(e, "ioprio_set") : 0;
}

int affinity(struct host *h, const struct step *s, struct err *e)
{
	unsigned char all[1024];	/* 8192 CPUs: the kernel cuts what it does not have, and applies the cpuset */
	const void *mask = s->cpus.mask ? (const void *)s->cpus.mask : all;
	size_t size = s->cpus.mask ? s->cpus.words * sizeof(*s->cpus.mask) : sizeof(all);
	pid_t pid = 0;

	memset(all, 0xff, sizeof(all));
	if (s->op == OP_AFFINITY)	/* else 0: ourselves */
		TRY(host_init_pid(h, &pid, e));
	return sys_sched_setaffinity(pid, size, mask) < 0 ? err_sys(e, "sched_setaffinity") : 0;
}

int rlimit(struct host *h, const struct step *s, struct err *e)
{
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	return rlimit_set(pid, s, e);
}
