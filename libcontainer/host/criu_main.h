/* room: host — how brig-criu is called, and what it says
 *
 *   brig-criu dump|pre-dump|restore NAME=VALUE...
 *
 * NAME is a field of CRIU's options with a value of its type (host/criu_opts.c), or one of:
 *   images=FD          the directory of images; restore: as a detached tree, or where it lies when it has a parent
 *   work=FD            the same for the work directory
 *   root=FD            restore: the container's tree, detached; CRIU gets it attached to a place that nobody else sees
 *   mount=FD:KEY       restore: one more, which stands for the mount that the images call KEY
 *   inherit=FD:KEY     what the images call KEY (a pipe, a namespace) is this descriptor
 *   join=FD:TYPE       a namespace to join
 *   cgroup=FD          restore: CRIU, and so all that it makes, is in this cgroup
 *   cgroup-ns=1        restore: with a cgroup namespace of its own
 *   loopback=1         restore: lo is brought up in the network namespace
 *   root-readonly=1    restore: the root is made read-only when all is there
 * Descriptor 3 is a SOCK_SEQPACKET socket. brig-criu sends one datagram for each thing that happens, and waits where it is asked to:
 *   namespaces + pidfd         restore: the first process is there, with its namespaces                      waits for an answer
 *   stopped PID [+ terminal]   restore: everything is restored, nothing runs; PID is CRIU's own process      waits for an answer
 *   ready                      dump --lazy-pages: pages can be fetched
 *   done                       success
 *   error TEXT                 and nothing after it
 * Any answer means: go on. The end of the connection ends CRIU. */
#ifndef BRIG_HOST_CRIU_MAIN_H
#define BRIG_HOST_CRIU_MAIN_H

#define CRIU_HELPER "brig-criu"
#define CRIU_CONTROL 3
#define CRIU_SAY_NAMESPACES "namespaces"
#define CRIU_SAY_STOPPED "stopped "
#define CRIU_SAY_READY "ready"
#define CRIU_SAY_DONE "done"
#define CRIU_SAY_ERROR "error "
enum { CRIU_SAY_SIZE = 1024 };	/* bytes of the longest datagram, with its NUL */

/* Where CRIU is looked for: never along the caller's PATH. */
#define CRIU_PROGRAMS "/usr/sbin/criu", "/usr/local/sbin/criu", "/usr/bin/criu", "/usr/local/bin/criu"

#endif
