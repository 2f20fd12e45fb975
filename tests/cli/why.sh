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

if command -v python3 >/dev/null; then
	try --json codeload.github.com:22 -c p.yaml
	is "--json: similar rules" "$(printf '%s\n' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print([r["line"] for r in d["similar"]], d["rules"], d["file"])')" \
		"[4] [] p.yaml"
	try --json github.com:443 -c p.yaml
	is "--json: the rules that were looked at" "$(printf '%s\n' "$out" | python3 -c 'import json, sys; d = json.load(sys.stdin); print([(r["rule"], r["line"], r["rule_reason"], r["says"]) for r in d["rules"]])')" \
		"[('github.com', 4, 'clone', 'its ports do not have this one')]"
fi
try codeload.github.com:443 -c p.yaml
like "similar rules: of which file" "$out" "^similar rules of 'p\.yaml':\$"

# Unix listeners, by the name they are bound to.
try /run/docker.sock -c p.yaml
is "a known door: exit 1" "$rc" 1
like "... and what it would open" "$out" '^denied: a known way out: the container engine'
try @some-name -c p.yaml
like "an abstract name" "$out" '^@some-name unix$'
printf '%s\n' "$out" | sed '1,/^to allow it/d' >unix.yaml
try @some-name -c unix.yaml
is "... is allowed by the lines it was told to add" "$rc" 0
try '@\x1b[2J' -c p.yaml
like "... is shown in one line" "$out" '^@.*x1b\[2J unix$'
try /dev/log -c p.yaml
is "the built-in list" "$rc" 0
try "/$(printf '%0200d' 0)" -c p.yaml
is "a name too long for a socket: exit 2" "$rc" 2

# What /etc/hosts answers is not asked of any server.
if grep -q '^127\.0\.0\.1[[:space:]].*localhost' /etc/hosts; then
	try localhost:3000 -c p.yaml
	is "localhost is an address" "$rc" 0
	like "... and that is said" "$out" '^/etc/hosts has it: 127\.0\.0\.1$'
fi
try 0.0.0.0:3000 -c p.yaml
is "the unspecified address is loopback" "$rc" 0
try printer.local -c p.yaml
like "a reserved name" "$out" '^denied: no rule, and the name is local or reserved$'

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

# --self: which session it is is no matter of what the environment says.
cat >inside.sh <<'EOF'
say() { # say NAME WORD...: what "why --self WORD..." prints, and its code
	name=$1
	shift
	"$EF" why --self "$@" >"$OUT/$name" 2>&1
	echo "exit $?" >>"$OUT/$name"
}
say nothing
exec 3<>/dev/tcp/203.0.113.7/25
say latest
say number 1
say allowed github.com:22
say denied codeload.github.com:22
EGRESS_FILTER_SESSION=00000000-0000-4000-8000-000000000000 say lied github.com:22
(
	# a daemon, whose parent is gone
	parent=$BASHPID
	(
		while kill -0 "$parent" 2>/dev/null; do sleep 0.1; done
		say orphan github.com:22
		: >"$OUT/done"
	) &
)
while [ ! -e "$OUT/done" ]; do sleep 0.1; done
XDG_STATE_HOME=$OUT say elsewhere
: >"$OUT/ready"
while [ ! -e "$OUT/go" ]; do sleep 0.1; done
say forged github.com:22
EOF
mkdir out
EF=$ef OUT=$tmp/out XDG_STATE_HOME=$tmp/self timeout 120 "$ef" -q -c p.yaml bash inside.sh 2>/dev/null &
while [ ! -e out/ready ] && kill -0 $! 2>/dev/null; do sleep 0.1; done
# a record that says of another session that the same supervisor runs it
sqlite3 self/egress-filter/sessions/*.db "VACUUM INTO 'forged.db'"
sqlite3 forged.db "UPDATE sessions SET uuid = 'f0' || substr(uuid, 3)"
mv forged.db self/egress-filter/sessions/
: >out/go
wait $!
rm self/egress-filter/sessions/forged.db
said() { cat "out/$1"; }
like "--self: nothing was denied so far" "$(said nothing)" 'has denied nothing so far'
like "--self: ... exit 0" "$(said nothing)" '^exit 0$'
like "--self: the latest denial" "$(said latest)" '^deny +203\.0\.113\.7 +25/tcp'
like "--self: ... exit 1" "$(said latest)" '^exit 1$'
is "--self: an event by its number" "$(said number)" "$(said latest)"
like "--self: what the session's policy allows" "$(said allowed)" 'line 4: .*allows it'
like "--self: ... exit 0" "$(said allowed)" '^exit 0$'
like "--self: what it denies" "$(said denied)" '^denied: no rule'
is "--self: the environment is not believed" "$(said lied)" "$(said allowed)"
is "--self: a daemon belongs to it" "$(said orphan)" "$(said allowed)"
like "--self: a record that is elsewhere" "$(said elsewhere)" 'in no session that the records tell of; .*--db'
like "--self: two records of one session" "$(said forged)" 'forged or copied'
like "--self: ... exit 2" "$(said forged)" '^exit 2$'
like "--self: reading a record is no alteration" "$(XDG_STATE_HOME=$tmp/self "$ef" sessions show "$(XDG_STATE_HOME=$tmp/self "$ef" sessions | cut -f1)")" '^record +as written$'
XDG_STATE_HOME=$tmp/self try --self
is "--self outside of any session: exit 2" "$rc" 2
finish
