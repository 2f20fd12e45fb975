#!/bin/sh
# SPDX-License-Identifier: MIT
# A terminal multiplexer that the environment names is closed to the command;
# where the policy opens it, that is said at the start.
. "$srcdir/tests/live/lib.sh"
live_enter
mkdir -p "$work/tmux-1" "$work/S-x"
chmod 755 "$work/tmux-1" "$work/S-x"
for it in tmux-1/default S-x/1.pts; do
	background python3 -c "
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
s.listen(100)
while True:
    s.accept()" "$work/$it"
	wait_for [ -S "$work/$it" ]
done
policy=$work/policy.yaml
connect='import errno, socket, sys
try:
    socket.socket(socket.AF_UNIX).connect(sys.argv[1])
    print("ok")
except OSError as e:
    print(errno.errorcode[e.errno])'
TMUX=$work/tmux-1/default,4711,0 STY=1.pts SCREENDIR=$work/S-x
KITTY_LISTEN_ON=unix:@mykitty DOCKER_HOST=tcp://192.0.2.1:2375
export TMUX STY SCREENDIR KITTY_LISTEN_ON DOCKER_HOST

for user in $users; do
	printf 'version: 1\n' >"$policy"
	ef $user -q python3 -c "$connect" "$work/tmux-1/default"
	is "$user: it is closed" "$out" EACCES
	is "... which is nothing to speak of" "$err" ''
	export EGRESS_FILTER_LOG=info
	ef $user true
	unset EGRESS_FILTER_LOG
	like "... but for who asks" "$err" "the terminal multiplexer \(TMUX, $work/tmux-1/default\) is closed"
	like "... screen, too" "$err" "\(STY, $work/S-x/1.pts\) is closed"
	like "... and an abstract name" "$err" '\(KITTY_LISTEN_ON, @mykitty\) is closed'
	is "... what is no unix socket is none" "$(printf '%s\n' "$err" | grep -c DOCKER_HOST)" 0

	printf 'version: 1\nunix_sockets: {allow: ["%s/**"]}\n' "$work" >"$policy"
	ef $user -q python3 -c "$connect" "$work/tmux-1/default"
	is "$user: a rule opens it" "$out" ok
	like "... which is said" "$err" 'the policy lets the command steer the terminal multiplexer \(TMUX,'
	is "... of what it opens" "$(printf '%s\n' "$err" | grep -c 'lets the command steer')" 2
done
finish
