#!/bin/sh
# SPDX-License-Identifier: MIT
# sessions: what goes out, comes in, is named, tagged and removed.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export XDG_STATE_HOME="$tmp/state" TZ=UTC
unset EGRESS_FILTER_DB
sessions=$XDG_STATE_HOME/egress-filter/sessions
cd "$tmp" || exit 1

try() { # try WORD...: sets out, err and rc
	out=$("$ef" "$@" 2>"$tmp/err" </dev/null)
	rc=$?
	err=$(cat "$tmp/err")
}
elsewhere() { XDG_STATE_HOME="$tmp/$1" "$ef" sessions "$2" "$3" ${4:+"$4"} ${5:+"$5"}; }

# A line as a person may write it.
ev() { # ev SESSION SEQ HOST IP PORT VERDICT COMM [EXTRA]
	printf '{"v":1,"type":"attempt","session":"%s","seq":%d,"ts":"2026-11-23T14:02:%02dZ","mode":"enforce","verdict":"%s","stage":"connect","proto":"tcp","host":%s,"ip":"%s","port":%d,"pid":%d,"comm":"%s","exe":"/usr/bin/%s"%s}\n' \
		"$1" "$2" $(($2 % 60)) "$6" "$3" "$4" "$5" $((4000 + $2)) "$7" "$7" "${8:-}"
}
{
	ev 7f3a 1 '"registry.example"' 203.0.113.1 443 allow node ',"argv":["node","--token","s3cret-of-mine"]'
	ev 7f3a 2 '"evil.example"' 203.0.113.4 443 deny node
	ev 7f3a 3 null 169.254.169.254 80 deny sh
} >basic.ndjson
ev 66aa 1 '"\u001b[2J\u001b]52;c;AAAA\u0007evil.example"' 203.0.113.9 443 deny node >hostile.ndjson

try sessions import basic.ndjson hostile.ndjson
is "import" "$rc $out" "0 imported 7f3a: 3 rows, not closed
imported 66aa: 1 rows, not closed"
is "nothing else is left in the folder" "$(ls -A "$sessions" | tr '\n' ' ')" "66aa.db 7f3a.db "
is "for the user alone" "$(stat -c %a "$sessions/7f3a.db")" 600
try sessions import basic.ndjson
is "the same again" "$rc $out" "0 known already 7f3a: 3 rows, not closed"
try log --session 7f3a verdict:deny --columns destination
is "it can be read" "$out" "evil.example
169.254.169.254"
ok "no escape sequence comes out" sh -c '! { "$1" log --session 66aa; "$1" log --session 66aa --ndjson; "$1" sessions export 66aa; } | grep -q "$(printf "\033")"' - "$ef"
try sessions export 7f3a --redact never
printf '%s\n' "$out" >one
is "export" "$rc" 0
like "every line is version 1" "$(grep -vc '^{"v":1,"type":"' one)" '^0$'
elsewhere b import one >/dev/null
elsewhere b export 7f3a --redact=never >two
ok "export, import, export: the same bytes" cmp one two
try sessions export 7f3a
ok "off a terminal secrets stay here" sh -c '! printf "%s" "$1" | grep -q s3cret' - "$out"
like "... and the record says so" "$out" '"record":\{"altered":6\}'
ok "... with --redact never they do not" grep -q s3cret one
try log --session 7f3a --ndjson
ok "the log likewise" sh -c '! printf "%s" "$1" | grep -q s3cret' - "$out"
try log --session 7f3a --ndjson --redact never
like "... and --redact never" "$out" 's3cret'
try log --redact sometimes
like "a wrong word for it" "$err" 'auto, always or never'

