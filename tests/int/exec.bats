#!/usr/bin/env bats
# exec: one more process, confined like the first one
load helpers

PY=/usr/bin/python3
[ -x $PY ] || PY=python3

# running FILTER [WORDS]: a container c whose first process reports to $T/out.c, then stays
running() {
	local filter=$1
	shift
	conf "$filter" || return 1
	program "$@" , sleep 1000000
	brig run --detach -b "$B" c </dev/null >"$T/out.c" 2>"$T/err.c" || { cat "$T/err.c"; return 1; }
	wait_until reported
}
# The report is done when the guest sleeps: nanosleep or clock_nanosleep.
reported() { grep -q '^\(35\|230\) ' "/proc/$(pid_of c)/syscall"; }
x() { capture brig --log "$T/log" exec "$@"; }	# the plain message on standard error
ok() { [ "$rc" = 0 ] && [ -z "$err" ] || fail "exec did not end well"; }
# not TEXT...: exec failed by itself, one line on standard error with each TEXT
not() {
	local text
	[ "$rc" = 255 ] && [ -z "$out" ] && [ "$(wc -l <"$T/stderr")" = 1 ] || fail "it did not fail with 255 and one line" || return 1
	for text in "$@"; do [[ $err == *"$text"* ]] || fail "the message does not say: $text" || return 1; done
}
# What differs between two processes of one container, and may.
alike() { grep -Ev '^(pid|ppid|pgid|sid|argv\.[0-9]+|keyring(\.id)?|clock\..*|fd\..*|opendir\..*|ns\.(pid|time)_for_children)='; }
same() { # FILTER: the second process's report is the first one's
	running "$1" report || return 1
	shift
	x "$@" c /guest report
	ok || return 1
	diff <(alike <"$T/out.c") <(alike <<<"$out") || fail "the reports differ"
	lines fd.0=/dev/null '!~^fd\.([3-9]|..+)='
}

