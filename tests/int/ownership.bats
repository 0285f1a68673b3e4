#!/usr/bin/env bats
# Whose is an id: verbs that are stopped between two of their calls, while others make and delete the same id
load helpers

can_trace() { command -v strace >/dev/null && strace -qq -o /dev/null -e trace=getuid -e inject=getuid:error=EPERM true 2>/dev/null; }

# held NAME CALL[:N] VERB...: brig in the background, stopped as soon as its first, or N-th, CALL has returned
held() {
	local name=$1 call=${2%:*} nth=1
	[[ $2 != *:* ]] || nth=${2#*:}
	shift 2
	can_trace || skip "strace cannot trace here"
	mkdir -p -m 700 "$ROOT"	# or that is the first mkdir
	( rc=0
	  strace -qq -o "$T/$name.trace" -e trace="$call" -e inject="$call:signal=SIGSTOP:when=$nth" "$BRIG" --root "$ROOT" --log "$T/$name.log" "$@" \
		</dev/null >"$T/$name.out" 2>"$T/$name.err" || rc=$?
	  echo "$rc" >"$T/$name.new" && mv "$T/$name.new" "$T/$name.rc" ) 3>&- &
	echo $! >"$T/$name.pid"
	wait_until grep -sq 'stopped by SIGSTOP' "$T/$name.trace"
}
# go_on NAME STATUS: lets it go on, and waits for its end
go_on() {
	kill -CONT "$(pgrep -P "$(pgrep -P "$(<"$T/$1.pid")" -x strace)")"
	wait_until test -e "$T/$1.rc"
	rc=$(<"$T/$1.rc") out=$(<"$T/$1.out") err=$(<"$T/$1.err")
	[ "$rc" = "$2" ] || fail "$1 did not end with $2"
}
eval "$(declare -f teardown | sed '1s/.*/teardown_common()/')"
teardown() {
	local at
	for at in "$T"/*.pid; do	# what a test that failed has left standing
		if [ -e "$at" ] && at=$(pgrep -P "$(<"$at")" -x strace); then pkill -KILL -P "$at"; fi
	done
	teardown_common
}

other_bundle() {
	mkdir -p "$T/other"
	jq --arg r "$R" --arg p "$CG/other" '.root.path=$r|.linux.cgroupsPath=$p' "$B/config.json" >"$T/other/config.json"
}
# untouched: container c is the other one, created
untouched() {
	status_is c created || fail "the other container is not what it was"
	grep -qx "$(pid_of c)" "$CGROOT$CG/other/cgroup.procs" || fail "its process is not in its cgroup"
	brig delete c
	nothing_left
}
nothing_left() { [ ! -e "$ROOT/c" ] && [ ! -e "$CGROOT$CG/other" ] && [ ! -e "$CGROOT$CG/c" ] || fail "something is left"; }

@test "a create whose new directory was deleted, and made again by another create, is refused" {
	other_bundle
	held first mkdirat create -b "$B" c
	brig delete --force c
	brig create -b "$T/other" c </dev/null >/dev/null 2>&1
	go_on first 1
	[[ $err == *'container with given ID already exists'* ]] || fail "it was refused for another reason"
	untouched
}
@test "a create whose new directory was deleted makes it again" {
	held first mkdirat create -b "$B" c
	brig delete --force c
	[ ! -e "$ROOT/c" ]
	go_on first 0
	status_is c created
	brig delete c
	nothing_left
}
@test "a create that fails takes back no directory of another create's, not even an empty one" {
	other_bundle
	held first mkdirat create -b "$B" c
	brig delete --force c
	held second flock create -b "$T/other" c
	go_on first 1
	go_on second 0
	untouched
}
@test "a create does not take the directory that a delete is about to remove" {
	held first mkdirat create -b "$B" c
	held second flock delete --force c
	go_on first 1
	go_on second 0
	nothing_left
}
@test "run deletes its own container at its end, not another one that got the id meanwhile" {
	local run
	program sleep 1000000
	"$BRIG" --root "$ROOT" run -b "$B" c </dev/null >/dev/null 2>&1 3>&- &
	run=$!
	wait_until status_is c running
	kill -STOP "$run"
	brig delete --force c
	other_bundle
	brig create -b "$T/other" c </dev/null >/dev/null 2>&1
	kill -CONT "$run"
	rc=0; wait "$run" || rc=$?
	[ "$rc" = 137 ] || fail "run ended with $rc"
	untouched
}

# creating VERB: create or run, hanging in a hook; its status in $T/creator.rc
creating() {
	conf '.hooks.createRuntime=[{path:"/bin/sh", args:["sh", "-c", "touch \($T)/hooked; exec sleep 1000000"], env:["PATH=\(env.PATH)", "BRIG_TEST=\($T)/"]}]'
	( rc=0; "$BRIG" --root "$ROOT" "$1" -b "$B" c </dev/null >/dev/null 2>&1 || rc=$?; echo "$rc" >"$T/creator.rc" ) 3>&- &
	wait_until test -e "$T/hooked"
}
creator_failed() { wait_until test -s "$T/creator.rc" && [ "$(<"$T/creator.rc")" != 0 ] && wait_until none_of_ours || fail "the creation has not ended"; }

@test "a container that is being created: state and list say so, the other verbs refuse it and do not wait" {
	local verb text
	creating create
	status_is c creating
	[ "$(brig list -f json | jq -r '.[0] | "\(.id) \(.status)"')" = 'c creating' ]
	while IFS=: read -r verb text; do
		# shellcheck disable=SC2086
		capture brig --log "$T/log" $verb
		[ "$rc" != 0 ] && [ "$rc" != 137 ] && [[ $err == *"$text"* ]] || fail "$verb was not refused" || return 1
	done <<-END
		start c:cannot start a container in the creating state
		exec c /guest:cannot exec in a container that is being created
		kill c KILL:container not running
		delete c:cannot delete container c that is not stopped: creating
		pause c:container not running
		resume c:container not paused
		ps c:container not running
		update --pids-limit 10 c:container not running
		events --stats c:container with id c is not running
		checkpoint --image-path $T/images c:Container cannot be checkpointed in creating state
		create -b $B c:container with given ID already exists
		run -b $B c:container with given ID already exists
	END
	[ ! -e "$T/creator.rc" ] || fail "the creation has ended"
	brig delete --force c
	nothing_left
	creator_failed
}
@test "delete --force ends a creation that hangs in a hook, of create and of run" {
	for verb in create run; do
		rm -f "$T/creator.rc" "$T/hooked"
		creating "$verb"
		brig delete --force c
		nothing_left
		creator_failed
	done
}
@test "delete --force ends a creation that stands still before init is born" {
	held first mknodat create -b "$B" c
	brig delete --force c
	nothing_left
	wait_until test -e "$T/first.rc"
	[ "$(<"$T/first.rc")" != 0 ]
}
creator_has_two_children() { creator=$(pgrep -P "$tracer") && [ "$(pgrep -c -P "$creator")" = 2 ]; }
@test "a create that was killed while it mapped ids leaves no process, and no lock" {
	conf '.mounts+=[{destination:"/mnt", type:"none", source:$T, options:["bind"], uidMappings:[{containerID:0,hostID:1000,size:1}], gidMappings:[{containerID:0,hostID:1000,size:1}]}]'
	can_trace || skip "strace cannot trace here"
	strace -qq -o "$T/trace" -e trace=clone3 -e inject=clone3:delay_exit=600000000:when=2 "$BRIG" --root "$ROOT" create -b "$B" c </dev/null >/dev/null 2>&1 3>&- &
	tracer=$!
	wait_until creator_has_two_children	# init, and who holds the mapping
	kill -KILL "$creator" "$tracer"
	wait_until none_of_ours
	brig delete --force c
	nothing_left
}
@test "a signal while the device program is loaded does not hurt" {
	for error in EAGAIN EINTR; do
		can_trace || skip "strace cannot trace here"
		capture strace -qq -o "$T/trace" -e trace=bpf -e inject=bpf:error=$error:when=1 "$BRIG" --root "$ROOT" create -b "$B" c
		grep -q BPF_PROG_LOAD.*INJECTED "$T/trace" || fail "nothing was loaded"
		[ "$rc" = 0 ] || fail "it did not try again"
		brig delete c
	done
	nothing_left
}
@test "a child that dies, or cannot execute the sealed program, while it has the memory of its creator, takes nothing along" {
	local -A rest=([create]="-b $B c" [run]="-b $B c" [exec]="c true")
	can_trace || skip "strace cannot trace here"
	program sleep 1000000
	for verb in create run exec; do
		for what in error=ENOMEM signal=SIGKILL; do
			[ "$verb" != exec ] || brig run -d -b "$B" c </dev/null >/dev/null 2>&1
			# shellcheck disable=SC2086
			capture strace -qq -f -o "$T/trace" -e trace=execveat -e inject=execveat:$what:when=1 "$BRIG" --root "$ROOT" "$verb" ${rest[$verb]}
			grep -q INJECTED "$T/trace" || [ "$what" != error=ENOMEM ] || fail "$verb: nothing was executed"
			[ "$rc" != 0 ] && [ "$rc" != 137 ] || fail "$verb, $what: status $rc"
			[ "$what" != error=ENOMEM ] || grep -q "cannot allocate memory" <<<"$err" || fail "$verb does not say why: $err"
			[ "$verb" != exec ] || brig delete --force c
			nothing_left
		done
	done
}
@test "where the kernel refuses a child that shares memory, it gets a copy" {
	can_trace || skip "strace cannot trace here"
	capture strace -qq -o "$T/trace" -e trace=clone3 -e inject=clone3:error=EINVAL:when=1 "$BRIG" --root "$ROOT" create -b "$B" c
	[ "$rc" = 0 ] || fail "it did not try again"
	grep -q INJECTED "$T/trace" && [ "$(grep -c ^clone3 "$T/trace")" = 2 ]
	brig delete c
	nothing_left
}
@test "the parent of the cgroup goes with another container while create comes to it: it is made again, and goes with ours" {
	mkdir "$CGROOT$CG"	# there when the journal is written
	held first renameat create -b "$B" c
	rmdir "$CGROOT$CG"
	go_on first 0
	grep -qx "$(pid_of c)" "$CGROOT$CG/c/cgroup.procs"
	brig delete c
	[ ! -e "$CGROOT$CG" ] || fail "the parent is left"
}
@test "the parent of the cgroup goes with another container just after create has made it: it is made again" {
	held first mkdirat:2 create -b "$B" c
	rmdir "$CGROOT$CG"
	go_on first 0
	brig delete c
	[ ! -e "$CGROOT$CG" ] || fail "the parent is left"
}
@test "kill of a paused container that is deleted at that moment" {
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	brig pause c
	held first openat2 kill c KILL
	brig delete --force c
	go_on first 1
	[[ $err == *'container not running'* ]] || fail "it was another reason"
	nothing_left
}
