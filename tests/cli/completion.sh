#!/bin/sh
# SPDX-License-Identifier: MIT
# Completions, asked of the shells they are for.
. "$srcdir/tests/tap.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
PATH=$builddir:$PATH
export XDG_STATE_HOME="$tmp/state" HOME="$tmp" LC_ALL=C.UTF-8
unset EGRESS_FILTER_DB
cd "$tmp" || exit 1
mkdir work zsh
cd work || exit 1
: >policy.yaml
: >other.txt
: >'two words.yaml'
for id in 7f3a 66aa; do
	printf '{"v":1,"type":"attempt","session":"%s","seq":1,"verdict":"deny"}\n' $id
done | egress-filter sessions import - >/dev/null
# A record of somebody who wants more than to be completed.
egress-filter sessions import --db ../bad.db - >/dev/null <<-'LINE'
	{"v":1,"type":"attempt","session":"77aa","seq":1,"verdict":"deny"}
LINE
sqlite3 ../bad.db "UPDATE sessions SET uuid = '\$(>x)'"

egress-filter completion bash >../bash
egress-filter completion zsh >../zsh/_egress-filter
egress-filter completion fish >../fish

# What bash offers behind words, the last one being what is typed so far;
# sorted, blanks between.
bash_offers() {
	bash --norc -c '
		. ../bash
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_egress_filter 2>/dev/null
		printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort | tr '\n' ' '
}

if command -v bash >/dev/null; then
	is "bash: subcommands" "$(bash_offers egress-filter sess)" "sessions "
	is "bash: words of a subcommand" "$(bash_offers egress-filter sessions ex)" "export "
	is "bash: sessions" "$(bash_offers egress-filter sessions show '')" "66aa 7f3a "
	is "bash: a session by its beginning" "$(bash_offers egress-filter sessions show 7)" "7f3a "
	is "bash: a session behind an option" "$(bash_offers egress-filter log --session 6)" "66aa "
	is "bash: values" "$(bash_offers egress-filter log --color a)" "always auto "
	is "bash: values behind =" "$(bash_offers egress-filter log --color = n)" "never "
	is "bash: values behind an empty =" "$(bash_offers egress-filter --mode =)" "audit enforce "
	is "bash: a letter's value" "$(bash_offers egress-filter -c p)" "policy.yaml "
	is "bash: policies" "$(bash_offers egress-filter lint '')" "policy.yaml two words.yaml "
	is "bash: options of the subcommand alone" "$(bash_offers egress-filter log --s)" "--session --since "
	is "bash: options of run" "$(bash_offers egress-filter --mod)" "--mode "
	is "bash: fields of the filter" "$(bash_offers egress-filter log verd)" "verdict: "
	is "bash: columns" "$(bash_offers egress-filter log --columns destin)" "destination "
	is "bash: nothing behind a whole command" "$(bash_offers egress-filter sessions prune x)" " "
	is "bash: options before the word" "$(bash_offers egress-filter sessions --db x show 7)" "7f3a "
	is "bash: shells" "$(bash_offers egress-filter completion '')" "bash fish zsh "
	EGRESS_FILTER_DB=$tmp/bad.db bash_offers egress-filter sessions show '' >/dev/null
	ok "bash: a record runs nothing" [ ! -e x ]
else
	skip "no bash"
fi

# What zsh makes of a line when <Tab> is pressed at its end.
zsh_line() {
	rm -f "$tmp/line"
	LINE=$1 OUT=$tmp/line zsh -f -c '
		zmodload zsh/zpty
		zpty -b z "zsh -f -i"
		zpty -w z "PS1= ; fpath=($tmp/zsh \$fpath); autoload -Uz compinit; compinit -u -D; zstyle \":completion:*\" menu no; setopt noautolist nolistambiguous nobeep; seen() { print -r -- \"\$BUFFER\" >$OUT.new; mv $OUT.new $OUT; BUFFER=; print -r -- DONE\$((1+1)) }; zle -N seen; bindkey \"^O\" seen; bindkey \"^I\" complete-word; print READY\$((1+1))"
		until [[ $seen == *READY2* ]]; do zpty -r z part || break; seen+=$part; done
		zpty -w -n z "$LINE"$'"'\\t\\x0f'"'
		zpty -r z part "*DONE2*"
		zpty -d z' 2>/dev/null
	cat "$tmp/line" 2>/dev/null
}
export tmp

if command -v zsh >/dev/null; then
	is "zsh: subcommands" "$(zsh_line 'egress-filter sessi')" "egress-filter sessions "
	is "zsh: words of a subcommand" "$(zsh_line 'egress-filter sessions exp')" "egress-filter sessions export "
	is "zsh: sessions" "$(zsh_line 'egress-filter sessions show 7')" "egress-filter sessions show 7f3a "
	is "zsh: a session behind an option" "$(zsh_line 'egress-filter log --session=6')" "egress-filter log --session=66aa "
	is "zsh: values" "$(zsh_line 'egress-filter log --color=ne')" "egress-filter log --color=never "
	is "zsh: policies" "$(zsh_line 'egress-filter lint pol')" "egress-filter lint policy.yaml "
	is "zsh: options" "$(zsh_line 'egress-filter log --sin')" "egress-filter log --since="
	is "zsh: fields of the filter" "$(zsh_line 'egress-filter log verd')" "egress-filter log verdict:"
	is "zsh: shells" "$(zsh_line 'egress-filter completion fi')" "egress-filter completion fish "
else
	skip "no zsh"
fi

# What fish offers for a line.
fish_offers() { fish --no-config -c 'source ../fish; complete -C "$argv[1]"' "$1" 2>/dev/null | cut -f1 | sort | tr '\n' ' '; }

if command -v fish >/dev/null; then
	is "fish: subcommands" "$(fish_offers 'egress-filter sessi')" "sessions "
	is "fish: words of a subcommand" "$(fish_offers 'egress-filter sessions ex')" "export "
	is "fish: sessions" "$(fish_offers 'egress-filter sessions show ')" "66aa 7f3a "
	is "fish: a session behind an option" "$(fish_offers 'egress-filter log --session 6')" "66aa "
	is "fish: values" "$(fish_offers 'egress-filter log --color=')" "--color=always --color=auto --color=never "
	is "fish: options of the subcommand alone" "$(fish_offers 'egress-filter log --sess')" "--session "
	is "fish: shells" "$(fish_offers 'egress-filter completion ')" "bash fish zsh "
else
	skip "no fish"
fi
finish
