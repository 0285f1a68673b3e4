#!/usr/bin/env bats
# config.json → mounts: every kind of file system, every row of the option table, flags of the source, root
load helpers

# A line of the report: mount=DEST TYPE OPTIONS PROPAGATION SUPER ROOT SOURCE
tmpfs() { # OPTION EXPECTED-REGEX: a tmpfs with the option has these mount options
	want "addmount(\"/mnt\"; \"tmpfs\"; \"tmpfs\"; $1)" 'report mounts' "~^mount=/mnt tmpfs $2"
}
# bound OPTIONS EXPECTED [SOURCE-OPTIONS]: a bind of a tmpfs of our own, with another one below it at sub
bound() {
	mkdir -p "$T/src"
	mount_here -t tmpfs -o "${3:-rw}" none "$T/src"
	mount --make-private "$T/src"
	want "bind(\"$T/src\"; $1)" 'report mounts' "~^mount=/mnt tmpfs $2"
}
nested() { # OPTIONS TOP BELOW
	mkdir -p "$T/src"
	mount_here -t tmpfs none "$T/src"
	mkdir "$T/src/sub"
	mount_here -t tmpfs none "$T/src/sub"
	mount --make-rprivate "$T/src"
	want "bind(\"$T/src\"; $1)" 'report mounts' "~^mount=/mnt tmpfs $2" "~^mount=/mnt/sub tmpfs $3"
}

@test "default document: what is mounted where" {
	want '' 'report mounts' '~^mount=/proc proc rw,relatime ' '~^mount=/dev tmpfs rw,nosuid private rw,size=65536k,mode=755' \
		'~^mount=/dev/pts devpts rw,nosuid,noexec,relatime private rw,gid=5,mode=620,ptmxmode=666' '~^mount=/dev/shm tmpfs rw,nosuid,nodev,noexec,relatime private rw,size=65536k' \
		'~^mount=/dev/mqueue mqueue rw,nosuid,nodev,noexec,relatime ' '~^mount=/sys sysfs ro,nosuid,nodev,noexec,relatime ' '~^mount=/sys/fs/cgroup cgroup2 ro,nosuid,nodev,noexec,relatime '
}
@test "mount type: ramfs" { want 'addmount("/mnt"; "ramfs"; "none"; ["nodev"])' 'report mounts' '~^mount=/mnt ramfs rw,nodev,relatime '; }
@test "mount type: proc with hidepid" { want '.mounts[0].options=["hidepid=2"]' 'report mounts' '~^mount=/proc proc rw,relatime private rw,hidepid=(2|invisible)'; }
@test "mount type: tmpfs with size and mode" { want 'addmount("/mnt"; "tmpfs"; "t"; ["size=1m","mode=700"])' 'report mounts , stat /mnt' '~^mount=/mnt tmpfs rw,relatime private rw,size=1024k,mode=700(,inode64)? / t$' '~^stat./mnt=040700'; }
@test "mount type: cgroup2 shows the container's own cgroup as its root" { want '' 'report mounts cgroup , list /sys/fs/cgroup' cgroup=/ '~^mount=/sys/fs/cgroup cgroup2 .* / cgroup' '~^list./sys/fs/cgroup=.*cgroup.procs'; }
@test "mount type: bind of a directory" { mkdir "$T/d" && echo hello >"$T/d/f"; want "bind(\"$T/d\"; [\"bind\"])" 'cat /mnt/f' cat./mnt/f=hello; }
@test "mount type: bind of a file on a missing name" { echo hello >"$T/f"; want "addmount(\"/new/file\"; \"none\"; \"$T/f\"; [\"bind\",\"ro\"])" 'cat /new/file , write /new/file' cat./new/file=hello write./new/file=EROFS; }
@test "mount type: bind with a source relative to the bundle" { mkdir "$B/vol" && echo rel >"$B/vol/f"; want 'bind("vol"; ["bind"])' 'cat /mnt/f' cat./mnt/f=rel; }
@test "mount type: type bind without options" { mkdir "$B/vol" && echo t >"$B/vol/f"; want '.mounts+=[{destination:"/mnt",type:"bind",source:"vol"}]' 'cat /mnt/f' cat./mnt/f=t; }
@test "mount type: bind is not recursive" { mkdir -p "$T/src"; mount_here -t tmpfs none "$T/src"; mkdir "$T/src/sub"; mount_here -t tmpfs none "$T/src/sub"; want "bind(\"$T/src\"; [\"bind\"])" 'report mounts' '~^mount=/mnt tmpfs' '!~^mount=/mnt/sub'; }
@test "mount type: rbind is recursive" { nested '["rbind"]' rw,relatime rw,relatime; }
@test "mount type: unknown is an error that names it" { refuse 'addmount("/mnt"; "nofs"; "x"; [])' nofs; }
@test "mount: order is that of the list" { mkdir "$T/d" && touch "$T/d/low"; want "bind(\"$T/d\"; [\"bind\"]) | addmount(\"/mnt\"; \"tmpfs\"; \"t\"; [])" 'list /mnt' list./mnt=; }
@test "mount: a missing destination is made" { want 'addmount("/a/b/c"; "tmpfs"; "t"; [])' 'report mounts' '~^mount=/a/b/c tmpfs'; }
@test "mount: a relative destination is taken from /" { want 'addmount("rel/x"; "tmpfs"; "t"; [])' 'report mounts' '~^mount=/rel/x tmpfs'; }
@test "mount: a symlink at the destination stays inside the root" { ln -s /outside "$R/link"; want 'addmount("/link"; "tmpfs"; "t"; [])' 'report mounts' '~^mount=/outside tmpfs'; [ ! -e /outside ]; }
@test "mount: a symlink with .. stays inside the root" { ln -s ../../../../../../up "$R/link"; want 'addmount("/link"; "tmpfs"; "t"; [])' 'report mounts' '~^mount=/up tmpfs'; [ ! -e /up ]; }
@test "mount: a missing bind source is an error that names it" { refuse "bind(\"$T/missing\"; [\"bind\"])" "$T/missing" 'no such file or directory' ; }
@test "mount: tmpcopyup copies files, modes and links" {
	mkdir -p "$R/data/sub" && echo one >"$R/data/f" && ln -s f "$R/data/l" && chmod 640 "$R/data/f"
	want 'addmount("/data"; "tmpfs"; "t"; ["tmpcopyup"])' 'report mounts , cat /data/f , stat /data/f /data/sub /data/l , create /data/new' '~^mount=/data tmpfs' cat./data/f=one '~^stat./data/f=100640' '~^stat./data/sub=040' '~^stat./data/l=120777' create./data/new=ok
	[ ! -e "$R/data/new" ]
}

