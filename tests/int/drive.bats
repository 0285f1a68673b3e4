#!/usr/bin/env bats
# The engines themselves drive brig. They work in a mount namespace where one cgroup v2 hierarchy is all that they see, below a folder of
# the test; the machine's own engines, images and mounts are not touched. An engine that is missing, or does not run here, is skipped.

setup_file() {
	top=${top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
	BRIG=$(realpath "${BRIG:-${top_builddir:-$top/build/release}/brig}")
	. "$top/tests/engines/box.sh"
	W=$BATS_FILE_TMPDIR
	chmod 755 "$W" "$BATS_RUN_TMPDIR"
	box "$W/image"
	tar -C "$W/image" --numeric-owner --owner=0 --group=0 -cf "$W/image.tar" .
	box_layout "$W/image.tar" "$W/oci.tar"
	holder=
	if [ "$(id -u)" = 0 ]; then
		unshare --mount --propagation private sh -c 'mount -t cgroup2 none /sys/fs/cgroup; mkdir -p /run/docker; mount -t tmpfs none /run/docker; echo ready >'"$W"'/ready; exec sleep 1200' >/dev/null 2>&1 3>&- &
		holder=$!
		for i in {1..50}; do [ -e "$W/ready" ] && break; sleep 0.1; done
	fi
	export top BRIG W holder
}

teardown_file() {
	for daemon in dockerd containerd; do
		[ -e "$W/$daemon.pid" ] && kill "$(cat "$W/$daemon.pid")" 2>/dev/null && tail --pid="$(cat "$W/$daemon.pid")" -f /dev/null
	done
	[ -z "$holder" ] || kill -9 "$holder" 2>/dev/null
	true
}

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	# Engines do not hand on ASAN_OPTIONS, without which the leak check hangs in a process that cannot be traced.
	! ldd "$BRIG" 2>/dev/null | grep -q libasan || skip "brig was built with sanitizers"
}

# here COMMAND...: in the engines' mount namespace, never for ever.
here() { timeout 300 nsenter --target "$holder" --mount "$@" </dev/null 3>&-; }

# fails STATUS TEXT COMMAND...
fails() {
	local want=$1 text=$2 got=0
	shift 2
	output=$("$@" 2>&1) || got=$?
	echo "$got: $output"
	[ "$got" -eq "$want" ]
	[[ "$output" == *"$text"* ]]
}

has() {
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"$1"* ]]
}

# ---- podman ----

podman() {
	command -v podman >/dev/null || skip "podman is not installed"
	if [ ! -e "$W/containers.conf" ]; then
		printf '[containers]\npids_limit = 0\ndefault_ulimits = ["nofile=512:512", "nproc=512:512"]\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n' >"$W/containers.conf"
		here env CONTAINERS_CONF="$W/containers.conf" podman --root "$W/podman/root" --runroot "$W/podman/run" --tmpdir "$W/podman/tmp" --storage-driver vfs \
			import "$W/image.tar" localhost/box >"$W/podman.log" 2>&1 || { mv "$W/containers.conf" "$W/not"; skip "podman does not run here: $(tail -n 1 "$W/podman.log")"; }
	fi
	here env CONTAINERS_CONF="$W/containers.conf" podman --root "$W/podman/root" --runroot "$W/podman/run" --tmpdir "$W/podman/tmp" --storage-driver vfs --runtime "$BRIG" "$@"
}

prun() { podman run --rm --network none "$@"; }

@test "podman run: output and exit status" {
	podman images >/dev/null
	run prun localhost/box sh -c 'echo out; echo err >&2; exit 7'
	[ "$status" -eq 7 ]
	[[ "$output" == *out* && "$output" == *err* ]]
}

@test "podman run: killed by a signal" {
	podman images >/dev/null
	podman run -d --name s1 --network none localhost/box sleep 1000
	podman kill --signal KILL s1
	run podman wait s1
	has 137
	podman rm s1
}

