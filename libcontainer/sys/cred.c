/* room: any — ids, groups, capabilities, seccomp: raw calls, because libc's would broadcast to threads or cache */
#include "sys/sys.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Old 32-bit architectures keep 16-bit ids under the plain names. */
#ifdef SYS_setresuid32
#define NR_SETRESUID SYS_setresuid32
#define NR_SETRESGID SYS_setresgid32
#define NR_GETRESUID SYS_getresuid32
#define NR_GETRESGID SYS_getresgid32
#define NR_SETGROUPS SYS_setgroups32
#define NR_GETGROUPS SYS_getgroups32
#else
#define NR_SETRESUID SYS_setresuid
#define NR_SETRESGID SYS_setresgid
#define NR_GETRESUID SYS_getresuid
#define NR_GETRESGID SYS_getresgid
#define NR_SETGROUPS SYS_setgroups
#define NR_GETGROUPS SYS_getgroups
#endif

int sys_setresuid(uid_t r, uid_t e, uid_t s)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(NR_SETRESUID, r, e, s);
}

int sys_setresgid(gid_t r, gid_t e, gid_t s)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(NR_SETRESGID, r, e, s);
}

int sys_getresuid(uid_t *r, uid_t *e, uid_t *s)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(NR_GETRESUID, r, e, s);
}

int sys_getresgid(gid_t *r, gid_t *e, gid_t *s)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(NR_GETRESGID, r, e, s);
}

uid_t sys_geteuid(void)
{
	return geteuid();
}

gid_t sys_getegid(void)
{
	return getegid();
}

int sys_setgroups(size_t n, const gid_t *list)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(NR_SETGROUPS, n, list);
}

int sys_getgroups(size_t n, gid_t *list)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(NR_GETGROUPS, n, list);
}

int sys_capget(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };

	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_capget, &head, data);
}

int sys_capset(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };

	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_capset, &head, data);
}

int sys_cap_drop_bound(unsigned cap)
{
	if (sys_fault(__func__))
		return -1;
	return cap_drop_bound((cap_value_t)cap);
}

int sys_cap_set_ambient(unsigned cap)
{
	if (sys_fault(__func__))
		return -1;
	return cap_set_ambient((cap_value_t)cap, CAP_SET);
}

/* Not cap_reset_ambient(3): it asks for each capability first, and takes a refused question (by a seccomp profile) for an empty set. */
int sys_cap_reset_ambient(void)
{
	if (sys_fault(__func__))
		return -1;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

int sys_seccomp_load(const struct sock_filter *filter, unsigned short n, unsigned flags)
{
	/* The kernel's struct has no const; it only reads. */
	const struct sock_fprog prog = { .len = n, .filter = (struct sock_filter *)(uintptr_t)filter };

	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
}
