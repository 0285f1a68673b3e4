#!/usr/bin/env bats
# The container cannot reach the runtime's binary, memory or descriptors (CVE-2019-5736, CVE-2016-9962)
load helpers

hold() { brig create -b "$B" c </dev/null >"$T/o" 2>&1 || { cat "$T/o"; return 1; }; }

@test "init before start is a sealed memfd, not the file on disk" {
	program exit 0
	hold
	local pid
	pid=$(pid_of c)
	[[ $(readlink "/proc/$pid/exe") == /memfd:* ]]
	[ "$(/usr/bin/python3 -c 'import fcntl,sys; f = open(sys.argv[1], "rb"); print(fcntl.fcntl(f, 1034))' "/proc/$pid/exe")" = 15 ]
	run ! bash -c "echo x >>/proc/$pid/exe"
}
@test "init before start is not dumpable: its files in /proc belong to root" {
	conf '.process.user={uid:1000,gid:1000}' && program exit 0
	hold
	local pid
	pid=$(pid_of c)
	[ "$(stat -c %u "/proc/$pid/environ")" = 0 ]
	[ "$(awk '/^Uid:/ { print $2 }' "/proc/$pid/status")" = 1000 ]
	run ! setpriv --reuid 1000 --regid 1000 --clear-groups readlink "/proc/$pid/exe"
	run ! setpriv --reuid 1000 --regid 1000 --clear-groups ls "/proc/$pid/fd"
	run ! setpriv --reuid 1000 --regid 1000 --clear-groups cat "/proc/$pid/environ"
}
@test "init before start: no descriptor of the host's file system but the way to start" {
	program exit 0
	hold
	local pid fd forbidden
	pid=$(pid_of c)
	forbidden=$(stat -Lc %d:%i / /proc /sys "$B" "$ROOT" "$ROOT/c" "$T" "$CGROOT" "$CGROOT$CG" "$CGROOT$CG/c" /work 2>/dev/null || true)
	for fd in "/proc/$pid/fd"/*; do
		! grep -Fxq "$(stat -Lc %d:%i "$fd")" <<<"$forbidden" || { ls -l "/proc/$pid/fd"; echo "$fd leads out"; return 1; }
	done
}
@test "the binary on disk is the same after a hostile image" {
	local before
	before=$(sha256sum <"$BRIG"; stat -c '%i %s %Y' "$BRIG")
	printf '#!/proc/self/exe\n' >"$R/evil" && chmod +x "$R/evil"
	conf '.process.args=["/evil"]'
	capture brig run -b "$B" c
	[ "$rc" != 0 ]
	conf '.process.args=["/proc/self/exe","report"]'
	capture brig run -b "$B" c
	want '' 'open-self-for-write' '~^open-self.exe=(ETXTBSY|ok)'
	[ "$(sha256sum <"$BRIG"; stat -c '%i %s %Y' "$BRIG")" = "$before" ]
}
@test "a script whose interpreter is the runtime's binary gets an error and no privilege" {
	printf '#!/proc/1/exe\n' >"$R/evil" && chmod +x "$R/evil"
	conf '.process.args=["/evil"]'
	capture brig run -b "$B" c
	[ "$rc" != 0 ] && [ "$rc" != 137 ] || fail "it ran, or hung"
}
@test "no mount of the self-protection is seen on the host or inside" { want '' 'report mounts' '!~memfd' '!~/brig( |$)'; ! grep -q memfd /proc/self/mountinfo; }
