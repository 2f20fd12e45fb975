#!/bin/sh
# SPDX-License-Identifier: MIT
# libuv's own tests, built from Debian's source package, which is fetched with
# a private APT folder made of the machine's own entries; run as an ordinary
# user in a namespace with nothing but lo: bare, under --allow-all, and under
# a policy that allows loopback. Long: minutes.
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}" "${builddir:=$PWD}"
self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
skip() {
	echo "1..0 # SKIP $*"
	exit 0
}

if [ -z "${EF_IN_NAMESPACE-}" ]; then
	[ "$(id -u)" = 0 ] || skip "needs root to become an ordinary user"
	for tool in apt-get dpkg-source cmake setpriv unshare; do
		command -v $tool > /dev/null || skip "$tool is not installed"
	done
	work=$(mktemp -d) || exit 99
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/parts" "$work/lists"
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -e "$f" ] && sed 's/^Types:.*/Types: deb-src/' "$f" \
			> "$work/parts/$(basename "$f")"
	done
	[ -e /etc/apt/sources.list ] &&
		sed -n 's/^deb /deb-src /p' /etc/apt/sources.list \
			> "$work/parts/own.list"
	apt() {
		apt-get -q -o Dir::Etc::sourcelist=/dev/null \
			-o Dir::Etc::sourceparts="$work/parts" \
			-o Dir::State::lists="$work/lists" "$@"
	}
	cd "$work" || exit 99
	{ apt update; apt source --download-only libuv1 &&
		dpkg-source -x ./*.dsc src; } > "$work/fetch.log" 2>&1 ||
		skip "the source package of libuv cannot be fetched"
	cmake -S src -B src/b > "$work/build.log" 2>&1 &&
		make -C src/b uv_run_tests_a >> "$work/build.log" 2>&1 ||
		skip "libuv does not build here"
	mkdir state
	chmod a+rx "$work"
	chown -R 65534:65534 src state
	EF_IN_NAMESPACE=$work unshare -n sh "$self"
	exit
fi

work=$EF_IN_NAMESPACE
ip link set lo up || exit 99
cd "$work/src" || exit 99
export HOME="$work/state" XDG_STATE_HOME="$work/state"
cp "$srcdir/tests/suites/loopback.yaml" "$work/policy.yaml"
ef=$builddir/egress-filter

# Fail by a rule of ours: names that no rule mentions have a placeholder, other
# destinations and groups than loopback are denied by the policy.
cat > "$work/forbidden" << 'LIST'
getaddrinfo_fail
getaddrinfo_fail_sync
tcp_close_while_connecting
tcp_connect_timeout
udp_multicast_interface
udp_multicast_ttl
udp_send_hang_loop
LIST

run() { # run WAY COMMAND...
	way=$1
	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@" \
		b/uv_run_tests_a < /dev/null > "$work/$way.log" 2>&1
	sed -n 's/^not ok [0-9]* - //p' "$work/$way.log" | sort > "$work/$way"
	grep -c '^ok' "$work/$way.log" | sed "s/^/# $way: ok /"
}

run bare env
run allow-all "$ef" --allow-all -q --
run policy "$ef" -c "$work/policy.yaml" -q --
n=0
for way in allow-all policy; do
	n=$((n + 1))
	new=$(comm -13 "$work/bare" "$work/$way")
	[ $way = policy ] && new=$(echo "$new" | grep -v -x -F -f "$work/forbidden")
	if grep -q '^ok' "$work/$way.log" && [ -z "$new" ]; then
		echo "ok $n - libuv under $way"
	else
		echo "$new" | sed 's/^/# new: /'
		echo "not ok $n - libuv under $way"
	fi
done
echo "1..$n"
