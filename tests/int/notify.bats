#!/usr/bin/env bats
# sd_notify(3): what a container says reaches the manager that started us, and nothing but that it is ready.
# shellcheck shell=bash disable=SC2034,SC2154
load helpers

# manager [OPTION...]: listens at $T/n, or at $N
manager() {
	READY_FILE=$T/listening python3 "$BATS_TEST_DIRNAME/manager.py" "${N:-$T/n}" "$@" >"$T/told" 3>&- &
	MANAGER=$!
	wait_until test -e "$T/listening"
}
# told LINE...: all that the manager got; the barrier with its descriptor is the last
told() {
	wait "$MANAGER"
	diff <(printf '%s\n' "$@") "$T/told"
}
with() { NOTIFY_SOCKET=${N:-$T/n} capture brig "$@"; }

@test "create and start: start waits until the container is ready" {
	program sleep 600 , notify READY=1 , sleep 1000000
	manager
	NOTIFY_SOCKET=$T/n brig create -b "$B" c >"$T/output" 3>&-
	[ ! -e "$ROOT/c/notify/notify.sock" ]
	[ "$(stat -c %a "$ROOT/c/notify")" = 755 ]
	local before=${EPOCHREALTIME/[.,]/}
	with start c
	[ "$rc" = 0 ] && [ -z "$out$err" ]
	[ $((${EPOCHREALTIME/[.,]/} - before)) -ge 500000 ]
	told 'READY=1\n 0' "MAINPID=$(pid_of c)\\n 0" 'BARRIER=1 1'
}

@test "start waits without holding the container: kill and exec go on, and its death ends the wait" {
	program sleep 1000000
	manager 1
	with create -b "$B" c
	NOTIFY_SOCKET=$T/n brig start c 3>&- &
	wait_until status_is c running
	capture brig exec c /guest say inside
	[ "$out" = inside ]
	capture brig pause c
	[ "$rc" = 0 ]
	brig resume c
	kill -0 %2
	brig kill c KILL
	wait %2
	wait "$MANAGER"
	[ ! -s "$T/told" ]
}

@test "run --detach: returns when the container is ready" {
	program notify READY=1 , sleep 1000000
	manager
	with run -d -b "$B" c
	[ "$rc" = 0 ] && [ -z "$err" ] && [ "$out" = notify.READY=1=ok ]
	told 'READY=1\n 0' "MAINPID=$(pid_of c)\\n 0" 'BARRIER=1 1'
}

@test "run in the foreground: the main process is ours, and what comes later is dropped" {
	program notify READY=1 , notify STATUS=later , notify READY=1 , sleep 300 , exit 7
	manager
	NOTIFY_SOCKET=$T/n bash -c 'echo $$ >"$1"; exec "${@:2}"' bash "$T/ours" "$BRIG" --root "$ROOT" run -b "$B" c >"$T/stdout" 3>&- && rc=0 || rc=$?
	[ "$rc" = 7 ]
	[ "$(<"$T/stdout")" = $'notify.READY=1=ok\nnotify.STATUS=later=ok\nnotify.READY=1=ok' ]
	told 'READY=1\n 0' "MAINPID=$(<"$T/ours")\\n 0" 'BARRIER=1 1'
}

@test "nothing else of the message is passed on, and one that is too long is none" {
	program notify READY=0 , notify STATUS=no MAINPID=1 FDSTORE=1 , notify READY=1 @5000 , notify XREADY=1 , notify READY=11 , sleep 300 , \
		notify STATUS=x MAINPID=1 READY=1 BUSERROR=y , sleep 1000000
	manager
	with run -d -b "$B" c
	[ "$rc" = 0 ]
	told 'READY=1\n 0' "MAINPID=$(pid_of c)\\n 0" 'BARRIER=1 1'
}

