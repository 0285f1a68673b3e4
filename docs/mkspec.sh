#!/bin/sh
# mkspec.sh: prints docs/SPEC.md from tests/spec/rows.txt.
#   docs/mkspec.sh >docs/SPEC.md
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
cat <<'END'
# The OCI runtime specification 1.3, property by property

<!-- made by docs/mkspec.sh from tests/spec/rows.txt -->

Every property of a Linux configuration, with what becomes of it: the file that decodes it, the kind of act that carries it out ([PLAN.md](PLAN.md)),
the golden plan of a configuration that has it, and a test that shows it. Without an act a property is checked, and then has nothing to do on Linux
with cgroup v2, or belongs to another verb than `create`; [SPEC-NOTES.md](SPEC-NOTES.md) has the readings. `[]` is each element of a list, `.*` each
member of an object with free keys.

| Property | Decoded in | Act | Golden plan | Test |
|---|---|---|---|---|
END
awk -F ' [|] ' '
	/^#/ { next }
	{
		n = split($3, op, " "); acts = ""
		for (i = 1; i <= n; i++) if (op[i] != "-") acts = acts (acts ? ", " : "") "`" op[i] "`"
		gsub(/[|]/, "\\|", $5)
		printf "| `%s` | [%s](../libcontainer/spec/%s) | %s | [%s](../tests/plan/%s) | [%s](../%s): %s |\n", $1, $2, $2, acts, $6, $6, name($4), $4, $5
	}
	function name(path,    part, k) { k = split(path, part, "/"); return path ~ /expect/ ? "plan/" part[k - 1] : part[k] }' "$top/tests/spec/rows.txt"
