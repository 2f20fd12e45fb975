#!/bin/sh
# SPDX-License-Identifier: MIT
# A page that somebody else holds back stalls the calls that name it, no other.
. "$srcdir/tests/live/lib.sh"
live_enter mkfifo

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
umount -l "$work/page"
finish
