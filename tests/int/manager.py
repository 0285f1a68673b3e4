#!/usr/bin/env python3
"""A service manager's end of sd_notify(3): manager.py SOCKET [SECONDS] [keep-barrier]

Prints each message with the number of descriptors in it, until a second after MAINPID=, or until SECONDS (default 60) without one.
SOCKET "@NAME" is an abstract one. A descriptor is closed when it is read, as systemd does, or kept to the end. Makes the file SOCKET.ready (for an
abstract one READY_FILE of the environment) when it listens."""
import array
import os
import socket
import sys

path, limit, keep = sys.argv[1], float((sys.argv + ["60"])[2]), "keep-barrier" in sys.argv
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("\0" + path[1:] if path[0] == "@" else path)
s.settimeout(limit)
open(os.environ.get("READY_FILE", path + ".ready"), "w").close()
try:
    while True:
        message, ancillary, _, _ = s.recvmsg(65536, 4096)
        fds = array.array("i")
        for _, _, data in ancillary:
            fds.frombytes(data[: len(data) // fds.itemsize * fds.itemsize])
        print(repr(message.decode())[1:-1], len(fds), flush=True)
        if message.startswith(b"MAINPID="):
            s.settimeout(1)
        if not keep:
            for fd in fds:
                os.close(fd)
except socket.timeout:
    pass
