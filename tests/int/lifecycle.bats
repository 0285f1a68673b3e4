#!/usr/bin/env bats
# What the verbs do: status, streams, state, list, kill, delete
load helpers

# created ID [WORDS]: a created container whose streams go to files
created() {
	local id=$1
	shift
	[ $# = 0 ] || program "$@"
	brig create -b "$B" "$id" </dev/null >"$T/out.$id" 2>"$T/err.$id"
}
says() { grep -Fxq -- "$2" "$T/out.$1"; }

@test "run: the exit status is the program's" { try '' 'exit 7'; [ "$rc" = 7 ]; try '' 'exit 0'; [ "$rc" = 0 ]; try '' 'exit 255'; [ "$rc" = 255 ]; }
@test "run: killed by 9 is 137" {
	program sleep 10000
	brig run -b "$B" c </dev/null >/dev/null 2>&1 &
	wait_until status_is c running
	brig kill c KILL
	rc=0; wait $! || rc=$?
	[ "$rc" = 137 ]
}
@test "run: ends by a signal of its own" { try 'nons("pid")' 'kill 15'; [ "$rc" = 143 ] || fail "not 143"; }
@test "run: binary data passes through untouched, 10 MB" {
	head -c 10485760 /dev/urandom >"$T/data"
	program copy
	timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c <"$T/data" >"$T/copy" 2>"$T/stderr"
	cmp "$T/data" "$T/copy"
	[ ! -s "$T/stderr" ]
}
@test "run: binary data through pipes" { program copy; [ "$(head -c 1048576 /dev/zero | brig run -b "$B" c 2>/dev/null | sha256sum)" = "$(head -c 1048576 /dev/zero | sha256sum)" ]; }
@test "run: standard error is its own stream" { try '' 'copy to-stderr'; [ "$rc" = 0 ] && [ "$err" = to-stderr ] && [ -z "$out" ]; }
@test "run: owner and mode of what is passed as a stream are untouched (W-15)" {
	echo x >"$T/in" && chmod 600 "$T/in"
	conf '.process.user={uid:1000,gid:1000}' && program copy
	brig run -b "$B" c <"$T/in" >"$T/o" 2>/dev/null
	[ "$(stat -c '%u:%g %a' "$T/in")" = '0:0 600' ]
	[ "$(stat -c '%u:%g' "$T/o")" = 0:0 ]
}
@test "run: nothing is left after success and after failure" {
	try '' 'exit 3'
	[ ! -e "$ROOT/c$BATS_TEST_NUMBER" ] && [ ! -e "$CGROOT$CG/c" ]
	conf '.process.args=["/missing"]'
	capture brig run -b "$B" c
	[ "$rc" = 1 ] && [ ! -e "$ROOT/c" ] && [ ! -e "$CGROOT$CG/c" ]
}
@test "run --keep: the container stays, stopped" {
	program exit 4
	capture brig run --keep -b "$B" c
	[ "$rc" = 4 ]
	status_is c stopped
	[ "$(pid_of c)" = 0 ]
	brig delete c
}
@test "run --detach: returns while the program runs" {
	program sleep 10000
	brig run --detach -b "$B" --pid-file "$T/pid" c </dev/null >/dev/null 2>&1
	status_is c running
	[ "$(pid_of c)" = "$(<"$T/pid")" ]
	brig delete --force c
}
@test "run: processes left behind end with the container" {
	conf 'nons("pid")' && program fork 100000 , exit 0
	capture brig run -b "$B" c
	[ "$rc" = 0 ] || fail "it did not end well"
	[ ! -e "$CGROOT$CG/c" ]
}
@test "run: signals are forwarded to the program" {
	local p sig
	program trap-signals
	"$BRIG" --root "$ROOT" run -b "$B" c </dev/null >"$T/o" 2>&1 &
	p=$!
	wait_until grep -q ready "$T/o"
	for sig in TERM HUP USR1 INT; do
		kill -s "$sig" "$p"
		wait_until grep -q "signal=$(kill -l "$sig")\$" "$T/o"
	done
	kill -s USR2 "$p"
	rc=0; wait "$p" || rc=$?
	[ "$rc" = 0 ]
}

@test "create, start, delete: created, running, stopped, gone" {
	created c say before , sleep 10000
	status_is c created
	! says c before
	brig start c
	wait_until says c before
	status_is c running
	brig kill c KILL
	wait_until status_is c stopped
	brig delete c
	capture brig state c
	[ "$rc" = 1 ] && [[ $err == *"does not exist"* ]]
}
@test "create: pid file without newline, pid is the host's" {
	created c sleep 10000
	brig create -b "$B" --pid-file "$T/none" c </dev/null >/dev/null 2>&1 && return 1
	[ ! -e "$T/none" ]
	brig delete c
	conf '' && program sleep 100000
	brig create -b "$B" --pid-file "$T/pid" d </dev/null >/dev/null 2>&1
	[ "$(wc -l <"$T/pid")" = 0 ]
	[ "$(readlink "/proc/$(<"$T/pid")/ns/pid")" != "$(readlink /proc/self/ns/pid)" ]
}
@test "create: a used id is refused, and the first container is untouched" {
	created c sleep 10000
	capture brig create -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"container with given ID already exists"* ]] || fail "not refused"
	status_is c created
}
@test "create: config.json is read once: later changes mean nothing" {
	created c say first
	conf '' && program say second
	brig start c
	wait_until says c first
	! says c second
}
@test "create: without a process is refused" { conf 'del(.process)'; refused 'process property must not be empty'; }
@test "create: a missing program is told by create" { conf '.process.args=["missing"]'; refused 'executable file not found in $PATH'; conf '.process.args=["/missing"]'; refused 'no such file or directory'; }
@test "create: a program that may not be executed" { conf '.process.args=["/etc/passwd"]'; refused 'permission denied'; conf '.process.args=["/etc"]'; refused 'directory'; }
@test "start: only from created" {
	created c sleep 10000
	brig start c
	capture brig start c
	[ "$rc" = 1 ] && [[ $err == *"cannot start an already running container"* ]] || fail "started twice"
	status_is c running
	brig kill c 9
	wait_until status_is c stopped
	capture brig start c
	[ "$rc" = 1 ] && [[ $err == *"cannot start a container that has stopped"* ]] || fail "a stopped one was started"
}
@test "start, kill, state, delete: an unknown id is an error" {
	local verb
	for verb in start kill state delete; do
		capture brig "$verb" nobody
		[ "$rc" = 1 ] && [[ $err == *"does not exist"* ]] || fail "$verb" || return 1
	done
}
@test "delete: refuses a running one, --force kills it, --force of an unknown one is fine" {
	created c sleep 10000
	brig start c
	capture brig delete c
	[ "$rc" = 1 ] && [[ $err == *"cannot delete container c that is not stopped: running"* ]] || fail "deleted"
	status_is c running
	capture brig delete --force c
	[ "$rc" = 0 ] && [ -z "$err" ]
	capture brig delete -f c
	[ "$rc" = 0 ] && [ -z "$err" ]
	capture brig delete c
	[ "$rc" = 1 ]
}
@test "delete: one that was created only is killed" { created c sleep 10000; local p; p=$(pid_of c); brig delete c; wait_until bash -c "! grep -q '^State:.[^Z]' /proc/$p/status 2>/dev/null"; }
@test "kill: names and numbers" {
	local word
	created c trap-signals
	brig start c
	wait_until says c ready
	for word in HUP SIGHUP sighup hup 1; do
		: >"$T/out.c"
		brig kill c "$word"
		wait_until grep -aq 'signal=1$' "$T/out.c"
	done
	brig kill c
	wait_until grep -aq 'signal=15$' "$T/out.c"
	brig kill c RTMIN+1
	wait_until grep -aq 'signal=35$' "$T/out.c"
}
@test "kill: an unknown signal is an error" { created c sleep 100000; capture brig kill c FROB; [ "$rc" = 1 ] && [[ $err == *'unknown signal "FROB"'* || $err == *'unknown signal \"FROB\"'* ]]; capture brig kill c 99; [ "$rc" = 1 ]; }
@test "kill: a stopped one is an error, with --all it is not" {
	created c exit 0
	brig start c
	wait_until status_is c stopped
	capture brig kill c
	[ "$rc" = 1 ] && [[ $err == *"container not running"* ]] || fail "no error"
	capture brig kill --all c 9
	[ "$rc" = 0 ]
}
@test "kill: a created one can be killed" { created c sleep 100000; brig kill c KILL; wait_until status_is c stopped; }
@test "kill: KILL without a pid namespace reaches all processes" {
	conf 'nons("pid")' && created c fork 100000 , sleep 100000
	brig start c
	wait_until test "$(wc -l <"$CGROOT$CG/c/cgroup.procs")" = 2 || wait_until bash -c "[ \$(wc -l <$CGROOT$CG/c/cgroup.procs) = 2 ]"
	brig kill c KILL
	wait_until bash -c "! grep -q . $CGROOT$CG/c/cgroup.procs"
}
@test "kill: KILL thaws a frozen container, whose status is paused" {
	created c sleep 100000
	brig start c
	echo 1 >"$CGROOT$CG/c/cgroup.freeze"
	wait_until status_is c paused
	brig kill c KILL
	wait_until status_is c stopped
}
@test "delete --force ends a frozen container" { created c sleep 100000; brig start c; echo 1 >"$CGROOT$CG/c/cgroup.freeze"; wait_until status_is c paused; brig delete --force c; }

