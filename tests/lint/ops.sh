#!/bin/sh
# ops.def against the tables: each kind of act has an executor in each room where it may stand, a printer, a verdict of the ordering table, and a
# line in the documents. A gap must be declared here with its reason.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir/libcontainer" || exit 1
sed -nE 's/^OP\(([A-Z_]+), *([A-Z|]+), *"([a-z-]+)", *([a-z]+),.*/\1 \2 \3 \4/p' plan/ops.def >"$tmp/ops"
if [ "$(grep -c '^OP(' plan/ops.def)" != "$(wc -l <"$tmp/ops")" ]; then echo "a row cannot be read"; fi | check "ops.def is read"

# Kinds that this program refuses by name (ERR_UNSUPPORTED) because nothing carries them out yet.
unbuilt=''

executor() { # ROOM FILE
	while read -r op rooms _ _; do
		case "|$rooms|" in *"|$1|"*) may=yes ;; *) may=no ;; esac
		grep -qE "\[OP_$op\] = " "$2" && has=yes || has=no
		case " $unbuilt " in *" $op "*) [ $has = no ] && may=no ;; esac
		[ $may = $has ] || echo "$op: may stand in $1: $may, executor there: $has"
	done <"$tmp/ops" | check "executors of $2 are those of ops.def"
}
executor HOST host/table.c
executor JOIN join/join.c
executor INIT init/main.c

while read -r op _ _ arg; do
	[ "$arg" = none ] || grep -q "case OP_$op:" plan/printstep.c || echo "$op has no printer"
done <"$tmp/ops" | check "each kind with arguments is printed"
while read -r op _ wire _; do
	[ "$(echo "$op" | tr 'A-Z_' 'a-z-')" = "$wire" ] || echo "$op is called $wire"
done <"$tmp/ops" | check "the wire name is the kind's name"

# No ordering rule of its own: what holds for it is said by the rules for all (slots are filled before they are used, ONCE).
unordered='SECCOMP_COMPILE'
while read -r op _ _ _; do
	grep -qE "(AFTER|AFTER_IN)\([^\")]*\b$op\b|OP_$op\b" plan/check.c && continue
	case " $unordered " in *" $op "*) ;; *) echo "$op stands in no rule of plan/check.c" ;; esac
done <"$tmp/ops" | check "each kind has an ordering rule, or is declared to need none"
if [ -f ../docs/PLAN.md ]; then
	while read -r _ _ wire _; do
		grep -q "$wire" ../docs/PLAN.md || echo "$wire is not in docs/PLAN.md"
	done <"$tmp/ops" | check "each kind is documented"
else
	skip "each kind is documented" "docs/PLAN.md is not there"
fi
finish
