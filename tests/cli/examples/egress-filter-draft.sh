# SPDX-License-Identifier: MIT
# What the examples of egress-filter-draft(1) find: a session that has ended.
ip addr add 203.0.113.7/32 dev lo
egress-filter -q bash -c '
	exec 3<>/dev/tcp/registry.example.com/443
	exec 3<>/dev/tcp/203.0.113.7/8080'
