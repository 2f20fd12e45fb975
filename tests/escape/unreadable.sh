#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that its user may execute but not read: its memory is closed to a
# supervisor without privileges, which so can judge nothing. No door is open.
. "$srcdir/tests/live/lib.sh"
live_enter
for user in $users; do
	cp "$builddir/tests/escape/doors" "$work/unreadable-$user"
	chmod 111 "$work/unreadable-$user"
	new_db "$user"
	out=$(run_as "$user" "$work/unreadable-$user" 7 -1 200 "$db" 2>"$work/log/err")
	is "$user: nothing is open to it" "$(printf '%s\n' "$out" | grep -Ev '^(closed|n/a) ')" ''
	for name in connect sendto sendmsg sendmmsg io_uring-connect unix-stream daemon; do
		ok "$user: $name is closed" tap_grep "$out" "^closed $name "
	done
done
finish
