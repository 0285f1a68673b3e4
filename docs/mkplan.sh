#!/bin/sh
# mkplan.sh [OPS.DEF]: prints docs/PLAN.md. The C preprocessor reads the same rows as the program does, so the two cannot differ.
#   docs/mkplan.sh >docs/PLAN.md
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
ops=${1:-$top/libcontainer/plan/ops.def}
cat <<'END'
# The plan: every kind of act

<!-- made by docs/mkplan.sh from libcontainer/plan/ops.def -->

This is the whole list of what brig can do to a system while it creates a container. A plan is a row of such acts; `brig explain` prints
the one of your configuration, and [create.c](../libcontainer/plan/create.c) has their order.

- **Room**: the process in which the act may stand. `host` is the caller, `init` the container's first process, `join` a short-lived one between.
- **Undo**: what the journal keeps, so that `delete`, or a failing create, can take the act back. Without a word here the effect ends with the
  process or its namespaces.
- **Once**: the act stands exactly once in every plan of a create. Others stand as often as the configuration asks.
END
# -CC keeps the comments: they are the headings.
{
	echo '#define OP(id, rooms, name, member, undo, often, exports, why) @ name @ rooms @ undo @ often @ why'
	sed '/^\/\* room/,/^$/d' "$ops"
} | ${CC:-cc} -nostdinc -E -P -CC -x c - | awk '
	function clean(text) { gsub(/^ +| +$|^ *"|" *$/, "", text); gsub(/\\"/, "\"", text); return text }
	/^ *\/\*/ {
		sub(/^ *\/\* */, ""); sub(/ *\*\/.*/, "")
		printf "\n## %s\n\n| Act | Room | Undo | | Why it exists, and why it is safe where it stands |\n|---|---|---|---|---|\n", toupper(substr($0, 1, 1)) substr($0, 2)
		next
	}
	/@/ {
		n = split($0, f, /@/)
		why = clean(f[6]); for (i = 7; i <= n; i++) why = why "@" clean(f[i])
		rooms = tolower(clean(f[3])); gsub(/\|/, ", ", rooms)
		undo = tolower(clean(f[4])); if (undo == "none") undo = ""
		printf "| `%s` | %s | %s | %s | %s |\n", clean(f[2]), rooms, undo, clean(f[5]) == "ONCE" ? "once" : "", why
	}'
