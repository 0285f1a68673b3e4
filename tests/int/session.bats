#!/usr/bin/env bats
# An ordinary user in a session of systemd's with delegated controllers (the guests of tests/vm), and one who has less
load helpers

plain=$(declare -f setup)
eval "setup_plain${plain#setup}"
setup() {
	command -v as-user >/dev/null && id tester poor >/dev/null 2>&1 || skip "this is no guest of tests/vm"
	setup_plain
	CONFIG=$FILE_T/rootless.json
	SUBS='.linux.uidMappings=[{containerID:0,hostID:1000,size:1},{containerID:1,hostID:100000,size:1000}]|.linux.gidMappings=.linux.uidMappings'
	chmod 755 "$FILE_T"
}
# user NAME FILTER WORDS: a rootless bundle of that user's
user() {
	U=$1 ID=$(id -u "$1")
	conf "del(.linux.cgroupsPath)|.linux.uidMappings[0].hostID=$ID|.linux.gidMappings[0].hostID=$ID|$2" || return 1
	# shellcheck disable=SC2086
	program $3
	chown -R "$ID:$ID" "$T"
}
# session COMMAND...: in the user's session
session() { timeout -s KILL 300 as-user -u "$U" "$@"; }
ends_well() { [ "$rc" = 0 ] || fail "it did not end well"; }
RUN() { capture session "$BRIG" --root "$T/state" "$@" run -b "$B" c; }

@test "one id" { user poor . 'report ids cgroup'; RUN; ends_well; lines uid=0,0,0,0; }
@test "many ids" { user tester "$SUBS|.process.user={uid:5,gid:5}" 'report ids maps'; RUN; ends_well; lines uid=5,5,5,5; }
@test "many ids without subordinate ones: the error says what is missing" { user poor '.linux.uidMappings=[{containerID:0,hostID:1001,size:1},{containerID:1,hostID:100000,size:1000}]' 'exit 0'; RUN; [ "$rc" = 1 ] && [[ $err$out == *subuid* || $err$out == *uidmap* ]] || fail text; }
@test "limits in the delegated cgroup" { user tester "$SUBS|.linux.resources={memory:{limit:67108864},pids:{limit:10}}" 'forks 50'; RUN; ends_well; lines forked=9; }
@test "a memory hog" { user tester '.linux.resources={memory:{limit:33554432,swap:33554432}}' 'hog 100'; RUN; [ "$rc" = 137 ] || fail "it was not killed"; }
@test "a controller that was not delegated: an error that names it" { user tester '.linux.resources={hugepageLimits:[{pageSize:"2MB",limit:0}]}' 'exit 0'; RUN; [ "$rc" = 1 ] && [[ $err$out == *hugetlb* ]] || fail text; }
@test "systemd: a scope of the user's, with limits" {
	user tester "$SUBS|.linux.resources={memory:{limit:67108864},pids:{limit:10},cpu:{quota:50000,period:100000}}" 'forks 50'
	RUN --systemd-cgroup
	ends_well
	lines forked=9
	[ -z "$(find "$CGROOT/user.slice" -name 'brig-c.scope')" ]
}
@test "systemd: create, exec, update, delete in one session" {
	user tester "$SUBS|.linux.resources={pids:{limit:20}}" 'sleep 100000'
	cat >"$T/script" <<-S
	set -e
	b="$BRIG --root $T/state"
	\$b --systemd-cgroup create -b $B c </dev/null >$T/o 2>&1
	\$b start c
	systemctl --user show -p ActiveState -p TasksMax brig-c.scope
	grep -q /user@1000.service/user.slice/brig-c.scope /proc/\$(\$b state c | jq .pid)/cgroup
	\$b exec c /guest say inside
	\$b update --pids-limit 30 c
	systemctl --user show -p TasksMax brig-c.scope
	\$b delete --force c
	S
	capture session bash "$T/script"
	ends_well
	lines ActiveState=active TasksMax=20 inside TasksMax=30
}
@test "without a session: runs without limits, and says so about limits" {
	user tester . 'report ids'
	capture setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all timeout 120 "$BRIG" --root "$T/state" run -b "$B" c
	ends_well
	user tester '.linux.resources={memory:{limit:67108864}}' 'exit 0'
	capture setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all timeout 120 "$BRIG" --root "$T/state" run -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"rootless needs no limits + no cgrouppath when no permission is granted for cgroups"* ]] || fail text
}
@test "systemd without a session: the error says what is missing" {
	user tester . 'exit 0'
	capture setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all env -u XDG_RUNTIME_DIR -u DBUS_SESSION_BUS_ADDRESS timeout 120 "$BRIG" --root "$T/state" --systemd-cgroup run -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *session* ]] || fail text
}
@test "podman of that user, with its systemd manager" {
	command -v podman >/dev/null || skip "podman is not installed"
	. "$BATS_TEST_DIRNAME/../engines/box.sh"
	U=tester
	box "$T/image"
	tar -C "$T/image" --numeric-owner --owner=0 --group=0 -cf "$T/image.tar" .
	cat >"$T/script" <<-S
	set -e
	export XDG_RUNTIME_DIR=/run/user/1000
	p="podman --root $T/p --runroot $T/pr --tmpdir $T/pt --runtime $BRIG --cgroup-manager systemd --storage-driver vfs --events-backend none"
	\$p import $T/image.tar box >/dev/null 2>&1
	id=\$(\$p run -d --network none --memory 64m --pids-limit 50 box sleep 1000)
	systemctl --user show -p TasksMax -p MemoryMax libpod-\$id.scope
	\$p exec \$id echo inside
	\$p rm -f -t 0 \$id >/dev/null
	S
	chown -R 1000:1000 "$T"
	capture session bash "$T/script"
	ends_well
	lines TasksMax=50 MemoryMax=67108864 inside
}
