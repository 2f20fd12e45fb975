#!/bin/sh
# SPDX-License-Identifier: MIT
# What README's first command shows: the main job, end to end, with a real
# curl, in a private network and on loopback. And doctor on what it recorded.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for tool in curl python3 ip unshare; do
	command -v $tool >/dev/null || { echo "1..0 # SKIP no $tool"; exit 0; }
done
export XDG_STATE_HOME="$tmp/state"
"$ef" doctor >/dev/null || { echo '1..0 # SKIP nothing can be enforced here'; exit 0; }

demo() { sh "$srcdir/share/demo/demo.sh" "$ef" >"$tmp/out" 2>&1 || { sed 's/^/# /' "$tmp/out"; return 1; }; }
check() { # check WHERE
	out=$(cat "$tmp/out")
	like "$1: allowed" "$out" '^hello from '
	# curl writes its own line in pieces: ours may stand between two of them
	like "$1: denied, in one line" "$out" \
		'egress-filter: denied telemetry\.example\.net:80/tcp by curl\[[0-9]+\]: no rule \(why: egress-filter why [0-9a-f]{8}:[0-9]+\)'
	like "$1: log" "$out" 'DENY.*telemetry\.example\.net'
	like "$1: why" "$out" '^  - pattern: "telemetry\.example\.net"$'
	is "$1: nothing of it was seen outside" "$(sed '1,/^-- What the made-up/d' "$tmp/out" | grep -c telemetry)" 0
}
EF_DEMO_NET=
export EF_DEMO_NET
if unshare -rnm true 2>/dev/null || unshare -nm true 2>/dev/null; then
	ok "demo in a private network" demo
	check private
	like "the allowed name was looked up by the supervisor" "$(cat "$tmp/out")" '^dns api\.example\.com 1$'
else
	skip "no namespaces"
fi
EF_DEMO_NET=loopback
ok "demo on loopback" demo
check loopback

# The id in a denial line leads to the event.
printf 'version: 1\n' >"$tmp/p.yaml"
err=$("$ef" -c "$tmp/p.yaml" curl -sS http://127.0.0.1:9/ 2>&1 >/dev/null)
id=$(printf '%s\n' "$err" | sed -n 's/.*(why: egress-filter why \([^)]*\)).*/\1/p')
out=$("$ef" why "$id")
is "why of a denial's id: exit 1" "$?" 1
like "... what it was" "$out" '127\.0\.0\.1 .*9/tcp'
like "... and what would allow it" "$out" 'cidr: "127\.0\.0\.1/32"'
"$ef" why "${id%:*}:999999" >/dev/null 2>&1
is "why of an event that is not there: exit 2" "$?" 2

# doctor proves the records.
like "records are as written" "$("$ef" doctor)" '^ok +records +[1-9][0-9]* as written, 0 changed since'
for record in "$tmp"/state/egress-filter/sessions/*.db; do break; done
if command -v python3 >/dev/null; then
	python3 - "$record" <<'EOF'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE attempts SET verdict = 'allow'" if isinstance(db.execute("SELECT verdict FROM attempts").fetchone()[0], str) else "UPDATE attempts SET verdict = 1 - verdict")
db.commit()
EOF
	like "a changed record is noticed" "$("$ef" doctor)" '^weak +records +.* 1 changed since'
fi
finish