@test "podman run: 127 for a missing program" {
	podman images >/dev/null
	fails 127 "executable file not found in \$PATH" prun localhost/box nosuch
	fails 127 "no such file or directory" prun localhost/box /no/such
}

@test "podman run: 126 for what cannot be executed" {
	podman images >/dev/null
	fails 126 "permission denied" prun localhost/box /etc/passwd
	fails 126 "" prun localhost/box /etc
}

@test "podman run -t: a terminal" {
	podman images >/dev/null
	run prun --tty localhost/box sh -c 'test -t 0 && test -t 1 && echo terminal'
	has terminal
}

@test "podman run -d, ps, logs, top, kill, stop, inspect, start, rm" {
	podman images >/dev/null
	run podman run -d --name c1 --network none localhost/box sh -c 'trap "echo got; exit 3" USR1; echo started; while :; do sleep 0.1; done'
	[ "$status" -eq 0 ]
	run podman ps --format '{{.Names}} {{.Status}}'
	has "c1 Up"
	run podman logs c1
	has started
	run podman top c1
	has started
	run podman kill --signal USR1 c1
	has c1
	run podman wait c1
	has 3
	run podman logs c1
	has got
	run podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' c1
	has "exited 3"
	run podman start c1
	has c1
	run podman stop -t 0 c1
	has c1
	run podman inspect --format '{{.State.ExitCode}}' c1
	has 137
	run podman rm c1
	has c1
}

@test "podman rm -f of a running container" {
	podman images >/dev/null
	podman run -d --name c2 --network none localhost/box sleep 1000
	run podman rm -f -t 0 c2
	has c2
	run podman ps -a --format '{{.Names}}'
	[[ "$output" != *c2* ]]
}

@test "podman exec, pause, unpause; a health check" {
	podman images >/dev/null
	podman run -d --name c4 --network none --health-cmd 'echo healthy >/tmp/seen' --health-interval disable localhost/box sleep 1000
	fails 5 inside podman exec c4 sh -c 'echo inside; exit 5'
	run podman exec --tty c4 sh -c 'test -t 0 && echo terminal'
	has terminal
	run podman exec --user 1000 --env A=b --workdir /tmp c4 sh -c 'id -u; echo $A; pwd'
	echo "$output"
	[ "$output" = $'1000\nb\n/tmp' ]
	fails 127 "executable file not found in \$PATH" podman exec c4 nosuch
	fails 126 "permission denied" podman exec c4 /etc/passwd
	run podman healthcheck run c4
	[ "$status" -eq 0 ]
	run podman exec c4 cat /tmp/seen
	has healthy
	run podman pause c4
	has ""
	run podman inspect --format '{{.State.Status}}' c4
	has paused
	run podman unpause c4
	has ""
	run podman rm -f -t 0 c4
	has c4
}

@test "podman create, init, start --attach" {
	podman images >/dev/null
	podman create --name c3 --network none localhost/box echo attached
	podman init c3
	run podman inspect --format '{{.State.Status}}' c3
	has initialized
	run podman start --attach c3
	has attached
	podman rm -f c3
}

@test "podman: the state directory is empty in the end" {
	podman images >/dev/null
	run "$BRIG" list -q
	echo "$output"
	[ -z "$output" ]
}

# ---- podman as an ordinary user, who exists in the engines' mount namespace only ----

