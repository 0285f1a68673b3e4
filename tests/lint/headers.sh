#!/bin/sh
# Each header compiles alone: it includes what it needs.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir" || exit 1
cc=$(sed -n 's/^CC = //p' "$top_builddir/Makefile")
find libcontainer src tests -name '*.h' | sort | while read -r header; do
	# Made only where CRIU is built in.
	if grep -q '"host/criu.pb-c.h"' "$header" && [ ! -e "$top_builddir/libcontainer/host/criu.pb-c.h" ]; then continue; fi
	echo "#include \"$header\"" >"$tmp/alone.c"
	$cc -std=gnu11 -Wall -Wextra -Wno-unused-function -fsyntax-only -include "$top_builddir/config.h" -I"$top_srcdir" -I"$top_srcdir/libcontainer" -I"$top_builddir/libcontainer" -I"$top_srcdir/src" -I"$top_srcdir/tests" \
		"$tmp/alone.c" >"$tmp/said" 2>&1 && [ ! -s "$tmp/said" ] || { echo "$header:"; head -n 5 "$tmp/said"; }
done | check "each header compiles alone"
printf '#include "container.h"\nint main() { return brig_version() == nullptr; }\n' >"$tmp/api.cc"
if command -v c++ >/dev/null 2>&1; then
	c++ -fsyntax-only -Wall -I"$top_srcdir/libcontainer" "$tmp/api.cc" 2>&1 | check "container.h is C++ too"
else
	skip "container.h is C++ too" "no C++ compiler"
fi
finish
