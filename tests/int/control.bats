#!/usr/bin/env bats
# What is done to a container that is there: ps, pause, resume, update, events; and who is told of its seccomp listener and pidfd
load helpers

PY=/usr/bin/python3
[ -x $PY ] || PY=python3
running() { # FILTER WORDS...
	conf "$1" || return 1
	shift
	program "$@"
	brig run --detach -b "$B" c </dev/null >"$T/out.c" 2>"$T/err.c" || { cat "$T/err.c"; return 1; }
}
stays() { running "${1:-.}" sleep 1000000; }
v() { capture brig --log "$T/log" "$@"; }	# the plain message on standard error
ok() { [ "$rc" = 0 ] && [ -z "$err" ] || fail "it did not end well"; }
not() {
	local text
	[ "$rc" = 1 ] && [ -z "$out" ] && [ "$(wc -l <"$T/stderr")" = 1 ] || fail "it did not fail with 1 and one line" || return 1
	for text in "$@"; do [[ $err == *"$text"* ]] || fail "the message does not say: $text" || return 1; done
}
stopped() { conf '' && program exit 0; brig create -b "$B" s </dev/null >/dev/null 2>&1; brig start s; wait_until status_is s stopped; }
agent() { $PY "$BATS_TEST_DIRNAME/agent.py" "$@" </dev/null >"$T/received" 2>&1 & AGENT=$!; wait_until test -S "$2"; }

@test "ps: a table with the processes of the container and no other" {
	stays
	brig exec --detach c /guest sleep 1000001
	v ps c
	ok
	[[ $(head -1 <<<"$out") =~ ^UID\ +PID\ +PPID.*CMD$ ]]
	[ "$(wc -l <<<"$out")" = 3 ] && lines '~ /guest sleep 1000000$' '~ /guest sleep 1000001$'
}
@test "ps: the options after the id are those of ps" { stays; v ps c -o pid,comm; ok; [ "$(wc -l <<<"$out")" = 2 ] && lines "~^ *$(pid_of c) guest$"; v ps c -ef; ok; lines '~sleep 1000000'; }
@test "ps: without a column PID it says so" { stays; v ps c -o comm; [ "$rc" = 1 ] && [[ $err == *PID* ]]; }
@test "ps: JSON is an array of pids, those of the cgroup" {
	stays
	brig exec --detach c /guest sleep 1000001
	v ps --format json c
	ok
	[ "$(jq -c sort <<<"$out")" = "$(jq -sc sort "$CGROOT$CG/c/cgroup.procs")" ] && [ "$(jq length <<<"$out")" = 2 ]
	v ps -f json c; ok
}
@test "ps: also what is in a cgroup below" { stays; mkdir "$CGROOT$CG/c/sub"; brig exec --cgroup sub --detach c /guest sleep 1000001; v ps -f json c; [ "$(jq length <<<"$out")" = 2 ]; }
@test "ps: an unknown format, an unknown container, a stopped one" { stays; v ps -f xml c; not 'invalid format option'; v ps nobody; not 'container does not exist'; brig delete --force c; stopped; v ps -f json s; ok; [ "$out" = '[]' ] || [ "$out" = null ]; }
@test "ps: of a created one" { conf '' && program sleep 100000; brig create -b "$B" c </dev/null >/dev/null 2>&1; v ps -f json c; ok; [ "$out" = "[$(pid_of c)]" ]; }

