#!/usr/bin/env bats
# Each resource (compatibility 2.10): set, read back from the kernel, and felt. Where a controller is missing, its tests are skipped; the guests of
# tests/vm have them all.
load helpers

has_controller() { grep -qw "$1" "$CGROOT/cgroup.controllers"; }
need() { local c; for c; do has_controller "$c" || skip "there is no $c controller here"; done; }
file() { cat "$CGROOT$CG/c/$1"; }
# reads FILE VALUE...: the kernel's own words
reads() { while [ $# -gt 0 ]; do [ "$(file "$1")" = "$2" ] || { echo "$1 is \"$(file "$1")\", not \"$2\""; return 1; }; shift 2; done; }
created() { brig create -b "$B" c </dev/null >"$T/o" 2>&1 || { cat "$T/o"; return 1; }; }
# limit RESOURCES FILE VALUE...: what create makes of it
limit() { conf ".linux.resources += $1" && program sleep 100000 && created && shift && reads "$@"; }
# a disk of this machine: "MAJOR:MINOR"
disk() { local d; for d in /sys/block/{vd,sd,nvme}*; do [ -e "$d/dev" ] && { cat "$d/dev"; return; }; done; return 1; }

@test "memory: limit, reservation and swap are set" { need memory; limit '{memory:{limit:67108864,swap:134217728,reservation:33554432}}' memory.max 67108864 memory.low 33554432; [ ! -e "$CGROOT$CG/c/memory.swap.max" ] || reads memory.swap.max 67108864; }
@test "memory: limit and swap alike mean no swap" { need memory; limit '{memory:{limit:67108864,swap:67108864}}' memory.max 67108864; [ ! -e "$CGROOT$CG/c/memory.swap.max" ] || reads memory.swap.max 0; }
@test "memory: -1 is unlimited" { need memory; limit '{memory:{limit:-1}}' memory.max max; }
@test "memory: a hog is killed, and so is its container" {
	need memory
	try '.linux.resources.memory={limit:33554432,swap:33554432}' 'hog 16 , hog 100'
	[ "$rc" = 137 ] || fail "it was not killed"
	lines hog.16=ok '!~^hog.100='
}
@test "memory: events tells of the kill" {
	need memory
	conf '.linux.resources.memory={limit:33554432,swap:33554432}' && program sleep 1500 , hog 100 && created
	brig events --interval 1s c >"$T/events" 2>&1 3>&- &
	sleep 1
	brig start c
	wait_until status_is c stopped
	wait_until grep -q '"type":"oom"' "$T/events"
	kill %1 2>/dev/null || true
}
@test "memory: a limit that is too low to start says so" {
	need memory
	refuse '.linux.resources.memory={limit:4096,swap:4096}' "container init was OOM-killed (memory limit too low?)"
}
@test "memory: checkBeforeUpdate refuses a limit below what is used" {
	need memory
	conf '.linux.resources.memory={limit:268435456,checkBeforeUpdate:true}' && program hog 1 , sleep 100000 && created && brig start c
	capture brig update --memory 4096 c
	[ "$rc" = 1 ] && [[ $err == *"rejecting memory limit 4096 <= usage"* ]] || fail "it was not refused"
	reads memory.max 268435456
}
@test "pids: set, and a fork bomb stops there" {
	need pids
	try '.linux.resources.pids={limit:10}' 'forks 50'
	[ "$rc" = 0 ] || fail "it did not end well"
	lines forks.50=EAGAIN forked=9
}
@test "pids: -1 is unlimited, 0 lets init live" { need pids; limit '{pids:{limit:-1}}' pids.max max; brig delete --force c; limit '{pids:{limit:0}}' pids.max 1; }
@test "cpu: shares, quota, period and burst are set" { need cpu; limit '{cpu:{shares:512,quota:50000,period:200000,burst:10000}}' cpu.weight 59 cpu.max '50000 200000' cpu.max.burst 10000; }
@test "cpu: shares 1024 are the default weight" { need cpu; limit '{cpu:{shares:1024}}' cpu.weight 100; }
@test "cpu: idle" { need cpu; limit '{cpu:{idle:1}}' cpu.idle 1; }
@test "cpu: a quota throttles" {
	need cpu
	try '.linux.resources.cpu={quota:20000,period:100000}' 'spin 2000'
	[ "$rc" = 0 ] || fail "it did not end well"
	got=$(sed -n 's/^spin=//p' <<<"$out")
	[ "$got" -le 40 ] || fail "a fifth of a CPU was $got percent"
}
@test "cpu: a quota below the kernel's least is an error that names the file" { need cpu; refuse '.linux.resources.cpu={quota:999,period:100000}' cpu.max; }
@test "cpuset: set, and in force from the first instruction" {
	need cpuset
	limit '{cpu:{cpus:"0",mems:"0"}}' cpuset.cpus 0 cpuset.mems 0 cpuset.cpus.effective 0
	grep -qx $'Cpus_allowed_list:\t0' "/proc/$(pid_of c)/status"
}
@test "cpuset: a CPU that is not there is an error that names the file" { need cpuset; refuse '.linux.resources.cpu={cpus:"4000-4001"}' cpuset.cpus; }
@test "io: throttles are set" {
	need io
	d=$(disk) || skip "there is no disk here"
	limit "{blockIO:{throttleReadBpsDevice:[{major:${d%:*},minor:${d#*:},rate:1048576}],throttleWriteIOPSDevice:[{major:${d%:*},minor:${d#*:},rate:100}],throttleWriteBpsDevice:[{major:${d%:*},minor:${d#*:},rate:2097152}],throttleReadIOPSDevice:[{major:${d%:*},minor:${d#*:},rate:50}]}}"
	file io.max | grep -q "^$d rbps=1048576 wbps=2097152 riops=50 wiops=100"
}
@test "io: a throttle is felt" {
	need io
	d=$(disk) || skip "there is no disk here"
	dev=/dev/$(basename "$(readlink -f "/sys/dev/block/$d")")
	[ -b "$dev" ] || skip "there is no node for the disk"
	limit "{blockIO:{throttleReadBpsDevice:[{major:${d%:*},minor:${d#*:},rate:1048576}]},devices:[{allow:true,type:\"b\",access:\"r\"}]}"
	start=$(date +%s%N)
	bash -c 'echo $$ >"$0" && exec dd if="$1" of=/dev/null bs=256k count=8 iflag=direct' "$CGROOT$CG/c/cgroup.procs" "$dev" 2>"$T/dd" || skip "direct I/O does not work here: $(head -n 1 "$T/dd")"
	[ $(($(date +%s%N) - start)) -gt 1000000000 ]
}
@test "io: a weight, or an error that names it where the kernel has neither file for it" {
	need io
	if conf '.linux.resources.blockIO={weight:500}' && program sleep 100000 && created; then
		[ -e "$CGROOT$CG/c/io.weight" ] || reads io.bfq.weight 500
		[ ! -e "$CGROOT$CG/c/io.weight" ] || reads io.weight 'default 4950'
	else
		grep -q '/linux/resources/blockIO/weight' "$T/o" && grep -q 'io.weight' "$T/o"
		conf '' && program sleep 100000 && created
		[ ! -e "$CGROOT$CG/c/io.weight" ] && [ ! -e "$CGROOT$CG/c/io.bfq.weight" ]
	fi
}
@test "hugetlb: a limit" { need hugetlb; limit '{hugepageLimits:[{pageSize:"2MB",limit:4194304}]}' hugetlb.2MB.max 4194304 hugetlb.2MB.rsvd.max 4194304; }
@test "hugetlb: a size that is not there is an error that names it" { need hugetlb; refuse '.linux.resources.hugepageLimits=[{pageSize:"3MB",limit:0}]' hugetlb.3MB.max; }
@test "unified: written last, as it is" { need memory pids; limit '{memory:{limit:67108864},unified:{"memory.max":"33554432","memory.high":"16777216","pids.max":"7"}}' memory.max 33554432 memory.high 16777216 pids.max 7; }
@test "unified: a file that is not there is an error that names it" { need memory; refuse '.linux.resources.unified={"memory.nothing":"1"}' memory.nothing; }
@test "unified: a controller that is not there is an error that names it" { refuse '.linux.resources.unified={"nothing.max":"1"}' "controller nothing not available"; }
@test "controllers are enabled in every new ancestor" {
	need memory pids
	conf '.linux.cgroupsPath="\($CG)/a/b/c"|.linux.resources.memory={limit:67108864}' && program sleep 100000 && created
	for d in "$CG" "$CG/a" "$CG/a/b"; do grep -qw memory "$CGROOT$d/cgroup.subtree_control" && grep -qw pids "$CGROOT$d/cgroup.subtree_control"; done
	[ "$(cat "$CGROOT$CG/a/b/c/memory.max")" = 67108864 ]
	brig delete --force c
}
@test "a threaded parent: an error that says so, with limits and without" {
	need pids memory
	mkdir -p "$CGROOT$CG/t"
	echo threaded >"$CGROOT$CG/t/cgroup.type" || skip "no threaded cgroups here"
	for f in . '.linux.resources.pids={limit:10}' '.linux.resources.memory={limit:67108864}'; do
		conf '.linux.cgroupsPath="\($CG)/t/c"|'"$f" && program exit 0
		capture brig run -b "$B" c
		[ "$rc" = 1 ] && [[ $err == *"is threaded: no container can be below it"* ]] && [ ! -e "$CGROOT$CG/t/c" ] || break
	done
	rmdir "$CGROOT$CG/t"
	[ "$rc" = 1 ] && [[ $err == *"is threaded: no container can be below it"* ]] || fail text
}
@test "delegation: exactly the files that the kernel names, when the container may write its cgroup" {
	conf 'userns | .mounts |= map(if .type == "cgroup" then .options -= ["ro"] else . end)' && program sleep 100000 && created
	[ "$(stat -c %u "$CGROOT$CG/c")" = 100000 ]
	for f in "$CGROOT$CG/c"/*; do
		want=0
		grep -qx "${f##*/}" /sys/kernel/cgroup/delegate && want=100000
		[ "$(stat -c %u "$f")" = $want ] || { echo "$f belongs to $(stat -c %u "$f")"; false; }
	done
}
@test "delegation: not when the mount is read-only" { conf userns && program sleep 100000 && created; [ "$(stat -c %u "$CGROOT$CG/c")" = 0 ]; }
@test "update: every limit, of a container that runs" {
	need memory pids cpu cpuset
	limit '{}' pids.max max
	brig start c
	brig update --memory 64m --memory-swap 128m --memory-reservation 32m --pids-limit 33 --cpu-quota 50000 --cpu-period 100000 --cpu-share 512 --cpuset-cpus 0 --cpuset-mems 0 c
	reads memory.max 67108864 memory.low 33554432 pids.max 33 cpu.max '50000 100000' cpu.weight 59 cpuset.cpus 0 cpuset.mems 0
	brig update --cpu-burst 10000 c
	reads cpu.max.burst 10000 memory.max 67108864
	brig update --memory -1 --pids-limit -1 --cpu-quota -1 c
	reads memory.max max pids.max max cpu.max 'max 100000'
	echo '{"cpu":{"idle":1}}' | brig update -r - c
	reads cpu.idle 1
}
@test "update: a device that was refused is allowed then" {
	conf '.linux.resources.devices=[{allow:false,access:"rwm"}] | .process.capabilities.bounding+=["CAP_MKNOD"] | .process.capabilities.effective+=["CAP_MKNOD"] | .process.capabilities.permitted+=["CAP_MKNOD"]' && program sleep 100000 && created && brig start c
	capture brig exec c /guest mknod c 1 12 /tmp/a
	lines open./tmp/a=EPERM
	echo '{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":1,"minor":12,"access":"rw"}]}' | brig update -r - c
	capture brig exec c /guest mknod c 1 12 /tmp/b
	lines open./tmp/b=ENXIO
}
@test "events --stats: the kernel's numbers" {
	need memory pids cpu
	limit '{memory:{limit:67108864},pids:{limit:33},cpu:{quota:50000,period:100000}}'
	brig start c
	brig events --stats c >"$T/stats"
	jq -e '.type == "stats" and .id == "c" and .data.memory.usage.limit == 67108864 and .data.memory.usage.usage > 0 and .data.pids.limit == 33
		and .data.pids.current == 1 and .data.cpu.usage.total > 0 and (.data.memory.raw.anon >= 0)' "$T/stats" || { cat "$T/stats"; false; }
}
