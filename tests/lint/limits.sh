#!/bin/sh
# Size. The soft limits (file 500, function 60, parameters 5, nesting 3) are printed as remarks: look there first. The hard ones fail.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir" || exit 1
find libcontainer src -name '*.[ch]' | sort >"$tmp/files"
files=$(cat "$tmp/files")
# Kernel style: a function's body begins with { and ends with } in the first column. A body of tables only is no function.
xargs awk '
	FNR == 1 { if (file) print "file", lines, file; file = FILENAME; lines = 0; inside = 0 }
	{ lines++ }
	/^[a-zA-Z_].*\(/ && !/;[[:space:]]*(\/\*.*)?$/ && !/=/ { head = $0; start = FNR }
	/^\{/ && head != "" {
		inside = 1; begin = FNR; deep = 0
		name = head; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
		args = head; sub(/^[^(]*\(/, "", args); n = gsub(/,/, ",", args) + 1
		if (args ~ /\*\)\(/) n = 0
		print "args", n, FILENAME ":" start " " name
	}
	inside { match($0, /^\t*/); if (RLENGTH > deep && $0 !~ /^\t*(case|default|\/?\*)/) deep = RLENGTH }
	/^\}/ && inside { print "lines", FNR - begin + 1, FILENAME ":" begin " " name; print "nest", deep - 1, FILENAME ":" begin " " name; inside = 0; head = "" }
	END { print "file", lines, file }' <"$tmp/files" >"$tmp/measured"
limit() { # WHAT SOFT HARD words
	awk -v w="$1" -v s="$2" '$1 == w && $2 > s { print "# beyond the soft limit: " $2 " " w ": " $3 " " $4 }' "$tmp/measured"
	awk -v w="$1" -v h="$3" '$1 == w && $2 > h { print $2 " " w ": " $3 " " $4 }' "$tmp/measured" | check "$4"
}
limit file 500 600 "no file has more than 600 lines"
limit lines 60 90 "no function has more than 90 lines"
limit args 5 9 "no function has more than 9 parameters"
limit nest 4 5 "no function is nested deeper than 5 (lines that go on count one)"
awk 'length($0) > 190 { print FILENAME ":" FNR ": " length($0) " bytes" }' $files | check "no line is longer than 190 bytes"
grep -nE '[[:space:]]$' $files | check "no line ends with a blank"
grep -nE '^ +[^ *]' $files | grep -vE ':[0-9]+: \*' | check "lines begin with tabs, not blanks"
finish