@test "pause and resume: status, and nothing runs in between" {
	running '' trap-signals
	wait_until grep -q ready "$T/out.c"
	v pause c; ok; [ -z "$out" ]
	status_is c paused
	v kill c HUP; ok
	sleep 0.2
	! grep -q signal= "$T/out.c"
	v resume c; ok
	status_is c running
	wait_until grep -q signal=1 "$T/out.c"
}
@test "pause: a created one, which is created again after resume" { conf '' && program sleep 100000; brig create -b "$B" c </dev/null >/dev/null 2>&1; v pause c; ok; status_is c paused; v start c; not 'cannot start a container in the paused state'; v resume c; ok; status_is c created; v start c; ok; }
@test "pause: stopped, paused, unknown" { stopped; v pause s; not 'container not running'; v resume s; not 'container not paused'; brig delete s; stays; brig pause c; v pause c; not 'container not running'; v pause nobody; not 'container does not exist'; v resume nobody; not 'container does not exist'; }
@test "resume: one that is not paused" { stays; v resume c; not 'container not paused'; status_is c running; }
@test "delete: a paused one is refused, with --force it goes" { stays; brig pause c; v delete c; not 'cannot delete container c that is not stopped: paused'; v delete --force c; ok; }
@test "kill: KILL of a paused one ends it, TERM waits for resume" { stays; brig pause c; v kill c KILL; ok; wait_until status_is c stopped; brig delete c; running '' trap-signals; wait_until grep -q ready "$T/out.c"; brig pause c; brig kill c USR2; sleep 0.1; status_is c paused; brig resume c; wait_until status_is c stopped; }
@test "pause: the foreground run waits" { conf '' && program sleep 3000 , exit 5; "$BRIG" --root "$ROOT" run -b "$B" c </dev/null >/dev/null 2>&1 & wait_until status_is c running; brig pause c; sleep 1; status_is c paused; brig resume c; rc=0; wait $! || rc=$?; [ "$rc" = 5 ]; }

