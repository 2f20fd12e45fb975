#!/bin/sh
# SPDX-License-Identifier: MIT
# The Live view at every size, without a terminal.
. "$srcdir/tests/screen/lib.sh"
basic

out=$(dump live 100x30)
like "100x30: a denial in full" "$out" '^ 14:02:03 DENY +git +codeload\.github\.com +443/tcp +1 no rule$'
like "... counts" "$out" '^ allow 43  DENY 5  held 0  would 0'
like "... a risk" "$out" '169\.254\.169\.254 !danger'
like "... repeats share a row" "$out" 'registry\.pkgs-yy\.com +443/tcp +2 no rule'
for size in 140x45 100x30 80x24 60x15 40x10 39x8; do
	out=$(dump live $size)
	is "$size: lines" "$("$tui" --db "$tmp/basic.db" --dump-screen live --size $size | wc -l)" "${size#*x}"
	is "$size: none is too wide" "$(printf '%s\n' "$out" | awk -v w="${size%x*}" 'length($0) > w')" ""
done
finish
