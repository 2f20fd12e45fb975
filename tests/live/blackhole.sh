#!/bin/sh
# SPDX-License-Identifier: MIT
# Run "$@" in a network namespace of its own with lo and a black hole: a
# neighbour 10.99.0.2 that never answers. Two retries make a connect() to it
# end in a few seconds.
exec unshare -n sh -c '
	ip link set lo up &&
	ip link add v0 type veth peer name v1 &&
	ip addr add 10.99.0.1/24 dev v0 &&
	ip link set v0 up && ip link set v1 up &&
	ip neigh add 10.99.0.2 lladdr 02:00:00:00:00:99 dev v0 nud permanent &&
	sysctl -qw net.ipv4.tcp_syn_retries=1 && exec "$@"' sh "$@"
