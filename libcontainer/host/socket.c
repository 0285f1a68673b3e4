/* room: host — what goes to sockets of the caller: the pty master, the seccomp listener, the pidfd */
#include "host/acts.h"
#include "sys/sys.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

int socket_connect(struct host *h, const struct step *s, struct err *e)
{
	OWN_FD fd = sys_socket_unix(SOCK_STREAM);

	if (fd < 0)
		return err_sys(e, "socket");
	if (sys_connect_unix(fd, s->path.path.s) < 0)
		return err_sys(e, "%s %s", s->path.what, s->path.path.s);
	h->tab.slot[s->path.out].fd = fd_take(&fd);
	return 0;
}

/* One message: payload is a name, one control message with one descriptor (compatibility 1.11). The name is only for people. */
static int send_master(int socket, int master, struct err *e)
{
	char name[32];
	unsigned n;

	if (sys_tty_number(master, &n) < 0)
		return err_sys(e, "TIOCGPTN on the console");
	snprintf(name, sizeof(name), "/dev/pts/%u", n);
	if (sys_send(socket, name, strlen(name), &master, 1) < 0)
		return err_sys(e, "send the console master");
	return 0;
}

/* Before the program runs: what asks for the size at once must hear that of the caller's terminal. */
static void size_like_ours(int master)
{
	struct winsize ws;

	if (sys_tty_size_get(0, &ws) == 0)
		sys_tty_size_set(master, &ws);
}

int console_send(struct host *h, const struct step *s, struct err *e)
{
	int *master = &h->tab.slot[s->console.master].fd;

	h->journal.has_terminal = true;
	if (s->console.socket == SLOT_NONE) {
		size_like_ours(*master);
		h->console_master = fd_take(master);
		return 0;
	}
	TRY(send_master(h->tab.slot[s->console.socket].fd, *master, e));
	fd_drop(master);
	fd_drop(&h->tab.slot[s->console.socket].fd);
	return 0;
}

int pidfd_send(struct host *h, const struct step *s, struct err *e)
{
	const char *payload = s->send.payload;

	if (sys_send(h->tab.slot[s->send.socket].fd, payload, strlen(payload), &h->tab.slot[s->send.pidfd].fd, 1) < 0)
		return err_sys(e, "send the pidfd");
	fd_drop(&h->tab.slot[s->send.socket].fd);
	return 0;
}

/* The number is init's word, so what it means is looked at before it is passed on. */
static int fetch_listener(struct host *h, int pidfd, int *ret, struct err *e)
{
	char link[32], target[64] = "";
	OWN_FD fd = sys_pidfd_getfd(pidfd, baton_listener(&h->baton));
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "fetch the seccomp listener");
	snprintf(link, sizeof(link), "self/fd/%d", fd);
	n = sys_readlinkat(h->proc.fd, link, target, sizeof(target) - 1);
	if (n < 0 || strcmp(target, "anon_inode:seccomp notify") != 0)
		return err_set(e, ERR_PEER, 0, "what init left is no seccomp listener");
	*ret = fd_take(&fd);
	return 0;
}

/* The container process state of the specification (runtime.md), and the listener in the first message. */
static int process_state(struct host *h, const struct step *s, struct str *out, struct err *e)
{
	struct json_out o = { .to = out };
	pid_t pid;

	TRY(host_init_pid(h, &pid, e));
	json_open(&o, '{');
	json_kv_string(&o, "ociVersion", SPEC_VERSION);
	json_key(&o, "fds");
	json_open(&o, '[');
	json_put_string(&o, "seccompFd");
	json_close(&o, ']');
	json_kv_i64(&o, "pid", pid);
	if (s->notify.metadata)
		json_kv_string(&o, "metadata", s->notify.metadata);
	json_key(&o, "state");
	if (h->request->target.pid)	/* an exec: the state is that of the container, whose pid is its first process's */
		pid = h->request->target.pid;
	str_addf(out, "%s\"status\":\"%s\",\"pid\":%d%s}", h->plan->state_head, h->plan->state_status, pid, h->plan->state_tail);
	return str_ok(out, e);
}

int seccomp_notify(struct host *h, const struct step *s, struct err *e)
{
	OWN(str) state = { 0 };
	OWN_FD fd = FD_NONE;
	int *socket = &h->tab.slot[s->notify.socket].fd;

	TRY(fetch_listener(h, h->tab.slot[s->notify.pidfd].fd, &fd, e));
	TRY(process_state(h, s, &state, e));
	if (sys_send(*socket, state.s, state.n, &fd, 1) != (ssize_t)state.n)
		return err_sys(e, "send the seccomp listener to its agent");
	fd_drop(socket);
	return 0;
}
