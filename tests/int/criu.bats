#!/usr/bin/env bats
# What checkpoint and restore pass on to CRIU: each option by its effect, and what happens without it.
load helpers
load criu

free_port() { $PY -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
# background NAME COMMAND...: its output in NAME.out, its number in $pid; it does not outlive the test
background() {
	local name=$1
	shift
	timeout -s KILL 100 "$@" </dev/null >"$T/$name.out" 2>&1 3>&- &
	pid=$!
}
# ended NAME PID: waits for it, and it has ended with 0
ended() { wait "$2" || { cat "$T/$1.out"; return 1; }; }
listens() { grep -q ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp; }
on_disk() { du -k --total "$T/$1"/pages-*.img | tail -n 1 | cut -f 1; }
pages() { find "$T/$1" -name 'pages-*.img' | wc -l; }
needs_uffd() {
	needs_criu
	$CRIU check --feature uffd >"$T/uffd" 2>&1 || skip "no userfaultfd for CRIU: $(tail -n 1 "$T/uffd")"
}

@test "lazy-pages at restore: memory comes from criu lazy-pages" {
	needs_uffd
	counting . 'memory 1024'
	dump; ok
	restore --lazy-pages r; not 'criu failed: type RESTORE' 'lazy-pages.socket'
	nothing_left r
	background lazy "$CRIU" lazy-pages -D "$T/images" -W "$T/images"
	wait_until test -S "$T/images/lazy-pages.socket"
	restore --lazy-pages r; ok
	goes_on
	ended lazy "$pid"
	goes_on
}
# lazy_dump: in the background ($dump) until pages can be fetched at $port
lazy_dump() {
	port=$(free_port)
	exec 9<> <(:)
	background dump "$BRIG" --root "$ROOT" checkpoint --lazy-pages --page-server "127.0.0.1:$port" --status-fd 9 --image-path "$T/images" c
	dump=$pid
	[ "$(head -c 1 <&9 | od -An -tx1)" = " 00" ]
	exec 9>&-
}
@test "lazy-pages at checkpoint: who gives up keeps the container" {
	needs_uffd
	counting . 'memory 1024'
	lazy_dump
	kill "$dump"
	wait "$dump" || true
	wait_until status_is c running
	goes_on
	dump; ok
	restore r; ok; goes_on
}
@test "lazy-pages at checkpoint: memory stays until it is fetched, and then the container goes" {
	needs_uffd
	[ $((0x$(sed -n 's/^CapEff:\t//p' /proc/self/status) >> 24 & 1)) = 1 ] || skip "CRIU's server of pages needs CAP_SYS_RESOURCE"
	counting . 'memory 1024'
	lazy_dump
	background lazy "$CRIU" lazy-pages --page-server --address 127.0.0.1 --port "$port" -D "$T/images" -W "$T/images"
	wait_until test -S "$T/images/lazy-pages.socket"
	jq --arg cg "$CG/r" '.linux.cgroupsPath = $cg' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	restore --lazy-pages r; ok
	goes_on
	ended lazy "$pid"
	ended dump "$dump"
	[ ! -s "$T/dump.out" ] && [ ! -e "$ROOT/c" ] && [ ! -e "$CGROOT$CG/c" ]
	goes_on
}
@test "page-server: memory goes there, and not to the images" {
	needs_criu
	local port
	counting . 'memory 1024'
	mkdir "$T/memory"
	port=$(free_port)
	dump --page-server "127.0.0.1:$port"; not 'criu failed: type DUMP'
	status_is c running; goes_on
	background server "$CRIU" page-server -D "$T/memory" --address 127.0.0.1 --port "$port"
	wait_until listens "$port"
	dump --page-server "127.0.0.1:$port"; ok
	ended server "$pid"
	[ "$(pages images)" = 0 ] && [ "$(pages memory)" -gt 0 ]
	restore r; not 'criu failed: type RESTORE'; nothing_left r
	mv "$T/memory"/*.img "$T/images"
	restore r; ok; goes_on
}
@test "lazy-pages at checkpoint needs an address" {
	counting
	dump --lazy-pages; not '--lazy-pages needs --page-server'
	[ ! -e "$T/images" ]
	status_is c running
}
@test "auto-dedup at checkpoint: the images of before lose what is stored again" {
	needs_criu
	local before
	counting . 'memory 1024'
	v checkpoint --pre-dump --image-path "$T/pre" c
	[[ $err != *"Tracking memory is not available"* ]] || skip "this kernel cannot track memory (soft-dirty)"
	ok; goes_on
	before=$(on_disk pre)
	dump --leave-running --parent-path ../pre; ok
	[ "$(on_disk pre)" = "$before" ]
	rm -r "$T/images"
	dump --auto-dedup --parent-path ../pre; ok
	[ "$(on_disk pre)" -lt "$before" ]
	restore r; ok; goes_on
}
@test "auto-dedup at restore: the images lose what is memory again" {
	needs_criu
	local before
	counting . 'memory 1024'
	dump; ok
	before=$(on_disk images)
	restore c; ok
	[ "$(on_disk images)" = "$before" ]
	rm -r "$T/images"
	dump; ok
	restore --auto-dedup r; ok; goes_on
	[ "$(on_disk images)" -lt $((before / 2)) ]
}
@test "auto-dedup: nothing is changed that has another name" {
	needs_criu
	counting
	dump; ok
	ln "$T/images/pages-1.img" "$T/precious"
	restore --auto-dedup c; not 'pages-1.img has more than one name'; nothing_left c
	restore c; ok; goes_on
	mv "$T/images" "$T/first"
	dump --auto-dedup --parent-path ../first; not '--parent-path ../first' 'pages-1.img has more than one name'
	mkdir "$T/second"
	ln -s ../first "$T/second/parent"
	dump --auto-dedup --parent-path ../second; not 'the parent of the images' 'pages-1.img has more than one name'
	status_is c running; goes_on
}
@test "file-locks: a lock is held again" {
	needs_criu
	free() { flock -n "$R/tmp/lock" true; }
	locked() { ! free; }
	counting . 'lock /tmp/lock'
	locked
	dump; not 'criu failed: type DUMP'
	status_is c running; locked; goes_on
	dump --file-locks; ok
	free
	restore --file-locks c; ok
	goes_on; locked
	dump --file-locks; ok
	restore r; ok
	goes_on; free
}
@test "ext-unix-sk: a datagram socket of the host's" {
	needs_criu
	mkdir "$T/sock"
	background receiver $PY -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True: s.recv(1)' "$T/sock/s"
	wait_until test -S "$T/sock/s"
	counting 'nons("network") | addmount("\($T)/sock"; "none"; "\($T)/sock"; ["bind"])' "send $T/sock/s"
	dump; not 'criu failed: type DUMP'
	status_is c running; goes_on
	dump --ext-unix-sk; ok
	restore --ext-unix-sk r; ok
	goes_on
	kill "$pid"	# its connection was to this one, and it ends with it
	wait_until status_is r stopped
}
@test "shell-job: a terminal of the caller's" {
	needs_criu
	on_terminal() { background "$1" script -q -f -c "'$BRIG' --root '$ROOT' $2" "$T/typescript.$1"; }
	conf '' && program count /tmp/n terminal
	on_terminal c "run -b '$B' c"
	wait_until counts 3
	dump; not 'standard stream 0 is a terminal' '--shell-job'
	status_is c running; goes_on
	dump --shell-job; ok
	wait "$pid" || true
	restore r; not 'standard stream 0 was a terminal' '--shell-job'; nothing_left r
	on_terminal r "restore --shell-job -b '$B' --image-path '$T/images' r"
	wait_until status_is r running
	goes_on
	wait_until grep -aq "^at " "$T/typescript.r"
	brig delete --force r
}
# In the network of $holder: what CRIU does to it by the method stays until restore.
new_network() {
	unshare -n sleep 600 </dev/null >/dev/null 2>&1 3>&- &
	holder=$!
	apart() { [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
	wait_until apart
	in_network ip link set lo up
}
in_network() { nsenter -t "$holder" -n "$@"; }
held() { ! passes; }
passes() { in_network $PY -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("127.0.0.1", 9))' 2>"$T/send"; }
not_by_iptables() { ! by_iptables; }
by_iptables() { in_network iptables-save | grep -q '^-A CRIU .*DROP'; }
@test "network-lock: nothing, iptables, nftables" {
	needs_criu
	PATH=/usr/sbin:$PATH
	command -v iptables-save >/dev/null || skip "needs iptables"
	new_network
	running "ns(\"network\"; \"/proc/$holder/ns/net\")" count /tmp/n tcp
	wait_until counts 3
	dump --tcp-established --network-lock skip
	[[ $err != *"sockets: Can't get 1:16 opt"* ]] || { kill $holder; skip "this criu does not know this kernel's TCP sockets"; }
	ok; passes
	restore --tcp-established --network-lock skip c; ok; goes_on
	dump --tcp-established --network-lock iptables; ok
	held; by_iptables
	restore --tcp-established --network-lock iptables c; ok; goes_on; passes
	dump --tcp-established --network-lock nftables; ok
	held; not_by_iptables
	kill $holder	# (into a network that it holds itself by nftables, CRIU 4.1.1 restores nothing)
	new_network
	jq --arg path "/proc/$holder/ns/net" '(.linux.namespaces[] | select(.type == "network")).path = $path' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	restore --tcp-established --network-lock nftables c; ok; goes_on; passes
	brig delete --force c
	kill $holder
}
@test "network-lock in a file of further options: CRIU takes it, or crashes over it and the container goes on" {
	needs_criu
	echo "network-lock skip" >"$T/criu.conf"
	counting '.annotations = {"org.criu.config": "\($T)/criu.conf"}'
	dump
	[ "$rc" = 0 ] || { not 'criu failed: it was ended by signal' '(it wrote no log)'; status_is c running; goes_on; return; }	# CRIU 4.1.1
	restore r; ok; goes_on
}
@test "a CRIU that crashes: by which signal, and whether there is a log" {
	needs_criu
	counting
	printf '#!/bin/sh\nkill -SEGV $$\n' >"$T/crash"
	chmod 755 "$T/crash"
	v_with_crash() { capture unshare -m --propagation private sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' - "$T/crash" "$CRIU" "$BRIG" --root "$ROOT" --log "$T/log" "$@"; }
	v_with_crash checkpoint --image-path "$T/images" c; not 'criu failed: it was ended by signal 11 (it wrote no log)'
	status_is c running; goes_on
	dump; ok
	jq --arg kill 'pid=$(sed "s/.*\"pid\": *\([0-9]*\).*/\1/"); parent=$(sed -n "s/^PPid:\t//p" /proc/$pid/status)
		for p in $(cat /proc/$parent/task/$parent/children); do [ $p = $pid ] || kill -KILL $p; done' \
		'.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", $kill]}]' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	restore r; not 'criu failed: it was ended by signal 9' "log file: $T/images/restore.log"
	nothing_left r
}
@test "a CRIU that is killed in the middle of a dump: the container goes on" {
	needs_criu
	local port server
	counting . 'memory 1024'
	background server $PY -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); print(s.getsockname()[1], flush=True)
c = s.accept(); print("connected", flush=True); time.sleep(100)'
	server=$pid
	wait_until test -s "$T/server.out"
	port=$(<"$T/server.out")
	background dump "$BRIG" --root "$ROOT" checkpoint --page-server "127.0.0.1:$port" --image-path "$T/images" c
	wait_until grep -q connected "$T/server.out"
	child() { tr -d " " <"/proc/$1/task/$1/children"; }
	kill -KILL $(child $(child $(child "$pid")))	# timeout, brig, brig-criu, CRIU
	rc=0; wait "$pid" || rc=$?
	[ "$rc" = 1 ] && grep -q "criu failed: it was ended by signal 9 (log file: $T/images/dump.log)" "$T/dump.out" || { cat "$T/dump.out"; return 1; }
	status_is c running; goes_on
	kill "$server"
}
