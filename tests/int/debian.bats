#!/usr/bin/env bats
# A whole Debian root file system. It is made once by debootstrap and kept: in $XDG_CACHE_HOME/brig when that is set, else in build/.

load debian.bash

setup_file() {
	top=${top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	BRIG=${BRIG:-${top_builddir:-$top/build/release}/brig}
	B=$BATS_FILE_TMPDIR/bundle
	# A process that cannot be traced and blocks signals hangs in the sanitizer's leak check at its end.
	export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
	export top BRIG B
	[ "$(id -u)" = 0 ] && command -v debootstrap jq >/dev/null || return 0
	if ! debian_tree "$BATS_FILE_TMPDIR/debootstrap.log"; then
		tail -n 1 "$BATS_FILE_TMPDIR/debootstrap.log" >"$BATS_FILE_TMPDIR/why"
		return 0
	fi
	mkdir -p "$B"
	cp -a --reflink=auto "$tree" "$B/rootfs"
	"$BRIG" spec --bundle "$B"
	# What a package tool needs: to own files as others, and to change to the user _apt.
	jq '.root.readonly = false | .process.terminal = false
		| .process.env = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive"]
		| .process.capabilities |= with_entries(.value = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
			"CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"])
		| del(.process.capabilities.inheritable, .process.capabilities.ambient)' "$B/config.json" >"$B/base.json"
}

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	command -v debootstrap jq >/dev/null || skip "needs debootstrap and jq"
	[ ! -e "$BATS_FILE_TMPDIR/why" ] || skip "debootstrap failed: $(cat "$BATS_FILE_TMPDIR/why")"
	id=debian-$$-$BATS_TEST_NUMBER
}

teardown() {
	"$BRIG" --root "$BATS_FILE_TMPDIR/state" delete --force "$id" || true
}

brig() { "$BRIG" --root "$BATS_FILE_TMPDIR/state" "$@"; }

# inside COMMAND: runs a shell command line in a new container.
inside() {
	jq --arg c "$1" '.process.args = ["/bin/bash", "-c", $c]' "$B/base.json" >"$B/config.json"
	run timeout 120 "$BRIG" --root "$BATS_FILE_TMPDIR/state" run --bundle "$B" "$id" </dev/null
	echo "$output"
}

@test "the shell" {
	inside 'echo "$BASH_VERSION" on $(cat /etc/debian_version); test "$(id -u)" = 0; [ $$ = 1 ] && echo first'
	[ "$status" -eq 0 ]
	[[ "$output" == *" on 12."* && "$output" == *first* ]]
}

@test "dpkg lists and verifies what is installed" {
	inside 'dpkg -l | grep -c ^ii && dpkg --audit && dpkg --verify coreutils bash'
	[ "$status" -eq 0 ]
	[ "${lines[0]}" -gt 50 ]
}

@test "apt-get check" {
	inside 'apt-get check'
	[ "$status" -eq 0 ]
}

@test "apt-get update without a network ends by itself" {
	inside 'apt-get -o Acquire::Retries=0 -o Acquire::http::Timeout=5 update; echo "status $?"'
	[ "$status" -eq 0 ]
	[[ "$output" == *"status "* ]]
	[[ "$output" != *"setgroups"* && "$output" != *"seteuid"* && "$output" != *"Operation not permitted"* ]]
}

