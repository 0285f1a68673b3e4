#!/bin/sh
# Failures of system calls that libraries make, and that no hook of ours sees: strace refuses the n-th one of the host's process. A create
# may succeed or fail, never crash; a failed one leaves nothing, and delete removes what one that succeeded made.
set -u
brig=${top_builddir:-.}/brig
name=brig-inject-$$
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mount=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' /proc/self/mountinfo)

skip() { echo "1..0 # SKIP $*"; exit 0; }
[ "$(id -u)" = 0 ] || skip "needs root"
command -v strace >/dev/null && command -v jq >/dev/null || skip "needs strace and jq"
strace -qq -o /dev/null -e trace=getuid -e inject=getuid:error=EPERM true 2>/dev/null || skip "strace cannot trace here"
[ -n "$mount" ] || skip "no cgroup v2 hierarchy"

mkdir -p "$work/base" "$work/b/rootfs/bin"
cp /bin/busybox "$work/b/rootfs/bin/sleep" || skip "needs busybox-static"
(cd "$work/base" && "$brig" spec) || exit 1
jq --arg cg "/$name/c" '.process.terminal = false | .process.args = ["sleep", "100"] | .linux.cgroupsPath = $cg | .root.readonly = false
	| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [ { names: ["mknod"], action: "SCMP_ACT_ERRNO" } ] }' "$work/base/config.json" >"$work/b/config.json"

# traced [STRACE-OPTION...]: one create
traced() { strace -qq "$@" "$brig" --root "$work/s" create --bundle "$work/b" c >"$work/out" 2>&1 </dev/null; }
left() {
	[ ! -e "$mount/$name" ] || echo "cgroup"
	[ ! -e "$work/s/c" ] || echo "state"
}
n=0 failed=0
# each CALL ERROR
each() {
	traced -o "$work/trace" -e "trace=$1,execve,execveat"
	status=$?
	"$brig" --root "$work/s" delete --force c
	calls=$(grep -c "^$1(" "$work/trace")
	# The first one of a program is the loader's own, before it can say anything: /bin/true crashes there as well.
	loader=$(awk -v c="$1(" 'index($0, "execve") == 1 { first = 1 } index($0, c) == 1 { n++; if (first) printf " %d ", n; first = 0 }' "$work/trace")
	[ "$1" = mmap ] || loader=
	bad= i=0
	[ "$calls" -gt 0 ] || bad="no such call: this proves nothing; "
	[ $status = 0 ] || bad="create without a fault: $status; "
	while [ $i -lt "$calls" ]; do
		i=$((i + 1))
		case $loader in *" $i "*) continue ;; esac
		traced -o /dev/null -e "trace=$1" -e "inject=$1:error=$2:when=$i"
		status=$?
		case $status in
		0) ;;
		1 | 127) [ -z "$(left)" ] || bad="$bad $i left $(left | tr '\n' ' ');"; [ -s "$work/out" ] || bad="$bad $i said nothing;" ;;
		*) bad="$bad $i ended with $status;" ;;
		esac
		"$brig" --root "$work/s" delete --force c || bad="$bad $i cannot be deleted;"
		[ -z "$(left)" ] || bad="$bad $i left $(left | tr '\n' ' ') after delete;"
	done
	n=$((n + 1))
	if [ -z "$bad" ]; then echo "ok $n - each of $calls calls of $1 fails with $2"; else echo "not ok $n - each of $calls calls of $1 fails with $2"; echo "# $bad"; failed=1; fi
}
each mmap ENOMEM
each fcntl EMFILE
echo "1..$n"
exit $failed
