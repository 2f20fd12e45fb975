#!/bin/sh
# SPDX-License-Identifier: MIT
# A real 32-bit program: its network calls do not exist, what it does to others
# is refused, both are recorded, and it is ended like any other.
. "$srcdir/tests/live/lib.sh"
live_enter pgrep
net_up
web $WEB:80 $EVIL:80
policy=$work/policy.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n' $WEB >"$policy"
${CC:-cc} -m32 -nostdlib -static -ffreestanding -fno-stack-protector -fno-pie -O1 \
	-o "$work/foreign" "$srcdir/tests/escape/foreign.c" 2>"$work/log/cc" ||
	skip_all "no compiler for 32 bits"
"$work/foreign" && [ $? = 0 ] || skip_all "no 32-bit programs here"

left() { pgrep -x foreign; }

for user in $users; do
	run_as $user setsid -f sh -c 'echo $$ >"$HOME/pid"; exec sleep 1000'
	wait_for [ -s "$work/home/$user/pid" ]
	neighbour=$(cat "$work/home/$user/pid")
	before=$(wc -l <"$served")
	is "$user: without a session all of it works, or the kernel has it not" \
		"$(run_as $user "$work/foreign" "$neighbour" | grep -v ' ok$' |
			grep -v '^\(keyctl\|userfaultfd\|tiocsti\|bpf\|socketcall-listen\|connect\|dumpable\) ' | tr '\n' ' ')" ''
	ok "... a server was reached" wait_for eval "[ \$(wc -l <'$served') -gt $before ]"
	before=$(wc -l <"$served")
	ef $user -q "$work/foreign" "$neighbour"
	is "$user: its network calls do not exist" \
		"$(printf '%s\n' "$out" | grep -E 'sock|connect|send|listen|uring' | cut -d' ' -f2 | sort -u)" 38
	is "... what it does to others is refused" \
		"$(printf '%s\n' "$out" | grep -E 'kill|prlimit|key|userfault|tiocsti|bpf' | cut -d' ' -f2 | sort -u)" 1
	is "... it cannot hide its memory" "$(printf '%s\n' "$out" | grep dumpable)" 'dumpable ok'
	is "... the rows" "$(rows "SELECT verdict, action, reason, count(*) > 4 FROM attempts GROUP BY 1, 2, 3")" \
		"deny|denied|foreign-abi|1
deny|denied|signal|0"
	is "... nobody was reached" "$(wc -l <"$served")" "$before"
	kill "$neighbour"
	rm -f "$work/home/$user/pid"

	ef $user "$work/foreign" stay
	is "$user: one that stays is ended" "$rc $(left)" '0 '
	like "... and named" "$err" 'ending what the command left running: foreign'
	ef $user -q "$work/foreign" exec /usr/bin/env python3 "$srcdir/tests/live/try.py" connect $EVIL 80
	is "$user: what it executes is judged as ever" "$out" EACCES
	ef $user -q "$work/foreign" exec /usr/bin/env python3 "$srcdir/tests/live/try.py" connect $WEB 80
	is "... and allowed" "$out" ok
done
finish
