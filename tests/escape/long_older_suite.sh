#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests of other folders again, on kernels that lack something that makes no
# difference to a program.
. "$srcdir/tests/tap.sh"
tests='connect exec inherited listen record resolver send session'
for lacks in openat2 'pidfd_open:1&0x80/22' 'getsockopt:2=71/92' 'ioctl:1=0x40082104/22'; do
	for it in $tests; do
		out=$(LIVE_WITHOUT=$lacks sh "$srcdir/tests/live/$it.sh" 2>&1)
		is "$it.sh without $lacks" "$?$(printf '%s\n' "$out" | grep -A5 '^not ok')" 0
	done
done
finish
