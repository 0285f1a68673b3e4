#!/bin/sh
# Shell scripts, when there is something to check them with.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir" || exit 1
for file in bootstrap $(find tests demo .ci -name '*.sh' -o -path '.ci/run'); do
	sh -n "$file" 2>&1
done | check "each script parses"
if command -v shellcheck >/dev/null 2>&1; then
	shellcheck -S warning -e SC2154,SC3013 bootstrap tests/lint/*.sh tests/plan/*.sh 2>&1 | check "shellcheck"
else
	skip "shellcheck" "shellcheck is not installed"
fi
finish
