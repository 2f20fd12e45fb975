#!/bin/sh
# SPDX-License-Identifier: MIT
# --help, egress-filter(1) and the three completions name the same subcommands
# and the same options; the manuals are clean; examples use what exists.
. "$srcdir/tests/tap.sh"
ef=$builddir/egress-filter
man=$srcdir/share/man/egress-filter.1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for shell in bash zsh fish; do "$ef" completion $shell >"$tmp/$shell"; done

sorted() { tr ' ' '\n' | grep . | sort -u | tr '\n' ' '; }

# Subcommands, by source.
words_help() { "$ef" --help | sed -n '/^subcommands$/,/^$/s/^  \([a-z]*\) .*/\1/p' | sorted; }
words_bash() { sed -n "s/.* words='\([^']*\)'.*/\1/p" "$tmp/bash" | sorted; }
words_zsh() { sed -n "s/^[[:space:]]*'\([a-z]*\):[^:]*'\$/\1/p" "$tmp/zsh" | sorted; }
words_fish() { sed -n 's/.*__fish_use_subcommand -a \([a-z]*\) -d.*/\1/p' "$tmp/fish" | sorted; }
words_man() { sed -n 's/^\.Ss \([a-z]*\)$/\1/p' "$man" | sorted; }

# Options of a subcommand, by source; --help is said once for all.
opts_help() { "$ef" help "$1" | grep -oE '^ .{5}--[a-z-]+' | grep -oE '[-]-[a-z-]+' | grep -vx -e --help | sorted; }
opts_bash() { sed -n "s/^[[:space:]]*$1) echo '\(.*\)'.*/\1/p" "$tmp/bash" | tr ' ' '\n' | grep -e -- | grep -vx -e --help | sorted; }
opts_zsh() { # run: the last call of _arguments
	if [ "$1" = run ]; then sed -n '/_arguments -C/,$p' "$tmp/zsh"; else sed -n "/^[[:space:]]*$1) _arguments/,/;;/p" "$tmp/zsh"; fi |
		sed -n "s/^[[:space:]]*'\(--[a-z-]*[a-z]\)[=[].*/\1/p" | grep -vx -e --help | sorted
}
opts_fish() {
	if [ "$1" = run ]; then from='seen_subcommand_from run'; else from="n '__fish_seen_subcommand_from $1'"; fi
	sed -n "s/.*$from' -l \([a-z-]*\).*/--\1/p; s/.*$from -l \([a-z-]*\).*/--\1/p" "$tmp/fish" | grep -vx -e --help | sorted
}
opts_man() {
	sed -n "/^\.Ss $1\$/,/^\.S[sh] /p" "$man" | grep '^\.It Fl' | grep -oE 'Fl -[a-z-]+' | sed 's/Fl /-/' | sorted
}

words=$(words_help)
ok "there are subcommands" [ -n "$words" ]
for source in bash zsh fish; do is "subcommands of $source" "$(words_$source)" "$words"; done
for word in $words; do
	ok "manual has a section on $word" grep -qx "\.Ss $word" "$man"
	want=$(opts_help "$word")
	for source in man bash zsh fish; do is "options of $word in $source" "$(opts_$source "$word")" "$want"; done
done
is "run has options" "$(opts_help run | grep -c -e --config)" 1

# A subcommand in the manual exists, built or not.
exists() { "$ef" help "$1" >/dev/null; }
for word in $(words_man); do ok "$word of the manual exists" exists "$word"; done

for shell in bash zsh fish; do
	if command -v $shell >/dev/null; then ok "$shell reads its completion" $shell -n "$tmp/$shell"; else skip "no $shell"; fi
done

if command -v mandoc >/dev/null; then
	for page in "$srcdir"/share/man/*.[1-9]; do
		is "${page##*/} is clean" "$(mandoc -Tlint -Wwarning "$page" | grep -v 'bad page')" ""
	done
else
	skip "no mandoc"
fi

# Each "egress-filter WORD" of an example: WORD is built or a program, and the
# options before and after it exist.
examples() {
	sed -n 's/^\.D[l1] \$ //p' "$srcdir"/share/man/*.[1-9]
	sed -n '/^```sh$/,/^```$/s/^\(egress-filter .*\)/\1/p' "$srcdir"/README.md
}
examples | grep '^egress-filter' >"$tmp/examples"
while read -r _ line; do
	word=run
	for arg in $line; do
		case $arg in
		--) break ;;
		--*) ok "$word has ${arg%%=*}" tap_grep "$(opts_help "$word")" "(^| )${arg%%=*} " ;;
		-*) ;;
		*)
			case " $words" in *" $arg "*) [ "$word" = run ] && word=$arg ;; *) [ "$word" = run ] && [ "$prev" != -c ] && break ;; esac
			;;
		esac
		prev=$arg
	done
done <"$tmp/examples"

finish
