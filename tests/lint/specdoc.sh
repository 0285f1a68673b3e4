#!/bin/sh
# docs/SPEC.md: every property of the specification (tests/spec/properties.txt) has a row, each cell of it is true, and the decoder knows no others.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir" || exit 1
grep -v '^#' tests/spec/properties.txt | sort >"$tmp/properties"
grep -v '^#' tests/spec/rows.txt >"$tmp/rows"
cut -d' ' -f1 "$tmp/rows" | sort >"$tmp/named"
if [ "$(wc -l <"$tmp/properties")" -lt 150 ]; then echo "too few properties: was the list read?"; fi | check "the list of properties is read"
diff "$tmp/properties" "$tmp/named" | sed -n 's/^< /no row: /p; s/^> /a row, but no property: /p' | check "every property has one row"

# The last word of a property, as the tables of spec/ have it: "uid" of process.user.uid, "env" of process.env[]
sed 's/\[\]$//; s/\.\*$//; s/.*\.//; s/\[\]$//' "$tmp/properties" | sort -u >"$tmp/words"
sed 's/ | /|/g' "$tmp/rows" | while IFS='|' read -r property file acts test words golden; do
	word=$(printf '%s\n' "$property" | sed 's/\[\]$//; s/\.\*$//; s/.*\.//')
	case $property in linux.resources.network.priorities*|hooks.*) ;; *)
		grep -q "\"$word\"" "libcontainer/spec/$file" || echo "$property: $file has no \"$word\"" ;;
	esac
	for act in $acts; do
		[ "$act" = - ] || grep -q "\"$act\"" libcontainer/plan/ops.def || echo "$property: there is no act $act"
	done
	[ -f "$test" ] && grep -qF -- "$words" "$test" || echo "$property: $test has no \"$words\""
done | check "each cell is true: decoder, act, test"

# Each property stands in the configuration of a golden plan, and what carries it out in that plan.
if command -v jq >/dev/null; then
	sed 's/ | /|/g' "$tmp/rows" | while IFS='|' read -r property file acts test words golden; do
		case=tests/plan/$golden
		if [ "$acts" = - ] && [ -f "$case/expect.err" ]; then :; else [ -n "$golden" ] && [ -f "$case/expect.plan" ]; fi || { echo "$property: no golden plan \"$golden\""; continue; }
		filter=.$(printf '%s\n' "$property" | sed 's/\[\]/[]?/g; s/\.\*/[]?/g')
		jq -e "[$filter] | any(. != null)" "$case/config.json" >/dev/null 2>&1 || echo "$property: $case/config.json does not have it"
		for act in $acts; do
			[ "$act" = - ] || grep -qw -- "$act" "$case/expect.plan" || echo "$property: $case/expect.plan has no $act"
		done
	done | check "each property has a golden plan"
else
	skip "golden plans of the properties: there is no jq"
fi

# The other way round. Names of other platforms, and of engines' own formats, are known and do nothing.
ignored='commandLine username comment includes excludes enableCMT enableMBM'
containers='process root mounts hooks annotations linux user scheduler ioPriority execCPUAffinity consoleSize capabilities rlimits namespaces uidMappings
	gidMappings timeOffsets boottime monotonic devices resources personality seccomp syscalls args netDevices memoryPolicy intelRdt memory cpu blockIO
	weightDevice throttleReadBpsDevice throttleWriteBpsDevice throttleReadIOPSDevice throttleWriteIOPSDevice hugepageLimits pids rdma network priorities
	unified sysctl prestart createRuntime createContainer startContainer poststart poststop'
grep -ohE '"[a-zA-Z0-9]+", take_' libcontainer/spec/*.c | cut -d'"' -f2 | sort -u >"$tmp/known"
printf '%s\n' $ignored $containers | sort -u | cat - "$tmp/words" | sort -u >"$tmp/allowed"
comm -23 "$tmp/known" "$tmp/allowed" | sed 's/^/decoded, but in no row: /' | check "the decoder knows no other property"
docs/mkspec.sh >"$tmp/SPEC.md"
diff docs/SPEC.md "$tmp/SPEC.md" | check "docs/SPEC.md is current (docs/mkspec.sh >docs/SPEC.md)"
finish
