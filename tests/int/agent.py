#!/usr/bin/env python3
"""The other end of a socket that takes one message with one descriptor.

agent.py pidfd SOCKET            prints the payload, the number of descriptors, and the pid that the descriptor stands for
agent.py notify SOCKET ERRNO [N] prints the state document, answers N (default 1) system calls with ERRNO
"""
import array, errno, fcntl, json, os, select, socket, struct, sys

RECV, SEND = 0xC0502100, 0xC0182101  # linux/seccomp.h: SECCOMP_IOCTL_NOTIF_RECV, _SEND


def take(path):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(path)
    s.listen(1)
    s.settimeout(9)
    c = s.accept()[0]
    data, control, flags, _ = c.recvmsg(65536, socket.CMSG_SPACE(16 * 4))
    fds = array.array("i")
    for level, kind, bytes_ in control:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(bytes_[: len(bytes_) - len(bytes_) % 4])
    print("descriptors=%d parts=%d truncated=%d more=%d" % (len(fds), len(control), flags & socket.MSG_CTRUNC, len(c.recv(1))), flush=True)
    return data, fds[0]


def pidfd(path):
    data, fd = take(path)
    print("payload=%s" % data.decode())
    with open("/proc/self/fdinfo/%d" % fd) as f:
        for line in f:
            if line.startswith("Pid:"):
                print("pid=%s" % line.split()[1])


def notify(path, name, n="1"):
    data, fd = take(path)
    print("state=%s" % json.dumps(json.loads(data)), flush=True)
    for _ in range(int(n)):
        if not select.select([fd], [], [], 9)[0]:
            sys.exit("no system call came")
        call = bytearray(80)
        fcntl.ioctl(fd, RECV, call)
        (ident, pid) = struct.unpack_from("QI", call)
        print("call=%d pid=%d" % (struct.unpack_from("i", call, 16)[0], pid), flush=True)
        fcntl.ioctl(fd, SEND, struct.pack("QqiI", ident, 0, -getattr(errno, name), 0))


{"pidfd": pidfd, "notify": notify}[sys.argv[1]](*sys.argv[2:])
