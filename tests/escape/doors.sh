#!/bin/sh
# SPDX-License-Identifier: MIT
# Every door of "doctor --escape" is tried without a session and in one: none
# is open, those that every kernel has are really shown to be open without, and
# the others say why they are not. So, too, with the walls of older kernels; and
# it says the truth where there is no session, or no wall, or a run around it.
. "$srcdir/tests/live/lib.sh"
live_enter
echo 0 65534 >/proc/sys/net/ipv4/ping_group_range
cp "$builddir/tests/escape/doors" "$work/doors"
policy=$work/policy.yaml
printf 'version: 1\ndefault_policy: allow\n' >"$policy"

# What any user can do on any kernel that a session needs.
plain='connect connect-udp sendto sendmsg sendmmsg sendto-beside-peer
	fastopen-sendto fastopen-sendmsg fastopen-connect high-bits unspec any
	any-bound peek-off zerocopy unicast-if udp-encap udplite-encap group-join
	group-join6 group-join-any families mapped-any
	kill sigqueue pidfd-signal kill-group supervisor-kill limit
	supervisor-limit owner owner-ex owner-ioctl daemon own-filter
	shared-memory own-files unix-stream unix-datagram unix-packets
	unix-sendmsg unix-abstract unix-abstract-dgram unix-gift unix-link
	unix-symlink unix-rename unix-proc-root unix-relative race-address
	race-shared race-remote race-proc-mem race-connect race-tcp race-msg-name
	race-sendmmsg race-control race-descriptor race-reopen race-unix-path
	race-unix-link keyctl request_key userfaultfd device ping'

escape() { # escape USER COMMAND...: what it prints in $out, its code in $rc
	escape_user=$1
	shift
	run_as "$escape_user" "$@" >"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
	err=$(cat "$work/log/err")
}

state_of() { printf '%s\n' "$out" | awk -v name="$1" '$2 == name { print $1 }'; }

others() { # others STATE...: the doors in another state, with it
	printf '%s\n' "$out" | awk -v fine=" $* " '
		$1 ~ /^(closed|OPEN|n\/a|UNTRIED)$/ && !index(fine, " " $1 " ") { print $2, $1 }'
}

bare_reasons() { # doors that do not apply and do not say why not
	printf '%s\n' "$out" | grep '^n/a' | awk 'NF < 4 { print $2 }'
}

for user in $users; do
	escape "$user" "$work/egress-filter" doctor --escape
	is "$user: doctor --escape finds nothing open" "$rc" 0
	is "$user: and says so of each door" "$(others closed n/a)" ''
	for name in $plain; do
		case $(state_of "$name") in
		closed) ok "$user: $name is open without a session only" true ;;
		n/a) [ "$name:$user" = device:nobody ] || [ "$name" = userfaultfd ] ||
			ok "$user: $name can be shown" false ;;
		*) ok "$user: $name is closed" false ;;
		esac
	done
	is "$user: what cannot be shown says why" "$(bare_reasons)" ''
	is "$user: nothing is left behind" "$(ls -d "$work/home/$user"/egress-doors.* 2>/dev/null)" ''

	for abi in 7 5 3 0; do
		[ "$abi" -le "$("$work/egress-filter" doctor | sed -n 's/.*Landlock  *ABI \([0-9]*\).*/\1/p')" ] || continue
		new_db "$user"
		escape "$user" "$work/doors" "$abi" -1 200 "$db"
		want= # root has lost the capability that its neighbour has
		[ "$abi$user" != 0nobody ] || want='ptrace mem vm-write getfd environ proc-fd proc-root proc-maps'
		is "$user, Landlock $abi: what is open" \
			"$(printf '%s\n' "$out" | awk '$1 == "open" { printf "%s ", $2 }')" "${want:+$want }"
		is "$user, Landlock $abi: what was not tried" \
			"$(printf '%s\n' "$out" | awk '$1 == "untried" { printf "%s ", $2 }')" ''
	done

	# Around it a session that lets everything pass: it has no session of
	# its own, and what is open it says is open.
	ef "$user" -q "$work/egress-filter" doctor --escape
	is "$user: within a permissive run, exit code" "$rc" 1
	is "$user: within a permissive run, sendto" "$(state_of sendto)" OPEN
	is "$user: within a permissive run, io_uring" "$(state_of io_uring-connect)" closed
	is "$user: within a permissive run, its neighbours are its own" "$(state_of unix-stream)" n/a
	like "$user: within a run, no session" "$err$out" 'no session can be had here'

	printf 'version: 1\n' >"$work/deny.yaml"
	new_db "$user"
	escape "$user" "$work/egress-filter" -c "$work/deny.yaml" --db "$db" -q "$work/egress-filter" doctor --escape
	is "$user: within a run, nothing is open" "$(others closed n/a)" ''
	is "$user: within a run, exit code" "$rc" 1
done

# An ordinary user's own namespaces, where lo is down: nothing can be reached.
if unshare -Urn true 2>/dev/null; then
	escape root unshare -Urn "$work/egress-filter" doctor --escape
	is 'without a network nothing is open' "$(others closed n/a)" ''
	is 'and connect does not apply' "$(state_of connect)" n/a
	like 'because of that' "$out" 'n/a +connect .*unreachable'
else
	skip 'no user namespaces'
fi
finish
