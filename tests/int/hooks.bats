#!/usr/bin/env bats
# config.json → hooks: order, state, environment, descriptors, limits in time, failures
load helpers

HOOK() { # a hook of the guest that writes a line NAME to our log (host) or to /hook.log (container)
	echo "{path:\"$FILE_T/guest\",args:[\"guest\",\"hook\",\"$T/hooks\",\"$1\"${2:+,\"$2\"}]${3:+,$3}}"
}
INSIDE() { echo "{path:\"/guest\",args:[\"guest\",\"hook\",\"/hook.log\",\"$1\"${2:+,\"$2\"}]${3:+,$3}}"; }
log() { cut -f1 "$T/hooks" | tr '\n' ' '; }
field() { grep "^$1	" "$2" | tail -1 | cut -f"$3"; }	# NAME FILE COLUMN: 2 descriptors, 3 $HOOK, 4 cwd, 5 state

@test "order: all six kinds, each list as written" {
	conf ".hooks={poststop:[$(HOOK stop1),$(HOOK stop2)],poststart:[$(HOOK poststart)],startContainer:[$(INSIDE inside)],createContainer:[$(HOOK cc1),$(HOOK cc2)],createRuntime:[$(HOOK cr1),$(HOOK cr2)],prestart:[$(HOOK pre1),$(HOOK pre2)]}"
	program sleep 20000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	[ "$(log)" = 'pre1 pre2 cr1 cr2 cc1 cc2 ' ]
	[ ! -e "$R/hook.log" ]
	brig start c
	wait_until test -e "$R/hook.log"
	wait_until grep -q poststart "$T/hooks"
	[ "$(log)" = 'pre1 pre2 cr1 cr2 cc1 cc2 poststart ' ]
	brig delete --force c
	[ "$(log)" = 'pre1 pre2 cr1 cr2 cc1 cc2 poststart stop1 stop2 ' ]
}
@test "state on standard input: id, status, pid, bundle, annotations" {
	local pid
	conf ".annotations={\"a.b\":\"c\"}|.hooks={poststop:[$(HOOK stop)],poststart:[$(HOOK poststart)],startContainer:[$(INSIDE inside)],createContainer:[$(HOOK cc)],createRuntime:[$(HOOK cr)],prestart:[$(HOOK pre)]}"
	program sleep 20000
	brig create -b "$B" --pid-file "$T/pid" c </dev/null >/dev/null 2>&1
	pid=$(<"$T/pid")
	for hook in pre:creating:$pid cr:creating:$pid; do
		[ "$(field "${hook%%:*}" "$T/hooks" 5 | jq -r '"\(.status):\(.pid) \(.id) \(.bundle) \(.annotations["a.b"])"')" = "${hook#*:} c $B c" ] || { cat "$T/hooks"; return 1; }
	done
	[ "$(field cc "$T/hooks" 5 | jq -r '"\(.status) \(.pid)"')" = 'creating 1' ] || { cat "$T/hooks"; return 1; }
	[[ $(field pre "$T/hooks" 5 | jq -r .ociVersion) =~ ^1\. ]]
	brig start c
	wait_until grep -q . "$R/hook.log"
	[ "$(field inside "$R/hook.log" 5 | jq -r '"\(.status) \(.pid)"')" = 'created 1' ]
	wait_until grep -q poststart "$T/hooks"
	[ "$(field poststart "$T/hooks" 5 | jq -r '"\(.status) \(.pid)"')" = "running $pid" ]
	brig delete --force c
	[ "$(field stop "$T/hooks" 5 | jq -r '"\(.status) \(.pid)"')" = 'stopped 0' ] || { cat "$T/hooks"; return 1; }
}
@test "descriptors: 0, 1, 2 and no other" {
	conf ".hooks={poststop:[$(HOOK stop)],poststart:[$(HOOK poststart)],startContainer:[$(INSIDE inside)],createContainer:[$(HOOK cc)],createRuntime:[$(HOOK cr)],prestart:[$(HOOK pre)]}"
	program exit 0
	capture bash -c 'exec 7</; exec "$@"' bash timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c
	[ "$rc" = 0 ] || fail "it did not end well"
	for hook in pre cr cc poststart stop; do [ "$(field $hook "$T/hooks" 2 | tr , '\n' | sort | tr '\n' ,)" = 0,1,2, ] || { cat "$T/hooks"; return 1; }; done
	[ "$(field inside "$R/hook.log" 2 | tr , '\n' | sort | tr '\n' ,)" = 0,1,2, ]
}
@test "environment: exactly what is given, nothing when absent" {
	conf ".hooks={createRuntime:[$(HOOK given '' 'env:["HOOK=yes"]'),$(HOOK none)]}"
	program exit 0
	HOOK=of-the-caller capture brig run -b "$B" c
	[ "$rc" = 0 ] && [ "$(field given "$T/hooks" 3)" = yes ] && [ "$(field none "$T/hooks" 3)" = - ] || { cat "$T/hooks"; fail "environment"; }
}
@test "arguments: argv[0] is the path when none are given" {
	printf '#!/bin/sh\necho "$0 $#" >%s\n' "$T/said" >"$T/hook.sh" && chmod +x "$T/hook.sh"
	conf '.hooks={createRuntime:[{path:"\($T)/hook.sh"}]}' && program exit 0
	capture brig run -b "$B" c
	[ "$(<"$T/said")" = "$T/hook.sh 0" ]
}
@test "place: createContainer runs in the container's namespaces, with the host's path and the root as its directory" {
	printf '#!/bin/sh\nreadlink /proc/self/ns/mnt >%s; readlink /proc/self/ns/uts >>%s; pwd >>%s; test -e %s && echo host >>%s\n' "$T/said" "$T/said" "$T/said" "$T/hook.sh" "$T/said" >"$T/hook.sh" && chmod +x "$T/hook.sh"
	conf '.hooks={createContainer:[{path:"\($T)/hook.sh"}]}' && program exit 0
	capture brig run -b "$B" c
	[ "$rc" = 0 ] || fail "it did not end well"
	[ "$(sed -n 1p "$T/said")" != "$(readlink /proc/self/ns/mnt)" ] && [ "$(sed -n 2p "$T/said")" != "$(readlink /proc/self/ns/uts)" ]
	[ "$(sed -n 4p "$T/said")" = host ]
}
@test "place: prestart and createRuntime run in the caller's namespaces" {
	printf '#!/bin/sh\nreadlink /proc/self/ns/mnt >>%s\n' "$T/said" >"$T/hook.sh" && chmod +x "$T/hook.sh"
	conf '.hooks={prestart:[{path:"\($T)/hook.sh"}],createRuntime:[{path:"\($T)/hook.sh"}]}' && program exit 0
	capture brig run -b "$B" c
	[ "$(sort -u "$T/said")" = "$(readlink /proc/self/ns/mnt)" ] && [ "$(wc -l <"$T/said")" = 2 ]
}
@test "the namespaces can be entered from a prestart hook by the pid in the state" {
	printf '#!/bin/sh\npid=$(jq .pid) && readlink /proc/$pid/ns/net >%s\n' "$T/said" >"$T/hook.sh" && chmod +x "$T/hook.sh"
	conf '.hooks={prestart:[{path:"\($T)/hook.sh",env:["PATH=/usr/bin:/bin"]}]}' && program report ns
	capture brig run -b "$B" c
	lines "ns.net=$(<"$T/said")"
}
@test "time limit: a hook that takes too long is an error, and killed" {
	conf ".hooks={createRuntime:[$(HOOK slow 100 timeout:1)]}" && program exit 0
	refused '#0' 'hook ran past specified timeout of 1.0s' || refused '#1' 'timeout'
}
@test "time limit: 0 is refused" { refuse ".hooks={createRuntime:[$(HOOK x '' timeout:0)]}" /hooks/createRuntime/0; }
@test "a relative path is refused" { refuse '.hooks={createRuntime:[{path:"hook"}]}' /hooks/createRuntime/0/path; }
@test "failure: prestart, createRuntime, createContainer end the creation, and poststop runs" {
	local kind
	for kind in prestart createRuntime createContainer; do
		rm -f "$T/hooks"
		conf ".hooks={$kind:[$(HOOK bad fail),$(HOOK never)],poststop:[$(HOOK stop)]}" && program exit 0
		refused "error running $kind hook #0: " 'told to fail' || return 1
		[ "$(log)" = 'bad stop ' ] || { cat "$T/hooks"; return 1; }
	done
}
@test "failure: a missing hook names its path" { refuse '.hooks={createRuntime:[{path:"/missing/hook"}]}' /missing/hook 'no such file or directory'; }
@test "failure: startContainer ends the start, the container stops, the program never runs" {
	conf ".hooks={startContainer:[$(INSIDE bad fail)]}" && program put /ran yes
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	capture brig start c
	[ "$rc" = 1 ] && [[ $err == *startContainer* ]] || fail "start did not tell"
	wait_until status_is c stopped
	[ ! -e "$R/ran" ]
}
@test "failure: poststart ends the container" {
	conf ".hooks={poststart:[$(HOOK bad fail)]}" && program sleep 100000
	brig create -b "$B" c </dev/null >/dev/null 2>&1
	capture brig start c
	[ "$rc" = 1 ] && [[ $err == *poststart* ]] || fail "start did not tell"
	wait_until bash -c "! '$BRIG' --root '$ROOT' state c 2>/dev/null | grep -q running"
}
@test "failure: poststop is a warning, and the next one runs" {
	conf ".hooks={poststop:[$(HOOK bad fail),$(HOOK next)]}" && program exit 5
	capture brig run -b "$B" c
	[ "$rc" = 5 ] && [ "$(log)" = 'bad next ' ] || fail "poststop"
	[ ! -e "$ROOT/c" ]
}
