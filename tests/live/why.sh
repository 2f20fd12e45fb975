#!/bin/sh
# SPDX-License-Identifier: MIT
# What "why" says of 200 destinations is what a session then does: verdict,
# reason and rule of each, under three policies.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
ip -6 route add default dev lo 2>/dev/null
bind_file /etc/hosts "127.0.0.1 localhost
203.0.113.200 box box.example
203.0.113.201 other.example
"
echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range 2>/dev/null || skip_all "no ICMP sockets"
# Each name has an address of its own: where names share one, any of them
# may allow a call, and "why" knows of one name alone.
set --
for name in exact.example a.wild.example b.a.wild.example wild.example \
	deep.wild.example any.example x.any.example split.example; do
	set -- "$@" $name=198.51.100.$((30 + $#))
done
name_server "$@"
sockets=$work/sockets
mkdir "$sockets"
cases=$srcdir/tests/live/why_cases.py
background python3 "$cases" listen "$sockets" "$work/log/listening"
wait_for [ -s "$work/log/listening" ] || skip_all "no listeners"

cat >"$work/rules.yaml" <<EOT
version: 1
domains:
  - pattern: "exact.example"
    ports: [443]
  - pattern: "*.wild.example"
    ports: [443, "8000-8010"]
  - pattern: "deep.wild.example"
    ports: [22]
  - pattern: "any.example"
  - pattern: "*.any.example"
  - pattern: "split.example"
    ports: [80]
  - pattern: "split.example"
    ports: [443]
  - pattern: "box"
    ports: [80, 443, 3000]
  - pattern: "other.example"

ip_ranges:
  - cidr: "203.0.113.0/28"
    ports: [80, 443]
  - cidr: "203.0.113.64/26"
  - cidr: "203.0.113.64/28"
    ports: [22]
  - cidr: "127.0.0.0/8"
    ports: [3000, "4000-4100"]
  - cidr: "::1"
    ports: [3000]
  - cidr: "2001:db8::/64"
    ports: [443]
  - cidr: "64:ff9b::/96"
    ports: [443, 80]

unix_sockets:
  allow: ["$sockets/a", "@why-a*"]
  deny: ["@why-ad"]
EOT
printf 'version: 1\n' >"$work/none.yaml"
printf 'version: 1\ndefault_policy: allow\nunix_sockets:\n  default: allow\n' >"$work/all.yaml"

tries=0
for which in rules none all; do
	policy=$work/$which.yaml
	python3 "$cases" list $which "$sockets" >"$work/$which.json"
	ef root -q python3 "$cases" run "$work/$which.json"
	is "$which: the session ends well" "$rc" 0
	python3 "$cases" compare "$work/$which.json" "$db" "$work/egress-filter" "$policy" >"$work/log/$which"
	is "$which: why and the session agree" "$?" 0
	grep -A1 '^not ok' "$work/log/$which" | sed 's/^/# /'
	tries=$((tries + $(grep -c '^ok' "$work/log/$which")))
done
ok "200 cases ($tries)" [ "$tries" -ge 200 ]
finish
