#!/bin/sh
# Line coverage of the pure rooms by the tests that need no root: TAP. Each room has 95 % or more, each file of it 90 %.
#   tests/coverage.sh [FILE]...      shows the lines of these source files that no test reaches, for instance plan/unit.c
# A build of its own (seconds): the rooms with counters, and their unit tests, golden plans, order and memory tests linked to them.
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$(cd "$here/.." && pwd)}"
: "${top_builddir:=$top_srcdir/build/release}"
: "${OUT:=$top_builddir/tests/coverage}"
lib=$top_srcdir/libcontainer tests=$top_srcdir/tests
flags="-std=gnu11 -O0 -g -w -include config.h -I$top_builddir -I$lib -I$tests"
all='malloc calloc realloc reallocarray strdup strndup arena_alloc arena_array arena_strdup arena_strndup arena_printf'

command -v gcc >/dev/null && command -v gcov >/dev/null || { echo "1..0 # SKIP there is no gcc, or no gcov"; exit 0; }
[ -f "$top_builddir/config.h" ] || { echo "1..0 # SKIP $top_builddir is not configured"; exit 0; }
rm -rf "$OUT"
mkdir -p "$OUT" || exit 1

objects=
for room in base json spec plan; do
	mkdir -p "$OUT/$room"
	counters=--coverage
	[ $room = base ] && counters=
	# shellcheck disable=SC2086
	(cd "$OUT/$room" && gcc $flags $counters -c "$lib/$room"/*.c) || { echo "1..1"; echo "not ok 1 - $room compiles"; exit 1; }
	objects="$objects $OUT/$room/*.o"
done

ran=0 failed=
program() { # NAME SOURCE...
	name=$1 wrap=; shift
	[ "$name" = oom ] && for f in $all; do wrap="$wrap -Wl,--wrap=$f"; done
	# shellcheck disable=SC2086
	gcc $flags $wrap --coverage -o "$OUT/$name" "$@" $objects -lyajl -lcap -lm || failed="$failed $name(link)"
	[ "$name" = golden ] && return
	"$OUT/$name" >"$OUT/$name.log" 2>&1 || failed="$failed $name"
	ran=$((ran + 1))
}
fixture=$tests/unit/plan/fixture.c
for source in "$tests"/unit/json/*.c "$tests"/unit/spec/*.c; do program "$(basename "$(dirname "$source")")-$(basename "$source" .c)" "$source"; done
for source in "$tests"/unit/plan/*.c; do [ "$source" = "$fixture" ] || program "plan-$(basename "$source" .c)" "$source" "$fixture"; done
program order "$tests/order/mutation.c" "$fixture"
program oom "$tests/fault/oom.c"
program golden "$tests/plan/golden.c"
GOLDEN=$OUT/golden "$tests/plan/run.sh" >"$OUT/golden.log" 2>&1 || failed="$failed golden"

if [ $# -gt 0 ]; then
	for file; do
		(cd "$OUT" && gcov -o "$(dirname "$file")" "$(dirname "$file")/$(basename "$file" .c).gcda" >/dev/null && grep -E '^ *#####' "$(basename "$file").gcov")
	done
	exit 0
fi

echo "1..4"
n=1
[ -z "$failed" ] && [ $ran -ge 12 ] || printf 'not '
echo "ok 1 - $ran test programs, and the golden plans, pass in this build$failed"
[ -z "$failed" ] && status=0 || status=1
for room in json spec plan; do
	n=$((n + 1))
	for data in "$OUT/$room"/*.gcda; do gcov -n -o "$OUT/$room" "$data" 2>/dev/null; done | awk -v n=$n -v room="$room" '
		/^File/ { file = $2; gsub(/\047/, "", file) }
		/^Lines executed/ && file ~ "/libcontainer/" room "/[a-z_]*[.]c$" { split($0, part, /[:% ]+/); sub(/.*\//, "", file); percent[file] = part[3]; lines[file] = $NF }
		END {
			for (f in lines) {
				done += percent[f] * lines[f] / 100; all += lines[f]
				if (percent[f] < 95) printf "# %s/%s: %.1f %% of %d lines\n", room, f, percent[f], lines[f]
				if (percent[f] < 90) bad = 1
			}
			if (!all || 100 * done / all < 95) bad = 1
			printf "%sok %d - %s: %.1f %% of %d lines\n", bad ? "not " : "", n, room, all ? 100 * done / all : 0, all
			exit bad
		}' || status=1
done
exit "$status"
