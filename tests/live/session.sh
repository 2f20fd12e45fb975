#!/bin/sh
# SPDX-License-Identifier: MIT
# A session from outside: what goes to stdout, exit codes, signals, what is
# left behind, a terminal, a run inside a run.
. "$srcdir/tests/live/lib.sh"
live_enter curl
net_up
web $WEB:80
bin=$work/bin
mkdir "$bin"
policy=$work/policy.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n    ports: [80]\n' $WEB >"$policy"

program() { # program NAME: a script from stdin
	cat >"$bin/$1"
	chmod 755 "$bin/$1"
}

piping() {
	ef $user curl -s http://$WEB/
	is "$user: stdout is the command's" "$out" ok
	is "... and nothing is said when nothing was denied" "$err" ""
	ef $user sh -c "curl -s http://$WEB/; curl -s http://$OTHER/"
	is "$user: stdout is the command's, also with a denial" "$out" ok
	like "... the denial is on stderr" "$err" \
		"^egress-filter: denied $OTHER:80/tcp by curl\[[0-9]+\]: no rule \(why: egress-filter why [0-9a-f]{8}:[0-9]+\)$"
	like "... and the summary" "$err" \
		'^egress-filter: 1 allowed, 1 denied at 1 destination, session [0-9a-f]{8}, exit 7$'
	is "... and the exit code is the command's" $rc 7
	ef $user sh -c 'cat; echo to stderr >&2' <"$policy"
	is "$user: stdin and stderr are the command's" "$out/$err" \
		"$(cat "$policy")/to stderr"
}

exit_codes() {
	ef $user sh -c 'exit 9'
	is "$user: sh -c 'exit 9'" $rc 9
	ef $user sh -c 'kill -9 $$'
	is "$user: ended by a signal" $rc 137
	ef $user no-such-program
	is "$user: not found" $rc 127
	like "... said in one line" "$err" '^egress-filter: no-such-program: (no such program|command not found)$'
	ef $user "$policy"
	is "$user: not executable" $rc 126
	right=$policy
	policy=$work/wrong.yaml
	printf 'version: 1\ndomians:\n  - pattern: x.example.test\n' >"$policy"
	ef $user touch "$work/home/$user/started"
	is "$user: a wrong policy" $rc 125
	like "... said with its line" "$err" 'wrong.yaml:2:1: .*domians'
	ok "... and nothing was started" [ ! -e "$work/home/$user/started" ]
	policy=$work/missing.yaml
	ef $user touch "$work/home/$user/started"
	is "$user: a missing policy" $rc 125
	ok "... and nothing was started" [ ! -e "$work/home/$user/started" ]
	policy=$right
}

words() { # programs that have the name of a subcommand
	printf '#!/bin/sh\necho program "$0"\n' | program tui
	cp "$bin/tui" "$bin/log"
	old=$PATH
	PATH=$bin:$PATH
	ef $user tui
	is "$user: after an option, tui is a program" "$out" "program $bin/tui"
	out=$(run_as $user "$work/egress-filter" --allow-all -q -- log 2>&1)
	is "$user: after --, log is a program" "$out" "program $bin/log"
	PATH=$old
}

inside() {
	ef $user "$work/egress-filter" --allow-all true
	is "$user: a run inside a run" $rc 125
	like "... says why, and the way out" "$err" \
		'^egress-filter: .*already runs under a seccomp listener.*start it outside'
}

# A process that writes its pid, then one line for each signal it gets.
program tell-signals <<'SH'
#!/bin/sh
for s in TERM HUP USR1; do
	# shellcheck disable=SC2064
	trap "echo $s >>\"$HOME/signals\"" $s
done
echo $$ >"$HOME/pid"
until [ -e "$HOME/enough" ]; do sleep 0.05; done
exit 3
SH

