#!/bin/sh
# SPDX-License-Identifier: MIT
# SECURITY.md names tests that exist, and each door of doctor --escape.
. "$srcdir/tests/tap.sh"
page=$srcdir/share/doc/SECURITY.md
for file in $(grep -o 'tests/[a-z_/]*\.[a-z]*' "$page" | sort -u); do
	ok "$file exists" [ -f "$srcdir/$file" ]
	case $file in
	*.sh) ok "$file is run" grep -rqF "/${file##*/}" "$srcdir/${file%/*}/local.mk" ;;
	esac
done
doors=$(sed -n 's/^[[:space:]]*\(ARRIVES\|SUCCEEDS\|OUTSIDER\)("\([^"]*\)".*/\2/p' "$srcdir/src/doctor/doors.c")
ok 'there are doors' [ "$(printf '%s\n' "$doors" | wc -l)" -gt 50 ]
for door in $doors; do
	ok "$door is in SECURITY.md" grep -qF "\`$door\`" "$page"
done
finish
