#!/usr/bin/env bats
# The same scenarios through runc and through brig under the name runc. Every difference is a line of differences.txt, with its reason.

: "${BRIG:=$(readlink -f "$BATS_TEST_DIRNAME/../../build/release/brig")}"
: "${GUEST:=${BRIG%/*}/tests/guest/guest}"
HERE=$BATS_TEST_DIRNAME

setup_file() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	command -v runc >/dev/null || skip "needs runc"
	[[ $(runc --version | head -1) == "runc version 1.1."* ]] || skip "the table is about runc 1.1"
	C=$(mktemp -d /tmp/brig-compat.XXXXXX)
	chmod 755 "$C"
	mkdir "$C/runc" "$C/brig" "$C/named"
	ln -s "$BRIG" "$C/runc/runc-brig"
	mkdir "$C/bin"
	ln -s "$BRIG" "$C/bin/runc"
	export C
	private() { timeout -s KILL 200 unshare -m sh -c 'mount -t cgroup2 none /sys/fs/cgroup; exec "$@"' sh bash "$HERE/scenarios.bash" "$@" </dev/null >"$2.log" 2>&1; }
	private "$(command -v runc)" "$C/runc" "$GUEST" &
	private "$C/bin/runc" "$C/named" "$GUEST" &
	wait
	private "$BRIG" "$C/brig" "$GUEST"
}
teardown_file() { [ -z "${C:-}" ] || rm -rf --one-file-system "$C"; }

# compare A B: names of the results that differ
compare() {
	local f
	for f in $(cd "$1/result" && find . ../../"${2##*/}"/result -type f | sed 's#.*/##' | sort -u); do
		cmp -s "$1/result/$f" "$2/result/$f" || echo "$f"
	done
}
@test "every scenario ran through all three" {
	local n
	for n in runc named brig; do
		[ -e "$C/$n/result/end.state" ] || { cat "$C/$n.log"; return 1; }
		[ ! -s "$C/$n/result/end.state" ] && grep -q created "$C/$n/result/create-state.out" && grep -q "^uid=0,0,0,0" "$C/$n/result/view-ids.out"
	done
	[ "$(ls "$C/runc/result" | wc -l)" -gt 300 ]
}
@test "brig differs from runc in what the table says, and in nothing else" {
	local f bad=0
	compare "$C/runc" "$C/named" >"$C/differ"
	sed '/^#/d; /^$/d; s/[[:space:]].*//' "$HERE/differences.txt" | sort >"$C/table"
	for f in $(sort "$C/differ" | comm -23 - "$C/table"); do
		bad=1
		echo "== $f differs, and the table does not say so:"
		diff -u "$C/runc/result/$f" "$C/named/result/$f" || true
	done
	for f in $(sort "$C/differ" | comm -13 - "$C/table"); do bad=1; echo "== $f is in the table, and does not differ"; done
	[ -z "$(uniq -d "$C/table")" ]
	return "$bad"
}
@test "every line of the table gives a reason" { ! grep -v '^#' "$HERE/differences.txt" | grep -v '^$' | grep -Evq '^[^[:space:]]+[[:space:]]+.{15,}'; }
@test "under its own name it differs from itself in that name only" {
	local f bad=0
	for f in $(compare "$C/named" "$C/brig"); do
		diff <(sed 's/brig/@RT@/g; s/runc/@RT@/g' "$C/named/result/$f") <(sed 's/brig/@RT@/g; s/runc/@RT@/g' "$C/brig/result/$f") || { bad=1; echo "== $f"; }
	done
	return "$bad"
}
