#!/bin/sh
# SPDX-License-Identifier: MIT
# A target reaches no process that is not its own: no signal, no limit, no memory,
# no descriptor; and its own processes reach each other as ever. With the walls
# of this kernel, of older ones, and of none.
. "$srcdir/tests/live/lib.sh"
live_enter
policy=$work/policy.yaml
printf 'version: 1\n' >"$policy"
for walls_it in neighbour with_walls without; do
	cp "$builddir/tests/live/$walls_it" "$work/$walls_it"
done
signals='kill tkill tgkill sigqueue tgsigqueue pidfd pidfd-info group setown setown-ex fiosetown'
memory='ptrace vm mem getfd'
abi=$("$work/egress-filter" doctor | sed -n 's/.*Landlock  *ABI \([0-9]*\).*/\1/p')

neighbour_start() { # as $user, in a group of its own; ended by the signal
	run_as "$user" setsid -f sh -c 'echo $$ >"$HOME/pid"; exec sleep 1000'
	wait_for [ -s "$work/home/$user/pid" ]
	neighbour=$(cat "$work/home/$user/pid")
	rm "$work/home/$user/pid"
	wait_for grep -q sleep "/proc/$neighbour/comm"
}

is_alive() { # not even with the signal on its way
	! is_gone "$neighbour" && grep -q 'ShdPnd:[[:space:]]*0*$' "/proc/$neighbour/status"
}

# with ABI COMMAND: recorded in $db, in one group with its supervisor; old=2:
# as on a kernel before 5.19
with() {
	with_abi=$1
	shift
	new_db "$user"
	run_as "$user" setsid -w "$work/with_walls" "$with_abi" -1 "${old:-1}" "$policy" "$db" "$@" \
		>"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
}

for user in $users; do
	bare=$(run_as "$user" setsid -w "$work/neighbour" inside)
	contains_all=$(printf '%s\n' "$bare" | grep -c 'signal')
	ok "$user: signals arrive without us" [ "$contains_all" -gt 15 ]
	for way in $signals; do
		neighbour_start
		run_as "$user" "$work/neighbour" "$way" "$neighbour" >/dev/null
		ok "$user: $way reaches a neighbour without us" wait_for is_gone "$neighbour"
	done
	neighbour_start
	for way in limit $memory; do
		is "$user: $way reaches a neighbour without us" \
			"$(run_as "$user" "$work/neighbour" "$way" "$neighbour")" reached
	done
	for with_it in 7 5 3 0; do
		[ "$with_it" -le "${abi:-0}" ] || continue
		with "$with_it" setsid -w "$work/neighbour" inside
		is "$user, ABI $with_it: signals arrive in the tree" "$out" "$bare"
		is "$user, ABI $with_it: none of them has a row" "$(attempts | grep -c signal)" 0
		with "$with_it" "$work/neighbour" inside
		is "$user, ABI $with_it: also in the supervisor's group" "$out" "$bare"
		for way in $signals; do
			with "$with_it" "$work/neighbour" "$way" "$neighbour"
			ok "$user, ABI $with_it: $way does not reach a neighbour" is_alive
			case $way in
			setown*) is "$user, ABI $with_it: $way is refused or heard by nobody" "$rc" 0 ;;
			fiosetown) ;;
			*)
				is "$user, ABI $with_it: $way is refused" "$out" EPERM
				[ "$with_it" -ge 6 ] || is "$user, ABI $with_it: $way is recorded" \
					"$(attempts "a.reason = 'signal'" | wc -l)" 1
				;;
			esac
		done
		with "$with_it" "$work/neighbour" limit "$neighbour"
		is "$user, ABI $with_it: limit is refused" "$out" EPERM
		is "$user, ABI $with_it: limit is recorded" \
			"$(attempts "a.reason = 'signal'" | wc -l)" 1
		[ "$with_it" -ge 2 ] || continue
		for way in $memory; do
			with "$with_it" "$work/neighbour" "$way" "$neighbour"
			ok "$user, ABI $with_it: $way is refused" [ "$out" != reached ]
		done
	done
	kill "$neighbour"
	old=2
	with 0 "$work/neighbour" inside
	old=
	is "$user, Linux 5.15: signals arrive in the tree" "$out" "$bare"

	if [ "${abi:-0}" -ge 6 ]; then
		with "$abi" "$work/neighbour" storm
		is "$user: no signal breaks off another one" "$out" 0
	fi

	# No wall at all: the program itself, then as it would be elsewhere.
	new_db "$user"
	run_as "$user" "$work/without" 444 "$work/egress-filter" -c "$policy" \
		--db "$db" true 2>"$work/log/err"
	rc=$?
	if [ -e /proc/sys/kernel/yama/ptrace_scope ]; then
		skip "$user: this kernel has Yama"
	else
		is "$user: the program refuses to start without walls" "$rc" 125
		run_as "$user" "$work/without" 444 "$work/egress-filter" --weak \
			-c "$policy" --db "$db" true
		is "$user: but for --weak" $? 0
	fi
	new_db "$user"
	run_as "$user" "$work/with_walls" 0 -1 0 "$policy" "$db" true 2>"$work/log/err"
	is "$user: no wall, no session" $? 125
	is "$user: and it is said in one line" \
		"$(grep -c 'neither Landlock nor Yama.*--weak' "$work/log/err") $(wc -l <"$work/log/err")" "1 1"
	run_as "$user" "$work/with_walls" 0 1 0 "$policy" "$db" true
	is "$user: Yama is a wall" $? 0
	run_as "$user" "$work/with_walls" 1 0 0 "$policy" "$db" true 2>/dev/null
	is "$user: ABI 1 is none" $? 125
done
finish
