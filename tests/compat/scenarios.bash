#!/bin/bash
# scenarios.bash RUNTIME DIR GUEST: the same steps for any runtime. Each step leaves DIR/result/NAME.{rc,out,err} and what a scenario adds as NAME.FILE.
# Run in a private mount namespace with cgroup2 at /sys/fs/cgroup.
RT=$1 D=$2 GUEST=$3
S=$D/state B=$D/b R=$D/b/rootfs O=$D/result CG=/brig-compat.${D##*/}
export LC_ALL=C
unset XDG_RUNTIME_DIR NOTIFY_SOCKET LISTEN_FDS
mkdir -p "$O" "$R"/{proc,dev,sys,etc,tmp,mnt,empty}
chmod 1777 "$R/tmp"
cp "$GUEST" "$R/guest"
chmod 755 "$R/guest"
echo 'root:x:0:0:root:/root:/bin/sh' >"$R/etc/passwd"
cd "$B" || exit 1
base=$("$RT" spec >/dev/null 2>&1; cat config.json)

conf() { jq --arg cg "$CG/c" '.ociVersion="1.0.2" | .process.terminal=false | .process.args=["/guest"] | .root.readonly=false | .hostname="compat" | del(.process.rlimits) | .linux.cgroupsPath=$cg | '"${1:-.}" <<<"$base" >"$B/config.json"; }
program() { jq '.process.args = ["/guest"] + $ARGS.positional' --args -- "$@" <"$B/config.json" >"$D/n" && mv "$D/n" "$B/config.json"; }
plain() { timeout -s KILL 60 "$RT" --root "$S" "$@" </dev/null >"$D/out" 2>"$D/err"; }
# What differs from run to run and means nothing.
normal() { sed -E "s#$D#@D@#g; s#time=\"[^\"]*\"#time=@#; s# (code|step|pointer|errno|hint)=\"([^\"\\\\]|\\\\.)*\"##g; s#[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)#@TIME@#g; s#pid\":[1-9][0-9]*#pid\":@PID@#; s#pid\": [1-9][0-9]*#pid\": @PID@#; s#(:\[)[0-9]+\]#\1@]#; s#${CG#/}#@CG@#g; s#${RT##*/}#@RT@#g; /unable to get oom kill count/d" | sed -E '/^[A-Z]+ +PID|^c +[0-9]+ |^ *COMMAND/s/ +/ /g; s/^c [0-9]+ /c @PID@ /'; }	# the count: there is no memory controller
# step NAME WORDS...: the runtime with these words; standard input is /dev/null
step() {
	local name=$1 rc=0
	shift
	plain "$@" || rc=$?
	echo "$rc" >"$O/$name.rc"
	case $name in	# the words of a help text are nobody's interface; that there is one is
	cli-* | exec-option) if grep -qi usage "$D/out"; then echo usage >"$O/$name.out"; else normal <"$D/out" >"$O/$name.out"; fi ;;
	*) normal <"$D/out" >"$O/$name.out" ;;
	esac
	normal <"$D/err" >"$O/$name.err"
}
keep() { normal >"$O/$1"; }	# keep NAME.FILE: standard input as one more result
until_status() { local i; for ((i = 0; i < 1200; i++)); do [ "$("$RT" --root "$S" state "$1" 2>/dev/null | jq -r .status)" = "$2" ] && return; sleep 0.05; done; }
gone() { plain delete --force "${1:-c}"; rm -f "$D/pid" "$D/log"; }
up() { conf "$1"; program sleep 1000000; plain run -d -b "$B" c; }
view() { conf "$2"; program "${@:3}"; step "$1" run -b "$B" c; gone; }

