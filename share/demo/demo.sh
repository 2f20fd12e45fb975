#!/bin/sh
# SPDX-License-Identifier: MIT
# Shows egress-filter at its main job on a made-up internet: a name server and
# two web servers in a private network namespace. Nothing leaves the machine.
#
# usage: demo.sh PROGRAM
set -eu
ef=$(realpath "${1:-egress-filter}")
here=$(dirname "$(realpath "$0")")

for tool in curl python3; do
	command -v $tool >/dev/null || { echo "demo: $tool is needed" >&2; exit 1; }
done
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy

# A private network needs root or user namespaces; without them the demo is
# played on loopback, by address instead of by name.
if [ -z "${EF_DEMO_NET-}" ]; then
	probe='ip link set lo up && ip addr add 198.51.100.53/32 dev lo && mount --bind /dev/null /etc/resolv.conf'
	for how in 'unshare -nm' 'unshare -rnm'; do
		if $how sh -c "$probe" >/dev/null 2>&1; then
			EF_DEMO_NET=private exec $how sh "$0" "$ef"
		fi
	done
	EF_DEMO_NET=loopback
fi

tmp=$(mktemp -d)
net=
trap '[ -z "$net" ] || kill "$net"; rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state"
cd "$tmp"
mkfifo ready

if [ "$EF_DEMO_NET" = private ]; then
	ip link set lo up
	for address in 198.51.100.53 203.0.113.10 203.0.113.20; do ip addr add $address/32 dev lo; done
	echo 'nameserver 198.51.100.53' >resolv.conf
	mount --bind resolv.conf /etc/resolv.conf
	python3 "$here/net.py" 198.51.100.53 api.example.com=203.0.113.10 telemetry.example.net=203.0.113.20 >ready &
	net=$!
	good=http://api.example.com/ bad=telemetry.example.net:80
	cat >policy.yaml <<'EOF'
version: 1
domains:
  - pattern: "api.example.com"
    ports: [80]
    reason: the service this job is about
EOF
	echo "A private network with three machines: a name server, api.example.com and telemetry.example.net."
else
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	python3 "$here/net.py" 127.0.0.1:0 "local=127.0.0.1:$port" >ready &
	net=$!
	good=http://127.0.0.1:$port/ bad=telemetry.example.net:80
	cat >policy.yaml <<EOF
version: 1
ip_ranges:
  - cidr: "127.0.0.1"
    ports: [$port]
    reason: the service this job is about
EOF
	echo "No private network to be had here (it needs root or user namespaces): played on loopback."
fi
exec 3<ready
read -r line <&3
[ "$line" = ready ]
# What the servers see is kept, to show what reached them.
cat <&3 >seen &

PATH=$(dirname "$ef"):$PATH
failed=0
show() { # show EXIT-CODE COMMAND...: print, run, compare
	want=$1
	shift
	printf '\n$ %s\n' "$*"
	rc=0
	"$@" || rc=$?
	[ "$rc" = "$want" ] || { echo "demo: exit code $rc, expected $want" >&2; failed=1; }
}

show 0 cat policy.yaml
printf '\n-- An allowed destination: curl works as ever.\n'
show 0 egress-filter -c policy.yaml curl -sS "$good"
printf '\n-- Another one: denied before anything leaves, and said in one line.\n'
show 7 egress-filter -c policy.yaml curl -sS "http://${bad%:80}/"
printf '\n-- Everything was recorded.\n'
show 0 egress-filter log
printf '\n-- Why, and what would allow it.\n'
show 1 egress-filter why "$bad" -c policy.yaml

printf '\n-- What the made-up internet saw:\n'
cat seen
if grep -q telemetry seen; then
	echo "demo: telemetry.example.net was reached" >&2
	failed=1
fi
[ $failed = 0 ] && printf '\nThat is all: a policy file, and egress-filter in front of the command.\n'
exit $failed
