# shellcheck shell=sh
# box DIR: a small root file system, of busybox and the files that an engine reads from an image.
box() {
	mkdir -p "$1/bin" "$1/etc" "$1/tmp" "$1/proc" "$1/sys" "$1/dev" "$1/root" "$1/data"
	chmod 1777 "$1/tmp"
	cp "$(command -v busybox)" "$1/bin/busybox"
	for box_applet in sh echo true id cat sleep mount ls grep trap kill httpd wget; do ln -s busybox "$1/bin/$box_applet"; done
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/tmp:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\nextra:x:2000:user\n' >"$1/etc/group"
	printf '#!/bin/sh\necho ran\n' >"$1/catatonit"	# podman's infra containers start a program of this name
	chmod 755 "$1/catatonit"
}

# box_blob FILE TYPE LAYOUT [MORE]: puts the file into the layout and prints its descriptor.
box_blob() {
	box_sum=$(sha256sum "$1" | cut -d' ' -f1)
	cp "$1" "$3/blobs/sha256/$box_sum"
	printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s%s}' "$2" "$box_sum" "$(stat -c %s "$1")" "${4:-}"
}

# box_layout TAR OUT: an OCI image layout of one layer, as a tar file; the image is called localhost/box:latest. No registry is needed.
box_layout() {
	box_dir=$(mktemp -d)
	mkdir -p "$box_dir/layout/blobs/sha256"
	box_layer=$(box_blob "$1" layer.v1.tar "$box_dir/layout")
	printf '{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/bin"]},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' "$(sha256sum "$1" | cut -d' ' -f1)" >"$box_dir/config"
	box_config=$(box_blob "$box_dir/config" config.v1+json "$box_dir/layout")
	printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' "$box_config" "$box_layer" >"$box_dir/manifest"
	printf '{"schemaVersion":2,"manifests":[%s]}' "$(box_blob "$box_dir/manifest" manifest.v1+json "$box_dir/layout" ',"annotations":{"io.containerd.image.name":"localhost/box:latest","org.opencontainers.image.ref.name":"latest"}')" >"$box_dir/layout/index.json"
	printf '{"imageLayoutVersion":"1.0.0"}' >"$box_dir/layout/oci-layout"
	tar -C "$box_dir/layout" -cf "$2" .
	rm -rf "$box_dir"
}
