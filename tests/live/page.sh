#!/bin/sh
# SPDX-License-Identifier: MIT
# A page that somebody else holds back stalls the calls that name it, no other.
. "$srcdir/tests/live/lib.sh"
live_enter mkfifo prlimit

[ -c /dev/fuse ] || skip_all "no /dev/fuse"
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
YAML
cp "$builddir/tests/live/page" "$work/holder"
mkdir "$work/page"
"$work/holder" serve "$work/page" "$work/gate" 9 true 2>"$work/log/mount" ||
	skip_all "no file system of our own: $(cat "$work/log/mount")"
background "$work/holder" serve "$work/page" "$work/gate" 9 tail -f /dev/null
wait_for [ -e "$work/page/page" ]

for user in $users; do
	rm -f "$work/gate"
	mkfifo -m 666 "$work/gate"
	ef "$user" -q "$work/holder" calls "$work/page" "$work/gate" 9
	is "$user: the program has run" "$rc" 0
	is "$user: other calls go on, and the stalled ones come to their end" \
		"$out" "meanwhile 40 of 40
afterwards 5 of 5"
	is "$user: each is recorded" "$(rows 'SELECT count(*) FROM attempts')" 45
done

# Where no thread can be had to take over, it is said, and ends.
for user in $users; do
	[ "$user" = nobody ] || continue # root has as many as it likes
	rm -f "$work/gate" "$work/home/$user/go" "$work/log/rc"
	mkfifo -m 666 "$work/gate"
	new_db "$user"
	{
		run_as "$user" "$work/egress-filter" -q -c "$policy" --db "$db" sh -c '
			echo $PPID >"$HOME/supervisor"
			until [ -e "$HOME/go" ]; do sleep 0.1; done
			exec "$@"' sh "$work/holder" calls "$work/page" "$work/gate" 9 2>"$work/log/err"
		echo $? >"$work/log/rc"
	} &
	wait_for [ -s "$work/home/$user/supervisor" ]
	run_as "$user" prlimit --nproc=1:1 --pid "$(cat "$work/home/$user/supervisor")"
	touch "$work/home/$user/go"
	ok "$user: without another thread a stalled one ends the session" \
		wait_for contains "$work/log/err" 'all notification threads are stuck'
	: >"$work/gate" # the supervisor itself has to wait for it
	wait_for [ -s "$work/log/rc" ]
	is "$user: with exit code 125" "$(cat "$work/log/rc")" 125
done
umount -l "$work/page"
finish