@test "the same report as the first process: default configuration" { same ''; }
@test "the same report: ids, groups, umask, no capability, rlimits, oom score" {
	same '.process.user={uid:1000,gid:1001,additionalGids:[5,7],umask:63}|caps([])|.process.oomScoreAdj=500|.process.rlimits=[{type:"RLIMIT_NOFILE",soft:100,hard:200},{type:"RLIMIT_CORE",soft:0,hard:0}]'
	lines uid=1000,1000,1000,1000 gid=1001,1001,1001,1001 groups=5,7 umask=0077 rlimit.nofile=100,200 rlimit.core=0,0 oom_score_adj=500 bounding=0000000000000000
}
@test "the same report: all capability sets" {
	same '.process.capabilities={bounding:["CAP_CHOWN","CAP_KILL"],permitted:["CAP_CHOWN","CAP_KILL"],effective:["CAP_CHOWN"],inheritable:["CAP_CHOWN"],ambient:["CAP_CHOWN"]}|.process.user={uid:7,gid:7}'
	lines ambient=0000000000000001 inheritable=0000000000000001
}
@test "the same report: seccomp late, with no_new_privs" { same '.process.noNewPrivileges=true|seccomp("ALLOW"; [rule("getppid";"ERRNO")])'; lines seccomp=2 no_new_privs=1 seccomp_filters=1; }
@test "the same report: seccomp early, without no_new_privs" { same '.process.noNewPrivileges=false|seccomp("ALLOW"; [rule("getppid";"ERRNO")])'; lines seccomp=2 no_new_privs=0 seccomp_filters=1; }
@test "the same verdict of the filter, which allows nothing that brig itself needs" {
	running 'seccomp("ERRNO"; ["nanosleep","clock_nanosleep","write","writev","exit_group","execve","brk","arch_prctl","mmap","munmap","mprotect","newfstatat","fstat","readlinkat","readlink","getrandom","set_tid_address","set_robust_list","rseq","prlimit64"]|map(rule(.;"ALLOW")))|.process.noNewPrivileges=true' say up
	x c /guest syscall getppid , syscall mkdir
	ok
	lines syscall.getppid=EPERM syscall.mkdir=EPERM
}
@test "the same report: scheduler, ioPriority, personality" { same '.process.scheduler={policy:"SCHED_BATCH",nice:5}|.process.ioPriority={class:"IOPRIO_CLASS_IDLE",priority:0}|.linux.personality={domain:"LINUX32"}'; lines machine=i686 '~^scheduler=policy=3 nice=5'; }
@test "the same report: user namespace" { chown 100000:100000 "$R"; same 'userns'; lines 'uid_map=0 100000 65536;' uid=0,0,0,0; }
@test "the same report: user namespace, another user, groups" { chown 100000:100000 "$R"; same 'userns|.process.user={uid:3,gid:4,additionalGids:[5]}|caps(["CAP_KILL"])'; lines uid=3,3,3,3 groups=5; }
@test "the same report: time namespace" { same 'ns("time";null)|.linux.timeOffsets={boottime:{secs:100000}}'; }
@test "the same report: the host's namespaces" { same 'nons("pid")|nons("ipc")|nons("uts")|nons("network")|nons("cgroup")|del(.hostname)|.mounts|=map(select(.destination != "/sys"))'; [ "$(grep '^ns.net=' <<<"$out")" = "ns.net=$(readlink /proc/self/ns/net)" ]; }
@test "the same report: joined namespaces" {
	mkdir "$T/ns"
	touch "$T/ns/net" "$T/ns/ipc"
	unshare --net="$T/ns/net" --ipc="$T/ns/ipc" true
	MOUNTED+=("$T/ns/net" "$T/ns/ipc")
	same "ns(\"network\";\"$T/ns/net\")|ns(\"ipc\";\"$T/ns/ipc\")"
	lines "ns.net=net:[$(stat -Lc %i "$T/ns/net")]" "ns.ipc=ipc:[$(stat -Lc %i "$T/ns/ipc")]"
}
@test "the same report: a container made with --no-pivot" {
	conf '' && program report , sleep 1000000
	brig run --detach --no-pivot -b "$B" c </dev/null >"$T/out.c" 2>"$T/err.c"
	wait_until reported
	x c /guest report
	ok
	diff <(alike <"$T/out.c") <(alike <<<"$out") || fail "the reports differ"
}
@test "the cgroup is the container's, and the process dies with the container" {
	running '' say up
	brig exec --detach --pid-file "$T/pid" c /guest sleep 1000000
	grep -qx "$(<"$T/pid")" "$CGROOT$CG/c/cgroup.procs"
	brig delete --force c
	[ ! -e "/proc/$(<"$T/pid")" ]
}
@test "a keyring of a container's, not the caller's" { running '' say up; x c /guest report keyring; ok; lines '~^keyring=keyring;.*;_ses\.'; }
@test "descriptors are 0, 1 and 2 only, whatever the caller holds" { running '' say up; capture bash -c 'exec 3</ 9</etc/passwd 77</proc; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" exec c /guest report fds; ok; lines '!~^fd\.([3-9]|..+)='; }
@test "in a created container, whose program has not begun" {
	conf '' && program sleep 100000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	x c /guest report names
	ok
	lines hostname=brig
	status_is c created
}
@test "signal masks are those of a first process" { running '' signal-masks; x c /guest signal-masks; ok; diff <(head -2 "$T/out.c") <(echo "$out"); lines SigBlk=0000000000000000; }

@test "status: the program's, 128 + signal, 255 for our own failure" {
	running '' say up
	x c /guest exit 7; [ "$rc" = 7 ]
	x c /guest exit 254; [ "$rc" = 254 ]
	x c /guest kill 15; [ "$rc" = 143 ]
	x c /guest kill 9; [ "$rc" = 137 ]
	x c /missing; not "exec failed: unable to start container process: exec: \"/missing\": stat /missing: no such file or directory"
	x c missing; not 'executable file not found in $PATH'
	x c /etc/passwd; not 'permission denied'
	x c /etc; not 'is a directory'
}
@test "options end at the id: what follows is the program's" { running '' say up; x c /guest say --tty -u 5; ok; lines --tty -u 5; x -- c /guest say -- x; ok; lines -- x; }
@test "no command: exec args cannot be empty" { running '' say up; x c; not 'exec args cannot be empty'; }
@test "no id: usage" { x; [ "$rc" = 1 ] && [[ $out == "usage: brig exec"* ]]; }
@test "an unknown container, a stopped one" {
	x nobody /guest; not 'container does not exist'
	x a/b /guest; not 'invalid container ID format'
	conf '' && program exit 0
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	brig start c
	wait_until status_is c stopped
	x c /guest; not 'cannot exec in a stopped container'
}
@test "a paused one, with and without --ignore-paused" {
	running '' say up
	brig pause c
	x c /guest say hi; not 'cannot exec in a paused container (use --ignore-paused to override)'
	brig exec --ignore-paused c /guest say thawed </dev/null >"$T/o" 2>&1 &
	sleep 0.3
	[ ! -s "$T/o" ]
	brig resume c
	wait_until grep -qx thawed "$T/o"
	wait $!
}
@test "standard streams are the caller's; binary data passes through" {
	running '' say up
	[ "$(head -c 3000000 /dev/zero | brig exec c /guest copy 2>/dev/null | sha256sum)" = "$(head -c 3000000 /dev/zero | sha256sum)" ]
	x c /guest copy to-stderr
	[ "$rc" = 0 ] && [ "$err" = to-stderr ] && [ -z "$out" ]
}
@test "signals are forwarded to the process" {
	local p sig
	running '' say up
	"$BRIG" --root "$ROOT" exec c /guest trap-signals </dev/null >"$T/o" 2>&1 &
	p=$!
	wait_until grep -q ready "$T/o"
	for sig in TERM HUP INT; do kill -s "$sig" "$p"; wait_until grep -q "signal=$(kill -l "$sig")\$" "$T/o"; done
	kill -s USR2 "$p"
	wait "$p"
}

@test "--user: the numbers" {
	local row user want_
	running '.process.user={uid:7,gid:9,additionalGids:[5]}' say up
	for row in 1=1:9 1:2=1:2 0:0=0:0 4294967294=4294967294:9; do
		user=${row%%=*} want_=${row#*=}
		x --user "$user" c /guest report ids
		ok && lines "uid=${want_%:*},${want_%:*},${want_%:*},${want_%:*}" "gid=${want_#*:},${want_#*:},${want_#*:},${want_#*:}" groups=5 || return 1
	done
}
@test "--user: what is no number is refused" {
	local user
	running '' say up
	for user in :5 1: -1 1x 4294967296 4294967295 1:2:3 root 1:root 0x1 ' 1' '1 ' +1 1:-1 :; do
		x --user "$user" c /guest say ran
		not 'invalid --user' || return 1
	done
	x --user '' --cwd '' --process-label '' --apparmor '' --cgroup '' c /guest say ran	# not given
	ok
	lines ran
}
@test "--additional-gids: added to those of the configuration" { running '.process.user.additionalGids=[5]' say up; x -g 8 --additional-gids 9 c /guest report ids; ok; lines groups=5,8,9; x -g x c /guest; not 'invalid --additional-gids'; x -g -1 c /guest; not 'invalid --additional-gids'; }
@test "--cap: root, never inheritable or ambient" { running 'caps(["CAP_KILL"])' say up; x --cap CAP_SYS_TIME -c CAP_CHOWN c /guest report caps; ok; lines inheritable=0000000000000000 ambient=0000000000000000 permitted=0000000002000021 effective=0000000002000021 bounding=0000000002000021; }
@test "--cap: another user keeps none after execve, CapInh stays 0" { running 'caps(["CAP_KILL"])|.process.noNewPrivileges=false' say up; x --user 5:5 --cap CAP_SYS_TIME c /guest report caps; ok; lines inheritable=0000000000000000 ambient=0000000000000000 permitted=0000000000000000 bounding=0000000002000020; }
@test "--cap: ambient when the configuration has inheritable ones" {
	running '.process.capabilities={bounding:["CAP_KILL"],permitted:["CAP_KILL"],effective:["CAP_KILL"],inheritable:["CAP_KILL"],ambient:["CAP_KILL"]}' say up
	x --user 5:5 --cap CAP_KILL c /guest report caps
	ok
	lines ambient=0000000000000020 effective=0000000000000020 inheritable=0000000000000020
	x --user 5:5 --cap CAP_CHOWN c /guest report caps
	ok
	lines inheritable=0000000000000020
}
@test "--cap: an unknown one is refused" { running '' say up; x --cap CAP_FROB c /guest; not 'invalid --cap "CAP_FROB"'; }
@test "--no-new-privs sets it, and cannot unset it" { running '.process.noNewPrivileges=false' say up; x --no-new-privs c /guest report caps; ok; lines no_new_privs=1; x c /guest report caps; lines no_new_privs=0; }
@test "--no-new-privs=false does not weaken the configuration" { running '.process.noNewPrivileges=true' say up; x --no-new-privs=false c /guest report caps; ok; lines no_new_privs=1; }
@test "--cwd" {
	running '.process.cwd="/etc"' say up
	x c /guest report place; lines cwd=/etc
	x --cwd /tmp c /guest report place; ok; lines cwd=/tmp
	x --cwd tmp c /guest; not 'invalid --cwd'
	x --cwd /missing c /guest; not 'no such file or directory'
	x --cwd /etc/passwd c /guest; not 'not a directory'
}
@test "--cwd: a descriptor leads nowhere out (CVE-2024-21626)" { # the container's own root is not out
	local n
	running '' say up
	ln -s /proc/self/fd/7 "$R/link7"
	for n in 3 4 5 6 7 8 9 10 11 12; do
		capture bash -c 'exec 7</; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" exec --cwd "/proc/self/fd/$n" c /guest report place
		[ "$rc" = 255 ] || grep -qx cwd=/ <<<"$out" && ! grep -q unreachable <<<"$out" || fail "descriptor $n" || return 1
	done
	capture bash -c 'exec 7</; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" exec --cwd /link7 c /guest report place
	[ "$rc" = 255 ] || fail "by a link"
}
@test "--env: added, the last one wins, a comma is kept" {
	running '.process.env+=["A=config","B=config"]' say up
	x -e A=one --env A=two -e C=x,y -e D= -e E==e c /guest report place
	ok
	lines env.A=two env.B=config env.C=x,y env.D= env.E==e '!env.A=one' '!env.A=config'
	[ "$(grep -c '^env.A=' <<<"$out")" = 1 ]
	x -e novalue c /guest; not 'invalid --env'
	x -e =x c /guest; not 'invalid --env'
	x -e PATH=/ c guest say found; ok; lines found
}
@test "--env: HOME is that of the user, and can be given" { echo 'u:x:5:5::/home/u:/bin/sh' >>"$R/etc/passwd"; running '' say up; x c /guest report place; lines env.HOME=/root; x --user 5 c /guest report place; lines env.HOME=/home/u; x --user 6 c /guest report place; lines env.HOME=/; x -e HOME=/tmp c /guest report place; lines env.HOME=/tmp; }
@test "--process: the whole process, nothing of the configuration's" {
	running '.process.env+=["A=config"]|.process.user={uid:3,gid:3}' say up
	jq -n --arg T "$T" '{cwd:"/tmp",args:["/guest","report","place","ids","caps"],env:["X=1","BRIG_TEST=\($T)"],user:{uid:8,gid:9,additionalGids:[10]},noNewPrivileges:true}' >"$T/p.json"
	x --process "$T/p.json" c
	ok
	lines env.X=1 '!~^env.A=' uid=8,8,8,8 gid=9,9,9,9 groups=10 cwd=/tmp no_new_privs=1 bounding=0000000000000000
	cd "$T"
	x -p p.json c
	ok
}
@test "--process: broken, missing, without cwd" {
	running '' say up
	x -p "$T/none" c; not 'no such file or directory'
	echo '{"cwd":"/",}' >"$T/p.json"; x -p "$T/p.json" c; not 'process:1:'
	echo '{"args":["/guest"]}' >"$T/p.json"; x -p "$T/p.json" c; not cwd
	echo '{"cwd":"/","args":[]}' >"$T/p.json"; x -p "$T/p.json" c; not 'args'
	echo '{"cwd":"/","args":["/guest"],"user":{"uid":-1}}' >"$T/p.json"; x -p "$T/p.json" c; not '/user/uid'
	mkfifo "$T/fifo"; x -p "$T/fifo" c; not fifo
}
@test "--detach and --pid-file: returns while it runs; digits, no newline" {
	running '' say up
	capture brig exec --detach --pid-file "$T/pid" c /guest sleep 1000000
	ok
	[ -z "$out" ] && [[ $(<"$T/pid") =~ ^[0-9]+$ ]] && [ "$(wc -l <"$T/pid")" = 0 ]
	grep -qx "$(<"$T/pid")" "$CGROOT$CG/c/cgroup.procs"
	[ "$(readlink "/proc/$(<"$T/pid")/ns/pid")" = "$(readlink "/proc/$(pid_of c)/ns/pid")" ]
	[ -z "$(find "$T" -maxdepth 1 -name '.pid*')" ]
}
@test "--detach: a program that is missing is still told" { running '' say up; x --detach c /missing; not 'no such file or directory'; }
@test "--pid-file: a failed exec leaves none" { running '' say up; x --pid-file "$T/pid" c /missing; not; [ ! -e "$T/pid" ]; }
@test "--pid-file: what fails after it was written takes it away" {
	printf 'no program' >"$R/bad"; chmod 755 "$R/bad"
	running '' say up
	x --detach --pid-file "$T/pid" c /bad
	not 'exec format error'
	[ ! -e "$T/pid" ]
	brig delete --force c
	for way in '' --detach; do
		conf '.process.args=["/bad"]'
		capture brig --log "$T/log" run $way --pid-file "$T/pid" -b "$B" d
		[[ $err == *'exec format error'* ]] && [ "$rc" = 1 ] && [ ! -e "$T/pid" ] || fail "run $way"
	done
	conf '.hooks={poststart:[{path:"/bin/sh",args:["sh","-c","printf 1 >\($T)/pid; exit 1"]}]}' && program sleep 1000000
	capture brig run --detach --pid-file "$T/pid" -b "$B" d
	[ "$rc" = 1 ] && [ "$(<"$T/pid")" = 1 ] || fail "a file of somebody else's is gone"
}
@test "--preserve-fds" {
	running '' say up
	capture bash -c 'exec 3</dev/null 4</dev/zero 5</dev/full; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" exec --preserve-fds 2 c /guest report fds
	ok
	lines fd.3=/dev/null fd.4=/dev/zero '!~^fd\.([5-9]|..+)='
	capture bash -c 'exec 3</dev/null 4<&-; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" exec --preserve-fds 2 c /guest report fds
	[[ $err == *"unable to stat preserved-fd"* ]]
	[ "$rc" = 255 ] || fail "not 255"
}
@test "LISTEN_FDS and NOTIFY_SOCKET are for the container's first process: an exec gets nothing of them" {
	running '' say up
	capture bash -c 'exec 3</dev/zero 4</dev/full; LISTEN_FDS=1 LISTEN_PID=$$ NOTIFY_SOCKET=/run/systemd/notify exec "$@"' bash "$BRIG" --root "$ROOT" exec --preserve-fds 1 c /guest report fds place
	ok
	lines fd.3=/dev/zero '!~^fd\.([4-9]|..+)=' '!~^env\.(LISTEN_|NOTIFY_)'
}
@test "--pidfd-socket: one message, payload setns, the process's pidfd" {
	running '' say up
	$PY "$BATS_TEST_DIRNAME/agent.py" pidfd "$T/sock" </dev/null >"$T/received" 2>&1 &
	wait_until test -S "$T/sock"
	x --detach --pid-file "$T/pid" --pidfd-socket "$T/sock" c /guest sleep 100000
	ok
	wait $!
	out=$(<"$T/received")
	lines 'descriptors=1 parts=1 truncated=0 more=0' payload=setns "pid=$(<"$T/pid")"
	x --pidfd-socket "$T/none" c /guest; not 'no such file or directory'
}
@test "--tty with a console socket" {
	running '' say up
	$PY "$BATS_TEST_DIRNAME/console.py" receive "$T/sock" </dev/null >"$T/received" 2>&1 &
	wait_until test -S "$T/sock"
	x --detach --tty --console-socket "$T/sock" c /guest report tty session fds
	ok
	wait $!
	out=$(sed 's/\\r$//' "$T/received")
	lines '~^message.name=/dev/pts/' 'message.parts=1 descriptors=1 truncated=0' isatty.0=1 isatty.1=1 isatty.2=1 tty.onlcr=0 tty.foreground=1 fd.0=/dev/pts/0 '!~^fd\.([3-9]|..+)='
}
@test "--tty: belongs to the user" {
	running '' say up
	$PY "$BATS_TEST_DIRNAME/console.py" receive "$T/sock" </dev/null >"$T/received" 2>&1 &
	wait_until test -S "$T/sock"
	x --detach -t -u 5:6 --console-socket "$T/sock" c /guest stat /dev/pts/0
	ok
	wait $!
	grep -q '^stat./dev/pts/0=020620 5:' "$T/received"
}
@test "--tty in the foreground: raw mode, resize, Ctrl-C, restored modes, status" {
	running '' say up
	capture env THEN="kill -USR2 \$(cat $T/pid)" $PY "$BATS_TEST_DIRNAME/console.py" foreground 30x90 timeout --foreground -s KILL 10 "$BRIG" --root "$ROOT" exec --tty --pid-file "$T/pid" c /guest report tty , trap-signals
	[ "$rc" = 0 ] || fail "the other end failed"
	out=${out//\\r/}
	lines raw=1 tty.size=30x90 isatty.0=1 'signal=28 41x101' '~signal=2$' restored=1 status=0
}
@test "--tty and --console-socket in the wrong combination" {
	running '' say up
	x --detach --tty c /guest; not 'cannot allocate tty if brig will detach without setting console socket'
	x --tty --console-socket "$T/s" c /guest; not 'cannot use console socket if brig will not detach or allocate tty'
	x --detach --console-socket "$T/s" c /guest; not 'cannot use console socket if brig will not detach or allocate tty'
}
@test "--cgroup: a sub-cgroup" {
	running '' say up
	mkdir "$CGROOT$CG/c/sub"
	x --cgroup sub --detach --pid-file "$T/pid" c /guest sleep 1000000
	ok
	grep -qx "$(<"$T/pid")" "$CGROOT$CG/c/sub/cgroup.procs"
	x --cgroup /sub c /guest report cgroup; ok; lines cgroup=/sub
	x --cgroup sub/ c /guest report cgroup; ok; lines cgroup=/sub
	x --cgroup / c /guest report cgroup; ok; lines cgroup=/
}
@test "--cgroup: a threaded one" {
	conf . && program sleep 1000000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	mkdir "$CGROOT$CG/c/sub"
	echo threaded >"$CGROOT$CG/c/sub/cgroup.type" || skip "no threaded cgroups"
	mkdir "$CGROOT$CG/c/sub/below"	# "domain invalid"
	x --cgroup sub/below c /guest; not 'cgroup sub/below of the container is threaded, or below a threaded one'
}
@test "--cgroup: one that gives controllers to those below" {
	local c=$CGROOT$CG/c
	grep -qw memory "$CGROOT/cgroup.controllers" || skip "no memory controller"
	conf '.linux.resources.memory.limit=100000000' && program sleep 1000000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	mkdir -p "$c/home" "$c/sub/below"
	pid_of c >"$c/home/cgroup.procs"
	echo +memory >"$c/cgroup.subtree_control"
	echo +memory >"$c/sub/cgroup.subtree_control"
	x --cgroup sub c /guest; not 'cgroup sub of the container gives controllers to the cgroups below'
	grep -q 'name another cgroup with --cgroup' "$T/log"
}
@test "--cgroup: outside, missing, with controllers" {
	local sub
	running '' say up
	for sub in .. ../x a/../../x /.. /../.. sub/..; do x --cgroup "$sub" c /guest; not 'bad sub cgroup path' || return 1; done
	x --cgroup memory:sub c /guest; not 'invalid --cgroup argument'
	x --cgroup missing c /guest; not 'no such file or directory'
	[ ! -e "$CGROOT$CG/c/missing" ]
}
@test "--process-label and --apparmor without such a module are refused, not ignored" {
	running '' say up
	[ -d /sys/fs/selinux ] || { x --process-label system_u:object_r:x_t c /guest; not ''; }
	[ -d /sys/kernel/security/apparmor ] || { x --apparmor some-profile c /guest; not ''; }
}
@test "an unknown option, a missing value: 1 and the parser's text" { x --frob c /guest; [[ $err == *"flag provided but not defined: -frob"* ]] && [ "$rc" = 1 ]; x --cwd; [[ $err == *"flag needs an argument: --cwd"* ]]; }
@test "config.json of the bundle, changed or removed, means nothing" {
	running '.process.user={uid:4,gid:4}|.process.env+=["A=saved"]' say up
	jq '.process.user={uid:0,gid:0}|.process.env=["A=changed"]|.process.capabilities=null' "$B/config.json" >"$T/n" && mv "$T/n" "$B/config.json"
	x c /guest report ids place; ok; lines uid=4,4,4,4 env.A=saved
	rm "$B/config.json"
	x c /guest report ids place; ok; lines uid=4,4,4,4 env.A=saved
}
@test "hooks do not run again" { conf '.hooks={poststart:[{path:"/bin/touch",args:["touch","'"$T"'/ran"]}],startContainer:[{path:"/guest",args:["guest"]}]}' && program sleep 100000; brig run -d -b "$B" c </dev/null >/dev/null 2>&1; rm "$T/ran"; x c /guest exit 0; ok; [ ! -e "$T/ran" ]; }

@test "hostile: a FIFO as /etc/passwd does not hold it up" { running '' say up; rm "$R/etc/passwd"; mkfifo "$R/etc/passwd"; x c /guest report place; ok; lines env.HOME=/; }
@test "hostile: /dev/zero as /etc/passwd" { running '' say up; rm "$R/etc/passwd"; mknod "$R/etc/passwd" c 1 5; x c /guest report place; ok; lines env.HOME=/; }
@test "hostile: /proc covered from inside" {
	running 'caps(["CAP_SYS_ADMIN"])' mount tmpfs /proc , say up
	x c /guest say ran
	[ "$rc" = 255 ] || [ "$rc" = 0 ] || fail "neither refused nor run"
	[ "$rc" = 255 ] || lines ran
}
@test "hostile: programs renamed to #!/proc/self/exe do not give it the runtime (CVE-2019-5736)" {
	local before
	running '' say up
	before=$(sha256sum <"$BRIG"; stat -c '%i %s %Y' "$BRIG")
	printf '#!/proc/self/exe\n' >"$R/sh" && chmod +x "$R/sh"
	x c /sh
	[ "$rc" != 0 ] && [ "$rc" != 137 ] || fail "it ran, or hung" || return 1
	x c /proc/self/exe report ids
	x c /guest open-self-for-write
	[ "$(sha256sum <"$BRIG"; stat -c '%i %s %Y' "$BRIG")" = "$before" ]
}
@test "hostile: no process on its way in shows a file of the host as its program, not even to CAP_SYS_PTRACE (CVE-2019-5736)" {
	local i
	conf 'caps(["CAP_SYS_PTRACE"])' && program watch /tmp/end
	brig run --detach -b "$B" c </dev/null >"$T/out.c" 2>&1
	for ((i = 0; i < ${EXECS:-100}; i++)); do brig exec c /guest exit 0 </dev/null >/dev/null 2>"$T/err" || { cat "$T/err"; return 1; }; done
	touch "$R/tmp/end"
	wait_until grep -q watched= "$T/out.c"
	out=$(<"$T/out.c")
	[[ $out == *"exe=/memfd:brig-init (deleted)"* ]] || skip "brig was too fast to be seen"
	[ -z "$(grep '^exe=' <<<"$out" | grep -vx -e 'exe=/guest' -e 'exe=/memfd:brig-init (deleted)')" ] || fail "another program was in sight"
}
# tracer FILTER CAPS: $out is the report of a process with CAPS that tries to hold each of many processes on their way in
tracer() {
	local i
	conf "$1|caps($2)" && program trace /tmp/end
	brig run --detach -b "$B" c </dev/null >"$T/out.c" 2>&1
	for ((i = 0; i < ${EXECS:-100}; i++)); do brig exec c /guest exit 0 </dev/null >/dev/null 2>"$T/err" || { cat "$T/err"; return 1; }; done
	touch "$R/tmp/end"
	wait_until grep -q trace= "$T/out.c"
	out=$(<"$T/out.c")
}
@test "hostile: nobody in a user namespace can trace a process before its execve, not even with CAP_SYS_PTRACE (CVE-2016-9962)" { chown 100000:100000 "$R"; tracer userns '["CAP_SYS_PTRACE","CAP_KILL"]'; lines '~^trace=held=.* early=0$'; }
@test "hostile: nobody can trace a process before its execve with the default capabilities" { tracer . '["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"]'; lines '~^trace=held=.* early=0$'; }
