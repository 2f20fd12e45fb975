#!/bin/sh
# SPDX-License-Identifier: MIT
# Text of a target cannot act on the terminal or pass for another row; records
# that are broken, or newer than this version, are told and never a crash.
. "$srcdir/tests/screen/lib.sh"
basic
policy >"$tmp/p.yaml"

# ESC [ 2 J, OSC 52, BEL in a name; a right-to-left override, a line feed and a
# row of its own in an argument; wide and joined characters in a path.
{
	attempt 1 1000 2 1 1 443 allow 2 rule
	attempt 2 2000 5 6 NULL 0 deny NULL unix-outside
	attempt 3 3000 5 3 NULL 443 deny NULL no-rule 5
} >"$tmp/hostile.sql"
record "$tmp/hostile.db" 66aa0001 "$(cat "$tmp/hostile.sql")
INSERT INTO names VALUES (6, 'unix', CAST(X'2f1b5b324a1b5d35323b633b41414141076576696c' AS TEXT));
INSERT INTO processes VALUES (5, 1, 0, 4993, 1, 1, 1, 1, NULL, 1000, CAST(X'781b5b33316d' AS TEXT), CAST(X'2f7573722f62696e2fe6bca2e5ad97e29aa0efb88f' AS TEXT), '/',
 CAST(X'7368' || X'00' || X'e280ae676e702e7478740a616c6c6f7720206e6f64652020676f6f642e6578616d706c65' || X'00' || X'e6bca2e5ad97' AS BLOB), 0);"

every_view() { # every_view FILE: all that can be seen of a record, at two sizes
	for size in 100x30 60x15 200x50; do
		printf 'key 1 g Enter\ndump\nkey j\ndump\nkey j\ndump\nkey J\ndump\nkey q w\ndump\nkey q Esc 2 l j l\ndump\nkey 3 l\ndump\nkey t\ndump\nkey 4\ndump\nkey 6\ndump\n' |
			"$tui" --db "$1" --session 66aa --keys-from - --size $size
	done
}
out=$(every_view "$tmp/hostile.db" 2>&1)
ok "no control character is drawn" sh -c '! printf "%s" "$1" | tr -d "\n" | LC_ALL=C grep -q "[[:cntrl:]]"' - "$out"
like "escapes are shown as what they are" "$out" '\\x1b\[2J'
like "the direction of text cannot be turned" "$out" '\\u202egnp\.txt\\x0aallow'
ok "no row is forged" sh -c '! printf "%s\n" "$1" | grep -Eq "^.? *allow +node +good"' - "$out"
like "lists are ASCII" "$(printf 'key 3\ndump\n' | "$tui" --db "$tmp/hostile.db" --session 66aa --keys-from -)" '\\u6f22\\u5b57'
like "details have wide characters" "$out" '漢字'
is "no line is wider than the screen" "$(printf 'key 1 G Enter\ndump\n' | "$tui" --db "$tmp/hostile.db" --session 66aa --keys-from - --size 60x20 |
	python3 -c '
import sys, unicodedata
for line in sys.stdin:
    if sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line.rstrip("\n")) > 60: print(line)')" ""

# Records that are no good.
"$tui" --db "$tmp/hostile.db" --dump-screen live >"$tmp/good" 2>&1
cp "$tmp/hostile.db" "$tmp/newer.db"
echo 'PRAGMA user_version = 99;' | sqlite3 "$tmp/newer.db"
out=$("$tui" --db "$tmp/newer.db" --dump-screen live 2>&1)
like "a newer record is told" "$out" 'written by a newer egress-filter'
ok "... and no crash" [ $? -lt 126 ]
cp "$tmp/basic.db" "$tmp/cut.db"
size=$(wc -c <"$tmp/cut.db")
broken=0
for part in 3 5 7 10 20 40 60 80 95; do
	head -c $((size * part / 100)) "$tmp/basic.db" >"$tmp/cut.db"
	printf 'key 2\nkey 3\nkey 4\nkey 1 g Enter w q J q G k\ndump\n' | "$tui" --db "$tmp/cut.db" --keys-from - >"$tmp/out" 2>&1
	[ $? -lt 126 ] || broken="$broken $part"
done
is "a record cut short never ends it" "$broken" 0
i=1
broken=0
while [ $i -le 40 ]; do
	cp "$tmp/basic.db" "$tmp/cut.db"
	printf 'XXXXXXXX' | dd of="$tmp/cut.db" bs=1 seek=$((size * i / 41)) conv=notrunc 2>/dev/null
	printf 'key 2 l\nkey 3 t\nkey 4\nkey 1 g Enter w q J q G k\ndump\n' | "$tui" --db "$tmp/cut.db" --keys-from - >"$tmp/out" 2>&1
	[ $? -lt 126 ] || broken="$broken $i"
	i=$((i + 1))
done
is "bytes overwritten anywhere never end it" "$broken" 0
echo 'UPDATE attempts SET process = 999, name = 999, address = 999, rule = 999, revision = 999, placeholder = 999, candidates = 3;
UPDATE processes SET parent = id;' | sqlite3 "$tmp/basic.db"
out=$(printf 'key 2 l\nkey 3 l\nkey t\nkey 4\nkey 1 g Enter w q\ndump\n' | play 100x30 2>&1)
is "rows that name nothing never end it" $? 0
like "... and are shown" "$out" 'DENY +\? '

is "no session: 2" "$("$tui" --db "$tmp/hostile.db" --session ffff 2>"$tmp/err" >/dev/null; echo $?)" 2
like "... says so" "$(cat "$tmp/err")" 'no session ffff'
is "no terminal: 2" "$("$ef" tui --db "$tmp/hostile.db" 2>"$tmp/err" >"$tmp/out" </dev/null; echo $?)" 2
like "... and the command that works there" "$(cat "$tmp/err")" 'egress-filter log --follow'
is "no running session: 2" "$("$ef" attach --db "$tmp/hostile.db" 2>"$tmp/err" >/dev/null; echo $?)" 2
like "... says so" "$(cat "$tmp/err")" 'no session is running'
is "a command in a pane comes later: 2" "$("$ef" tui -- true 2>"$tmp/err"; echo $?)" 2
like "... and what works now is said" "$(cat "$tmp/err")" 'egress-filter attach'
finish
