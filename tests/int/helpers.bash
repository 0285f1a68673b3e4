# For every integration test: a bundle, a state root and a cgroup of its own, and proof that nothing is left over.
# shellcheck shell=bash disable=SC2034,SC2154

: "${BRIG:=$(readlink -f "${BASH_SOURCE[0]%/*}/../../build/release/brig")}"
: "${GUEST:=${BRIG%/*}/tests/guest/guest}"
export BATS_NO_PARALLELIZE_WITHIN_FILE=true
unset LISTEN_FDS NOTIFY_SOCKET XDG_RUNTIME_DIR

# For names that other processes on this machine have: found once a file.
CGROOT=$(awk '$(NF-2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo)

setup_file() {
	FILE_T=$(mktemp -d /tmp/brig-test.XXXXXX)
	chmod 755 "$FILE_T"
	install -m 755 "$GUEST" "$FILE_T/guest"
	mkdir "$FILE_T/spec"
	"$BRIG" spec -b "$FILE_T/spec"
	"$BRIG" spec -b "$FILE_T" --rootless
	mv "$FILE_T/config.json" "$FILE_T/rootless.json"
	mv "$FILE_T/spec/config.json" "$FILE_T/config.json"
	export FILE_T
	if declare -F setup_more >/dev/null; then setup_more; fi
}

teardown_file() {
	[ "$(id -u)" = 0 ] || return 0
	rm -rf --one-file-system "$FILE_T"
}

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ -n "$CGROOT" ] || skip "needs a cgroup v2 hierarchy"
	T=$FILE_T/$BATS_TEST_NUMBER ROOT=$FILE_T/$BATS_TEST_NUMBER/state B=$FILE_T/$BATS_TEST_NUMBER/bundle R=$FILE_T/$BATS_TEST_NUMBER/bundle/rootfs
	CG=/${FILE_T##*/}.$BATS_TEST_NUMBER
	mkdir -p "$R/proc" "$R/dev" "$R/sys" "$R/etc" "$R/tmp" "$R/mnt"
	chmod 1777 "$R/tmp"
	ln "$FILE_T/guest" "$R/guest"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$R/etc/passwd"
	CONFIG=$FILE_T/config.json
	conf ''
}

# conf FILTER [jq options]: makes config.json anew from the default one, our settings, and FILTER
conf() {
	local filter=${1:-.}
	shift
	jq --arg T "$T" --arg CG "$CG" --arg R "$R" "$@" '
		.process.terminal = false | .process.args = ["/guest"] | .process.env += ["BRIG_TEST=\($T)"] | .root.readonly = false
		| .linux.cgroupsPath = "\($CG)/c"
		| def addmount($d; $t; $s; $o): .mounts += [{destination: $d, type: $t, source: $s, options: $o}];
		  def bind($s; $o): addmount("/mnt"; "none"; $s; $o);
		  def caps($c): .process.capabilities = {bounding: $c, effective: $c, permitted: $c, inheritable: [], ambient: []};
		  def ns($t; $p): .linux.namespaces |= (map(select(.type != $t)) + [{type: $t} + (if $p then {path: $p} else {} end)]);
		  def nons($t): .linux.namespaces |= map(select(.type != $t));
		  def userns: ns("user"; null) | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings;
		  def rule($n; $a): {names: [$n], action: "SCMP_ACT_\($a)"};
		  def seccomp($d; $rules): .linux.seccomp = {defaultAction: "SCMP_ACT_\($d)", architectures: ["SCMP_ARCH_X86_64"], syscalls: $rules};
		'"$filter" "$CONFIG" >"$T/config.new" || return 1
	mv "$T/config.new" "$B/config.json"
}

# program WORDS...: the guest's commands
program() {
	jq '.process.args = ["/guest"] + $ARGS.positional' --args -- "$@" <"$B/config.json" >"$T/config.new" || return 1
	mv "$T/config.new" "$B/config.json"
}

brig() { timeout -s KILL 10 "$BRIG" --root "$ROOT" "$@"; }

# capture COMMAND...: $out, $err and $rc of it; never fails itself
capture() {
	rc=0
	"$@" </dev/null >"$T/stdout" 2>"$T/stderr" || rc=$?	# files: a container that lives on would keep a pipe open
	out=$(tr -d '\0' <"$T/stdout")
	err=$(<"$T/stderr")
}

