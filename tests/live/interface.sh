#!/bin/sh
# SPDX-License-Identifier: MIT
# What is for loopback stays there, whatever interface a target chooses.
. "$srcdir/tests/live/lib.sh"
live_enter sysctl

ip link add v0 type veth peer name v1 2>/dev/null || skip_all "no veth pair"
ip addr add 10.99.0.1/24 dev v0
ip -6 addr add fe80::1/64 dev v0 nodad 2>/dev/null || skip_all "no IPv6"
ip -6 addr add fd00:99::1/64 dev v0 nodad
ip link set v0 up
ip link set v1 up
ip neigh add 10.99.0.2 lladdr 02:00:00:00:00:99 dev v0 nud permanent
ip -6 neigh add fd00:99::2 lladdr 02:00:00:00:00:99 dev v0 nud permanent
ip route add default via 10.99.0.2
ip -6 route add default via fd00:99::2 dev v0
bind_file /etc/resolv.conf "nameserver $RESOLVER
"

policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
  - cidr: ::1
  - cidr: 10.99.0.2
YAML

# The other end of the wire: the texts that arrive, until the last.
cat >"$work/sniff.py" <<'PY'
import re, socket, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
s.bind(("v1", 3))
s.settimeout(60)
open(sys.argv[1], "w").close()
out = open(sys.argv[2], "w")
text = None
while text != b"SECRET-END":
    for text in re.findall(rb"SECRET-\w+", s.recv(4096)):
        print(text.decode(), file=out, flush=True)
PY
cp "$builddir/tests/live/interface" "$work/interface"

for user in $users; do
	background python3 "$work/sniff.py" "$work/log/ready-$user" "$work/log/wire-$user"
	sniffer=$started
	wait_for [ -e "$work/log/ready-$user" ]
	ef "$user" -q "$work/interface" v0 $RESOLVER 10.99.0.2 10.99.0.1
	is "$user: the program has run" "$rc" 0
	ok "$user: the last datagram arrives" wait_for is_gone "$sniffer"
	is "$user: nothing else is on the wire" "$(cat "$work/log/wire-$user")" SECRET-END
	is "$user: the refusal of a bound socket is recorded" \
		"$(attempts "a.stage = 'connect' AND a.verdict = 'deny'" | cut -d'|' -f1,9 | sort -u)" \
		'deny|syscall'
	is "$user: and that of its sends" \
		"$(attempts "a.stage = 'send' AND a.verdict = 'deny'" | cut -d'|' -f1,9,11 | sort -u)" \
		'deny|syscall|1'
done
finish
