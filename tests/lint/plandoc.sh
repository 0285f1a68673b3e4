#!/bin/sh
# docs/PLAN.md is what ops.def says now. TAP.
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
made=$(mktemp) || exit 1
trap 'rm -f "$made" "$made.diff"' EXIT
echo 1..2
sh "$top/docs/mkplan.sh" >"$made"
if [ "$(grep -c '^| `' "$made")" = "$(grep -c '^OP(' "$top/libcontainer/plan/ops.def")" ]; then
	echo "ok 1 - every kind of act has a row"
else
	echo "not ok 1 - every kind of act has a row"
fi
if diff -u "$top/docs/PLAN.md" "$made" >"$made.diff"; then
	echo "ok 2 - docs/PLAN.md is current"
else
	sed 's/^/# /' "$made.diff"
	echo "not ok 2 - docs/PLAN.md is current (docs/mkplan.sh >docs/PLAN.md)"
fi
