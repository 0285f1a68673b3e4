# shellcheck shell=bash
# What engines.bats does with a recorded configuration (tests/engines/README.md).

records=${top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}/tests/engines
BRIG=${BRIG:-${top_builddir:-$records/../../build/release}/brig}
. "$records/box.sh"
# A process that cannot be traced and blocks signals hangs in the sanitizer's leak check at its end.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
ROOTLESS_ID=7000 ROOTLESS_FIRST=3000000 ROOTLESS_COUNT=65536	# the user of rootless records, as record/rootless made it

# A process in namespaces of its own: what @NS@ stands for.
hold_namespaces() {
	unshare --fork --kill-child --pid --net --ipc --uts --cgroup sleep 600 >/dev/null 2>&1 3>&- &
	holder=$!
	local i
	for i in {1..100}; do
		held=$(cat "/proc/$holder/task/$holder/children" 2>/dev/null)
		held=${held%% *}
		[ -n "$held" ] && [ "$(readlink "/proc/$held/ns/pid")" != "$(readlink /proc/self/ns/pid)" ] && return
		sleep 0.02
	done
	return 1
}

# The user namespace that podman makes for an ordinary user, with a mount namespace of its own.
hold_user_namespace() {
	unshare --user --mount sleep 600 >/dev/null 2>&1 3>&- &
	holder=$!
	local i
	for i in {1..100}; do
		[ "$(readlink "/proc/$holder/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ] && break
		sleep 0.02
	done
	# The kernel takes a map in one write only, and bash writes line by line.
	local map="0 $ROOTLESS_ID 1"$'\n'"1 $ROOTLESS_FIRST $ROOTLESS_COUNT"
	cat <<<"$map" >"/proc/$holder/uid_map" && cat <<<"$map" >"/proc/$holder/gid_map"
}

rootless() { [[ $name == rootless-* ]]; }

setup_file() {
	[ "$EUID" = 0 ] && command -v busybox >/dev/null || return 0
	box "$BATS_FILE_TMPDIR/rootfs"
}

