#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line of a run: whose words are whose, exit codes, bad input. No
# network is needed; ux: E1 and E5.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state"
unset EGRESS_FILTER_CONFIG EGRESS_FILTER_DB EGRESS_FILTER_LOG RUST_LOG
cd "$tmp" || exit 1

try() { # try WORD...: sets out, err and rc
	out=$("$ef" "$@" 2>"$tmp/err" </dev/null)
	rc=$?
	err=$(cat "$tmp/err")
}
program() { # program NAME LINE...: an executable script
	name=$1
	shift
	{ echo '#!/bin/sh'; printf '%s\n' "$@"; } >"$tmp/bin/$name"
	chmod +x "$tmp/bin/$name"
}
mkdir bin
PATH=$tmp/bin:$PATH
for word in tui log run doctor; do program $word "echo program $word \"\$@\""; done
printf 'version: 1\n' >p.yaml

"$ef" doctor >/dev/null || { echo '1..0 # SKIP nothing can be enforced here'; exit 0; }

# Whose word is it (E5).
try -c p.yaml tui
is "an option makes a reserved word a program" "$out" "program tui"
try -- log --json
is "so does --" "$out" "program log --json"
try -q run
is "-q run: a program called run" "$out" "program run"
try ./bin/log x
is "a slash makes a program" "$out" "program log x"
try run -q log -c x
is "run: the next word is the program, what follows is its own" "$out" "program log -c x"
try run -q -- run
is "run --" "$out" "program run"
try -q sh -c 'echo "$0 $*"' a --json -V
is "everything after the program is its own" "$out" "a --json -V"

# Exit codes.
try -q sh -c 'exit 9'
is "exit code of the command" "$rc" 9
try -q sh -c 'kill -9 $$'
is "128 + signal" "$rc" 137
try -q no-such-program
is "missing program: 127" "$rc" 127
like "missing program is named" "$err" '^egress-filter: no-such-program: no such program$'
mkdir -m 0 "$tmp/closed"
before=$PATH PATH=$tmp/closed:$PATH
try -q no-such-program
PATH=$before
is "a folder of PATH that is closed: 127" "$rc" 127
try -q "$tmp/p.yaml"
is "not executable: 126" "$rc" 126
try -q "$tmp/bin"
is "a folder: 126" "$rc" 126
try -c p.yaml why
is "reserved word as a missing program: 127" "$rc" 127
like "... and the hint" "$err" 'the subcommand goes before all options: egress-filter why'

# Bad policies: all problems, nothing started.
try -c missing.yaml touch started
is "missing policy: 125" "$rc" 125
like "missing policy is named" "$err" '^egress-filter: .*missing\.yaml'
printf 'version: 1\ndomian: []\ndomains:\n  - pattern: "https://x.example/"\n' >bad.yaml
try -c bad.yaml touch started
is "bad policy: 125" "$rc" 125
like "first problem with its place" "$err" '^bad\.yaml:2:[0-9]+: error: '
like "second problem with its place" "$err" '^bad\.yaml:4:[0-9]+: error: '
ok "nothing was started" [ ! -e started ]
rc=$("$ef" -q -c - true <p.yaml >/dev/null 2>&1; echo $?)
is "-c -: standard input" "$rc" 0
EGRESS_FILTER_CONFIG=bad.yaml try touch started
is "EGRESS_FILTER_CONFIG is read" "$rc" 125
EGRESS_FILTER_CONFIG=bad.yaml try -c p.yaml true
is "-c beats the environment" "$rc" 0

# Without a policy.
try true
is "no policy: runs" "$rc" 0
like "no policy: one line names the two ways" "$err" '^egress-filter: no policy.* -c FILE, .*egress-filter trust$'
is "... only one" "$(printf '%s\n' "$err" | wc -l)" 1
try -q true
is "-q: not a line" "$err" ""
cp p.yaml egress-allowlist.yaml
try true
like "a policy nobody accepted is named" "$err" 'egress-allowlist.yaml is not accepted.*egress-filter trust, or -c'
rm egress-allowlist.yaml

# Wrong values: exit 2, before anything is started.
for words in '--mode loud' '--mode learn' '--mode ask' '-p http' '-p 65536' '--fail-on-deny=0' '--fail-on-deny=256' \
	'--reload never' '--tag novalue' '--tag =v' '--deny-log fd:99' '--deny-log fd:x' '--color blue' '--log-level loud' \
	'--allow-all -c p.yaml' '--allow-all --mode audit'; do
	# shellcheck disable=SC2086
	try $words touch started
	is "$words: exit 2" "$rc" 2
	like "$words: one line" "$err" '^egress-filter: --[a-z-]+[ :].*'
done
ok "nothing was started" [ ! -e started ]

# Files of ours are opened before the command exists, and never through a link.
try -q --exit-file out.json sh -c 'exit 3'
is "--exit-file" "$(cat out.json)" '{"child":3,"signal":null,"denied":0,"code":3}'
try -q --exit-file out.json sh -c 'kill -15 $$'
is "--exit-file with a signal" "$(cat out.json)" '{"child":null,"signal":15,"denied":0,"code":143}'
try -q --exit-file no/such/folder touch started
is "--exit-file that cannot be written: 125" "$rc" 125
ln -s elsewhere link
try -q --exit-file link touch started
is "--exit-file through a link: 125" "$rc" 125
try --deny-log link touch started
is "--deny-log through a link: 125" "$rc" 125
ok "nothing was started" [ ! -e started ]
ok "nothing was written through the link" [ ! -e elsewhere ]

# stdout is the command's (E1).
try sh -c 'echo out; echo err >&2'
is "stdout is the command's alone" "$out" out
like "stderr is shared" "$err" '^err$'
is "stdin is the command's" "$(echo in | "$ef" -q cat)" in

# The record can be somewhere else; one that cannot be written starts nothing.
try -q --db my.db true
ok "--db" [ -s my.db ]
EGRESS_FILTER_DB=your.db try -q true
ok "EGRESS_FILTER_DB" [ -s your.db ]
try -q --db no/such/folder.db touch started
is "--db that cannot be written: 125" "$rc" 125
: >file
XDG_STATE_HOME=$tmp/file try -q touch started
is "state folder that cannot be made: 125" "$rc" 125
like "... names --db" "$err" '--db'
ok "nothing was started" [ ! -e started ]
XDG_STATE_HOME=$tmp/file try -q --db my.db true
is "with --db the state folder is not needed" "$rc$err" 0

# Where nothing was ever accepted there is no list, nor a folder for it: what a
# command puts there is taken back all the same.
accept='mkdir -p "$XDG_STATE_HOME/egress-filter"
	printf "version: 1\ndefault_policy: allow\n" >egress-allowlist.yaml
	set -- $(sha256sum egress-allowlist.yaml)
	umask 077
	echo "$1 $PWD/egress-allowlist.yaml" >"$XDG_STATE_HOME/egress-filter/trusted"'
mkdir "$tmp/first"
cd "$(realpath "$tmp/first")" || exit 1
XDG_STATE_HOME=$tmp/first/state
try -c "$tmp/p.yaml" --db "$tmp/first.db" sh -c "$accept"
like "a command accepts a policy in the first session" "$err" '1 policy file was accepted while the command ran: taken back'
is "... nothing is left of it" "$("$ef" trust --list)" ""
finish
