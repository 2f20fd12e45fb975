#!/bin/sh
# SPDX-License-Identifier: MIT
# A root command: what it may not do any more, by whatever path, and what it
# goes on to do. In a user namespace it is root, too.
. "$srcdir/tests/live/lib.sh"
live_enter
[ "$(id -u)" = 0 ] || skip_all "no root here"
mkdir "$work/p"
policy=$work/p/policy.yaml
printf 'version: 1\n' >"$policy"
user=root
home=$work/home/root
state=$home/state/egress-filter
knob=/proc/sys/net/ipv4/ip_default_ttl
mkdir "$work/proc2"
mount -t proc proc "$work/proc2"
trap 'umount "$work/proc2" && live_leave' EXIT

# session OPTION... COMMAND...: recorded in the state folder
session() {
	run_as root "$work/egress-filter" -c "$policy" "$@" >"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
	err=$(cat "$work/log/err")
}

# refused NAME SCRIPT: it works without us, and does not under the filter
refused() {
	mkdir -p "$state"
	if run_as root sh -c "$2" 2>/dev/null; then
		ok "without us: $1" true
	elif [ "$(awk '{ print $3 }' /proc/self/uid_map)" = 1 ]; then
		skip "a user namespace does not let: $1"
	else
		ok "without us: $1" false
	fi
	session -q sh -c "$2"
	ok "refused: $1" [ "$rc" != 0 ]
}

# The bits of capabilities that are taken away, and the five sets.
perilous=$((1 << 2 | 1 << 9 | 1 << 8 | 1 << 12 | 1 << 13 | 1 << 16 | 1 << 17 | 1 << 19 | \
	1 << 21 | 1 << 22 | 1 << 24 | 1 << 25 | 1 << 26 | 1 << 27 | 1 << 33 | \
	1 << 38 | 1 << 39 | 1 << 40))
left() { # left SET: perilous ones of the command in $out
	echo $((0x$(printf '%s\n' "$out" | sed -n "s/^Cap$1:[[:space:]]*//p") & perilous))
}

session -q cat /proc/self/status
for set in Inh Prm Eff Bnd Amb; do
	is "no capability that leads out is left in $set" "$(left $set)" 0
done
ok 'but others are' [ $((0x$(printf '%s\n' "$out" | sed -n 's/^CapEff:[[:space:]]*//p'))) != 0 ]
session -q setpriv --reuid=65534 --clear-groups cat /proc/self/status
is 'nor come back by another user' "$(left Eff)" 0
session --keep-caps CAP_NET_ADMIN,sys_time cat /proc/self/status
is 'those it keeps it has' "$(left Eff)" $((1 << 12 | 1 << 25))
like 'and it is said' "$err" 'keeps capabilities.*: net_admin,sys_time$'
session -q --keep-caps chown true
is 'one that is not taken away is an error' "$rc" 2
session --keep-caps all cat /proc/self/status
is 'all are all' "$(left Eff)" "$((perilous & 0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status)))"

refused 'writing /proc/sys' "cat $knob >$work/v && cat $work/v >$knob"
refused '/proc/sys by another mount' "cat $work/v >$work/proc2${knob#/proc}"
refused '/proc/sys by a user namespace' "unshare -Ur sh -c 'cat $work/v >$knob'"
refused 'a new /proc' "unshare -Urmpf --mount-proc true"
refused 'mounting' "unshare -m mount -t tmpfs x $work/p"
refused 'writing the state folder' "echo >$state/x"
refused 'the state folder by its working directory' "cd $state && echo >y"
refused 'the state folder by an overlaid parent' "unshare -Urm sh -c 'umount $state 2>/dev/null; echo >$state/z'"
refused 'changing the policy' "echo '#' >>$policy"
refused 'renaming over the policy' "cp $policy $policy.new && mv $policy.new $policy"
session -q python3 -c 'import os; print(os.statvfs("/sys").f_flag & os.ST_RDONLY)'
is 'sysfs is read-only' "$out" 1
ok 'and it is not outside' sh -c "cat $work/v >$knob && echo >$state/outside"

# Linux 5.11: no mount_setattr().
cp "$builddir/tests/live/without" "$work/without"
out=$(run_as root "$work/without" 442 "$work/egress-filter" -c "$policy" -q sh -c "
	cat $work/v >$knob || echo 1 >$state/x || echo '#' >>$policy ||
	python3 -c 'import os; print(os.statvfs(\"/sys\").f_flag & os.ST_RDONLY)'" 2>&1)
like 'an older kernel does the same' "$(echo "$out" | tail -n 1)" '^1$'
is 'and says no more' "$(echo "$out" | grep -c Read-only)" 3

cd "$state" && out=$(run_as root sh -c "cd '$state' && exec '$work/egress-filter' -c '$policy' -q sh -c 'echo >here' 2>&1")
ok 'the state folder is no place to start from either' [ ! -e "$state/here" ]

[ "$users" != root ] || {
	skip 'other users: a namespace has but one'
	finish
}
# Who is not root keeps what is ambient: the bounding set does not touch it.
new_db nobody
set -- setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups --inh-caps=+net_admin,+net_raw,+chown \
	--ambient-caps=+net_admin,+net_raw,+chown
out=$("$@" cat /proc/self/status)
is 'without us: ambient capabilities are there' "$(left Eff)" $((1 << 12 | 1 << 13))
out=$(cd "$work/home/nobody" && HOME=$work/home/nobody "$@" "$work/egress-filter" -c "$policy" \
	--db "$db" -q cat /proc/self/status)
for set in Inh Prm Eff Amb; do
	is "no ambient capability is left in $set" "$(left $set)" 0
done
is 'but those that do no harm are' "$((0x$(printf '%s\n' "$out" | sed -n 's/^CapAmb:[[:space:]]*//p')))" 1
session -q sh -c 'cd "$HOME" && echo 1 >f && chown 1:2 f && chmod 4755 f &&
	tar cf t f && rm f && tar xpf t && [ "$(stat -c %u:%g:%a f)" = 1:2:4755 ] &&
	setpriv --reuid=65534 --regid=65534 --clear-groups id -u &&
	(sleep 100 & kill $! && wait) ; chroot / true && nice -n -5 true && echo fine'
is 'ordinary work of root goes on' "$out" "65534
fine"
finish
