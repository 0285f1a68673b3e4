#!/usr/bin/env bats
# AppArmor profiles: in force after execve, for create and exec; where the module is active (the guests of tests/vm)
load helpers

setup_more() {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] && command -v apparmor_parser >/dev/null || return 0
	PROFILE=brig-test-$$
	export PROFILE
	printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n file,\n network,\n capability,\n signal,\n ptrace,\n mount,\n umount,\n pivot_root,\n deny /etc/secret rwl,\n}\n' "$PROFILE" >"$FILE_T/profile"
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
