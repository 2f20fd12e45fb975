#!/bin/sh
# SPDX-License-Identifier: MIT
# Fuzz every target for FUZZ_SECONDS (600) under ASan and UBSan, in a build of
# its own; the coverage that libFuzzer reports at start and end is shown.
: "${srcdir:?}" "${FUZZ_SECONDS:=600}"
if ! command -v clang > /dev/null; then
	echo "1..0 # SKIP clang is not installed"
	exit 0
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 99
if ! { "$srcdir/configure" -q CC=clang --enable-fuzzing --enable-sanitizers &&
	make -j2 check TESTS=; } > "$work/build.log" 2>&1; then
	tail -20 "$work/build.log" | sed 's/^/# /'
	echo "1..1"
	echo "not ok 1 - the fuzz targets build"
	exit 0
fi
n=0
for target in tests/fuzz/*.fuzz; do
	name=$(basename "$target" .fuzz)
	n=$((n + 1))
	mkdir -p "$work/new-$name"
	dict=$srcdir/tests/fuzz/$name.dict
	[ -e "$dict" ] && dict=-dict=$dict || dict=
	if "$target" -max_total_time="$FUZZ_SECONDS" -max_len=8192 $dict \
		-print_final_stats=1 "$work/new-$name" \
		"$srcdir/tests/fuzz/corpus/$name" > "$work/$name.log" 2>&1; then
		grep -E 'cov: ' "$work/$name.log" | sed -n '1p;$p' | sed 's/^/# /'
		echo "ok $n - $name"
	else
		tail -30 "$work/$name.log" | sed 's/^/# /'
		echo "not ok $n - $name"
	fi
done
echo "1..$n"
