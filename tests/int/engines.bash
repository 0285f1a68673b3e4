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

# prepare NAME: a bundle in $bundle from the record.
prepare() {
	name=$1 id=engines-$$-$1
	bundle=$BATS_TEST_TMPDIR/bundle
	local profile source first
	mkdir -p "$bundle"
	box "$bundle/rootfs"
	printf '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n' >"$bundle/init"
	chmod 755 "$bundle/init"
	if grep -q '"@NS@/' "$records/$name.json"; then hold_namespaces; fi
	if rootless; then hold_user_namespace; fi
	sed -e "s#@ROOTFS@#$bundle/rootfs#; s#\"@DIR@/#\"$bundle/dir-#; s#\"@FILE@/#\"$bundle/file-#; s#@INIT@#$bundle/init#; s#@HOOK@#/bin/true#g; s#@TMP@#$bundle#g" \
		-e "s#@NS@/network#/proc/${held:-}/ns/net#; s#@NS@/#/proc/${held:-}/ns/#; s#@ID@#$id#g" "$records/$name.json" >"$bundle/with-profile.json"
	profile=$(jq -r '.linux.seccomp | strings | sub("@SECCOMP@/"; "")' "$bundle/with-profile.json")
	# What differs from machine to machine: the profile's place, the cgroup's parent, device files that are not here.
	jq --slurpfile profile "$records/${profile:-seccomp-none}.json" --arg path "/brig-engines/$id" --argjson missing "$(missing_devices)" '
		if .linux.seccomp then .linux.seccomp = $profile[0] else . end
		| if .linux.cgroupsPath then .linux.cgroupsPath = $path else . end
		| .mounts |= map(select((.source // "") as $s | $missing | index($s) | not))' "$bundle/with-profile.json" >"$bundle/config.json"
	for source in $(jq -r '.mounts[].source // empty' "$bundle/config.json" | grep "^$bundle/dir-"); do mkdir -p "$source"; done
	for source in $(jq -r '.mounts[].source // empty' "$bundle/config.json" | grep "^$bundle/file-"); do : >"$source"; done
	for source in $(jq -r '.mounts[].options[]? | select(test("^(lower|upper|work)dir="))' "$bundle/config.json"); do mkdir -p "${source#*=}"; done
	own
}

missing_devices() {
	local d
	for d in $(jq -r '.mounts[] | .source // empty | select(startswith("/dev/"))' "$bundle/with-profile.json"); do
		[ -e "$d" ] || printf '%s\n' "$d"
	done | jq -R . | jq -s -c .
}

# The tree belongs to who is root in the container, as engines have it.
own() {
	local first
	first=$(jq '[.linux.uidMappings[]? | select(.containerID == 0) | .hostID][0] // 0' "$bundle/config.json")
	if rootless; then
		[ "$first" = 0 ] && first=$ROOTLESS_ID || first=$((ROOTLESS_FIRST + first - 1))
		chown -R $ROOTLESS_ID:$ROOTLESS_ID "$bundle"
	fi
	[ "$first" = 0 ] || chown -R "$first:$first" "$bundle/rootfs"
	find "$bundle" -maxdepth 1 -name 'dir-*' -exec chown -R "$first:$first" {} +
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" "$bundle"
}

# brig as the engine would start it. stdin is no terminal, as below a daemon.
call() {
	if rootless; then
		mkdir -p "$bundle/xdg"
		chown $ROOTLESS_ID:$ROOTLESS_ID "$bundle/xdg"
		timeout 30 nsenter --target "$holder" --user --mount --setuid 0 --setgid 0 env -u USER XDG_RUNTIME_DIR="$bundle/xdg" "$BRIG" "$@" </dev/null
	else
		timeout 30 "$BRIG" --root "$bundle/state" "$@" </dev/null
	fi
}

setup() {
	command -v jq busybox nsenter >/dev/null || skip "needs jq, busybox and nsenter"
	[ "$(id -u)" = 0 ] || skip "needs root"
	holder='' held=''
}

teardown() {
	[ -z "$holder" ] || kill -9 "$holder" 2>/dev/null || true
	rmdir "$(cgroup_root)/brig-engines" 2>/dev/null || true
}

cgroup_root() { awk '/ - cgroup2 / { print $5 }' /proc/self/mountinfo | tail -n 1; }

# Nothing may be left, whatever the outcome.
nothing_left() {
	[ -z "$(ls -A "$bundle/state" 2>/dev/null)" ] || { echo "state left: $(ls "$bundle/state")"; return 1; }
	! [ -e "$(cgroup_root)/brig-engines/$id" ] || { echo "cgroup left"; return 1; }
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

# Limits above our own need CAP_SYS_RESOURCE.
beyond_limits() {
	local type hard have
	capsh --has-p=cap_sys_resource 2>/dev/null && return 1
	rootless && ! jq -e '.process.rlimits' "$bundle/config.json" >/dev/null && return 1
	while read -r type hard; do
		have=$(prlimit --noheadings --raw --output HARD --"${type,,}")
		[ "$have" = unlimited ] && continue
		[ "$hard" -gt "$have" ] && return 0
	done < <(jq -r '.process.rlimits[]? | "\(.type | sub("RLIMIT_"; "")) \(.hard)"' "$bundle/config.json")
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

# needs_controller NAME: runs where the hierarchy has it, else says so.
needs_controller() {
	prepare "$BATS_TEST_DESCRIPTION"
	if grep -qw "$1" "$(cgroup_root)/cgroup.controllers"; then
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