# The FUSE device: everybody may open it, and it is not among those that every container has.
FUSE='caps(["CAP_MKNOD"])|.linux.resources.devices=[{allow:false,access:"rwm"},{allow:true,type:"c",major:10,minor:229,access:"rwm"}]'
DENY='{"devices":[{"allow":false,"access":"rwm"}]}' ALLOW='{"devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":229,"access":"rwm"}]}'
fuse() { v exec c /guest mknod c 10 229 "/tmp/k$1"; ok && lines "mknod./tmp/k$1=ok" "open./tmp/k$1=$2"; }
@test "update: device rules change under a running container" {
	stays "$FUSE"
	fuse 1 ok
	echo "$DENY" >"$T/r"; v update -r "$T/r" c; ok
	fuse 2 EPERM
	v exec c /guest write /tmp/k1 /dev/null; lines write./tmp/k1=EPERM write./dev/null=ok
	v update --resources - c <<<"$ALLOW"; [ "$rc" = 1 ] || fail "standard input is /dev/null in this test"
	brig update --resources=- c <<<"$ALLOW"
	fuse 3 ok
}
@test "update: device rules stay denied between two updates, and when one is refused" {
	stays "$FUSE"
	brig update -r - c <<<"$DENY"
	echo '{"devices":[{"allow":true,"access":"rwm"}],"memory":{"limit":1}}' >"$T/r"
	grep -qw memory "$CGROOT/cgroup.controllers" || { v update -r "$T/r" c; not 'not available: it is needed for'; }
	fuse 1 EPERM
}
@test "update: saved; the next one and exec start from there" {
	stays "$FUSE"
	brig update -r - c <<<"$DENY"
	[ "$(jq -c '.linux.resources.devices' "$ROOT/c/config.json")" = '[{"allow":false,"access":"rwm"}]' ]
	brig update -r - c <<<'{}'
	[ "$(jq -c '.linux.resources.devices' "$ROOT/c/config.json")" = '[{"allow":false,"access":"rwm"}]' ]
	fuse 1 EPERM
	v exec c /guest exit 3; [ "$rc" = 3 ]
}
@test "update: limits that cannot be kept are refused, and nothing has changed" {
	local option before
	grep -qw memory "$CGROOT/cgroup.controllers" && skip "this machine has the controllers"
	stays
	before=$(sha256sum <"$ROOT/c/config.json")
	for option in '--memory 512m' '--memory=1G' '--memory 100k' '--memory 1048576' '--memory-reservation 1m' '--pids-limit 10' '--cpu-share 512' '--cpu-quota 5000' '--cpuset-cpus 0' '--blkio-weight 100' '--cpu-idle 1' '--memory 1gb' '--memory 1KB'; do
		# shellcheck disable=SC2086
		v update $option c
		not 'not available: it is needed for' || return 1
	done
	[ "$(sha256sum <"$ROOT/c/config.json")" = "$before" ]
	status_is c running
}
@test "update: what is no number, no size, no list" {
	local option
	stays
	for option in '--memory 12x' '--memory k' '--memory 99999999999g' '--memory 1kk' '--pids-limit x' '--pids-limit 1k' '--cpu-quota 1.5' '--cpuset-cpus a' '--memory ' '--memory 0x10'; do
		v update "${option%% *}" "${option#* }" c
		not 'invalid value' "${option%% *}" || return 1
	done
}
@test "update: bad JSON is told with line and column, a wrong type with its place, an unknown key is ignored" {
	stays
	printf '{\n  "memory": {,}\n}\n' >"$T/r"; v update -r "$T/r" c; not 'resources:2:14'
	echo '{"memory":{"limit":"x"}}' >"$T/r"; v update -r "$T/r" c; not '/memory/limit'
	echo '{"memory":5}' >"$T/r"; v update -r "$T/r" c; not '/memory'
	echo '{"pids":{"limit":1},"pids":{"limit":2}}' >"$T/r"; v update -r "$T/r" c; not 'resources:1:'
	echo '{}}' >"$T/r"; v update -r "$T/r" c; not 'resources:1:'
	: >"$T/r"; v update -r "$T/r" c; not 'resources:1:'
	echo '{}},{"a":{}' >"$T/r"; v update -r "$T/r" c; not 'resources:1:'
	echo '[]' >"$T/r"; v update -r "$T/r" c; not 'object'
	echo '{"frobnicate":{"x":1}}' >"$T/r"; v update -r "$T/r" c; ok
	v update -r "$T/none" c; not 'no such file or directory'
}
@test "update: stopped, unknown, resctrl" { stopped; v update --memory -1 s; not 'container not running'; v update nobody; not 'container does not exist'; v update --l3-cache-schema L3:0=f s; not "container not running"; }
@test "update: schemas of a resctrl group" {
	stays
	v update --l3-cache-schema x c; not "not a schema such as"; [[ $err == *l3CacheSchema* ]]
	v update --mem-bw-schema L3:0=f c; not "must be one line that starts with"
	v update --mem-bw-schema $'MB:0=9\nL3:0=f' c; not "must be one line that starts with"
	v update --l3-cache-schema "L3:0=\"" c; not "the container is in no resctrl group"
}
@test "update: a created one and a paused one" { conf "$FUSE" && program sleep 100000; brig create -b "$B" c </dev/null >/dev/null 2>&1; brig update -r - c <<<"$DENY"; fuse 1 EPERM; brig start c; brig pause c; brig update -r - c <<<"$ALLOW"; brig resume c; fuse 2 ok; }
@test "update: nothing asked for" { stays; v update c; ok; }

