#!/bin/sh
# SPDX-License-Identifier: MIT
# What gets stuck in a target's memory, or in its socket because of that, does
# not hold up the session.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
YAML
cp "$builddir/tests/live/stuck" "$work/stuck"
"$work/stuck" none $RESOLVER
[ $? != 77 ] || skip_all "no page that is never delivered (/dev/userfaultfd)"
for how in recv send route; do
	ef root -q "$work/stuck" $how $RESOLVER
	is "$how: the name server answers all the same" "$rc $err" '0 '
done
finish