rootless() {
	command -v podman newuidmap >/dev/null || skip "podman or uidmap is not installed"
	local u=$W/rootless f
	if [ ! -d "$u" ]; then
		mkdir -p "$u/home" "$u/xdg" "$u/etc"
		for f in passwd group; do cp /etc/$f "$u/etc/$f"; done
		echo "driver:x:7000:7000::$u/home:/bin/sh" >>"$u/etc/passwd"
		echo 'driver:x:7000:' >>"$u/etc/group"
		for f in subuid subgid; do
			echo 'driver:3000000:65536' >"$u/etc/$f"
			[ -e /etc/$f ] || skip "there is no /etc/$f to cover"
		done
		for f in passwd group subuid subgid; do here mount --bind "$u/etc/$f" /etc/$f; done
		printf '[containers]\npids_limit = 0\ndefault_ulimits = ["nofile=512:512", "nproc=512:512"]\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n' >"$u/containers.conf"
		chown -R 7000:7000 "$u/home" "$u/xdg"
		chmod 700 "$u/xdg"
		as_driver podman --storage-driver vfs import "$W/image.tar" localhost/box >"$u/log" 2>&1 || touch "$u/failed"
	fi
	[ ! -e "$u/failed" ] || skip "podman does not run here as an ordinary user: $(tail -n 1 "$u/log")"
	as_driver podman --storage-driver vfs --runtime "$BRIG" "$@"
}

as_driver() {
	here setpriv --reuid 7000 --regid 7000 --clear-groups env -i PATH="$PATH" HOME="$W/rootless/home" USER=driver XDG_RUNTIME_DIR="$W/rootless/xdg" CONTAINERS_CONF="$W/rootless/containers.conf" \
		sh -c 'cd "$HOME" && exec "$@"' sh "$@"
}

@test "rootless podman run" {
	rootless images >/dev/null
	run rootless run --rm --network none localhost/box sh -c 'id -u; cat /proc/self/uid_map; exit 4'
	echo "$output"
	[ "$status" -eq 4 ]
	[[ "$output" == *7000* && "$output" == *3000000* ]]
}

@test "rootless podman run --userns keep-id, -d, stop, rm" {
	rootless images >/dev/null
	run rootless run --rm --network none --userns keep-id localhost/box id -u
	has 7000
	rootless run -d --name u1 --network none localhost/box sleep 1000
	run rootless ps --format '{{.Names}} {{.Status}}'
	has "u1 Up"
	run rootless stop -t 0 u1
	has u1
	run rootless rm u1
	has u1
	rootless system migrate	# ends the process that keeps podman's user namespace
}

# ---- buildah ----

@test "buildah builds an image and runs in it" {
	command -v buildah >/dev/null || skip "buildah is not installed"
	mkdir -p "$W/context"
	cp "$W/image.tar" "$W/context/"
	printf 'FROM scratch\nADD image.tar /\nRUN echo built >/etc/built && id\nUSER 1000\nRUN id && cat /etc/built\n' >"$W/context/Containerfile"
	b() { here buildah --root "$W/buildah/root" --runroot "$W/buildah/run" --storage-driver vfs "$@"; }
	run b bud --runtime "$BRIG" --isolation oci --network none -t built "$W/context"
	has 'uid=1000(user)'
	c=$(b from built)
	run b run --runtime "$BRIG" --isolation oci --network none "$c" -- cat /etc/built
	has built
	fails 5 "" b run --runtime "$BRIG" --isolation oci --network none "$c" -- sh -c 'exit 5'
	b rm -a
}

# ---- containerd ----

ctr() {
	command -v containerd ctr >/dev/null || skip "containerd is not installed"
	if [ ! -e "$W/containerd.log" ]; then
		mkdir -p "$W/ctrd"
		printf 'version = 2\nroot = "%s/root"\nstate = "%s/state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\naddress = "%s/sock"\n[ttrpc]\naddress = "%s/ttrpc"\n' "$W/ctrd" "$W/ctrd" "$W/ctrd" "$W/ctrd" >"$W/containerd.toml"
		nsenter --target "$holder" --mount containerd --config "$W/containerd.toml" >"$W/containerd.log" 2>&1 3>&- </dev/null &
		echo $! >"$W/containerd.pid"
		for i in {1..50}; do here ctr --address "$W/ctrd/sock" version >/dev/null 2>&1 && break; sleep 0.2; done
		local ours	# since 2.0 the daemon imports, for the snapshotter of its own configuration, unless it is told not to
		ours=$(command ctr images import --help | grep -o -- --local | head -n 1)
		# shellcheck disable=SC2086
		here ctr --address "$W/ctrd/sock" images import $ours --snapshotter native "$W/oci.tar" >>"$W/containerd.log" 2>&1 || touch "$W/containerd.failed"
	fi
	[ ! -e "$W/containerd.failed" ] || skip "containerd does not run here: $(tail -n 1 "$W/containerd.log")"
	here ctr --address "$W/ctrd/sock" "$@"
}