@test "state: the keys, the indent, no final newline" {
	conf '.annotations={"org.example.a":"1","empty":""}' && created c sleep 10000
	brig state c >"$T/json"
	[ "$(jq -cr 'keys_unsorted' "$T/json")" = '["ociVersion","id","pid","status","bundle","rootfs","created","annotations","owner"]' ]
	[ "$(tail -c 1 "$T/json")" = '}' ] && [ "$(wc -l <"$T/json")" = "$(($(jq . "$T/json" | wc -l) - 1))" ]
	[ "$(jq --indent 2 . "$T/json")" = "$(<"$T/json")" ]
	[ "$(jq -r '[.id,.status,.bundle,.rootfs,.owner]|join(" ")' "$T/json")" = "c created $B $R " ]
	[[ $(jq -r .created "$T/json") =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z$ ]]
	[ "$(jq -c .annotations "$T/json")" = '{"org.example.a":"1","empty":""}' ]
	[ -d "/proc/$(jq .pid "$T/json")" ]
}
@test "state: annotations are left out when there are none" { created c sleep 100000; [ "$(brig state c | jq 'has("annotations")')" = false ]; }
@test "list: null for none, an array otherwise" {
	mkdir -p "$ROOT"
	[ "$(brig list -f json)" = null ]
	[ "$(brig list | wc -l)" = 1 ]
	[ -z "$(brig list -q)" ]
	created b sleep 100000
	conf '.linux.cgroupsPath="\($CG)/d"' && created a sleep 100000
	[ "$(brig list -q)" = $'a\nb' ]
	brig list --format=json >"$T/json"
	[ "$(wc -l <"$T/json")" = 1 ]
	[ "$(jq -cr 'map([.id,.status,.owner]|join(":"))' "$T/json")" = '["a:created:root","b:created:root"]' ]
	[[ $(brig list | head -1) =~ ^ID\ +PID\ +STATUS\ +BUNDLE\ +CREATED\ +OWNER$ ]]
	[[ $(brig list | sed -n 2p) =~ ^a\ +[0-9]+\ +created\ +$B\ + ]]
}
@test "list: a broken entry does not hide the others" {
	created a sleep 100000
	mkdir "$ROOT/broken" && echo '{' >"$ROOT/broken/state.json"
	capture brig list -q
	rm -r "$ROOT/broken"
	[ "$rc" = 0 ] && [ "$out" = a ] && [[ $err == *broken* ]] || fail "list"
}
@test "list: a missing explicit root is an error" { capture "$BRIG" --root "$T/missing" list; [ "$rc" = 1 ]; }
@test "list: an unknown format is an error" { capture brig list -f yaml; [ "$rc" = 1 ] && [[ $err == *"invalid format option"* ]]; }