@test "events --stats: one object with the keys of the schema" {
	stays
	v events --stats c
	ok
	[ "$(wc -l <"$T/stdout")" = 1 ]
	[ "$(jq -r '[.type,.id]|join(" ")' <<<"$out")" = 'stats c' ]
	[ "$(jq '.data|has("cpu") and has("memory") and has("pids") and has("blkio") and has("hugetlb") and has("network_interfaces")' <<<"$out")" = true ]
	[ "$(jq '.data.cpu|(.usage|has("total") and has("kernel") and has("user")) and (.throttling|has("periods") and has("throttledPeriods") and has("throttledTime"))' <<<"$out")" = true ]
	[ "$(jq '.data.memory|has("cache") and ([.usage,.swap,.kernel,.kernelTCP]|all(has("limit") and has("failcnt")))' <<<"$out")" = true ]
	[ "$(jq '.data.pids|has("current")' <<<"$out")" = true ]
	[ "$(jq '.data.blkio.ioServiceBytesRecursive|type' <<<"$out")" = '"array"' ]
}
on_terminal() { script -qec "timeout -s KILL 60 '$BRIG' --root '$ROOT' $*" /dev/null </dev/null | tr -d '\r'; }
@test "events --stats: on a terminal a table for people, else lines of JSON, or what is asked for" {
	stays
	out=$(on_terminal events --stats c)
	lines '~^CPU time     [0-9]+\.[0-9]{3} s \(user .* s, system .* s, throttled .* s\)$' '~^memory       ([0-9.]+ [KM]?i?B|unknown), at most .*, limit (no limit|unknown)$' \
		'~^processes    ([1-9][0-9]*|unknown), limit ' '~^disk         .* read, .* written$' 'network      0 B received, 0 B sent' '!~[{}"]'
	[ "$(wc -l <<<"$out")" = 7 ]
	out=$(on_terminal events --stats --format json c)
	[ "$(jq -r .type <<<"$out")" = stats ]
	v events --stats -f table c
	ok && lines '~^CPU time '
	v events --stats -f yaml c
	not 'invalid format option'
	v events --stats -f table nobody
	not 'container does not exist'
	brig kill c KILL
	wait_until status_is c stopped
	v events --stats -f table c
	not 'container with id c is not running'
}
@test "list and ps: a table on a terminal and in a pipe, JSON for programs" {
	stays
	diff <(on_terminal list) <(brig list)
	diff <(on_terminal ps c -eo pid,args) <(brig ps c -eo pid,args)	# (not the time used, which grows)
	[ "$(brig list -f json | jq -r '.[].id')" = c ] && [ "$(brig ps -f json c | jq length)" = 1 ]
}
@test "events: a line an interval, and the stream ends with the container" {
	local p
	stays
	timeout -s KILL 60 "$BRIG" --root "$ROOT" events --interval 100ms c >"$T/e" 2>"$T/e2" &
	p=$!
	wait_until bash -c "[ \$(wc -l <$T/e) -ge 3 ]"
	brig kill c KILL
	wait "$p"
	[ ! -s "$T/e2" ] && [ "$(jq -rs 'map(.type)|unique|join(" ")' "$T/e")" = stats ]
}
@test "events: ends when its reader is gone" { stays; timeout -s KILL 60 bash -o pipefail -c '"$0" --root "$1" events --interval 50ms c | head -1 >/dev/null; [ "${PIPESTATUS[0]}" != 137 ]' "$BRIG" "$ROOT"; }
@test "events: intervals" {
	local i
	stays
	for i in 0 0s -1s x 5x '' 1e99h ' '; do v events --interval "$i" c; not 'invalid --interval' || return 1; done
	for i in 1 5s 1m30s 2h 500ms; do v events --stats --interval "$i" c; ok || return 1; done
}
@test "events: stopped and unknown" { stopped; v events --stats s; not 'container with id s is not running'; v events nobody; not 'container does not exist'; }
@test "events: of a paused one" { stays; brig pause c; v events --stats c; ok; }

@test "--pidfd-socket: create sends the pidfd of init, payload standard" {
	conf '' && program sleep 100000
	agent pidfd "$T/sock"
	v create -b "$B" --pidfd-socket "$T/sock" c; ok
	wait "$AGENT"
	out=$(<"$T/received")
	lines 'descriptors=1 parts=1 truncated=0 more=0' payload=standard "pid=$(pid_of c)"
}
@test "--pidfd-socket: run" { conf '' && program exit 4; agent pidfd "$T/sock"; v run -b "$B" --pidfd-socket "$T/sock" c; [ "$rc" = 4 ]; wait "$AGENT"; out=$(<"$T/received"); lines payload=standard; }
@test "--pidfd-socket: a missing one is an error, and nothing is left" { conf '' && program exit 0; v create -b "$B" --pidfd-socket "$T/none" c; not 'no such file or directory'; [ ! -e "$ROOT/c" ]; }