# the option table, on a new tmpfs ...
@test "option defaults" { tmpfs '["defaults"]' 'rw,relatime '; }
@test "option ro" { tmpfs '["ro"]' 'ro,relatime '; }
@test "option rw" { tmpfs '["ro","rw"]' 'rw,relatime '; }
@test "option nosuid" { tmpfs '["nosuid"]' 'rw,nosuid,relatime '; }
@test "option suid" { tmpfs '["nosuid","suid"]' 'rw,relatime '; }
@test "option nodev" { tmpfs '["nodev"]' 'rw,nodev,relatime '; }
@test "option dev" { tmpfs '["nodev","dev"]' 'rw,relatime '; }
@test "option noexec" { tmpfs '["noexec"]' 'rw,noexec,relatime '; }
@test "option exec" { tmpfs '["noexec","exec"]' 'rw,relatime '; }
@test "option noatime" { tmpfs '["noatime"]' 'rw,noatime '; }
@test "option atime" { tmpfs '["noatime","atime"]' 'rw,relatime '; }
@test "option relatime" { tmpfs '["strictatime","relatime"]' 'rw,relatime '; }
@test "option norelatime" { tmpfs '["norelatime"]' 'rw '; }
@test "option strictatime" { tmpfs '["strictatime"]' 'rw '; }
@test "option nostrictatime" { tmpfs '["strictatime","nostrictatime"]' 'rw,relatime '; }
@test "option nodiratime" { tmpfs '["nodiratime"]' 'rw,nodiratime,relatime '; }
@test "option diratime" { tmpfs '["nodiratime","diratime"]' 'rw,relatime '; }
@test "option nosymfollow" { tmpfs '["nosymfollow"]' 'rw,relatime,nosymfollow '; }
@test "option symfollow" { tmpfs '["nosymfollow","symfollow"]' 'rw,relatime '; }
@test "option sync" { tmpfs '["sync"]' 'rw,relatime private rw,sync'; }
@test "option async" { want 'addmount("/mnt"; "tmpfs"; "t"; ["sync","async"])' 'report mounts' '~^mount=/mnt tmpfs rw,relatime private rw' '!~^mount=/mnt .*,sync'; }
@test "option dirsync" { tmpfs '["dirsync"]' 'rw,relatime private rw,dirsync'; }
@test "option lazytime" { tmpfs '["lazytime"]' 'rw,relatime private rw,lazytime'; }
@test "option nolazytime" { want 'addmount("/mnt"; "tmpfs"; "t"; ["lazytime","nolazytime"])' 'report mounts' '!~^mount=/mnt .*lazytime'; }
@test "options mand, nomand, silent, loud, iversion, noiversion are taken" { tmpfs '["mand","nomand","silent","loud","iversion","noiversion"]' 'rw,relatime '; }
@test "option mand alone is taken" { tmpfs '["mand"]' 'rw,relatime '; }
@test "option iversion alone is taken" { tmpfs '["iversion"]' 'rw,relatime '; }
@test "option silent alone is taken" { tmpfs '["silent"]' 'rw,relatime '; }
@test "options private, slave, shared, unbindable" {
	want 'addmount("/m/p"; "tmpfs"; "t"; ["private"]) | addmount("/m/l"; "tmpfs"; "t"; ["slave"]) | addmount("/m/s"; "tmpfs"; "t"; ["shared"]) | addmount("/m/u"; "tmpfs"; "t"; ["unbindable"])' 'report mounts' \
		'~^mount=/m/p tmpfs rw,relatime private ' '~^mount=/m/l tmpfs rw,relatime private ' '~^mount=/m/s tmpfs rw,relatime shared:' '~^mount=/m/u tmpfs rw,relatime unbindable '
}
@test "option rshared reaches below" { nested '["rbind","rshared"]' 'rw,relatime shared:' 'rw,relatime shared:'; }
@test "option shared does not reach below" { nested '["rbind","shared"]' 'rw,relatime shared:' 'rw,relatime private '; }
@test "option rprivate" { nested '["rbind","rprivate"]' 'rw,relatime private ' 'rw,relatime private '; }
@test "option runbindable" { nested '["rbind","runbindable"]' 'rw,relatime unbindable ' 'rw,relatime unbindable '; }
@test "options rslave and slave of a shared source" {
	mkdir -p "$T/src"
	mount_here -t tmpfs none "$T/src" && mount --make-shared "$T/src"
	want "bind(\"$T/src\"; [\"rbind\",\"rslave\"])" 'report mounts' '~^mount=/mnt tmpfs rw,relatime master:'
	want "bind(\"$T/src\"; [\"bind\",\"slave\"])" 'report mounts' '~^mount=/mnt tmpfs rw,relatime master:'
}
@test "a shared source is not a peer inside unless asked for" {
	mkdir -p "$T/src"
	mount_here -t tmpfs none "$T/src" && mount --make-shared "$T/src"
	want "bind(\"$T/src\"; [\"bind\"])" 'report mounts' '!~^mount=/mnt .* shared:'
}

