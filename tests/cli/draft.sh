#!/bin/sh
# SPDX-License-Identifier: MIT
# "draft" and "learn": what is shown and written, exit codes, what is put aside,
# and that nothing but the input decides.
. "$srcdir/tests/tap.sh"
if [ -z "$IN_NAMESPACE" ]; then
	for flags in -nm -Urnm; do
		unshare $flags true 2>/dev/null && IN_NAMESPACE=1 exec unshare $flags sh "$0"
	done
	echo "1..0 # SKIP no network namespace to be had"
	exit 0
fi
PATH=$PATH:/usr/sbin:/sbin
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state" NO_COLOR=1
unset EGRESS_FILTER_CONFIG EGRESS_FILTER_DB EGRESS_FILTER_COLOR FORCE_COLOR CLICOLOR_FORCE
cd "$tmp" || exit 1

try() { # try WORD...: sets out, err and rc
	out=$("$ef" "$@" 2>"$tmp/err" </dev/null)
	rc=$?
	err=$(cat "$tmp/err")
}

try draft
is "nothing recorded: exit 0" "$rc" 0
is "... nothing on standard output" "$out" ""
like "... and how to record" "$err" 'nothing is recorded yet.*egress-filter learn COMMAND'
try draft something
is "a word that is none of its own: exit 2" "$rc" 2
for bad in '--assume-port 0' '--assume-port x' '--evidence all' '--widen' '--psl /nonexistent' \
	'--review' '--where host:' '--session nosuch' '--from /nonexistent'; do
	try draft $bad
	is "$bad: exit 2" "$rc" 2
	is "$bad: one line" "$(printf '%s\n' "$err" | grep -c '^egress-filter: .')" 1
done

"$ef" doctor >/dev/null || { skip "nothing can be enforced here" && finish && exit; }
ip link set lo up
ip addr add 203.0.113.7/32 dev lo
ip route add default dev lo 2>/dev/null
echo 'nameserver 127.0.0.1' >resolv.conf
mount --bind resolv.conf /etc/resolv.conf || { skip "no mounts" && finish && exit; }

# connect to HOST:PORT...: each once, whatever comes of it
cat >to.sh <<'END'
for it; do
	(exec 3<>"/dev/tcp/${it%:*}/${it##*:}") 2>/dev/null
done
true
END
record() { # record NAME HOST:PORT...: a session under this name
	name=$1
	shift
	"$ef" -q -c none.yaml --db "$tmp/$name.db" bash to.sh "$@"
}
echo 'version: 1' >none.yaml

record one registry.pkgs-yy.com:443 codeload.github.com:443 github.com:443 198.18.5.5:80 \
	169.254.169.254:80 203.0.113.7:8443 img1.cdn-shop.net:443 img2.cdn-shop.net:443 nope.invalid:443
cat >p.yaml <<'END'
# kept by hand
version: 1
domains:
  - pattern: github.com   # clone
    ports: [22]
    reason: "keep: used by the release job"
END
cp p.yaml before.yaml

try draft -c p.yaml --db one.db
is "suggestions: exit 1" "$rc" 1
like "a diff" "$out" '^@@ '
like "... with a new rule" "$out" '^\+  - pattern: "?registry\.pkgs-yy\.com"?$'
like "... with ports added in their line" "$out" '^\+    ports: \[22, 443\]$'
like "... with when and by what it was learned" "$out" '^\+  # learned 2[0-9]{3}-[0-9]{2}-[0-9]{2} session [0-9a-f]{8}: bash \(to\.sh\)$'
like "each with its confidence" "$err" '^  \+ codeload\.github\.com +443 +medium once, bash \(to\.sh\)$'
like "an address is flagged" "$err" '203\.0\.113\.7/32 +8443 +low .*!raw '
like "metadata is never suggested" "$err" 'never suggested: 169\.254\.169\.254/32 80 \(.*credentials'
is "... and not in the diff" "$(printf '%s' "$out" | grep -c 169.254)" 0
like "noise is counted" "$err" 'left out:.*1 of names that are not of the public DNS'
like "a wildcard is an alternative" "$err" '\(2 were seen\): --widen cdn-shop\.net$'
is "... not in the diff" "$(printf '%s' "$out" | grep -c '\*')" 0
ok "nothing is written" cmp -s p.yaml before.yaml
printf '%s\n' "$out" >p.diff
if command -v patch >/dev/null; then
	cp p.yaml patched.yaml
	ok "patch takes the diff" patch -s patched.yaml p.diff
