#!/bin/sh
# SPDX-License-Identifier: MIT
# A thousand processes connect at once: every call is judged and recorded, and
# the supervisor keeps nothing for each of them.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
processes=${LIVE_PROCESSES:-1000}
[ "$(ulimit -u)" = unlimited ] || [ "$(ulimit -u)" -gt $((processes * 2)) ] ||
	skip_all "fewer than $((processes * 2)) processes are allowed"
policy=$work/policy.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n    ports: [80]\n' $WEB >"$policy"
served=$work/log/served
background python3 "$srcdir/tests/live/sink.py" "$served" "$work/log/ready" \
	$WEB:80 $WEB:81
wait_for [ -s "$work/log/ready" ]

resident() { # KiB of the supervisor
	sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$supervisor/status"
}

has_results() { [ "$(wc -l <"$home/results" 2>/dev/null || echo 0)" -ge "$1" ]; }

# thousand PORT: 10 connections of each process, then 90 more; sets out to the
# two results, small and large to what the supervisor had resident after them.
thousand() {
	home=$work/home/$user
	rm -f "$home/results" "$home/supervisor" "$home/rounds"
	: >"$home/results"
	[ $user = root ] || chown $NOBODY "$home/results"
	mkfifo "$home/rounds"
	new_db $user
	# shellcheck disable=SC2016
	LIVE_LIMIT=900 run_as $user "$work/egress-filter" -c "$policy" -q --db "$db" sh -c 'echo $PPID >"$HOME/supervisor"; "$@"' sh \
		python3 "$srcdir/tests/live/load.py" rounds "$processes" \
		$WEB "$1" "$home/results" 10 90 \
		<"$home/rounds" >"$work/log/out" 2>"$work/log/err" &
	job=$!
	exec 9>"$home/rounds"
	wait_for [ -s "$home/supervisor" ]
	supervisor=$(cat "$home/supervisor")
	echo >&9
	wait_long has_results 1
	small=$(resident)
	echo >&9
	wait_long has_results 2
	large=$(resident)
	exec 9>&-
	wait $job
	rc=$?
	out=$(cat "$home/results")
}

wait_long() { # wait_long COMMAND...: ten minutes
	for wait_i in 1 2 3 4 5 6 7 8 9 10; do
		wait_for "$@" && return
	done
	return 1
}

count() { rows "SELECT count(*) FROM attempts WHERE $1"; }

for user in $users; do
	: >"$served"
	thousand 80
	is "$user: all connections are made" "$rc $out" \
		"0 $((processes * 10)) 0
$((processes * 90)) 0"
	is "... and recorded" "$(count "action = 'allowed'")" $((processes * 100))
	is "... with a process each" "$(rows 'SELECT count(DISTINCT process) FROM attempts')" $processes
	wait_for eval '[ "$(wc -l <"$served")" -ge $((processes * 100)) ]'
	is "... and as many reached the server" "$(wc -l <"$served")" $((processes * 100))
	echo "# resident after 10 each: $small KiB, after 100 each: $large KiB"
	ok "... resident memory within a tenth" [ $((large * 10)) -le $((small * 11)) ]

	thousand 81
	is "$user: all are denied where nothing is allowed" "$rc $out" \
		"0 0 $((processes * 10))
0 $((processes * 90))"
	is "... and recorded" "$(count "action = 'denied' AND reason = 'port' OR reason = 'no-rule'")" \
		$((processes * 100))
	is "... and none reached the server" "$(grep -c ' 81 ' "$served")" 0
done
finish
