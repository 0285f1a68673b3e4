# shellcheck shell=bash disable=SC2154
# debian_tree LOG: sets $tree to a whole Debian root file system. It is made once by debootstrap, below $top, and kept: in $XDG_CACHE_HOME/brig when
# that is set, else in build/.
debian_tree() {
	local cache=${XDG_CACHE_HOME:+$XDG_CACHE_HOME/brig} suite=bookworm
	cache=${cache:-$top/build}
	[ -w "$cache" ] || mkdir -p "$cache" 2>/dev/null || cache=$BATS_FILE_TMPDIR
	tree=$cache/debian-rootfs
	exec 9>"$cache/debian-rootfs.lock"
	flock 9
	if [ ! -e "$tree/etc/debian_version" ]; then
		rm -rf "$tree" "$tree.new"
		debootstrap --variant=minbase "$suite" "$tree.new" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$1" 2>&1 9>&- && mv "$tree.new" "$tree"
	fi
	exec 9>&-
	[ -e "$tree/etc/debian_version" ]
}
