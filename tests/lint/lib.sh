# shellcheck shell=sh disable=SC2034
# What the lints share: TAP lines, and where things are. Sourced; needs top_srcdir and top_builddir.
set -u
LC_ALL=C
export LC_ALL
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${top_builddir:=$top_srcdir/build/release}"
rooms="base json spec plan sys fs wire probe host join init sealed state life"

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# The counts are kept in files, because check stands at the end of pipes and so in a subshell.
next() { echo >>"$tmp/count" && wc -l <"$tmp/count"; }

# check NAME: standard input holds what is wrong; nothing means ok
check() {
	wrong=$(cat)
	n=$(next)
	if [ -z "$wrong" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$wrong" | sed 's/^/# /'
		: >"$tmp/failed"
	fi
}

skip() { echo "ok $(next) - $1 # SKIP $2"; }	# NAME REASON

finish() {
	echo "1..$(wc -l <"$tmp/count")"
	[ ! -e "$tmp/failed" ]
	exit
}

# The objects of a room, as the linker will see them. The room sealed is one object, of a program of its own.
library() {
	case $1 in
	sealed) echo "$top_builddir/libcontainer/sealed/main.o" ;;
	*) echo "$top_builddir/.libs/lib$1.a" ;;
	esac
}

# Symbols that a room's objects need from elsewhere; local ones, and those that only a sanitizer or a hardened C library adds, are left out.
needed() {
	nm -u "$(library "$1")" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u >"$tmp/needed"
	nm --defined-only "$(library "$1")" 2>/dev/null | awk 'NF == 3 { print $3 }' | sort -u >"$tmp/defined"
	comm -23 "$tmp/needed" "$tmp/defined" |
		grep -vE '^(__asan|__ubsan|__sanitizer|__stack_chk|__errno_location|_GLOBAL_OFFSET_TABLE_|__gcov|__llvm|llvm_gcov)' |
		sed -E 's/^__isoc(99|23)_//; s/^__(.*)_chk$/\1/; s/@.*//' | sort -u
}
