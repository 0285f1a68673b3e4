#!/bin/sh
# Makes the bundles of the fault tests below DIR: bundles.sh BRIG DIR UNIQUE NSPID
# UNIQUE names the cgroup; NSPID is a process that lives in namespaces of its own, to be joined.
set -eu
brig=$1 dir=$2 unique=$3 nspid=$4

mkdir -p "$dir"
cd "$dir"
mkdir base && (cd base && "$brig" spec)

# rootfs NAME: busybox, and what containers expect to find
rootfs() {
	mkdir -p "$1/rootfs/bin" "$1/rootfs/etc" "$1/rootfs/data" "$1/rootfs/tmp" "$1/rootfs/home"
	ln "$dir/busybox" "$1/rootfs/bin/busybox"
	ln -s busybox "$1/rootfs/bin/sh"
	ln -s busybox "$1/rootfs/bin/sleep"
	ln -s busybox "$1/rootfs/bin/true"
	echo 'root:x:0:0:root:/home:/bin/sh' >"$1/rootfs/etc/passwd"
}
# bundle NAME FILTER: the filter makes the configuration from the default one
bundle() {
	rootfs "$1"
	jq --arg cg "/$unique/$1" --arg dir "$dir" --arg ns "/proc/$nspid/ns" \
		".process.terminal = false | .process.args = [\"sleep\", \"100\"] | .linux.cgroupsPath = \$cg | ($2)" base/config.json >"$1/config.json"
}
echo '{"devices":[{"allow":true,"type":"c","major":10,"minor":229,"access":"rwm"}]}' >resources.json
cp /bin/busybox busybox
chmod 755 busybox

seccomp='{ defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
	syscalls: [ { names: ["mknod", "mknodat"], action: "SCMP_ACT_ERRNO", errnoRet: 1, args: [ { index: 1, value: 4096, op: "SCMP_CMP_MASKED_EQ", valueTwo: 61440 } ] },
		{ names: ["nosuchcall"], action: "SCMP_ACT_ERRNO" } ] }'
all_caps='["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]'

bundle minimal 'del(.hostname, .mounts, .process.capabilities, .process.rlimits, .linux.maskedPaths, .linux.readonlyPaths, .linux.resources)
	| .process.noNewPrivileges = false | .root.readonly = false | .mounts = [ { destination: "/made/here", type: "tmpfs", source: "tmpfs" } ]
	| .linux.namespaces = [ { type: "pid" }, { type: "mount" } ]'
mkdir base/device && mkfifo base/device/fifo
bundle default '.process.user = { uid: 1000, gid: 1000, additionalGids: [5, 10], umask: 18 } | .process.cwd = "/tmp/work"
	| .process.oomScoreAdj = 100 | del(.process.rlimits)
	| .domainname = "example.org" | .linux.sysctl = { "net.ipv4.ip_forward": "1" }
	| .root.readonly = false
	| .mounts += [ { destination: "/data", type: "bind", source: ($dir + "/base"), options: ["rbind", "ro", "rprivate"] },
		{ destination: "/data/file", type: "bind", source: ($dir + "/base/config.json"), options: ["bind", "nosuid"] } ]
	| .mounts[-1].destination = "/home/config.json"
	| .linux.seccomp = '"$seccomp"'
	| .linux.devices = [ { path: "/dev/extra", type: "c", major: 1, minor: 3, fileMode: 438, uid: 0, gid: 0 } ]'
bundle early '.process.noNewPrivileges = false | .process.capabilities.inheritable = '"$all_caps"' | .process.capabilities.ambient = '"$all_caps"'
	| .linux.maskedPaths = ["/proc/kcore", "/sys/firmware"] | .linux.readonlyPaths = ["/proc/sys"] | .mounts |= map(select(.type == "proc" or .type == "tmpfs" or .type == "sysfs"))
	| .process.selinuxLabel = "" | .linux.personality = { domain: "LINUX" }
	| .linux.seccomp = '"$seccomp"
bundle userns '.linux.namespaces += [ { type: "user" } ] | .linux.uidMappings = [ { containerID: 0, hostID: 100000, size: 65536 } ] | .linux.gidMappings = .linux.uidMappings
	| .linux.maskedPaths = ["/proc/kcore"] | .linux.readonlyPaths = ["/proc/sys"]'
bundle join '.linux.namespaces |= (map(select(.type != "ipc" and .type != "network")) + [ { type: "ipc", path: ($ns + "/ipc") }, { type: "network", path: ($ns + "/net") }, { type: "time" } ])
	| .linux.timeOffsets = { monotonic: { secs: 7 }, boottime: { secs: 9, nanosecs: 5 } } | .linux.maskedPaths = [] | .linux.readonlyPaths = []
	| .mounts |= map(select(.type == "proc" or .destination == "/dev"))'
bundle hooks '.linux.maskedPaths = [] | .linux.readonlyPaths = [] | .linux.resources = {}
	| .mounts |= map(select(.type == "proc" or .destination == "/dev"))
	| .hooks = ([ "prestart", "createRuntime", "createContainer", "poststart", "poststop" ]
		| map({ key: ., value: [ { path: "/bin/true", args: ["true"], timeout: 10 }, { path: "/bin/sh", args: ["sh", "-c", "read -r state; echo said"], env: ["A=b"] } ] })
		| from_entries)
	| .hooks.startContainer = [ { path: "/bin/true" } ]'
bundle terminal '.process.terminal = true | .process.consoleSize = { height: 25, width: 80 } | .linux.maskedPaths = [] | .linux.readonlyPaths = [] | .linux.resources = {}
	| .mounts |= map(select(.type == "proc" or .destination == "/dev" or .type == "devpts"))'
mkdir base/rootless && (cd base/rootless && "$brig" spec --rootless)
rootfs rootless
jq '.process.terminal = false | .process.args = ["sleep", "100"] | .linux.uidMappings[0].hostID = 1000 | .linux.gidMappings[0].hostID = 1000
	| .linux.maskedPaths = ["/proc/kcore"] | .linux.readonlyPaths = ["/proc/sys"] | del(.linux.resources, .linux.cgroupsPath)
	| .linux.namespaces |= map(select(.type != "cgroup")) | .mounts |= map(select(.destination != "/sys/fs/cgroup"))' base/rootless/config.json >rootless/config.json
# slow: rootless, with a hook in init that does not end while the file "hold" is there
rootfs slow
jq --arg hold "$dir/hold" '.hooks = { createContainer: [ { path: "/bin/sh", args: ["sh", "-c", "test ! -e \($hold) || sleep 100"] } ] }' rootless/config.json >slow/config.json
chown -R 1000:1000 rootless/rootfs slow/rootfs
for name in userns rootless slow; do mkdir -p $name/rootfs/proc $name/rootfs/dev $name/rootfs/sys; done
chown -R 100000:100000 userns/rootfs
for b in minimal default early userns join hooks terminal rootless slow; do chmod -R a+rX $b; done
rm -rf base/rootless