else
	skip "no patch"
fi

try draft -c p.yaml --db one.db --widen cdn-shop.net --evidence none
like "--widen" "$out" '^\+  - pattern: "\*\.cdn-shop\.net"$'
is "... in place of the names" "$(printf '%s' "$out" | grep -c 'img[12]')" 0
is "--evidence none: no comment" "$(printf '%s' "$out" | grep -c '# learned')" 0
try draft -c p.yaml --db one.db --widen github.io
is "--widen a public suffix: exit 2" "$rc" 2
like "... says why" "$err" 'public suffix'

# Never and not now.
try draft -c p.yaml --db one.db --never 203.0.113.7/32 --skip codeload.github.com
is "--never, --skip: exit 1" "$rc" 1
is "... are gone" "$(printf '%s' "$out" | grep -c -e codeload -e 203.0.113.7)" 0
like "... and said" "$err" 'put aside: 203\.0\.113\.7/32 8443 \(never\)'
try draft -c p.yaml --db one.db
is "... and stay away" "$(printf '%s' "$out" | grep -c -e codeload -e 203.0.113.7)" 0
try draft -c before.yaml --db one.db
is "... for this policy alone" "$(printf '%s' "$out" | grep -c -e codeload -e 203.0.113.7)" 2
record two codeload.github.com:443
try draft -c p.yaml --db one.db --db two.db
like "what was skipped comes back when it is seen again" "$out" codeload
is "... never does not" "$(printf '%s' "$out" | grep -c 203.0.113.7)" 0
try draft -c p.yaml --db one.db --skip nosuch.example.com
is "--skip of what is not suggested: exit 2" "$rc" 2
try draft -c p.yaml --db one.db --again
is "--again" "$(printf '%s' "$out" | grep -c -e codeload -e 203.0.113.7)" 2

# Writing.
try draft -c p.yaml --db one.db --write
is "--write with nobody to ask: exit 2" "$rc" 2
like "... names --yes" "$err" 'takes --yes'
ok "... writes nothing" cmp -s p.yaml before.yaml
try draft -c p.yaml --db one.db --write --yes --dry-run
is "--dry-run: exit 1" "$rc" 1
ok "... writes nothing" cmp -s p.yaml before.yaml
chmod 640 p.yaml
try draft -c p.yaml --db one.db --write --yes
is "--write --yes: exit 0" "$rc" 0
like "... says what it did" "$err" 'wrote p\.yaml: 5 rules added, 1 changed; replay: 9 attempts, 0 surprises; accepted'
is "... every other line is as it was" "$(diff before.yaml p.yaml | grep '^<')" '<     ports: [22]'
is "... its mode too" "$(stat -c %a p.yaml)" 640
like "... it is accepted" "$("$ef" trust --list)" "p\.yaml$"
try draft -c p.yaml --db one.db
is "a second draft is empty: exit 0" "$rc$out" 0
like "... and says so" "$err" '^egress-filter: 0 suggestions for p\.yaml, from 9 attempts of 1 session$'
try replay -c p.yaml --db one.db
is "replay finds nothing worse" "$rc" 0
try draft -c p.yaml --db two.db --prune
like "--prune names what is not needed" "$err" 'not used: github\.com, line 4'
is "... and nothing else" "$(printf '%s' "$err" | grep -c 'not used: codeload')" 0

# A policy with errors, one that cannot be edited, one that came meanwhile.
printf 'version: 1\ndomian: []\n' >bad.yaml
try draft -c bad.yaml --db one.db
is "a policy with errors: exit 2" "$rc" 2
like "... they are told" "$err" '^bad\.yaml:2:1: error: '
is "... nothing is drafted" "$out" ""
printf 'version: 1\ndomains: &a\n  - pattern: x.example.com\n' >anchor.yaml
try draft -c anchor.yaml --db one.db
is "one that cannot be edited: exit 2" "$rc" 2
like "... shows lines to paste" "$out" 'pattern: "?codeload\.github\.com"?'
printf 'version: 1\n' | try draft -c - --db one.db --write --yes
is "standard input cannot be written: exit 2" "$rc" 2

