/* room: any — the device program of a cgroup (BPF_PROG_TYPE_CGROUP_DEVICE) */
#include "sys/sys.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOAD_TRIES = 100 };

static int bpf(int cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* The verifier gives up when a signal comes, also one that ends nothing (SIGCONT). */
static int load(union bpf_attr *attr)
{
	int fd = -1;

	for (unsigned i = 0; i < LOAD_TRIES; i++) {
		fd = bpf(BPF_PROG_LOAD, attr);
		if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}

static uint64_t address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

int sys_bpf_load_device(const struct bpf_insn *insn, size_t n, char *log, size_t log_size)
{
	union bpf_attr attr;
	int fd;

	if (log_size > 0)
		log[0] = '\0';
	if (sys_fault(__func__))
		return -1;
	if (n > UINT32_MAX || log_size > UINT32_MAX) {
		errno = E2BIG;
		return -1;
	}
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = address(insn);
	attr.insn_cnt = (uint32_t)n;
	attr.license = address("GPL");
	memcpy(attr.prog_name, "device", sizeof("device"));
	fd = load(&attr);
	/* Only a refusal by the verifier is worth a second call: a log makes the load slower, and a short buffer makes it fail. */
	if (fd < 0 && log_size > 0 && (errno == EINVAL || errno == EACCES)) {
		attr.log_level = 1;
		attr.log_buf = address(log);
		attr.log_size = (uint32_t)log_size;
		fd = load(&attr);
	}
	return fd;
}

int sys_bpf_attach_device(int cgroup, int prog, int replace_prog)
{
	union bpf_attr attr;

	if (sys_fault(__func__))
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)prog;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	if (replace_prog >= 0) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = (uint32_t)replace_prog;
	}
	return bpf(BPF_PROG_ATTACH, &attr);
}

int sys_bpf_query_device(int cgroup, uint32_t *ids, uint32_t *n)
{
	union bpf_attr attr;

	if (sys_fault(__func__))
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = address(ids);
	attr.query.prog_cnt = *n;
	if (bpf(BPF_PROG_QUERY, &attr) < 0)
		return -1;
	*n = attr.query.prog_cnt;
	return 0;
}

int sys_bpf_prog_by_id(uint32_t id)
{
	union bpf_attr attr;

	if (sys_fault(__func__))
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}

int sys_bpf_detach_device(int cgroup, int prog)
{
	union bpf_attr attr;

	if (sys_fault(__func__))
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup;
	attr.attach_bpf_fd = (uint32_t)prog;
	attr.attach_type = BPF_CGROUP_DEVICE;
	return bpf(BPF_PROG_DETACH, &attr);
}
