#!/bin/sh
# SPDX-License-Identifier: MIT
# log and sessions: on records made by hand, in every form.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state" TZ=UTC
unset EGRESS_FILTER_DB
tab=$(printf '\t')

try() { # try WORD...: sets out, err and rc
	out=$("$ef" "$@" 2>"$tmp/err" </dev/null)
	rc=$?
	err=$(cat "$tmp/err")
}

try log
is "nothing recorded yet: no error" "$rc" 0
like "... and it is said" "$err" 'nothing is recorded yet'
try sessions
is "no sessions: no error, no output" "$rc$out" 0
try log --db "$tmp/none.db"
is "a record that is not there: 2" "$rc" 2
like "... is named" "$err" 'none.db: No such file'

# record N HOUR: a closed session of its own, started in that hour.
record() {
	db=$XDG_STATE_HOME/egress-filter/sessions/aa00000$1.db
	mkdir -p "${db%/*}"
	{
		cat "$srcdir/share/schema/audit.sql"
		cat <<-SQL
			PRAGMA application_id = 1164396081;
			PRAGMA user_version = 1;
			INSERT INTO sessions VALUES (1, 'aa00000$1-0000-4000-8000-000000000000', '',
			 CAST('npm' || char(0) || 'ci' AS BLOB), '/home/dev/shop', 'enforce', '0.1.0', 1795434840000 + $2 * 3600000,
			 1, 1, '', 'job$1', 'k=v', 1795434841000 + $2 * 3600000, 1, 0, 4, 3, 2, 0, 0, 0, 'x', 0);
			INSERT INTO revisions VALUES (1, 1, 0, './p.yaml', 'abc', 'deny', 'version: 1');
			INSERT INTO rules VALUES (1, 1, 0, 'name', 4, 3, 'registry.example', 'packages');
			INSERT INTO names VALUES (1, 'dns', 'registry.example'), (2, 'dns', 'evil.example'), (3, 'unix', CAST(X'2f1b5b326d' AS TEXT));
			INSERT INTO addresses VALUES (1, '203.0.113.1'), (2, '169.254.169.254');
			INSERT INTO processes VALUES (1, 1, 0, 4990, 1, 1, 1, 1, NULL, 1000, 'node', '/usr/bin/node', '/', CAST('node' || char(0) || char(27) || '[31m' AS BLOB), 0);
			INSERT INTO attempts (session, seq, at_ms, process, pid, tid, revision, stage, proto, name, name_source, address, port,
			 qtype, syscall, detail, foreign_netns, verdict, action, rule, reason, probe, held_ms, count) VALUES
			 (1, 1, 1795434840000 + $2 * 3600000, 1, 4990, 4990, 1, 'connect', 'tcp', 1, 'dns', 1, 443, 0, 42, 0, 0, 'allow', 'allowed', 1, 'rule', 0, 0, 3),
			 (1, 2, 1795434840500 + $2 * 3600000, 1, 4990, 4990, 1, 'connect', 'tcp', 2, 'dns', 1, 443, 0, 42, 0, 0, 'deny', 'denied', NULL, 'no-rule', 0, 0, 1),
			 (1, 3, 1795434840600 + $2 * 3600000, 1, 4990, 4990, 1, 'connect', 'unix', 3, 'none', NULL, 0, 0, 42, 0, 0, 'deny', 'denied', NULL, 'unix-outside', 0, 0, 1);
			INSERT INTO events VALUES (1, 4, 1795434840700 + $2 * 3600000, 'reload', 'narrowed');
		SQL
	} | sqlite3 "$db"
}
record 1 1
record 2 2
record 3 3

