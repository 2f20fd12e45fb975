#!/bin/sh
# SPDX-License-Identifier: MIT
# On a kernel, or in a sandbox, that lacks a call or part of one, a session
# either holds as ever (no door is open, what is allowed goes) or is refused,
# and it is said why. All kinds with OLDER_ALL, for all users; else the worst.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
echo 0 65534 >/proc/sys/net/ipv4/ping_group_range
web $WEB:80 $EVIL:80
name_server a.example.test=$WEB
policy=$work/policy.yaml
printf 'version: 1\ndomains:\n  - pattern: a.example.test\n' >"$policy"
for older_it in escape/doors live/without live/with_walls; do
	cp "$builddir/tests/$older_it" "$work"
done
try="python3 $srcdir/tests/live/try.py"
abi=$("$work/egress-filter" doctor | sed -n 's/.*Landlock  *ABI \([0-9]*\).*/\1/p')

# lacks NAME CALLS WANT [ABI]: holds, or (WANT is a pattern) is refused
lacks() {
	lacks_name="$user, no $1"
	lacks_calls=$2 lacks_want=$3
	new_db $user
	if [ "$lacks_want" != holds ]; then
		run_as $user "$work/without" "$lacks_calls" "$work/egress-filter" -c "$policy" \
			--db "$db" touch "$work/home/$user/started" >"$work/log/out" 2>"$work/log/err"
		is "$lacks_name: refused" $? 125
		like "... in one line that says why" "$(cat "$work/log/err")" "^egress-filter: .*$lacks_want"
		is "... which is all" "$(wc -l <"$work/log/err") $(ls "$work/home/$user/started" 2>/dev/null)" '1 '
		return
	fi
	run_as $user "$work/without" "$lacks_calls" "$work/doors" ${4:-${abi:-0}} -1 ${OLDER_TRIES:-50} "$db" \
		>"$work/log/out" 2>"$work/log/err"
	is "$lacks_name: what is open" "$(awk '$1 == "open" { printf "%s ", $2 }' "$work/log/out")" "${5:-}"
	ok "... doors were tried" [ "$(grep -c '^closed' "$work/log/out")" -gt 80 ]
	new_db $user
	run_as $user "$work/without" "$lacks_calls" "$work/egress-filter" -c "$policy" --db "$db" -q \
		${6:-} sh -c "$try connect a.example.test 80; $try connect $EVIL 80; $try connect $WEB 80" \
		>"$work/log/out" 2>"$work/log/err"
	is "... names and addresses are judged as ever" "$(tr '\n' ' ' <"$work/log/out")" 'ok EACCES ok '
	is "... and recorded" "$(rows "SELECT verdict, count(*) FROM attempts
		WHERE stage = 'connect' AND port = 80 GROUP BY 1" | tr '\n' ' ')" 'allow|2 deny|1 '
}

older() {
	lacks 'WAIT_KILLABLE_RECV (5.19)' 'seccomp:1&0x20/22' holds
	lacks 'PIDFD_THREAD (6.9)' 'pidfd_open:1&0x80/22' holds
	lacks 'openat2 (5.6)' openat2 holds
	lacks 'pidfd_getfd (5.6)' pidfd_getfd pidfd_getfd
	lacks 'process_vm_readv' process_vm_readv holds
	lacks 'listener (5.0)' 'seccomp:1&8/22' 'seccomp user notification'
	[ -n "$OLDER_ALL" ] || return
	lacks 'pidfd_open (5.3)' pidfd_open pidfd_open
	lacks 'ptrace rights, as in a container' process_vm_readv/1 process_vm_readv
	lacks 'rights for seccomp' 'seccomp/1' 'refuses seccomp filters'
	lacks 'SYNC_WAKE_UP (6.6)' 'ioctl:1=0x40082104/22' holds
	lacks 'network namespace cookies (5.14)' 'getsockopt:2=71/92' holds
	lacks 'mount_setattr (5.12)' mount_setattr holds
	lacks 'inotify' inotify_init1 holds
	lacks 'sock_diag' 'socket:2=4/93' holds
	lacks 'signals by pidfd (5.1)' pidfd_send_signal holds
	for older_abi in 6 5 4 3 2; do
		[ "$older_abi" -gt "${abi:-0}" ] || lacks "Landlock after ABI $older_abi" 500 holds $older_abi
	done
	older_open=
	[ $user = root ] || older_open='ptrace mem vm-write getfd environ proc-fd proc-root proc-maps '
	[ -e /proc/sys/kernel/yama ] || lacks 'Landlock, nor Yama' landlock_create_ruleset/95 \
		'neither Landlock nor Yama'
	lacks 'Landlock, but --weak' landlock_create_ruleset/95 holds 0 "$older_open" --weak
	older_open=
	[ $user != root ] || older_open='core-pattern '
	lacks 'mount namespaces' 'unshare:0&0x20000/1' holds "${abi:-0}" "$older_open"
}

[ -n "$OLDER_ALL" ] || users=${users#* }
for user in $users; do
	older
done
is "the forbidden server was never reached" "$(grep -c "^$EVIL" "$served")" 0
finish