# ... recursive ones on a tree ...
@test "option rro" { nested '["rbind","rro"]' ro,relatime ro,relatime; }
@test "option ro is for the top only" { nested '["rbind","ro"]' ro,relatime rw,relatime; }
@test "option rrw" { nested '["rbind","rro","rrw"]' rw,relatime rw,relatime; }
@test "options rnosuid rnodev rnoexec" { nested '["rbind","rnosuid","rnodev","rnoexec"]' rw,nosuid,nodev,noexec,relatime rw,nosuid,nodev,noexec,relatime; }
@test "options rsuid rdev rexec" { nested '["rbind","rnosuid","rnodev","rnoexec","rsuid","rdev","rexec"]' rw,relatime rw,relatime; }
@test "option rnoatime" { nested '["rbind","rnoatime"]' 'rw,noatime ' 'rw,noatime '; }
@test "option ratime" { nested '["rbind","rnoatime","ratime"]' 'rw,relatime ' 'rw,relatime '; }
@test "option rstrictatime" { nested '["rbind","rstrictatime"]' 'rw ' 'rw '; }
@test "option rnostrictatime" { nested '["rbind","rstrictatime","rnostrictatime"]' 'rw,relatime ' 'rw,relatime '; }
@test "option rrelatime" { nested '["rbind","rstrictatime","rrelatime"]' 'rw,relatime ' 'rw,relatime '; }
@test "option rnorelatime" { nested '["rbind","rnorelatime"]' 'rw ' 'rw '; }
@test "option rnodiratime" { nested '["rbind","rnodiratime"]' rw,nodiratime,relatime rw,nodiratime,relatime; }
@test "option rdiratime" { nested '["rbind","rnodiratime","rdiratime"]' 'rw,relatime ' 'rw,relatime '; }
@test "option rnosymfollow" { nested '["rbind","rnosymfollow"]' rw,relatime,nosymfollow rw,relatime,nosymfollow; }
@test "option rsymfollow" { nested '["rbind","rnosymfollow","rsymfollow"]' 'rw,relatime ' 'rw,relatime '; }
@test "recursive flags and another flag for the top" { nested '["rbind","rro","rw"]' rw,relatime ro,relatime; }

