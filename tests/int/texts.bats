#!/usr/bin/env bats
# The texts that callers look for (compatibility 1.14), and each state error of the verbs, where they look: standard error and the log
load helpers

# says STATUS TEXT VERB...: this status; TEXT in the one line on standard error and in the msg of the log's newest error record, which is the same line
says() {
	local status=$1 text=$2 msg
	shift 2
	rm -f "$T/log"
	capture brig --log "$T/log" --log-format json "$@"
	[ "$rc" = "$status" ] || fail "$*: not $status" || return 1
	[ "$(wc -l <"$T/stderr")" = 1 ] && [[ $err == *"$text"* ]] || fail "$*: standard error does not say: $text" || return 1
	msg=$(jq -rs 'map(select(.level == "error"))|last|.msg' "$T/log") || return 1
	[ "$msg" = "$err" ] || fail "$*: the log says something else: $msg" || return 1
	jq -es 'all(.time|test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"))' "$T/log" >/dev/null || fail "a time is not RFC 3339"
}
# without TEXT...: the message has none of them, in any case
without() { local text; for text in "$@"; do ! grep -Fqi -- "$text" <<<"$err" || fail "the message says: $text" || return 1; done; }
created() { conf "${1:-.}" && program sleep 1000000; brig create -b "$B" c </dev/null >/dev/null 2>&1; }
running() { created "$@"; brig start c; }
stopped() { running; brig kill c KILL; wait_until status_is c stopped; }

