#!/bin/sh
# SPDX-License-Identifier: MIT
# A supervisor without descriptors, memory, threads or processor, and one that
# is stopped: nothing gets out, it is said, and all of its tree can be ended.
. "$srcdir/tests/live/lib.sh"
live_enter prlimit pgrep
net_up
FULL=$WEB:81
web $WEB:80 $EVIL:80
background python3 "$srcdir/tests/escape/full.py" $FULL "$work/log/full"
wait_for [ -s "$work/log/full" ]
policy=$work/policy.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n' $WEB >"$policy"
cp "$builddir/tests/escape/starve" "$work/starve"

left() { pgrep -x starve; } # of our namespace

limited() { # limited USER NAME=VALUE WORD...: a session within it
	limited_user=$1 limit=$2
	shift 2
	new_db "$limited_user"
	run_as "$limited_user" prlimit "--$limit:${limit#*=}" "$work/egress-filter" -c "$policy" --db "$db" \
		"$work/starve" "$@" >"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
}

# From too little to enough: what starts says that not, and what goes on denies.
sweep() { # sweep USER NAME VALUES...
	sweep_user=$1 sweep_name=$2
	shift 2
	refused=0 denied=0 quiet= open= unended=
	for value; do
		limited "$sweep_user" "$sweep_name=$value" waiting 60 $FULL $EVIL:80 $WEB:80
		if [ $rc = 125 ]; then
			refused=$((refused + 1))
			[ -s "$work/log/err" ] && [ -z "$out" ] || quiet="$quiet $value"
		elif tap_grep "$out" '^evil E'; then
			denied=$((denied + 1))
			contains "$work/log/err" 'denied' || quiet="$quiet $value"
		else
			open="$open $value"
		fi
		[ -z "$(left)" ] || unended="$unended $value"
	done
	ok "$sweep_user, $sweep_name: too little is refused" [ $refused -gt 0 ]
	ok "... and with some more calls are denied" [ $denied -gt 0 ]
	is "... never let through" "$open" ''
	is "... it is said" "$quiet" ''
	is "... and the tree is ended" "$unended" ''
}

without_descriptors() {
	limited $user nofile=${1:-48} waiting 60 $FULL $EVIL:80 $WEB:80
	like "$user: out of descriptors calls are denied" "$out" '^evil E(PERM|ACCES)$'
	ok "... of those that waited, too" [ "$(rows "SELECT count(*) FROM attempts
		WHERE action = 'denied' AND reason = 'unreadable'")" -gt 0 ]
	like "... it is said" "$(cat "$work/log/err")" 'denied.*cannot inspect the process'
}

without_processor() {
	ef $user -q "$work/starve" idle $EVIL:80 $WEB:80
	is "$user: a supervisor that gets no processor judges as ever" "$out" done
}

is_calling() { # is_calling PID NUMBER: it is inside this system call
	grep -q "^$2 " "/proc/$1/syscall" 2>/dev/null
}

# The supervisor is stopped, then killed; a caller waits, and can be ended.
stopped() { # stopped HOW
	connect=$(python3 -c 'import platform
print({"x86_64": 42, "aarch64": 203}[platform.machine()])')
	asker_start $user
	ask $WEB
	is "$user: before it is stopped" "$answer" ok
	caller=$(pgrep -f 'try.py loop' | while read -r p; do
		grep -q python "/proc/$p/comm" && echo "$p"
	done)
	supervisor=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$caller/status")
	before=$(wc -l <"$served")
	kill -STOP "$supervisor"
	wait_for grep -q '^State:.T' "/proc/$supervisor/status"
	echo "$2 80" >&9
	ok "$user: with a stopped supervisor a call waits" wait_for is_calling "$caller" "$connect"
	if [ "$1" = kill ]; then
		kill -9 "$supervisor"
		ok "... and fails when it is killed" wait_for has_answers 2
		like "... it" "$(tail -n 1 "$work/log/answers")" ENOSYS
		exec 9>&-
	else
		kill -9 "$caller"
		ok "... and its caller can be ended" wait_for is_gone "$caller"
		kill -CONT "$supervisor"
		exec 9>&-
	fi
	wait $asker
	is "... nothing got out" "$(wc -l <"$served")" "$before"
	ok "... nobody is left" wait_for is_gone "$caller"
}

for user in $users; do
	sweep $user nofile 12 20 28 36 44 60 90
	without_descriptors
	# Sanitizers want terabytes of addresses.
	[ -n "$EF_SANITIZE" ] || sweep $user as 20000000 60000000 100000000 130000000 200000000 400000000
	without_processor
	stopped end $WEB
	stopped kill $WEB
	stopped kill $EVIL
done
if [ "${users#* }" != "$users" ]; then
	sweep nobody nproc 1 3 6 9 20
	limited nobody nproc=300 forks $EVIL:80
	is "nobody: a tree that forks until nobody can comes to its end" "$rc $out" '0 forked 1'
	is "... all of it" "$(left)" ''
	like "... and it is said" "$(cat "$work/log/err")" 'ending what the command left running'
fi
is "the forbidden server was never reached" "$(grep -c "^$EVIL" "$served")" 0
# Where a session was not started its record may not have become one.
set --
for db in "$work"/home/*/record-*.db "$work"/home/*/state/egress-filter/sessions/*.db; do
	! rows 'SELECT count(*) FROM attempts' >/dev/null 2>&1 || set -- "$@" "$db"
done
ok "what the others accepted is in the records" served_is_recorded "$@"
finish
