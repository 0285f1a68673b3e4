#!/usr/bin/env bats
# --systemd-cgroup: where systemd runs (the guests of tests/vm)
load helpers

setup() {
	[ "$EUID" = 0 ] || skip "needs root"
	[ -d /run/systemd/system ] || skip "systemd does not run here"
	"$BRIG" features | jq -e .linux.cgroup.systemd >/dev/null || skip "systemd support is not built in"
	place
	UNIT=brigtest-${FILE_T##*/brig-test.}$BATS_TEST_NUMBER.scope
	NAME=${UNIT#brigtest-} NAME=${NAME%.scope}
	PLACE=$CGROOT/system.slice/$UNIT
	sconf . && program sleep 100000
}
sconf() { conf ".linux.cgroupsPath=\":brigtest:$NAME\"|$1"; }
sbrig() { brig --systemd-cgroup "$@"; }
created() { sbrig create -b "$B" c </dev/null >"$T/o" 2>&1 || { cat "$T/o"; return 1; }; }
shows() { systemctl show -p "$1" --value "$UNIT"; }
no_unit() { [ "$(systemctl show -p LoadState --value "$UNIT")" = not-found ] || [ "$(systemctl show -p ActiveState --value "$UNIT")" = inactive ]; }
unit_gone() { wait_until no_unit && [ ! -e "$PLACE" ]; }

@test "a scope: delegated, accounted, with init alone in it" {
	created
	[ "$(shows ActiveState)" = active ]
	[ "$(shows Delegate)" = yes ] && [ "$(shows DefaultDependencies)" = no ] && [ "$(shows Slice)" = system.slice ]
	[ "$(shows MemoryAccounting)$(shows TasksAccounting)$(shows IOAccounting)" = yesyesyes ]
	[ "$(cat "$PLACE/cgroup.procs")" = "$(pid_of c)" ]
	grep -qx "0::/system.slice/$UNIT" "/proc/$(pid_of c)/cgroup"
	brig start c && status_is c running
	brig delete --force c
	unit_gone
}
@test "the later commands come without the option" {
	created && brig start c
	capture brig exec c /guest report cgroup
	[ "$rc" = 0 ] || fail "exec"
	brig pause c && status_is c paused && brig resume c && status_is c running
	brig update --memory 64m --pids-limit 44 --cpu-quota 33333 --cpu-period 100000 --cpu-share 512 c
	[ "$(cat "$PLACE/memory.max")" = 67108864 ] && [ "$(cat "$PLACE/pids.max")" = 44 ] && [ "$(cat "$PLACE/cpu.max")" = "33333 100000" ]
	[ "$(shows MemoryMax)" = 67108864 ] && [ "$(shows TasksMax)" = 44 ] && [ "$(shows CPUWeight)" = 59 ] && [ "$(shows CPUQuotaPerSecUSec)" = 340ms ]
	brig events --stats c | jq -e '.data.pids.limit == 44'
	brig kill c KILL
	wait_until status_is c stopped
	brig delete c
	unit_gone
}
@test "limits: systemd knows them, and the kernel has the exact ones, also after a reload" {
	sconf '.linux.resources={memory:{limit:67108864,swap:134217728,reservation:33554432},pids:{limit:20},cpu:{shares:512,quota:50000,period:100000,cpus:"0",mems:"0"},unified:{"memory.high":"60000000"}}' && program sleep 100000
	created
	[ "$(shows MemoryMax)" = 67108864 ] && [ "$(shows MemoryLow)" = 33554432 ] && [ "$(shows MemorySwapMax)" = 67108864 ] && [ "$(shows MemoryHigh)" = 60000000 ]
	[ "$(shows TasksMax)" = 20 ] && [ "$(shows CPUWeight)" = 59 ] && [ "$(shows CPUQuotaPerSecUSec)" = 500ms ]
	[ "$(shows AllowedCPUs)" = 0 ] && [ "$(shows AllowedMemoryNodes)" = 0 ]
	systemctl daemon-reload
	[ "$(cat "$PLACE/memory.max")" = 67108864 ] && [ "$(cat "$PLACE/pids.max")" = 20 ] && [ "$(cat "$PLACE/cpu.max")" = "50000 100000" ] && [ "$(cat "$PLACE/cpuset.cpus")" = 0 ]
}
@test "the device program outlives systemd's reload" {
	sconf 'caps(["CAP_MKNOD"])' && program sleep 100000
	created && brig start c
	systemctl daemon-reload
	brig update --pids-limit 30 c
	capture brig exec c /guest mknod c 1 12 /tmp/oldmem , read /dev/null
	lines mknod./tmp/oldmem=ok open./tmp/oldmem=EPERM '~^read./dev/null=ok'
}
@test "run: the status of the program, and nothing is left" { program say hello , exit 7; capture sbrig run -b "$B" c; [ "$rc" = 7 ] || fail status; lines hello; unit_gone; }
@test "a memory hog is killed, and its unit is not left as failed" { sconf '.linux.resources.memory={limit:33554432,swap:33554432}' && program hog 100; capture sbrig run -b "$B" c; [ "$rc" = 137 ] || fail status; unit_gone; }
@test "a failing create leaves no unit" {
	jq '.process.args=["/nothing"]' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	capture sbrig create -b "$B" c
	[ "$rc" = 1 ] || fail status
	unit_gone
}
@test "brig killed in the middle: delete finds the unit" {
	jq --arg T "$T" '.hooks.createRuntime=[{path:"/bin/sh",args:["sh","-c","echo $$ >\($T)/in; exec sleep 1000"]}]' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	"$BRIG" --root "$ROOT" --systemd-cgroup create -b "$B" c </dev/null >/dev/null 2>&1 3>&- & p=$!
	wait_until test -s "$T/in"
	kill -KILL $p
	kill -KILL "$(<"$T/in")" 2>/dev/null || true
	brig delete --force c
	unit_gone
}
@test "slices of its own, and a path with all of them" {
	sconf ".linux.cgroupsPath=\"brigtest-$NAME.slice:brigtest:$NAME\"" && program sleep 100000
	created
	grep -qx "0::/brigtest.slice/brigtest-$NAME.slice/$UNIT" "/proc/$(pid_of c)/cgroup"
	brig delete --force c
	systemctl stop "brigtest-$NAME.slice" brigtest.slice
}
@test "a unit that is a slice" {
	sconf ".linux.cgroupsPath=\"::brigtest$NAME.slice\"" && program sleep 100000
	created
	grep -qx "0::/brigtest$NAME.slice" "/proc/$(pid_of c)/cgroup"
	brig delete --force c
	wait_until test ! -e "$CGROOT/brigtest$NAME.slice"
}
@test "the name is taken: what lives there is not touched" {
	systemd-run --scope --quiet --unit "$UNIT" sleep 1000 3>&- & p=$!
	wait_until grep -q . "$PLACE/cgroup.procs"
	capture sbrig create -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"container's cgroup is not empty"* ]] || fail text
	grep -q . "$PLACE/cgroup.procs" && [ ! -e "$ROOT/c" ]
	systemctl stop "$UNIT"
	wait $p || true
}
@test "a failed unit of the name is cleared away" {
	systemd-run --quiet --unit "${UNIT%.scope}.service" false || true
	systemd-run --scope --quiet --unit "$UNIT" -p RuntimeMaxSec=1 sleep 1000 3>&- || true
	wait_until test "$(shows ActiveState)" = failed || skip "no failed scope could be made"
	created
	[ "$(shows ActiveState)" = active ]
}
@test "annotations: resources only" {
	sconf '.annotations={"org.systemd.property.TimeoutStopSec":"uint64 7","org.systemd.property.MemoryHigh":"50000000","org.systemd.property.CollectMode":"'\''inactive'\''"}' && program sleep 100000
	created
	[ "$(shows TimeoutStopUSec)" = 7s ] && [ "$(shows MemoryHigh)" = 50000000 ] && [ "$(cat "$PLACE/memory.high")" = 49999872 ]
	brig delete --force c
	sconf '.annotations={"org.systemd.property.User":"'\''nobody'\''"}'
	capture sbrig create -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"may not be set by an annotation"* ]] || fail text
}
@test "systemd's own words for what it refuses" {
	sconf '.annotations={"org.systemd.property.CPUWeight":"99999999"}'
	capture sbrig create -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"unable to start unit $UNIT: "* ]] || fail text
	unit_gone
}
@test "a bus that is out of reach is an error" { capture env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent timeout 120 "$BRIG" --root "$ROOT" --systemd-cgroup create -b "$B" c; [ "$rc" = 1 ] && [[ $err == *"D-Bus"* ]] || fail text; [ ! -e "$ROOT/c" ]; }
@test "a user namespace" { sconf userns && program report ids cgroup; chmod 755 "$R"; capture sbrig run -b "$B" c; [ "$rc" = 0 ] || fail status; lines uid=0,0,0,0; unit_gone; }
@test "time offsets: through join" { sconf 'ns("time"; null)|.linux.timeOffsets={boottime:{secs:1000}}' && program report ids; capture sbrig run -b "$B" c; [ "$rc" = 0 ] || fail status; unit_gone; }
@test "podman with its systemd manager" {
	command -v podman >/dev/null || skip "podman is not installed"
	. "$BATS_TEST_DIRNAME/../engines/box.sh"
	box "$T/image"
	tar -C "$T/image" --numeric-owner --owner=0 --group=0 -cf "$T/image.tar" .
	P=(timeout 300 podman --root "$T/p" --runroot "$T/pr" --tmpdir "$T/pt" --runtime "$BRIG" --cgroup-manager systemd --storage-driver vfs --events-backend none)
	"${P[@]}" import "$T/image.tar" box >/dev/null 2>&1
	id=$("${P[@]}" run -d --network none --memory 64m --pids-limit 50 box sleep 1000 3>&-)
	UNIT=libpod-$id.scope
	[ "$(shows Slice)" = machine.slice ] && [ "$(shows MemoryMax)" = 67108864 ] && [ "$(shows TasksMax)" = 50 ]
	[ "$(cat "$CGROOT/machine.slice/$UNIT/memory.max")" = 67108864 ]
	[ "$("${P[@]}" exec "$id" echo inside)" = inside ]
	"${P[@]}" update --memory 96m "$id" >/dev/null
	[ "$(cat "$CGROOT/machine.slice/$UNIT/memory.max")" = 100663296 ]
	"${P[@]}" rm -f -t 0 "$id"
	wait_until no_unit
}
