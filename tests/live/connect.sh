#!/bin/sh
# SPDX-License-Identifier: MIT
# connect() of a target is connect(): the tables of errno values and of signals
# are the same bare and under the filter.
. "$srcdir/tests/live/lib.sh"
live_enter sysctl
case $(uname -r) in
[0-4].* | 5.[0-9].* | 5.1[0-8].*)
	skip_all "signals leave a call alone from Linux 5.19 on" ;;
esac

ip link add v0 type veth peer name v1 2>/dev/null || skip_all "no veth pair"
ip addr add 10.99.0.1/24 dev v0
ip link set v0 up
ip link set v1 up
# A neighbour that never answers; two tries and a connect() gives up.
ip neigh add 10.99.0.2 lladdr 02:00:00:00:00:99 dev v0 nud permanent
sysctl -qw net.ipv4.tcp_syn_retries=1

policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
  - cidr: 10.88.0.1
  - cidr: 10.99.0.2
  - cidr: 255.255.255.255
YAML

# Most of the time is spent waiting for the black hole: all at once.
for table in connect_table signal_table; do
	cp "$builddir/tests/live/$table" "$work/$table"
	for user in $users; do
		run=$work/log/$table-$user
		run_as "$user" "$work/$table" >"$run.bare" 2>&1 &
		run_as "$user" "$work/egress-filter" -c "$policy" -q \
			"$work/$table" >"$run.target" 2>&1 &
	done
done
wait

for table in connect_table signal_table; do
	for user in $users; do
		run=$work/log/$table-$user
		ok "$user: $table says something" \
			[ "$(wc -l <"$run.bare")" -gt 10 ]
		is "$user: $table, as a target as bare" \
			"$(cat "$run.target")" "$(cat "$run.bare")"
	done
done
finish