# ... and flags that the source has: kept unless the positive option is given (W-11)
@test "source flags: bind keeps them all" { bound '["bind"]' 'ro,nosuid,nodev,noexec,noatime ' ro,nosuid,nodev,noexec,noatime; }
@test "source flags: rbind keeps them all" { bound '["rbind"]' 'ro,nosuid,nodev,noexec,noatime ' ro,nosuid,nodev,noexec,noatime; }
@test "source flags: ro keeps the others" { bound '["bind","ro"]' 'ro,nosuid,nodev,noexec,relatime ' nosuid,nodev,noexec; }
@test "source flags: rw clears ro alone" { bound '["bind","rw"]' 'rw,nosuid,nodev,noexec,relatime private ro' ro,nosuid,nodev,noexec; }
@test "source flags: dev clears nodev alone" { bound '["bind","dev"]' 'rw,nosuid,noexec,relatime ' nosuid,nodev,noexec; }
@test "source flags: suid clears nosuid alone" { bound '["bind","suid"]' 'rw,nodev,noexec,relatime ' nosuid,nodev,noexec; }
@test "source flags: exec clears noexec alone" { bound '["bind","exec"]' 'rw,nosuid,nodev,relatime ' nosuid,nodev,noexec; }
@test "source flags: an access time option changes nothing else" { bound '["bind","strictatime"]' 'rw,nosuid,nodev,noexec ' nosuid,nodev,noexec,noatime; }
@test "source flags: nosymfollow is kept" { bound '["bind","ro"]' 'ro,relatime,nosymfollow ' nosymfollow; }
@test "source flags: all sixteen sets times bind, ro, nosuid (W-11)" {
	local set bits words
	mkdir "$T/src"
	for set in {0..15}; do
		words=rw bits=rw
		((set & 1)) && words+=,nosuid
		((set & 2)) && words+=,nodev
		((set & 4)) && words+=,noexec
		bits=$words
		((set & 8)) && words+=,noatime bits+=,noatime || bits+=,relatime
		mount -t tmpfs -o "$words" none "$T/src"
		try "bind(\"$T/src\"; [\"bind\"]) | addmount(\"/m2\"; \"none\"; \"$T/src\"; [\"bind\",\"ro\"])" 'report mounts'
		umount "$T/src"
		lines "~^mount=/mnt tmpfs $bits " "~^mount=/m2 tmpfs ro${bits#rw} "
	done
}
@test "flags hold: noexec, nodev, nosymfollow and ro do what they say" {
	mkdir "$T/src" && cp "$FILE_T/guest" "$T/src/prog" && ln -s prog "$T/src/link" && mknod "$T/src/null" c 1 3
	want "bind(\"$T/src\"; [\"bind\",\"noexec\",\"nodev\",\"nosymfollow\",\"ro\"])" 'run /mnt/prog , read /mnt/null /mnt/link , create /mnt/new' \
		run./mnt/prog=EACCES read./mnt/null=EACCES read./mnt/link=ELOOP create./mnt/new=EROFS
}
@test "remount: other flags for what is mounted already" { want 'addmount("/mnt"; "tmpfs"; "t"; []) | addmount("/mnt"; "none"; "none"; ["remount","ro","noexec"])' 'report mounts' '~^mount=/mnt tmpfs ro,noexec,relatime '; }
@test "id-mapped bind: files have the mapped owner" {
	mkdir "$T/src" && touch "$T/src/f" && chown 5:6 "$T/src/f"
	want "bind(\"$T/src\"; [\"bind\",\"idmap\"]) | .mounts[-1]+={uidMappings:[{containerID:0,hostID:1000,size:100}],gidMappings:[{containerID:0,hostID:2000,size:100}]}" 'stat /mnt/f' '~^stat./mnt/f=100644 1005:2006 '
}
@test "id-mapped bind: mappings in the option, of the host and of the container" {
	mkdir "$T/src" && touch "$T/src/f" && chown 5:6 "$T/src/f"
	want "bind(\"$T/src\"; [\"bind\",\"idmap=uids=0-1000-100;gids=0-2000-6#6-7-1\"])" 'stat /mnt/f' '~^stat./mnt/f=100644 1005:7 '
	want "userns | bind(\"$T/src\"; [\"bind\",\"idmap=uids=@0-30-100;gids=@6-0-1\"])" 'stat /mnt/f' '~^stat./mnt/f=100644 35:0 '
	refuse "userns | bind(\"$T/src\"; [\"bind\",\"idmap=uids=@0-65000-600;gids=@6-0-1\"])" /mounts/7
	refuse "bind(\"$T/src\"; [\"bind\",\"idmap=uids=1-2\"])" FROM-TO-LENGTH /mounts/7/options/1
}
@test "id-mapped bind: a mapping of one kind alone is refused" { mkdir "$T/src"; refuse "bind(\"$T/src\"; [\"bind\"]) | .mounts[-1]+={uidMappings:[{containerID:0,hostID:1000,size:100}]}" /mounts/7 ; }

