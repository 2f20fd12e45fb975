#!/bin/sh
# SPDX-License-Identifier: MIT
# Each race 20,000 times and more: without a session it is won, in one never.
. "$srcdir/tests/live/lib.sh"
live_enter
races=$(sed -n 's/.*[A-Z]("\(race-[a-z-]*\)".*/\1/p' "$srcdir/src/doctor/doors.c")
cp "$builddir/tests/escape/doors" "$work/doors"
for user in $users; do
	for race in $races; do
		new_db "$user"
		out=$(run_as "$user" "$work/doors" 7 -1 20000 "$db" "$race" 2>"$work/log/err")
		like "$user: $race is won without a session only" "$out" "^closed $race "
	done
done
finish
