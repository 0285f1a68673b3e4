/* room: host — what brig-criu is called with; private to checkpoint and restore */
#ifndef BRIG_HOST_CRIU_H
#define BRIG_HOST_CRIU_H

#include "base/arena.h"
#include "fs/helper.h"
#include "host/host.h"

enum { CALL_OPTIONS = 1024 };

struct criu_call {
	struct arena mem;
	size_t n, n_fds;
	char *arg[CALL_OPTIONS + 1];
	int fd[HELPER_FDS];		/* the first is the control socket */
};
void criu_call_dropp(struct criu_call *c);	/* closes nothing */

/* text in c->mem, or NULL: out of memory. */
int call_add(struct criu_call *c, char *text, struct err *e) MUST_CHECK;
int call_add_fd(struct criu_call *c, const char *name, int fd, const char *key, struct err *e) MUST_CHECK;

/* Checkpoint: what is not the container's own, as it is at this moment. */
int criu_name_mounts(struct host *h, const struct criu *plan, struct criu_call *c, struct err *e) MUST_CHECK;
int criu_name_namespaces(struct host *h, const struct criu *plan, struct criu_call *c, struct err *e) MUST_CHECK;
/* Its standard streams, which restore replaces by the caller's; images gets the list of them. */
int criu_name_streams(struct host *h, const struct criu *plan, int images, struct criu_call *c, struct err *e) MUST_CHECK;
int criu_give_streams(const struct criu *plan, int images, struct criu_call *c, struct err *e) MUST_CHECK;

#endif