try log
is "the newest session, tabs, no heading" "$out" "aa000003:1${tab}14:54:00${tab}allow${tab}node${tab}registry.example${tab}443/tcp${tab}3${tab}packages
aa000003:2${tab}14:54:00${tab}DENY${tab}node${tab}evil.example${tab}443/tcp${tab}1${tab}no rule
aa000003:3${tab}14:54:00${tab}DENY${tab}node${tab}/\\x1b[2m${tab}unix${tab}1${tab}$("$ef" log --session aa000003 --columns reason stage:connect proto:unix)
aa000003:4${tab}14:54:00${tab}note${tab}${tab}reload${tab}${tab}${tab}narrowed"
is "... is no error" "$rc" 0
try log verdict:deny host:evil
is "filter" "$out" "aa000003:2${tab}14:54:00${tab}DENY${tab}node${tab}evil.example${tab}443/tcp${tab}1${tab}no rule"
try log --session aa000001 --columns event,cmd port:443 verdict:allow
is "a session by prefix, columns, hostile arguments" "$out" "aa000001:1${tab}node \\x1b[31m"
try log --session job2 --columns event --limit 2
is "by name; the newest two" "$out" "aa000002:3
aa000002:4"
try log --session all --columns event verdict:allow
is "all sessions" "$out" "aa000001:1
aa000002:1
aa000003:1"
try log --session all --since 2026-11-23T14:00Z --columns event verdict:allow
is "since" "$out" "aa000003:1"
try log --session aa
is "an ambiguous prefix: 2" "$rc" 2
like "... says so" "$err" '3 sessions begin with aa'
try log --session bb
is "an unknown one: 2" "$rc" 2
try log --ndjson
is "NDJSON has every row" "$(echo "$out" | sed 's/.*"type":"\([a-z_]*\)".*/\1/' | tr '\n' ' ')" "session_start attempt attempt attempt reload session_end "
try log --ndjson verdict:deny port:443
is "NDJSON takes the filter" "$(echo "$out" | grep -c .)" 1
if command -v python3 >/dev/null; then
	ok "NDJSON is JSON" sh -c '"$1" log --ndjson | python3 -c "import sys,json; [json.loads(l) for l in sys.stdin]"' - "$ef"
	ok "--json is JSON" sh -c '"$1" log --json | python3 -c "import sys,json; assert len(json.load(sys.stdin)[\"rows\"]) == 6"' - "$ef"
	ok "sessions --json is JSON" sh -c '"$1" sessions --json | python3 -c "import sys,json; assert len(json.load(sys.stdin)[\"sessions\"]) == 3"' - "$ef"
	ok "sessions show --json is JSON" sh -c '"$1" sessions show aa000001 --json | python3 -c "import sys,json; assert json.load(sys.stdin)[\"record\"] == \"changed since\""' - "$ef"
else
	skip "no python3"
fi
try log --follow
is "following an ended session ends" "$rc" 0
is "... with the same rows" "$(echo "$out" | grep -c .)" 4
try log 'port:'
is "a wrong filter: 2" "$rc" 2
like "... with the column" "$err" 'column 6: '
try log --columns event,nothing
like "a wrong column names those there are" "$err" 'no column "nothing"; there are: event'
try log --limit x
is "a wrong limit: 2" "$rc" 2
try log --since never
like "a wrong time says what is meant" "$err" '10m'
ok "control characters never reach the terminal" sh -c '! "$1" log | grep -q "$(printf "\033")"' - "$ef"

sessions=$XDG_STATE_HOME/egress-filter/sessions
try log --db "$sessions/aa000001.db" --db "$sessions/aa000002.db" --session all --columns event verdict:allow
is "several files" "$out" "aa000001:1
aa000002:1"
try log --db "$sessions/aa00000[12].db" --session all --columns event verdict:allow
is "a pattern" "$out" "aa000001:1
aa000002:1"
out=$(EGRESS_FILTER_DB="$sessions/aa000001.db" "$ef" log --columns event verdict:allow)
is "EGRESS_FILTER_DB" "$out" "aa000001:1"
echo "no database at all, but long enough to be looked at as one" >"$sessions/zz.db"
try log --columns event verdict:allow
is "a broken file does not stop the others" "$out" "aa000003:1"
is "... but is an error" "$rc" 2
like "... and is named" "$err" 'zz.db is no SQLite database'
rm "$sessions/zz.db"

try sessions
is "sessions" "$(echo "$out" | cut -f1,3-7)" "aa000001${tab}exit 1${tab}enforce${tab}3${tab}2${tab}0
aa000002${tab}exit 1${tab}enforce${tab}3${tab}2${tab}0
aa000003${tab}exit 1${tab}enforce${tab}3${tab}2${tab}0"
try sessions show aa000002
is "show: 0" "$rc" 0
like "show: policy" "$out" 'policy +\./p\.yaml'
like "show: what was denied" "$out" 'evil\.example 443/tcp +x1 +node +no rule'
like "show: a made-up digest" "$out" 'record +changed since'
try sessions show
is "show without a session: 2" "$rc" 2
try sessions list x
is "list with more words: 2" "$rc" 2
try sessions lost
like "an unknown word" "$err" 'none of list, show, export, import'
try sessions prune
like "prune needs to know what" "$err" 'needs --older-than, --keep or --max-size'
try sessions --keep 1
is "--keep without prune: 2" "$rc" 2
# A target may write a file of its own into the folder, with what it likes.
hostile=$sessions/bb000001.db
cp "$sessions/aa000003.db" "$hostile"
sqlite3 "$hostile" "UPDATE sessions SET uuid = char(27) || '[8mbbb';
	UPDATE attempts SET verdict = char(27) || '[8m' || char(7)"
for words in 'log --session all' 'log --session all --columns session,event' sessions 'sessions prune --keep 0 --dry-run'; do
	# shellcheck disable=SC2086
	try $words
	like "hostile ids: $words" "$out" '\?\?8\?bbb'
	is "... no control characters" "$(echo "$out$err" | tr -d '[:print:]\n\t')" ""
done
sqlite3 "$hostile" "UPDATE sessions SET uuid = 'bb000001-0000-4000-8000-000000000000'"
try why bb000001:1
is "a hostile verdict: no control characters" "$(echo "$out$err" | tr -d '[:print:]\n\t')" ""
# Counts that add up to more than a number holds.
sqlite3 "$hostile" "UPDATE attempts SET count = 9223372036854775807, verdict = 'deny', action = 'denied';
	UPDATE sessions SET allowed = NULL, denied = NULL"
try sessions
like "a session of too many calls is listed" "$out" '^bb000001'
is "... without an error" "$rc$err" 0
try sessions show bb000001
is "... and shown" "$rc$err" 0
# Numbers that are none: pages of such rows would never end.
sqlite3 "$hostile" "UPDATE attempts SET seq = 'x' WHERE seq = 3"
for words in 'log --session bb000001' 'log --session bb000001 --limit 1'; do
	# shellcheck disable=SC2086
	try $words
	is "rows without numbers come to an end: $words" "$rc" 2
done
rm "$hostile"
try sessions prune --keep 2 --dry-run
is "dry run" "$out" "would remove aa000001"
is "... removes nothing" "$("$ef" sessions | grep -c .)" 3
try sessions prune --keep 2
is "keep" "$out" "removed aa000001"
is "... removes one" "$("$ef" sessions | grep -c .)" 2
try sessions prune --max-size 100G
is "max-size that is not reached" "$out" ""
try sessions prune --older-than 30000d
is "nothing is that old" "$out" ""
try sessions prune --max-size 0
is "max-size" "$out" "removed aa000002
removed aa000003"
is "... leaves nothing beside" "$(ls "$sessions")" ""
finish
