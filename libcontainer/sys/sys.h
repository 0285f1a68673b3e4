/* room: any — one wrapper per system call, the only place that enters the kernel.
 *
 * Each returns what the call returns: -1 with errno on failure. EINTR is retried where that is right (read, write, wait, poll is not).
 * Every descriptor born here is close-on-exec; there is no way to ask for less. With -DSYS_FAULTS each wrapper first asks
 * sys_fault(), so that tests can fail the n-th call. Nothing here allocates, logs or decides. */
#ifndef BRIG_SYS_SYS_H
#define BRIG_SYS_SYS_H

#include <linux/capability.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>

struct mount_attr_arg;		/* = kernel struct mount_attr; our own definition, glibc and linux headers disagree across versions */
struct mount_attr_arg { uint64_t attr_set, attr_clr, propagation, userns_fd; };
struct bpf_insn;
struct sock_filter;
struct utsname;
struct winsize;

/* ---- mount.c: the new mount API (5.2), mount_setattr (5.12). No mount(2) by path exists here. ---- */
int sys_open_tree(int dir, const char *path, unsigned flags);	/* OPEN_TREE_CLOEXEC is added */
int sys_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags);
int sys_fsopen(const char *type);
int sys_fsconfig(int fs, unsigned cmd, const char *key, const void *value, int aux);
int sys_fsmount(int fs, unsigned attrs);			/* MOUNT_ATTR_* */
int sys_fspick(int dir, const char *path, unsigned flags);
int sys_mount_setattr(int dir, const char *path, unsigned flags, const struct mount_attr_arg *attr);
int sys_pivot_root(const char *new_root, const char *put_old);
int sys_umount2(const char *path, int flags);
int sys_mount_move(const char *from, const char *to);		/* MS_MOVE, for --no-pivot only */
int sys_chroot(const char *path);
/* Drains the fs context's message log (fsopen) into buf: the kernel's own words for a refused option; "" when there are none. */
void sys_fs_message(int fs, char *buf, size_t size);

/* ---- file.c ---- */
int sys_openat2(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);	/* O_CLOEXEC added; EAGAIN retried up to 32 times */
int sys_openat(int dir, const char *path, int flags, mode_t mode);	/* O_CLOEXEC added. For fds of our own and trusted host paths. */
ssize_t sys_read(int fd, void *buf, size_t n);
ssize_t sys_pread(int fd, void *buf, size_t n, off_t at);
ssize_t sys_pwrite(int fd, const void *buf, size_t n, off_t at);
ssize_t sys_write(int fd, const void *buf, size_t n);
int sys_write_all(int fd, const void *buf, size_t n);		/* 0, or -1; short writes continued */
int sys_rewind(int fd);						/* file position 0 */
int sys_fstat(int fd, struct stat *st);
int sys_fstatat(int dir, const char *path, struct stat *st, int flags);
int sys_fstatfs(int fd, struct statfs *sf);
int sys_mkdirat(int dir, const char *path, mode_t mode);
int sys_mknodat(int dir, const char *path, mode_t mode, dev_t dev);
int sys_symlinkat(const char *target, int dir, const char *path);
int sys_unlinkat(int dir, const char *path, int flags);
int sys_renameat(int from_dir, const char *from, int to_dir, const char *to);
ssize_t sys_readlinkat(int dir, const char *path, char *buf, size_t n);
int sys_fchmod(int fd, mode_t mode);
int sys_fchmod_path(int fd, mode_t mode);			/* of what an O_PATH descriptor holds */
int sys_fchmodat(int dir, const char *path, mode_t mode);
int sys_fchownat(int dir, const char *path, uid_t uid, gid_t gid, int flags);
int sys_fchdir(int fd);
int sys_chdir(const char *path);
ssize_t sys_getcwd(char *buf, size_t n);			/* the raw call: "(unreachable)..." is visible (CVE-2024-21626) */
int sys_ftruncate(int fd, off_t n);
int sys_fsync(int fd);
int sys_dup(int fd);						/* F_DUPFD_CLOEXEC, >= 3 */
int sys_dup3(int from, int to, bool keep_on_exec);		/* the one way to clear close-on-exec: init/fds.c and hooks */
int sys_cloexec(int fd, bool on);				/* F_SETFD; off only in init/fds.c, host/hook.c and wire/brief.c */
bool sys_is_cloexec(int fd);					/* false too when it is not open */
int sys_close_range(unsigned first, unsigned last, unsigned flags);
int sys_flock(int fd, int op);
int sys_pipe(int fds[2]);
int sys_memfd(const char *name, unsigned flags);		/* MFD_CLOEXEC added */
int sys_seal(int fd, int seals);				/* F_ADD_SEALS */
int sys_get_seals(int fd);
ssize_t sys_sendfile(int out, int in, size_t n);
long sys_getdents(int fd, void *buf, size_t n);			/* getdents64 */
int sys_ioctl_ns_type(int fd);					/* NS_GET_NSTYPE: CLONE_NEW* */
int sys_poll(struct pollfd *p, nfds_t n, const struct timespec *timeout);	/* ppoll; NULL waits forever; EINTR is returned */
void *sys_map_shared(int fd, size_t n);				/* of a memfd, for reading and writing; NULL on failure */
int sys_unmap(void *p, size_t n);
int sys_faccessat(int dir, const char *path, int mode, int flags);