# ---- the command line ----
step cli-nothing
step cli-unknown frobnicate
step cli-option list --frob
step cli-value create --bundle
step cli-args-create create
step cli-args-state state
step cli-args-kill kill
step cli-state state nobody
step cli-start start nobody
step cli-kill kill nobody
step cli-delete delete nobody
step cli-delete-force delete --force nobody
step cli-exec exec nobody true
step cli-pause pause nobody
step cli-resume resume nobody
step cli-ps ps nobody
step cli-events events nobody
step cli-update update nobody
step cli-checkpoint checkpoint nobody
step cli-checkpoint-help checkpoint --help
step cli-restore-value restore --lsm-mount-context
step cli-id-bad state a/b
step cli-id-empty state ''
mkdir -p "$S"
step list-none list
step list-none-json list -f json
step list-none-quiet list -q
step list-format list -f yaml
step cli-log-format --log-format xml list

# ---- create, start, kill, delete ----
conf '.annotations={"a.b":"c"}'
program exit 7
step create create -b "$B" --pid-file "$D/pid" c
tr -d '0-9' <"$D/pid" | od -c | keep create.pidfile
stat -c '%a' "$D/pid" | keep create.pidfile-mode
step create-state state c
step create-list list
step create-list-json list -f json
step create-list-quiet list -q
step create-twice create -b "$B" c
step create-resume resume c
step create-exec exec c /guest say inside
step create-checkpoint checkpoint --image-path "$D/images" c
step start start c
until_status c stopped
step stopped-state state c
step stopped-start start c
step stopped-kill kill c
step stopped-kill-all kill -a c
step stopped-exec exec c /guest
step stopped-pause pause c
step stopped-resume resume c
step stopped-ps ps -f json c
step stopped-update update --memory -1 c
step stopped-events events --stats c
step stopped-checkpoint checkpoint --image-path "$D/images" c
step stopped-delete delete c
step deleted-state state c
up
step running-start start c
step running-delete delete c
step running-kill-name kill c sigFROB
step running-kill-hup kill c HUP
step running-resume resume c
step running-ps ps c -o comm,pid
sed -E -i 's/ +/ /g; s/[0-9]+/@/' "$O/running-ps.out"
step running-ps-format ps -f xml c
step running-pause pause c
step paused-state state c
step paused-pause pause c
step paused-exec exec c /guest
step paused-start start c
step paused-delete delete c
step paused-kill kill c KILL
until_status c stopped
gone
step create-missing-bundle create -b "$D/none" c
rm config.json
step create-missing-config create -b "$B" c
echo '{' >config.json
step create-broken create -b "$B" c

# ---- run ----
view run-status '' exit 7
view run-signal 'del(.linux.namespaces[]|select(.type=="pid"))' kill 15
conf '.process.args=["/missing"]'; step run-missing run -b "$B" c; gone
conf '.process.args=["missing"]'; step run-missing-path run -b "$B" c; gone
conf '.process.args=["/etc/passwd"]'; step run-denied run -b "$B" c; gone
conf '.process.args=["/etc"]'; step run-directory run -b "$B" c; gone
conf '.process.args=[]'; step run-no-args run -b "$B" c; gone
conf '.process.cwd="/missing/cwd"'; program report place; step run-cwd-missing run -b "$B" c; gone
conf '.process.cwd="relative"'; step run-cwd-relative run -b "$B" c; gone
conf '.process.terminal=true'; step create-tty create -b "$B" c; gone
conf; step create-no-tty create -b "$B" --console-socket "$D/s" c; gone
conf '.root.path="none"'; step run-no-root run -b "$B" c; gone
conf '.mounts+=[{destination:"/mnt",type:"bind",source:"/no/such/source",options:["bind"]}]'; program exit 0; step run-no-source run -b "$B" c; gone
conf '.hooks={prestart:[{path:"/bin/false"}]}'; program exit 0; step run-hook-fails run -b "$B" c; gone
conf '.hooks={poststop:[{path:"/bin/false"}]}'; program exit 0; step run-poststop-fails run -b "$B" c; gone
conf '.hooks={poststart:[{path:"/bin/false"}]}'; program sleep 100000; step run-poststart-fails run -d -b "$B" c; gone
conf '.linux.namespaces+=[{type:"frob"}]'; step run-bad-namespace run -b "$B" c; gone
conf '.linux.namespaces+=[{type:"pid"}]'; step run-double-namespace run -b "$B" c; gone
conf '.process.capabilities.bounding+=["CAP_FROB"]'; program exit 0; step run-unknown-cap run -b "$B" c; gone
conf '.linux.sysctl={"kernel.domainname":"x.y"}'; program report names; step run-sysctl run -b "$B" c; gone
conf '.linux.sysctl={"vm.swappiness":"1"}'; program exit 0; step run-sysctl-host run -b "$B" c; gone
conf; program exit 0; plain --log "$D/log" --log-format json create -b "$D/none" c; jq -c 'keys|map(select(. == "level" or . == "msg" or . == "time"))' "$D/log" | keep log.keys; jq -r .level "$D/log" | keep log.level; gone
conf; program exit 3; step run-keep run --keep -b "$B" c; step run-keep-state state c; gone

