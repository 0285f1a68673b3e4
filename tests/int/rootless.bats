#!/usr/bin/env bats
# The same as an ordinary user: one id without helpers, many with them
load helpers

setup_more() {
	RL_USER=brigtest$$
	useradd --no-create-home --shell /bin/sh "$RL_USER" 2>/dev/null || RL_USER=
	export RL_USER
	[ -z "$RL_USER" ] || grep -q "^$RL_USER:" /etc/subuid || usermod --add-subuids 300000-365535 --add-subgids 300000-365535 "$RL_USER" || true
}
teardown_file() {
	[ -z "$RL_USER" ] || userdel "$RL_USER" 2>/dev/null || true
	rm -rf --one-file-system "$FILE_T"
}

# as UID: what follows runs as an ordinary user; brig takes its state from $XDG_RUNTIME_DIR
as() {
	local id=$1
	shift
	env -i PATH=/usr/bin:/bin HOME=/ XDG_RUNTIME_DIR="$T/xdg" setpriv --reuid "$id" --regid "$id" --clear-groups --inh-caps=-all --bounding-set=-all timeout -s KILL 60 "$@"
}
prepare() { # UID FILTER WORDS...
	ID=$1
	CONFIG=$FILE_T/rootless.json
	mkdir -p -m 700 "$T/xdg"
	chown -R "$ID:$ID" "$T/xdg" "$R"
	conf ".linux.uidMappings[0].hostID=$ID|.linux.gidMappings[0].hostID=$ID|del(.linux.cgroupsPath)|$2"
	program "${@:3}"
}
rootless() { prepare "$@"; capture as "$ID" "$BRIG" run -b "$B" rl; }
ends_well() { [ "$rc" = 0 ] && [ -z "$err" ] || fail "it did not end well"; }

# A kernel, or a security module, may forbid it.
setup() {
	[ "$EUID" = 0 ] || skip "needs root, to become somebody else"
	place
	ROOT=$T/xdg/brig
	setpriv --reuid 65533 --regid 65533 --clear-groups unshare --user true 2>/dev/null || skip "unprivileged user namespaces are forbidden here"
}