/* ---- proc.c ---- */
struct sys_clone {
	uint64_t flags;		/* CLONE_NEW*, CLONE_PARENT ... ; CLONE_PIDFD is added, CLONE_INTO_CGROUP when cgroup >= 0 */
	int exit_signal;	/* SIGCHLD, or 0 with CLONE_PARENT */
	int cgroup;		/* O_PATH or O_RDONLY directory fd, or FD_NONE */
};
pid_t sys_clone3(const struct sys_clone *c, int *ret_pidfd);	/* fork-like: returns twice */
/* As vfork: the child calls child(arg) in the caller's own memory, which must execute a program or end without having changed what the caller reads later;
 * the caller sleeps until then. Only for namespaces in which nobody else lives: whoever could look into the child would look into the caller. */
pid_t sys_clone3_shared(const struct sys_clone *c, void (*child)(void *arg), void *arg, int *ret_pidfd);
int sys_setns(int fd, int type);
int sys_unshare(int flags);
int sys_execve(const char *path, char *const argv[], char *const envp[]);
int sys_execveat(int dir, const char *path, char *const argv[], char *const envp[], int flags);
int sys_pidfd_open(pid_t pid);
int sys_pidfd_signal(int pidfd, int sig);
int sys_pidfd_getfd(int pidfd, int fd);
int sys_kill(pid_t pid, int sig);
pid_t sys_wait4(pid_t pid, int *status, int options, struct rusage *ru);
int sys_waitid_pidfd(int pidfd, siginfo_t *info, int options);
pid_t sys_getpid(void);
pid_t sys_getppid(void);
int sys_setpgid(void);						/* a process group of one's own */
pid_t sys_setsid(void);
int sys_prctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
int sys_prlimit(pid_t pid, int resource, const struct rlimit *set, struct rlimit *ret_old);
int sys_sched_setaffinity(pid_t pid, size_t size, const void *mask);
int sys_sched_setattr(pid_t pid, const void *attr, unsigned flags);
int sys_ioprio_set(int which, int who, int prio);
int sys_personality(unsigned long p);
int sys_sethostname(const char *s, size_t n);
int sys_setdomainname(const char *s, size_t n);
int sys_signalfd(const sigset_t *mask);
int sys_sigmask(int how, const sigset_t *set, sigset_t *ret_old);
int sys_signal(int sig, void (*handler)(int));			/* SIG_DFL or SIG_IGN */
int sys_signal_default_all(void);				/* every disposition to SIG_DFL */
int sys_set_mempolicy(int mode, const unsigned long *nodes, unsigned long max);
long sys_keyctl(int op, unsigned long a, unsigned long b, unsigned long c, unsigned long d);
mode_t sys_umask(mode_t mask);
int sys_uname(struct utsname *ret);
int sys_clock_gettime(clockid_t id, struct timespec *ts);
int sys_getrandom(void *buf, size_t n);
_Noreturn void sys_exit(int status);				/* _exit: no atexit handlers, no stdio flush */

/* ---- cred.c: raw calls, this thread (there is only one) ---- */
int sys_setresuid(uid_t r, uid_t e, uid_t s);
int sys_setresgid(gid_t r, gid_t e, gid_t s);
int sys_getresuid(uid_t *r, uid_t *e, uid_t *s);
int sys_getresgid(gid_t *r, gid_t *e, gid_t *s);
uid_t sys_geteuid(void);					/* cannot fail */
gid_t sys_getegid(void);
int sys_setgroups(size_t n, const gid_t *list);
int sys_getgroups(size_t n, gid_t *list);
int sys_capget(struct __user_cap_data_struct data[2]);		/* version 3, this process */
int sys_capset(const struct __user_cap_data_struct data[2]);
int sys_cap_drop_bound(unsigned cap);				/* EINVAL: beyond the last one of this kernel */
int sys_cap_set_ambient(unsigned cap);
int sys_cap_reset_ambient(void);				/* none is left */
int sys_seccomp_load(const struct sock_filter *filter, unsigned short n, unsigned flags);	/* SECCOMP_FILTER_FLAG_*; fd with NEW_LISTENER */

