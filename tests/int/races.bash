# shellcheck shell=bash disable=SC2154
# Labels while somebody exchanges the container's /proc for something else (CVE-2019-16884, CVE-2019-19921, CVE-2025-52881).

# A process that exchanges $R/proc, as another container with the same volume could, until it is killed: a folder, a link to a forged procfs, nothing.
race_proc() {
	mkdir -p "$R"/forged/{self,thread-self}/attr/apparmor
	: >"$R/forged/self/attr/exec"
	touch "$R"/forged/{self,thread-self}/attr/{exec,keycreate,current,apparmor/exec}
	python3 - "$R" 3>&- >/dev/null 2>&1 <<-'P' &
	import os, random, sys, time
	os.chdir(sys.argv[1])
	while True:
	    for act in (lambda: os.rename('proc', 'real'), lambda: os.symlink('forged', 'proc'), lambda: os.unlink('proc'), lambda: os.rename('real', 'proc')):
	        try:
	            act()
	        except OSError:     # brig has made a folder of that name
	            pass
	        time.sleep(random.random() * .003)
	P
	racer=$!
}

# race_labels LABEL: creates, one after the other, in the race. Each is refused, or its program has the label.
race_labels() {
	local i label made=0
	race_proc
	for ((i = 0; i < ${RACES:-12}; i++)); do
		capture brig create -b "$B" race
		if [ "$rc" = 0 ]; then
			brig start race || { kill $racer; return 1; }
			wait_until started race || { kill $racer; return 1; }
			label=$(tr -d '\0' <"/proc/$(pid_of race)/attr/current")
			brig delete --force race
			[ "$label" = "$1" ] || { kill $racer; fail "the label is $label"; return 1; }
			made=$((made + 1))
		else
			[ ! -e "$ROOT/race" ] || { kill $racer; fail "a state directory is left"; return 1; }
		fi
	done
	kill $racer
	wait $racer || true
	[ -z "$(find "$R/forged" -type f -size +0)" ] || fail "a forged file was written to"
	echo "# $made of $i were made"
	[ "$made" -gt 0 ] || fail "none was made"
}
started() { [ "$(tr '\0' ' ' <"/proc/$(pid_of "$1")/cmdline" | cut -c1-6)" = /guest ]; }