NOTIFY='seccomp("ALLOW"; [rule("getppid";"NOTIFY")])'
@test "NOTIFY: the agent gets the state and the listener, and its errno arrives" {
	conf "$NOTIFY|.linux.seccomp.listenerPath=\"$T/sock\"|.linux.seccomp.listenerMetadata=\"meta data\"|.annotations={a:\"b\"}" && program syscall getppid
	agent notify "$T/sock" EOWNERDEAD
	v run -b "$B" --pid-file "$T/pid" c
	ok
	lines syscall.getppid=EOWNERDEAD
	wait "$AGENT"
	out=$(<"$T/received")
	lines 'descriptors=1 parts=1 truncated=0 more=0' '~^call=110 pid=[0-9]+$'
	sed -n 's/^state=//p' "$T/received" >"$T/json"
	[ "$(jq -c 'keys' "$T/json")" = '["fds","metadata","ociVersion","pid","state"]' ]
	[ "$(jq -c '[.fds,.metadata,.state.id,.state.status,.state.bundle,.state.annotations.a]' "$T/json")" = "[[\"seccompFd\"],\"meta data\",\"c\",\"creating\",\"$B\",\"b\"]" ]
	[ "$(jq '.pid == .state.pid' "$T/json")" = true ] && [ "$(jq .pid "$T/json")" = "$(<"$T/pid")" ]
}
@test "NOTIFY: with and without no_new_privs, another user, without capabilities" {
	local nnp
	for nnp in true false; do
		conf "$NOTIFY|.linux.seccomp.listenerPath=\"$T/sock\"|.process.noNewPrivileges=$nnp|.process.user={uid:5,gid:5}|caps([])" && program syscall getppid , report caps
		agent notify "$T/sock" EBADE
		v run -b "$B" c; ok
		lines syscall.getppid=EBADE seccomp=2 effective=0000000000000000
		wait "$AGENT"
		rm "$T/sock"
	done
}
@test "NOTIFY: in a user namespace" { chown 100000:100000 "$R"; conf "userns|$NOTIFY|.linux.seccomp.listenerPath=\"$T/sock\"" && program syscall getppid; agent notify "$T/sock" EBADE; v run -b "$B" c; ok; lines syscall.getppid=EBADE; wait "$AGENT"; }
@test "NOTIFY: exec has a listener of its own, state running" {
	conf "$NOTIFY|.linux.seccomp.listenerPath=\"$T/sock\"" && program sleep 100000
	agent notify "$T/sock" EBADE 0
	brig run --detach -b "$B" c </dev/null >/dev/null 2>&1
	wait "$AGENT"
	rm "$T/sock"
	agent notify "$T/sock" EXFULL
	v exec c /guest syscall getppid
	ok
	lines syscall.getppid=EXFULL
	wait "$AGENT"
	sed -n 's/^state=//p' "$T/received" >"$T/json"
	[ "$(jq -r '.state.status' "$T/json")" = running ] && [ "$(jq .state.pid "$T/json")" = "$(pid_of c)" ] && [ "$(jq .pid "$T/json")" != "$(pid_of c)" ]
}
@test "NOTIFY: nobody listens: told, and nothing is left" {
	conf "$NOTIFY|.linux.seccomp.listenerPath=\"$T/none\"" && program exit 0
	v create -b "$B" c; not 'failed to connect with seccomp agent' 'no such file or directory'
	[ ! -e "$ROOT/c" ]
	$PY -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/none"
	v create -b "$B" c; not 'failed to connect with seccomp agent' 'connection refused'
	[ ! -e "$ROOT/c" ] && [ ! -e "$CGROOT$CG/c" ]
}
@test "NOTIFY: an agent that hangs up at once does not hang create" {
	conf "$NOTIFY|.linux.seccomp.listenerPath=\"$T/sock\"" && program exit 0
	$PY -c 'import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(1); s.accept()[0].close()' "$T/sock" &
	wait_until test -S "$T/sock"
	v create -b "$B" c
	[ "$rc" = 0 ] || [ "$rc" = 1 ]
	[ "$rc" = 0 ] || [ ! -e "$ROOT/c" ]
}
