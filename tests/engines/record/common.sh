# shellcheck shell=sh
# What the recorders share. A recorder starts an engine with a runtime that keeps a copy of every config.json, and runs one container
# for each line of its table. Work is done in $WORK (default: a new folder below /tmp); records go to the folder above this one.
#   RUNTIME   the runtime that really runs the containers (default: build/release/brig of this tree)
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
records=${RECORDS:-$(dirname "$here")}
RUNTIME=${RUNTIME:-$top/build/release/brig}
export DEBIAN_FRONTEND=noninteractive

say() { printf '%s\n' "$*" >&2; }
die() { say "record: $*"; exit 1; }

. "$top/tests/engines/box.sh"
make_image() {
	box "$WORK/image"
	tar -C "$WORK/image" --numeric-owner --owner=0 --group=0 -cf "$WORK/image.tar" .
}

# The runtime that the engine calls. What it was called with is kept too: it is what a drop-in has to understand.
make_runtime() {
	mkdir -p "$WORK/seen"
	chmod 1777 "$WORK/seen"
	cat >"$WORK/runtime" <<-END
		#!/bin/sh
		bundle=. verb= previous=
		for a; do
			case \$previous in --bundle|-b) bundle=\$a ;; esac
			case \$a in create|run|restore) verb=\$a ;; esac
			previous=\$a
		done
		echo "\$*" >>$WORK/seen/arguments
		if [ -n "\$verb" ]; then
			n=\$(ls $WORK/seen | wc -l)
			cp "\$bundle/config.json" "$WORK/seen/\$n.json"
			# What runs here is without limits, so that they are recorded also where they could not be set; and outside the
			# cgroup of its pod, on which podman 4.3 lays a device program that denies everything.
			jq 'del(.process.rlimits) | if .linux.cgroupsPath then .linux.cgroupsPath |= sub("^/libpod_parent/[0-9a-f]{64}/"; "/libpod_parent/") else . end' "$WORK/seen/\$n.json" >"\$bundle/config.json"
		fi
		exec $RUNTIME "\$@"
	END
	chmod 755 "$WORK/runtime"
}

# record NAME COMMAND...: runs the engine once; the last configuration that reached the runtime becomes NAME.json.
record() {
	name=$1; shift
	rm -f "$WORK"/seen/*.json
	"$@" >"$WORK/output" 2>&1 </dev/null
	status=$?
	last=$(ls -t "$WORK"/seen/*.json 2>/dev/null | head -n 1)
	if [ -z "$last" ]; then
		say "$name: the engine called no runtime (status $status): $(head -n 1 "$WORK/output")"
		return
	fi
	python3 "$here/generic.py" "$last" "$records" "$name" || die "$name: generic.py failed"
	say "$name: recorded (status $status) $(tail -n 1 "$WORK/output" | cut -c 1-200)"
}

in_private_mounts() {
	# Engines see one cgroup v2 hierarchy there; nothing of it reaches the machine's own mounts.
	if [ -z "${BRIG_RECORD_INSIDE:-}" ]; then
		WORK=${WORK:-$(mktemp -d /tmp/brig-record.XXXXXX)}
		chmod 755 "$WORK"
		export WORK BRIG_RECORD_INSIDE=yes
		exec unshare --mount --propagation private sh "$0" "$@"
	fi
	mount -t cgroup2 none /sys/fs/cgroup
}