/* ---- sock.c ---- */
int sys_socketpair_seqpacket(int fds[2]);
int sys_socket_unix(int type);					/* SOCK_STREAM, SOCK_SEQPACKET or SOCK_DGRAM */
int sys_bind_unix(int fd, const char *path);			/* errno ENAMETOOLONG beyond sun_path; "@NAME": abstract */
int sys_connect_unix(int fd, const char *path);
int sys_listen(int fd, int backlog);
int sys_accept(int fd);
int sys_peer_cred(int fd, struct ucred *ret);
ssize_t sys_send(int fd, const void *buf, size_t n, const int *fds, size_t nfds);	/* MSG_NOSIGNAL, SCM_RIGHTS */
/* Reads one datagram. Takes at most max fds (close-on-exec) into fds; surplus ones are closed and *ret_nfds tells the true number.
 * A datagram longer than n fails with EMSGSIZE. 0 = end of file. */
ssize_t sys_recv(int fd, void *buf, size_t n, int *fds, size_t max, size_t *ret_nfds);

/* ---- tty.c ---- */
int sys_tty_peer(int master);					/* TIOCGPTPEER: the slave, by descriptor */
int sys_tty_unlock(int master);					/* TIOCSPTLCK 0 */
int sys_tty_number(int master, unsigned *ret);			/* TIOCGPTN */
int sys_tty_controlling(int fd);				/* TIOCSCTTY */
int sys_tty_get(int fd, struct termios *ret);
int sys_tty_set(int fd, const struct termios *t);
int sys_tty_size_get(int fd, struct winsize *ret);
int sys_tty_size_set(int fd, const struct winsize *ws);

/* ---- bpf.c ---- */
int sys_bpf_load_device(const struct bpf_insn *insn, size_t n, char *log, size_t log_size);	/* BPF_PROG_TYPE_CGROUP_DEVICE, GPL */
int sys_bpf_attach_device(int cgroup, int prog, int replace_prog);	/* BPF_F_ALLOW_MULTI; replace_prog FD_NONE: plain attach */
int sys_bpf_query_device(int cgroup, uint32_t *ids, uint32_t *n);
int sys_bpf_prog_by_id(uint32_t id);
int sys_bpf_detach_device(int cgroup, int prog);

/* ---- net.c: the little rtnetlink that brig needs, in the network namespace in which the socket was made ---- */
struct sys_addr {
	unsigned char family, prefix, scope;
	uint32_t flags;						/* IFA_F_* */
	unsigned char local[16], address[16], broadcast[16], local_size, address_size, broadcast_size;	/* size 0: none */
};
int sys_netlink(void);						/* a socket in the caller's network namespace of this moment */
int sys_link_find(int fd, const char *name, int index);		/* by name, or when that is NULL by index; its index, or -1 ENODEV */
int sys_link_move(int fd, int index, int netns, const char *name, int new_index);	/* name may be a template such as "eth%d" */
int sys_link_up(int fd, int index);
int sys_addr_list(int fd, int index, struct sys_addr *ret, size_t max, size_t *ret_n);	/* E2BIG: more than max */
int sys_addr_add(int fd, int index, const struct sys_addr *a);
int sys_loopback_up(void);					/* with a socket of its own */

/* ---- fault.c ---- */
/* Tells the process its room ("host", "birth", "join", "init", "hook", "start", "undo"; "" ends it) and starts the count of its calls; empty unless
 * SYS_FAULTS. The environment variable BRIG_FAULT "ROOM:N:ERRNO[,...]" (ERRNO a number or a name such as EPERM) makes that call fail.
 * BRIG_FAULT_COUNT=FILE (absolute path) keeps one line "ROOM COUNT" per room up to date in FILE, and what was hit, through a shared mapping,
 * so that also a process without a file system or with a sudden end is counted. BRIG_FAULT_KILL "ROOM:N[,...]" ends the process by SIGKILL
 * before that call instead. sys_fault_step names the step of the plan that the process is in, for the line of what was hit. */
void sys_fault_room(const char *room);
void sys_fault_step(const char *step);
/* The environment of the sealed program: an empty one, but for tests, whose variables are these. */
char *const *sys_fault_environment(void);
#ifdef SYS_FAULTS
bool sys_fault(const char *call);	/* true (errno set): this call must fail */
#else
static inline bool sys_fault(const char *call) { (void)call; return false; }
#endif

#endif
