#!/bin/sh
# SPDX-License-Identifier: MIT
# Data carried out in questions: whatever a program puts into one besides the
# name, the resolver hears a question of the supervisor's own making. Without a
# session all of it arrives. Nobody forges an answer for the supervisor.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start
log=$work/log/messages
: >"$log"
background python3 "$srcdir/tests/escape/dns_log.py" $RESOLVER "$work/log/ready" "$log"
wait_for [ -s "$work/log/ready" ] || skip_all "the name server does not start"
web $EVIL:80
policy=$work/policy.yaml
cat >"$policy" <<YAML
version: 1
domains:
  - pattern: "allowed.example.test"
  - pattern: "*.many.example.test"
ip_ranges:
  - cidr: 127.0.0.8/29
  - cidr: $RESOLVER
    ports: ["1024-65535"]
YAML
cp "$srcdir/tests/escape/dns_out.py" "$builddir/tests/escape/dns_race" "$work"
out_py="python3 $work/dns_out.py"
tries=${DNS_TRIES:-500}

# What is answered now came after what was sent before.
catch_up() { wait_for python3 "$srcdir/tests/live/try.py" ask $RESOLVER sync.test >/dev/null; }
bare() { # bare USER COMMAND...: what it prints in $out
	catch_up
	: >"$log"
	out=$(run_as "$@" 2>"$work/log/err")
	catch_up
}
session() { # session USER COMMAND...
	catch_up
	: >"$log"
	ef "$1" -q $2 $3 $4 $5 $6 $7 $8
	catch_up
}
seen() {
	grep -v 73796e63 "$log" >"$work/log/seen" # not "sync"
	$out_py "$1" "$work/log/seen"
}

for user in $users; do
	bare $user $out_py send $RESOLVER
	ok "$user: without a session a secret gets out in most ways" [ "$(seen secrets)" -gt 60 ]
	session $user $out_py send $RESOLVER
	is "$user: in one it does not" "$(seen secrets)" 0
	is "... the resolver hears questions and nothing else" "$(seen check)" ''
	ok "... and it does hear some" [ "$(wc -l <"$log")" -gt 10 ]

	bare $user $out_py cork $RESOLVER
	is "$user: a question held back takes a secret along" "$(seen secrets)" 2
	session $user $out_py cork $RESOLVER
	is "... and not in a session" "$(seen secrets)" 0
	is "... where sockets are not corked" "$out" EPERM
	is "... nor anything is added" "$(seen check)" ''

	for race in name data; do
		bare $user "$work/dns_race" $race $RESOLVER $tries
		ok "$user: the race for the $race is won without a session" [ "$(seen secrets)" -gt 0 ]
		session $user "$work/dns_race" $race $RESOLVER $tries
		is "$user: and not in one" "$(seen secrets)" 0
		is "... the resolver hears questions and nothing else" "$(seen check)" ''
		ok "... some of them" [ "$(wc -l <"$log")" -gt 2 ]
	done

	session $user $out_py many $RESOLVER 300
	set -- $(seen spread)
	ok "$user: ids do not repeat" [ "$1" -gt 280 ]
	ok "... nor do ports" [ "$2" -gt 200 ]
	ok "... ids do not count" [ "$3" -lt 5 ]

	session $user $out_py ports $RESOLVER
	like "$user: nobody answers for the resolver" "$out" '^EACCES$'
	is "... by any of the ports" "$(printf '%s\n' "$out" | grep -v gone | sort -u)" EACCES

	# A resolver of its own over TCP, where the policy lets it be.
	for where in 127.0.0.9:53 127.0.0.9:5300; do
		ef $user -q python3 "$srcdir/tests/escape/dns_own.py" $where $EVIL
		is "$user: a resolver of its own at $where over TCP binds nothing" "$out" "$EVIL EACCES"
		is "... no binding" "$(rows 'SELECT count(*) FROM bindings')" 0
	done
done
is "nobody reached the forbidden server" "$(cat "$served")" ''
finish
