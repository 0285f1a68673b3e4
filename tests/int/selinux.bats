#!/usr/bin/env bats
# SELinux labels, enforced: in force after execve, on mounts and keys, for create and exec; where the module is active (tests/vm/run --guest selinux)
load helpers
load criu
load races.bash

criu=$(declare -f setup_more)
eval "setup_criu${criu#setup_more}"
setup_more() {
	setup_criu
	[ -e /sys/fs/selinux/enforce ] || return 0
	ENFORCED=$(</sys/fs/selinux/enforce)
	export ENFORCED
	echo 1 >/sys/fs/selinux/enforce
	chcon -R -t container_file_t -l s0:c1,c2 "$FILE_T/rootfs"
}
teardown_file() {
	[ -z "${ENFORCED:-}" ] || echo "$ENFORCED" >/sys/fs/selinux/enforce
	rm -rf --one-file-system "$FILE_T"
}
plain=$(declare -f setup)
eval "setup_plain${plain#setup}"
setup() {
	[ -n "${ENFORCED:-}" ] || skip "SELinux is not active here"
	setup_plain
	L=system_u:system_r:container_t:s0:c1,c2
	F=system_u:object_r:container_file_t:s0:c1,c2
	# What the container prints must go to where it may write.
	touch "$T/stdout" "$T/stderr" "$T/o"
	chcon "$F" "$T/stdout" "$T/stderr" "$T/o"
}
P() { echo ".process.selinuxLabel=\"$L\"|.linux.mountLabel=\"$F\""; }
# host_file LABEL: a folder with a file in it, of this machine
host_file() { mkdir "$T/host" && echo secret >"$T/host/secret" && chcon -R "$1" "$T/host"; }
sleeping() {
	conf "$(P)" && program sleep 100000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
}

@test "create: the label is in force" { want "$(P)" 'cat /proc/self/attr/current' "cat./proc/self/attr/current=$L"; }
@test "without no_new_privs" { want "$(P)|.process.noNewPrivileges=false" 'cat /proc/self/attr/current' "cat./proc/self/attr/current=$L"; }
@test "in a user namespace" { chmod 755 "$R"; want "userns|$(P)" 'cat /proc/self/attr/current' "cat./proc/self/attr/current=$L"; }
@test "the image's files: may be read and written" { want "$(P)" 'read /etc/passwd , create /etc/new' '~^read./etc/passwd=ok' create./etc/new=ok; }
@test "a file of the machine: may not be read" {
	host_file system_u:object_r:var_t:s0
	want "$(P)|bind(\"$T/host\"; [\"rbind\"])" 'read /mnt/secret , create /mnt/new' read./mnt/secret=EACCES create./mnt/new=EACCES
}
@test "a volume with the container's label: may be read and written" {
	host_file "$F"
	want "$(P)|bind(\"$T/host\"; [\"rbind\"])" 'read /mnt/secret , create /mnt/new' '~^read./mnt/secret=ok' create./mnt/new=ok
}
@test "a volume of another container, with other categories: may not be read" {
	host_file "${F%c2}c3"
	want "$(P)|bind(\"$T/host\"; [\"rbind\"])" 'read /mnt/secret' read./mnt/secret=EACCES
}
@test "a mount is what a container may not do, all capabilities or not" { want "$(P)|caps([\"CAP_SYS_ADMIN\"])" 'mount tmpfs /mnt' mount./mnt=EACCES; }
@test "mountLabel: on what brig mounts" { want "$(P)|addmount(\"/mnt\"; \"tmpfs\"; \"t\"; [\"mode=755\"])" 'report mounts , create /mnt/new' "~^mount=/mnt tmpfs .*context=\"?$F" create./mnt/new=ok; }
@test "mountLabel: another container's may not be used" { want "$(P)|.linux.mountLabel=\"${F%c2}c3\"|addmount(\"/mnt\"; \"tmpfs\"; \"t\"; [\"mode=755\"])" 'create /mnt/new' create./mnt/new=EACCES; }
@test "the session keyring has the label" { want "$(P)" 'report keyring' "keyring.label=$L"; }
@test "exec: as the container, or as it is told" {
	sleeping
	capture brig exec c /guest cat /proc/self/attr/current , report keyring
	lines "cat./proc/self/attr/current=$L" "keyring.label=$L"
	capture brig exec --process-label "$L,c4" c /guest cat /proc/self/attr/current
	lines "cat./proc/self/attr/current=$L,c4"
}
@test "exec: may not read a file of the machine either" {
	host_file system_u:object_r:var_t:s0
	conf "$(P)|bind(\"$T/host\"; [\"rbind\"])" && program sleep 100000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
	capture brig exec c /guest read /mnt/secret
	lines read./mnt/secret=EACCES
}
# What CRIU does in the processes of a container, Debian's policy does not allow.
permissive() {
	echo 0 >/sys/fs/selinux/enforce
	"$@"
	echo 1 >/sys/fs/selinux/enforce
}
@test "restore: mountLabel, or --lsm-mount-context" {
	needs_criu
	mounted() { grep -q " /mnt .*context=\"*$2\"*\($\|,\)" "/proc/$(pid_of "$1")/mountinfo" || { cat "/proc/$(pid_of "$1")/mountinfo"; return 1; }; }
	counting ".linux.mountLabel=\"$F\"|addmount(\"/mnt\"; \"tmpfs\"; \"t\"; [\"mode=755\"])"
	mounted c "$F"
	permissive dump; ok
	permissive restore c; ok; goes_on
	mounted c "$F"
	permissive dump; ok
	permissive restore --lsm-mount-context "${F%,c2}" r; ok; goes_on
	mounted r "${F%,c2}"
}
@test "restore: the label is in force again, or refused by a CRIU that is built without SELinux" {
	needs_criu
	is_labelled() { [ "$(tr -d '\0' <"/proc/$(pid_of "$1")/attr/current")" = "$2" ]; }
	counting "$(P)"
	permissive dump; ok
	permissive restore c
	[[ $err != *'selinux not supported'* ]] || { not 'criu failed: type RESTORE'; nothing_left c; return; }
	ok; goes_on
	is_labelled c "$L"
	permissive dump; ok
	permissive restore --lsm-profile "selinux:$L,c4" r; ok; goes_on
	is_labelled r "$L,c4"
}
@test "the label is right whatever happens to /proc meanwhile" { conf "$(P)" && program sleep 100000; race_labels "$L"; }
@test "a label that the policy does not know is an error that names it" { refuse '.process.selinuxLabel="no_u:no_r:no_t:s0"' no_t; }
