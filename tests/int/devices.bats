#!/usr/bin/env bats
# config.json → device nodes and the device program, cgroup, names, sysctl
load helpers

DENY='.linux.resources.devices=[{allow:false,access:"rwm"}]'

@test "devices: the default ones" {
	want '' 'report dev' 'dev.null=c 1:3 0666 0:0' 'dev.zero=c 1:5 0666 0:0' 'dev.full=c 1:7 0666 0:0' 'dev.random=c 1:8 0666 0:0' 'dev.urandom=c 1:9 0666 0:0' 'dev.tty=c 5:0 0666 0:0' \
		'~^dev.ptmx=link (/dev/)?pts/ptmx$' 'dev.fd=link /proc/self/fd' 'dev.stdin=link /proc/self/fd/0' 'dev.stdout=link /proc/self/fd/1' 'dev.stderr=link /proc/self/fd/2' '~^dev.shm=dir 1777' '~^dev.mqueue=dir' '~^dev.pts=dir'
}
@test "devices: nothing of the host beyond them" { want '' 'report dev' '!~^dev\.(console|core|fd|full|mqueue|null|ptmx|pts|random|shm|stderr|stdin|stdout|tty|urandom|zero)?[a-z0-9-]*=b ' '!~^dev\.(sda|vda|mem|kmem|loop|kvm)'; }
@test "devices: the default ones work" { want '' 'read /dev/null , write /dev/zero /dev/null /dev/full /dev/tty' 'read./dev/null=ok 0' write./dev/null=ok write./dev/zero=ok write./dev/full=ok write./dev/tty=ENXIO; }
@test "devices: c, b and p with modes and owners" {
	want '.linux.devices=[{type:"c",path:"/dev/mine",major:1,minor:3,fileMode:416,uid:5,gid:6},{type:"b",path:"/dev/disk",major:7,minor:200,fileMode:384},{type:"p",path:"/dev/pipe",fileMode:432,uid:7,gid:8},{type:"u",path:"/dev/raw",major:1,minor:5}]' \
		'report dev' 'dev.mine=c 1:3 0640 5:6' 'dev.disk=b 7:200 0600 0:0' 'dev.pipe=fifo 0660 7:8' 'dev.raw=c 1:5 0666 0:0'
}
@test "devices: at any path, directories are made" { want '.linux.devices=[{type:"c",path:"/opt/dev/x",major:1,minor:3}]' 'stat /opt/dev/x' '~^stat./opt/dev/x=020666 0:0 1:3$'; }
@test "devices: the umask does not change the mode" { conf '.linux.devices=[{type:"c",path:"/dev/m",major:1,minor:3,fileMode:438}]' && program report dev && umask 077 && capture brig run -b "$B" c && lines 'dev.m=c 1:3 0666 0:0'; }
@test "devices: a default one with other settings" { want '.linux.devices=[{type:"c",path:"/dev/null",major:1,minor:3,fileMode:384}]' 'report dev' 'dev.null=c 1:3 0600 0:0'; }
@test "devices: an existing file of another kind is an error" { echo x >"$R/node"; refuse '.linux.devices=[{type:"c",path:"/node",major:1,minor:3}]' /node; }
@test "devices: an unknown type is refused" { refuse '.linux.devices=[{type:"z",path:"/dev/x",major:1,minor:3}]' /linux/devices/0; }
@test "devices: a missing number is refused" { refuse '.linux.devices=[{type:"c",path:"/dev/x"}]' /linux/devices/0; }
@test "devices: no pts mount, no link to it" { want '.mounts|=map(select(.destination!="/dev/pts"))' 'report dev , read /dev/null' 'read./dev/null=ok 0' '!~^dev.pts=dir'; }

