# shellcheck shell=bash disable=SC2034
# What the scripts of this folder share. Sourced.
set -euo pipefail
export LC_ALL=C
me=${0##*/}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
# Images are large and slow to make: one cache for many working trees is possible.
cache=${BRIG_VM_CACHE:-${XDG_CACHE_HOME:+$XDG_CACHE_HOME/brig-vm}}
cache=${cache:-$top/build/vm}

say() { printf '%s: [%4ds] %s\n' "$me" "$SECONDS" "$*" >&2; }
die() { printf '%s: %s\n' "$me" "$*" >&2; exit 125; }

need() { # PROGRAM PACKAGE
	command -v "$1" >/dev/null || PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || die "$1 is missing: install the package $2"
}

# Free space where DIR will be, in MiB.
need_space() { # DIR MIB
	local free
	mkdir -p "$1"
	free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$2" ] || die "$1 has $free MiB free, $2 are needed (BRIG_VM_CACHE names another place)"
}

# The mirror that this system's own packages come from.
mirror() {
	local m=${BRIG_VM_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 2>/dev/null | grep '/debian/*$' | head -n1)}
	[ -n "$m" ] || die "no Debian mirror in apt's configuration: set BRIG_VM_MIRROR"
	echo "$m"
}

# guest NAME: sets suite, lsm (the default one) and policy
guest() {
	lsm=apparmor policy=no
	case $1 in
	trixie | sid) suite=$1 ;;
	selinux) suite=trixie lsm=selinux policy=yes ;;
	*) die "no guest $1: trixie, sid, selinux" ;;
	esac
}