# ---- the guest's view ----
view view-ids '' report ids caps maps
view view-user '.process.user={uid:1000,gid:1001,additionalGids:[5,7],umask:63}' report ids caps
view view-all-caps '.process.capabilities|=map_values(["CAP_CHOWN","CAP_KILL"])|.process.user={uid:5,gid:5}' report caps
view view-no-caps 'del(.process.capabilities)' report caps
view view-place '.process.cwd="/tmp"|.process.env+=["A=1","A=2","B=x,y"]' report place
view view-no-path '.process.env=[]' report place
view view-names '.process.noNewPrivileges=false|.domainname="d"' report names tty
view view-mounts '' report mounts
sed -E -i 's/overlay|ext4|xfs|btrfs/fs/; s#^mount=/ .*#mount=/ ...#; s/size=[0-9]+k,nr_inodes=[0-9]+/size=@/' "$O/view-mounts.out"
sort -o "$O/view-mounts.out" "$O/view-mounts.out"
view view-readonly '.root.readonly=true' create /x , write /etc/passwd /dev/null , create /dev/x
view view-dev '' report dev
sort -o "$O/view-dev.out" "$O/view-dev.out"
view view-fds '' report fds
conf; program report fds place
for pid in mine 1 ''; do
	timeout -s KILL 60 bash -c 'exec 3</dev/zero 4</dev/full; [ "$1" = mine ] && set -- $$ "${@:2}"; export LISTEN_FDS=1 LISTEN_PID=$1; exec "${@:2}"' bash "$pid" "$RT" --root "$S" run -b "$B" c </dev/null 2>&1 | grep -v '^fd.[012]=' | normal >"$O/listen-fds[$pid].out"
	timeout -s KILL 60 bash -c 'exec 3</dev/zero 4</dev/full; [ "$1" = mine ] && set -- $$ "${@:2}"; export LISTEN_FDS=1 LISTEN_PID=$1; exec "${@:2}"' bash "$pid" "$RT" --root "$S" run --preserve-fds 1 -b "$B" c </dev/null 2>&1 | grep -v '^fd.[012]=' | normal >"$O/listen-fds-preserve[$pid].out"
