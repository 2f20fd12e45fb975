#!/bin/sh
# SPDX-License-Identifier: MIT
# "listen: loopback" holds, whatever becomes of the socket under the call.
. "$srcdir/tests/live/lib.sh"
live_enter
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
listen: loopback
ip_ranges:
  - cidr: 127.0.0.1
YAML
cp "$builddir/tests/live/listen" "$work/listen"
for user in $users; do
	ef "$user" -q "$work/listen"
	is "$user: no socket listens everywhere" "$rc $out" "0 0"
	is "$user: none but the server is said to have listened" \
		"$(attempts "a.stage = 'listen' AND a.errno = 0" | wc -l)" 1
done
finish
