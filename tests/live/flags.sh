#!/bin/sh
# SPDX-License-Identifier: MIT
# A target cannot hold up the session by changing flags under a call.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
YAML
cp "$builddir/tests/live/flags" "$work/flags"
for user in $users; do
	ef "$user" -q "$work/flags" $RESOLVER
	is "$user: every question is answered" "$rc $out" "0 "
	ef "$user" -q "$work/flags" lost
	is "$user: no other flag is changed" "$rc" 0
done
finish
