#!/bin/sh
# SPDX-License-Identifier: MIT
# Names are earned: what a resolver of the target's own choosing says, and what
# a trusted one does not say of the name that was asked, binds no address. After
# each lie a connect() to the address it named is tried, which nobody receives.
. "$srcdir/tests/live/lib.sh"
live_enter sysctl
net_up
sysctl -qw net.ipv4.ip_unprivileged_port_start=0
for a in 10.11.12.13 169.254.169.254 100.100.100.200; do
	ip addr add $a/32 dev lo
done
web $WEB:80 $EVIL:80 127.0.0.1:80 10.11.12.13:80 169.254.169.254:80 \
	100.100.100.200:80 198.51.100.53:80
asked=$work/log/trusted
background python3 "$srcdir/tests/live/rogue.py" $RESOLVER "$work/log/ready" "$asked"
wait_for [ -s "$work/log/ready" ] || skip_all "the name server does not start"

policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
domains:
  - pattern: "*.example.test"
    ports: [80]
  - pattern: "at-10-11-12-13.exact.test"
    ports: [80]
ip_ranges:
  - cidr: 127.0.0.8/29
  - cidr: 127.0.0.1
    ports: ["1024-65535"]
YAML
chmod 644 "$policy"
try="python3 $srcdir/tests/live/try.py"

# lie NAME ADDRESS: NAME is looked up, then ADDRESS is connected to.
lie() {
	ef $user -q sh -c "$try connect $1 80; $try connect $2 80"
	is "$user: $3" "$(echo "$out" | sed -n '2p')" EACCES
}

answers() {
	for how in spoof question id chain glue; do
		lie $how.example.test $EVIL "an answer with a lie ($how) does not bind it"
		is "... the truth is" "$(echo "$out" | sed -n '1p')" ok
		is "... no binding says otherwise" "$(rows "SELECT count(*)
			FROM bindings b JOIN addresses d ON d.id = b.address
			WHERE d.address = '$EVIL'")" 0
		case $how in question | id)
			is "... the lie is in the record" "$(rows "SELECT count(*) > 0
				FROM events WHERE kind = 'answer-dropped' AND detail LIKE
				'%$how.example.test type 1: 1 dropped, the first from $RESOLVER:53,%'")" 1 ;;
		esac
	done
}

rebinding() {
	for a in 127.0.0.1 10.11.12.13 169.254.169.254 100.100.100.200; do
		name=at-$(echo $a | tr . -).example.test
		ef $user -q sh -c "$try ask $RESOLVER $name; $try connect $name 80; $try connect $a 80"
		is "$user: $a under a wildcard: the answer is seen, nothing is bound" \
			"$(echo $out)" "$a EACCES EACCES"
	done
	ef $user -q sh -c "$try connect mapped.example.test 80; $try connect 127.0.0.1 80"
	is "$user: ::ffff:127.0.0.1 under a wildcard" "$(echo "$out" | sed -n 2p)" EACCES
	ef $user -q $try connect at-10-11-12-13.exact.test 80
	is "$user: a private address of an exact name is bound" "$out" ok
}

# Resolvers that the target runs itself: on loopback addresses that the policy
# allows, and one that it does not.
own_resolver() {
	for where in 127.0.0.9:53 127.0.0.9:5300 $EVIL:53; do
		ready=$work/home/$user/ready
		rm -f "$ready"
		ef $user -q sh -c "python3 $srcdir/tests/live/rogue.py $where '$ready' &
			until [ -s '$ready' ]; do sleep 0.01; done
			$try ask ${where%:*} plain.example.test ${where#*:}
			$try connect $EVIL 80"
		case $where in
		127.*) said=$EVIL ;;
		*) said=$WEB ;; # not reached: a trusted one answers
		esac
		is "$user: what a resolver of its own at $where says binds nothing" \
			"$(echo $out)" "$said EACCES"
	done
}

# The same in a network namespace that the target made for itself, where the
# address of the trusted resolver is its own.
own_namespace() {
	unshare -Urn true 2>/dev/null || { skip "no user namespaces" && return; }
	ready=$work/home/$user/ready
	rm -f "$ready"
	cat >"$work/inner.sh" <<SH
ip link set lo up
ip addr add $RESOLVER/32 dev lo
ip addr add $EVIL/32 dev lo
python3 $srcdir/tests/live/rogue.py $RESOLVER '$ready' '$ready.log' &
until [ -s '$ready' ]; do sleep 0.01; done
$try ask $RESOLVER plain.example.test
$try connect $EVIL 80
$try connect plain.example.test 80
kill \$!
SH
	ef $user -q sh -c "unshare -Urn sh $work/inner.sh; $try connect $EVIL 80"
	[ -s "$ready" ] || { skip "$user: a target cannot make namespaces here" && return; }
	is "$user: in a namespace of its own: no name service, no way out" \
		"$(echo "$out" | sed -n '2,3p' | sort -u | grep -c ok)" 0
	is "... and what was said there binds nothing here" \
		"$(echo "$out" | tail -n 1)" EACCES
	is "... no binding" "$(rows 'SELECT count(*) FROM bindings')" 0
}

# What sorts addresses connects to a sink in the supervisor's namespace. Who has
# the sink's address in another one is for the target to say.
probe_elsewhere() {
	unshare -Urn true 2>/dev/null || { skip "no user namespaces" && return; }
	cat >"$work/inner.sh" <<SH
ip link set lo up
ip addr add $WEB/32 dev lo
$try udp $WEB 9
SH
	ef $user -q sh -c "$try connect plain.example.test 80; $try udp $WEB 9
		unshare -Urn sh $work/inner.sh"
	is "$user: a probe of a known address" "$(echo $out | cut -d' ' -f1-2)" "ok ok"
	[ -z "$err" ] || { skip "$user: a target cannot make namespaces here" && return; }
	is "... is refused in another namespace" "$(echo $out | cut -d' ' -f3)" EACCES
}

