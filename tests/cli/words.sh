#!/bin/sh
# SPDX-License-Identifier: MIT
# Which words are subcommands, what is said about wrong ones.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter

try() { # try WORD...: sets out, err and rc
	out=$("$ef" "$@" 2>"$tmp/err")
	rc=$?
	err=$(cat "$tmp/err")
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

try
is "no argument: exit 2" "$rc" 2
is "no argument: nothing on stdout" "$out" ""
like "no argument: usage on stderr" "$err" '^usage: egress-filter '

try --version
is "--version" "$out" "$("$ef" version)"
try -V
is "-V" "$out" "$("$ef" version)"
is "-V: exit 0" "$rc" 0

try -h
like "-h names --help" "$out" 'egress-filter --help'
short=$out
try --help
is "--help: exit 0" "$rc" 0
full=$out
ok "--help is longer than -h" [ ${#full} -gt ${#short} ]
try help
is "help is --help" "$out" "$full"
try help run
like "help run" "$out" '^usage: egress-filter run '
try help nothing-like-it
is "help of an unknown word: exit 2" "$rc" 2
try help versoin
like "help of a misspelt word" "$err" 'did you mean version\?'

try --confg x true
is "unknown option: exit 2" "$rc" 2
like "unknown option: the nearest one" "$err" 'unknown option --confg; did you mean --config\?'
try --zzzzzzzz true
like "unknown option, none near" "$err" 'unknown option --zzzzzzzz; see egress-filter help'
try -Z true
like "unknown letter" "$err" 'unknown option -Z'
try --follow log
is "option before its word: exit 2" "$rc" 2
like "option before its word: where it belongs" "$err" '--follow is an option of log: egress-filter log --follow'
try --config
like "missing value" "$err" '--config needs a value'
try --weak=yes true
like "value for a switch" "$err" '--weak takes no value'
try -q
is "options but no command: exit 2" "$rc" 2

for word in ask report; do
	try $word
	is "$word: exit 2" "$rc" 2
	like "$word says it is not built" "$err" "^egress-filter: $word is not built yet"
done

printf '#!/bin/sh\necho program\n' >"$tmp/version"
chmod +x "$tmp/version"
old=$PATH
PATH=$tmp:$PATH
try version
like "reserved word that is a program: still the subcommand" "$out" '^egress-filter [0-9]'
is "... and said once, with the -- form" "$err" \
	"egress-filter: version is a subcommand; for the program of that name: egress-filter -- version"
PATH=$old
try version
is "not on PATH: nothing said" "$err" ""

finish
