#!/bin/sh
# No state but what is passed: writable data, in any object, is on this list with its reason.
. "$(dirname "$0")/lib.sh"

# log_state, public_sink: the log sink, and the caller's behind it. pool, pool_page: the memory of arenas. fault: the test build's hook. text: libseccomp's version as a string.
allowed='log_state|pool|pool_page|fault'
for room in $rooms container; do
	[ "$room" = container ] && allowed='public_sink|text'
	if [ ! -f "$(library "$room")" ]; then
		skip "$room keeps no state of its own" "lib$room.a is not built"
		continue
	fi
	nm "$(library "$room")" 2>/dev/null | awk 'NF == 3 && $2 ~ /^[bBdDcCsS]$/ && $1 !~ /^$/ { print $3 }' |
		grep -vE "^([a-z_]+\.)?($allowed)(\.[0-9]+)?\$" | grep -vE '^(__asan|__ubsan|__odr_asan|_ZN|\.|__gcov|__llvm|llvm|__prof|__cov)|^\.?Lubsan|^\*?\.Lub' >"$tmp/found"
	# Tables of pointers are relocated once and then read-only (.data.rel.ro): nm calls them d too, so the section decides.
	objdump -t "$(library "$room")" 2>/dev/null | awk '$0 ~ /\.data\.rel\.ro|\.tm_clone|\.bss\.__|\.data\.asan|asan_globals/ { print $NF }' | sort -u >"$tmp/relro"
	sort -u "$tmp/found" | comm -23 - "$tmp/relro" | check "$room keeps no state of its own"
done
finish