# found REGEX: what stands in its brackets, wherever it matches in $text; in the array of this name
found() {
	local rest=$text
	found=()
	while [[ $rest =~ $1 ]]; do
		found+=("${BASH_REMATCH[1]}")
		rest=${rest#*"${BASH_REMATCH[0]}"}
	done
}

# prepare NAME: a bundle in $bundle from the record. (Bash does what it can: the start of a program is what an emulated machine is slow at.)
prepare() {
	name=$1 id=engines-$$-$1
	bundle=$BATS_TEST_TMPDIR/bundle
	local text profile=seccomp-none missing='' d
	mkdir -p "$bundle"
	cp -a "$BATS_FILE_TMPDIR/rootfs" "$bundle/rootfs"
	printf '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n' >"$bundle/init"
	chmod 755 "$bundle/init"
	text=$(<"$records/$name.json")
	if [[ $text == *'"@NS@/'* ]]; then hold_namespaces; fi
	if rootless; then hold_user_namespace; fi
	text=${text//@ROOTFS@/"$bundle/rootfs"} text=${text//'"@DIR@/'/"\"$bundle/dir-"} text=${text//'"@FILE@/'/"\"$bundle/file-"}
	text=${text//@INIT@/"$bundle/init"} text=${text//@HOOK@//bin/true} text=${text//@TMP@/"$bundle"} text=${text//@ID@/"$id"}
	text=${text//'@NS@/network'/"/proc/${held:-}/ns/net"} text=${text//'@NS@/'/"/proc/${held:-}/ns/"}
	if [[ $text =~ '"@SECCOMP@/'([^\"]*)'"' ]]; then profile=${BASH_REMATCH[1]}; fi
	found '"source": *"(/dev/[^"]*)"'
	for d in "${found[@]}"; do [ -e "$d" ] || missing=$missing,\"$d\"; done
	# What differs from machine to machine: the profile's place, the cgroup's parent, device files that are not here.
	{ IFS= read -r first && IFS= read -r limits && IFS= read -r text; } < <(jq -r --slurpfile profile "$records/$profile.json" \
		--arg path "/brig-engines/$id" --argjson missing "[${missing#,}]" '
		if .linux.seccomp then .linux.seccomp = $profile[0] else . end
		| if .linux.cgroupsPath then .linux.cgroupsPath = $path else . end
		| .mounts |= map(select((.source // "") as $s | $missing | index($s) | not))
		| ([.linux.uidMappings[]? | select(.containerID == 0) | .hostID][0] // 0),
		  ([.process.rlimits[]? | "\(.type | sub("RLIMIT_"; "")) \(.hard)"] | join(" ")), tojson' <<<"$text")
	printf '%s\n' "$text" >"$bundle/config.json"
	found '"source":"('"$bundle"'/dir-[^"]*)"'
	[ ${#found[@]} = 0 ] || mkdir -p "${found[@]}"
	found '"source":"('"$bundle"'/file-[^"]*)"'
	for d in "${found[@]}"; do : >"$d"; done
	found '"[lowerupk]*dir=([^"]*)"'
	[ ${#found[@]} = 0 ] || mkdir -p "${found[@]}"
	own
}

# The tree belongs to who is root in the container, as engines have it.
own() {
	local d
	if rootless; then
		[ "$first" = 0 ] && first=$ROOTLESS_ID || first=$((ROOTLESS_FIRST + first - 1))
		chown -R $ROOTLESS_ID:$ROOTLESS_ID "$bundle"
	fi
	if [ "$first" != 0 ]; then
		chown -R "$first:$first" "$bundle/rootfs"
		for d in "$bundle"/dir-*; do [ ! -e "$d" ] || chown -R "$first:$first" "$d"; done
	fi
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" "$bundle"
}

# brig as the engine would start it. stdin is no terminal, as below a daemon.
call() {
	if rootless; then
		mkdir -p "$bundle/xdg"
		chown $ROOTLESS_ID:$ROOTLESS_ID "$bundle/xdg"
		timeout 120 nsenter --target "$holder" --user --mount --setuid 0 --setgid 0 env -u USER XDG_RUNTIME_DIR="$bundle/xdg" "$BRIG" "$@" </dev/null
	else
		timeout 120 "$BRIG" --root "$bundle/state" "$@" </dev/null
	fi
}

setup() {
	command -v jq busybox nsenter >/dev/null || skip "needs jq, busybox and nsenter"
	[ "$EUID" = 0 ] || skip "needs root"
	holder='' held=''
}

teardown() {
	[ -z "$holder" ] || kill -9 "$holder" 2>/dev/null || true
	rmdir "$cgroup_root/brig-engines" 2>/dev/null || true
}

while read -ra field; do
	[[ ${field[-3]} != cgroup2 ]] || cgroup_root=${field[4]}
done </proc/self/mountinfo

# Nothing may be left, whatever the outcome.
nothing_left() {
	[ -z "$(ls -A "$bundle/state" 2>/dev/null)" ] || { echo "state left: $(ls "$bundle/state")"; return 1; }
	! [ -e "$cgroup_root/brig-engines/$id" ] || { echo "cgroup left"; return 1; }
	! grep -q "$bundle" /proc/self/mountinfo || { echo "mounts left"; return 1; }
}

explained() {
	run call explain --bundle "$bundle" "$id"
	[ "$status" -eq 0 ]
	[[ "${lines[-1]}" == *" init exec "* ]]
}

# The container runs and prints what the record's program prints.
runs() {
	prepare "$BATS_TEST_DESCRIPTION"
	if beyond_limits; then
		expect_refusal 'set RLIMIT_[A-Z]+ to soft [0-9]+ hard [0-9]+: operation not permitted'
		return
	fi
	explained
	run call run --bundle "$bundle" "$id"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *ran* ]]
	nothing_left
}

# Limits above our own need CAP_SYS_RESOURCE, and not that of a user namespace.
beyond_limits() {
	local limit have
	! rootless && capsh --has-p=cap_sys_resource 2>/dev/null && return 1
	read -ra limit <<<"$limits"
	for ((; ${#limit[@]}; )); do
		have=$(prlimit --noheadings --raw --output HARD --"${limit[0],,}")
		[ "$have" = unlimited ] || [ "${limit[1]}" -le "$have" ] || return 0
		limit=("${limit[@]:2}")
	done
	return 1
}

expect_refusal() {
	run call run --bundle "$bundle" "$id"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "$output" =~ $1 ]]
	nothing_left
}

# refused REASON: the configuration cannot be had anywhere, or not in this way.
refused() {
	prepare "$BATS_TEST_DESCRIPTION"
	expect_refusal "$1"
}

# needs_controller NAME: runs where the hierarchy has it, and is ours to use; else says so.
needs_controller() {
	prepare "$BATS_TEST_DESCRIPTION"
	if ! rootless && grep -qw "$1" "$cgroup_root/cgroup.controllers"; then
		run call run --bundle "$bundle" "$id"
		[ "$status" -eq 0 ] && [[ "$output" == *ran* ]]
		return
	fi
	if rootless; then
		expect_refusal 'rootless needs no limits \+ no cgrouppath when no permission is granted for cgroups'
	else
		expect_refusal "controller $1 not available: it is needed for $1\."
	fi
}
