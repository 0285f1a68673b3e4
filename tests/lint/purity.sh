#!/bin/sh
# The pure rooms cannot reach the kernel: all that their objects need is memory, strings, formatting, yajl and the names of libcap.
. "$(dirname "$0")/lib.sh"

memory='malloc|calloc|realloc|reallocarray|free|bcmp|stpcpy|mempcpy|rawmemchr|strdup|strndup|memcpy|memmove|memset|memcmp|memchr|qsort|bsearch'
strings='str(len|nlen|cmp|ncmp|casecmp|ncasecmp|chr|rchr|str|spn|cspn|pbrk|sep|tol|toul|toll|toull)'
format='snprintf|vsnprintf|asprintf|vasprintf|sscanf|vsscanf'
numbers='log2|pow|ceil|floor|__ctype_b_loc|isalnum|libc_current_sigrt(min|max)|__libc_current_sigrt(min|max)'
yajl='yajl_[a-z_]*'
cap='cap_(from_name|to_name|free)'

for room in base json spec plan; do
	if [ ! -f "$(library "$room")" ]; then
		skip "$room needs nothing that could touch the machine" "lib$room.a is not built"
		continue
	fi
	case $room in
	base) below='' libs='' ;;
	json) below='base' libs="|$yajl|_?setjmp|longjmp|__longjmp_chk" ;;
	spec) below='base json' libs="|$cap" ;;
	plan) below='base json spec' libs='' ;;
	esac
	needed "$room" >"$tmp/wanted"
	for b in $below; do nm --defined-only "$(library "$b")" 2>/dev/null | awk 'NF == 3 { print $3 }'; done | sort -u >"$tmp/below"
	comm -23 "$tmp/wanted" "$tmp/below" | grep -vE "^($memory|$strings|$format|$numbers$libs)\$" | check "$room needs nothing that could touch the machine"
done
finish
