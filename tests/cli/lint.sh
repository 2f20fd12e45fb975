#!/bin/sh
# SPDX-License-Identifier: MIT
# lint: levels, what it finds beside errors, --fix, and unused rules by the
# records. The findings themselves are tried by unit/findings.
. "$srcdir/tests/tap.sh"
if [ -z "$IN_NAMESPACE" ]; then
	for flags in -nm -Urnm; do
		unshare $flags true 2>/dev/null && IN_NAMESPACE=1 exec unshare $flags sh "$0"
	done
fi
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state"
unset EGRESS_FILTER_CONFIG EGRESS_FILTER_DB
cd "$tmp" || exit 1

try() { # try WORD...: sets out, err and rc
	out=$("$ef" lint "$@" 2>"$tmp/err")
	rc=$?
	err=$(cat "$tmp/err")
}

cat >p.yaml <<'EOT'
version: 1
# registries
domains:
  - pattern: "a.example"   # kept
    ports: [443]
  - pattern: "a.example"
    ports: [443]
    reason: again
  - pattern: "*.a.example"
    ports: [443]
  - pattern: "b.a.example"
    ports: [443]

ip_ranges:
  - cidr: "127.0.0.1/8"
EOT
cp p.yaml kept.yaml
try p.yaml
is "findings: exit 1" "$rc" 1
is "findings and warnings in file order" "$(printf '%s\n' "$out" | sed 's/: .*\[\(.*\)\]$/ \1/; s/: warning: .*/ loader/')" \
	'p.yaml:6:14 duplicate
p.yaml:15:11 loader'
try p.yaml --level info
is "--level info" "$(printf '%s\n' "$out" | sed 's/: [a-z]*: .*\[\(.*\)\]$/ \1/; s/: warning: .*/ loader/')" \
	'p.yaml:6:14 duplicate
p.yaml:11:14 shadowed
p.yaml:15:11 loader
p.yaml:15:11 loopback-ports'
try p.yaml --level error
is "--level error: what is below it does not count" "$rc:$out" 0:
printf 'version: 1\nip_ranges:\n  - cidr: "127.0.0.0/8"\n' >info.yaml
try info.yaml
is "infos alone: exit 0" "$rc:$out" 0:
try info.yaml --level info
is "... exit 1 where they count" "$rc" 1
try p.yaml --level all
is "no such level: exit 2" "$rc" 2
like "... and which there are" "$err" 'info, warning or error'
try --json p.yaml
if command -v python3 >/dev/null; then
	is "--json" "$(printf '%s\n' "$out" | python3 -c '
import json, sys
f = json.load(sys.stdin)["files"][0]
print(f["file"], f["errors"], f["warnings"], f["infos"])
for p in f["problems"]: print(p["line"], p["column"], p["level"], p["kind"], p["text"][:6])')" \
		'p.yaml 0 2 0
6 14 warning duplicate line 4
15 11 warning None '"'127.0"
else
	skip "no python3"
fi

try --fix p.yaml
is "--fix: exit 1" "$rc" 1
like "--fix: what is found goes to standard error" "$err" '^p\.yaml:6:14: warning: '
is "--fix: a diff" "$(printf '%s\n' "$out" | sed 1,2d)" \
	"$(diff -u p.yaml - <<'EOT' | sed 1,2d
version: 1
# registries
domains:
  - pattern: "a.example"   # kept
    ports: [443]
  - pattern: "*.a.example"
    ports: [443]
  - pattern: "b.a.example"
    ports: [443]

ip_ranges:
  - cidr: "127.0.0.1/8"
EOT
)"
ok "--fix: writes nothing" cmp -s p.yaml kept.yaml
try --fix info.yaml
is "--fix: nothing to do" "$rc:$out" 0:
printf 'version: 1\ndomains: [{pattern: a.example, ports: [1]}, {pattern: a.example, ports: [1]}]\n' >flow.yaml
try --fix flow.yaml
like "--fix: what is left is counted" "$err" 'flow\.yaml: 1 rule cannot be taken out by lines; remove it by hand'
is "... and there is no diff" "$out" ""
try --fix --json p.yaml
is "--fix --json: exit 2" "$rc" 2
printf 'domian: []\n' >bad.yaml
try --fix bad.yaml
is "--fix of a file that does not load" "$rc:$out" 1:
like "... says its errors" "$err" '^bad\.yaml:1:1: error: '