# try FILTER "WORDS": runs the guest with a configuration
try() {
	conf "$1" || return 1
	# shellcheck disable=SC2086
	program $2
	capture brig run -b "$B" "c$BATS_TEST_NUMBER"
}

explain_failure() {
	echo "$1"
	printf 'status %s\nstandard output:\n%s\nstandard error:\n%s\n' "$rc" "$out" "$err"
	return 1
}

# lines EXPECTED...: "key=value" is a line of $out; "!key=value" is none; "~regex" matches one; "!~regex" none
lines() {
	local line
	for line in "$@"; do
		case $line in
		!~*) ! grep -Eq -- "${line#!~}" <<<"$out" || explain_failure "a line matches ${line#!~}" || return 1 ;;
		!*) ! grep -Fxq -- "${line#!}" <<<"$out" || explain_failure "there is a line ${line#!}" || return 1 ;;
		~*) grep -Eq -- "${line#\~}" <<<"$out" || explain_failure "no line matches ${line#\~}" || return 1 ;;
		*) grep -Fxq -- "$line" <<<"$out" || explain_failure "there is no line $line" || return 1 ;;
		esac
	done
}

# want FILTER "WORDS" EXPECTED...: a container with FILTER ends with 0, prints nothing on standard error, and its report has the lines
want() {
	try "$1" "$2" || return 1
	shift 2
	[ "$rc" = 0 ] && [ -z "$err" ] || explain_failure "the container did not end well" || return 1
	lines "$@"
}

# refuse FILTER TEXT...: create fails with 1, one line, each TEXT in it, and nothing is left
refuse() {
	conf "$1" || return 1
	shift
	refused "$@"
}

refused() {
	local text
	capture brig --log "$T/log" create -b "$B" refused
	[ "$rc" = 1 ] || explain_failure "it was not refused with status 1" || return 1
	[ -z "$out" ] && [ "$(wc -l <"$T/stderr")" = 1 ] || explain_failure "not exactly one line on standard error" || return 1
	for text in "$@"; do
		[[ $err == *"$text"* ]] || explain_failure "the message does not say: $text" || return 1
	done
	[ ! -e "$ROOT/refused" ] || explain_failure "a state directory is left" || return 1
	[ ! -e "$CGROOT$CG/c" ] || explain_failure "a cgroup is left" || return 1
}

# fail TEXT: for conditions
fail() { explain_failure "$1"; }

# until COMMAND...: waits up to five seconds for it to succeed
wait_until() {
	local i
	for ((i = 0; i < 100; i++)); do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	echo "waited in vain for: $*"
	return 1
}

status_is() { [ "$(brig state "$1" 2>/dev/null | jq -r .status)" = "$2" ]; }
pid_of() { brig state "$1" | jq .pid; }

# The processes that know our directory: by their command line, or by the variable that every container of ours has.
our_processes() { grep -lsF -f - /proc/[0-9]*/cmdline /proc/[0-9]*/environ <<<"$T/" | grep -v "^/proc/\($$\|$BASHPID\)/"; }
none_of_ours() { ! our_processes >/dev/null; }

# What a test mounted itself is its own to take away.
mount_here() { mount "$@" && MOUNTED+=("${@: -1}"); }

teardown() {
	[ -n "${T:-}" ] || return 0
	local id i left=0
	cd / && cd /	# $PWD and $OLDPWD are in the environment of every helper
	for id in "$ROOT"/*/; do
		[ -d "$id" ] || continue
		brig delete --force "$(basename "$id")" || left=1
	done
	for ((i = ${#MOUNTED[@]} - 1; i >= 0; i--)); do umount -l "${MOUNTED[i]}"; done
	wait_until none_of_ours || { our_processes; left=1; }
	if [ -d "$ROOT" ] && [ -n "$(ls -A "$ROOT")" ]; then echo "left in the state root:"; find "$ROOT"; left=1; fi
	if grep -F "$T" /proc/self/mountinfo; then echo "mounts are left on the host"; left=1; fi
	if [ -d "$CGROOT$CG" ]; then
		if [ -n "$(find "$CGROOT$CG" -mindepth 1 -type d)" ]; then echo "cgroups are left:"; find "$CGROOT$CG" -type d; left=1; fi
		rmdir "$CGROOT$CG" || left=1
	fi
	rm -rf --one-file-system "$T"
	return "$left"
}