signals() {
	home=$work/home/$user
	rm -f "$home/enough" "$home/pid" "$home/signals"
	new_db $user
	run_as $user "$work/egress-filter" -c "$policy" --db "$db" \
		"$bin/tell-signals" 2>"$work/log/err" &
	job=$!
	wait_for [ -s "$home/pid" ]
	# timeout, then egress-filter, then the command
	supervisor=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$(cat "$home/pid")/status")
	for s in INT QUIT; do
		kill -$s "$supervisor"
	done
	for s in TERM HUP USR1; do
		kill -$s "$supervisor"
		ok "$user: SIG$s is forwarded" wait_for contains "$home/signals" $s
	done
	is "... INT and QUIT mean nothing to the supervisor" \
		"$(cat "$home/signals")" "$(printf 'TERM\nHUP\nUSR1')"
	: >"$home/enough"
	wait $job
	is "... and the exit code is the command's" $? 3
}

leftovers() {
	home=$work/home/$user
	rm -f "$home/pid"
	ef $user sh -c 'sleep 1000 & echo $! >"$HOME/pid"
		until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done'
	is "$user: something is left behind: the exit code is the command's" $rc 0
	pid=$(cat "$home/pid")
	like "... it is named" "$err" "^egress-filter: ending what the command left running: sleep\[$pid\] \(--wait waits for it\)$"
	ok "... and ended" is_gone "$pid"
	# Out of its session and its parent's sight, deaf to TERM.
	ef $user sh -c 'setsid sh -c "trap : TERM; echo \$\$ >\$HOME/deaf
		while :; do sleep 0.1; done" >/dev/null 2>&1 &
		until [ -s "$HOME/deaf" ]; do sleep 0.01; done'
	ok "$user: one that ignores TERM is killed" is_gone "$(cat "$home/deaf")"
	rm -f "$home/deaf"
	ef $user --wait sh -c '(sleep 0.3; echo late) & exit 4'
	is "$user: --wait waits for it" "$out" late
	is "... and still exits with the command's code" $rc 4
	is "... and says nothing" "$err" ""
}

exit_file() {
	ef $user --exit-file "$work/home/$user/exit" sh -c "curl -s http://$OTHER/; exit 5"
	is "$user: --exit-file" "$(cat "$work/home/$user/exit")" \
		'{"child":5,"signal":null,"denied":1,"code":5}'
	ef $user --fail-on-deny sh -c "curl -s http://$OTHER/; true"
	is "$user: --fail-on-deny" $rc 120
	ef $user sh -c "curl -s http://$OTHER/; true"
	is "... 0 without it" $rc 0
}

tmux_do() { tmux -S "$work/tmux-$user" -f /dev/null "$@" </dev/null; }
on_screen() { tmux_do capture-pane -p -t "$user" | grep -Eq -e "$1"; }
keys() { tmux_do send-keys -t "$user" "$@"; }

terminal() {
	has tmux || { skip "tmux is not installed" && return; }
	new_db $user
	cat >"$work/home/$user/enter" <<SH
cd '$work/home/$user'
export HOME='$work/home/$user' PS1='ready> ' ENV= TERM=screen
exec ${BASH:-bash} --norc --noprofile -i
SH
	as=
	[ $user = root ] || as="setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups"
	tmux_do new-session -d -s $user -x 160 -y 40 "$as sh '$work/home/$user/enter'"
	wait_for on_screen '^ready>'
	ef_line="'$work/egress-filter' -c '$policy' -q --db '$db'"
	keys "$ef_line sh -c 'echo it is up; exec cat'" Enter
	# A key that comes before the command is there is nobody's.
	wait_for on_screen '^it is up$'
	keys hello Enter
	ok "$user: a terminal: the command reads it" \
		wait_for on_screen '^hello$'
	keys C-z
	ok "... Ctrl-Z stops the job" wait_for on_screen 'Stopped'
	keys fg Enter
	keys again Enter
	ok "... fg goes on with it" wait_for on_screen '^again$'
	keys C-c
	# What is typed before the shell has its terminal back may be lost.
	wait_for on_screen '(^|\^C)ready> *$'
	keys 'echo code=$?' Enter
	ok "... Ctrl-C ends the command, and so the session" \
		wait_for on_screen '^code=130$'
	keys exit Enter
	wait_for eval '! tmux_do has-session 2>/dev/null'
}

for user in $users; do
	piping
	exit_codes
	words
	inside
	signals
	leftovers
	exit_file
	terminal
done
ok "servers accepted nothing that is not recorded as allowed" \
	served_is_recorded "$work"/home/*/record-*.db
finish
