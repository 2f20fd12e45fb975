#!/bin/sh
# SPDX-License-Identifier: MIT
# stress-ng's socket stressors with fixed numbers of operations, in a
# namespace with nothing but lo: bare, under --allow-all, and under a policy
# that allows loopback. What ends well bare has to end well under the filter.
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}" "${builddir:=$PWD}"

if [ "${SUITES-}" = none ]; then
	echo "1..0 # SKIP suites of others were not asked for (SUITES=none)"
	exit 0
fi
if [ -z "${EF_IN_NAMESPACE-}" ]; then
	if ! command -v stress-ng > /dev/null; then
		echo "1..0 # SKIP stress-ng is not installed"
		exit 0
	fi
	if ! unshare -n true 2> /dev/null; then
		echo "1..0 # SKIP no network namespace can be made here"
		exit 0
	fi
	EF_IN_NAMESPACE=1 exec unshare -n sh "$0"
fi

ip link set lo up || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"
cp "$srcdir/tests/suites/loopback.yaml" "$work/policy.yaml"
ef=$builddir/egress-filter

# The stressor, its operations, and options.
stressors='sock 500
udp 2000
udp 2000 --udp-domain ipv6
sock 300 --sock-domain unix
sock 300 --sock-domain ipv6
sock 300 --sock-opts sendmsg
sock 300 --sock-opts sendmmsg
udp 1000 --udp-domain unix
sockmany 200
sockpair 2000
sockfd 200
netlink-proc 10
sendfile 200
epoll 500'

stress() { # stress WAY STRESSOR OPS OPTIONS...: its exit code
	way=$1 name=$2 ops=$3
	shift 3
	case $way in
	bare) set -- env stress-ng "--$name" 1 "--$name-ops" "$ops" "$@" ;;
	allow-all) set -- "$ef" --allow-all -q -- stress-ng "--$name" 1 "--$name-ops" "$ops" "$@" ;;
	policy) set -- "$ef" -c "$work/policy.yaml" -q -- stress-ng "--$name" 1 "--$name-ops" "$ops" "$@" ;;
	esac
	(cd "$work" && timeout 120 "$@") > "$work/log" 2>&1 < /dev/null
}

n=0
list=$work/list
echo "$stressors" > "$list"
while read -r name ops options; do
	# shellcheck disable=SC2086
	stress bare "$name" "$ops" $options
	bare=$?
	for way in allow-all policy; do
		n=$((n + 1))
		# shellcheck disable=SC2086
		stress $way "$name" "$ops" $options
		rc=$?
		if [ $rc = $bare ]; then
			echo "ok $n - $name $options under $way"
		else
			sed 's/^/# /' "$work/log" | tail -20
			echo "# bare $bare, now $rc"
			echo "not ok $n - $name $options under $way"
		fi
	done
done < "$list"
echo "1..$n"
