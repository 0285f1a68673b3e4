#!/bin/sh
# Runs inside the demonstration container and asks the kernel what confines it.
field() { sed -n "s/^$1:[[:space:]]*//p" /proc/self/status; }
line() { printf '  %-22s %s\n' "$1" "$2"; }
try() { if "$@" >/dev/null 2>&1; then echo "ALLOWED"; else echo "refused"; fi; }

echo "From inside the container:"
line "program" "pid $$ of $(ls -d /proc/[0-9]* | wc -l) visible, $(id)"
line "hostname" "$(hostname)"
line "capabilities" "effective $(field CapEff), bounding $(field CapBnd), ambient $(field CapAmb)"
line "no_new_privs" "$(field NoNewPrivs)"
line "seccomp" "mode $(field Seccomp), $(field Seccomp_filters) filter"
line "descriptors" "$(ls /proc/$$/fd | tr '\n' ' ')"
line "mounts" "$(wc -l </proc/self/mounts), root $(sed -n 's/^[^ ]* \/ [^ ]* \(r[ow]\).*/\1/p' /proc/self/mounts)"
line "network" "$(ls /sys/class/net | tr '\n' ' ')"
line "cgroup" "$(cat /proc/self/cgroup | sed -n 's/^0:://p')"
line "write to the root" "$(try touch /file)"
line "write to /proc/sys" "$(try sh -c 'echo 1 >/proc/sys/kernel/sysrq')"
line "make a device" "$(try mknod /tmp/sda b 8 0)"
line "mount a file system" "$(try mount -t tmpfs none /tmp)"
line "new user namespace" "$(try unshare -U true)"
line "read /proc/kcore" "$(if [ -c /proc/kcore ]; then echo 'masked'; elif [ -e /proc/kcore ]; then echo 'VISIBLE'; else echo 'absent'; fi)"
