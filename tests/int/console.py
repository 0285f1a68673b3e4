#!/usr/bin/env python3
"""The other end of a terminal, for the tests.

console.py receive SOCKET [INPUT]      listens, takes one message with one descriptor, writes INPUT to it, prints what comes out of it
console.py foreground ROWSxCOLS COMMAND...
                                   runs COMMAND on a terminal of its own; at the word "ready": resizes to 41x101, types Ctrl-C, runs $THEN
"""
import array, fcntl, os, select, socket, struct, subprocess, sys, termios, time

LIMIT = time.monotonic() + 9


def size(fd, text):
    rows, cols = map(int, text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def output(fd, until=None, pid=None):
    """What can be read until the other end is closed, a word is seen, or a process has ended."""
    text = b""
    while time.monotonic() < LIMIT:
        if not select.select([fd], [], [], 0.1)[0]:
            if pid and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            continue
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        text += more
        if until and until in text:
            break
    return text


def show(text):
    sys.stdout.write(text.replace(b"\r", b"\\r").decode(errors="replace"))


def receive(path, typed=""):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(path)
    s.listen(1)
    s.settimeout(9)
    c = s.accept()[0]
    data, control, flags, _ = c.recvmsg(8192, socket.CMSG_SPACE(16 * 4))
    fds = array.array("i")
    for level, kind, bytes_ in control:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(bytes_[: len(bytes_) - len(bytes_) % 4])
    print("message.name=%s" % data.decode())
    print("message.parts=%d descriptors=%d truncated=%d" % (len(control), len(fds), flags & socket.MSG_CTRUNC))
    print("message.more=%d" % len(c.recv(1)))
    sys.stdout.flush()
    if typed:
        os.write(fds[0], typed.encode())
    show(output(fds[0]))


def foreground(window, command):
    master, slave = os.openpty()
    size(slave, window)
    before = termios.tcgetattr(slave)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in range(3):
            os.dup2(slave, fd)
        os.execvp(command[0], command)
    text = output(master, b"ready", pid)
    if b"ready" in text:
        print("raw=%d" % (not termios.tcgetattr(slave)[3] & (termios.ICANON | termios.ECHO | termios.ISIG)))
        size(slave, "41x101")
        text += output(master, b"41x101", pid)
        os.write(master, b"\x03")
        text += output(master, b"signal=2\n", pid)
        subprocess.call(os.environ["THEN"], shell=True)
    os.set_blocking(master, False)
    status = None
    while time.monotonic() < LIMIT:
        if select.select([master], [], [], 0.05)[0]:
            text += os.read(master, 65536)
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            break
    time.sleep(0.05)
    while select.select([master], [], [], 0)[0]:
        text += os.read(master, 65536)
    show(text)
    print("restored=%d" % (termios.tcgetattr(slave) == before))
    print("status=%d" % os.waitstatus_to_exitcode(status) if done else "it did not end")


if sys.argv[1] == "receive":
    receive(*sys.argv[2:])
else:
    foreground(sys.argv[2], sys.argv[3:])
