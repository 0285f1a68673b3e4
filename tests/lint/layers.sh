#!/bin/sh
# Who may include whom (docs/ARCHITECTURE.md, rooms and layers): a folder sees only what lies below it, and no effect room sees another.
. "$(dirname "$0")/lib.sh"

allowed() {
	case $1 in
	base) echo ;;
	json) echo base ;;
	spec) echo base json ;;
	plan) echo base json spec ;;
	sys) echo base ;;
	fs) echo base sys ;;
	wire) echo base spec plan sys ;;
	probe) echo base spec sys fs ;;
	state) echo base json sys fs ;;
	host) echo base spec plan sys fs wire state ;;
	join) echo base plan sys fs wire ;;
	init) echo base spec plan sys fs wire ;;
	sealed) echo base sys wire join init ;;
	life) echo base json spec plan sys fs wire probe host state ;;
	esac
}

# A name in quotes is one of ours; its folder is the first component. What is private to a folder is private.
includes() { grep -hE '^#[[:space:]]*include "' "$@" | sed -E 's/^[^"]*"([^"]*)".*/\1/'; }

cd "$top_srcdir/libcontainer" || exit 1
for room in $rooms; do
	for file in "$room"/*.[ch]; do
		includes "$file" | while read -r header; do
			from=${header%%/*}
			case " $room $(allowed "$room") " in
			*" $from "*) ;;
			*) echo "$file includes $header" ;;
			esac
			case $header in
			spec/decode.h | plan/build.h | init/acts.h | host/acts.h | life/life.h | json/utf8.h)
				[ "$from" = "$room" ] || echo "$file includes the private $header" ;;
			esac
		done
	done | check "$room includes only what lies below it"
done
includes container.c container_criu.c container_view.c | while read -r header; do
	case $header in
	container_private.h | base/* | fs/* | spec/* | plan/* | probe/* | state/* | sys/* | life/*) ;;
	*) echo "container includes $header" ;;
	esac
done | check "the public interface reaches rooms through life/ only"
grep -nE '^#[[:space:]]*include "' container.h | check "container.h stands alone"
cd "$top_srcdir" || exit 1
for file in src/*.[ch]; do
	includes "$file" | while read -r header; do
		[ "$header" = container.h ] || [ -f "src/$header" ] || echo "$file includes $header"
	done
done | check "src includes container.h and its own headers only"
grep -rn 'yajl/' libcontainer src --include='*.[ch]' | grep -v '^libcontainer/json/' | check "yajl is known to json only"
grep -rnE 'syscall\(' libcontainer src --include='*.[ch]' | grep -v '^libcontainer/sys/' | check "syscall(2) is written in sys only"
finish
