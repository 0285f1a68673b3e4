#!/usr/bin/env bats
# config.json → what the process is: ids, privileges, limits, environment. One row, one test.
load helpers

ALL='["CAP_CHOWN","CAP_KILL","CAP_SETUID","CAP_SETGID","CAP_SYS_ADMIN","CAP_NET_RAW"]'	# 0x2020e1

@test "ids: root with all ids equal" { want '' 'report ids' uid=0,0,0,0 gid=0,0,0,0 groups=; }
@test "ids: an ordinary user" { want '.process.user={uid:1000,gid:1001}' 'report ids' uid=1000,1000,1000,1000 gid=1001,1001,1001,1001 groups=; }
@test "ids: additional groups exactly as given" { want '.process.user={uid:1000,gid:1001,additionalGids:[5,7,4294967294]}' 'report ids' groups=5,7,4294967294; }
@test "ids: root with additional groups" { want '.process.user.additionalGids=[5,27]' 'report ids' groups=5,27; }
@test "ids: 4294967295 means no change to the kernel and is refused (W-7)" { refuse '.process.user.uid=4294967295' /process/user/uid; }
@test "ids: 4294967295 as an additional group is refused (W-7)" { refuse '.process.user.additionalGids=[4294967295]' /process/user/additionalGids; }
@test "umask: default is 0022" { want '' 'report ids' umask=0022; }
@test "umask: 027 is decimal 23" { want '.process.user.umask=23' 'report ids' umask=0027; }
@test "umask: 0 is not unset" { want '.process.user.umask=0' 'report ids' umask=0000; }
@test "umask: 0777" { want '.process.user.umask=511' 'report ids' umask=0777; }

@test "capabilities: those of the default document" { want '' 'report caps' permitted=0000000020000420 effective=0000000020000420 bounding=0000000020000420 inheritable=0000000000000000 ambient=0000000000000000; }
@test "capabilities: without the object all sets are empty" { want 'del(.process.capabilities)' 'report caps' permitted=0000000000000000 effective=0000000000000000 bounding=0000000000000000 inheritable=0000000000000000 ambient=0000000000000000; }
@test "capabilities: five different sets for root" {
	# as root execve adds bounding and inheritable to permitted, and makes them effective (capabilities(7))
	want '.process.capabilities={bounding:["CAP_CHOWN","CAP_KILL"],permitted:["CAP_CHOWN","CAP_KILL","CAP_SETUID"],effective:["CAP_CHOWN"],inheritable:["CAP_SETUID"],ambient:[]}' \
		'report caps' bounding=0000000000000021 inheritable=0000000000000080 permitted=00000000000000a1 effective=00000000000000a1 ambient=0000000000000000
}
@test "capabilities: uid 1000 keeps nothing without ambient" { want "caps($ALL)|.process.user.uid=1000" 'report caps' permitted=0000000000000000 effective=0000000000000000 bounding=00000000002020e1; }
@test "capabilities: uid 1000 keeps ambient ones" {
	want "caps($ALL)|.process.user.uid=1000|.process.capabilities.inheritable=[\"CAP_KILL\",\"CAP_NET_RAW\"]|.process.capabilities.ambient=[\"CAP_KILL\"]" 'report caps' \
		permitted=0000000000000020 effective=0000000000000020 inheritable=0000000000002020 ambient=0000000000000020 bounding=00000000002020e1
}
@test "capabilities: ambient needs inheritable, so the rest is dropped with a warning" {
	want 'caps(["CAP_KILL"])|.process.user.uid=1000|.process.capabilities.ambient=["CAP_KILL"]' 'report caps' ambient=0000000000000000 effective=0000000000000000
}
@test "capabilities: all that this machine has" {
	local all
	all=$(awk '/^CapPrm/ { print $2 }' /proc/self/status)
	conf 'caps([])' && conf "caps($(python3 - "$all" <<-'PY'
		import json, sys
		n = "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE".split()
		print(json.dumps(["CAP_" + x for i, x in enumerate(n) if int(sys.argv[1], 16) >> i & 1]))
		PY
	))"
	program report caps
	capture brig run -b "$B" all
	[ "$rc" = 0 ] || fail "it did not end well"
	lines "effective=$all" "bounding=$all"
}
@test "capabilities: an unknown name is a warning, not an error" { want '.process.capabilities.bounding+=["CAP_FROBNICATE"]' 'report caps' bounding=0000000020000420; }
@test "capabilities: securebits are untouched" { want '' 'report caps' securebits=0; }

@test "no_new_privs: set" { want '' 'report caps' no_new_privs=1; }
@test "no_new_privs: not set when false" { want '.process.noNewPrivileges=false' 'report caps' no_new_privs=0; }
@test "no_new_privs: not set when absent" { want 'del(.process.noNewPrivileges)' 'report caps' no_new_privs=0; }

