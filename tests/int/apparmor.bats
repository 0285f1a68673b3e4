#!/usr/bin/env bats
# AppArmor profiles: in force after execve, for create and exec; where the module is active (the guests of tests/vm)
load helpers
load criu
load races.bash

criu=$(declare -f setup_more)
eval "setup_criu${criu#setup_more}"
setup_more() {
	setup_criu
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && command -v apparmor_parser >/dev/null || return 0
	PROFILE=brig-test-$$ PARENT=brig-parent-$$
	export PROFILE PARENT
	printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n file,\n network,\n capability,\n signal,\n ptrace,\n mount,\n umount,\n pivot_root,\n deny /etc/secret rwl,\n}\n' "$PROFILE" >"$FILE_T/profile"
	printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n file,\n network,\n capability,\n signal,\n ptrace,\n unix,\n mount,\n umount,\n pivot_root,\n change_profile,\n deny /**/hidden rwl,\n}\n' "$PARENT" >>"$FILE_T/profile"
	apparmor_parser -r -W -T "$FILE_T/profile"
}
teardown_file() {
	[ -z "${PROFILE:-}" ] || apparmor_parser -R "$FILE_T/profile" || true
	rm -rf --one-file-system "$FILE_T"
}
plain=$(declare -f setup)
eval "setup_plain${plain#setup}"
setup() {
	[ -n "${PROFILE:-}" ] || skip "AppArmor is not active here, or apparmor_parser is missing"
	setup_plain
	echo secret >"$R/etc/secret"
}
P() { echo ".process.apparmorProfile=\"$PROFILE\""; }

@test "create: the profile is in force, and denies" {
	want "$(P)" 'cat /proc/self/attr/current , read /etc/secret /etc/passwd' "cat./proc/self/attr/current=$PROFILE (enforce)" read./etc/secret=EACCES
}
@test "without one there is none" { want . 'cat /proc/self/attr/current , read /etc/secret' 'cat./proc/self/attr/current=unconfined' '!read./etc/secret=EACCES'; }
@test "unconfined is a profile too" { want '.process.apparmorProfile="unconfined"' 'cat /proc/self/attr/current' 'cat./proc/self/attr/current=unconfined'; }
@test "without no_new_privs" { want "$(P)|.process.noNewPrivileges=false" 'cat /proc/self/attr/current , read /etc/secret' "cat./proc/self/attr/current=$PROFILE (enforce)" read./etc/secret=EACCES; }
@test "in a user namespace" { chmod 755 "$R"; want "userns|$(P)" 'cat /proc/self/attr/current , read /etc/secret' "cat./proc/self/attr/current=$PROFILE (enforce)" read./etc/secret=EACCES; }
@test "exec: as the container, or as it is told" {
	conf "$(P)" && program sleep 100000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
	capture brig exec c /guest cat /proc/self/attr/current , read /etc/secret
	[ "$rc" = 0 ] || fail exec
	lines "cat./proc/self/attr/current=$PROFILE (enforce)" read./etc/secret=EACCES
	capture brig exec --apparmor unconfined c /guest cat /proc/self/attr/current
	lines 'cat./proc/self/attr/current=unconfined'
	grep -q "^$PROFILE (enforce)" "/proc/$(pid_of c)/attr/current"
}
@test "exec: a profile for a container without one" {
	program sleep 100000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
	capture brig exec --apparmor "$PROFILE" c /guest cat /proc/self/attr/current , read /etc/secret
	lines "cat./proc/self/attr/current=$PROFILE (enforce)" read./etc/secret=EACCES
}
@test "a profile that is not loaded is an error that names it" { refuse '.process.apparmorProfile="brig-nothing"' brig-nothing; }

