#!/bin/sh
# Every corpus file of every fuzz target, without a fuzzer: none may end it.
n=0
for t in "$builddir"/tests/fuzz/*.fuzz; do
	name=$(basename "$t" .fuzz)
	set -- "$srcdir/tests/fuzz/corpus/$name"/*
	n=$((n + 1))
	if [ -e "$1" ] && "$t" "$@" >/dev/null; then echo "ok $n - $name"; else echo "not ok $n - $name"; fi
done
echo "1..$n"