@test "the container sees a read-only directory with the socket alone, whatever the umask and its user" {
	conf '.process.user={uid:1000,gid:1000} | .process.env += ["NOTIFY_SOCKET=/mine"]'
	program report ids place mounts , notify READY=1 , create /run/notify/x , list /run/notify
	manager
	umask 0077
	with run -b "$B" c
	[ "$rc" = 0 ]
	lines uid=1000,1000,1000,1000 env.NOTIFY_SOCKET=/run/notify/notify.sock !env.NOTIFY_SOCKET=/mine notify.READY=1=ok create./run/notify/x=EROFS \
		'~^mount=/run/notify [^ ]+ ro,nosuid,nodev,noexec' list./run/notify=notify.sock
	told 'READY=1\n 0' "~" 'BARRIER=1 1' >/dev/null || grep -q '^MAINPID=' "$T/told"
}

@test "with a user namespace, and in an abstract socket of the manager's" {
	conf 'userns'
	chown 100000:100000 "$R"
	program notify READY=1 , sleep 1000000
	N=@brig-test-$$-$BATS_TEST_NUMBER
	manager
	with run -d -b "$B" c
	[ "$rc" = 0 ] && [ "$out" = notify.READY=1=ok ]
	told 'READY=1\n 0' "MAINPID=$(pid_of c)\\n 0" 'BARRIER=1 1'
}

@test "a state root of a long name" {
	ROOT=$T/state/$(printf '%0120d' 0)
	program notify READY=1 , sleep 1000000
	manager
	with run -d -b "$B" c
	[ "$rc" = 0 ] && [ "$out" = notify.READY=1=ok ]
	told 'READY=1\n 0' "MAINPID=$(pid_of c)\\n 0" 'BARRIER=1 1'
}

@test "a container that ends without a word: nobody waits for ever" {
	program exit 3
	manager 1
	with run -d -b "$B" c
	[ "$rc" = 0 ] && [ -z "$out$err" ]
	with run -b "$B" d
	[ "$rc" = 3 ]
	wait "$MANAGER"
	[ ! -s "$T/told" ]
}

@test "the last word of a container that ends is heard" {
	program notify STATUS=a , notify READY=1
	manager
	with run -d -b "$B" c
	[ "$rc" = 0 ]
	wait "$MANAGER"
	grep -q '^READY=1' "$T/told"
}

@test "nobody listens, or create was not told: a warning in the log, and the container runs" {
	program notify READY=1 , exit 4
	with --log "$T/log" run -b "$B" c
	[ "$rc" = 4 ] && [ -z "$err" ] && [ "$out" = notify.READY=1=ENOENT ]
	grep -q 'level=warning msg="connect to NOTIFY_SOCKET .*: nobody will be told' "$T/log"
	manager
	brig create -b "$B" c
	[ ! -e "$ROOT/c/notify" ]
	with --log "$T/log" start c
	[ "$rc" = 0 ] && [ -z "$err" ]
	grep -q 'created without NOTIFY_SOCKET' "$T/log"
	kill "$MANAGER"
	[ ! -s "$T/told" ]
}

@test "exec, and a container started without it, know nothing of it" {
	program sleep 1000000
	manager 1
	brig run -d -b "$B" c
	with exec c /guest report place
	lines '!~NOTIFY_SOCKET'
	[ ! -e "$ROOT/c/notify" ]
	wait "$MANAGER"
}

@test "the plan shows it" {
	NOTIFY_SOCKET=$T/n capture brig explain -b "$B"
	lines '~notify-dir .*environment: NOTIFY_SOCKET' '~tree-attach .*/run/notify.*environment: NOTIFY_SOCKET'
}

@test "what is left in the directory, by a container that may mount it writable, does not hinder deletion" {
	program exit 0
	manager 1
	with create -b "$B" c
	mkdir -p "$ROOT/c/notify/d/e"
	ln -s / "$ROOT/c/notify/d/root"
	touch "$ROOT/c/notify/x" "$ROOT/c/notify/d/e/x"
	capture brig delete --force c
	[ "$rc" = 0 ] && [ -z "$err" ] && [ ! -e "$ROOT/c" ]
	wait "$MANAGER"
}
