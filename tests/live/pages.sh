#!/bin/sh
# SPDX-License-Identifier: MIT
# A page that never comes holds up the call that named it, and no other one;
# when all threads are held up the tree is ended, and it is said.
. "$srcdir/tests/live/lib.sh"
live_enter
cp "$builddir/tests/live/pages" "$work/pages"
mknod -m 666 "$work/fuse" c 10 229 2>/dev/null && : 2>/dev/null <"$work/fuse" ||
	skip_all "no file systems of our own (/dev/fuse)"
policy=$work/policy.yaml
cat >"$policy" <<YAML
version: 1
ip_ranges:
  - cidr: 127.0.0.1
YAML
LIVE_LIMIT='--kill-after=5 60'
ten=$(yes ECONNREFUSED | head -n 10)

# calls USER N: by a command that serves the file itself
calls() {
	mkdir -p "$work/home/$1/slow"
	chmod 777 "$work/home/$1/slow"
	rm -f "$work/home/$1/slow.ready"
	ef "$1" -q unshare -Urm sh -c '
		"$0" serve "$1" slow & server=$!
		until [ -e slow.ready ]; do
			kill -0 $server || exit 77
			sleep 0.05
		done
		"$0" call slow/page "$2"; rc=$?
		kill -9 $server; exit $rc' "$work/pages" "$work/fuse" "$2"
}

for user in $users; do
	calls "$user" 1
	[ $rc = 77 ] && skip_all "no file systems in a user namespace"
	is "$user: a stuck call holds up nobody else" "$rc $out" "0 $ten"
	calls "$user" 20
	is "$user: nor do twenty" "$rc $out" "0 $ten"
	calls "$user" 100
	is "$user: a hundred end the session" "$rc" 125
	like "$user: and it is said" "$err" 'all notification threads are stuck'
done
finish