done
# ---- sd_notify(3) ----
notify() {	# notify NAME: what the manager was told; MAINPID is that of the container, or another
	wait "$manager"
	sed "s/MAINPID=${pid:-0}\\\\/MAINPID=@INIT@\\\\/; s/MAINPID=[0-9][0-9]*/MAINPID=@OTHER@/" "$D/told" | keep "$1.told"
	rm -f "$D/manager" "$D/manager.ready"
}
manager() { python3 "${BASH_SOURCE[0]%/*}/../int/manager.py" "$D/manager" "$@" >"$D/told" & manager=$!; until [ -e "$D/manager.ready" ]; do sleep 0.02; done; }
export NOTIFY_SOCKET=$D/manager
conf; program sleep 300 , notify READY=1 , report place mounts , sleep 1000000
manager; plain create -b "$B" c; { stat -c '%a' "$S/c/notify"; ls "$S/c/notify"; } | keep notify.directory; mv "$D/out" "$D/create.out"
step notify-start start c; pid=$("$RT" --root "$S" state c | jq .pid); sleep 0.2; grep notify "$D/create.out" | sed -E 's/ (ext4|xfs|btrfs|tmpfs|overlay) ([a-z,]*) .*/ \2/' | keep notify-start.inner; notify notify-start; gone
manager; program notify READY=1 , sleep 1000000; step notify-detached run -d -b "$B" c; sed -i '/^notify/d' "$O/notify-detached.out"; pid=$("$RT" --root "$S" state c | jq .pid); notify notify-detached; gone
manager; program notify READY=1 X=y , sleep 200 , exit 7; pid=; step notify-run run -b "$B" c; notify notify-run; gone
program exit 4; step notify-nobody run -b "$B" c; gone
conf; program exit 0; plain create -b "$B" c; step notify-nobody-start start c; gone
unset NOTIFY_SOCKET
conf; program exit 0; plain create -b "$B" c; export NOTIFY_SOCKET=$D/manager; manager 0.5; step notify-uncreated start c; notify notify-uncreated; gone
unset NOTIFY_SOCKET
view view-session '' report session
view view-sched '.process.oomScoreAdj=500' report sched
view view-masks '.linux.maskedPaths+=["/etc/passwd","/empty"]|.linux.readonlyPaths+=["/tmp"]' read /etc/passwd /empty /proc/keys , create /tmp/x , write /proc/sys/kernel/domainname
view view-tmpfs '.mounts+=[{destination:"/mnt",type:"tmpfs",source:"tmpfs",options:["size=64k","mode=1700","noexec"]}]' stat /mnt , report mounts
sed -i -n '/mnt/p' "$O/view-tmpfs.out"
view view-bind-ro '.mounts+=[{destination:"/mnt",type:"bind",source:"/etc",options:["rbind","ro"]}]' create /mnt/x , read /mnt/hostname
view view-seccomp '.linux.seccomp={defaultAction:"SCMP_ACT_ALLOW",architectures:["SCMP_ARCH_X86_64"],syscalls:[{names:["getppid"],action:"SCMP_ACT_ERRNO",errnoRet:5}]}' syscall getppid , report caps
view view-seccomp-strict '.linux.seccomp={defaultAction:"SCMP_ACT_ERRNO",architectures:["SCMP_ARCH_X86_64"],syscalls:[{names:["write","writev","exit_group","execve","brk","arch_prctl","mmap","munmap","mprotect","newfstatat","fstat","readlinkat","readlink","getrandom","set_tid_address","set_robust_list","rseq","prlimit64","futex","capset","setgid","setuid","setgroups","prctl","close","fcntl","openat","open","read","epoll_ctl","epoll_pwait","rt_sigprocmask","rt_sigreturn","rt_sigaction","nanosleep","getdents64","lstat","stat","fchdir","chdir","capget","getpid","getppid","tgkill","gettid","sigaltstack"],action:"SCMP_ACT_ALLOW"}]}' syscall getppid , syscall mkdir
view view-personality '.linux.personality={domain:"LINUX32"}' report personality names
view view-userns '.linux.namespaces+=[{type:"user"}]|.linux.uidMappings=[{containerID:0,hostID:100000,size:65536}]|.linux.gidMappings=.linux.uidMappings' report ids maps
view view-cgroup '' report cgroup
view view-device '.linux.devices=[{path:"/dev/fuse",type:"c",major:10,minor:229,fileMode:438}]' report dev
sed -i -n '/fuse/p' "$O/view-device.out"