@test "kill: container not running (containerd utils.go, CRI-O runtime_oci.go)" { stopped; says 1 'container not running' kill c TERM; says 1 'container not running' kill c KILL; says 1 'container not running' kill c 0; without 'does not exist'; }
@test "kill, state, start, pause, resume, ps, update, events: does not exist (containerd utils.go)" { local verb; for verb in kill state start pause resume ps update events; do says 1 'container does not exist' "$verb" nobody || return 1; done; }
@test "delete: does not exist (containerd init.go)" { says 1 'container does not exist' delete nobody; }
@test "exec: does not exist, 255" { says 255 'container does not exist' exec nobody /x; }
@test "delete: a live container is never said not to exist" { running; says 1 'cannot delete container c that is not stopped: running' delete c; without 'does not exist' 'no such process' 'not running'; brig pause c; says 1 'cannot delete container c that is not stopped: paused' delete c; }
@test "start: the state errors" {
	stopped
	says 1 'cannot start a container that has stopped' start c
	brig delete c
	running
	says 1 'cannot start an already running container' start c
	brig pause c
	says 1 'cannot start a container in the paused state' start c
}
@test "exec: the state errors" { stopped; says 255 'exec failed: cannot exec in a stopped container' exec c /x; brig delete c; running; brig pause c; says 255 'exec failed: cannot exec in a paused container (use --ignore-paused to override)' exec c /x; }
@test "pause, resume, update, events: the state errors" {
	stopped
	says 1 'container not running' pause c
	says 1 'container not paused' resume c
	says 1 'container not running' update --memory -1 c
	says 1 'container with id c is not running' events --stats c
	brig delete c
	running
	says 1 'container not paused' resume c
	brig pause c
	says 1 'container not running' pause c
}
@test "exec: a container that is being created" {
	conf ".hooks={createRuntime:[{path:\"/bin/sh\",args:[\"sh\",\"-c\",\"touch $T/there; while [ ! -e $T/go ]; do sleep 0.05; done\"]}]}" && program sleep 1000000
	brig create -b "$B" c </dev/null >/dev/null 2>&1 3>&- &
	wait_until test -e "$T/there"
	says 255 'exec failed: cannot exec in a container that is being created' exec c /guest exit 0
	touch "$T/go"
	wait $!
	status_is c created
}
@test "delete: container init still running, when even SIGKILL does not end it, and the container stays" {
	local freezer
	freezer=$(awk '$(NF-2) == "cgroup" && $NF ~ /freezer/ { print $5; exit }' /proc/self/mountinfo)
	[ -n "$freezer" ] || skip "only the freezer of cgroup version 1 holds a process that was killed"
	running
	freezer=$freezer/${CG##*/}
	mkdir "$freezer"
	pid_of c >"$freezer/cgroup.procs"
	echo FROZEN >"$freezer/freezer.state"
	capture timeout -s KILL 60 "$BRIG" --root "$ROOT" --log "$T/log" delete --force c
	echo THAWED >"$freezer/freezer.state"
	[ "$rc" = 1 ] && [ "$err" = 'container init still running' ] && [ -e "$ROOT/c/state.json" ] || fail delete
	wait_until status_is c stopped
	rmdir "$freezer"
	brig delete c
}
@test "what the kernel refuses: operation not permitted (podman 126)" {
	conf ''
	capture setpriv --bounding-set -mknod --inh-caps -mknod "$BRIG" --root "$ROOT" --log "$T/log" create -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *": operation not permitted" ]] || fail "EPERM"
	without 'permission denied' 'no such file'
}
@test "create, run: container with given ID already exists" { created; says 1 'brig create failed: container with given ID already exists' create -b "$B" c; says 1 'brig run failed: container with given ID already exists' run -b "$B" c; status_is c created; }
@test "create: the cgroup is not empty, or frozen" {
	running
	says 1 "container's cgroup is not empty: 1 process(es) found" create -b "$B" d
	brig delete --force c
	mkdir -p "$CGROOT$CG/c"
	echo 1 >"$CGROOT$CG/c/cgroup.freeze"
	says 1 "container's cgroup unexpectedly frozen" create -b "$B" d
	echo 0 >"$CGROOT$CG/c/cgroup.freeze"
	rmdir "$CGROOT$CG/c"
}
@test "create: terminal and console socket" {
	conf '.process.terminal=true'
	says 1 'cannot allocate tty if brig will detach without setting console socket' create -b "$B" c
	says 1 'cannot allocate tty if brig will detach without setting console socket' run -d -b "$B" c
	says 1 'cannot use console socket if brig will not detach or allocate tty' run --console-socket "$T/s" -b "$B" c
	conf ''
	says 1 'cannot use console socket if brig will not detach or allocate tty' create --console-socket "$T/s" -b "$B" c
}
@test "create: ids" { conf ''; says 1 'invalid container ID format' create -b "$B" a/b; says 1 'invalid container ID format' create -b "$B" ..; says 1 'invalid container ID format' create -b "$B" .; says 1 'container id cannot be empty' create -b "$B" ''; }
@test "a program that is missing: no such file or directory (podman 127, moby 127)" {
	conf '.process.args=["/missing"]'
	says 1 'no such file or directory' create -b "$B" c
	without 'permission denied' 'operation not permitted' 'is a directory' 'not a directory'
	running
	says 255 'no such file or directory' exec c /missing
	without 'permission denied' 'operation not permitted'
}
@test "a program that is not in PATH: executable file not found in (podman 127, moby 127)" {
	conf '.process.args=["missing"]'
	says 1 'executable file not found in $PATH' create -b "$B" c
	without 'permission denied' 'operation not permitted' 'is a directory'
	running
	says 255 'executable file not found in $PATH' exec c missing
	without 'permission denied' 'operation not permitted'
	says 255 'executable file not found in $PATH' exec c ''
}
@test "a program that may not be executed: permission denied (podman 126, moby 126)" {
	conf '.process.args=["/etc/passwd"]'
	says 1 'permission denied' create -b "$B" c
	without 'no such file' 'not found'
	running
	says 255 'permission denied' exec c /etc/passwd
	without 'no such file' 'not found'
}
@test "a directory as program: is a directory (moby 126)" { conf '.process.args=["/etc"]'; says 1 'is a directory' create -b "$B" c; without 'no such file' 'not found'; running; says 255 'is a directory' exec c /etc; }
@test "a file bound over a directory, and the other way: not a directory (moby 127)" {
	touch "$T/file"
	mkdir "$T/dir"
	conf "addmount(\"/tmp\"; \"none\"; \"$T/file\"; [\"bind\"])"
	says 1 'directory' create -b "$B" c
	conf "addmount(\"/etc/passwd\"; \"none\"; \"$T/dir\"; [\"bind\"])"
	says 1 'not a directory' create -b "$B" c
	without 'permission denied'
}
@test "a missing bind source: no such file or directory, and never does not exist" { conf 'bind("/no/such"; ["bind"])'; says 1 'no such file or directory' create -b "$B" c; without 'does not exist' 'permission denied'; }
@test "a missing bundle, a missing configuration: no such file or directory" { says 1 'brig create failed: ' create -b "$T/none" c; [[ $err == *'no such file or directory' ]]; rm "$B/config.json"; says 1 'no such file or directory' create -b "$B" c; }
# field NAME: of the newest record of the log, "" when it has none
field() { jq -rs --arg n "$1" 'last|.[$n] // ""' "$T/log"; }
# fields CODE STEP POINTER ERRNO HINT VERB...: the record has these (regular expressions; "" must be absent), and what is for tools is not in the message
fields() {
	local want=("$1" "$2" "$3" "$4" "$5") names=(code step pointer errno hint) i value
	shift 5
	rm -f "$T/log"
	capture brig --log "$T/log" --log-format json "$@"
	[ "$rc" != 0 ] || fail "$*: it did not fail" || return 1
	[ "$(jq -rs 'last|keys_unsorted|.[:3]|join(" ")' "$T/log")" = 'level msg time' ] || fail "the first three keys" || return 1
	[ -z "$(jq -rs 'last|keys - ["level","msg","time","code","step","pointer","errno","hint"]|join(" ")' "$T/log")" ] || fail "another key" || return 1
	for i in 0 1 2 3 4; do
		value=$(field "${names[i]}")
		[[ $value =~ ^${want[i]}$ ]] || fail "$*: ${names[i]} is \"$value\", not ${want[i]}" || return 1
		case ${names[i]} in step | errno | hint) [ -z "$value" ] || without "$value" || return 1 ;; esac
	done
	[ "$(field msg)" = "${err##*$'\n'}" ] || fail "the message on standard error is another"
}
@test "log: each field of the record, and none of step, errno and hint in the message" {
	fields state '' '' '' '' state nobody
	fields usage '' '' '' '' kill nobody FROB
	conf '.process.args=["missing"]'
	fields '(system|spec)' '[0-9]+ init exec-find' /process/args '' 'check process.args .*' create -b "$B" c
	conf '.process.args=["/missing"]'
	fields system '[0-9]+ init exec-find' /process/args ENOENT '' create -b "$B" c
	conf 'bind("/no/such"; ["bind"])'
	fields system '[0-9]+ host tree-open' '/mounts/[0-9]+' ENOENT '' create -b "$B" c
	conf '.process.cwd=7'
	fields spec '' /process/cwd '' '' create -b "$B" c
	conf '.linux.cgroupsPath=null|.linux.resources.unified={"frob.x":"1"}'
	fields '(unsupported|spec)' '' '/linux/resources/unified/.*' '' '.*' create -b "$B" c
	conf '.hooks={createRuntime:[{path:"/bin/false"}]}'
	fields system '[0-9]+ host hook' /hooks/createRuntime/0 '' '' create -b "$B" c
	fields usage '' '' '' '' create --preserve-fds x -b "$B" c
	fields usage '' '' '' '' create --frob -b "$B" c
	fields usage '' '' '' '' create c --bundle
	fields usage '' '' '' '' create
	fields usage '' '' '' '' --cgroup-manager frob list
	fields usage '' '' '' '' frobnicate
	[ "$rc" = 3 ]
	rm "$B/config.json"
	fields system '' '' ENOENT 'make one with `brig spec`.*' create -b "$B" c
	running
	fields state '[0-9]+ host state-reserve' 'default: .*' '' 'choose another id.*' create -b "$B" c
	fields system '[0-9]+ init exec-find' /process/args EACCES '' exec c /etc/passwd
	fields state '' '' '' 'stop it with .*' delete c
}
@test "log: text records have the same fields" {
	conf '.process.args=["/missing"]'
	capture brig create -b "$B" c
	[[ $err =~ ^time=\"[0-9TZ:-]+\"\ level=error\ msg=\"brig\ create\ failed:.*\"\ code=\"system\"\ step=\"[0-9]+\ init\ exec-find\"\ pointer=\"/process/args\"\ errno=\"ENOENT\"$ ]] || fail "fields"
}
@test "success: nothing on standard error for every verb" {
	local verb done=''
	quiet() { capture brig --log-format json "$@"; done+="$1 "; [ "$rc" = 0 ] && [ -z "$err" ] || fail "$*"; }
	conf '' && program sleep 1000000
	mkdir "$T/s"
	quiet spec -b "$T/s"
	quiet features
	quiet help
	quiet completion bash
	quiet explain -b "$B"
	quiet create -b "$B" c
	quiet state c
	quiet start c
	quiet list
	quiet ps c
	quiet exec c /guest exit 0
	quiet events --stats c
	quiet update c
	quiet pause c
	quiet resume c
	quiet kill c KILL
	wait_until status_is c stopped
	quiet delete c
	program exit 0
	quiet run -b "$B" c
	for verb in $("$BRIG" help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		[[ " $done" == *" $verb "* ]] || case $verb in checkpoint | restore) ;; *) fail "$verb is not tried" || return 1 ;; esac
	done
}
@test "no text begins with a capital letter of strerror: errno phrases are those of Go" { conf 'bind("/no/such"; ["bind"])'; says 1 '' create -b "$B" c; ! grep -q 'No such\|Permission denied\|Operation not\|Is a directory\|Not a directory' <<<"$err"; }
@test "prefixes: create, run, exec; the others have none" {
	conf '.process.args=["/missing"]'
	says 1 'brig create failed: unable to start container process: ' create -b "$B" c
	says 1 'brig run failed: unable to start container process: ' run -b "$B" c
	running
	says 255 'exec failed: unable to start container process: ' exec c /missing
	says 1 '' kill nobody
	[ "$err" = 'container does not exist' ]
	brig delete --force c
	ln -s "$BRIG" "$T/runc"
	conf '.process.args=["/missing"]'
	BRIG=$T/runc says 1 'runc create failed: unable to start container process: ' create -b "$B" d
}
@test "what fails inside: error during container init" { conf '.process.cwd="/etc/passwd"'; says 1 'unable to start container process: error during container init: ' create -b "$B" c; }
@test "an unknown signal" { running; says 1 'unknown signal "FROB"' kill c FROB; }
@test "formats: invalid format option" { running; says 1 'invalid format option' ps -f xml c; mkdir -p "$ROOT"; says 1 'invalid format option' list -f xml; }
@test "options: flag needs an argument, flag provided but not defined (podman and CRI-O crutils)" {
	local verb
	for verb in create run exec; do
		capture brig "$verb" --console-socket
		[ "$rc" = 1 ] && [[ $out$err == *'flag needs an argument'* ]] || fail "$verb" || return 1
	done
	capture brig kill --frob
	[ "$rc" = 1 ] && [[ $err == *'flag provided but not defined: -frob'* ]]
}
@test "limits: rejecting memory limit, where there is a memory controller" {
	grep -qw memory "$CGROOT/cgroup.controllers" || skip "no memory controller"
	running '.linux.resources.memory={limit:100000000}'
	echo '{"memory":{"limit":4096,"checkBeforeUpdate":true}}' >"$T/r"
	says 1 'rejecting memory limit' update -r "$T/r" c
}
@test "preserved descriptors: unable to stat preserved-fd" { conf ''; says 1 'brig create failed: unable to stat preserved-fd' create --preserve-fds 40 -b "$B" c; running; says 255 'exec failed: unable to stat preserved-fd' exec --preserve-fds 40 c /guest; }
@test "spec: File config.json exists. Remove it first" { says 1 'File config.json exists. Remove it first' spec -b "$B"; }