@test "root: read-only" { want '.root.readonly=true' 'create /new /etc/new , report mounts' create./new=EROFS create./etc/new=EROFS '~^mount=/ [a-z0-9]+ ro,'; }
@test "root: writable" { want '' 'create /new' create./new=ok; [ -e "$R/new" ]; }
@test "root: an absolute path" { want '.root.path=$R' 'report ids' uid=0,0,0,0; }
@test "root: a link to a directory is followed, once; one to nothing, and a file, are errors" {
	ln -s "$R" "$T/link" && ln -s nowhere "$T/dangling" && touch "$T/file"
	want ".root.path=\"$T/link\"" 'report mounts , create /new' create./new=ok '!~^mount=/oldroot'
	[ -e "$R/new" ]
	refuse ".root.path=\"$T/dangling\"" "dangling: no such file or directory"
	refuse ".root.path=\"$T/file\"" /root/path "not a directory"
}
@test "root: the tree of the host is gone" { want '' 'report mounts , list /' '!~^mount=/work' '!~^mount=/oldroot' '~^list./=dev etc guest mnt proc sys tmp$'; }
@test "root: --no-pivot" {
	conf '' && program report mounts place , list /
	capture brig run -b "$B" --no-pivot c
	[ "$rc" = 0 ] || fail "it did not end well"
	lines cwd=/ '~^list./=dev etc guest mnt proc sys tmp$' '!~^mount=/work'
}
@test "root: --no-pivot leaves no procfs for a nested user namespace (W-13)" {
	conf 'caps(["CAP_SYS_ADMIN"]) | .process.noNewPrivileges=false' && program nested-proc /mnt
	capture brig run -b "$B" --no-pivot c
	[ "$rc" = 0 ] || fail "it did not end well"
	lines nested.proc=EPERM
}
@test "root: propagation private by default, slave, shared" {
	want '' 'report mounts' '~^mount=/ [a-z0-9]+ [a-z,]+ (private|master:[0-9]+) '
	want '.linux.rootfsPropagation="private"' 'report mounts' '~^mount=/ [a-z0-9]+ [a-z,]+ private '
	want '.linux.rootfsPropagation="shared"' 'report mounts' '~^mount=/ [a-z0-9]+ [a-z,]+ shared:'
	want '.linux.rootfsPropagation="unbindable"' 'report mounts' '~^mount=/ [a-z0-9]+ [a-z,]+ unbindable '
}
@test "root: an unknown propagation is refused" { refuse '.linux.rootfsPropagation="loud"' /linux/rootfsPropagation; }

