#!/usr/bin/env bats
# Everything at once: parallel verbs on the same ids, races, signals at any moment. Nothing hangs, nothing is left, no other container is touched.
# HOSTILE_OPS: number of operations (default 1000; the tests of one race take a part of it); HOSTILE_SEED: for $RANDOM, to repeat a run
load helpers

OPS=${HOSTILE_OPS:-1000} DISTURBED=
# The texts by which a verb may lose a race; any other is a bug.
EXPECTED='container does not exist|container with given ID already exists|container not running|container not paused|cannot (start|exec in|delete) .*|.*is being (created|deleted|changed).*|.*cgroup is not empty.*|.*container was deleted.*|container init.*|init ended.*|(init|join) died in step.*|.*unexpectedly frozen'

bundles() { # one bundle and cgroup for each id, one root file system
	local i
	conf '.process.noNewPrivileges=true|seccomp("ALLOW"; [])' && program sleep 1000000
	for i in stay n1 n2 n3; do
		mkdir -p "$T/b/$i"
		jq --arg r "$R" --arg p "$CG/$i" '.root.path=$r|.linux.cgroupsPath=$p|.process.env+=["WHO=\($p)"]' "$B/config.json" >"$T/b/$i/config.json"
	done
}
# What a verb does all the time; each may be where another one comes in between.
CALLS=(mkdirat flock openat openat2 renameat mknodat unlinkat clone3 write read bpf ppoll sendmsg recvmsg execveat close wait4 pidfd_open fstat newfstatat move_mount)
# disturb: $how, and the words ${pre[@]} before a command by which it is slowed, or killed, at a random call
disturb() {
	local call=${CALLS[RANDOM % ${#CALLS[@]}]} nth=$((RANDOM % 12 + 1)) follow=''
	[ $((RANDOM % 2)) = 0 ] || follow=-Df	# with the children; and brig is ours, not strace's, which stays with the container
	case $((RANDOM % 3)) in
	0) how=plain pre=() ;;
	1) how=slow pre=(strace -qq $follow -o /dev/null -e trace="$call" -e inject="$call:delay_exit=$((RANDOM * 16)):when=$nth") ;;
	2) how=killed pre=(strace -qq -o /dev/null -e trace="$call" -e inject="$call:signal=SIGKILL:when=$nth") ;;
	esac
}
# one WORKER: a random verb on a random id; failures other than the expected texts go to $T/bad
one() {
	local id=n$((RANDOM % 3 + 1)) rc=0 err=$T/err.$1 text how=plain since=$SECONDS
	local -a verb pre=()
	[ -z "$DISTURBED" ] || disturb
	case $((RANDOM % 12)) in
	0 | 1) verb=(create -b "$T/b/$id" "$id") ;;
	2) verb=(run --detach -b "$T/b/$id" "$id") ;;
	3 | 4) verb=(start "$id") ;;
	5 | 6) verb=(exec "$id" /guest exit 0) ;;
	7) verb=(kill "$id" KILL) ;;
	8) verb=(delete "$id") ;;
	9) verb=(delete --force "$id") ;;
	10) if ((RANDOM % 2)); then verb=(pause "$id"); else verb=(resume "$id"); fi ;;
	11) verb=(state "$id") ;;
	esac
	timeout -s KILL 60 "${pre[@]}" "$BRIG" --log "$T/log.$1" --root "$ROOT" "${verb[@]}" </dev/null >/dev/null 2>"$err" || rc=$?
	if ((SECONDS - since >= 20)); then echo "it hung ($how): ${verb[*]}" >>"$T/bad"; return; fi
	if [ "$how" = killed ] || [[ $(<"$err") == *"strace: "* ]]; then return; fi
	[ "$rc" = 0 ] && { echo ok >>"$T/good.$1"; return; }
	text=$(sed -E 's/^(brig (create|run)|exec) failed: (unable to start container process: )?(error during container init: )?//' "$err")
	case $rc:${verb[0]} in 137:exec | 137:create | 137:run) return ;; esac	# the process was killed with its container, and a creation with delete --force
	if ((rc >= 125 && rc != 255)) || ! grep -Exq "$EXPECTED" <<<"$text"; then echo "$rc: ${verb[*]}: $text" >>"$T/bad"; fi
}
worker() {
	local i
	RANDOM=$((${HOSTILE_SEED:-$$} + $1))
	for ((i = 0; i < (OPS + 5) / 6; i++)); do one "$1"; done 2>/dev/null	# (bash says of each that it was killed)
}

