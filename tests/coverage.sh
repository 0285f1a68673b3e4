#!/bin/sh
# Line coverage of each file by the unit and golden tests, as gcov counts it:
#   tests/coverage.sh [ROOM...]      rooms to show; all by default
# Builds into build/coverage. The pure rooms (json, spec, plan) are to stay at 95 % or more.
set -eu
cd "$(dirname "$0")/.."
./bootstrap configure >/dev/null
mkdir -p build/coverage
[ -f build/coverage/config.status ] || (cd build/coverage && ../../configure --disable-integration-tests CFLAGS='-O0 -g --coverage' >configure.log)
find build/coverage -name '*.gcda' -delete
make -C build/coverage -j2 >build/coverage-build.log
make -C build/coverage -j2 check >build/coverage-check.log 2>&1 || echo "some tests failed: build/coverage-check.log" >&2
cd build/coverage
for room in ${*:-base json spec plan sys fs wire state probe}; do
	for data in $(find "libcontainer/$room" -name '*.gcda' | grep -v libsys_fault); do
		gcov -n -o "$(dirname "$data")" "$data" 2>/dev/null
	done | awk -v room="libcontainer/$room/" '
		/^File/ { file = $2; gsub(/\047/, "", file); sub(/.*libcontainer\//, "libcontainer/", file) }
		/^Lines executed/ && index(file, room) == 1 && file ~ /\.c$/ {
			split($0, part, /[:% ]+/); percent = part[3]; n = $NF
			if (!(file in lines) || percent > best[file]) { best[file] = percent; lines[file] = n }
		}
		END { for (f in lines) { printf "%6.2f %% of %4d  %s\n", best[f], lines[f], f; done += best[f] * lines[f] / 100; all += lines[f] }
		      if (all) printf "%6.2f %% of %4d  %s (all)\n", 100 * done / all, all, room }' | sort -k5
done
