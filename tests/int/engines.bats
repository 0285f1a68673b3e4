#!/usr/bin/env bats
# Every configuration that an engine wrote (tests/engines) runs, or fails with the reason that stands here.
load engines.bash

@test "every record has its line here" {
	lines=$(<"$BATS_TEST_FILENAME")
	for f in "$records"/*-*.json; do
		name=${f##*/} name=${name%.json}
		[[ $name == seccomp-* || $lines == *"@test \"$name\" "* ]] || { echo "no line for $name"; false; }
	done
}

@test "podman-all-host" { runs; }
@test "podman-annotation" { runs; }
@test "podman-apparmor-unconfined" { runs; }
@test "podman-blkio" { needs_controller io; }
@test "podman-cap-add" { runs; }
@test "podman-cap-drop-all" { runs; }
@test "podman-cap-user" { runs; }
@test "podman-cgroup-conf" { needs_controller memory; }
@test "podman-cgroupns-host" { runs; }
@test "podman-container-namespaces" { runs; }
@test "podman-cpu-shares" { needs_controller cpu; }
@test "podman-cpus" { needs_controller cpu; }
@test "podman-cpuset" { needs_controller cpuset; }
@test "podman-default" { runs; }
@test "podman-device-cgroup-rule" { runs; }
@test "podman-device-renamed" { runs; }
@test "podman-device" { runs; }
@test "podman-env-host-names" { runs; }
@test "podman-env" { runs; }
@test "podman-everything" { runs; }
@test "podman-group-add" { runs; }
@test "podman-health" { runs; }
@test "podman-hooks" { runs; }
@test "podman-hugetlb" { runs; }
@test "podman-init" { runs; }
@test "podman-interactive" { runs; }
@test "podman-ipc-host" { runs; }
@test "podman-ipc-none" { runs; }
@test "podman-label-disable" { runs; }
@test "podman-mask" { runs; }
@test "podman-memory-swap" { needs_controller memory; }
@test "podman-memory" { needs_controller memory; }
@test "podman-mount-bind-nonrecursive" { runs; }
@test "podman-mount-devpts" { runs; }
@test "podman-mount-idmap-true" { refused '/mounts/[0-9]+/options/[0-9]+: .?"true.?" is not of the form uids=FROM-TO-LENGTH'; }	# podman 4.3 writes "idmap=true"
@test "podman-mount-tmpfs" { runs; }
@test "podman-network-host" { runs; }
@test "podman-no-new-privileges" { runs; }
@test "podman-oom-score" { runs; }
@test "podman-personality" { runs; }
@test "podman-pid-host" { runs; }
@test "podman-pidfile" { runs; }
@test "podman-pids-limit" { needs_controller pids; }
@test "podman-pod-infra" { runs; }
@test "podman-pod-member-pid" { runs; }
@test "podman-pod-member" { runs; }
@test "podman-privileged" { runs; }
@test "podman-readonly-tmpfs-off" { runs; }
@test "podman-readonly" { runs; }
@test "podman-seccomp-unconfined" { runs; }
@test "podman-secret-env" { runs; }
@test "podman-shm-size" { runs; }
@test "podman-stop-signal" { runs; }
@test "podman-sysctl" { runs; }
@test "podman-systemd" { runs; }
@test "podman-terminal-readonly" { runs; }
@test "podman-terminal" { runs; }
@test "podman-timezone" { runs; }
@test "podman-tmpfs-copyup" { runs; }
@test "podman-tmpfs" { runs; }
@test "podman-uidmap-network-host" { runs; }
@test "podman-uidmap-volume" { runs; }
@test "podman-uidmap" { runs; }
@test "podman-ulimit-host" { refused '/process/rlimits/0: soft limit [0-9]+ is above the hard limit [0-9]+'; }	# podman 4.3 exchanges the two
@test "podman-ulimit" { runs; }
@test "podman-umask" { runs; }
@test "podman-unmask" { runs; }
@test "podman-user-name" { runs; }
@test "podman-user" { runs; }
@test "podman-userns-auto" { runs; }
@test "podman-uts-host" { runs; }
@test "podman-volume-O" { runs; }
@test "podman-volume-U" { runs; }
@test "podman-volume-Z" { runs; }
@test "podman-volume-file" { runs; }
@test "podman-volume-idmap" { runs; }
@test "podman-volume-named" { runs; }
@test "podman-volume-new-target" { runs; }
@test "podman-volume-options" { runs; }
@test "podman-volume-ro" { runs; }
@test "podman-volume-rshared" { runs; }
@test "podman-volume-rslave" { runs; }
@test "podman-volume" { runs; }
@test "podman-workdir" { runs; }
@test "rootless-cap-drop-all" { runs; }
@test "rootless-cgroupns-host" { runs; }
@test "rootless-default" { runs; }
@test "rootless-device" { runs; }
@test "rootless-everything" { runs; }
@test "rootless-group-keep" { runs; }
@test "rootless-init" { runs; }
@test "rootless-memory" { needs_controller memory; }
@test "rootless-network-host" { runs; }
@test "rootless-no-new-privileges" { runs; }
@test "rootless-oom-score" { runs; }
@test "rootless-pid-host" { runs; }
@test "rootless-privileged" { runs; }
@test "rootless-readonly" { runs; }
@test "rootless-seccomp-unconfined" { runs; }
@test "rootless-sysctl" { runs; }
@test "rootless-systemd" { runs; }
@test "rootless-terminal" { runs; }
@test "rootless-tmpfs" { runs; }
@test "rootless-uidmap" { runs; }
@test "rootless-ulimit" { runs; }
@test "rootless-user" { runs; }
@test "rootless-userns-auto" { runs; }
@test "rootless-userns-keep-id" { runs; }
@test "rootless-userns-nomap" { runs; }
@test "rootless-uts-host" { runs; }
@test "rootless-volume-ro" { runs; }
@test "rootless-volume" { runs; }
@test "rootless-workdir" { runs; }
@test "containerd-allow-new-privs" { runs; }
@test "containerd-annotation" { runs; }
@test "containerd-cap-add" { runs; }
@test "containerd-cap-drop" { runs; }
@test "containerd-cgroup" { runs; }
@test "containerd-cpu-shares" { needs_controller cpu; }
@test "containerd-cpus" { needs_controller cpu; }
@test "containerd-cwd" { runs; }
@test "containerd-default" { needs_controller cpu; }
@test "containerd-device" { runs; }
@test "containerd-env" { runs; }
@test "containerd-memory-limit" { needs_controller memory; }
@test "containerd-mount-rshared" { runs; }
@test "containerd-mount-tmpfs" { runs; }
@test "containerd-mount" { runs; }
@test "containerd-net-host" { runs; }
@test "containerd-pid-host" { runs; }
@test "containerd-privileged" { runs; }
@test "containerd-readonly" { runs; }
@test "containerd-remap-labels" { runs; }
@test "containerd-rootfs-propagation" { runs; }
@test "containerd-seccomp" { runs; }
@test "containerd-terminal" { runs; }
@test "containerd-uidmap" { runs; }
@test "containerd-with-ns" { runs; }
@test "docker-apparmor-unconfined" { runs; }
@test "docker-blkio" { runs; }
@test "docker-cap-add" { runs; }
@test "docker-cap-drop-all" { runs; }
@test "docker-cgroup-parent" { runs; }
@test "docker-cgroupns-host" { runs; }
@test "docker-cgroupns-private" { runs; }
@test "docker-cpu-shares" { runs; }
@test "docker-cpuset" { runs; }
@test "docker-default" { runs; }
@test "docker-device-cgroup-rule" { runs; }
@test "docker-device" { runs; }
@test "docker-env" { runs; }
@test "docker-everything" { runs; }
@test "docker-group-add" { runs; }
@test "docker-health" { runs; }
@test "docker-init" { runs; }
@test "docker-interactive" { runs; }
@test "docker-ipc-host" { runs; }
@test "docker-ipc-shareable" { runs; }
@test "docker-label" { runs; }
@test "docker-memory-swap" { runs; }
@test "docker-memory" { runs; }
@test "docker-mount-nonrecursive" { runs; }
@test "docker-mount-tmpfs" { runs; }
@test "docker-network-host" { runs; }
@test "docker-no-new-privileges" { runs; }
@test "docker-oom-kill-disable" { runs; }
@test "docker-oom-score" { runs; }
@test "docker-pid-host" { runs; }
@test "docker-pids-limit" { runs; }
@test "docker-privileged" { runs; }
@test "docker-readonly" { runs; }
@test "docker-runtime-runc" { runs; }
@test "docker-seccomp-unconfined" { runs; }
@test "docker-shm-size" { runs; }
@test "docker-stop-signal" { runs; }
@test "docker-sysctl" { runs; }
@test "docker-systempaths-unconfined" { runs; }
@test "docker-terminal" { runs; }
@test "docker-tmpfs" { runs; }
@test "docker-ulimit" { runs; }
@test "docker-user" { runs; }
@test "docker-userns-host" { runs; }
@test "docker-uts-host" { runs; }
@test "docker-volume-file" { runs; }
@test "docker-volume-named" { runs; }
@test "docker-volume-ro" { runs; }
@test "docker-volume-rshared" { runs; }
@test "docker-volume-rslave" { runs; }
@test "docker-volume-z" { runs; }
@test "docker-volume" { runs; }
@test "docker-workdir" { runs; }
