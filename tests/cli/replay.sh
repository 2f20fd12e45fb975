#!/bin/sh
# SPDX-License-Identifier: MIT
# replay: which records and sessions are judged, what is said, the exit codes.
. "$srcdir/tests/tap.sh"
if [ -z "$IN_NAMESPACE" ]; then
	for flags in -n -Urn; do
		unshare $flags true 2>/dev/null && IN_NAMESPACE=1 exec unshare $flags sh "$0"
	done
	echo "1..0 # SKIP no network namespace to be had"
	exit 0
fi
ef=$builddir/egress-filter
"$ef" doctor >/dev/null || { echo "1..0 # SKIP nothing can be enforced here"; exit 0; }
PATH=$PATH:/usr/sbin:/sbin
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state"
unset EGRESS_FILTER_CONFIG EGRESS_FILTER_DB
cd "$tmp" || exit 1
ip link set lo up
ip addr add 203.0.113.7/32 dev lo

try() { # try WORD...: sets out, err and rc
	out=$("$ef" replay "$@" 2>"$tmp/err")
	rc=$?
	err=$(cat "$tmp/err")
}

printf 'version: 1\nip_ranges:\n  - cidr: "203.0.113.0/24"\n    ports: [80]\n' >a.yaml
printf 'version: 1\nip_ranges:\n  - cidr: "203.0.113.0/24"\n    ports: [25]\n' >b.yaml
printf 'version: 1\nip_ranges:\n  - cidr: "203.0.113.0/24"\n    ports: [25, 80]\n' >both.yaml

try -c a.yaml
is "nothing recorded: exit 0" "$rc" 0
like "nothing recorded: said, and how to record" "$err" 'nothing is recorded yet; to record: egress-filter COMMAND'

session() { # session OPTION...: port 80 and port 25
	"$ef" -q -c a.yaml "$@" bash -c 'exec 3<>/dev/tcp/203.0.113.7/80; exec 3<>/dev/tcp/203.0.113.7/25' 2>/dev/null
}
session
session --mode audit --name second
try -c a.yaml --session all
is "audit: what was let through counts as allowed" "$rc" 1
is "... in the one session where it was" "$out" "$(printf 'would be denied\t203.0.113.7\t25/tcp\t1\t%s\trule at line 3 has other ports' "$(printf '%s\n' "$out" | cut -f5)")"
like "... and the command that tells more" "$err" "^why: egress-filter why $(printf '%s\n' "$out" | cut -f5) -c a\.yaml\$"
id=$(printf '%s\n' "$out" | cut -f5)
"$ef" why "$id" -c a.yaml >why.out
is "... which works" "$?" 1
try -c both.yaml
is "the last session: nothing changes" "$rc:$out" 0:
like "... and how much was looked at" "$err" 'both\.yaml on 1 session: 0 would be denied, 0 would be allowed, 2 still allowed, 0 still denied$'
try -c both.yaml --session all
is "something newly allowed: exit 0" "$rc" 0
like "... is told with its rule" "$out" "$(printf '^would be allowed\t203\.0\.113\.7\t25/tcp\t1\t.*\tline 3: 203\.0\.113\.0/24$')"
try -c b.yaml --session all
is "both directions: exit 1" "$rc" 1
is "... what is denied first" "$(printf '%s\n' "$out" | cut -f1,3,4)" "$(printf 'would be denied\t80/tcp\t2\nwould be allowed\t25/tcp\t1')"
try -c b.yaml --session second --where port:25
is "a session by name, and a filter" "$rc:$out" 0:
try -c b.yaml --session second --session all --since 1h
is "sessions add up" "$(printf '%s\n' "$out" | cut -f1,3,4)" "$(printf 'would be denied\t80/tcp\t2\nwould be allowed\t25/tcp\t1')"
try -c b.yaml --since 2999-01-01
like "--since" "$err" 'on 0 sessions: 0 would be denied'

cp state/egress-filter/sessions/*.db .
set -- ./*.db
try -c b.yaml --from "$1" --from "$2"
is "files that are named are taken whole" "$(printf '%s\n' "$out" | cut -f1,3,4)" "$(printf 'would be denied\t80/tcp\t2\nwould be allowed\t25/tcp\t1')"
one=$out
try -c b.yaml --from "$2" --from "$1"
is "their order does not matter" "$out" "$one"
try -c b.yaml --from .
is "a folder" "$out" "$one"

try -c b.yaml --session all --json
is "--json: exit 1" "$rc" 1
if command -v python3 >/dev/null; then
	is "--json" "$(printf '%s\n' "$out" | python3 -c '
import json, sys
d = json.load(sys.stdin)
print(d["policy"], d["sessions"], d["would_be_denied"], d["would_be_allowed"], d["still_allowed"], d["still_denied"])
for c in d["changes"]: print(c["verdict"], c["ip"], c["port"], c["reason_then"], c["reason"], c["line"], c["calls"])')" \
		'b.yaml 2 2 1 1 0
deny 203.0.113.7 80 rule port 3 2
allow 203.0.113.7 25 port rule 3 1'
else
	skip "no python3"
fi

for bad in '-c missing.yaml' '-c a.yaml --where port:' '-c a.yaml --session zzzz' '-c a.yaml --from missing.db' \
	'-c a.yaml --since later' '-c a.yaml word' ''; do
	try $bad
	is "'$bad': exit 2" "$rc" 2
	like "'$bad': one line" "$err" '^egress-filter: .'
done
echo 'domian: []' >bad.yaml
try -c bad.yaml
is "a policy that does not load: exit 2" "$rc" 2
like "... and its errors" "$err" '^bad\.yaml:1:1: error: '
cp a.yaml egress-allowlist.yaml
try --session second
is "the file of this folder, accepted or not" "$rc" 1
head -c 4096 "$1" >cut.db
try -c both.yaml --from cut.db --from "$2"
is "a record that cannot be read: exit 2" "$rc" 2
cp "$2" text.db
sqlite3 text.db "UPDATE attempts SET seq = 'x' WHERE seq = (SELECT max(seq) FROM attempts)"
try -c both.yaml --from text.db
is "a record with numbers that are none: exit 2" "$rc" 2
like "... is named" "$err" 'text\.db: a row that no session writes'

# Numbers of a foreign hand do not make up for each other.
cp "$1" odd.db
sqlite3 odd.db "UPDATE attempts SET count = -5 WHERE seq = 1; UPDATE sessions SET digest = NULL;
	INSERT INTO attempts(session, seq, at_ms, pid, tid, stage, proto, name_source, address, port, qtype, syscall,
		detail, foreign_netns, verdict, action, reason, probe, held_ms, count)
	SELECT session, 1000, at_ms, pid, tid, stage, proto, name_source, address, port, qtype, syscall, detail,
		foreign_netns, 'allow', 'allowed', reason, 0, 0, 5 FROM attempts WHERE seq = 1"
printf 'version: 1\n' >none.yaml
try -c none.yaml --from odd.db
is "counts below one: exit 1" "$rc" 1
like "... and are one" "$out" '	6	'
try -c none.yaml --from odd.db --where port:80
like "... with a filter, too" "$out" '	6	'
finish