@test "device program: a block device can neither be read nor written" { want 'caps(["CAP_MKNOD"])' 'mknod b 8 0 /tmp/sda , mknod b 254 0 /tmp/vda , mknod c 1 1 /tmp/mem , mknod c 10 200 /tmp/tun' mknod./tmp/sda=ok open./tmp/sda=EPERM open./tmp/vda=EPERM open./tmp/mem=EPERM '!open./tmp/tun=EPERM'; }
@test "device program: the implicit rules allow the harmless ones" { want "caps([\"CAP_MKNOD\"]) | $DENY" 'mknod c 1 3 /tmp/null , mknod c 1 5 /tmp/zero , mknod c 1 9 /tmp/urandom , mknod c 5 2 /tmp/ptmx' open./tmp/null=ok open./tmp/zero=ok open./tmp/urandom=ok; }
@test "device program: an allowed device can be opened" { want "caps([\"CAP_MKNOD\"]) | $DENY | .linux.resources.devices += [{allow:true,type:\"c\",major:1,minor:12,access:\"r\"}]" 'mknod c 1 12 /tmp/mem , write /tmp/mem , mknod c 1 4 /tmp/port' '~^mknod./tmp/mem=ok' '!open./tmp/mem=EPERM' write./tmp/mem=EPERM open./tmp/port=EPERM; }
@test "device program: the last rule decides" { want "caps([\"CAP_MKNOD\"]) | .linux.resources.devices=[{allow:true,access:\"rwm\"},{allow:false,type:\"c\",major:1,minor:11,access:\"rwm\"}]" 'mknod c 1 12 /tmp/a , mknod c 1 11 /tmp/b' '!open./tmp/a=EPERM' '!open./tmp/b=ok' '~^(mknod|open)./tmp/b=EPERM'; }
@test "device program: wildcards" { want "caps([\"CAP_MKNOD\"]) | $DENY | .linux.resources.devices += [{allow:true,type:\"c\",major:1,access:\"rw\"}]" 'mknod c 1 12 /tmp/oldmem , mknod c 4 0 /tmp/tty0' open./tmp/oldmem=ENXIO open./tmp/tty0=EPERM; }

