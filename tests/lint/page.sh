#!/bin/sh
# The page is what is done: each line of plan/create.c, in its order, against the order that `explain` prints for the demonstration bundle; and that
# print-out is a page, not a book.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..

# A line of the page, and a kind of act that it adds to the demonstration's plan.
cat >"$tmp/lines" <<'END'
add_state_reserve state-reserve
add_sources tree-open
add_seccomp_compile seccomp-compile
add_cgroup cgroup-make
add_clone clone
add_unit_settle -
add_id_map -
add_host_settings affinity
add_become_root undumpable
add_network loopback
add_root root-attach
add_mounts fs-make
add_notify -
add_devices device-node
add_identity hostname
add_console -
add_hooks -
add_hooks -
add_hooks -
add_pivot pivot
add_masks root-readonly
add_session session
add_close_fds fds-cloexec
add_drop caps-bound
add_pidfd_send -
add_attest attest
add_state_created state-created
add_wait_start wait-start
add_hooks -
add_seccomp_last seccomp-load
add_exec exec
END
grep -oE '(TRY|return) ?\(?add_[a-z_]+' "$root/libcontainer/plan/create.c" | grep -o 'add_[a-z_]*' >"$tmp/page"
cut -d' ' -f1 "$tmp/lines" | diff - "$tmp/page" | check "this test knows every line of plan/create.c, in order"

mkdir "$tmp/bundle"
cp "$root/demo/config.json" "$tmp/bundle/"
"$top_builddir/brig" explain --bundle "$tmp/bundle" --facts "$root/tests/plan/facts/privileged.json" >"$tmp/plan" 2>"$tmp/error"
[ -s "$tmp/plan" ] || echo "no plan: $(cat "$tmp/error")" | check "the demonstration is planned"
# init's first act is the one that a line stands for; the host's is before the clone
awk '{ print ($2 == "host" && $3 == "undumpable") ? "host-undumpable" : $3 }' "$tmp/plan" >"$tmp/kinds"
last=0
while read -r line kind; do
	[ "$kind" = - ] && continue
	at=$(grep -nx -- "$kind" "$tmp/kinds" | head -n 1 | cut -d: -f1)
	if [ -z "$at" ]; then
		echo "$line: no $kind in the plan"
	elif [ "$at" -le "$last" ]; then
		echo "$line: $kind is printed as act $at, before the line above (act $last)"
	else
		last=$at
	fi
done <"$tmp/lines" | check "explain prints the acts in the order of plan/create.c"
awk 'END { if (NR > 100 || NR < 50) print NR " lines" }' "$tmp/plan" | check "the demonstration's plan is a page: at most 100 lines"
awk '!/  <- ./' "$tmp/plan" | check "every line says why"
finish
