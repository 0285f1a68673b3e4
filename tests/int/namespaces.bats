#!/usr/bin/env bats
# config.json → namespaces: new, joined, left alone; id maps; time
load helpers

own() { readlink "/proc/self/ns/$1"; }
held() { # FLAGS: a process in namespaces of its own, $HELD is its pid
	unshare "$@" --fork --kill-child sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
	UNSHARE=$!
	wait_until pgrep -P $UNSHARE sleep >/dev/null
	HELD=$(pgrep -P $UNSHARE sleep)
}
release() { kill "$UNSHARE" "$HELD" 2>/dev/null || true; }

@test "new: every kind of the default document" {
	local t
	try '' 'report ns'
	for t in mnt net ipc uts pid cgroup; do lines "~^ns.$t=$t:" "!ns.$t=$(own $t)"; done
	lines "ns.user=$(own user)" "ns.time=$(own time)"
}
@test "absent: the caller's is kept" {
	local t
	for t in network:net ipc:ipc uts:uts pid:pid cgroup:cgroup; do
		want "nons(\"${t%:*}\")|del(.hostname)|.mounts|=map(select(.type!=\"sysfs\" and .type!=\"mqueue\" and .type!=\"cgroup\"))" 'report ns' "ns.${t#*:}=$(own "${t#*:}")" || return 1
	done
}
@test "joined by path: network, ipc, uts, cgroup" {
	held --net --ipc --uts --cgroup
	want "ns(\"network\";\"/proc/$HELD/ns/net\")|ns(\"ipc\";\"/proc/$HELD/ns/ipc\")|ns(\"uts\";\"/proc/$HELD/ns/uts\")|ns(\"cgroup\";\"/proc/$HELD/ns/cgroup\")|del(.hostname)" 'report ns' \
		"ns.net=$(readlink "/proc/$HELD/ns/net")" "ns.ipc=$(readlink "/proc/$HELD/ns/ipc")" "ns.uts=$(readlink "/proc/$HELD/ns/uts")" "ns.cgroup=$(readlink "/proc/$HELD/ns/cgroup")" || { release; return 1; }
	release
}
@test "joined by path: pid, as a process among others" {
	held --pid
	try "ns(\"pid\";\"/proc/$HELD/ns/pid\")" 'report ns session' || true
	release
	[ "$rc" = 0 ] || fail "it did not end well"
	lines '~^pid=[2-9]' "!ns.pid=$(own pid)"
}
@test "joined by path: user" {
	held --user
	echo '0 100000 65536' >"/proc/$HELD/uid_map" && echo '0 100000 65536' >"/proc/$HELD/gid_map"
	chown 100000:100000 "$R"
	try "ns(\"user\";\"/proc/$HELD/ns/user\")|del(.linux.resources)" 'report ns maps' || true
	local want
	want=$(readlink "/proc/$HELD/ns/user")
	release
	[ "$rc" = 0 ] || fail "it did not end well"
	lines "ns.user=$want" 'uid_map=0 100000 65536;'
}
@test "joined by path: user, where setgroups is denied: no group comes along, also in exec" {
	held --user
	echo '0 100000 65536' >"/proc/$HELD/uid_map" && echo deny >"/proc/$HELD/setgroups" && echo '0 100000 65536' >"/proc/$HELD/gid_map"
	chown 100000:100000 "$R"
	conf "ns(\"user\";\"/proc/$HELD/ns/user\")|del(.linux.resources)" && program sleep 100000
	capture setpriv --groups 4,24 "$BRIG" --root "$ROOT" create -b "$B" c </dev/null
	[ "$rc" = 0 ] || { release; fail "it did not end well"; }
	grep -qx 'Groups:[[:space:]]*' "/proc/$(pid_of c)/status" || { release; fail "$(grep Groups "/proc/$(pid_of c)/status")"; }
	brig start c
	capture setpriv --groups 4,24 "$BRIG" --root "$ROOT" exec c /guest report ids </dev/null
	release
	[ "$rc" = 0 ] || fail "exec did not end well"
	lines '~^groups=$'
}
@test "joined by path: time" {
	held --time --boottime 5000
	try "ns(\"time\";\"/proc/$HELD/ns/time\")" 'report ns' || true
	local want
	want=$(readlink "/proc/$HELD/ns/time")
	release
	[ "$rc" = 0 ] || fail "it did not end well"
	lines "ns.time=$want"
}
@test "joined by path: mount namespace" {
	mkdir "$T/in"
	held --mount
	try "ns(\"mount\";\"/proc/$HELD/ns/mnt\")|.linux.maskedPaths=[]|.linux.readonlyPaths=[]" 'report ids' || true
	release
	[ "$rc" = 0 ] || fail "it did not end well"
	lines uid=0,0,0,0
}
@test "pid namespace: the program is 1, and orphans end with it" { want '' 'report session' pid=1 ppid=0; }
@test "time: offsets" {
	[ -e /proc/self/ns/time ] || skip "the kernel has no time namespaces"
	local up
	up=$(cut -d. -f1 /proc/uptime)
	try 'ns("time";null)|.linux.timeOffsets={monotonic:{secs:1000,nanosecs:5},boottime:{secs:100000}}' 'report maps clocks ns'
	[ "$rc" = 0 ] || fail "it did not end well"
	lines 'timens_offsets=monotonic 1000 5;boottime 100000 0;' "!ns.time=$(own time)"
	[ "$(sed -n 's/^clock.boottime=//p' <<<"$out")" -ge $((up + 99999)) ] || fail "no offset"
}
@test "time: a new one without offsets" {
	[ -e /proc/self/ns/time ] || skip "the kernel has no time namespaces"
	try 'ns("time";null)' 'report ns'
	[ "$rc" = 0 ] || fail "it did not end well"
	lines "!ns.time=$(own time)"
}
@test "time: negative offsets" {
	[ -e /proc/self/ns/time ] || skip "the kernel has no time namespaces"
	try 'ns("time";null)|.linux.timeOffsets={monotonic:{secs:-20,nanosecs:5},boottime:{secs:-10}}' 'report maps clocks'
	[ "$rc" = 0 ] || fail "it did not end well"
	lines 'timens_offsets=monotonic -20 5;boottime -10 0;'
	refuse 'ns("time";null)|.linux.timeOffsets={boottime:{secs:-1000000000000}}' timens_offsets
	refuse 'ns("time";null)|.linux.timeOffsets={boottime:{nanosecs:1000000000}}' /linux/timeOffsets/boottime nanosecs
}

@test "user namespace: mapped ids, root inside, all namespaces owned by it" {
	chown 100000:100000 "$R"
	want 'userns' 'report ids maps ns' uid=0,0,0,0 gid=0,0,0,0 'uid_map=0 100000 65536;' 'gid_map=0 100000 65536;' setgroups='allow;' "!ns.user=$(own user)"
}
@test "user namespace: the process is seen by the host with its outside id" {
	chown 100000:100000 "$R"
	conf 'userns|.process.user={uid:5,gid:6,additionalGids:[7]}' && program sleep 10000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	[ "$(awk '/^Uid|^Gid/ { printf "%s:%s ", $2, $5 } /^Groups/ { printf "%s", $2 }' "/proc/$(pid_of c)/status")" = '100005:100005 100006:100006 100007' ]
}
@test "user namespace: several map entries" { chown 100000:100000 "$R"; want 'userns|.linux.uidMappings=[{containerID:0,hostID:100000,size:10},{containerID:10,hostID:200000,size:10}]' 'report maps' 'uid_map=0 100000 10;10 200000 10;'; }
@test "user namespace: without a root: the container's user, and nobody else" {
	chown 100000:100000 "$R"
	want 'userns|.linux.uidMappings=[{containerID:1000,hostID:100000,size:1}]|.linux.gidMappings=.linux.uidMappings|.process.user={uid:1000,gid:1000}|(.mounts[]|select(.type=="devpts")|.options)-=["gid=5"]' \
		'report ids maps , create /new' 'uid_map=1000 100000 1;' '~^uid=1000,1000,' create./new=ok
	[ "$(stat -c %u "$R/new")" = 100000 ]
	refuse 'userns|.linux.uidMappings=[{containerID:1000,hostID:100000,size:1}]|.linux.gidMappings=.linux.uidMappings' /process/user/uid
}
@test "user namespace: devices are those of the host, and work" { chown 100000:100000 "$R"; want userns 'report dev , write /dev/null /dev/zero' '~^dev.null=c 1:3 0666' '~^dev.zero=c 1:5' write./dev/null=ok write./dev/zero=ok; }
@test "user namespace: hostname, sysctl, read-only root, masks" {
	chown 100000:100000 "$R"
	want 'userns|.hostname="u"|.root.readonly=true|.linux.sysctl={"net.ipv4.ip_forward":"1"}' 'report names , create /x , read /proc/keys /proc/acpi , cat /proc/sys/net/ipv4/ip_forward' hostname=u create./x=EROFS 'read./proc/keys=ok 0' cat./proc/sys/net/ipv4/ip_forward=1
}
@test "user namespace: capabilities are exactly those asked for, inside" { chown 100000:100000 "$R"; want 'userns|caps(["CAP_SYS_ADMIN","CAP_CHOWN"])' 'report caps' effective=0000000000200001 bounding=0000000000200001; }
@test "user namespace: locked flags of a source are kept" {
	chown 100000:100000 "$R"
	mkdir -p "$T/src"
	mount_here -t tmpfs -o nosuid,nodev,noexec,ro none "$T/src"
	want "userns|bind(\"$T/src\"; [\"bind\"])" 'report mounts' '~^mount=/mnt tmpfs ro,nosuid,nodev,noexec,relatime '
}
@test "user namespace: oom score, rlimits, seccomp, keyring" {
	chown 100000:100000 "$R"
	want 'userns|.process.oomScoreAdj=100|.process.user={uid:9,gid:9}|seccomp("ALLOW"; [rule("getppid";"ERRNO")])' 'report limits sched keyring , syscall getppid' rlimit.nofile=1024,1024 oom_score_adj=100 syscall.getppid=EPERM '~^keyring=keyring;.*;_ses'
}
