#!/usr/bin/env bats
# config.json → linux.netDevices: devices of the host in the container. All of it in a network namespace of the test's own, so that nothing of
# the machine's is touched; its end takes along what a test leaves.
load helpers

setup_more() {
	unshare --net true 2>/dev/null || return 0
	unshare --net --fork --kill-child sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
	echo $! >"$FILE_T/unshare"
}
setup_devices() {
	HOLD=$(pgrep -P "$(cat "$FILE_T/unshare" 2>/dev/null)" sleep) || skip "no network namespace can be made"
	N="nsenter --net=/proc/$HOLD/ns/net"
	$N ip link del v0 2>/dev/null || true
	$N ip link add v0 type veth peer name v1 || skip "there are no veth devices in this kernel"
	$N ip link set v1 up
}
brig() { timeout -s KILL 60 ${N:-} "$BRIG" --root "$ROOT" "$@"; }
teardown_file() {
	[ ! -e "$FILE_T/unshare" ] || pkill -P "$(cat "$FILE_T/unshare")" || true
	rm -rf --one-file-system "$FILE_T"
}
joinable() { # $IN lives in a network namespace, until $UN's child is killed
	unshare --net --fork --kill-child sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
	UN=$!
	wait_until pgrep -P "$UN" sleep >/dev/null
	IN=$(pgrep -P "$UN" sleep)
}
there() { $N ip -o link show "$1" >/dev/null 2>&1; }

@test "a device is moved, renamed, up, with its hardware address and its permanent global addresses" {
	setup_devices
	$N ip link set v0 address 02:00:00:00:00:07 mtu 1300 up
	$N ip addr add 10.7.0.1/24 brd 10.7.0.255 dev v0
	$N ip addr add 10.8.0.1/32 dev v0
	$N ip addr add 169.254.0.9/16 scope link dev v0
	$N ip addr add 10.9.0.1/24 dev v0 valid_lft 1000 preferred_lft 1000
	want '.linux.netDevices={v0:{name:"eth7"}}' 'report net , cat /sys/class/net/eth7/mtu' 'link.eth7=up 02:00:00:00:00:07' addr.eth7=10.7.0.1/24 addr.eth7=10.8.0.1/32 \
		!addr.eth7=169.254.0.9/16 !addr.eth7=10.9.0.1/24 cat./sys/class/net/eth7/mtu=1300 '!~link.v0' '!~link.v1'
}
@test "an IPv6 address goes along" {
	setup_devices
	[ -e /proc/net/if_inet6 ] || skip "there is no IPv6 in this kernel"
	$N ip addr add fd00::7/64 dev v0 nodad
	want '.linux.netDevices={v0:{}}' 'report net' addr.v0=fd00::7/64 '~^link.v0=up'
}
@test "without a new name it keeps its own; with a template it gets the next free one" {
	setup_devices
	want '.linux.netDevices={v0:{}}' 'report net' '~^link.v0=up'
	setup_devices
	want '.linux.netDevices={v0:{name:"net%d"},v1:{name:"net%d"}}' 'report net' '~^link.net0=up' '~^link.net1=up' '~^link.lo=up'
}
@test "a name that is taken is an error, and the device is where it was" {
	setup_devices
	refuse '.linux.netDevices={v0:{name:"lo"}}' 'network device v0' 'a device lo already' 'file exists'
	there v0
}
@test "a number that is taken inside: it gets another" {
	setup_devices
	$N ip link del w0 2>/dev/null || true
	$N ip link add index 4711 name w0 type veth peer name w1
	joinable
	nsenter --net="/proc/$IN/ns/net" ip link add index 4711 name x0 type veth peer name x1
	try "ns(\"network\";\"/proc/$IN/ns/net\")|.linux.netDevices={w0:{name:\"a%d\"}}" 'report net'
	pkill -P "$UN"
	[ "$rc" = 0 ] || fail "it did not end well"
	lines '~^link.a0=up' '~^link.x0='
}
@test "a device that is not there is an error" { setup_devices; refuse '.linux.netDevices={nope0:{}}' 'network device nope0' 'no such device'; }
@test "lo cannot be moved" { setup_devices; refuse '.linux.netDevices={lo:{name:"l1"}}' 'network device lo'; }
@test "in a user namespace" {
	setup_devices
	chown 100000:100000 "$R"
	$N ip addr add 10.7.0.1/24 dev v0
	want 'userns|.linux.netDevices={v0:{name:"eth0"}}' 'report net' '~^link.eth0=up' addr.eth0=10.7.0.1/24
}
@test "in a network namespace that is joined; the device stays there" {
	setup_devices
	joinable
	try "ns(\"network\";\"/proc/$IN/ns/net\")|.linux.netDevices={v0:{name:\"eth0\"}}" 'report net'
	local stayed=0
	nsenter --net="/proc/$IN/ns/net" ip -o link show eth0 >/dev/null || stayed=$?
	pkill -P "$UN"
	[ "$rc" = 0 ] && [ "$stayed" = 0 ] || fail "it did not end well, or the device is gone"
	lines '~^link.eth0=up'
	! there v0
}
@test "without a network namespace: refused" { refuse 'nons("network")|.linux.netDevices={v0:{}}' /linux/netDevices 'NET namespace'; }
@test "hooks find it in place, and sysctls reach it by its new name" {
	setup_devices
	want '.linux.netDevices={v0:{name:"eth0"}}|.linux.sysctl={"net.ipv4.conf.eth0.rp_filter":"2"}' 'cat /proc/sys/net/ipv4/conf/eth0/rp_filter' cat./proc/sys/net/ipv4/conf/eth0/rp_filter=2
}
