#!/usr/bin/env bats
# What is wrong is refused with one line that names file and place, and nothing is left; paths that attack lead nowhere
load helpers

text() { printf '%s' "$1" >"$B/config.json"; shift; refused "$@"; }

@test "config: missing" { rm "$B/config.json"; refused config.json 'no such file or directory'; }
@test "config: a directory" { rm "$B/config.json"; mkdir "$B/config.json"; refused config.json; }
@test "config: a FIFO does not hang" { rm "$B/config.json"; mkfifo "$B/config.json"; refused config.json; }
@test "config: unreadable endless device" { rm "$B/config.json"; ln -s /dev/zero "$B/config.json"; refused config.json; }
@test "config: empty" { text '' config.json:1:1; }
@test "config: malformed, with line and column" { text $'{\n  "ociVersion": "1.0.0",\n  "process":{,\n}' config.json:3:; }
@test "config: text behind the document" { text "$(<"$B/config.json") x" config.json:; }
@test "config: not an object" { text '[]' config.json; text '"x"' config.json; text 'null' config.json; }
@test "config: too deep" { text "$(head -c 5000 /dev/zero | tr '\0' '[')" config.json; }
@test "config: bad UTF-8" { text $'{"ociVersion": "\xff"}' config.json:1:; }
@test "config: NUL in a string (W-9)" { refuse '.hostname="a\u0000b"' config.json; }
@test "config: duplicate keys (W-8)" { text '{"ociVersion": "1.0.0", "ociVersion": "1.0.1"}' config.json:1: ociVersion; }
@test "config: keys that differ from a known one only in case (W-8)" { refuse '.Process=.process' config.json Process; refuse '.process.noNewprivileges=false' config.json noNewprivileges; }
@test "config: an unknown property is ignored" { want '.frob={x:[1,{}]}|.process.frob=1|.linux.frob="x"' 'report ids' uid=0,0,0,0; }
@test "config: a wrong type names the pointer" {
	refuse '.process.args="sh"' 'config.json: /process/args: '
	refuse '.process.user.uid="0"' /process/user/uid
	refuse '.process.noNewPrivileges="true"' /process/noNewPrivileges
	refuse '.mounts={}' /mounts
	refuse '.mounts[1].options="ro"' /mounts/1/options
	refuse '.linux.namespaces[0].type=5' /linux/namespaces/0/type
	refuse '.hooks={createRuntime:{}}' /hooks/createRuntime
	refuse '.root="rootfs"' /root
	refuse '.annotations={a:1}' /annotations
}
@test "config: numbers out of range" {
	refuse '.process.user.uid=-1' /process/user/uid
	refuse '.process.user.uid=4294967296' /process/user/uid
	refuse '.process.user.uid=1.5' /process/user/uid
	refuse '.linux.uidMappings=[{containerID:0,hostID:0,size:4294967296}]' /linux/uidMappings
	text "$(sed 's/"hard": 1024/"hard": 99999999999999999999/' "$B/config.json")" config.json
	refuse '.process.umask=1|.process.user.umask=4096' /process/user/umask
}
@test "config: what is required" { refuse 'del(.root)' root; refuse 'del(.root.path)' /root path; refuse 'del(.ociVersion)' ociVersion; refuse 'del(.process.cwd)' cwd; refuse '.process.args=[]' /process/args; refuse 'del(.process.args)' args; refuse 'del(.mounts[0].destination)' /mounts/0 destination; }
@test "config: ociVersion must be a version" { refuse '.ociVersion="new"' /ociVersion; refuse '.ociVersion="2.0.0"' /ociVersion; }
@test "config: an unknown namespace, one twice, a relative path, a wrong type" {
	refuse '.linux.namespaces+=[{type:"frob"}]' /linux/namespaces
	refuse '.linux.namespaces+=[{type:"pid"}]' /linux/namespaces
	refuse 'ns("network"; "proc/self/ns/net")' /linux/namespaces
	refuse 'ns("network"; "/proc/self/ns/uts")' /linux/namespaces
	refuse 'ns("network"; "/etc/passwd")' /linux/namespaces
	refuse 'ns("network"; "/missing")' /missing
}
@test "config: mappings without a user namespace, one kind alone, an unmapped user" {
	refuse '.linux.uidMappings=[{containerID:0,hostID:1000,size:1}]|.linux.gidMappings=.linux.uidMappings' /linux/uidMappings
	refuse 'userns|del(.linux.gidMappings)' gidMappings
	refuse 'userns|.process.user.uid=70000' /process/user/uid
	refuse 'userns|.process.user.additionalGids=[70000]' /process/user/additionalGids
}
@test "config: time offsets need a new time namespace" { refuse '.linux.timeOffsets={monotonic:{secs:1}}' 'time namespace'; }
@test "rootfs: missing, a file" {
	refuse '.root.path="missing"' missing 'no such file or directory'
	refuse '.root.path="config.json"' /root 'not a directory'
}
@test "bundle: missing" { capture brig create -b "$T/missing" c; [ "$rc" = 1 ] && [[ $err == *"$T/missing"*"no such file or directory"* ]] && [ "$(wc -l <"$T/stderr")" = 1 ]; }
@test "ids that are refused, and nothing is made anywhere" {
	local id
	for id in . .. a/b /etc/x ../x '' "$(printf 'a%.0s' {1..1025})" $'a\nb' $'a\x1bb' 'a b' 'ü' 'a*'; do
		capture brig create -b "$B" -- "$id"
		[ "$rc" = 1 ] && [ "$(wc -l <"$T/stderr")" = 1 ] || fail "accepted: $id" || return 1
		[ -z "$id" ] && { [[ $err == *"container id cannot be empty"* ]] || fail "text" || return 1; }
		[ -z "$id" ] || [[ $err == *"invalid container ID format"* ]] || fail "text for $id" || return 1
		for verb in state delete start kill; do
			capture brig "$verb" -- "$id"
			[ "$rc" = 1 ] || fail "$verb took $id" || return 1
		done
	done
	[ -z "$(ls -A "$ROOT" 2>/dev/null)" ] && [ ! -e "$T/x" ]
}
@test "ids that are taken" { program exit 0; capture brig run -b "$B" 'A-z_0.+9'; [ "$rc" = 0 ]; }
@test "terminal: a console socket is needed for create, and useless without a terminal" {
	refuse '.process.terminal=true' 'cannot allocate tty if brig will detach without setting console socket'
	conf ''
	capture brig create --console-socket "$T/sock" -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"cannot use console socket if brig will not detach or allocate tty"* ]]
}
@test "LSM: a profile or label while the LSM is absent is an error (W-10)" {
	[ -e /sys/kernel/security/apparmor ] || refuse '.process.apparmorProfile="docker-default"' /process/apparmorProfile
	[ -e /sys/fs/selinux/enforce ] || refuse '.process.selinuxLabel="system_u:system_r:container_t:s0"' /process/selinuxLabel
}

