#!/bin/sh
# What must not stand in texts that others read.
. "$(dirname "$0")/lib.sh"

cd "$top_srcdir" || exit 1
find libcontainer src docs demo ./*.md bootstrap configure.ac Makefile.am -type f 2>/dev/null >"$tmp/files"
for word in TODO FIXME XXX HACK; do
	xargs grep -nw "$word" <"$tmp/files" | check "no $word"
done
grep -rnE '\b(strerror|perror|strerror_r)\([^)]' libcontainer --include='*.[ch]' | check "no text of the library is made by strerror: engines match our own phrases"
finish
