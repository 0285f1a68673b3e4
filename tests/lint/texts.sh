#!/bin/sh
# tests/compat/texts.txt: each text that callers look for is one of ours, and a test looks for it.
. "$(dirname "$0")/lib.sh"
cd "$top_srcdir" || exit 1
rows=tests/compat/texts.txt
grep -v '^#' $rows | while IFS='|' read -r text test who; do
	[ -n "$who" ] || echo "a row without its three fields: $text"
	grep -rqF -- "$text" libcontainer src || echo "not in the source: $text"
	# A test may know it by the words that a format fills, or behind the quotes of its language.
	plain=$(printf '%s\n' "$text" | sed 's/error running %s/error running $kind/; s/unable to %s/unable to start/; s/%s/c/; s/ if runc will .*//; s/`//g')
	[ "$test" = - ] && continue	# the third field tells why
	[ -f "$test" ] && grep -qF -- "$plain" "$test" || echo "$test does not look for: $text"
done | check "each text is in the source and in its test"
grep -v '^#' $rows | sort | uniq -d | check "no row stands twice"
# Every state error of the library has its row.
grep -rhoE 'ERR_STATE, 0, "[^"(]{12,}' libcontainer/life libcontainer/container.c libcontainer/host | sed 's/.*"//; s/%[^s].*//; s/ *$//' | sort -u | while read -r text; do
	cut -d'|' -f1 $rows | while read -r row; do case $text in *"$row"*) echo yes ;; esac; case $row in *"$text"*) echo yes ;; esac; done | grep -q yes || echo "no row for: $text"
done >"$tmp/state"
check "each state error of the verbs has a row" <"$tmp/state"
finish