# confined COMMAND...: by a process that has the profile $PARENT
confined() { bash -c 'echo "exec $0" >/proc/self/attr/exec && exec "$@"' "$PARENT" "$@"; }
# confined_run FILTER WORDS
confined_run() {
	conf "$1 | .process.args = [\"/guest\"] + \$ARGS.positional" --args -- ${2:+$2} || return 1
	echo hidden >"$R/etc/hidden"
	capture confined timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c
	[ "$rc" = 0 ] && [ -z "$err" ] || fail "the container did not end well"
}
@test "inside a confined parent: with no_new_privs the profile comes on top of the parent's, and both deny" {
	confined_run "$(P)" 'cat /proc/self/attr/current , read /etc/secret /etc/hidden /etc/passwd'
	lines "~^cat./proc/self/attr/current=($PARENT//&$PROFILE|$PROFILE//&$PARENT) \(enforce\)" read./etc/secret=EACCES read./etc/hidden=EACCES '~^read./etc/passwd=ok'
}
@test "inside a confined parent: without no_new_privs the profile takes the place of the parent's" {
	confined_run "$(P)|.process.noNewPrivileges=false" 'cat /proc/self/attr/current , read /etc/secret /etc/hidden'
	lines "cat./proc/self/attr/current=$PROFILE (enforce)" read./etc/secret=EACCES '~^read./etc/hidden=ok'
}
@test "inside a confined parent: without a profile the parent's stays" {
	confined_run . 'cat /proc/self/attr/current , read /etc/hidden'
	lines "cat./proc/self/attr/current=$PARENT (enforce)" read./etc/hidden=EACCES
}
@test "inside a confined parent: exec" {
	conf "$(P)" && program sleep 100000
	echo hidden >"$R/etc/hidden"
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
	capture confined timeout -s KILL 60 "$BRIG" --root "$ROOT" exec c /guest cat /proc/self/attr/current , read /etc/secret /etc/hidden
	[ "$rc" = 0 ] || fail exec
	lines "~^cat./proc/self/attr/current=($PARENT//&$PROFILE|$PROFILE//&$PARENT) \(enforce\)" read./etc/secret=EACCES read./etc/hidden=EACCES
}
@test "inside a confined parent: one that may not change profiles ends the container" {
	sed "s/$PARENT/$PARENT-strict/; s/^ change_profile,//; /profile $PROFILE /,/^}/d" "$FILE_T/profile" >"$T/strict"
	apparmor_parser -r -W -T "$T/strict"
	conf "$(P)"
	PARENT=$PARENT-strict capture confined timeout -s KILL 60 "$BRIG" --root "$ROOT" run -b "$B" c
	apparmor_parser -R "$T/strict"
	[ "$rc" = 1 ] && [[ $err == *"apply apparmor profile $PROFILE"* ]] || fail "it was not refused"
}
@test "restore: the profile of the configuration, or --lsm-profile, and no other" {
	needs_criu
	has_profile() { grep -q "^$2" "/proc/$(pid_of "$1")/attr/current"; }
	counting "$(P)"
	dump; ok
	restore --lsm-profile apparmor:unconfined r; ok; goes_on
	has_profile r unconfined
	brig delete --force r
	restore c; ok; goes_on
	has_profile c "$PROFILE (enforce)"
	dump; ok
	echo 'lsm-profile apparmor:unconfined' >"$T/criu.conf"	# what the file says goes before what brig says
	jq --arg file "$T/criu.conf" '.annotations["org.criu.config"] = $file' "$B/config.json" >"$T/c" && mv "$T/c" "$B/config.json"
	not_restored 'verified restore: label is not what was asked for' unconfined
}
@test "the label is right whatever happens to /proc meanwhile" { conf "$(P)" && program sleep 100000; race_labels "$PROFILE (enforce)"; }
@test "exec: the container has something else at /proc (CVE-2015-1334)" {
	conf "$(P)|caps([\"CAP_SYS_ADMIN\"])" && program mount tmpfs /proc , create /tmp/done , sleep 100000
	brig create -b "$B" c </dev/null >"$T/o" 2>&1
	brig start c
	wait_until test -e "$R/tmp/done"
	brig exec --detach --pid-file "$T/pid" c /guest sleep 100000 </dev/null >"$T/o" 2>&1
	grep -q "^$PROFILE (enforce)" "/proc/$(<"$T/pid")/attr/current"
}
