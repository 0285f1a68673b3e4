#!/bin/sh
# Golden plans: each directory beside this file holds config.json, facts.json, args (optional) and what must come of them:
# expect.plan, or expect.err for a refusal. A facts.json may be a link to one of facts/*.json.
#   run.sh              compare, TAP
#   run.sh --update     write what the planner makes now; the diff is for review
# GOLDEN names the check program (tests/plan/golden.c).
set -u
here=$(cd "$(dirname "$0")" && pwd)
golden=${GOLDEN:-./tests/plan/golden}
update=no
[ "${1:-}" = --update ] && update=yes
got=$(mktemp) || exit 1
trap 'rm -f "$got"' EXIT
n=0 failed=0

for dir in "$here"/*/; do
	[ -f "$dir/config.json" ] || continue
	name=$(basename "$dir")
	n=$((n + 1))
	"$golden" "$dir" >"$got" 2>&1
	case $? in
	0) want=$dir/expect.plan other=$dir/expect.err ;;
	1) want=$dir/expect.err other=$dir/expect.plan ;;
	*) echo "not ok $n - $name: the check program failed"; sed 's/^/# /' "$got"; failed=1; continue ;;
	esac
	if [ $update = yes ]; then
		rm -f "$other"
		cp "$got" "$want"
		continue
	fi
	if [ -f "$want" ] && [ ! -f "$other" ] && cmp -s "$got" "$want"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		[ -f "$want" ] && diff -u "$want" "$got" | sed 's/^/# /' || sed 's/^/# unexpected: /' "$got"
		failed=1
	fi
done
[ $update = yes ] && exit $failed
echo "1..$n"
exit $failed
