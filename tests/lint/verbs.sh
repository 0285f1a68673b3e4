#!/bin/sh
# Help, manual pages, completions and the list in the Makefile come from one table; this keeps them in step.
set -u
brig=$top_builddir/brig
n=0 failed=0
ok() { n=$((n + 1)); if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; failed=1; fi; }

verbs=$($brig help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p')
built=$(cd "$top_builddir" && ls brig-*.8 | sed 's/^brig-//; s/\.8$//' | sort)
[ -n "$verbs" ]; ok $? "help names the verbs"
[ "$(echo "$verbs" | sort)" = "$built" ]; ok $? "there is a manual page for each verb, and no other"
for shell in bash zsh fish; do $brig completion $shell >"$top_builddir/.completion.$shell" || failed=1; done
for verb in $verbs; do
	help=$($brig help "$verb")
	[ "$help" = "$($brig "$verb" --help)" ]; ok $? "$verb --help is help $verb, and exits 0"
	missing=
	for option in $(echo "$help" | sed -n 's/^  \(-.,\|   \) --\([a-z0-9-]*\).*/\2/p'); do
		$brig help --man "$verb" | sed 's/\\//g' | grep -q -- "Fl -$option\b" || missing="$missing man:$option"
		for shell in bash zsh fish; do
			case $shell in fish) pattern="from $verb' -l $option\b" ;; *) pattern="^[[:space:]]*$verb) .*--$option\b\|--$option=\?\[" ;; esac
			grep -q -- "$pattern" "$top_builddir/.completion.$shell" || missing="$missing $shell:$option"
		done
	done
	[ -z "$missing" ]; ok $? "$verb: every option stands in manual and completions$missing"
done
bash -n "$top_builddir/.completion.bash"; ok $? "the bash completion is a bash script"
rm -f "$top_builddir"/.completion.*
echo "1..$n"
exit $failed