@test "rlimits: soft and hard" { want '.process.rlimits=[{type:"RLIMIT_NOFILE",soft:100,hard:200},{type:"RLIMIT_CORE",soft:0,hard:0}]' 'report limits' rlimit.nofile=100,200 rlimit.core=0,0; }
@test "rlimits: every type" {
	local type rows='' want=()
	for type in AS CPU DATA FSIZE LOCKS RSS STACK; do
		rows+="${rows:+,}{type:\"RLIMIT_$type\",soft:1073741824,hard:1073741825}"
		want+=("rlimit.${type,,}=1073741824,1073741825")
	done
	for type in MEMLOCK MSGQUEUE NPROC SIGPENDING; do
		rows+=",{type:\"RLIMIT_$type\",soft:64,hard:65}"
		want+=("rlimit.${type,,}=64,65")
	done
	for type in NICE RTPRIO; do
		rows+=",{type:\"RLIMIT_$type\",soft:0,hard:0}"
		want+=("rlimit.${type,,}=0,0")
	done
	rows+=',{type:"RLIMIT_RTTIME",soft:1000000,hard:1000001}'
	want ".process.rlimits=[$rows]" 'report limits' "${want[@]}" rlimit.rttime=1000000,1000001
}
@test "rlimits: unlimited is 2^64-1" { want '.process.rlimits=[]' 'report limits' rlimit.fsize=-1,-1; }
@test "rlimits: not given, not changed" { want '.process.rlimits=[]' 'report limits' "rlimit.nofile=$(ulimit -Sn),$(ulimit -Hn)"; }
@test "rlimits: the same type twice is refused" { refuse '.process.rlimits=[{type:"RLIMIT_CORE",soft:0,hard:0},{type:"RLIMIT_CORE",soft:1,hard:1}]' /process/rlimits/1; }
@test "rlimits: an unknown type is refused" { refuse '.process.rlimits=[{type:"RLIMIT_FOO",soft:0,hard:0}]' /process/rlimits/0; }
@test "rlimits: soft above hard is refused" { refuse '.process.rlimits=[{type:"RLIMIT_NOFILE",soft:10,hard:5}]' ''; }
@test "rlimits: a file size limit does not cut the set-up short" { try '.process.rlimits=[{type:"RLIMIT_FSIZE",soft:0,hard:0},{type:"RLIMIT_NOFILE",soft:4,hard:4}]' 'exit 3'; [ "$rc" = 3 ] || fail "not run"; }

@test "oom score: raised" { want '.process.oomScoreAdj=500' 'report sched' oom_score_adj=500; }
@test "oom score: not given, not changed" { want 'del(.process.oomScoreAdj)' 'report sched' "oom_score_adj=$(</proc/self/oom_score_adj)"; }
@test "oom score: 0 is not unset" {
	conf '.process.oomScoreAdj=0'
	program report sched
	capture bash -c 'echo 10 >/proc/self/oom_score_adj && exec timeout -s KILL 60 "$@"' bash "$BRIG" --root "$ROOT" run -b "$B" c
	grep -q '^CapEff:.*[89abcdef]......$' /proc/self/status && lines oom_score_adj=0
}
@test "oom score: out of range is refused" { refuse '.process.oomScoreAdj=1001' /process/oomScoreAdj; }

@test "scheduler: batch with nice" { want '.process.scheduler={policy:"SCHED_BATCH",nice:7}' 'report sched' '~^scheduler=policy=3 nice=7 priority=0 flags=0 '; }
@test "scheduler: idle" { want '.process.scheduler={policy:"SCHED_IDLE"}' 'report sched' '~^scheduler=policy=5 '; }
@test "scheduler: other with nice" { want '.process.scheduler={policy:"SCHED_OTHER",nice:19}' 'report sched' '~^scheduler=policy=0 nice=19 '; }
@test "scheduler: fifo with priority" { want '.process.scheduler={policy:"SCHED_FIFO",priority:3}' 'report sched' '~^scheduler=policy=1 nice=0 priority=3 '; }
@test "scheduler: round robin, reset on fork" { want '.process.scheduler={policy:"SCHED_RR",priority:1,flags:["SCHED_FLAG_RESET_ON_FORK"]}' 'report sched' '~^scheduler=policy=2 nice=0 priority=1 flags=1 '; }
@test "scheduler: deadline" { want '.process.scheduler={policy:"SCHED_DEADLINE",runtime:1000000,deadline:5000000,period:10000000}' 'report sched' '~^scheduler=policy=6 .*runtime=1000000 deadline=5000000 period=10000000'; }
@test "scheduler: an unknown policy is refused" { refuse '.process.scheduler={policy:"SCHED_BEST"}' /process/scheduler; }
@test "io priority: best effort 6" { want '.process.ioPriority={class:"IOPRIO_CLASS_BE",priority:6}' 'report sched' ioprio=2,6; }
@test "io priority: idle" { want '.process.ioPriority={class:"IOPRIO_CLASS_IDLE",priority:0}' 'report sched' ioprio=3,0; }
@test "io priority: real time" { want '.process.ioPriority={class:"IOPRIO_CLASS_RT",priority:1}' 'report sched' ioprio=1,1; }
@test "io priority: 8 is refused" { refuse '.process.ioPriority={class:"IOPRIO_CLASS_BE",priority:8}' /process/ioPriority; }
@test "affinity: the caller's pinning is not the container's" {
	conf ''
	program report sched
	capture taskset 1 timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c
	lines "affinity=$(awk '/^Cpus_allowed_list/ { print $2 }' /proc/1/status)"
}