@test "cgroup: born inside, at its own root" { want '' 'report cgroup' cgroup=/; }
@test "cgroup: an absolute path lies below the mount" { conf 'nons("cgroup")' && program report cgroup && capture brig run -b "$B" c && lines "cgroup=$CG/c"; }
@test "cgroup: a relative path lies below the parent of the caller's own" {
	local own
	own=$(awk -F: '$1 == 0 { print $3 }' /proc/self/cgroup)
	conf 'nons("cgroup") | .linux.cgroupsPath="\($CG[1:])/rel"' && program report cgroup && capture brig run -b "$B" c
	own=$(dirname "$own")
	lines "cgroup=${own%/}$CG/rel"
}
@test "cgroup: an empty path is named after the container" {
	conf 'nons("cgroup") | del(.linux.cgroupsPath)' && program report cgroup && capture brig run -b "$B" "name-${CG#/}"
	lines "~^cgroup=.*/name-${CG#/}$"
	[ -z "$(find "$CGROOT" -name "name-${CG#/}")" ]
}
@test "cgroup: a path with .. is refused" { refuse '.linux.cgroupsPath="/a/../../b"' /linux/cgroupsPath; }
@test "cgroup: the same path gives the same place, and one that is in use is refused" {
	conf '' && program sleep 10000
	brig create -b "$B" one </dev/null >/dev/null 2>&1
	grep -q . "$CGROOT$CG/c/cgroup.procs"
	capture brig run -b "$B" two
	[ "$rc" = 1 ] && [[ $err == *"not empty"* ]] || fail "two containers share a cgroup"
	grep -q . "$CGROOT$CG/c/cgroup.procs"
}
@test "cgroup: one that was there, and where everything was killed before, is used again, and stays" {
	mkdir -p "$CGROOT$CG/c"
	for _ in 1 2; do
		echo 1 >"$CGROOT$CG/c/cgroup.kill"
		conf '' && program report cgroup && capture brig run -b "$B" c
		lines cgroup=/			# it was in there before its cgroup namespace was made
		conf '.process.args=["/guest","sleep","1000000"]'
		brig create -b "$B" c </dev/null >/dev/null 2>&1
		grep -q . "$CGROOT$CG/c/cgroup.procs"
		brig start c
		capture brig exec c /guest report cgroup
		lines cgroup=/
		brig delete --force c
	done
	conf 'userns' && chown 100000:100000 "$R" && program report cgroup && capture brig run -b "$B" c
	lines cgroup=/
	[ -d "$CGROOT$CG/c" ]
	rmdir "$CGROOT$CG/c"
}
@test "cgroup: delete removes what the container made below" {
	conf 'caps(["CAP_SYS_ADMIN"])|.mounts|=map(if .type=="cgroup" then .options=["rw"] else . end)' && program sleep 10000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	mkdir -p "$CGROOT$CG/c/x/y"
	brig delete -f c
	[ ! -e "$CGROOT$CG/c" ]
}
@test "cgroup: a limit whose controller is absent is an error that names it" {
	grep -qw memory "$CGROOT/cgroup.controllers" && skip "the memory controller is there"
	refuse '.linux.resources.memory={limit:67108864}' memory
	grep -qw pids "$CGROOT/cgroup.controllers" || refuse '.linux.resources.pids={limit:10}' pids
	grep -qw cpu "$CGROOT/cgroup.controllers" || refuse '.linux.resources.cpu={shares:100}' cpu
}
@test "cgroup: limits are in force" {
	grep -qw memory "$CGROOT/cgroup.controllers" && grep -qw pids "$CGROOT/cgroup.controllers" && grep -qw cpu "$CGROOT/cgroup.controllers" || skip "needs the controllers memory, pids and cpu"
	want '.linux.resources.memory={limit:67108864}|.linux.resources.pids={limit:50}|.linux.resources.cpu={quota:50000,period:100000}' \
		'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/cpu.max' cat./sys/fs/cgroup/memory.max=67108864 cat./sys/fs/cgroup/pids.max=50 'cat./sys/fs/cgroup/cpu.max=50000 100000'
}
@test "cgroup: swap below memory is refused" { refuse '.linux.resources.memory={limit:200,swap:100}' 'memory+swap limit should be >= memory limit'; }
@test "cgroup: rw mount with a user namespace is delegated to its root" {
	conf 'userns|.mounts|=map(if .type=="cgroup" then .options=["rw"] else . end)' && chown 100000:100000 "$R" && program stat /sys/fs/cgroup /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/cgroup.type
	capture brig run -b "$B" c
	lines '~^stat./sys/fs/cgroup=040... 0:' '~^stat./sys/fs/cgroup/cgroup.procs=100... 0:' '~^stat./sys/fs/cgroup/cgroup.type=100... 65534:'
}

@test "names: hostname" { want '.hostname="box"' 'report names' hostname=box; }
@test "names: domainname" { want '.domainname="example.org"' 'report names' domainname=example.org; }
@test "names: the host's are not touched" { local h; h=$(uname -n); want '.hostname="box"' 'report names' hostname=box; [ "$(uname -n)" = "$h" ]; }
@test "names: hostname without a UTS namespace is refused" { refuse 'nons("uts")' 'UTS namespace'; }
@test "sysctl: of the IPC, network and UTS namespaces, in both notations" {
	want '.linux.sysctl={"kernel.shmmni":"1234","net.ipv4.ip_forward":"1","fs/mqueue/queues_max":"77","kernel.domainname":"dom"}' 'cat /proc/sys/kernel/shmmni /proc/sys/net/ipv4/ip_forward /proc/sys/fs/mqueue/queues_max , report names' \
		cat./proc/sys/kernel/shmmni=1234 cat./proc/sys/net/ipv4/ip_forward=1 cat./proc/sys/fs/mqueue/queues_max=77 domainname=dom
}
@test "sysctl: one of the host is refused" { refuse '.linux.sysctl={"kernel.core_pattern":"|/x"}' 'kernel.core_pattern' /linux/sysctl; }
@test "sysctl: net without a network namespace is refused" { refuse 'nons("network")|.linux.sysctl={"net.ipv4.ip_forward":"1"}' 'network namespace'; }
@test "sysctl: .. does not lead elsewhere" { refuse '.linux.sysctl={"net/../kernel/core_pattern":"x"}' sysctl; }
@test "sysctl: a value that the kernel refuses is an error" { refuse '.linux.sysctl={"net.ipv4.ip_forward":"many"}' ip_forward; }
@test "network: loopback is up in a new namespace" { want '' 'cat /sys/class/net/lo/flags' cat./sys/class/net/lo/flags=0x9; }
