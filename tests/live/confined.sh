#!/bin/sh
# SPDX-License-Identifier: MIT
# Each thread of a supervisor is confined before its command runs, and nobody
# of the same user reads its memory.
. "$srcdir/tests/live/lib.sh"
live_enter
policy=$work/policy.yaml
printf 'version: 1\n' >"$policy"
for user in $users; do
	ef "$user" -q sh -c 'for t in /proc/$PPID/task/*; do
		echo $(sed -n "s/^\(Seccomp\|NoNewPrivs\):\t//p" $t/status); done'
	is "$user: no thread but is confined" "$(printf '%s\n' "$out" | sort -u)" '1 2'
	ok "$user: there are several" [ "$(printf '%s\n' "$out" | wc -l)" -gt 1 ]
	ef "$user" -q sh -c 'cat /proc/$PPID/environ || cat /proc/$PPID/maps || readlink /proc/$PPID/fd/0'
	is "$user: its memory, mappings and descriptors are closed" "$out" ''
done
finish
