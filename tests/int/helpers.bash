# For every integration test: a bundle, a state root and a cgroup of its own, and proof that nothing is left over.
# shellcheck shell=bash disable=SC2034,SC2154

: "${BRIG:=$(readlink -f "${BASH_SOURCE[0]%/*}/../../build/release/brig")}"
: "${GUEST:=${BRIG%/*}/tests/guest/guest}"
export BATS_NO_PARALLELIZE_WITHIN_FILE=true
unset LISTEN_FDS NOTIFY_SOCKET XDG_RUNTIME_DIR

# A test is mostly the start of small programs, and a start is what an emulated processor is slowest at: so little of this is done by programs.
CGROOT=
while read -ra field; do
	if [[ ${field[-3]} == cgroup2 ]]; then CGROOT=${field[4]}; break; fi
done </proc/self/mountinfo

setup_file() {
	FILE_T=$(mktemp -d /tmp/brig-test.XXXXXX)
	chmod 755 "$FILE_T"
	install -m 755 "$GUEST" "$FILE_T/guest"
	mkdir -p "$FILE_T/spec" "$FILE_T/rootfs"/{proc,dev,sys,etc,tmp,mnt}
	chmod 1777 "$FILE_T/rootfs/tmp"
	ln "$FILE_T/guest" "$FILE_T/rootfs/guest"
	"$BRIG" spec -b "$FILE_T/spec"
	"$BRIG" spec -b "$FILE_T" --rootless
	mv "$FILE_T/config.json" "$FILE_T/rootless.json"
	mv "$FILE_T/spec/config.json" "$FILE_T/config.json"
	configured . @T@ @CG@ <"$FILE_T/config.json" >"$FILE_T/plain.json"
	export FILE_T
	if declare -F setup_more >/dev/null; then setup_more; fi
}

teardown_file() {
	[ "$EUID" = 0 ] || return 0
	rm -rf --one-file-system "$FILE_T"
}

# place: a test's names and its bundle's root
place() {
	T=$FILE_T/$BATS_TEST_NUMBER ROOT=$FILE_T/$BATS_TEST_NUMBER/state B=$FILE_T/$BATS_TEST_NUMBER/bundle R=$FILE_T/$BATS_TEST_NUMBER/bundle/rootfs
	CG=/${FILE_T##*/}.$BATS_TEST_NUMBER
	CONFIG=$FILE_T/config.json
	mkdir -p "$B"
	cp -al "$FILE_T/rootfs" "$R"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$R/etc/passwd"
}