@test "dpkg installs and removes a package with scripts, owners and a set-gid file" {
	p=$B/rootfs/root/hello
	mkdir -p "$p/DEBIAN" "$p/usr/bin" "$p/var/lib/hello"
	printf 'Package: hello-brig\nVersion: 1\nArchitecture: all\nMaintainer: none <none@example.org>\nDescription: test\n' >"$p/DEBIAN/control"
	printf '#!/bin/sh\nset -e\n[ "$1" = configure ] && chown games:games /var/lib/hello && chmod 2775 /var/lib/hello && mknod /var/lib/hello/null c 1 3\n' >"$p/DEBIAN/postinst"
	printf '#!/bin/sh\nrm -f /var/lib/hello/null\n' >"$p/DEBIAN/prerm"
	printf '#!/bin/sh\necho hello\n' >"$p/usr/bin/hello-brig"
	chmod 755 "$p/DEBIAN/postinst" "$p/DEBIAN/prerm" "$p/usr/bin/hello-brig"
	inside 'cd /root && dpkg-deb --build --root-owner-group hello >/dev/null && dpkg -i hello.deb && hello-brig && stat -c "%U:%G %a" /var/lib/hello && dpkg -r hello-brig && ! dpkg -s hello-brig 2>/dev/null | grep -q "ok installed"'
	[ "$status" -eq 0 ]
	[[ "$output" == *"hello"* && "$output" == *"games:games 2775"* ]]
}

@test "a user of the distribution, its groups and its home" {
	inside 'useradd --create-home --groups games someone && su -s /bin/sh someone -c "id; cd; pwd; touch mine && stat -c %U mine"'
	[ "$status" -eq 0 ]
	[[ "$output" == *"games"* && "$output" == *"/home/someone"* ]]
}

@test "a daemon on loopback in a detached container; kill; delete" {
	cat >"$B/rootfs/root/server.pl" <<-'END'
		use IO::Socket::INET;
		$| = 1;
		my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 80, Listen => 5, ReuseAddr => 1) or die "listen: $!";
		while (my $c = $s->accept) { print $c "served by pid $$ as $>\n"; close $c }
	END
	jq '.process.args = ["/bin/bash", "-c", "start-stop-daemon --start --background --make-pidfile --pidfile /run/server.pid --exec /usr/bin/perl -- /root/server.pl && exec sleep 1000"]' \
		"$B/base.json" >"$B/config.json"
	brig run --detach --bundle "$B" --pid-file "$BATS_TEST_TMPDIR/pid" "$id" </dev/null >"$BATS_TEST_TMPDIR/out" 2>&1 3>&-
	pid=$(cat "$BATS_TEST_TMPDIR/pid")
	for i in {1..50}; do
		answer=$(nsenter --target "$pid" --net perl -MIO::Socket::INET -e 'my $c = IO::Socket::INET->new("127.0.0.1:80") or exit 1; print <$c>' 2>/dev/null) && break
		sleep 0.1
	done
	[[ "$answer" == "served by pid "*" as 0" ]]
	[ "$(brig state "$id" | jq -r .status)" = running ]
	run brig delete "$id"
	[ "$status" -eq 1 ]
	[[ "$output" == *"that is not stopped: running"* ]]
	brig kill "$id" KILL
	for i in {1..50}; do [ "$(brig state "$id" | jq -r .status)" = stopped ] && break; sleep 0.1; done
	brig delete "$id"
	run brig state "$id"
	[ "$status" -eq 1 ]
	[[ "$output" == *"does not exist"* ]]
	! ps -eo args | grep -q '[s]erver.pl'
}

@test "the same tree below a user namespace" {
	jq '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{"containerID": 0, "hostID": 2000000, "size": 65536}] | .linux.gidMappings = .linux.uidMappings
		| .process.args = ["/bin/bash", "-c", "cat /proc/self/uid_map; touch /root/in && stat -c %u /root/in && dpkg -s bash | grep -i status"]' "$B/base.json" >"$B/config.json"
	mkdir -p "$BATS_TEST_TMPDIR/b"
	cp "$B/config.json" "$BATS_TEST_TMPDIR/b/"
	cp -a --reflink=auto "$B/rootfs" "$BATS_TEST_TMPDIR/b/rootfs"
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR"
	find "$BATS_TEST_TMPDIR/b/rootfs" -xdev -uid 0 -exec chown -h 2000000:2000000 {} +
	run timeout 120 "$BRIG" --root "$BATS_FILE_TMPDIR/state" run --bundle "$BATS_TEST_TMPDIR/b" "$id" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"2000000"* && "$output" == *"install ok installed"* ]]
}
