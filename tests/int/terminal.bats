#!/usr/bin/env bats
# The terminal: console socket and foreground
load helpers

PY=/usr/bin/python3
[ -x $PY ] || PY=python3
TTY='.process.terminal=true'
# console ID INPUT: creates and starts with a console socket; $out is what the receiver printed
console() {
	$PY "$BATS_TEST_DIRNAME/console.py" receive "$T/sock" "${2:-}" </dev/null >"$T/received" 2>&1 &
	wait_until test -S "$T/sock"
	capture brig create -b "$B" --console-socket "$T/sock" "$1"
	[ "$rc" = 0 ] && [ -z "$err$out" ] || fail "create" || return 1
	brig start "$1"
	wait $!
	out=$(sed 's/\\r$//' "$T/received")
}

@test "console socket: one message, one descriptor, a name" {
	conf "$TTY" && program say hello
	console c
	lines '~^message.name=.+' 'message.parts=1 descriptors=1 truncated=0' message.more=0 hello
}
@test "console socket: no carriage return is added" { conf "$TTY" && program say one two; console c; ! grep -q 'one\\r' "$T/received"; grep -qx two "$T/received"; }
@test "console: the program's streams, controlling terminal, session, modes" {
	conf "$TTY" && program report tty session fds
	console c
	lines isatty.0=1 isatty.1=1 isatty.2=1 tty.onlcr=0 tty.opost=1 tty.echo=1 tty.icanon=1 tty.isig=1 tty.foreground=1 ctty=136:0 sid=1 fd.0=/dev/pts/0 fd.1=/dev/pts/0 fd.2=/dev/pts/0 '!~^fd\.([3-9]|..+)='
}
@test "console: /dev/console is the terminal" { conf "$TTY" && program report dev , write /dev/console /dev/tty; console c; lines '~^dev.console=c 136:0 06[0-9]0 0:' write./dev/console=ok write./dev/tty=ok; }
@test "console: the size asked for" { conf "$TTY|.process.consoleSize={height:33,width:77}" && program report tty; console c; lines tty.size=33x77; }
@test "console: the size is ignored without a terminal" { want '.process.consoleSize={height:33,width:77}' 'report tty' isatty.0=0; }
@test "console: belongs to the user" { conf "$TTY|.process.user={uid:1000,gid:1000}" && program stat /dev/pts/0 , write /dev/pts/0; console c; lines '~^stat./dev/pts/0=020620 1000:' write./dev/pts/0=ok; }
@test "console: input arrives" { conf "$TTY" && program copy; console c $'typed\n\x04'; grep -q '^typed' "$T/received"; [ "$(grep -c typed "$T/received")" = 2 ]; }
@test "console: in a user namespace" { conf "userns|$TTY" && chown 100000:100000 "$R" && program report tty; console c; lines isatty.0=1 tty.foreground=1; }
@test "console socket: a missing one is an error, and nothing is left" { conf "$TTY" && program exit 0; capture brig --log "$T/log" create -b "$B" --console-socket "$T/none" c; [ "$rc" = 1 ] && [[ $err == *"no such file or directory"* ]] && [ ! -e "$ROOT/c" ]; }
@test "console: dev/console as a symlink of the image leads nowhere (CVE-2025-52565)" {
	conf "$TTY|.mounts|=map(select(.destination|startswith(\"/dev\")|not))|.mounts+=[{destination:\"/dev/pts\",type:\"devpts\",source:\"devpts\",options:[\"newinstance\",\"ptmxmode=0666\"]}]"
	touch "$R/etc/victim" && ln -s /etc/victim "$R/dev/console"
	program say x
	$PY "$BATS_TEST_DIRNAME/console.py" receive "$T/sock" </dev/null >"$T/received" 2>&1 &
	wait_until test -S "$T/sock"
	capture brig create -b "$B" --console-socket "$T/sock" c
	kill $! 2>/dev/null || true
	[ -f "$R/etc/victim" ] && [ ! -s "$R/etc/victim" ]
}
@test "foreground: raw mode, resize, Ctrl-C, restored modes, status" {
	conf "$TTY" && program report tty , trap-signals
	capture env THEN="$BRIG --root $ROOT kill c USR2" $PY "$BATS_TEST_DIRNAME/console.py" foreground 30x90 timeout --foreground -s KILL 10 "$BRIG" --root "$ROOT" run -b "$B" c
	[ "$rc" = 0 ] || fail "the other end failed"
	out=${out//\\r/}
	lines raw=1 tty.size=30x90 tty.onlcr=0 isatty.0=1 'signal=28 41x101' '~signal=2$' restored=1 status=0
}
@test "foreground: modes are restored after an error too" {
	conf "$TTY|.process.args=[\"/missing\"]"
	capture env THEN=true $PY "$BATS_TEST_DIRNAME/console.py" foreground 30x90 timeout --foreground -s KILL 10 "$BRIG" --root "$ROOT" run -b "$B" c
	lines restored=1 status=1
}
@test "foreground: without a terminal of the caller's own" { conf "$TTY" && program report tty; capture brig run -b "$B" c; [ "$rc" = 0 ] || fail "it did not end well"; out=${out//$'\r'/}; lines isatty.0=1; }
