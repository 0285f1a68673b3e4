#!/bin/sh
# Fetches the newest packages of crun and runc with the libraries that they name, unpacked below DIR and started with their own dynamic linker:
#   tests/perf/peers.sh DIR [SUITE...]
# Nothing is installed, and nothing is built by us. DIR/SUITE/crun and DIR/SUITE/runc are what bench.py takes; the folder is its own root of a file
# system, so that the linker finds nothing of the machine's.
set -eu
dir=$1; shift
[ $# -gt 0 ] || set -- trixie sid
mirror=${MIRROR:-http://deb.debian.org/debian}
keys=/usr/share/keyrings/debian-archive-keyring.gpg
command -v apt-get >/dev/null || { echo "peers.sh: no apt-get: only the runtimes that are installed take part" >&2; exit 0; }
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

for suite in "$@"; do
	apt="$dir/$suite/apt"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts" "$dir/$suite/root"
	: >"$apt/status"
	echo "deb [signed-by=$keys] $mirror $suite main" >"$apt/sources.list"
	set -- -o Dir::State="$apt" -o Dir::State::lists="$apt/lists" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
		-o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts="$apt/parts" -o Dir::Etc::preferencesparts="$apt/parts" \
		-o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Acquire::Languages=none
	apt-get "$@" -qq update
	apt-get "$@" -qq -y --download-only install crun runc
	for deb in "$apt"/cache/archives/*.deb; do dpkg-deb -x "$deb" "$dir/$suite/root"; done
	for name in crun runc; do
		real=$(find "$dir/$suite/root" -type f -name "$name" -path '*bin/*' | head -n 1)
		[ -n "$real" ] || continue
		version=$(dpkg-deb -f "$(ls "$apt"/cache/archives/${name}_*.deb | head -n 1)" Version)
		echo "$suite $name $version $real" 
	done
done >"$dir/list.new"
mv "$dir/list.new" "$dir/list"
cat "$dir/list"
