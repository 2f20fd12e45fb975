#!/bin/sh
# SPDX-License-Identifier: MIT
# One table of keys: what the help, --keys and the manual list works, and
# nothing else does.
. "$srcdir/tests/screen/lib.sh"
basic
man=$srcdir/share/man/egress-filter-tui.1

# Every name a key can have.
every() {
	i=33
	while [ $i -lt 127 ]; do
		printf "\\$(printf %03o $i)\n"
		i=$((i + 1))
	done
	for c in a b c d e f g h j k l n o p q r s t u v w x y z; do echo "Ctrl-$c"; done
	printf '%s\n' Tab Enter Esc Up Down Left Right Home End PgUp PgDn Backspace Delete S-Tab F1 F4 Space
}
# Keys that --keys lists for a view, one a line.
listed() { "$tui" --keys --view "$1" | sed 's/  .*//' | tr ' ' '\n' | sort; }
# Keys that do something in a view, found by pressing each. Ctrl-j and -i and
# -m are other names of Enter and Tab.
working() {
	every | while read -r k; do
		out=$(printf 'key %s\ndump\n' "$k" | play 160x40 --view "$1")
		case $out in *"does nothing here; ?"* | *"come to the screen"*) ;; *) printf '%s\n' "$k" ;; esac
	done | sort
}
for view in live sites procs rules sessions; do
	is "$view: the keys that work are those that are listed" "$(working $view | grep -vx Ctrl-j)" "$(listed $view)"
	help=$(printf 'key ?\ndump\n' | play 100x60 --view $view)
	"$tui" --keys --view $view | while read -r line; do
		keys=$(printf '%s\n' "$line" | sed 's/  .*//')
		printf '%s\n' "$help" | grep -qF -e "  $keys " || echo "$keys"
	done >"$tmp/missing"
	is "$view: the help has them all" "$(cat "$tmp/missing")" ""
done
help=$(printf 'key ?\ndump\n' | play 100x30)
like "the help of Live fits 100x30: first" "$help" 'row down, up'
like "... and last" "$help" 'leave at once'

for view in live sites procs rules sessions; do
	"$tui" --keys --view $view | sed 's/   *.*//'
done | sort -u >"$tmp/program"
sed -n 's/^\.It Li //p' "$man" | sed 's/\\&//g; s/\\e/\\/g; s/^"\(.*\)"$/\1/' | sort -u >"$tmp/manual"
is "the manual has the same keys" "$(cat "$tmp/manual")" "$(cat "$tmp/program")"
finish