# Only the input decides.
cp one.db copy.db
"$ef" draft -c before.yaml --db one.db --db two.db >a.out 2>a.err
TZ=Asia/Tokyo LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 HOME=/nonexistent XDG_STATE_HOME=$tmp/other \
	"$ef" draft -c before.yaml --from two.db copy.db one.db >b.out 2>b.err
ok "another order, place, language and a copy: the same bytes" cmp a.out b.out
ok "... and the same words" cmp a.err b.err

try draft -c before.yaml --db one.db --json
is "--json: exit 1" "$rc" 1
if command -v python3 >/dev/null; then
	is "--json" "$(printf '%s' "$out" | python3 -c '
import json, sys
d = json.load(sys.stdin)
s = {x["destination"]: x for x in d["suggestions"]}
print(d["attempts"], len(d["sessions"]), d["dropped"]["reserved"], s["github.com"]["change"], s["github.com"]["line"],
      s["github.com"]["ports"], s["203.0.113.7/32"]["notes"], s["169.254.169.254/32"]["state"],
      s["img1.cdn-shop.net"]["alternatives"][0]["pattern"], d["diff"].count("\n+  - "))')" \
		"9 1 1 ports 4 [443] ['raw'] never *.cdn-shop.net 5"
else
	skip "no python3"
fi
try draft -c before.yaml --db one.db --where 'host:github.com'
is "--where" "$(printf '%s' "$out" | grep -c '^+ ')" 5
try draft -c before.yaml --db one.db --where port:1
is "--where that selects nothing: exit 0" "$rc" 0

# learn.
try learn
is "learn without a command: exit 2" "$rc" 2
try learn --times 0 true
is "learn --times 0: exit 2" "$rc" 2
try learn --review true
is "learn --review: exit 2" "$rc" 2
try learn -- sh -c 'exit 7'
is "learn: the exit code of the command" "$rc" 7
try learn -c new.yaml bash to.sh 203.0.113.7:8443
is "learn: exit 0" "$rc" 0
is "... standard output is the command's" "$out" ""
like "... the draft is shown" "$err" '^\+  - cidr: "?203\.0\.113\.7/32"?$'
like "... and how to write it" "$err" 'to write it: egress-filter draft --write -c new\.yaml --session [0-9a-f]{8}$'
eval "$(printf '%s\n' "$err" | sed -n "s,.*to write it: egress-filter,\"$ef\",p") --yes" 2>/dev/null >&2
like "... which does" "$(cat new.yaml)" '203\.0\.113\.7/32'
try learn -c 'odd name; id.yaml' bash to.sh 203.0.113.7:8443
like "... quoted for the shell" "$err" "-c 'odd name; id\.yaml' --session"
try learn -c new.yaml bash to.sh 203.0.113.7:8443
is "learn again: nothing to suggest" "$(printf '%s\n' "$err" | grep -c '^+')" 0
try learn -c none.yaml --times 3 --draft - bash to.sh 203.0.113.7:8443
like "learn --times 3 --draft -: the policy on standard output" "$out" '^version: 1$'
like "... from all three" "$err" '3 times in 3 sessions'
try learn -c none.yaml --draft drafted.yaml bash to.sh 203.0.113.7:8443
ok "learn --draft FILE" "$ef" lint drafted.yaml
try learn -c none.yaml --draft drafted.yaml true
is "... does not overwrite: exit 2" "$rc" 2
try learn nosuchprogram
is "learn: a program that does not exist" "$rc" 127

# Exported lines are a record like any other.
"$ef" sessions export all --redact never --db one.db >one.ndjson
"$ef" draft -c before.yaml --db one.db >a.out 2>/dev/null
"$ef" draft -c before.yaml --from one.ndjson >b.out 2>/dev/null
ok "--from lines: there is a draft" [ -s a.out ]
ok "... and it is the same" cmp a.out b.out
"$ef" draft -c before.yaml --from - <one.ndjson >b.out 2>/dev/null
ok "... on standard input" cmp a.out b.out
is "... replay reads them, too" \
	"$("$ef" replay -c before.yaml --json --from one.ndjson 2>&1)" \
	"$("$ef" replay -c before.yaml --json --from one.db 2>&1)"
{ cat one.ndjson; echo '{'; } >bad.ndjson
try draft -c before.yaml --from bad.ndjson
is "... a broken line: exit 2" "$rc" 2
like "... with its place" "$err" "bad.ndjson:$(wc -l <bad.ndjson):[0-9]+: "
finish
