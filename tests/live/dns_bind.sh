#!/bin/sh
# SPDX-License-Identifier: MIT
# The DNS service between dig and bind9: chains, DNAME, loops, many records,
# hints, rebinding; a denied name and garbage never reach the server.
. "$srcdir/tests/live/dns_world.sh"
command -v named > /dev/null || skip_all "named is not installed"

cat > "$tmp/named.conf" << END
options { directory "$tmp"; pid-file none; session-keyfile none; recursion no;
	listen-on { 198.51.100.53; }; listen-on-v6 { none; }; querylog yes;
	check-names primary ignore; };
controls { };
zone "test" { type primary; file "test.zone"; };
END
{
	cat << 'END'
$TTL 60
@ SOA ns.test. root.test. 1 3600 600 86400 5
@ NS ns.test.
ns A 198.51.100.53
a 4000 A 203.0.113.1
a AAAA 2001:db8::1
c1 70 CNAME c2
c2 500 CNAME c3
c3 900 A 203.0.113.3
old DNAME new.test.
x.new A 203.0.113.4
loop1 CNAME loop2
loop2 CNAME loop1
zero 0 A 203.0.113.5
svc HTTPS 1 . alpn=h2 ipv4hint=203.0.113.6 ipv6hint=2001:db8::6
alias HTTPS 0 svc.test.
rebind A 127.0.0.1
rebind A 169.254.169.254
rebind A 203.0.113.7
meta A 169.254.169.254
out CNAME host.elsewhere.example.
esc\.aped A 203.0.113.8
txt TXT "hello"
mx MX 10 a.test.
_s._tcp SRV 1 2 443 a.test.
denied A 203.0.113.66
END
	for i in $(seq 90); do echo "many 7200 A 203.0.113.$((i + 100))"; done
} > "$tmp/test.zone"
named -g -c "$tmp/named.conf" > "$tmp/named.log" 2>&1 &
pids="$pids $!"
until_true named answers 198.51.100.53 test || { sed 's/^/# /' "$tmp/named.log"; skip_all "named does not start here"; }
serve d -n 'a.test' -n '*.test' 198.51.100.53 || { cat "$tmp/d.log"; exit 1; }

like "a name over UDP" "$(ask +short a.test)" '^203\.0\.113\.1$'
like "is bound for the longest hold" "$(log)" '^bind a\.test 203\.0\.113\.1 3600$'
like "IPv6 towards the target" "$(ask6 +short a.test AAAA)" '^2001:db8::1$'
like "a name over TCP" "$(ask_tcp +short a.test)" '^203\.0\.113\.1$'
like "the spelling of who asked" "$(ask A.tEsT)" '^;A\.tEsT\.'
like "its id comes back" "$(ask +qid=4711 a.test)" 'id: 4711$'
log > /dev/null

like "a chain" "$(ask c1.test)" '^c3\.test\..*203\.0\.113\.3$'
is "binds the name that was asked for, no other" "$(bound)" "c1.test 203.0.113.3 300;"
like "DNAME" "$(ask +short x.old.test)" '^203\.0\.113\.4$'
is "binds the name under the old one" "$(bound)" "x.old.test 203.0.113.4 300;"
like "a loop of CNAME is handed over" "$(ask loop1.test)" 'CNAME'
is "and binds nothing" "$(bound)" ""
like "TTL 0" "$(ask +short zero.test)" '^203\.0\.113\.5$'
is "is held all the same" "$(bound)" "zero.test 203.0.113.5 300;"
like "HTTPS record" "$(ask svc.test HTTPS)" 'status: NOERROR'
is "binds its hints" "$(bound)" "svc.test 203.0.113.6 300;svc.test 2001:db8::6 300;"
ask alias.test HTTPS > /dev/null
is "AliasMode binds nothing" "$(bound)" ""
is "addresses of this machine are handed over" "$(ask +short rebind.test | wc -l)" 3
is "but not bound" "$(bound)" "rebind.test 203.0.113.7 300;"
like "a CNAME out of the zone" "$(ask out.test)" 'CNAME.*elsewhere'
is "without an address binds nothing" "$(bound)" ""
log > /dev/null
like "no such name" "$(ask nothing.test)" 'status: NXDOMAIN'
like "TXT" "$(ask +short txt.test TXT)" hello
like "MX" "$(ask +short mx.test MX)" 'a\.test'
like "SRV" "$(ask +short _s._tcp.test SRV)" 443
like "a label with a dot in it is no name of a rule" "$(ask 'esc\.aped.test')" 'status: NXDOMAIN'
log > /dev/null

many=$(ask +noedns +ignore many.test)
like "90 records do not fit 512 bytes" "$many" 'flags:.* tc'
is "64 of them are bound" "$(log | grep -c '^bind many.test .* 3600$')" 64
is "all come over TCP" "$(ask_tcp +short many.test | wc -l)" 90
is "or in a larger datagram" "$(ask +bufsize=4096 +short many.test | wc -l)" 90
like "what fits is there" "$many" '203\.0\.113\.1'

like "denied: a placeholder" "$(ask +short secret.example)" '^198\.18\.'
like "AAAA of it: no data" "$(ask secret.example AAAA)" 'NOERROR.*'
like "ANY" "$(ask a.test ANY +notcp)" 'status: NOTIMP'
like "AXFR" "$(ask_tcp test AXFR)" 'failed|NOTIMP'
like "CHAOS" "$(ask version.bind CH TXT)" 'status: REFUSED'
like "NOTIFY" "$(ask +opcode=NOTIFY a.test)" 'status: REFUSED'
like "UPDATE" "$(ask +opcode=UPDATE a.test)" 'status: REFUSED'
like "another EDNS version" "$(ask +edns=1 +noednsneg a.test)" 'status: BADVERS'
like "an EDNS option is dropped" "$(ask +ednsopt=65001:616263 a.test)" 'status: NOERROR'
like "client subnet too" "$(ask +subnet=192.0.2.0/24 a.test)" 'status: NOERROR'
like "who is not registered gets no answer" "$(dig -b 127.0.0.1#$((20000 + 700)) @127.0.0.1 -p "$udp4" +time=1 +tries=1 a.test)" 'timed out|no servers'

echo "a.test 3" >&9
until_true "result" grep -q '^resolved' "$tmp/d.log"
like "asked by the supervisor itself" "$(grep '^resolved' "$tmp/d.log")" '203\.0\.113\.1'
like "the server saw what was allowed" "$(cat "$tmp/named.log")" 'query: c1\.test IN A|query: [cC]1\.[tT][eE][sS][tT] IN A'
is "the server saw no denied name" "$(grep -c 'secret\|version.bind\|65001' "$tmp/named.log")" 0
is "nor ANY or AXFR" "$(grep 'query:' "$tmp/named.log" | grep -c 'IN ANY\|AXFR\|CH TXT')" 0
is "and no client subnet" "$(grep 'query:' "$tmp/named.log" | grep -c 'ECS')" 0
finish
