#!/bin/sh
# SPDX-License-Identifier: MIT
# What a command is born with is judged, too: a connection that is there
# already leads out like one that is made.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
web $WEB:80 $EVIL:80
policy=$work/policy.yaml
cat >"$policy" <<YAML
version: 1
listen: loopback
ip_ranges:
  - cidr: $WEB
  - cidr: 127.0.0.1
unix_sockets:
  allow: ['$work/open']
YAML
# Listeners that are not of the session.
background python3 -c "
import os, socket, time
for name, kind in (('door', 1), ('open', 1), ('dgram', 2)):
    s = socket.socket(socket.AF_UNIX, kind)
    s.bind('$work/' + name)
    os.chmod('$work/' + name, 0o777)
    kind == 1 and s.listen(100)
    globals()['socket_' + name] = s
open('$work/ready', 'w').close()
time.sleep(100000)"
wait_for [ -e "$work/ready" ]
py=$srcdir/tests/live/inherited.py

# born USER COUNT WORD...: what of it the command has; $mode are options
born() {
	born_user=$1 born_n=$2
	shift 2
	new_db "$born_user"
	out=$(run_as "$born_user" python3 "$py" "$work" "$@" -- \
		"$work/egress-filter" -c "$policy" --db "$db" -q $mode \
		python3 "$py" look "$born_n" </dev/null 2>"$work/log/err")
	rc=$?
}

mode=
for user in $users; do
	born "$user" 4 web evil udp connecting
	is "$user: only an allowed connection is there" "$out" 'device socket closed closed closed'
	is "$user: and there is a row for each" \
		"$(rows "SELECT a.verdict, a.stage, a.reason, count(*) FROM attempts a GROUP BY 1,2,3 ORDER BY 1,3")" \
		'allow|connect|rule|1
deny|connect|no-rule|2
deny|connect|unreadable|1'
	born "$user" 1 stdin:evil web
	is "$user: standard input is replaced" "$out" 'device socket'
	born "$user" 4 door open-door door-dgram pair
	is "$user: unix sockets by their peer" "$out" 'device closed socket closed socket'
	is "$user: which is recorded" "$(attempts "a.verdict = 'deny'" | wc -l)" 2
	born "$user" 3 everywhere here unconnected
	is "$user: listeners by the setting" "$out" 'device closed socket socket'
	born "$user" 4 file pipe event null
	is "$user: what leads nowhere stays" "$out" 'device file pipe anonymous device'
	is "$user: and has no row" "$(attempts)" ''
	for word in raw packet tun ring; do
		born "$user" 1 $word
		if [ $rc = 77 ]; then
			skip "$user: $(cat "$work/log/err")"
			continue
		fi
		is "$user: $word is closed" "$out" 'device closed'
		is "$user: $word has a row" "$(attempts "a.verdict = 'deny'" | wc -l)" 1
	done
	mode='--mode audit'
	born "$user" 2 evil door
	is "$user: audit lets destinations pass" "$out" 'device socket socket'
	is "$user: and says what would be denied" "$(attempts "a.verdict = 'deny' AND a.action = 'allowed'" | wc -l)" 2
	mode=
done
finish
