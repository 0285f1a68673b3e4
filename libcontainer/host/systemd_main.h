/* room: host — how brig-systemd is called:
 *   brig-systemd start|set|stop system|user UNIT PID [NAME=TYPE:VALUE]...
 * TYPE is s (text), b (0 or 1), i (up to 2^31 - 1), t (a number) or y (bytes in hexadecimal); PID 0 is none. Its output is the unit's cgroup (start) and, with status 1,
 * the error. */
#ifndef BRIG_HOST_SYSTEMD_MAIN_H
#define BRIG_HOST_SYSTEMD_MAIN_H

#define SYSTEMD_HELPER "brig-systemd"
#define SYSTEMD_START  "start"
#define SYSTEMD_SET    "set"
#define SYSTEMD_STOP   "stop"

#endif
