/* room: any — terminals, by descriptor only */
#include "sys/sys.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

int sys_tty_peer(int master)
{
	if (sys_fault(__func__))
		return -1;
	return ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int sys_tty_unlock(int master)
{
	int off = 0;

	if (sys_fault(__func__))
		return -1;
	return ioctl(master, TIOCSPTLCK, &off);
}

int sys_tty_number(int master, unsigned *ret)
{
	if (sys_fault(__func__))
		return -1;
	return (int)syscall(SYS_ioctl, master, TIOCGPTN, ret);	/* C libraries differ in the type of the request */
}

int sys_tty_controlling(int fd)
{
	if (sys_fault(__func__))
		return -1;
	return ioctl(fd, TIOCSCTTY, 0);
}

int sys_tty_get(int fd, struct termios *ret)
{
	if (sys_fault(__func__))
		return -1;
	return tcgetattr(fd, ret);
}

int sys_tty_set(int fd, const struct termios *t)
{
	if (sys_fault(__func__))
		return -1;
	return tcsetattr(fd, TCSANOW, t);
}

int sys_tty_size_get(int fd, struct winsize *ret)
{
	if (sys_fault(__func__))
		return -1;
	return ioctl(fd, TIOCGWINSZ, ret);
}

int sys_tty_size_set(int fd, const struct winsize *ws)
{
	if (sys_fault(__func__))
		return -1;
	return ioctl(fd, TIOCSWINSZ, ws);
}