# A shuffled file is the same session, and so is one on a pipe.
sort -r one >shuffled
elsewhere c import shuffled >/dev/null
elsewhere c export 7f3a --redact=never >three
ok "lines in any order" cmp one three
out=$(XDG_STATE_HOME="$tmp/d" "$ef" sessions import - <one)
is "standard input" "$out" "imported 7f3a: 3 rows, not closed"
mkfifo pipe
cat one >pipe &
is "a named pipe" "$(elsewhere e import pipe)" "imported 7f3a: 3 rows, not closed"
mkdir shards
cp "$sessions/7f3a.db" shards/
cp hostile.ndjson shards/x.ndjson
is "a folder" "$(elsewhere f import shards | sort)" "imported 66aa: 1 rows, not closed
imported 7f3a: 3 rows, not closed"

# Files that are wrong leave nothing behind.
echo '{"v":1,' | cat one - >broken
try sessions import broken
is "a broken line: 2" "$rc" 2
like "... file, line, column" "$err" "^egress-filter: broken:$(($(wc -l <one) + 1)):8: it ends too early"
out=$(elsewhere g import broken --keep-going 2>err)
is "--keep-going takes the others, and is an error" "$? $out" "2 imported 7f3a: 3 rows, not closed"
like "... telling which is left out" "$(cat err)" 'broken:.* \(left out\)'
ev 7f3a 2 '"other.example"' 203.0.113.4 443 deny node >other
try sessions import other
is "another session of the same id: 2" "$rc" 2
like "... and why" "$err" 'session 7f3a of other is recorded already, in .*7f3a.db, and they differ'
try sessions import hostile.ndjson other one
like "two of one id in what is read" "$err" 'session 7f3a is in other and in one, and they differ'
try sessions import nothing
like "a file that is not there" "$err" 'nothing: No such file'
echo hello >text
try sessions import text
like "a file of another kind" "$err" 'text:1:1: .*neither a database nor NDJSON'
try sessions import /dev/null
is "no lines at all is no error" "$rc" 0
cp "$sessions/7f3a.db" newer.db
sqlite3 newer.db "PRAGMA user_version = 7; UPDATE sessions SET version = '9.1'"
try sessions import newer.db
like "a newer schema" "$err" 'written by a newer egress-filter, 9\.1 \(schema 7, this one knows 1\)'
is "nothing of this came in" "$(ls -A "$sessions" | tr '\n' ' ')" "66aa.db 7f3a.db "
head -c 3000 one >cut
try sessions import cut
like "a file that was cut off" "$err" 'the file ends within this line'
mkdir "$sessions/.import-999999999-abcdef"
try sessions import basic.ndjson
is "what a killed import left goes" "$(ls -A "$sessions" | tr '\n' ' ')" "66aa.db 7f3a.db "

