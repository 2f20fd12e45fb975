#!/bin/sh
# SPDX-License-Identifier: MIT
# The DNS service between several clients (dig, kdig, dnspython) and servers
# (unbound, dnsmasq): each pair over UDP and TCP.
. "$srcdir/tests/live/dns_world.sh"

start_unbound() {
	{
		cat << END
server:
	interface: 198.51.100.54
	interface-automatic: no
	access-control: 0.0.0.0/0 allow
	directory: "$tmp"
	chroot: ""
	username: ""
	pidfile: ""
	use-syslog: no
	logfile: "$tmp/unbound.log"
	log-queries: yes
	module-config: "iterator"
	local-zone: "test." static
	local-data: "test. 60 IN SOA ns.test. root.test. 1 3600 600 86400 5"
	local-data: "a.test. 500 IN A 203.0.113.1"
	local-data: "a.test. 500 IN AAAA 2001:db8::1"
	local-data: "7.113.0.203.in-addr.arpa. 60 IN PTR a.test."
remote-control:
	control-enable: no
END
		for i in $(seq 90); do echo "server: local-data: \"many.test. 60 IN A 203.0.113.$((i + 100))\""; done
	} > "$tmp/unbound.conf"
	unbound -d -c "$tmp/unbound.conf" > "$tmp/unbound.out" 2>&1 &
	pids="$pids $!"
	until_true unbound answers 198.51.100.54 test
}

start_dnsmasq() {
	{
		echo "198.51.100.55 a.test"
		for i in $(seq 90); do echo "203.0.113.$((i + 100)) many.test"; done
	} > "$tmp/hosts"
	dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --addn-hosts="$tmp/hosts" --local=/test/ \
		--listen-address=198.51.100.55 --bind-interfaces --local-ttl=500 --log-queries --log-facility="$tmp/dnsmasq.log" \
		--user= --group= --pid-file= > "$tmp/dnsmasq.out" 2>&1 &
	pids="$pids $!"
	until_true dnsmasq dig +time=1 +tries=1 @198.51.100.55 a.test
}

# kdig binds its source as dig does; dnspython looks at the sender
ask_kdig() { kdig -b "127.0.0.1#$(next_port)" @127.0.0.1 -p "$udp4" +timeout=10 +retry=0 "$@" 2>&1; }
ask_kdig_tcp() { kdig -b "127.0.0.1#$(next_port)" @127.0.0.1 -p "$tcp4" +tcp +timeout=10 +retry=0 "$@" 2>&1; }
ask_python() { # NAME TRANSPORT PORT
	/usr/bin/python3 - "$1" "$2" "$3" "$(next_port)" << 'END' 2>&1
import sys, dns.message, dns.query
name, transport, port, source = sys.argv[1:]
ask = dns.query.tcp if transport == "tcp" else dns.query.udp
reply = ask(dns.message.make_query(name, "A"), "127.0.0.1", timeout=10, port=int(port), source="127.0.0.1", source_port=int(source))
for rrset in reply.answer:
    for rr in rrset:
        print(rr)
END
}

check_server() { # NAME ADDRESS EXPECTED
	serve "$1" -n '*.test' "$2" || { cat "$tmp/$1.log"; return; }
	echo 0 > "$tmp/logged"
	is "$1: dig" "$(ask +short a.test)" "$3"
	is "$1: dig over TCP" "$(ask_tcp +short a.test)" "$3"
	is "$1: dig over IPv6" "$(ask6 +short a.test)" "$3"
	is "$1: bound" "$(bound | tr ';' '\n' | sort -u)" "a.test $3 500"
	like "$1: DNSSEC asked for" "$(ask +dnssec a.test)" 'flags: do'
	like "$1: 90 records in 512 bytes" "$(ask +noedns +ignore many.test)" 'flags:.* tc'
	is "$1: 90 records over TCP" "$(ask_tcp +short many.test | wc -l)" 90
	is "$1: 90 records after TC" "$(ask +noedns +ignore many.test | grep -c '203\.0\.113' | tr '0-9' 'x')" xx
	like "$1: no such name" "$(ask nothing.test)" 'status: NXDOMAIN'
	if command -v kdig > /dev/null; then
		is "$1: kdig" "$(ask_kdig +short a.test)" "$3"
		is "$1: kdig over TCP" "$(ask_kdig_tcp +short a.test)" "$3"
	else
		skip "kdig is not installed"
	fi
	if /usr/bin/python3 -c 'import dns.query' 2> /dev/null; then
		is "$1: dnspython" "$(ask_python a.test udp "$udp4")" "$3"
		is "$1: dnspython over TCP" "$(ask_python a.test tcp "$tcp4")" "$3"
	else
		skip "dnspython is not installed"
	fi
}

if command -v unbound > /dev/null && start_unbound; then
	check_server unbound 198.51.100.54 203.0.113.1
else
	skip "unbound is not installed or does not start"
fi
if command -v dnsmasq > /dev/null && start_dnsmasq; then
	check_server dnsmasq 198.51.100.55 198.51.100.55
else
	skip "dnsmasq is not installed or does not start"
fi
[ $tap_n -gt 2 ] && {
	# the second resolver takes over where the first has nobody listening
	serve pair -n '*.test' 198.51.100.56 198.51.100.54 198.51.100.55
	like "a resolver that is down is passed over" "$(ask +short a.test)" '^203\.0\.113\.1$|^198\.51\.100\.55$'
}
finish