@test "masked: a file is the null device, a directory is empty and read-only" {
	mkdir "$R/secret" && echo x >"$R/secret/f" && echo y >"$R/etc/key"
	want '.linux.maskedPaths+=["/secret","/etc/key","/missing"]' 'read /secret /etc/key /proc/keys , create /secret/new , stat /etc/key' 'read./secret=dir 0' 'read./etc/key=ok 0' 'read./proc/keys=ok 0' create./secret/new=EROFS '~^stat./etc/key=020... 0:0 1:3'
}
@test "masked: nothing of the host is changed" { echo y >"$R/etc/key"; want '.linux.maskedPaths+=["/etc/key"]' 'put /etc/key more' put./etc/key=ok; [ "$(<"$R/etc/key")" = y ]; }
@test "read-only paths: not writable, but readable, recursively" {
	want '.linux.readonlyPaths+=["/etc","/missing"] | addmount("/etc/sub"; "tmpfs"; "t"; [])' 'create /etc/new /etc/sub/new , write /proc/sys/kernel/hostname , cat /etc/passwd' create./etc/new=EROFS create./etc/sub/new=EROFS write./proc/sys/kernel/hostname=EROFS 'cat./etc/passwd=root:x:0:0:root:/root:/bin/sh'
}
@test "masked: a relative path is refused" { refuse '.linux.maskedPaths=["etc"]' /linux/maskedPaths; }
@test "masked: needs a mount namespace of its own" { refuse 'nons("mount")' 'MNT namespace'; }

@test "host: mounts are the same before and after, also when create fails (W-12)" {
	conf '' && program exit 0
	jq '.process.args=["/missing"]' "$B/config.json" >"$T/bad.json"
	mkdir "$T/b2" && cp "$T/bad.json" "$T/b2/config.json" && ln -s ../bundle/rootfs "$T/b2/rootfs"
	# shellcheck disable=SC2016
	capture unshare --mount --propagation shared bash -c '
		cat /proc/self/mountinfo >"$2/before"
		timeout -s KILL 60 "$0" --root "$2/state" run -b "$1" x || exit 1
		timeout -s KILL 60 "$0" --root "$2/state" run -b "$2/b2" y && exit 1
		sed -i "s/\"path\": \"rootfs\"/\"path\": \"missing\"/" "$1/config.json"
		timeout -s KILL 60 "$0" --root "$2/state" run -b "$1" z && exit 1
		cmp /proc/self/mountinfo "$2/before"' "$BRIG" "$B" "$T"
	[ "$rc" = 0 ] || fail "mounts differ"
}
@test "copy-symlink: a source that is a link is made again inside; anything else is bound" {
	ln -s /guest "$T/link"
	echo hello >"$T/file"
	want ".mounts+=[{destination:\"/a/l\",type:\"none\",source:\"$T/link\",options:[\"bind\",\"copy-symlink\"]},{destination:\"/f\",type:\"none\",source:\"$T/file\",options:[\"bind\",\"copy-symlink\"]}]" \
		'run /a/l exit 0 , cat /f , report mounts' cat./f=hello '!~^mount=/a/l ' '~^mount=/f '
	[ "$(readlink "$R/a/l")" = /guest ] || fail "no link"
	want ".mounts+=[{destination:\"/a/l\",type:\"none\",source:\"$T/link\",options:[\"rbind\",\"ro\",\"copy-symlink\"]}]" 'report mounts' '!~^mount=/a/l '
}
@test "copy-symlink: what the image has there is not replaced" {
	ln -s /guest "$T/link"
	ln -s /etc "$R/other"
	echo kept >"$R/file"
	refuse ".mounts+=[{destination:\"/other\",type:\"none\",source:\"$T/link\",options:[\"bind\",\"copy-symlink\"]}]" /other 'file exists'
	refuse ".mounts+=[{destination:\"/file\",type:\"none\",source:\"$T/link\",options:[\"bind\",\"copy-symlink\"]}]" /file 'file exists'
	[ "$(readlink "$R/other")" = /etc ] && [ "$(cat "$R/file")" = kept ]
}
@test "copy-symlink: without it a link is followed, with src-nofollow it is refused" {
	ln -s "$T/file" "$T/link"
	echo hello >"$T/file"
	want ".mounts+=[{destination:\"/l\",type:\"none\",source:\"$T/link\",options:[\"bind\"]}]" 'cat /l' cat./l=hello
	refuse ".mounts+=[{destination:\"/l2\",type:\"none\",source:\"$T/link\",options:[\"bind\",\"src-nofollow\",\"copy-symlink\"]}]" 'too many levels of symbolic links'
}
