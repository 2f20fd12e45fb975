#!/bin/sh
# SPDX-License-Identifier: MIT
# The screens on a real terminal: start, resize, leave; what is left behind.
. "$srcdir/tests/screen/lib.sh"
command -v tmux >/dev/null || { echo "1..0 # SKIP no tmux"; exit 0; }
basic

start 100 30 "stty -a >$tmp/before; $ef tui --db $tmp/basic.db; rc=\$?; stty -a >$tmp/after; (exit \$rc)"
ok "Live on a recorded session" seen 'DENY +git +codeload\.github\.com +443/tcp'
ok "totals" seen 'allow 43 +DENY 5'
text /yarn
keys Enter
ok "search finds by the arguments" seen '^>.*registry\.npm-x|^>.*pkgs-yy'
text '/codeload'
keys Enter
ok "search finds by the name" seen '^>.*codeload'
tm resize-window -t ef -x 60 -y 15
ok "60 x 15: the same row" seen '^>DENY +git +codeload\.github\.com'
tm resize-window -t ef -x 39 -y 8
ok "39 x 8: says what it needs" seen 'needs 40 x 10'
tm resize-window -t ef -x 100 -y 30
ok "100 x 30 again: the same row" seen '^> ?14:02:03.*codeload\.github\.com +443/tcp'
keys q
ok "q leaves" seen 'EXIT=0'
is "terminal modes are as before" "$(cat "$tmp/after")" "$(cat "$tmp/before")"
ok "the screen is as before" hidden codeload
finish