# ---- exec ----
up '.process.user={uid:7,gid:9,additionalGids:[5]}|.process.env+=["A=config"]|.process.cwd="/etc"'
step exec-report exec c /guest report ids caps place tty sched
step exec-status exec c /guest exit 9
for pid in mine 1; do
	for n in 0 1; do
		timeout -s KILL 60 bash -c 'exec 3</dev/zero 4</dev/full; [ "$1" = mine ] && set -- $$ "${@:2}"; export LISTEN_FDS=1 LISTEN_PID=$1 NOTIFY_SOCKET=/none; exec "${@:2}"' bash "$pid" "$RT" --root "$S" exec --preserve-fds $n c /guest report fds place </dev/null 2>&1 | grep -v '^fd.[012]=' | normal >"$O/exec-listen-fds[$pid,$n].out"
	done
done
step exec-signal exec c /guest kill 15
step exec-missing exec c /missing
step exec-missing-path exec c missing
step exec-denied exec c /etc/passwd
step exec-none exec c
step exec-user exec -u 3:4 c /guest report ids caps
step exec-user-uid exec -u 3 c /guest report ids
for bad in '' :5 1: 1x -1 root 4294967296 1:2:3; do step "exec-user-bad[$bad]" exec --user "$bad" c /guest report ids; done
step exec-gids exec -g 8 -g 9 c /guest report ids
step exec-cap exec --cap CAP_SYS_TIME --user 0:0 c /guest report caps
step exec-cap-user exec --cap CAP_SYS_TIME c /guest report caps
step exec-cap-bad exec --cap CAP_FROB c /guest report caps
step exec-cwd exec --cwd /tmp c /guest report place
step exec-cwd-missing exec --cwd /none c /guest report place
step exec-cwd-relative exec --cwd tmp c /guest report place
step exec-env exec -e A=1 -e A=2 -e B=x,y -e C= c /guest report place
step exec-env-bad exec -e novalue c /guest report place
step exec-nnp exec --no-new-privs c /guest report caps
step exec-detach exec -d --pid-file "$D/pid" c /guest sleep 100000
tr -d '0-9' <"$D/pid" | od -c | keep exec.pidfile
step exec-tty-detach exec -d -t c /guest
step exec-console exec --console-socket "$D/s" c /guest
step exec-dashes exec c /guest say --tty -u 1
step exec-fds exec c /guest report fds
echo '{"cwd":"/","args":["/guest","report","ids","place"],"env":["X=1"],"user":{"uid":8,"gid":8}}' >"$D/p"
step exec-process exec -p "$D/p" c
echo '{"cwd":"/",}' >"$D/p"
step exec-process-broken exec -p "$D/p" c
step exec-process-missing exec -p "$D/none" c
step exec-cgroup-out exec --cgroup ../.. c /guest
step exec-cgroup-missing exec --cgroup none c /guest report cgroup
step exec-preserve exec --preserve-fds 5 c /guest report fds
step exec-option exec --frob c /guest
gone

# ---- events, update, ps ----
up
plain events --stats c
jq -c '[keys, (.data|keys - ["intel_rdt"])]' "$D/out" | keep events.keys
jq -c '[.data.cpu,.data.pids,.data.blkio]|map(keys)' "$D/out" | keep events.inner
step update-nothing update c
step update-memory-bad update --memory 12x c
echo '{' >"$D/r"
step update-broken update -r "$D/r" c
step update-missing update -r "$D/none" c
step events-interval events --interval 0s c
plain ps -f json c
jq -c 'map(type)' "$D/out" | keep ps.json
gone
step spec-again spec
rm -f config.json
step spec spec
jq -Sc 'del(.ociVersion)' config.json | keep spec.document
stat -c %a config.json | keep spec.mode
"$RT" --root "$S" features 2>/dev/null | jq -c 'keys' | keep features.keys
"$RT" --version | sed -E 's/[ :].*//' | head -3 | keep version.words
ls -A "$S" | keep end.state
(cd /sys/fs/cgroup && ls -d "${CG#/}" 2>&1) | normal | keep end.cgroup
rmdir "/sys/fs/cgroup$CG" 2>/dev/null || true