@test "--preserve-fds: passes exactly those on" {
	program report fds
	echo five >"$T/five"
	capture bash -c 'exec 3</dev/null 4</dev/zero 5<"$1" 6</dev/full; shift; exec "$@"' bash "$T/five" timeout -s KILL 60 "$BRIG" --root "$ROOT" run --preserve-fds 3 -b "$B" c
	lines fd.3=/dev/null fd.4=/dev/zero "~^fd.5=.*five" '!~^fd\.([6-9]|..+)='
}
@test "--preserve-fds: one that is missing is refused (W-5)" { capture bash -c 'exec 3</dev/null 4<&- 5<&-; exec "$@"' bash "$BRIG" --root "$ROOT" run --preserve-fds 2 -b "$B" c; [ "$rc" = 1 ] && [[ $err == *"unable to stat preserved-fd"* ]]; }
@test "LISTEN_FDS: passed on with LISTEN_PID 1" {
	program report fds place
	capture timeout -s KILL 60 bash -c 'exec 3</dev/zero 4</dev/full; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' bash "$BRIG" --root "$ROOT" run -b "$B" c
	lines fd.3=/dev/zero '!~^fd\.([4-9]|..+)=' env.LISTEN_FDS=1 env.LISTEN_PID=1
	capture timeout -s KILL 60 bash -c 'exec 3</dev/zero 4</dev/full; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' bash "$BRIG" --root "$ROOT" run --preserve-fds 1 -b "$B" c
	lines fd.3=/dev/zero fd.4=/dev/full '!~^fd\.([5-9]|..+)='
}
@test "LISTEN_FDS: of another process, or of nobody, are not passed on" {
	local pid
	program report fds place
	for pid in 1 '' x; do
		capture timeout -s KILL 60 bash -c 'exec 3</dev/zero; export LISTEN_FDS=1 LISTEN_PID=$1; shift; exec "$@"' bash "$pid" "$BRIG" --root "$ROOT" run -b "$B" c
		[ "$rc" = 0 ] || fail "refused" || return 1
		lines '!~^fd\.([3-9]|..+)=' '!~^env.LISTEN' || return 1
	done
}
@test "descriptors of the caller are not passed on" {
	program report fds
	capture bash -c 'exec 3</ 9</etc/passwd 77</; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c
	lines '!~^fd\.([3-9]|..+)='
}
@test "twenty containers at once" {
	local i
	for i in {1..20}; do
		mkdir -p "$T/b$i" && ln -s "$R" "$T/b$i/link"
		jq --arg r "$R" --arg p "$CG/n$i" '.root.path=$r|.linux.cgroupsPath=$p|.process.args=["/guest","exit","'"$i"'"]' "$B/config.json" >"$T/b$i/config.json"
		(brig run -b "$T/b$i" "n$i" </dev/null >"$T/o$i" 2>&1 || echo $? >"$T/rc$i") &
	done
	wait
	for i in {1..20}; do [ "$(<"$T/rc$i")" = "$i" ] || { cat "$T/o$i"; return 1; }; done
}
@test "run: closed standard streams are nobody's: nothing of ours takes their place" {
	program report fds , exit 5
	rc=0; timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c <&- >&- 2>&- || rc=$?
	[ "$rc" = 5 ]
	program exit 6
	conf '.process.args=["/missing"]'
	rc=0; timeout -s KILL 60 "$BRIG" --root "$ROOT" --log "$T/log" run -b "$B" c <&- >&- 2>&- || rc=$?
	[ "$rc" = 1 ] && grep -q 'exec: ' "$T/log"
}
@test "run: the caller's umask does not reach what is made in the container" {
	conf '.process.cwd="/made/deep" | addmount("/mnt/new"; "tmpfs"; "tmpfs"; []) | .process.args=["/guest","exit","0"]'
	(umask 077; brig run -b "$B" c </dev/null)
	[ "$(stat -c %a "$R/made")" = 755 ] && [ "$(stat -c %a "$R/made/deep")" = 755 ] && [ "$(stat -c %a "$R/mnt/new")" = 755 ]
}
