#!/usr/bin/env bats
# The command line and what is printed where
load helpers

@test "no command: help, status 0" { capture brig; [ "$rc" = 0 ] && [[ $out == *"usage: brig"* ]] && [ -z "$err" ]; }
@test "help: of the program and of every verb" {
	local verb
	for verb in create delete explain features kill list run spec start state; do
		capture brig help "$verb"
		[ "$rc" = 0 ] && [[ $out == "usage: brig $verb"* ]] && [ -z "$err" ] || fail "help $verb" || return 1
		capture brig "$verb" --help
		[ "$rc" = 0 ] && [[ $out == "usage: brig $verb"* ]] || fail "$verb --help" || return 1
	done
}
@test "an unknown command: status 3" { capture brig frobnicate; [ "$rc" = 3 ] && [ "$err" = "No help topic for 'frobnicate'" ]; }
@test "an unknown option" { capture brig list --frob; [ "$rc" = 1 ] && [[ $err == *"flag provided but not defined: -frob"* ]]; capture brig --frob list; [ "$rc" = 1 ] && [[ $err == *"flag provided but not defined: -frob"* ]]; }
@test "a missing value" { capture brig create --bundle; [ "$rc" = 1 ] && [[ $err == *"flag needs an argument: --bundle"* ]]; capture brig create -b; [ "$rc" = 1 ] && [[ $err == *"flag needs an argument: -b"* ]]; }
@test "a wrong number of arguments: usage on standard output, one line on standard error" {
	local words
	for words in create start 'start a b' 'state' 'delete a b' 'list x' 'kill' 'kill a b c' 'run a b'; do
		# shellcheck disable=SC2086
		capture brig $words
		[ "$rc" = 1 ] && [[ $out == "usage: brig"* ]] && [ "$(wc -l <"$T/stderr")" = 1 ] || fail "$words" || return 1
	done
}
@test "long options with one dash, with =, after positionals" {
	program exit 6
	capture brig run c -bundle "$B"
	[ "$rc" = 6 ] || fail "-bundle"
	capture brig run c --bundle="$B"
	[ "$rc" = 6 ] || fail "--bundle="
	capture brig run -bundle="$B" -no-subreaper c
	[ "$rc" = 6 ] || fail "-bundle="
	capture "$BRIG" -root "$ROOT" run -b "$B" c
	[ "$rc" = 6 ] || fail "-root"
}
@test "booleans with a value" { program exit 6; capture brig --debug=false run --keep=false -b "$B" c; [ "$rc" = 6 ] && [ -z "$err" ]; capture brig run --keep=maybe -b "$B" c; [ "$rc" = 1 ]; }
@test "clustered short options" { mkdir -p "$ROOT"; capture brig list -qf json; [ "$rc" = 1 ]; capture brig list -q; [ "$rc" = 0 ]; }
@test "-- ends the options" { capture brig state -- --frob; [ "$rc" = 1 ] && [[ $err != *"flag provided"* ]]; }
@test "kill stops at the first positional" { capture brig kill nobody -9; [ "$rc" = 1 ] && [[ $err != *"flag provided"* ]]; }
@test "the bundle defaults to the working directory" { program exit 6; cd "$B"; capture brig run c; [ "$rc" = 6 ]; }
@test "a relative bundle and relative files" { program exit 6; cd "$T"; capture brig run -b bundle --pid-file pid c; [ "$rc" = 6 ] && [ -s "$T/pid" ]; }
@test "--cgroup-manager: cgroupfs is the default, systemd is --systemd-cgroup, others are refused" {
	local name
	program exit 6
	capture brig --cgroup-manager cgroupfs run -b "$B" c
	[ "$rc" = 6 ]
	said() { brig "$@" explain -b "$B" 2>&1 | sed 's/^time="[^"]*"//'; }	# a plan, or an error that has the time in it
	[ "$(said --cgroup-manager=systemd)" = "$(said --systemd-cgroup)" ]
	[ "$(said --cgroup-manager=systemd)" != "$(said)" ]
	for name in disabled x ''; do
		capture brig --cgroup-manager "$name" run -b "$B" c
		[ "$rc" = 1 ] && [[ $err == *'invalid --cgroup-manager'* ]] || fail "$name" || return 1
	done
}
@test "--root / is refused" { capture "$BRIG" --root / list; [ "$rc" = 1 ] && [[ $err == *"invalid --root"* ]]; capture "$BRIG" --root //// list; [ "$rc" = 1 ]; }
@test "state root: mode 0700, state directory closed" {
	program sleep 100000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	[ "$(stat -c %a "$ROOT")" = 700 ]
	[[ $(stat -c %a "$ROOT/c") =~ ^7[01][01]$ ]]
	[ -z "$(find "$ROOT" -perm /0022 ! -type l)" ]
}
@test "state root: that of a user without root needs XDG_RUNTIME_DIR" {
	capture setpriv --reuid 65533 --regid 65533 --clear-groups "$BRIG" list
	[ "$rc" = 1 ] && [[ $err == *XDG_RUNTIME_DIR* ]] || fail "no hint" || return 1
	mkdir -m 700 "$T/xdg" && chown 65533 "$T/xdg"
	XDG_RUNTIME_DIR=$T/xdg capture setpriv --reuid 65533 --regid 65533 --clear-groups "$BRIG" list -q
	[ "$rc" = 0 ] || fail "list"
}

@test "--version: as brig and as runc" {
	capture brig --version
	[ "$rc" = 0 ] && [[ $out =~ ^"brig version "[0-9.]+$'\n'commit:\ [^\ ]+$'\n'spec:\ 1\.[0-9.]+$'\n'libseccomp:\ [0-9.]+$ ]] || fail "version"
	[ "$(grep -c version <<<"$out")" = 1 ]
	ln -s "$BRIG" "$T/runc"
	capture "$T/runc" -v
	[[ $out == "runc version "* ]]
}
@test "as runc it answers as runc: version, help, hints, completions, the default host name" {
	local verb
	ln -s "$BRIG" "$T/runc"
	capture "$T/runc" --version
	[ "$(grep -c version <<<"$out")" = 1 ] && [[ ${out%%$'\n'*} =~ ^runc\ version\ [0-9]+\.[0-9]+\.[0-9]+ ]] && grep -Eq '^commit: [^ ]+$' <<<"$out" && grep -Eq '^spec: 1\.[0-9]+\.[0-9]+$' <<<"$out" || fail "version"
	for verb in '' $("$BRIG" help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		capture "$T/runc" help $verb
		[ "$rc" = 0 ] && [[ $out == *"usage: runc "* ]] && [[ ${out//\/brig/} != *brig* ]] || fail "help $verb"
	done
	for verb in bash zsh fish; do
		capture "$T/runc" completion "$verb"
		[[ ${out//\/brig/} != *brig* && $out == *runc* ]] || fail "completion $verb"
	done
	mkdir "$T/s" "$T/empty"
	capture "$T/runc" --log-format json create -b "$T/empty" c
	[ "$(jq -r .hint <<<"$err")" = 'make one with `runc spec`, or name the bundle with --bundle' ]
	"$T/runc" spec -b "$T/s"
	[ "$(jq -r .hostname "$T/s/config.json")" = runc ]
}
# completed SHELL LINE: what the shell proposes for the end of the line
completed() {
	case $1 in
	bash) bash -c 'source <("$0" completion bash); read -ra COMP_WORDS <<<"$1"; [[ $1 != *" " ]] || COMP_WORDS+=(""); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); brig() { "$BRIG" "$@"; }; _brig; printf "%s\n" "${COMPREPLY[@]}"' "$BRIG" "$2" ;;
	fish) PATH=${BRIG%/*}:$PATH fish --no-config -c '$argv[1] completion fish | source; complete -C "$argv[2]"' "$BRIG" "$2" | cut -f1 ;;
	esac
}
@test "completions: verbs, options, and the ids below the root that the line names" {
	local shell
	export BRIG
	program sleep 1000000
	brig create -b "$B" alpha </dev/null >/dev/null 2>&1
	for shell in bash fish; do
		command -v "$shell" >/dev/null || continue
		[ "$(completed "$shell" "brig sta" | tr '\n' ' ')" = 'start state ' ]
		[ "$(completed "$shell" "brig exec --cg")" = --cgroup ]
		[ "$(completed "$shell" "brig --root $ROOT delete al")" = alpha ]
		[ "$(completed "$shell" "brig --root $ROOT kill a")" = alpha ]
		[ "$(completed "$shell" "brig --roo")" = "$(printf -- '--root\n--rootless')" ]
	done
}
@test "as runc it calls itself so in errors" {
	ln -s "$BRIG" "$T/runc"
	conf '.process.terminal=true'
	capture "$T/runc" --root "$ROOT" create -b "$B" c
	[ "$rc" = 1 ] && [[ $err == *"runc create failed: "* && $err == *"cannot allocate tty if runc will detach without setting console socket"* ]] || fail "text"
}
@test "features: JSON with the keys that engines read, and nothing else" {
	capture "$BRIG" features
	[ "$rc" = 0 ] && [ -z "$err" ]
	[ "$(jq --indent 4 . <<<"$out")" = "$out" ]
	[ "$(jq -r .ociVersionMin <<<"$out")" = 1.0.0 ]
	[ "$(jq -c .hooks <<<"$out")" = '["prestart","createRuntime","createContainer","startContainer","poststart","poststop"]' ]
	[ "$(jq '.mountOptions|index("rro") != null and index("tmpcopyup") != null and index("nosymfollow") != null' <<<"$out")" = true ]
	[ "$(jq -c '.linux.namespaces|sort' <<<"$out")" = '["cgroup","ipc","mount","network","pid","time","user","uts"]' ]
	[ "$(jq '.linux.mountExtensions.idmap.enabled and .linux.seccomp.enabled' <<<"$out")" = true ]
	[ "$(jq '(.linux.seccomp|has("actions") and has("operators") and has("archs") and has("knownFlags") and has("supportedFlags")) and (.linux.capabilities|length > 40)' <<<"$out")" = true ]
	[ "$(jq '.linux|has("cgroup") and has("apparmor") and has("selinux") and has("intelRdt") and has("netDevices")' <<<"$out")" = true ]
}
@test "spec: a document that runs, tabs, mode by umask; refuses to overwrite" {
	mkdir "$T/s" && cd "$T/s"
	capture "$BRIG" spec
	[ "$rc" = 0 ] && [ -z "$out$err" ]
	[ "$(jq --tab . config.json)" = "$(<config.json)" ]
	[ "$(jq -c '[.process.terminal,.process.args,.root.readonly,.process.noNewPrivileges]' config.json)" = '[true,["sh"],true,true]' ]
	cp config.json before
	capture "$BRIG" spec
	[ "$rc" = 1 ] && [[ $err == *"File config.json exists. Remove it first"* ]] && cmp before config.json
	capture "$BRIG" spec --rootless -b "$T"
	[ "$(jq -c '[.linux.namespaces[].type]|sort' "$T/config.json")" = '["cgroup","ipc","mount","pid","user","uts"]' ]
	[ "$(jq -c '[.linux.uidMappings,.linux.resources]' "$T/config.json")" = '[[{"containerID":0,"hostID":0,"size":1}],null]' ]
}
@test "explain: changes nothing, needs no privilege" {
	capture setpriv --reuid 65533 --regid 65533 --clear-groups "$BRIG" explain -b "$FILE_T" x
	jq '.linux.namespaces+=[{type:"user"}]|.linux.uidMappings=[{containerID:0,hostID:65533,size:1}]|.linux.gidMappings=.linux.uidMappings|del(.linux.resources,.linux.cgroupsPath)|.process.terminal=false|.linux.namespaces|=map(select(.type!="network"))|.mounts|=map(if .destination=="/sys" then {destination:"/sys",type:"none",source:"/sys",options:["rbind","ro"]} else . end)' "$B/config.json" >"$T/n" && mv "$T/n" "$B/config.json"
	capture setpriv --reuid 65533 --regid 65533 --clear-groups "$BRIG" explain -b "$B" x
	[ "$rc" = 0 ] && [[ $out == *exec* ]] || fail "explain"
	[ ! -e "$ROOT" ]
}
@test "explain: of a checkpoint and of a restore, with their options" {
	local facts=$BATS_TEST_DIRNAME/../plan/facts/privileged.json
	capture brig explain -b "$B" --of checkpoint --facts "$facts" --image-path images --leave-running --file-locks c
	[ "$rc" = 0 ] && lines "~host dir-open +$PWD/images make writes" "~host criu-dump .*file_locks=1 .*leave_running=1 .*freeze_cgroup=/sys/fs/cgroup$CG/c " "!~clone"
	capture brig explain -b "$B" --of restore --facts "$facts" --image-path images --lazy-pages --format json c
	[ "$rc" = 0 ] && [ "$(jq -r '[.[].op | select(startswith("criu"))] | join(" ")' <<<"$out")" = "criu-restore criu-finish criu-resume" ]
	[[ $out == *lazy_pages=1* ]]
	capture brig explain -b "$B" --of checkpoint --lazy-pages c
	[ "$rc" = 1 ] && [[ $err == *'--lazy-pages needs --page-server'* ]]
	capture brig explain -b "$B" --of delete c
	[ "$rc" = 1 ] && [[ $err == *'--of delete: not create, checkpoint or restore'* ]]
	[ ! -e "$ROOT" ]
}

@test "log: text on standard error, one record" {
	capture brig state nobody
	[[ $err =~ ^time=\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\"\ level=error\ msg=\" ]] && [ "$(wc -l <"$T/stderr")" = 1 ]
}
@test "log: JSON record with level, msg and an RFC3339 time" {
	capture brig --log-format json state nobody
	[ "$(jq -r .level "$T/stderr")" = error ] && [[ $(jq -r .msg "$T/stderr") == *"does not exist"* ]]
	[[ $(jq -r .time "$T/stderr") =~ ^[0-9-]{10}T[0-9:]{8}Z$ ]]
}
@test "log: with --log the record goes to the file, appended, and the plain message to standard error" {
	capture brig --log "$T/log" --log-format json state nobody
	capture brig --log "$T/log" --log-format json state nobody
	[ "$(wc -l <"$T/log")" = 2 ] && [ "$(jq -rs '.[1].msg' "$T/log")" = "$err" ] && [ "$(stat -c %a "$T/log")" = 644 ] || fail "log"
}
@test "log: prefixes of create and run" {
	conf '.process.args=["/missing"]'
	capture brig --log "$T/log" create -b "$B" c
	[[ $err == "brig create failed: unable to start container process: "*"no such file or directory" ]] || fail "create"
	capture brig --log "$T/log" run -b "$B" c
	[[ $err == "brig run failed: unable to start container process: "* ]]
}
@test "log: hints are fields of the record and never in the message (compatibility 1.14)" {
	conf '.process.args=["missing"]'
	capture brig --log "$T/log" --log-format json create -b "$B" c
	[ "$(jq -r 'has("hint")' "$T/log")" = true ] && [[ $(jq -r .msg "$T/log") != *"$(jq -r .hint "$T/log")"* ]]
}
@test "log: an unknown format, a file that cannot be opened, a symlink" {
	capture brig --log-format xml list
	[ "$rc" = 1 ] && [[ $err == *"invalid log-format"* ]]
	capture brig --log "$T/no/dir" list
	[ "$rc" = 1 ]
	ln -s "$T/target" "$T/link"
	capture brig --log "$T/link" list
	[ "$rc" = 1 ] && [ ! -e "$T/target" ]
}
@test "log: control characters of a name reach neither terminal nor record" {
	capture brig --log-format json state $'a\x1b[31m'
	[ "$rc" = 1 ] && jq . "$T/stderr" >/dev/null && ! grep -q $'\x1b' "$T/stderr"
}
@test "success prints nothing: create, start, kill, delete" {
	program sleep 10000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1 && brig start c >>"$T/o" 2>&1 && brig kill c KILL >>"$T/o" 2>&1
	wait_until status_is c stopped
	brig delete c >>"$T/o" 2>&1
	[ ! -s "$T/o" ]
}