peek_off() {
	ef $user -q python3 -c 'import errno, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    s.setsockopt(socket.SOL_SOCKET, 42, 0)
    print("ok")
except OSError as e:
    print(errno.errorcode[e.errno])'
	like "$user: SO_PEEK_OFF is refused" "$out" '^E[A-Z]+$'
}

# A service record of an allowed name leads to one that no rule mentions: from
# then on that one is asked for, and its address is the allowed name's.
service() {
	alias="import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(20)
s.connect(('$RESOLVER', 53))
s.send(b'\0\7\1\0\0\1\0\0\0\0\0\0\5alias\7example\4test\0\0\101\0\1')
print(s.recv(4096)[7])"
	ef $user -q sh -c "$try ask $RESOLVER pool.other.test; $try connect $WEB 80
		python3 -c \"\$1\"; $try ask $RESOLVER pool.other.test; $try connect $WEB 80" sh "$alias"
	like "$user: the target of a service record, before it is known" \
		"$(echo $out | cut -d' ' -f1-2)" '^198\.18\.[0-9.]* EACCES$'
	is "... and after" "$(echo $out | cut -d' ' -f3-)" "1 $WEB ok"
	is "... it is recorded" "$(rows "SELECT detail LIKE '%alias.example.test leads to pool.other.test'
		FROM events WHERE kind = 'service-target'")" 1
	is "... and by which rule it was asked" "$(rows "SELECT r.text FROM questions q JOIN rules r
		ON r.id = q.rule JOIN names n ON n.id = q.name WHERE n.name = 'pool.other.test'")" '*.example.test'
}

# What the labels below a wildcard say reaches whoever answers for them: not in
# any amount. A socket is connected, another is not.
tunnel() {
	for how in connected free; do
		ef $user -q python3 -c "
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(20)
if '$how' == 'connected': s.connect(('$RESOLVER', 53))
codes = [0] * 16
for i in range(${1:-700}):
    label = b'tun$how%05d' % i
    s.sendto(b'\0\7\1\0\0\1\0\0\0\0\0\0' + bytes([len(label)]) + label +
             b'\7example\4test\0\0\1\0\1', ('$RESOLVER', 53))
    codes[s.recvfrom(4096)[0][3] & 15] += 1
print(codes[0], codes[3])"
		ok "$user, $how: some are answered, the rest does not exist" eval '[ "${out#* }" -gt 0 ] && [ "${out% *}" -ge 500 ]'
		is "... in the record, too" "$(rows "SELECT count(*) > 0 FROM attempts
			WHERE stage = 'dns' AND reason = 'budget' AND action = 'denied'")" 1
		is "... and not at the server" "$(rows "SELECT count(*) FROM questions
			WHERE verdict = 'allow'")" "$(grep -io "tun$how[0-9]*" "$asked" | tr A-Z a-z | sort -u | wc -l)"
		: >"$asked"
	done
}

# An address that is denied belongs to an allowed name a moment later: the same
# socket may send there, and what was allowed is still one row.
known_later() {
	ef $user -q python3 -c "import errno, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
def send():
    try:
        s.sendto(b'x', ('$WEB', 80))
        print('ok')
    except OSError as e:
        print(errno.errorcode[e.errno])
send(); send()
socket.gethostbyname('plain.example.test')
send(); send()"
	is "$user: datagrams before and after the name is known" "$(echo $out)" "EACCES EACCES ok ok"
	is "... a row for each verdict" "$(rows "SELECT group_concat(verdict || ' ' || count, ', ')
		FROM attempts WHERE stage = 'send'")" "deny 2, allow 2"
}

# People block names by files of thousands of lines: what resolvers say, and what
# the file says of a name that a rule is about, finds room all the same.
long_hosts() {
	{
		i=0
		while [ $i -lt 4200 ]; do
			[ $i = 2000 ] && echo "$RESOLVER known.example.test"
			echo "0.0.0.0 ads$i.example.org"
			i=$((i + 1))
		done
	} >"$work/long-hosts"
	mount --bind "$work/long-hosts" /etc/hosts || { skip "no long hosts file" && return; }
	ef $user -q sh -c "$try connect plain.example.test 80; $try connect known.example.test 80"
	umount /etc/hosts
	is "$user: a long /etc/hosts leaves room for names" "$(echo $out)" "ok ok"
}

# The machine's own name, with its domain, stands beside an address of loopback
# on many machines: that is no rule on loopback.
own_name() {
	own=$(cat /proc/sys/kernel/hostname)
	echo "127.0.1.1 ${own%%.*}.example.test ${own%%.*}
127.0.1.2 other.example.test" >"$work/own-hosts"
	mount --bind "$work/own-hosts" /etc/hosts || { skip "no hosts file of its own" && return; }
	ef $user -q sh -c "$try connect 127.0.1.1 80; $try connect 127.0.1.2 80"
	umount /etc/hosts
	is "$user: the machine's own name gives no right to loopback" "$(echo $out)" "EACCES ECONNREFUSED"
}

for user in $users; do
	service
	own_name
	known_later
	long_hosts
	tunnel
	answers
	rebinding
	own_resolver
	own_namespace
	probe_elsewhere
	peek_off
done
is "nobody but the true server was ever reached" \
	"$(cut -d' ' -f1 "$served" | sort -u | tr '\n' ' ')" "10.11.12.13 $WEB $RESOLVER "
ok "servers accepted nothing that is not recorded as allowed" \
	served_is_recorded "$work"/home/*/record-*.db
finish
