#!/bin/sh
# The first line of each file says in which room its code runs, and the room fits the folder.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir/libcontainer" || exit 1
for room in $rooms; do
	case $room in
	base) fits='pure|any' ;;
	json | spec | plan) fits='pure' ;;
	sys | wire) fits='any' ;;
	fs) fits='any|host' ;;
	probe | host | state | life) fits='host' ;;
	join) fits='join' ;;
	init) fits='init' ;;
	sealed) fits='join, init' ;;
	esac
	for file in "$room"/*.[chS] "$room"/*.def; do
		[ -f "$file" ] || continue
		head -n 1 "$file" | grep -qE "^/\* room: ($fits) — [^ ]" || echo "$file: $(head -n 1 "$file")"
	done | check "$room: each file says that it runs in $fits"
done
for file in container*.[ch] ../src/*.[ch]; do
	head -n 1 "$file" | grep -qE '^/\* room: (any|host|cli) — [^ ]' || echo "$file: $(head -n 1 "$file")"
done | check "container and src"
cd "$top_srcdir" || exit 1
find tests -name '*.[ch]' | while read -r file; do
	head -n 1 "$file" | grep -qE '^/\* room: [a-z]+ — [^ ]' || echo "$file: $(head -n 1 "$file")"
done | check "tests"
grep -rlE '#include "' libcontainer --include='*.h' | while read -r file; do
	guard=BRIG_$(echo "${file#libcontainer/}" | tr 'a-z/.' 'A-Z__')
	grep -q "^#ifndef $guard\$" "$file" || echo "$file: no guard $guard"
done | check "header guards follow the path"
finish
