#!/usr/bin/env bats
# checkpoint and restore through CRIU. What needs no working CRIU comes first.
load helpers
load criu

@test "errors: states" {
	v checkpoint nobody; not 'container does not exist'
	conf '' && program exit 0
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	v checkpoint --image-path "$T/images" c; not 'Container cannot be checkpointed in created state'
	[ ! -e "$T/images" ]
	brig start c; wait_until status_is c stopped
	v checkpoint --image-path "$T/images" c; not 'Container cannot be checkpointed in stopped state'
	[ ! -e "$T/images" ]
}
@test "errors: options" {
	v checkpoint --manage-cgroups-mode hard c; not 'Invalid manage-cgroups-mode value'
	v checkpoint --network-lock none c; not 'Invalid network-lock value'
	v checkpoint --empty-ns pid c; not 'namespace "pid" is not supported'
	v checkpoint --page-server 1234 c; not 'Use --page-server ADDRESS:PORT to specify page server'
	v checkpoint --page-server host:port c; not 'Invalid port number'
	v checkpoint --parent-path /abs c; not '--parent-path must be relative'
	v checkpoint --status-fd 77 c; not 'invalid --status-fd argument 77'
	v checkpoint --status-fd 0 c; not 'invalid --status-fd argument 0: not writable'
	v checkpoint; [ "$rc" = 1 ]
}
@test "probes of engines: help of checkpoint, an option without its value" {
	capture "$BRIG" checkpoint --help
	[ "$rc" = 0 ] && [ -z "$err" ] && lines '~--leave-running'
	capture "$BRIG" restore --lsm-mount-context
	[ "$rc" = 1 ] && [[ $err == *'flag needs an argument'* ]]
}
@test "restore: an id that is taken, a bundle without configuration, images that are not there" {
	conf '' && program exit 0
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	v restore -d -b "$B" --image-path "$T" c; not 'container with given ID already exists'
	brig delete c
	v restore -d -b "$T" --image-path "$T" r; not "config.json: no such file or directory"
	v restore -d -b "$B" --image-path "$T/images" r; not "open $T/images" 'no such file or directory'
	nothing_left r
}
@test "restore: a directory that others can write to, a link, a FIFO among the images" {
	conf ''
	mkdir -m 777 "$T/images"
	not_restored 'others than root may write to it'
	chmod 755 "$T/images"
	ln -s /etc/passwd "$T/images/pages-1.img"
	not_restored 'pages-1.img is not a regular file'
	rm "$T/images/pages-1.img"
	mkfifo "$T/images/inventory.img"
	not_restored 'inventory.img is not a regular file'
	rm "$T/images/inventory.img"
	mkdir -m 777 "$T/below"
	ln -s ../below "$T/images/parent"
	not_restored 'the parent of the images' 'others than root may write to it'
	rmdir "$T/below"
	not_restored 'open the parent of the images' 'no such file or directory'
	ln -sfn . "$T/images/parent"
	not_restored 'more than 256 images'
}
@test "checkpoint: images of before that are not there" {
	counting
	touch "$T/file"
	dump --parent-path ../gone; not 'invalid --parent-path: stat ../gone: no such file or directory'
	dump --parent-path ../file; not 'invalid --parent-path: stat ../file: not a directory'
	status_is c running
}
@test "checkpoint: nothing is written through a name that is there" {
	counting
	mkdir "$T/images"
	echo precious >"$T/precious"
	ln "$T/precious" "$T/images/inventory.img"
	dump; not 'inventory.img has more than one name'
	rm "$T/images/inventory.img"
	ln -s "$T/precious" "$T/images/core-1.img"
	dump; not 'core-1.img is not a regular file'
	[ "$(cat "$T/precious")" = precious ]
	status_is c running
}
@test "features say whether there is a CRIU" {
	capture "$BRIG" features
	[ "$(jq -r '.annotations["org.opencontainers.runc.checkpoint.enabled"]' <<<"$out")" = "$([ -x $HELPER ] && [ -n "$CRIU" ] && echo true || echo false)" ]
	jq -e '.potentiallyUnsafeConfigAnnotations | index("org.criu.config")' <<<"$out"
}