# A full disk: nothing of it is there afterwards, and what was there is whole.
if unshare -rm true 2>/dev/null; then
	i=0
	while [ $i -lt 3000 ]; do
		i=$((i + 1))
		ev 77aa $i "\"h$i.example\"" 203.0.113.4 443 deny node
	done >many
	mkdir disk
	out=$(unshare -rm sh -c 'mount -t tmpfs -o size=400k none disk && mkdir disk/s && "$1" sessions import --db disk/s basic.ndjson &&
		! "$1" sessions import --db disk/s hostile.ndjson many && ls -A disk/s && "$1" sessions --db disk/s' - "$ef" 2>err)
	is "a full disk" "$(printf '%s\n' "$out" | cut -c1-28)" "imported 7f3a: 3 rows, not c
7f3a.db
$(printf '7f3a\t2026-11-23 14:02:01\tnot')"
	like "... is told" "$(cat err)" 'no space left while reading many: nothing was imported'
else
	skip "no namespaces here"
	skip "no namespaces here"
fi

# One file for many: as the first one it keeps its numbers, later ones move.
export_run() { # export_run NAME: run something under that name, keep its export alone
	"$ef" --mode audit --name "$1" bash -c ': <>/dev/tcp/127.0.0.1/9' 2>/dev/null
	"$ef" sessions export "$1" --redact never >"$1"
	"$ef" sessions rm --yes "$1" >/dev/null
}
export_run two
export_run three
is "into one file" "$("$ef" sessions import --db all.db two basic.ndjson | sed 's/ed [^ ]*:/ed/')" "imported 1 rows, as written
imported 3 rows, not closed"
is "... and more, by the environment" "$(EGRESS_FILTER_DB=all.db "$ef" sessions import three two hostile.ndjson | sed 's/ [^ ]*:/:/')" \
	"imported: 1 rows, cannot be verified
known already: 1 rows, as written
imported: 1 rows, not closed"
cat two three | "$ef" sessions import --db x/ - basic.ndjson hostile.ndjson >/dev/null
is "all of it is there" "$("$ef" log --db all.db --session all --ndjson --redact never | sort)" \
	"$("$ef" log --db x --session all --ndjson --redact never | sort)"
like "what cannot be verified says so" "$("$ef" sessions show three --db all.db)" '^record +cannot be verified'
like "what can be does" "$("$ef" sessions show two --db all.db)" '^record +as written'
is "copies are known by what they hold" "$("$ef" sessions import --db y/ all.db x | sed 's/ [^ ]*:/:/' | sort)" "imported: 1 rows, as written
imported: 1 rows, cannot be verified
imported: 1 rows, not closed
imported: 3 rows, not closed"
try sessions rm --yes two --db all.db
like "nothing is removed from a file with others" "$err" 'its file holds other sessions, too'
cp basic.ndjson text2
try sessions import --db text2 one
like "a file that is no record" "$err" 'text2 is no SQLite database'
ok "... stays as it is" cmp -s basic.ndjson text2

# Names and tags.
try sessions name 7f3a 'my job'
is "name" "$rc$out$err" 0
try sessions tag 7f3a ci=7 os=linux
is "tags" "$rc$out$err" 0
try sessions tag 7f3a ci=8
try sessions list --name 'my job' --tag ci=8 --tag os --ndjson
like "they are shown and found" "$out" '"session":"7f3a".*"name":"my job","tags":\{"ci":"8","os":"linux"\}'
is "... as one" "$(printf '%s\n' "$out" | wc -l)" 1
try sessions --tag ci=7
is "an old value is gone" "$out" ""
try sessions show 'my job'
like "show: tags" "$out" '^tags +ci=8'
try sessions untag 7f3a os
try sessions --tag os
is "untag" "$out" ""
try sessions untag 7f3a os
like "untag what is not there" "$err" 'has no tag os'
try sessions tag 7f3a nonsense
like "no tag" "$err" 'nonsense is not a tag, KEY=VALUE'
try sessions import basic.ndjson
is "a name makes no other session of it" "$out" "known already 7f3a: 3 rows, not closed"
try sessions export --tag ci
like "export by tag" "$out" '"name":"my job"'
try sessions name 7f3a
try sessions --name 'my job'
is "a name is taken away" "$rc$out" 0

# Removing.
try sessions rm 7f3a
is "rm off a terminal: 2" "$rc" 2
like "... names --yes" "$err" 'sessions rm --yes'
try sessions rm --yes 7f3a 7f3a
is "rm" "$rc $out" "0 removed 7f3a"
is "... removes the file" "$(ls -A "$sessions")" "66aa.db"
try sessions rm --yes 7f3a
like "what is not there" "$err" 'no session 7f3a'
"$ef" --mode audit --name runs sh -c 'read -r line <go; :' 2>/dev/null &
mkfifo go
until "$ef" sessions --name runs 2>/dev/null | grep -q running; do :; done
try sessions rm --yes runs
like "a running session stays" "$err" 'cannot be removed: it is running'
try sessions export runs
like "... is not exported" "$err" 'is running: wait for its end'
try sessions name runs x
like "... keeps its name" "$err" 'is running: wait for its end'
echo >go
wait
try sessions export runs --redact=never
printf '%s\n' "$out" >real
is "a session that ran is as written elsewhere" "$(elsewhere h import real | sed 's/.*rows, //')" "as written"

for word in show import rm tag; do
	try sessions $word
	is "$word without words: 2" "$rc" 2
done
try sessions export
like "export without words" "$err" 'sessions export takes the sessions to write, or all'
try sessions list --yes
like "--yes elsewhere" "$err" '--yes goes with sessions rm'
finish
