#!/bin/sh
# What each effect room needs from the kernel, against the list that was approved: a change that lets init use one more system call is one line
# of a diff. And no room calls libc functions that enter the kernel behind the back of sys/.
#   imports.sh             compare, TAP
#   imports.sh --update    write the lists
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

# libc, by hand: memory, strings, formatting, signal sets, calendars. close is own.h's; dlopen is probe's only.
harmless='malloc|calloc|realloc|reallocarray|free|bcmp|stpcpy|mempcpy|rawmemchr|strdup|strndup|mem(cpy|move|set|cmp|chr)|qsort|str(len|nlen|cmp|ncmp|casecmp|ncasecmp|chr|rchr|str|spn|cspn|pbrk|sep|tol|toul|toll|toull|ftime)'
harmless="$harmless|snprintf|vsnprintf|asprintf|vasprintf|sscanf|gmtime_r|sig(emptyset|fillset|addset|delset|ismember)|cfmakeraw|close|environ"

for room in host join init; do
	if [ ! -f "$(library "$room")" ]; then
		skip "$room enters the kernel through sys only" "lib$room.a is not built"
		continue
	fi
	needed "$room" | grep '^sys_' >"$tmp/$room"
	[ "${1:-}" = --update ] && cp "$tmp/$room" "$here/imports-$room.txt"
	diff -u "$here/imports-$room.txt" "$tmp/$room" | sed 1,2d | check "system calls of $room are the approved ones (imports-$room.txt)"
done
for room in fs wire probe state host join init life container; do
	[ -f "$(library "$room")" ] || continue
	case $room in
	probe) more='|dlopen|dlsym|dlclose|aa_is_enabled' ;;
	host) more='|seccomp_[a-z_]*|sealed_program|sealed_program_end' ;;
	life) more='|seccomp_version' ;;
	container) more='|seccomp_version' ;;
	*) more='' ;;
	esac
	needed "$room" >"$tmp/wanted"
	for lib in $rooms container; do nm --defined-only "$(library "$lib")" 2>/dev/null | awk 'NF == 3 { print $3 }'; done | sort -u >"$tmp/ours"
	comm -23 "$tmp/wanted" "$tmp/ours" | grep -vE "^($harmless$more)\$" | check "$room enters the kernel through sys only"
done
finish
