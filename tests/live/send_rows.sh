#!/bin/sh
# SPDX-License-Identifier: MIT
# What a send leaves in the record: one row for each peer, counting, and the
# refused among those that were sent together.
. "$srcdir/tests/live/lib.sh"
live_enter
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
YAML
cp "$builddir/tests/live/send_rows" "$work"

good='allow allowed send udp 127.0.0.1:7001 0'
bad='deny denied send udp 127.0.0.2:7001 13'

short() { # the attempts in $db: verdict action stage proto to errno count
	rows "SELECT a.verdict || ' ' || a.action || ' ' || a.stage || ' ' ||
		a.proto || ' ' || d.address || ':' || a.port || ' ' ||
		a.errno || ' x' || a.count FROM attempts a
		JOIN addresses d ON d.id = a.address ORDER BY a.seq"
}

try() { # try CASE OUTPUT ROWS
	ef "$user" -q -- "$work/send_rows" "$1"
	is "$user, $1: what the target sees" "$out" "$2"
	is "$user, $1: its rows" "$(short)" "$3"
	ok "$user, $1: ends well" [ "$rc" = 0 ]
}

for user in $users; do
	try denied 'denied: -1 EACCES
at 127.0.0.1: 0
at 127.0.0.2: 0' "$bad x1"
	try many 'sent: 1000
arrived: 1000
at 127.0.0.1: 0
at 127.0.0.2: 0' "$good x1000"
	try mixed 'of three: 1
of the rest: -1 EACCES
at 127.0.0.1: 1
at 127.0.0.2: 0' "$good x1
$bad x2"
	try connected 'connected: 10
elsewhere: -1 EACCES
at 127.0.0.1: 10
at 127.0.0.2: 0' "allow allowed connect udp 127.0.0.1:7001 0 x1
$bad x1"
	printf 'dns: {strict_servers: true}\n' >>"$policy"
	try strict 'of two: 1
the second alone: -1 EACCES
as the only one: -1 EACCES
at 127.0.0.1: 1
at 127.0.0.2: 0' "$good x1
deny denied send udp 192.0.2.53:53 13 x1
deny denied send udp 192.0.2.53:53 13 x1
deny denied send udp 192.0.2.53:53 13 x1"
	sed -i /strict/d "$policy"
	bare=$("$work/send_rows" joins)
	like "$user, joins: refused by the kernel" "$bare" 'unix: -1 EOPNOTSUPP'
	try joins "$bare" ''
	try denied 'denied: -1 EACCES
at 127.0.0.1: 0
at 127.0.0.2: 0' "$bad x1"
	json=$(run_as "$user" "$work/egress-filter" log --ndjson --db "$db")
	like "$user: the same as NDJSON" "$json" \
		'"stage":"send".*"ip":"127.0.0.2","port":7001,.*"count":1,"errno":13'
done
finish