# overlapping: six workers; in the end another container is as it was, and nothing of theirs is left
overlapping() {
	local w pid
	bundles
	brig run --detach -b "$T/b/stay" stay </dev/null >/dev/null 2>&1
	pid=$(pid_of stay)
	for w in 1 2 3 4 5 6; do worker "$w" & done
	wait
	cat "$T"/good.* | wc -l
	if [ -e "$T/bad" ]; then sort "$T/bad" | uniq -c; return 1; fi
	[ "$(cat "$T"/good.* | wc -l)" -gt $((OPS / 10)) ]
	status_is stay running
	[ "$(pid_of stay)" = "$pid" ]
	for w in n1 n2 n3; do brig delete --force "$w"; [ ! -e "$CGROOT$CG/$w" ] || { echo "the cgroup of $w is left"; return 1; }; done
	[ "$(brig list -q)" = stay ]
	[ -z "$(find "$ROOT" -mindepth 1 -maxdepth 1 ! -name stay)" ]
	brig delete --force stay
	wait_until none_of_ours
}
@test "parallel verbs on overlapping ids" { overlapping; }
@test "parallel verbs on overlapping ids, slowed or killed at random calls" {
	strace -qq -o /dev/null -e trace=getuid -e inject=getuid:error=EPERM true 2>/dev/null || skip "strace cannot trace here"
	DISTURBED=yes OPS=$((OPS / 3))
	overlapping
}
@test "exec and delete --force at the same time" {
	local i j rc
	bundles
	for ((i = 0; i < OPS / 50; i++)); do
		brig run --detach -b "$T/b/n1" n1 </dev/null >/dev/null 2>&1
		for j in 1 2 3; do
			(rc=0; brig --log "$T/log" exec n1 /guest sleep 1000000 </dev/null >/dev/null 2>"$T/e$j" || rc=$?; echo "$rc" >"$T/rc$j") &
		done
		[ $((i % 3)) = 0 ] || sleep "0.0$((RANDOM % 3))"
		brig delete --force n1
		wait
		for j in 1 2 3; do
			rc=$(<"$T/rc$j")
			[ "$rc" = 137 ] || [ "$rc" = 255 ] || { echo "exec ended with $rc:"; cat "$T/e$j"; return 1; }
		done
		[ ! -e "$CGROOT$CG/n1" ] && [ ! -e "$ROOT/n1" ]
		wait_until none_of_ours
	done
}
@test "start and kill at the same time" {
	local i rc s
	bundles
	for ((i = 0; i < OPS / 50; i++)); do
		brig create -b "$T/b/n1" n1 </dev/null >/dev/null 2>&1
		(rc=0; brig --log "$T/log" start n1 >/dev/null 2>"$T/e" || rc=$?; echo "$rc" >"$T/rc") &
		s=$!
		brig --log "$T/log" kill n1 KILL >/dev/null 2>"$T/k" || grep -q 'container not running' "$T/k"
		wait "$s"
		[ "$(<"$T/rc")" != 137 ] || { echo "start hung"; return 1; }
		wait_until status_is n1 stopped
		brig delete n1
		[ ! -e "$CGROOT$CG/n1" ]
	done
}
@test "start of a container that is killed before it comes to its program says that it has stopped" {
	local pid s
	bundles
	# Nobody collects it: what /proc says of a process that has ended is to be had for as long as start looks.
	python3 -c 'import ctypes, subprocess, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); subprocess.run(sys.argv[1:]); sys.stdin.read()' \
		"$BRIG" --root "$ROOT" create -b "$T/b/n1" n1 < <(wait_until test -e "$T/done") >/dev/null 2>&1 3>&- &
	wait_until status_is n1 created
	pid=$(pid_of n1)
	kill -STOP "$pid"
	(rc=0; brig --log "$T/log" start n1 >/dev/null 2>"$T/e" || rc=$?; echo "$rc" >"$T/rc") &
	s=$!
	wait_until test ! -e "$ROOT/n1/start.in"
	kill -KILL "$pid"
	wait "$s"
	touch "$T/done"
	wait
	[ "$(<"$T/rc")" = 1 ] && grep -q 'cannot start a container that has stopped' "$T/e" || { cat "$T/rc" "$T/e"; return 1; }
	brig delete n1
}
@test "start twice at the same time: one wins" {
	local i n
	bundles
	for ((i = 0; i < OPS / 80; i++)); do
		brig create -b "$T/b/n1" n1 </dev/null >/dev/null 2>&1
		rm -f "$T"/won.*
		for n in 1 2 3; do (brig start n1 >/dev/null 2>&1 && touch "$T/won.$n") & done
		wait || true
		[ "$(find "$T" -maxdepth 1 -name 'won.*' | wc -l)" = 1 ] || { echo "not exactly one start"; return 1; }
		brig delete --force n1
	done
}
@test "create of the same id at the same time: one wins, the others leave nothing" {
	local i n
	bundles
	for ((i = 0; i < OPS / 80; i++)); do
		rm -f "$T"/won.*
		for n in 1 2 3; do (brig create -b "$T/b/n1" n1 </dev/null >/dev/null 2>&1 && touch "$T/won.$n") & done
		wait || true
		[ "$(find "$T" -maxdepth 1 -name 'won.*' | wc -l)" = 1 ] || { echo "not exactly one create"; return 1; }
		status_is n1 created
		brig delete n1
	done
}
# signalled SIGNAL: run gets it at a random moment, and whatever that was, it ends and leaves nothing
signalled() {
	local i j p rc
	bundles
	jq '.process.args=["/guest","sleep","1000000"]' "$T/b/n1/config.json" >"$T/n" && mv "$T/n" "$T/b/n1/config.json"
	for ((i = 0; i < OPS / 40; i++)); do
		timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$T/b/n1" n1 </dev/null >"$T/o" 2>&1 &
		p=$!
		sleep "0.0$(printf %02d $((RANDOM % 40)))"
		pkill -"$1" -P "$p" || true	# pid 1 of a namespace hears only what it handles
		for ((j = 0; j < 200; j++)); do	# it may not have come so far yet
			sleep 0.05
			kill -0 "$p" 2>/dev/null || break
			timeout -s KILL 60 "$BRIG" --root "$ROOT" kill n1 KILL >/dev/null 2>&1 || true
		done
		[ "$j" -lt 200 ] || { echo "run hung"; return 1; }
		rc=0; wait "$p" || rc=$?
		if [ -e "$ROOT/n1" ] || [ -e "$CGROOT$CG/n1" ]; then
			echo "round $i, status $rc: something is left"; ls -R "$ROOT"; cat "$T/o"; return 1
		fi
	done
}
@test "SIGTERM to run at any moment" { signalled TERM; }
@test "SIGINT to run at any moment" { signalled INT; }
@test "SIGHUP to run at any moment" { signalled HUP; }
@test "SIGTERM to exec at any moment: no process of it is left" {
	local i p
	bundles
	brig run --detach -b "$T/b/n1" n1 </dev/null >/dev/null 2>&1
	for ((i = 0; i < OPS / 50; i++)); do
		timeout -s KILL 60 "$BRIG" --root "$ROOT" exec n1 /guest sleep 1000000 </dev/null >"$T/o" 2>&1 &
		p=$!
		sleep "0.0$(printf %02d $((RANDOM % 40)))"
		until pkill -TERM -P "$p" || ! kill -0 "$p" 2>/dev/null; do sleep 0.01; done	# timeout may not have made it yet
		wait_until bash -c "! kill -0 $p 2>/dev/null" || { echo "exec hung"; return 1; }
		wait "$p" || true
		wait_until bash -c "[ \$(wc -l <$CGROOT$CG/n1/cgroup.procs) = 1 ]"
	done
	status_is n1 running
}
@test "SIGKILL of create at any moment: delete takes everything back" {
	local i p
	bundles
	for ((i = 0; i < OPS / 40; i++)); do
		"$BRIG" --root "$ROOT" create -b "$T/b/n1" n1 </dev/null >"$T/o" 2>&1 &
		p=$!
		sleep "0.0$(printf %02d $((RANDOM % 30)))"
		kill -KILL "$p" 2>/dev/null || true
		wait "$p" 2>/dev/null || true
		timeout -s KILL 60 "$BRIG" --log "$T/log" --root "$ROOT" delete --force n1 >"$T/d" 2>&1 || { echo "round $i:"; cat "$T/d"; return 1; }
		if [ -e "$ROOT/n1" ] || [ -e "$CGROOT$CG/n1" ]; then echo "round $i: something is left"; return 1; fi
	done
	wait_until none_of_ours
}
