#!/bin/sh
# Fuzzers of everything that reads what others wrote. TAP; each runs for FUZZ_SECONDS (3), from the corpora and the configurations of the other tests.
#   tests/fuzz/run.sh [NAME...]      CLANG=clang  OUT=build/fuzz  top_builddir (for config.h)
# What is found stays in $OUT/found-NAME-*; a fixed one belongs into corpus/.
set -u
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$(cd "$here/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build/release}"
: "${CLANG:=clang}" "${OUT:=$top_builddir/tests/fuzz/out}" "${FUZZ_SECONDS:=3}"
all='json plan facts state wire files mountinfo'
rooms='base json spec plan sys fs state wire'
mkdir -p "$OUT/o" || exit 1

echo 'int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { (void)d; (void)n; return 0; }' >"$OUT/probe.c"
if ! command -v "$CLANG" >/dev/null || ! "$CLANG" -fsanitize=fuzzer,address,undefined -o "$OUT/probe" "$OUT/probe.c" 2>/dev/null; then
	echo "1..0 # SKIP $CLANG has no libFuzzer"
	exit 0
fi
[ -f "$top_builddir/config.h" ] || { echo "1..0 # SKIP $top_builddir is not configured"; exit 0; }

flags="-std=gnu11 -O1 -g -include config.h -I$top_builddir -I$top_srcdir/libcontainer -DPKGLIBEXECDIR=\"/nonexistent\" -fno-sanitize-recover=undefined"
compile() { # SOURCE OBJECT FLAGS
	[ "$2" -nt "$1" ] && [ -z "$(find "$top_srcdir/libcontainer" "$here" -name '*.[h]' -newer "$2" -print -quit)" ] && return
	# shellcheck disable=SC2086
	"$CLANG" $flags $3 -c -o "$2" "$1" || echo "$1" >>"$OUT/failed"
}
rm -f "$OUT/failed"
objects=
for room in $rooms; do
	for source in "$top_srcdir/libcontainer/$room"/*.c; do
		object=$OUT/o/$room-$(basename "$source" .c).o
		compile "$source" "$object" -fsanitize=fuzzer-no-link,address,undefined
		objects="$objects $object"
	done
done
[ ! -e "$OUT/failed" ] || { echo "1..1"; sed 's/^/# does not compile: /' "$OUT/failed"; echo "not ok 1 - the sources compile"; exit 1; }

seeds() { # NAME: a folder of inputs for it
	mkdir -p "$OUT/seed-$1"
	[ -d "$here/corpus/$1" ] && cp "$here/corpus/$1"/* "$OUT/seed-$1/"
	case $1 in
	json|plan)
		for dir in "$top_srcdir"/tests/plan/*/; do
			[ ! -f "$dir/config.json" ] || cp "$dir/config.json" "$OUT/seed-$1/$(basename "$dir")"
		done
		cp "$top_srcdir"/tests/engines/*-default.json "$top_srcdir"/tests/engines/*-everything.json "$OUT/seed-$1/" ;;
	facts) cp "$top_srcdir"/tests/plan/facts/*.json "$OUT/seed-facts/" ;;
	esac
}

names=${*:-$all}
# shellcheck disable=SC2086
set -- $names
echo "1..$#"
n=0 status=0
for name in $names; do
	n=$((n + 1))
	seeds "$name"
	# shellcheck disable=SC2086
	if "$CLANG" $flags -fsanitize=fuzzer,address,undefined -o "$OUT/fuzz_$name" "$here/fuzz_$name.c" $objects -lyajl -lcap -lm >"$OUT/$name.log" 2>&1 &&
	   timeout -s KILL $((FUZZ_SECONDS + 120)) "$OUT/fuzz_$name" -max_total_time="$FUZZ_SECONDS" -timeout=10 -rss_limit_mb=1024 -max_len=16384 \
		-print_final_stats=1 -artifact_prefix="$OUT/found-$name-" "$OUT/seed-$name" >>"$OUT/$name.log" 2>&1; then
		echo "ok $n - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$OUT/$name.log") inputs"
	else
		tail -n 40 "$OUT/$name.log" | sed 's/^/# /'
		echo "not ok $n - $name ($OUT/found-$name-*)"
		status=1
	fi
done
exit $status
