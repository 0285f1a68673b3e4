#!/usr/bin/env bats
# SELinux labels: in force after execve, on mounts, for create and exec; where the module is active (tests/vm/run --guest selinux)
load helpers

plain=$(declare -f setup)
eval "setup_plain${plain#setup}"
setup() {
	[ -e /sys/fs/selinux/enforce ] || skip "SELinux is not active here"
	setup_plain
	L=unconfined_u:unconfined_r:unconfined_t:s0:c1,c2
	F=system_u:object_r:tmp_t:s0:c1,c2
}

@test "create: the label is in force" { want ".process.selinuxLabel=\"$L\"" 'cat /proc/self/attr/current' "cat./proc/self/attr/current=$L"; }
@test "without no_new_privs" { want ".process.selinuxLabel=\"$L\"|.process.noNewPrivileges=false" 'cat /proc/self/attr/current' "cat./proc/self/attr/current=$L"; }
@test "mountLabel: on what brig mounts" { want ".process.selinuxLabel=\"$L\"|.linux.mountLabel=\"$F\"|addmount(\"/mnt\"; \"tmpfs\"; \"t\"; [\"mode=755\"])" 'report mounts' "~^mount=/mnt tmpfs .*context=\"?$F"; }
@test "exec: as the container, or as it is told" {
	conf ".process.selinuxLabel=\"$L\"" && program sleep 100000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
	capture brig exec c /guest cat /proc/self/attr/current
	lines "cat./proc/self/attr/current=$L"
	capture brig exec --process-label "${L%c2}c3" c /guest cat /proc/self/attr/current
	lines "cat./proc/self/attr/current=${L%c2}c3"
}
@test "a label that the policy does not know is an error that names it" { refuse '.process.selinuxLabel="no_u:no_r:no_t:s0"' no_t; }