crun_() { ctr run --snapshotter native --runtime io.containerd.runc.v2 --runc-binary "$BRIG" --cpu-shares 0 "$@"; }

@test "ctr run: output and exit status" {
	ctr version >/dev/null
	fails 7 out crun_ --rm localhost/box:latest r1 /bin/sh -c 'echo out; exit 7'
}

@test "ctr run: a missing program is named" {
	ctr version >/dev/null
	fails 1 'OCI runtime create failed: brig create failed: unable to start container process: exec: "nosuch": executable file not found in $PATH' crun_ --rm localhost/box:latest r2 nosuch
}

@test "ctr run -d, tasks ls, kill, delete" {
	ctr version >/dev/null
	run crun_ -d localhost/box:latest r3 /bin/sleep 1000
	[ "$status" -eq 0 ]
	run ctr tasks ls
	has RUNNING
	run ctr tasks kill -s KILL r3
	[ "$status" -eq 0 ]
	for i in {1..30}; do run ctr tasks ls; [[ "$output" == *STOPPED* ]] && break; sleep 0.1; done
	has STOPPED
	run ctr tasks delete r3
	[ "$status" -eq 0 ] || [ "$status" -eq 137 ]
	run ctr containers delete r3
	[ "$status" -eq 0 ]
}

@test "ctr tasks delete --force of a running container" {
	ctr version >/dev/null
	crun_ -d localhost/box:latest r4 /bin/sleep 1000
	run ctr tasks delete --force r4
	echo "$output"
	[ "$status" -eq 0 ] || [ "$status" -eq 137 ]
	ctr containers delete r4
}

@test "ctr tasks exec, ps, pause, resume, metrics" {
	ctr version >/dev/null
	crun_ -d localhost/box:latest r6 /bin/sleep 1000
	fails 5 inside ctr tasks exec --exec-id e1 r6 /bin/sh -c 'echo inside; exit 5'
	fails 1 'exec: "nosuch": executable file not found in $PATH' ctr tasks exec --exec-id e2 r6 nosuch
	run ctr tasks ps r6
	has PID
	[ "${#lines[@]}" -eq 2 ]
	run ctr tasks pause r6
	[ "$status" -eq 0 ]
	run ctr tasks ls
	has PAUSED
	run ctr tasks resume r6
	[ "$status" -eq 0 ]
	run ctr tasks ls
	has RUNNING
	run ctr tasks metrics r6
	echo "$output"
	[ "$status" -eq 0 ]
	run ctr tasks delete --force r6
	ctr containers delete r6
}

@test "ctr tasks kill of what has ended" {
	ctr version >/dev/null
	crun_ -d localhost/box:latest r5 /bin/true
	sleep 0.5
	run ctr tasks kill r5
	[[ "$output" == *"not found"* ]]
	run ctr tasks delete r5
	[ "$status" -eq 0 ]
	ctr containers delete r5
}

@test "ctr: state and log are gone in the end" {
	ctr version >/dev/null
	[ -z "$(ls -A /run/containerd/runc/default 2>/dev/null)" ]
}

# ---- docker ----

