# For tests of checkpoint and restore, after helpers.bash: whether there is a CRIU that works, and a container that counts.
# shellcheck shell=bash disable=SC2034,SC2154

PY=/usr/bin/python3
[ -x $PY ] || PY=python3
HELPER=/usr/local/libexec/brig/brig-criu
CRIU=
for criu in /usr/sbin/criu /usr/local/sbin/criu /usr/bin/criu /usr/local/bin/criu; do [ -n "$CRIU" ] || [ ! -x $criu ] || CRIU=$criu; done

# Whether this machine's CRIU works on this machine's kernel is its own word.
setup_more() {
	CRIU_WHY=
	[ -x $HELPER ] || CRIU_WHY="needs brig-criu where brig looks for it"
	[ -n "$CRIU" ] || CRIU_WHY="needs criu"
	[ -n "$CRIU_WHY" ] || $CRIU check >"$FILE_T/criu" 2>&1 || CRIU_WHY="criu does not work on this kernel: $(tail -n 1 "$FILE_T/criu")"
	export CRIU_WHY
}
needs_criu() { [ -z "$CRIU_WHY" ] || skip "$CRIU_WHY"; }

brig() { timeout -s KILL 100 "$BRIG" --root "$ROOT" "$@"; }	# CRIU takes its time under emulation
v() { capture brig --log "$T/log" "$@"; }
ok() { [ "$rc" = 0 ] && [ -z "$err" ] || { cat "$T"/images/*.log 2>/dev/null | grep -n Error || true; fail "it did not end well"; }; }
not() {
	local text
	[ "$rc" = 1 ] && [ -z "$out" ] && [ "$(wc -l <"$T/stderr")" = 1 ] || fail "it did not fail with 1 and one line" || return 1
	for text in "$@"; do [[ $err == *"$text"* ]] || fail "the message does not say: $text" || return 1; done
}
# running FILTER WORDS...: a container with no stream of the test's
running() {
	conf "$1" || return 1
	shift
	program "$@"
	brig run --detach -b "$B" c </dev/null >"$T/out.c" 2>&1 || { cat "$T/out.c"; return 1; }
}
number() { cat "$R/tmp/n" 2>/dev/null || echo 0; }
counting() { running "${1:-.}" count /tmp/n ${2:-}; wait_until counts 3; }
counts() { [ "$(number)" -gt "$1" ]; }
dump() { v checkpoint --image-path "$T/images" "$@" c; }
restore() { v restore --detach -b "$B" --image-path "$T/images" "$@"; }
goes_on() { local n; n=$(number); wait_until counts "$n"; }
nothing_left() { # ID
	[ ! -e "$ROOT/$1" ] || fail "a state directory is left" || return 1
	[ ! -e "$CGROOT$CG/c" ] || fail "a cgroup is left" || return 1
	wait_until none_of_ours
}
# not_restored TEXT...: refused, and nothing of it is there
not_restored() { restore r; not "$@" && nothing_left r; }
