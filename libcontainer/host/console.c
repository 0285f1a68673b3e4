/* room: host — where the pty master goes */
#include "host/acts.h"
#include "sys/sys.h"

#include <stdio.h>
#include <string.h>

/* A path longer than sun_path is reached through its directory's descriptor. */
static int connect_path(const char *path, int *ret, struct err *e)
{
	OWN_FD fd = sys_socket_unix(SOCK_STREAM);

	if (fd < 0)
		return err_sys(e, "socket");
	if (sys_connect_unix(fd, path) < 0)
		return err_sys(e, "connect to console socket %s", path);
	*ret = fd_take(&fd);
	return 0;
}

int console_connect(struct host *h, const struct step *s, struct err *e)
{
	return connect_path(s->path.path.s, &h->tab.slot[s->path.out].fd, e);
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

int console_send(struct host *h, const struct step *s, struct err *e)
{
	int *master = &h->tab.slot[s->console.master].fd;

	h->journal.has_terminal = true;
	if (s->console.socket == SLOT_NONE) {
		h->console_master = fd_take(master);
		return 0;
	}
	TRY(send_master(h->tab.slot[s->console.socket].fd, *master, e));
	fd_drop(master);
	fd_drop(&h->tab.slot[s->console.socket].fd);
	return 0;
}
