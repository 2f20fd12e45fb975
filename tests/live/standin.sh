#!/bin/sh
# SPDX-License-Identifier: MIT
# A target that looks at the sender of an answer and reads it with recvmsg():
# it gets the server it asked to see where the supervisor may send in another's
# name, over IPv4 and IPv6, also from a server that is not asked in truth.
. "$srcdir/tests/live/lib.sh"
has dnsmasq || need unbound
live_enter
net_up
# No server is on this machine: its name is then free to be taken.
SERVER=203.0.113.53
SERVER6=2001:db8::53
ip -6 route add default dev lo 2>/dev/null
printf 'nameserver %s\n' $SERVER $SERVER6 >"$work/resolv.conf" # bound by net_up
policy=$work/policy.yaml
printf 'version: 1\ndomains:\n  - pattern: a.example.test\n' >"$policy"
chmod 644 "$policy"

cat >"$work/asker.py" <<'PY'
# asker.py FAMILY SERVER HOW TYPE NAME: one question, and what recvmsg() says of the answer: its sender, its code, its records.
import socket, struct, sys
family, server, how, kind, name = sys.argv[1:]
labels = b"".join(bytes([len(x)]) + x.encode() for x in name.split("."))
question = struct.pack("!6H", 4711, 0x100, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, int(kind), 1)
s = socket.socket(getattr(socket, family), socket.SOCK_DGRAM)
s.settimeout(20)
if how == "bound":
    s.bind(("127.0.0.1", 0))
elif how == "connected":
    s.connect((server, 53))
s.sendto(question, (server, 53))
message, _, _, sender = s.recvmsg(4096)
print(sender[0], sender[1], message[3] & 15, struct.unpack_from("!H", message, 6)[0])
PY
ask_as() { # ask_as USER FAMILY SERVER HOW TYPE NAME
	ask_user=$1
	shift
	ef "$ask_user" -q python3 "$work/asker.py" "$@"
}

for user in $users; do
	for how in free bound; do
		ask_as $user AF_INET $SERVER $how 1 no.example.test
		case $user in
		root) is "root, $how: the answer comes from the server that was asked" \
			"$out" "$SERVER 53 0 1" ;;
		*) like "$user, $how: from the forwarder" "$out" '^127\.0\.0\.1 [0-9]+ 0 1$' ;;
		esac
	done
	ask_as $user AF_INET $SERVER connected 1 no.example.test
	like "$user, connected: who is connected takes answers from there only" \
		"$out" '^127\.0\.0\.1 [0-9]+ 0 1$'
done
ask_as root AF_INET $SERVER free 28 no.example.test
is "no data" "$out" "$SERVER 53 0 0"
ask_as root AF_INET $SERVER free 1 single
is "no such name" "$out" "$SERVER 53 3 0"
ask_as root AF_INET $SERVER free 10 a.example.test
is "a type that is not answered" "$out" "$SERVER 53 4 0"
ask_as root AF_INET 192.0.2.53 free 1 no.example.test
is "a server that is not trusted" "$out" "192.0.2.53 53 0 1"
ask_as root AF_INET6 ::ffff:$SERVER free 1 no.example.test
is "an IPv4 server asked over IPv6" "$out" "::ffff:$SERVER 53 0 1"
if [ -e /proc/net/if_inet6 ] && ip -6 addr show lo | grep -q ::1; then
	ask_as root AF_INET6 $SERVER6 free 1 no.example.test
	is "an IPv6 server" "$out" "$SERVER6 53 0 1"
else
	skip "no IPv6"
fi
if has musl-gcc; then
	musl-gcc -static -O1 -o "$work/fetch" "$srcdir/tests/live/fetch.c" >/dev/null 2>&1
	ef root -q "$work/fetch" no.example.test 80
	like "static musl" "$out" '^errno 13: '
else
	skip "musl-gcc is not installed"
fi

# Where a server of this machine has the address the forwarder answers itself.
RESOLVER=203.0.113.53
ip addr add $RESOLVER/32 dev lo
name_server a.example.test=$WEB
ask_as root AF_INET $RESOLVER free 1 no.example.test
like "a server of this machine" "$out" '^127\.0\.0\.1 [0-9]+ 0 1$'
ask_as root AF_INET $RESOLVER free 1 a.example.test
is "what it answers itself" "$out" "$RESOLVER 53 0 1"
ask_as root AF_INET $RESOLVER connected 1 a.example.test
like "... to a socket that is connected, and so hears the forwarder alone" "$out" \
	'^127\.0\.0\.1 [0-9]+ 0 1$'
finish
