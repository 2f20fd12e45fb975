#!/bin/sh
# SPDX-License-Identifier: MIT
# lint says what is wrong and where; trust accepts what it has shown.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
XDG_STATE_HOME=$tmp/state
export XDG_STATE_HOME

try() { # try WORD...: sets out, err and rc
	out=$(cd "$tmp" && "$ef" "$@" 2>"$tmp/err")
	rc=$?
	err=$(cat "$tmp/err")
}

printf 'version: 1\ndomains:\n- pattern: a.example\n  ports: [443]\n  reason: "why\\e[2J"\n' >"$tmp/good.yaml"
printf 'domain: []\ndomains:\n- pattern: "*"\n' >"$tmp/bad.yaml"
printf 'ip_ranges:\n- cidr: 192.0.2.1/24\n' >"$tmp/warn.yaml"

try lint good.yaml
is "a clean file: exit 0" "$rc" 0
is "a clean file: nothing is said" "$out$err" ""
try lint bad.yaml
is "errors: exit 1" "$rc" 1
is "errors: all of them" "$out" "bad.yaml:1:1: error: unknown key 'domain': did you mean domains?
bad.yaml:3:12: error: '*' would be every name: to allow all of them write default_policy: allow"
try lint warn.yaml
is "a warning: exit 1" "$rc" 1
like "a warning: said" "$out" '^warn.yaml:2:9: warning: .* it means 192.0.2.0/24$'
try lint good.yaml none.yaml bad.yaml
is "an unreadable file: exit 2" "$rc" 2
like "an unreadable file: named" "$err" 'none.yaml: No such file or directory'
like "an unreadable file: the others are read" "$out" '^bad.yaml:1:1: '
try lint
is "default file is missing: exit 2" "$rc" 2
like "default file is missing: named" "$err" 'egress-allowlist.yaml'
try lint .
is "a folder: exit 2" "$rc" 2
cp "$tmp/good.yaml" "$tmp/egress-allowlist.yaml"
try lint
is "default file: exit 0" "$rc" 0
try lint --json bad.yaml good.yaml
is "--json: exit 1" "$rc" 1
like "--json: problems" "$out" '^\{"files":\[\{"file":"bad.yaml","errors":2,"warnings":0,"infos":0,"problems":\[\{"line":1,"column":1,"level":"error","kind":null,"text":"unknown key'
like "--json: both files" "$out" '\{"file":"good.yaml","errors":0,"warnings":0,"infos":0,"problems":\[\]\}\]\}$'
out=$("$ef" lint - <"$tmp/bad.yaml")
like "standard input" "$out" '^-:1:1: error'

try trust bad.yaml
is "trust: a file with errors: exit 2" "$rc" 2
like "trust: a file with errors: said" "$err" 'bad.yaml: not accepted'
try trust
is "trust: exit 0" "$rc" 0
like "trust: names the file" "$out" '^accepted egress-allowlist.yaml \(sha256 [0-9a-f]{64}\):$'
like "trust: shows rules, made printable" "$out" '^  name     a.example  ports 443  \(why\\x1b\[2J\)$'
like "trust: shows the default" "$out" '^  what no rule matches is denied$'
{
	echo 'domains:'
	for i in $(seq 60); do printf '  - pattern: "n%s.example"\n    ports: [443]\n' "$i"; done
	printf '  - pattern: "*.com"\nip_ranges:\n  - cidr: 0.0.0.0/0\n'
} >"$tmp/many.yaml"
try trust many.yaml
like "trust: of many names some" "$out" '^  and 20 more names$'
like "trust: what allows much, always" "$out" '^  address  0\.0\.0\.0/0  every port$'
like "... wildcards, too" "$out" '^  name     \*\.com  every port$'
try trust --remove many.yaml
try trust --list
is "trust --list: one line" "$out" "$(sha256sum <"$tmp/good.yaml" | cut -d' ' -f1) $(realpath "$tmp")/egress-allowlist.yaml"
is "the list is private" "$(stat -c %a "$tmp/state/egress-filter/trusted")" 600
try trust --remove
is "trust --remove: exit 0" "$rc" 0
try trust --list
is "trust --list: empty" "$out" ""
try trust --remove
is "trust --remove again: exit 2" "$rc" 2
try trust a b
is "trust: two files: exit 2" "$rc" 2
finish