# canaries of published holes
@test "canary: rootfs/dev is a symlink to a place outside (CVE-2024-45310)" {
	mkdir "$T/outside" && rmdir "$R/dev" && ln -s "$T/outside" "$R/dev"
	try '' 'report ids'
	[ -z "$(ls -A "$T/outside")" ]
}
@test "canary: rootfs/proc is a symlink (CVE-2019-19921)" {
	mkdir "$R/elsewhere" && rmdir "$R/proc" && ln -s /elsewhere "$R/proc"
	refused proc
	[ -z "$(ls -A "$R/elsewhere")" ]
}
@test "canary: rootfs/sys is a symlink" { mkdir "$R/elsewhere" && rmdir "$R/sys" && ln -s /elsewhere "$R/sys"; refused sys; }
@test "canary: a volume over /proc, below /proc, over / (CVE-2023-27561)" {
	mkdir "$T/vol"
	refuse "addmount(\"/proc\"; \"none\"; \"$T/vol\"; [\"bind\"])" /mounts/7
	refuse "addmount(\"/proc/self\"; \"none\"; \"$T/vol\"; [\"bind\"])" /mounts/7
	refuse "addmount(\"/tmp/../proc/sys\"; \"none\"; \"$T/vol\"; [\"bind\"])" /mounts/7
	refuse 'addmount("/proc/sys"; "tmpfs"; "t"; [])' /mounts/7
	refuse "addmount(\"/\"; \"none\"; \"$T/vol\"; [\"bind\"])" /mounts/7
	refuse "addmount(\"/..\"; \"none\"; \"$T/vol\"; [\"bind\"])" /mounts/7
}
@test "canary: a symlink that leads a volume into /proc" { mkdir "$T/vol"; ln -s proc "$R/p"; refuse "addmount(\"/p/sys\"; \"none\"; \"$T/vol\"; [\"bind\"])" proc; }
@test "canary: cwd is a descriptor of the runtime (CVE-2024-21626)" {
	local n
	for n in 3 4 5 6 7 8 9 10 12 15 20; do
		conf ".process.cwd=\"/proc/self/fd/$n\""
		program report place , list .
		capture brig run -b "$B" c
		[ "$rc" = 1 ] || lines '~^cwd=/' '~^list\.\.=(dev etc guest mnt proc sys tmp)?$' || return 1	# all that is left is the container's: its root, an empty mask
	done
}
@test "canary: args[0] is a descriptor of the runtime" {
	local n
	for n in 3 4 5 6 7 8 9 10; do
		conf ".process.args=[\"/proc/self/fd/$n\"]"
		capture brig run -b "$B" c
		[ "$rc" = 1 ] || fail "descriptor $n" || return 1
	done
}
@test "canary: dev/null of the image is not used for masks (CVE-2025-31133)" {
	echo secret >"$R/etc/key"
	mkdir -p "$R/dev" && ln -s /etc/passwd "$R/dev/null"
	want '.mounts|=map(select(.destination|startswith("/dev")|not))|.linux.maskedPaths=["/etc/key"]' 'read /etc/key , stat /etc/key' 'read./etc/key=ok 0' '~^stat./etc/key=020666 0:0 1:3' || [ "$rc" = 1 ]
	[ "$(<"$R/etc/passwd")" = 'root:x:0:0:root:/root:/bin/sh' ]
}
@test "canary: a masked path that is a symlink covers no file of the host" { ln -s /etc/hostname "$R/etc/link"; try '.linux.maskedPaths=["/etc/link"]' 'report ids'; [ -s /etc/passwd ]; }
@test "canary: etc/passwd of the image is a FIFO" { rm "$R/etc/passwd"; mkfifo "$R/etc/passwd"; try '' 'report ids'; [ "$rc" != 137 ] || fail "it hangs"; }
@test "canary: a state file of another container cannot be reached by id" { program sleep 100000; brig create -b "$B" c </dev/null >/dev/null 2>&1; capture brig state c/../c; [ "$rc" = 1 ]; capture brig state ./c; [ "$rc" = 1 ]; }
