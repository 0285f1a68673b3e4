#!/bin/sh
# tests/report with made-up results: what it counts, and that it fails when a test ran nowhere.
set -u
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0 failed=0
ok() { # NAME CONDITION...
	name=$1
	n=$((n + 1))
	shift
	if "$@"; then echo "ok $n - $name"; else echo "not ok $n - $name"; sed 's/^/# /' "$tmp/said"; failed=1; fi
}
report() { rc=0; "$top_srcdir/tests/report" --out "$tmp/table" "$@" >"$tmp/said" 2>&1 || rc=$?; }
ended() { [ $rc = "$1" ]; }
says() { grep -Eq "$1" "$tmp/said"; }
row() { grep -Eq "^$1 +$2" "$tmp/table"; }

if ! command -v python3 >/dev/null; then echo "1..0 # SKIP needs python3"; exit 0; fi
host=$tmp/host guest=$tmp/guest
mkdir -p "$host/int" "$guest/tests/int"
cat >"$host/int/a.log" <<'L'
1..4
ok 1 - here
PASS: tests/int/a.bats 1 - here
ok 2 there # skip no memory controller
SKIP: tests/int/a.bats 2 there # SKIP no memory controller
ok 3 nobody # skip no such thing
SKIP: tests/int/a.bats 3 nobody # SKIP no such thing
not ok 4 broken
FAIL: tests/int/a.bats 4 broken
L
: >"$host/int/a.trs"
echo 'PASS: tests/int/stale.bats 1 left over, without a .trs' >"$host/int/stale.log"
printf '1..3\nok 1 here\n# a remark\nok 2 there\nok 3 nobody # skip other reason\n' >"$guest/tests/int/a.bats.tap"
echo 75 >"$guest/seconds"

report h="$host" g="$guest"
ok "a test that ran nowhere fails" ended 1
ok "it is named, with the reasons" says '^    tests/int/a.bats: nobody \(h: no such thing; g: other reason\)$'
ok "nothing else is" says '^4 tests, 1 of them ran nowhere:$'
ok "counts and seconds of each place" says '^g +2 +0 +1 +75$'
ok "the sums come last" [ "$(tail -n 1 "$tmp/said")" = '3 passed, 1 failed, 3 skipped' ]
ok "the table: both" row h,g 'tests/int/a.bats: here$'
ok "the table: one, and why not the other" row g 'tests/int/a.bats: there   \[skipped in h: no memory controller\]$'
ok "the table: failing is running" row h 'tests/int/a.bats: broken$'
ok "the table: nowhere" row - 'tests/int/a.bats: nobody '
ok "a log without its .trs is no result" [ "$(grep -c stale "$tmp/table")" = 0 ]

sed -i 's/^ok 3 nobody.*/ok 3 nobody/' "$guest/tests/int/a.bats.tap"
report h="$host" g="$guest"
ok "each test ran somewhere: status 0" ended 0
ok "and it says so" says '^4 tests, 0 of them ran nowhere$'

mkdir -p "$tmp/src/tests/int"
printf '@test "here" {\n}\n@test "never \\"started\\"" { true; }\n' >"$tmp/src/tests/int/a.bats"
report --expect "$tmp/src/tests/int/a.bats" h="$host" g="$guest"
ok "a test that is in no result fails" ended 1
ok "and is named" says '^    tests/int/a.bats: never "started" \(in no result\)$'

printf '1..0 # SKIP needs root\nSKIP: tests/int/w.sh - needs root\n' >"$host/int/w.log"
: >"$host/int/w.trs"
report h="$host" g="$guest"
ok "a program that was skipped as a whole fails" ended 1
printf '1..1\nok 1 within\n' >"$guest/tests/int/w.sh.tap"
report h="$host" g="$guest"
ok "unless a test of it ran elsewhere" ended 0

printf '1..2\nok 1 twin\nok 2 twin # skip no\n' >"$guest/tests/int/t.bats.tap"
report h="$host" g="$guest"
ok "a name that is used twice is two tests" says '^    tests/int/t.bats: twin \(2\) \(g: no\)$'

"$top_srcdir/tests/report" --skipped h="$host" >"$tmp/said"
ok "--skipped: what ran nowhere, as a pattern" says '^a\.bats:\^\(nobody\|there\)\$$'
printf '1..2\nok 1 one # skip no\nok 2 two # skip no\n' >"$guest/tests/int/u.bats.tap"
"$top_srcdir/tests/report" --skipped g="$guest" >"$tmp/said"
ok "--skipped: the file, when all of it was" says '^u\.bats$'

mkdir "$tmp/empty"
report h="$host" e="$tmp/empty"
ok "a place without a result is an error" ended 2
echo "1..$n"
exit $failed
