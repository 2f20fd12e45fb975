# SPDX-License-Identifier: MIT
# What the examples of egress-filter-log(1) find: a session that has ended.
ip addr add 203.0.113.7/32 dev lo
cat >policy.yaml <<'END'
version: 1
ip_ranges:
  - cidr: "203.0.113.0/24"
    ports: [80]
END
egress-filter -q -c policy.yaml bash -c '
	exec 3<>/dev/tcp/203.0.113.7/80
	exec 3<>/dev/tcp/registry.example/443'