docker() {
	type -P dockerd >/dev/null && type -P docker >/dev/null && type -P containerd >/dev/null || skip "docker is not installed"
	if [ ! -e "$W/dockerd.log" ]; then
		mkdir -p "$W/docker"
		nsenter --target "$holder" --mount dockerd --data-root "$W/docker/data" --exec-root "$W/docker/exec" --pidfile "$W/docker/pid" --host "unix://$W/docker/sock" --storage-driver vfs \
			--iptables=false --ip6tables=false --bridge=none --exec-opt native.cgroupdriver=cgroupfs --add-runtime "brig=$BRIG" --default-runtime brig >"$W/dockerd.log" 2>&1 3>&- </dev/null &
		echo $! >"$W/dockerd.pid"
		for i in {1..100}; do here docker --host "unix://$W/docker/sock" version >/dev/null 2>&1 && break; sleep 0.2; done
		here docker --host "unix://$W/docker/sock" import "$W/image.tar" box >>"$W/dockerd.log" 2>&1 || touch "$W/dockerd.failed"
	fi
	[ ! -e "$W/dockerd.failed" ] || skip "dockerd does not run here: $(tail -n 1 "$W/dockerd.log")"
	here docker --host "unix://$W/docker/sock" "$@"
}

drun() { docker run --rm --network none "$@"; }

@test "docker info knows the runtime" {
	docker version >/dev/null	# skips; a skip below `run` would not
	run docker info --format '{{json .Runtimes}} {{.DefaultRuntime}}'
	has brig
}

@test "docker run: output and exit status" {
	docker version >/dev/null
	fails 7 out drun box sh -c 'echo out; echo err >&2; exit 7'
}

@test "docker run: 127 for a missing program, 126 for one that cannot be executed" {
	docker version >/dev/null
	fails 127 'exec: "nosuch": executable file not found in $PATH' drun box nosuch
	fails 127 'no such file or directory' drun box /no/such
	fails 126 'permission denied' drun box /etc/passwd
	fails 126 'is a directory' drun box /etc
}

@test "docker run -d, ps, logs, top, kill, wait, restart, stop, rm" {
	docker version >/dev/null
	run docker run -d --name d1 --network none box sh -c 'trap "echo got; exit 3" USR1; echo started; while :; do sleep 0.1; done'
	[ "$status" -eq 0 ]
	run docker ps --format '{{.Names}} {{.Status}}'
	has "d1 Up"
	run docker logs d1
	has started
	run docker top d1
	has started
	run docker kill --signal USR1 d1
	has d1
	run docker wait d1
	has 3
	run docker logs d1
	has got
	run docker restart d1
	has d1
	run docker stop -t 0 d1
	has d1
	run docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' d1
	has "exited 137"
	run docker rm d1
	has d1
}

@test "docker rm -f of a running container; init" {
	docker version >/dev/null
	docker run -d --init --name d2 --network none box sleep 1000
	run docker rm -f d2
	has d2
	run docker ps -a --format '{{.Names}}'
	[[ "$output" != *d2* ]]
}

@test "docker exec, pause, unpause, stats; a health check" {
	docker version >/dev/null
	docker run -d --name d3 --network none --health-cmd 'echo healthy >/tmp/seen' --health-interval 1s box sleep 1000
	fails 5 inside docker exec d3 sh -c 'echo inside; exit 5'
	run docker exec --user 1000 --env A=b --workdir /tmp d3 sh -c 'id -u; echo $A; pwd'
	echo "$output"
	[ "$output" = $'1000\nb\n/tmp' ]
	run docker exec d3 nosuch	# 126 up to docker 20.10, whatever the runtime; 127 later
	echo "$output"
	[ "$status" -eq 126 ] || [ "$status" -eq 127 ]
	[[ "$output" == *'exec: "nosuch": executable file not found in $PATH'* ]]
	fails 126 'permission denied' docker exec d3 /etc/passwd
	run docker pause d3
	has d3
	run docker inspect --format '{{.State.Status}}' d3
	has paused
	run docker unpause d3
	has d3
	run docker stats --no-stream d3
	has d3
	for i in {1..30}; do run docker inspect --format '{{.State.Health.Status}}' d3; [ "$output" = healthy ] && break; sleep 0.2; done
	has healthy
	run docker rm -f d3
	has d3
}

@test "docker run with a memory limit" {
	docker version >/dev/null
	run drun --memory 64m box echo ran
	has ran
}