@test "arguments: as given, also empty and odd ones" {
	conf '.process.args=["/guest","report","argv",",","say","","a b","-x","$HOME\t\"q\""]'
	capture brig run -b "$B" c
	[ "$rc" = 0 ] || fail "it did not end well"
	lines argv.0=/guest argv.4=say argv.5= 'argv.6=a b' argv.7=-x 'argv.8=$HOME\x09"q"'
}
@test "arguments: found in the container's PATH" {
	mkdir -p "$R/opt/bin" && ln "$R/guest" "$R/opt/bin/tool"
	conf '.process.args=["tool","report","argv"]|.process.env=["PATH=/nowhere:/opt/bin"]'
	capture brig run -b "$B" c
	lines argv.0=tool
}
@test "environment: as given" { want '.process.env+=["A=1","B=two words","EMPTY=","X=a=b"]' 'report place' env.A=1 'env.B=two words' env.EMPTY= env.X=a=b; }
@test "environment: nothing of the caller's" { SECRET=1 want '' 'report place' '!~^env\.(SECRET|BASH|BATS|PWD|SHLVL)'; }
@test "environment: HOME from the container's passwd" { want '' 'report place' env.HOME=/root; }
@test "environment: HOME of an unknown user is /" { want '.process.user.uid=4711' 'report place' env.HOME=/; }
@test "environment: HOME as given" { want '.process.env+=["HOME=/here"]' 'report place' env.HOME=/here; }
@test "environment: the last of two wins" { want '.process.env+=["TWICE=1","TWICE=2"]' 'report place' env.TWICE=2 '!env.TWICE=1'; }
@test "environment: an entry without = is refused" { refuse '.process.env+=["NOTHING"]' /process/env/3; }
@test "cwd: as given" { mkdir -p "$R/a/b"; want '.process.cwd="/a/b"' 'report place' cwd=/a/b; }
@test "cwd: a missing one is made" { want '.process.cwd="/new/dir"' 'report place , stat /new/dir' cwd=/new/dir '~^stat./new/dir=040755 0:0'; }
@test "cwd: relative is refused" { refuse '.process.cwd="tmp"' /process/cwd; }
@test "cwd: one that only root may enter is entered, as with runc" { mkdir -m 700 "$R/closed"; want '.process.cwd="/closed"|.process.user.uid=1000' 'report place , list /closed' cwd=/closed list./closed=EACCES; }
@test "cwd: a file is refused" { refuse '.process.cwd="/etc/passwd"' 'not a directory'; }
@test "personality: 32 bit" { want '.linux.personality={domain:"LINUX32"}' 'report personality names' personality=00000008 machine=i686; }
@test "personality: default" { want '' 'report personality names' personality=00000000 machine=x86_64; }
@test "keyring: a session keyring of its own" { want '' 'report keyring' '~^keyring=keyring;0;0;.*;_ses'; }
@test "keyring: another one for every container" {
	local first
	want '' 'report keyring' && first=$(grep '^keyring.id' <<<"$out")
	want '' 'report keyring' "!$first"
}
@test "keyring: the caller's with --no-new-keyring" {
	conf ''
	program report keyring
	capture brig run -b "$B" --no-new-keyring c
	[ "$rc" = 0 ] || fail "it did not end well"
	lines "!~;_ses\\.?c"
}
@test "session: leader of its own, without a terminal" { want '' 'report session' pid=1 sid=1 pgid=1 ctty=0:0; }
@test "descriptors: 0, 1 and 2 and no other" { want '' 'report fds' '~^fd.0=' '~^fd.1=' '~^fd.2=' '!~^fd\.([3-9]|..+)='; }
@test "signals: none blocked, none ignored" {
	conf ''
	program signal-masks
	capture bash -c 'trap "" HUP USR1 PIPE; exec timeout -s KILL 60 "$@"' bash "$BRIG" --root "$ROOT" run -b "$B" c
	lines SigBlk=0000000000000000 SigIgn=0000000000000000
}
@test "the program is dumpable again, so it may look at itself" { want '' 'report caps' dumpable=1; }
numa() { [ -d /sys/devices/system/node/node0 ] || skip "the kernel has no NUMA policies"; }
@test "memory policy: default" { want '' 'report mempolicy' 'mempolicy=0 0'; }
@test "memory policy: each mode" {
	numa
	want '.linux.memoryPolicy={mode:"MPOL_BIND",nodes:"0"}' 'report mempolicy' 'mempolicy=0x2 0x1'
	want '.linux.memoryPolicy={mode:"MPOL_INTERLEAVE",nodes:"0",flags:["MPOL_F_STATIC_NODES"]}' 'report mempolicy' 'mempolicy=0x8003 0x1'
	want '.linux.memoryPolicy={mode:"MPOL_PREFERRED",nodes:"0",flags:["MPOL_F_RELATIVE_NODES"]}' 'report mempolicy' 'mempolicy=0x4001 0x1'
	want '.linux.memoryPolicy={mode:"MPOL_PREFERRED_MANY",nodes:"0"}' 'report mempolicy' 'mempolicy=0x5 0x1'
	want '.linux.memoryPolicy={mode:"MPOL_LOCAL"}' 'report mempolicy' 'mempolicy=0x4 0'
	want '.linux.memoryPolicy={mode:"MPOL_DEFAULT"}' 'report mempolicy' 'mempolicy=0 0'
}
@test "memory policy: a node that is not there, or none where one is needed, is an error" {
	numa
	refuse '.linux.memoryPolicy={mode:"MPOL_BIND",nodes:"900"}' set_mempolicy
	refuse '.linux.memoryPolicy={mode:"MPOL_BIND"}' set_mempolicy
	refuse '.linux.memoryPolicy={mode:"MPOL_BIND",nodes:"2000"}' /linux/memoryPolicy/nodes
	refuse '.linux.memoryPolicy={mode:"MPOL_LOCAL",nodes:"0"}' /linux/memoryPolicy
}
@test "console size without a terminal is ignored" { want '.process.consoleSize={height:5,width:5}' 'report ids' uid=0,0,0,0; }
@test "personality: flags have no meaning, and are ignored with a warning in the log file only" {
	try '.linux.personality={domain:"LINUX32",flags:["X"]}' 'report names'
	[ "$rc" = 0 ] && [ -z "$err" ] || fail "it did not end well, or said something"
	conf '.linux.personality={domain:"LINUX32",flags:["X"]}' && program report names
	capture brig --log "$T/log" run -b "$B" logged
	[ "$rc" = 0 ] && [ -z "$err" ] && grep -q 'no personality flags are defined' "$T/log" || fail "no warning in the log"
}
@test "near-misses and unknown properties: the log file only, the unknown ones with --debug" {
	conf '.process.noNewPrivilege=true|.process.shoeSize=44' && program report ids
	capture brig run -b "$B" plain
	[ "$rc" = 0 ] && [ -z "$err" ] || fail "it is not silent"
	capture brig --log "$T/log" run -b "$B" logged
	[ "$rc" = 0 ] && [ -z "$err" ] || fail "it is not silent with a log"
	grep -q 'noNewPrivilege' "$T/log" || fail "no warning"
	! grep -q shoeSize "$T/log" || fail "an unknown property without --debug"
	capture brig --debug --log "$T/log2" run -b "$B" debugged
	grep -q shoeSize "$T/log2" || fail "no note with --debug"
}
@test "exec: CPU affinity: final, or else initial, is the program's" {
	[ "$(nproc)" -gt 1 ] || skip "one CPU"
	conf '' && program sleep 10000
	brig run -d -b "$B" c </dev/null >/dev/null 2>&1
	exec_with() { jq '.process | .args = ["/guest", "report", "sched"] | .execCPUAffinity = '"$1" "$B/config.json" >"$T/p.json"; capture brig exec -p "$T/p.json" c; }
	exec_with '{initial:"0",final:"1"}' && [ "$rc" = 0 ] && lines affinity=1
	exec_with '{initial:"1"}' && [ "$rc" = 0 ] && lines affinity=1
	exec_with '{initial:"0",final:"0-1"}' && [ "$rc" = 0 ] && lines affinity=0-1
	exec_with '{final:"900-"}' && [ "$rc" != 0 ] && [[ $err == *CPU* ]]
}
