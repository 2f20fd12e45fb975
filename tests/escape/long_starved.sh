#!/bin/sh
# SPDX-License-Identifier: MIT
# The tables of a supervisor filled to the last place: calls that wait, and
# addresses that names have. What finds no place is denied, which is said, and
# nothing that has one is thrown out.
LIVE_LIMIT=500
export LIVE_LIMIT
. "$srcdir/tests/live/lib.sh"
live_enter prlimit
net_up
echo 12 >/proc/sys/net/ipv4/tcp_syn_retries # hours, for those who wait
log=$work/log/messages
: >"$log"
background python3 "$srcdir/tests/escape/dns_log.py" $RESOLVER "$work/log/ready" "$log"
FULL=$WEB:81
web $WEB:80 $OTHER:80 $EVIL:80
background python3 "$srcdir/tests/escape/full.py" $FULL "$work/log/full"
wait_for [ -s "$work/log/full" ] && wait_for [ -s "$work/log/ready" ]
policy=$work/policy.yaml
cat >"$policy" <<YAML
version: 1
domains:
  - pattern: "*.many.example.test"
  - pattern: "first.example.test"
ip_ranges:
  - cidr: $WEB
YAML
cp "$builddir/tests/escape/starve" "$work/starve"
cp "$srcdir/tests/escape/dns_out.py" "$work/dns_out.py"
limit=$(ulimit -Hn)

for user in $users; do
	if [ "$limit" != unlimited ] && [ "$limit" -lt 16000 ]; then
		skip "$user: too few descriptors for 4,300 calls that wait"
	else
		ef $user "$work/starve" waiting 4300 $FULL $EVIL:80 $WEB:80
		like "$user: with all places taken a call is denied" "$out" '^evil E'
		is "... all of them were tried" "$(printf '%s\n' "$out" | grep -c '^started 4300')" 1
		like "... and some had no place" "$out" '^failed [1-9]'
		is "... those that had one were not thrown out" \
			"$([ "$(printf '%s\n' "$out" | sed -n 's/^failed //p')" -le 300 ] && echo few)" few
	fi

	# 64 addresses for each of 1,100 names: more than 65,536 bindings.
	ef $user sh -c "python3 $srcdir/tests/live/try.py connect first.example.test 80
		python3 $work/dns_out.py slowly $RESOLVER 1100
		python3 $srcdir/tests/live/try.py connect last.many.example.test 80
		python3 $srcdir/tests/live/try.py connect first.example.test 80"
	is "$user: the first name keeps its address, the last has none" "$(echo $out)" 'ok EACCES ok'
	ok "... the table was full" [ "$(rows 'SELECT count(*) FROM bindings')" -gt 60000 ]
done
is "the forbidden server was never reached" "$(grep -c "^$EVIL" "$served")" 0
finish
