#!/bin/sh
# SPDX-License-Identifier: MIT
# The sends of a target are sends: what they return, the signals they raise
# and what arrives are the same bare and under the filter, on this kernel and
# with the flags of one older than 5.19.
. "$srcdir/tests/live/lib.sh"
[ -z "$EF_SANITIZE" ] ||
	skip_all "the table gives pointers that a sanitizer stops at"
live_enter sysctl
# Echo requests without rights, where the ids are there to allow it to.
sysctl -qw net.ipv4.ping_group_range="0 $NOBODY" 2>/dev/null

policy=$work/policy.yaml
# A rule has to allow a named unix receiver, even one of the session.
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.0/8
  - cidr: ::1
unix_sockets: {default: allow}
YAML

same() { # same FILE FILE: or the lines that differ, as comments
	diff "$1" "$2" >"$work/log/diff" || {
		sed 's/^/# /' "$work/log/diff"
		return 1
	}
}

table=$work/send_table
cp "$builddir/tests/live/send_table" "$builddir/tests/live/old_flags" "$work"
for user in $users; do
	run=$work/log/$user
	# One after the other: all bind the same names.
	run_as "$user" "$table" >"$run.bare" 2>&1
	run_as "$user" "$work/egress-filter" -c "$policy" -q \
		"$table" >"$run.target" 2>&1
	new_db "$user"
	run_as "$user" "$work/old_flags" "$policy" "$db" \
		"$table" >"$run.older" 2>"$run.err"
	ok "$user: it is a table" [ "$(grep -c ': ' "$run.bare")" -gt 200 ]
	is "$user: no case hangs" "$(grep -c 'signal 9' "$run.bare")" 0
	ok "$user: as a target as bare" same "$run.bare" "$run.target"
	ok "$user: on an older kernel, too" same "$run.bare" "$run.older"
done
finish
