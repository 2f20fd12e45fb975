#!/bin/sh
# SPDX-License-Identifier: MIT
# A session is followed while it runs: rows appear, the list stays where a
# person moved it, the end is told, a killed screen harms nothing.
. "$srcdir/tests/screen/lib.sh"
command -v tmux >/dev/null || { echo "1..0 # SKIP no tmux"; exit 0; }
if [ "$(id -u)" = 0 ]; then net='unshare -n'; else net='unshare -Urn'; fi
$net true 2>/dev/null || { echo "1..0 # SKIP no network namespace can be made"; exit 0; }
mkfifo "$tmp/lines"

# Each line is a port of this machine that nobody listens on.
cat >"$tmp/target.sh" <<'E2'
while read -r port; do (exec 3<>/dev/tcp/127.0.0.1/$port) 2>/dev/null; done
exit 7
E2
session() { # session NAME: its standard input is the fifo
	# shellcheck disable=SC2086
	$net sh -c 'ip link set lo up; exec "$@"' - "$ef" --allow-all --weak -q --db "$tmp/$1.db" bash "$tmp/target.sh" \
		<"$tmp/lines" >"$tmp/$1.out" 2>&1 &
	exec 4>"$tmp/lines"
}
try_port() { echo "$1" >&4; }

session one
pid=$!
try_port 1001
n=0
until "$ef" log --db "$tmp/one.db" 2>/dev/null | grep -q 1001 || [ $n = 600 ]; do n=$((n + 1)); sleep 0.05; done
start 100 30 "$ef attach --db $tmp/one.db"
ok "attach finds the running session" seen 'ALLOW-ALL +running'
ok "it follows" seen 'FOLLOW'
ok "what was before is there" seen 'allow +bash +127\.0\.0\.1 +1001/tcp'
try_port 1002
ok "what comes appears" seen '^>.*bash +127\.0\.0\.1 +1002/tcp'
for p in 1003 1004 1005; do try_port $p; done
ok "and the newest row is chosen" seen '^>.*1005/tcp'
keys k k
ok "moving up stops following" seen '^>.*1003/tcp'
try_port 1006
ok "rows come in below" seen '^ .*1006/tcp'
ok "... and the chosen row stays" tap_grep "$(screen)" '^>.*1003/tcp'
keys F
ok "F follows again" seen '^>.*1006/tcp'
keys p
ok "p pauses the display" seen 'PAUSED \+0'
try_port 1007
ok "and what waits is counted" seen 'PAUSED \+1'
ok "... told as what it is" seen 'traffic is not paused'
ok "... and not shown" hidden 1007/tcp
keys p
ok "p goes on" seen '1007/tcp'
keys q
ok "q asks, since it runs" seen 'Leave\? The command keeps running'
keys y
ok "y leaves" seen 'EXIT=0'
ok "the session did not notice" kill -0 $pid

start 100 30 "$ef attach --db $tmp/one.db"
ok "attached again" seen '1007/tcp'
kill -9 "$(pgrep -P "$(tm display-message -p -t ef '#{pane_pid}')")"
ok "a killed screen is gone" seen 'EXIT=137'
try_port 1008
exec 4>&-
wait $pid
is "the command ends as it would have" $? 7
like "a killed screen loses no row" "$("$ef" log --db "$tmp/one.db")" '1008/tcp'

session two
pid=$!
try_port 2001
n=0
until "$ef" log --db "$tmp/two.db" 2>/dev/null | grep -q 2001 || [ $n = 600 ]; do n=$((n + 1)); sleep 0.05; done
start 100 30 "$ef attach --db $tmp/two.db"
ok "attached to another one" seen '2001/tcp'
exec 4>&-
wait $pid
ok "the end is told" seen 'the session has ended'
ok "... and shown" seen 'ended .* exit 7'
keys q
ok "then q leaves at once" seen 'EXIT=0'

session three
pid=$!
try_port 3001
n=0
until "$ef" log --db "$tmp/three.db" 2>/dev/null | grep -q 3001 || [ $n = 600 ]; do n=$((n + 1)); sleep 0.05; done
start 100 30 "$ef attach --db $tmp/three.db"
ok "attached to a third one" seen '3001/tcp'
kill -9 $pid
ok "a killed supervisor is told" seen 'its supervisor is gone'
ok "... and the rows stay" seen '3001/tcp'
exec 4>&-
keys q
ok "and it can be left" seen 'EXIT=0'
finish
