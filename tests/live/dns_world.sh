# SPDX-License-Identifier: MIT
# For tests of names with real servers: source it first. It puts the test into
# a network namespace of its own with made-up hosts on lo, and has words to
# start a server, to start dnsd and to ask it.
. "$srcdir/tests/tap.sh"

skip_all() { echo "1..0 # SKIP $1"; exit 0; }

if [ -z "$IN_NAMESPACE" ]; then
	export IN_NAMESPACE=1
	unshare -n true 2> /dev/null && exec unshare -n sh "$0"
	unshare -Urn true 2> /dev/null && exec unshare -Urn sh "$0"
	skip_all "no network namespace to be had"
fi
for tool in ip dig; do
	command -v $tool > /dev/null || skip_all "$tool is not installed"
done
PATH=$PATH:/usr/sbin:/sbin
tmp=$(mktemp -d)
pids=
trap 'kill $pids 2> /dev/null; wait; rm -rf "$tmp"' EXIT
ip link set lo up
for i in 53 54 55 56; do
	ip addr add 198.51.100.$i/32 dev lo
done
echo 20000 > "$tmp/port"
echo 0 > "$tmp/logged"

# until WHAT COMMAND...: wait for something to become true
until_true() {
	tap_what=$1 tap_left=200
	shift
	while ! "$@" > /dev/null 2>&1; do
		tap_left=$((tap_left - 1))
		[ $tap_left -gt 0 ] || { echo "# no $tap_what"; return 1; }
		sleep 0.05
	done
}

# answers ADDRESS NAME: does a server answer for a name?
answers() { dig +time=1 +tries=1 @"$1" "$2" SOA | grep -q 'status: NOERROR'; }

# serve NAME ARGUMENTS...: start dnsd; its lines are in $tmp/NAME.log
serve() {
	served=$1
	shift
	mkfifo "$tmp/$served.in"
	"$builddir/tests/live/dnsd" "$@" < "$tmp/$served.in" > "$tmp/$served.log" 2>&1 &
	pids="$pids $!"
	exec 9> "$tmp/$served.in"
	until_true "$served" grep -q ready "$tmp/$served.log" || return 1
	set -- $(sed -n 's/^ready //p;q' "$tmp/$served.log")
	udp4=$1 udp6=$2 tcp4=$3 tcp6=$4
}

# next_port: a source port that is served, another one each time
next_port() { echo $(($(cat "$tmp/port") + 1)) > "$tmp/port"; cat "$tmp/port"; }

# ask ARGUMENTS...: dig over UDP; ask6 over IPv6, ask_tcp over TCP
ask() { dig -b "127.0.0.1#$(next_port)" @127.0.0.1 -p "$udp4" +time=10 +tries=1 "$@" 2>&1; }
ask6() { dig -b "::1#$(next_port)" @::1 -p "$udp6" +time=10 +tries=1 "$@" 2>&1; }
ask_tcp() { dig -b "127.0.0.1#$(next_port)" @127.0.0.1 -p "$tcp4" +tcp +time=10 +tries=1 "$@" 2>&1; }

# log: what dnsd has said since the last call; bound: of that, what was bound
log() {
	sed "1,$(cat "$tmp/logged")d" "$tmp/$served.log" > "$tmp/new"
	wc -l < "$tmp/$served.log" > "$tmp/logged"
	cat "$tmp/new"
}
bound() { log | sed -n 's/^bind //p' | tr '\n' ';'; }