# Unused rules. Ten sessions over 31 days, as the record has it.
"$ef" doctor >/dev/null || { skip "nothing can be enforced here" && finish; }
[ -n "$IN_NAMESPACE" ] || { skip "no namespaces to be had" && finish; }
cat >s.yaml <<'EOT'
version: 1
domains:
  - pattern: "used.example"
    ports: [443]
  - pattern: "pip-x.io"
    ports: [443]
  - pattern: "connected.example"
    ports: [443]
ip_ranges:
  - cidr: "203.0.113.0/24"
    ports: [80]
EOT
# One name is in /etc/hosts; who asks for others gets no answer.
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
ip addr add 203.0.113.7/32 dev lo
ip addr add 198.51.100.7/32 dev lo
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >resolv.conf
echo '198.51.100.7 used.example' >hosts
mount --bind resolv.conf /etc/resolv.conf
mount --bind hosts /etc/hosts
sessions=$XDG_STATE_HOME/egress-filter/sessions
session() { # session DAYS-AGO POLICY [HOST PORT]: as if it had been then
	rm -f new.db
	"$ef" -q -c "$2" --db new.db bash -c 'exec 3<>"/dev/tcp/$0/$1"' "${3:-none.example}" "${4:-1}" 2>/dev/null
	sqlite3 new.db "UPDATE sessions SET started_ms = started_ms - $1 * 86400000"
	mv new.db "$sessions/$1-$2.db"
}
mkdir -p "$sessions"
for days in 34 30 26 22 18 14 10 6 3 0; do
	session $days s.yaml used.example 443
done
try --stale s.yaml
is "--stale: exit 1" "$rc" 1
is "--stale: what no session used" "$(printf '%s\n' "$out" | sed 's/: warning: .*/ &/' | sed 's/ : warning: /|/')" \
	's.yaml:5:14|allowed nothing in the last 10 sessions that had it, over 34 days: remove it [unused]
s.yaml:7:14|allowed nothing in the last 10 sessions that had it, over 34 days: remove it [unused]
s.yaml:10:11|allowed nothing in the last 10 sessions that had it, over 34 days: remove it [unused]'
try s.yaml
is "... is not looked for without it" "$rc:$out" 0:
try --stale --min-days 35 s.yaml
like "too few days: said, no finding" "$rc:$out:$err" '^0::.*too little is recorded to tell unused rules: 10 sessions of 10, over 34 days of 35$'
try --stale --min-sessions 11 s.yaml
like "too few sessions: said, no finding" "$rc:$out:$err" '^0::.*10 sessions of 11, over 34 days of 30$'
try --stale --since 20d s.yaml
like "--since leaves older ones out" "$rc:$out:$err" '^0::.*6 sessions of 10'
# A use in the middle: what came before does not count any more.
session 16 s.yaml 203.0.113.7 80
# A name that is asked for is used, though nothing connects to it.
session 15 s.yaml connected.example 1
try --stale --min-sessions 5 --min-days 10 s.yaml
is "a use begins the count again" "$(printf '%s\n' "$out" | sed 's/: .*last \([0-9]*\) .*/ \1/')" \
	's.yaml:5:14 12
s.yaml:7:14 5
s.yaml:10:11 6'
try --stale --min-sessions 6 --min-days 10 s.yaml
is "... for each rule" "$(printf '%s\n' "$out" | sed 's/: .*last \([0-9]*\) .*/ \1/')" \
	's.yaml:5:14 12
s.yaml:10:11 6'
# Sessions under a policy without the rule tell nothing of it.
printf '  - cidr: "203.0.114.0/24"\n    ports: [80]\n' >>s.yaml
try --stale --min-sessions 1 --min-days 1 s.yaml
is "a rule that is new" "$(printf '%s\n' "$out" | grep -c ':12:')" 0
try --stale --fix s.yaml
is "--stale --fix" "$(printf '%s\n' "$out" | grep '^[-+] ')" '-  - pattern: "pip-x.io"
-    ports: [443]'
try --stale --from "$sessions/0-s.yaml.db" s.yaml
like "--from" "$err" ': 1 sessions of 10'
try --stale --from missing.db s.yaml
is "a record that is missing: exit 2" "$rc" 2
finish
