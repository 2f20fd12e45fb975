#!/bin/sh
# SPDX-License-Identifier: MIT
# Every view at every size, and what the keys do in them, without a terminal.
. "$srcdir/tests/screen/lib.sh"
basic

for view in live sites procs rules sessions; do
	for size in 140x45 100x30 80x24 60x15 40x10 39x8; do
		dump $view $size >"$tmp/out" 2>"$tmp/err"
		is "$view at $size: $(wc -l <"$tmp/out") lines" "$(wc -l <"$tmp/out")" "${size#*x}"
		is "$view at $size: none is too wide" "$(awk -v w="${size%x*}" 'length($0) > w' "$tmp/out")$(cat "$tmp/err")" ""
		case $size in 39x8) want='This view needs 40 x 10' ;; 60x15 | 40x10) want='^ allow 43 DENY 5' ;; *) want='^ allow 43  DENY 5  held 0' ;; esac
		like "$view at $size: its head" "$(cat "$tmp/out")" "$want"
	done
done

out=$(dump sites 100x30)
like "sites: most denied first" "$(printf '%s\n' "$out" | sed -n 7p)" '^>\+ pkgs-yy\.com +443 +0 +2 node'
like "... sorted by" "$out" 'sorted by DENY, descending'
out=$(printf 'key 2\ntype /github\nkey Enter l\ndump\nkey h\ndump\n' | play 100x30)
like "a site is opened" "$out" '^     codeload\.github\.com +443 +0 +1'
like "... with the rule that covers a host" "$out" '^     github\.com +22 +1 +0 .*line 5'
is "... and closed" "$(printf '%s\n' "$out" | grep -c codeload)" 1
out=$(printf 'key 2\ntype /nodejs\nkey Enter s\ntype allow\nkey Enter\ndump\nkey I\ndump\n' | play 100x30)
like "sorted by ALLOW" "$out" 'sorted by ALLOW, descending'
like "inverted" "$out" 'sorted by ALLOW, ascending'
is "... the chosen row stays" "$(printf '%s\n' "$out" | grep -c '^>+ nodejs')" 2
out=$(printf 'key 3 t\ndump\n' | play 100x30)
like "the tree of processes" "$out" '^   - node +4990 +42 +3 +14:02 node yarn\.js install'
like "... a child below" "$out" '^       git +4991 +1 +1'
out=$(printf 'key 4 i\ndump\n' | play 100x30)
like "unused rules" "$out" '^> +8 api\.github\.com +443 +0 +0 unused'
is "... alone" "$(printf '%s\n' "$out" | grep -c ' used ')" 0
out=$(printf 'key 4\ntype /registry\nkey Enter Enter\ndump\n' | play 100x30)
like "a rule's attempts" "$out" 'filter: line=10'
like "... in Live" "$out" '^\[1 Live\]'

out=$(printf 'type &verdict:deny port:443\nkey Enter\ndump\nkey *\ndump\ntype &port:\nkey Enter\ndump\n' | play 100x30)
like "a filter" "$out" 'filter: verdict:deny port:443'
like "... selects what log selects" "$out" "row [0-9]+ of 2 "
is "... three attempts" "$("$ef" log --db "$tmp/basic.db" verdict:deny port:443 | wc -l)" 3
like "a wrong one names the column" "$out" 'filter: column 6'
out=$(printf 'key D\ndump\n' | play 100x30)
is "only denied" "$(printf '%s\n' "$out" | grep -c ' allow  *[a-z]')" 0
out=$(printf 'type /codeload\nkey Enter H\ndump\n' | play 100x30)
like "only this host" "$out" 'filter: host="codeload\.github\.com"'
out=$(printf 'type /codeload\nkey Enter P\ndump\n' | play 100x30)
like "only this program" "$out" 'row [0-9]+ of 2 '
out=$(printf 'key g m m M\ndump\n' | play 100x30)
like "only marked" "$out" 'row [0-9]+ of 2 .*'
like "... has the mark" "$out" '\*allow'
out=$(printf 'key c\ndump\n' | play 100x60)
like "each attempt has its own row" "$out" 'of 48 '
out=$(printf 'key g }\ndump\nkey } } }\ndump\n' | play 100x30)
like "to the next denial" "$out" '^>14:02:03 DENY +git'
like "... and on" "$out" '^>14:02:08 DENY +sh'

out=$(printf 'type /yarn\nkey Enter\ntype /codeload\nkey Enter Enter\ndump\n' | play 100x40)
like "details: what the program was told" "$out" 'DENY   connect returned EACCES to git'
like "... where its name came from" "$out" 'not looked up: the program got placeholder 198\.18\.0\.7'
like "... who started it" "$out" 'bash 4822 > node 4990 > git 4991'
like "... what the policy of then says" "$out" 'denied: no rule'
out=$(printf 'type /codeload\nkey Enter w\ndump\n' | play 100x40)
like "why: what would allow it" "$out" 'pattern: "codeload\.github\.com"'
out=$(printf 'type /codeload\nkey Enter y h y p y r\n' | play 100x40)
like "copy the host" "$out" '^request: copy codeload\.github\.com$'
like "copy host and port" "$out" '^request: copy codeload\.github\.com:443$'
like "copy a rule" "$out" '^request: copy   - pattern: "codeload'
ok "... to a file too" grep -q pattern "$XDG_STATE_HOME/egress-filter/copied"
out=$(printf 'type /169\nkey Enter y r\ndump\n' | play 100x40)
like "what is no plain name is never a rule" "$out" 'nothing to copy'
out=$(printf 'type /registry.npm\nkey Enter e\nkey 4\ntype /nodejs\nkey Enter e\n' | play 100x40)
like "edit at the rule's line" "$out" "^request: edit \\+10 $tmp/egress-allowlist.yaml"
like "... from the rules" "$out" "^request: edit \\+13 "

cd "$tmp" || exit 1
printf 'key E\ntype x.csv\nkey Enter\nkey E\ntype x.md\nkey Enter\nkey E\ntype x.yaml\nkey Enter\nkey E\ntype x.ndjson\nkey Enter\nkey E\ntype x.csv\nkey Enter n\ndump\n' | play 100x40 >"$tmp/out"
is "export: CSV has all rows and a heading" "$(wc -l <x.csv)" 49
is "... Markdown" "$(wc -l <x.md)" 50
is "... YAML" "$(grep -c '^- event' x.yaml)" 48
is "... NDJSON" "$(wc -l <x.ndjson)" 48
ok "... is JSON" python3 -c 'import json; [json.loads(l) for l in open("x.ndjson")]'
printf 'key E\ntype x.csv\nkey Enter\ndump\n' | play 100x40 >"$tmp/out"
like "it asks before it overwrites" "$(cat "$tmp/out")" 'overwrite\? \[y/n\]'
finish