setup() {
	[ "$EUID" = 0 ] || skip "needs root"
	[ -n "$CGROOT" ] || skip "needs a cgroup v2 hierarchy"
	place
	local plain
	plain=$(<"$FILE_T/plain.json")
	plain=${plain//@T@/"$T"}
	printf '%s\n' "${plain//@CG@/"$CG"}" >"$B/config.json"
}

# configured FILTER T CG [jq options]: a configuration with our settings, and FILTER
configured() {
	jq --arg T "$2" --arg CG "$3" --arg R "$2/bundle/rootfs" '
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
		'"$1" "${@:4}"
}

# conf FILTER [jq options]: makes config.json anew from the default one, our settings, and FILTER
conf() { configured "${1:-.}" "$T" "$CG" "${@:2}" <"$CONFIG" >"$T/config.new" && mv "$T/config.new" "$B/config.json"; }

# program WORDS...: the guest's commands
program() { jq '.process.args = ["/guest"] + $ARGS.positional' --args -- "$@" <"$B/config.json" >"$T/config.new" && mv "$T/config.new" "$B/config.json"; }

brig() { timeout -s KILL 60 "$BRIG" --root "$ROOT" "$@"; }

# capture COMMAND...: $out, $err and $rc of it; never fails itself
capture() {
	rc=0
	"$@" </dev/null >"$T/stdout" 2>"$T/stderr" || rc=$?	# files: a container that lives on would keep a pipe open
	{ out=$(<"$T/stdout") err=$(<"$T/stderr"); } 2>/dev/null	# (bash warns of the null bytes that it leaves out)
}

# try FILTER "WORDS": runs the guest with a configuration
try() {
	# shellcheck disable=SC2086
	conf "${1:-.} | .process.args = [\"/guest\"] + \$ARGS.positional" --args -- $2 || return 1
	capture brig run -b "$B" "c$BATS_TEST_NUMBER"
}

explain_failure() {
	echo "$1"
	printf 'status %s\nstandard output:\n%s\nstandard error:\n%s\n' "$rc" "$out" "$err"
	return 1
}

# has_line REGEX: of $out
has_line() {
	local line
	while IFS= read -r line; do
		if [[ $line =~ $1 ]]; then return 0; fi
	done <<<"$out"
	return 1
}

# lines EXPECTED...: "key=value" is a line of $out; "!key=value" is none; "~regex" matches one; "!~regex" none
lines() {
	local line
	for line in "$@"; do
		case $line in
		!~*) ! has_line "${line#!~}" || explain_failure "a line matches ${line#!~}" || return 1 ;;
		!*) [[ $'\n'$out$'\n' != *$'\n'"${line#!}"$'\n'* ]] || explain_failure "there is a line ${line#!}" || return 1 ;;
		~*) has_line "${line#\~}" || explain_failure "no line matches ${line#\~}" || return 1 ;;
		*) [[ $'\n'$out$'\n' == *$'\n'"$line"$'\n'* ]] || explain_failure "there is no line $line" || return 1 ;;
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
	[[ -z $out && -n $err && $err != *$'\n'* ]] || explain_failure "not exactly one line on standard error" || return 1
	for text in "$@"; do
		[[ $err == *"$text"* ]] || explain_failure "the message does not say: $text" || return 1
	done
	[ ! -e "$ROOT/refused" ] || explain_failure "a state directory is left" || return 1
	[ ! -e "$CGROOT$CG/c" ] || explain_failure "a cgroup is left" || return 1
}

# fail TEXT: for conditions
fail() { explain_failure "$1"; }

# wait_until COMMAND...: waits up to a minute for it to succeed; an emulated guest on a busy machine needs most of it
wait_until() {
	local i
	for ((i = 0; i < 1200; i++)); do
		if "$@"; then return 0; fi
		sleep 0.05
	done
	echo "waited in vain for: $*"
	return 1
}

status_is() { [ "$(brig state "$1" 2>/dev/null | jq -r .status)" = "$2" ]; }
pid_of() { brig state "$1" | jq .pid; }

# The processes that know our directory: by their command line, or by the variable that every container of ours has.
our_processes() {
	local file
	for file in $(grep -lsF -f - /proc/[0-9]*/cmdline /proc/[0-9]*/environ <<<"$T/"); do
		case $file in "/proc/$$/"* | "/proc/$BASHPID/"*) ;; *) echo "$file" ;; esac
	done
}
none_of_ours() { [ -z "$(our_processes)" ]; }

# What a test mounted itself is its own to take away.
mount_here() { mount "$@" && MOUNTED+=("${@: -1}"); }

teardown() {
	[ -n "${T:-}" ] || return 0
	local id i left=0 mounts
	cd / && cd /	# $PWD and $OLDPWD are in the environment of every helper
	for id in "$ROOT"/*/; do
		[ -d "$id" ] || continue
		brig delete --force "$(basename "$id")" || left=1
	done
	for ((i = ${#MOUNTED[@]} - 1; i >= 0; i--)); do umount -l "${MOUNTED[i]}"; done
	wait_until none_of_ours || { our_processes; left=1; }
	shopt -s dotglob
	if compgen -G "$ROOT/*" >/dev/null; then echo "left in the state root:"; find "$ROOT"; left=1; fi
	mounts=$(</proc/self/mountinfo)
	if [[ $mounts == *"$T"* ]]; then echo "mounts are left on the host"; grep -F "$T" /proc/self/mountinfo; left=1; fi
	if [ -d "$CGROOT$CG" ]; then
		for id in "$CGROOT$CG"/*/; do
			if [ -d "$id" ]; then echo "cgroups are left:"; find "$CGROOT$CG" -type d; left=1; break; fi
		done
		rmdir "$CGROOT$CG" || left=1
	fi
	rm -rf --one-file-system "$T"
	return "$left"
}