@test "a container goes on where it was, under another name" {
	needs_criu
	counting
	dump; ok; [ -z "$out" ]
	nothing_left c
	local before
	before=$(number)
	restore --pid-file "$T/pid" r; ok
	status_is r running
	[ "$(cat "$T/pid")" = "$(pid_of r)" ]
	wait_until counts "$before"
	[ "$(number)" -lt $((before + 500)) ]
	[ "$(brig exec r /guest say inside)" = inside ]
	grep -qx "0::$CG/c" "/proc/$(pid_of r)/cgroup"
	v kill r KILL; ok; wait_until status_is r stopped
	v delete r; ok
}
@test "the same name, twice" {
	needs_criu
	counting
	for _ in 1 2; do dump; ok; restore c; ok; goes_on; done
}
@test "what confines it is in force again" {
	needs_criu
	counting 'seccomp("ALLOW"; [rule("mkdir"; "ERRNO")]) | .process.noNewPrivileges = true | .hostname = "restored" | .root.readonly = true
		| .mounts += [{destination: "/tmp", type: "bind", source: "\($R)/tmp", options: ["bind", "nosuid", "nodev"]}]'
	local p before after
	look() { p=$(pid_of "$1"); grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)' "/proc/$p/status"; cut -d' ' -f4-6 "/proc/$p/mountinfo" | sed 's/shared:.*//' | sort; }
	before=$(look c)
	dump; ok
	restore r; ok
	after=$(look r)
	diff <(echo "$before") <(echo "$after")
	out=$(brig exec r /guest report names)
	lines hostname=restored
}
@test "leave-running: both go on" {
	needs_criu
	counting
	dump --leave-running; ok
	status_is c running
	goes_on
	brig delete --force c
	restore r; ok; goes_on
}
@test "pre-dump, and a dump on top of it" {
	needs_criu
	counting
	v checkpoint --pre-dump --image-path "$T/pre" c
	[[ $err != *"Tracking memory is not available"* ]] || skip "this kernel cannot track memory (soft-dirty)"
	ok
	status_is c running
	goes_on
	dump --parent-path ../pre; ok
	[ -L "$T/images/parent" ]
	nothing_left c
	restore r; ok; goes_on
}
@test "a paused container" { needs_criu; counting; brig pause c; dump; ok; restore r; ok; status_is r running; goes_on; }
@test "in the foreground: output, signals and exit status are relayed, and it is deleted" {
	needs_criu
	conf '' && program trap-signals
	brig run --detach -b "$B" c </dev/null 2>&1 | cat >"$T/out.c" &	# a pipe: a file would have to be as long as it was
	wait_until grep -q ready "$T/out.c"
	dump; ok
	brig restore -b "$B" --image-path "$T/images" r </dev/null > >(cat >"$T/out.r") 2>"$T/err.r" &
	local pid=$!
	wait_until status_is r running || { cat "$T/err.r"; return 1; }
	brig kill r HUP
	wait_until grep -q signal=1 "$T/out.r"
	brig kill r KILL
	rc=0; wait $pid || rc=$?
	[ "$rc" = 137 ] && [ ! -s "$T/err.r" ]
	nothing_left r
}
@test "a terminal" {
	needs_criu
	conf '.process.terminal = true' && program count /tmp/n
	$PY "$BATS_TEST_DIRNAME/console.py" receive "$T/s1" </dev/null >/dev/null 2>&1 &
	wait_until test -S "$T/s1"
	brig run --detach -b "$B" --console-socket "$T/s1" c </dev/null >/dev/null 2>"$T/err.c"
	wait_until counts 3
	dump; ok
	v restore --detach -b "$B" --image-path "$T/images" r; not 'cannot allocate tty if brig will detach without setting console socket'
	$PY "$BATS_TEST_DIRNAME/console.py" receive "$T/s2" </dev/null >/dev/null 2>&1 &
	wait_until test -S "$T/s2"
	restore --console-socket "$T/s2" r; ok
	goes_on
	[[ $(readlink "/proc/$(pid_of r)/fd/0") == /dev/* ]]
	brig delete --force r
}
@test "an open connection: only when asked for" {
	needs_criu
	counting '' tcp
	dump; not 'criu failed: type DUMP' "$T/images/dump.log"
	status_is c running; goes_on
	dump --tcp-established --network-lock skip
	[[ $err != *"sockets: Can't get 1:16 opt"* ]] || skip "this criu does not know this kernel's TCP sockets"
	ok
	restore --tcp-established --network-lock skip r; ok
	goes_on
}
@test "a failing dump leaves the container, and says where CRIU's log is" {
	needs_criu
	counting
	mkdir "$T/images"
	brig exec --detach c /guest sleep 1000000 </dev/null >/dev/null 2>&1
	v checkpoint --image-path "$T/images" --work-path "$T/work" c
	[ "$rc" = 0 ] || { not 'criu failed' "log file: $T/work/dump.log"; status_is c running; goes_on; }
	[ -s "$T/work/dump.log" ]
}
@test "images that are no images" {
	needs_criu
	counting
	dump; ok
	truncate -s 20 "$T/images/core-1.img"
	not_restored 'criu failed: type RESTORE' "log file: $T/images/restore.log"
	head -c 4096 /dev/urandom >"$T/images/mm-1.img"
	not_restored 'criu failed: type RESTORE'
	rm "$T/images/inventory.img"
	not_restored 'criu failed'
}
@test "what the images say against the configuration is refused before it runs" {
	needs_criu
	counting 'caps(["CAP_KILL", "CAP_CHOWN"]) | bind("/etc"; ["bind"])'
	cp "$B/config.json" "$T/config.saved"
	dump; ok
	changed() { jq "$1" "$T/config.saved" >"$B/config.json"; shift; local n; n=$(number); not_restored "$@" && [ "$(number)" = "$n" ]; }
	changed '.process.capabilities |= map_values(map(select(. != "CAP_CHOWN")))' 'verified restore' 'Cap'
	changed '.process.noNewPrivileges = true | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}' 'verified restore: Seccomp is not what was asked for'
	changed '.linux.maskedPaths += ["/proc/version"]' 'verified restore: /proc/version is not masked'
	changed '.linux.readonlyPaths += ["/proc/version"]' 'verified restore: /proc/version is not read-only'
	changed '.mounts |= map(select(.destination != "/dev/shm"))' 'verified restore: /dev/shm is a mount that the configuration does not have'
	changed '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]' 'verified restore: /tmp is not what was asked for'
	changed '.mounts |= map(if .destination == "/dev/mqueue" then .options += ["ro"] else . end)' 'verified restore: /dev/mqueue is mounted without a flag that was asked for'
	changed '.linux.namespaces |= map(select(.type != "ipc")) | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' ''
	cp "$T/config.saved" "$B/config.json"
	restore r; ok; goes_on
}
@test "bind mounts and a read-only root are those of the configuration of today" {
	needs_criu
	mkdir "$T/old" "$T/new"; echo old >"$T/old/f"; echo new >"$T/new/f"
	counting 'bind("\($T)/old"; ["bind", "ro"])'
	dump; ok
	jq --arg new "$T/new" '(.mounts[] | select(.destination == "/mnt")).source = $new | .root.readonly = true' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	restore r; ok
	[ "$(cat "/proc/$(pid_of r)/root/mnt/f")" = new ]
	grep -q ' /mnt ro' "/proc/$(pid_of r)/mountinfo"
	grep -q ' / ro' "/proc/$(pid_of r)/mountinfo"
	status_is r running
}
@test "a list of streams in the images that makes no sense has no effect" {
	needs_criu
	counting
	dump; ok
	cp "$T/images/descriptors.json" "$T/good"
	echo '{"0": "pipe:[1]"}' >"$T/images/descriptors.json"
	not_restored 'descriptors.json'
	jq -c '.[0] = "tty[8800:1a]"' "$T/good" >"$T/images/descriptors.json"
	not_restored 'standard stream 0 was a terminal'
	jq -c '. + ["/etc/shadow", "extRootNetNS", "pipe:[1]"]' "$T/good" >"$T/images/descriptors.json"
	restore r; ok; goes_on
}
@test "hooks: those of the host's side run, with the pid, and poststart at the end" {
	needs_criu
	hook() { printf '{path: "/bin/sh", args: ["sh", "-c", "cat >>%s/hook.%s"]}' "$T" "$1"; }
	counting ".hooks = {prestart: [$(hook prestart)], createRuntime: [$(hook createRuntime)], createContainer: [$(hook createContainer)], poststart: [$(hook poststart)], poststop: [$(hook poststop)]}"
	dump; ok
	rm -f "$T"/hook.*
	restore r; ok
	[ "$(jq -r '[.status, .pid] | @text' "$T/hook.prestart" "$T/hook.createRuntime" | sort -u)" = "[\"creating\",$(pid_of r)]" ]
	[ "$(jq -r '[.status, .pid] | @text' "$T/hook.poststart")" = "[\"running\",$(pid_of r)]" ]
	[ ! -e "$T/hook.createContainer" ]
	brig delete --force r
	jq -e '.hooks.createRuntime = [{path: "/bin/false"}]' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	not_restored 'error running createRuntime hook #0'
}
@test "a cgroup of systemd's" {
	needs_criu
	[ -d /run/systemd/system ] || skip "needs systemd"
	conf '.linux.cgroupsPath = "system.slice:brig:\($CG[1:])"' && program count /tmp/n
	brig --systemd-cgroup run --detach -b "$B" c </dev/null >"$T/out.c" 2>&1 || { cat "$T/out.c"; return 1; }
	wait_until counts 3
	dump; ok
	v --systemd-cgroup restore --detach -b "$B" --image-path "$T/images" r; ok
	goes_on
	grep -qx "0::/system.slice/brig-${CG#/}.scope" "/proc/$(pid_of r)/cgroup"
	v delete --force r; ok
	! systemctl is-active --quiet "brig-${CG#/}.scope"
}
@test "killed in the middle of a restore: delete takes back what there is" {
	needs_criu
	counting
	dump; ok
	jq --arg pid "$T/hook.pid" '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "echo $$ >\($pid); exec sleep 100"]}]' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	"$BRIG" --root "$ROOT" restore --detach -b "$B" --image-path "$T/images" r </dev/null >/dev/null 2>&1 &
	local pid=$!
	wait_until test -s "$T/hook.pid"
	kill -KILL $pid
	kill -KILL "$(cat "$T/hook.pid")" 2>/dev/null || true	# it goes with brig, mostly
	v delete --force r; ok
	nothing_left r
}
@test "an own user namespace" {
	needs_criu
	chown -R 100000:100000 "$R"
	conf 'userns' && program count /tmp/n
	brig run --detach -b "$B" c </dev/null >/dev/null 2>&1	# in the user namespace nobody may open root's files
	wait_until counts 3
	dump; ok
	brig --log "$T/log" restore --detach -b "$B" --image-path "$T/images" r </dev/null >/dev/null 2>&1 && rc=0 || rc=$?
	err=$(cat "$T/log") out=
	[[ $err != *"Cgroup dir"*"doesn't exist"* ]] || skip "where there are hierarchies of cgroup version 1, CRIU wants the container's cgroup in each"
	ok
	goes_on
	grep -q '^ *0 *100000 *65536' "/proc/$(pid_of r)/uid_map"
}
@test "a network namespace of others is joined again" {
	needs_criu
	unshare -n sleep 600 </dev/null >/dev/null 2>&1 3>&- &
	local holder=$!
	apart() { [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/self/ns/net)" ]; }
	wait_until apart
	counting "ns(\"network\"; \"/proc/$holder/ns/net\")"
	dump; ok
	restore r; ok; goes_on
	[ "$(readlink "/proc/$(pid_of r)/ns/net")" = "$(readlink /proc/$holder/ns/net)" ]
	kill $holder
}
@test "restore into a cgroup that was there, and where everything was killed before" {
	needs_criu
	counting
	dump; ok
	mkdir -p "$CGROOT$CG/c"
	echo 1 >"$CGROOT$CG/c/cgroup.kill"
	restore r; ok
	goes_on
	grep -q . "$CGROOT$CG/c/cgroup.procs"
	brig delete --force r
	[ -d "$CGROOT$CG/c" ]
	rmdir "$CGROOT$CG/c"
}