@test "one id: runs as root inside, as the caller outside" {
	rootless 65533 . report ids maps caps
	ends_well
	lines uid=0,0,0,0 gid=0,0,0,0 'uid_map=0 65533 1;' 'gid_map=0 65533 1;' 'setgroups=deny;' no_new_privs=1
}
@test "one id: a map without root inside: the container's user, who is the caller" {
	rootless 65533 '.linux.uidMappings[0].containerID=1000|.linux.gidMappings[0].containerID=1000|.process.user={uid:1000,gid:1000}' report ids maps
	ends_well
	lines '~^uid=1000,1000,' 'uid_map=1000 65533 1;'
}
@test "one id: status and streams" { rootless 65533 . exit 7; [ "$rc" = 7 ]; rootless 65533 . say hello; ends_well; lines hello; }
@test "one id: proc, dev, masks, read-only root" {
	rootless 65533 '.root.readonly=true' report dev mounts , create /x , read /proc/keys , write /dev/null
	ends_well
	lines '~^dev.null=c 1:3' '~^mount=/proc proc ' create./x=EROFS 'read./proc/keys=ok 0' write./dev/null=ok
}
@test "one id: additional groups are refused, setgroups is denied" { rootless 65533 '.process.user.additionalGids=[5]' exit 0; [ "$rc" = 1 ] || fail "taken"; }
@test "one id: a second id without helpers' grant is an error that names the cause" { rootless 65533 '.linux.uidMappings=[{containerID:0,hostID:65533,size:1},{containerID:1,hostID:100000,size:10}]' exit 0; [ "$rc" = 1 ] && [[ $err == *uidmap* ]] || fail "no cause"; }
@test "one id: somebody else's id is refused" { prepare 65533 . exit 0; jq '.linux.uidMappings[0].hostID=0' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"; chmod 644 "$B/config.json"; capture as 65533 "$BRIG" run -b "$B" rl; [ "$rc" = 1 ] || fail "mapped"; }
@test "one id: limits are refused, not ignored" { rootless 65533 '.linux.resources={memory:{limit:67108864}}' exit 0; [ "$rc" = 1 ] || fail "ignored"; }
@test "one id: without a user namespace it is refused" { prepare 65533 'nons("user")|del(.linux.uidMappings,.linux.gidMappings)' exit 0; capture as 65533 "$BRIG" run -b "$B" rl; [ "$rc" = 1 ] && [[ $err == *"user namespace"* ]] || fail "text"; }
@test "one id: create, state, start, kill, delete" {
	prepare 65533 . trap-signals
	as 65533 "$BRIG" create -b "$B" rl </dev/null >"$T/o" 2>&1
	[ "$(as 65533 "$BRIG" state rl | jq -r .status)" = created ]
	as 65533 "$BRIG" start rl
	wait_until grep -q ready "$T/o"
	as 65533 "$BRIG" kill rl HUP
	wait_until grep -q signal=1 "$T/o"
	as 65533 "$BRIG" kill rl KILL
	wait_until bash -c "grep -q stopped <(XDG_RUNTIME_DIR=$T/xdg setpriv --reuid 65533 --regid 65533 --clear-groups $BRIG state rl)"
	as 65533 "$BRIG" delete rl
	[ -z "$(ls -A "$ROOT")" ]
}
@test "one id: terminal in the foreground" { rootless 65533 '.process.terminal=true' report tty; [ "$rc" = 0 ] || fail "it did not end well"; out=${out//$'\r'/}; lines isatty.0=1; }
@test "one id: noNewPrivileges false with a filter" { rootless 65533 '.process.noNewPrivileges=false|seccomp("ALLOW"; [rule("getppid";"ERRNO")])' syscall getppid; ends_well; lines syscall.getppid=EPERM; }
@test "one id: bind of a directory of the caller's" { mkdir "$T/d" && echo hello >"$T/d/f"; rootless 65533 "bind(\"$T/d\"; [\"rbind\",\"ro\"])" cat /mnt/f , create /mnt/x; ends_well; lines cat./mnt/f=hello create./mnt/x=EROFS; }
# forge WHAT: the cache's only entry with the program replaced by one that lets everything through, then WHAT done to it
forge() {
	/usr/bin/python3 - "$T/xdg/brig-cache" <<-'END'
	import os, struct, sys
	(name,) = os.listdir(sys.argv[1])
	path = os.path.join(sys.argv[1], name)
	data = open(path, "rb").read()
	magic, key, value = struct.unpack_from("16sQQ", data)
	program = struct.pack("HBBI", 6, 0, 0, 0x7FFF0000)  # RET ALLOW
	open(path, "r+b").write(struct.pack("16sQQ", magic, key, len(program)) + data[32 : 32 + key] + program)
	os.truncate(path, 32 + key + len(program))
	END
	ENTRY=$(echo "$T"/xdg/brig-cache/*)
}
verdict() { capture as 65533 "$BRIG" run -b "$B" rl; ends_well && lines "syscall.getppid=$1"; }
DENY='seccomp("ALLOW"; [rule("getppid";"ERRNO")])'
@test "one id: the seccomp cache: a hit gives the same verdict; an entry is used only for its own profile" {
	prepare 65533 "$DENY" syscall getppid
	verdict EPERM
	[ "$(ls "$T/xdg/brig-cache" | wc -l)" = 1 ] && [ "$(stat -c %a:%u "$T/xdg/brig-cache" "$T"/xdg/brig-cache/*)" = $'700:65533\n600:65533' ]
	verdict EPERM
	forge
	verdict 0	# so it is read, and the forgeries below are good ones
	prepare 65533 'seccomp("ALLOW"; [rule("getppid";"ERRNO")+{errnoRet:5}])' syscall getppid
	verdict EIO
	cp -p "$ENTRY" "$T/copy"
	for f in "$T"/xdg/brig-cache/*; do cp -p "$T/copy" "$f"; done	# a name does not make it the right one
	verdict EIO
}
@test "one id: the seccomp cache: what others may have written is ignored" {
	prepare 65533 "$DENY" syscall getppid
	verdict EPERM
	forge
	chmod 620 "$ENTRY"; verdict EPERM
	forge; chown 65532 "$ENTRY"; verdict EPERM
	rm -f "$ENTRY"; verdict EPERM
	forge; mv "$ENTRY" "$T/elsewhere" && chmod 755 "$T" && ln -s "$T/elsewhere" "$ENTRY"; verdict EPERM
	rm -f "$ENTRY"; verdict EPERM
	forge; chmod 770 "$T/xdg/brig-cache"; verdict EPERM
	chmod 700 "$T/xdg/brig-cache"; chown 65532 "$T/xdg/brig-cache"; chmod 755 "$T/xdg/brig-cache"; verdict EPERM
	chown 65533 "$T/xdg/brig-cache"; mv "$T/xdg/brig-cache" "$T/xdg/other"; ln -s other "$T/xdg/brig-cache"; verdict EPERM
}
@test "one id: the seccomp cache: what is broken is ignored" {
	local n
	prepare 65533 "$DENY" syscall getppid
	verdict EPERM
	ENTRY=$(echo "$T"/xdg/brig-cache/*)
	cp -p "$ENTRY" "$T/good"
	for n in 0 1 31 32 40 200; do head -c "$n" "$T/good" >"$ENTRY"; verdict EPERM || return 1; done
	for n in 0 16 24 32; do cp -p "$T/good" "$ENTRY"; printf '\377\377' | dd of="$ENTRY" bs=1 seek="$n" conv=notrunc 2>/dev/null; verdict EPERM || return 1; done
	rm "$ENTRY"; mkfifo "$ENTRY"; chown 65533 "$ENTRY"; verdict EPERM
}
@test "one id: exec is confined like the first process" {
	prepare 65533 '.process.noNewPrivileges=true|seccomp("ALLOW"; [rule("getppid";"ERRNO")])' report ids caps limits maps ns cgroup , sleep 1000000
	as 65533 "$BRIG" run --detach -b "$B" rl </dev/null >"$T/first" 2>"$T/o"
	capture as 65533 "$BRIG" exec rl /guest report ids caps limits maps ns cgroup
	ends_well
	diff <(grep -v 'for_children=' "$T/first") <(grep -v 'for_children=' <<<"$out") || fail "the reports differ"
	lines uid=0,0,0,0 seccomp=2 no_new_privs=1
	capture as 65533 "$BRIG" exec rl /guest exit 9
	[ "$rc" = 9 ] || fail "not 9"
	capture as 65533 "$BRIG" exec --user 5 rl /guest exit 9
	[ "$rc" = 255 ] || fail "an id that is not mapped"
	capture as 65533 "$BRIG" exec --tty rl /guest report tty
	[ "$rc" = 0 ] && [[ $out == *isatty.0=1* ]] || fail "terminal"
	as 65533 "$BRIG" delete --force rl
}
@test "one id: exec of somebody else is refused" {
	prepare 65533 . sleep 1000000
	as 65533 "$BRIG" run --detach -b "$B" rl </dev/null >"$T/o" 2>&1
	chmod -R a+rX "$T/xdg"
	capture as 65532 "$BRIG" --root "$ROOT" exec rl /guest exit 0
	as 65533 "$BRIG" delete --force rl
	[ "$rc" = 255 ] || fail "it was not refused"
}
@test "many ids: with newuidmap and newgidmap" {
	[ -n "$RL_USER" ] && command -v newuidmap >/dev/null || skip "needs useradd and uidmap"
	local start id
	start=$(awk -F: -v u="$RL_USER" '$1 == u { print $2; exit }' /etc/subuid)
	[ -n "$start" ] || skip "no range was granted"
	id=$(id -u "$RL_USER")
	prepare "$id" ".linux.uidMappings+=[{containerID:1,hostID:$start,size:1000}]|.linux.gidMappings=.linux.uidMappings|.process.user={uid:5,gid:6,additionalGids:[7]}" report ids maps limits
	capture env -i PATH=/usr/bin:/bin XDG_RUNTIME_DIR="$T/xdg" setpriv --reuid "$id" --regid "$id" --clear-groups timeout -s KILL 60 "$BRIG" run -b "$B" rl
	ends_well
	lines uid=5,5,5,5 gid=6,6,6,6 groups=7 "uid_map=0 $id 1;1 $start 1000;" 'setgroups=allow;' rlimit.nofile=1024,1024
}
@test "many ids: exec, also as another user with groups" {
	[ -n "$RL_USER" ] && command -v newuidmap >/dev/null || skip "needs useradd and uidmap"
	local start id
	start=$(awk -F: -v u="$RL_USER" '$1 == u { print $2; exit }' /etc/subuid)
	[ -n "$start" ] || skip "no range was granted"
	id=$(id -u "$RL_USER")
	user() { env -i PATH=/usr/bin:/bin XDG_RUNTIME_DIR="$T/xdg" setpriv --reuid "$id" --regid "$id" --clear-groups timeout -s KILL 60 "$BRIG" "$@"; }
	prepare "$id" ".linux.uidMappings+=[{containerID:1,hostID:$start,size:1000}]|.linux.gidMappings=.linux.uidMappings|.process.user={uid:5,gid:6,additionalGids:[7]}" report ids caps maps ns , sleep 1000000
	user run --detach -b "$B" rl </dev/null >"$T/first" 2>"$T/o"
	capture user exec rl /guest report ids caps maps ns
	ends_well
	diff <(grep -v 'for_children=' "$T/first") <(grep -v 'for_children=' <<<"$out") || fail "the reports differ"
	capture user exec --user 8:9 -g 10 rl /guest report ids
	ends_well
	lines uid=8,8,8,8 gid=9,9,9,9 groups=7,10
	user delete --force rl
}
