#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that executes itself with other arguments is recorded with these.
. "$srcdir/tests/live/lib.sh"
live_enter setarch
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
YAML
cat >"$work/again.py" <<'PY'
import os, socket, sys
port, *rest = sys.argv[1:]
for _ in range(3):
    socket.socket().connect_ex(("127.0.0.1", int(port)))
if rest:
    os.execv(sys.executable, [sys.executable, sys.argv[0], *rest])
PY
# Without randomised addresses the new program's memory lies where the old one's
# did: only what is in it tells them apart.
for user in $users; do
	for how in '' 'setarch -R'; do
		# shellcheck disable=SC2086
		ef "$user" -q $how python3 "$work/again.py" 11 22 33
		is "$user: each attempt is that of its arguments${how:+ ($how)}" \
			"$(rows "SELECT a.port, count(*), CAST(p.argv AS TEXT) FROM attempts a
				JOIN processes p ON p.id = a.process GROUP BY a.port, p.id" |
				tr '\0' ' ' | sed 's/|[^|]*again.py/|again.py/; s/ $//')" \
			"11|3|again.py 11 22 33
22|3|again.py 22 33
33|3|again.py 33"
	done
done
finish
