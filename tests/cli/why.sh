#!/bin/sh
# SPDX-License-Identifier: MIT
# "why HOST[:PORT][/PROTO]": the verdict, its rule, the near misses, the lines
# that would change it, and its exit codes.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state"
unset EGRESS_FILTER_CONFIG EGRESS_FILTER_DB
cd "$tmp" || exit 1
cat >p.yaml <<'EOF'
version: 1
domains:
  # source code
  - pattern: "github.com"
    ports: [22]
    reason: clone
  - pattern: "*.npm-x.dev"
    ports: [443]
ip_ranges:
  - cidr: "127.0.0.0/8"
EOF

try() { # try WORD...: sets out, err and rc
	out=$("$ef" why "$@" 2>"$tmp/err")
	rc=$?
	err=$(cat "$tmp/err")
}

try github.com:22 -c p.yaml
is "allowed: exit 0" "$rc" 0
like "allowed: the rule's line and reason" "$out" "line 4: .*github\.com.*clone"
try codeload.github.com:443 -c p.yaml
is "denied: exit 1" "$rc" 1
like "denied: the near miss" "$out" "line 4: .*github\.com"
like "denied: the lines to add" "$out" '  - pattern: "codeload\.github\.com"'
try github.com -c p.yaml
is "port 443 when none is given" "$rc" 1
like "... and said" "$out" '^github\.com:443/tcp$'
like "a port that is missing" "$out" 'line 4'

# What is said to be added does allow it.
for target in codeload.github.com:443 github.com:443 198.51.100.7:25 '[2001:db8::7]:25' 203.0.113.9/icmp new.example:53/udp; do
	printf 'version: 1\n' >add.yaml
	try "$target" -c add.yaml
	is "$target: denied" "$rc" 1
	printf '%s\n' "$out" | sed '1,/^to allow it/d' >>add.yaml
	try "$target" -c add.yaml
	is "$target: allowed by the lines it was told to add" "$rc" 0
done

printf 'version: 1\ndefault_policy: allow\n' >allow.yaml
try anything.example -c allow.yaml
is "default_policy: allow" "$rc" 0
try 169.254.169.254:80 -c allow.yaml
is "... but for metadata" "$rc" 1
try x.npm-x.dev:443 -c p.yaml
is "wildcard" "$rc" 0
try npm-x.dev:443 -c p.yaml
is "wildcard does not cover its apex" "$rc" 1
try 'b\303\274cher.example' -c p.yaml
is "what is no name: exit 2" "$rc" 2
try "$(printf 'b\303\274cher.example')" -c p.yaml
like "international names are converted" "$out" '^xn--bcher-kva\.example:443/tcp$'

for bad in '' 'a..b' 'https://x.example/' 'x:0' 'x:65536' 'x:http' 'x/sctp' '[::1' '1.2.3.4:'; do
	try "$bad" -c p.yaml
	is "'$bad': exit 2" "$rc" 2
	like "'$bad': one line" "$err" '^egress-filter: .'
done
try
is "no argument: exit 2" "$rc" 2
try a b
is "two arguments: exit 2" "$rc" 2
try x -c missing.yaml
is "missing policy: exit 2" "$rc" 2

try codeload.github.com:443 -c p.yaml --json
is "--json: exit 1" "$rc" 1
if command -v python3 >/dev/null; then
	is "--json" "$(printf '%s\n' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(d["verdict"], d["reason"], d["change"].splitlines()[1])')" \
		'deny no-rule   - pattern: "codeload.github.com"'
else
	skip "no python3"
fi

# Without -c: the file of this folder, once it is accepted.
cp p.yaml egress-allowlist.yaml
try github.com:22
is "a file nobody accepted is not used" "$rc" 1
like "... and named" "$err" 'is not accepted'

# SESSION:SEQ: by the policy that was in force then, as the record has it.
"$ef" doctor >/dev/null || { skip "nothing can be enforced here" && finish && exit; }
mkdir -p run && cp p.yaml run/policy.yaml
printf '  - cidr: "203.0.113.7"\n    ports: [80]\n' >>run/policy.yaml
(cd run && "$ef" -q -c policy.yaml --db "$tmp/r.db" bash -c 'exec 3<>/dev/tcp/203.0.113.7/25' 2>/dev/null)
id=$("$ef" log --db "$tmp/r.db" --ndjson 'port:25' | sed -n 's/.*"session":"\([^"]*\)".*"seq":\([0-9]*\).*/\1:\2/p' | tail -n 1)
like "there is an event" "$id" '^[0-9a-f-]*:[0-9]+$'
try "$id" --db r.db
is "denied then: exit 1" "$rc" 1
like "the policy of then" "$out" '^policy\.yaml said then: .*but for its ports'
is "the file says the same: it is not told twice" "$(echo "$out" | grep -c "says now")" 0
printf '  - cidr: "203.0.113.0/24"\n' >>run/policy.yaml
try "$id" --db r.db
is "allowed now, denied then: exit 1" "$rc" 1
like "the policy of then is in the record" "$out" '^policy\.yaml said then: .*but for its ports'
like "the file of now says otherwise, and that is said" "$out" \
	"^$tmp/run/policy\.yaml has changed since and says now: allowed"
like "... with its own lines" "$out" "line 13: .*allows it"
echo 'domian: []' >>run/policy.yaml
try "$id" --db r.db
like "a file that cannot be loaded now" "$out" 'has changed since and cannot be used: egress-filter lint'
like "... is no matter for the policy of then" "$out" '^policy\.yaml said then: .*but for its ports'
rm run/policy.yaml
try "$id" --db r.db
like "a file that is gone" "$out" "^$tmp/run/policy\.yaml cannot be read now"
try "$id" --db r.db -c p.yaml
like "-c: that file is asked" "$out" '^p\.yaml says now: '
is "... alone" "$(echo "$out" | grep -c "said then")" 0
finish
