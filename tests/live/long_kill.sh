#!/bin/sh
# SPDX-License-Identifier: MIT
# kill -9 of the supervisor at a random moment under load, again and again: what
# the servers saw is in the record, the target gets errors from then on, and
# the next session starts clean.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
rounds=${LIVE_ROUNDS:-200}
policy=$work/policy.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n' $WEB >"$policy"

# A port for each round, so that each record has to explain its own.
served=$work/log/served
ports=
for round in $(seq "$rounds"); do
	ports="$ports $WEB:$((20000 + round))"
done
# shellcheck disable=SC2086
background python3 "$srcdir/tests/live/sink.py" "$served" "$work/log/ready" $ports
wait_for [ -s "$work/log/ready" ]

# Where in the life of a session the kill comes is the one thing left to chance.
moment() { python3 -c 'import random; print(random.random() * 0.3)'; }

is_served() { contains "$served" "^$WEB $1 "; }

session() { # session PORT: loads, is killed; sets killed_db and problem
	home=$work/home/$user
	sessions=$home/state/egress-filter/sessions
	rm -rf "$home/results" "$home/supervisor" "$home/done" "$sessions"
	# shellcheck disable=SC2016
	run_as $user "$work/egress-filter" -c "$policy" -q sh -c \
		'echo $PPID >"$HOME/supervisor"; "$@"; echo >"$HOME/done"' sh \
		python3 "$srcdir/tests/live/load.py" until-error 8 $WEB "$1" \
		"$home/results" >"$work/log/out" 2>"$work/log/err" &
	job=$!
	wait_for is_served "$1" || problem="nothing was served"
	sleep "$(moment)"
	kill -9 "$(cat "$home/supervisor")"
	wait $job 2>/dev/null
	wait_for [ -s "$home/done" ] || problem="the target does not end"
	killed_db=$(echo "$sessions"/*.db)
	[ "$(wc -l <"$home/results")" = 8 ] || problem="a process had no error"
	grep -qv '^E[A-Z]* 0$' "$home/results" &&
		problem="a call worked after one had failed: $(tr '\n' ' ' <"$home/results")"
	mv "$killed_db" "$work/log/$1.db"
	mv "$killed_db-wal" "$work/log/$1.db-wal" 2>/dev/null
}

round=0
for user in $users; do
	problem=
	until=$((round + rounds / $(echo $users | wc -w)))
	while [ $round -lt $until ] && [ -z "$problem" ]; do
		round=$((round + 1))
		session $((20000 + round))
	done
	is "$user: errors from the kill on, up to round $round" "$problem" ""
	ef $user -q true
	is "$user: the next session starts clean" "$rc$err" 0
done
subset=$(served_is_recorded "$work"/log/*.db)
subset_rc=$?
ok "what the servers saw is in the record" [ $subset_rc = 0 ]
[ $subset_rc = 0 ] || echo "$subset"
ok "... of every round" \
	[ "$(cut -d' ' -f2 "$served" | sort -u | wc -l)" = "$round" ]
finish
