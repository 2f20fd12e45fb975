#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that executes itself with other arguments is recorded with these.
. "$srcdir/tests/live/lib.sh"
live_enter
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
for user in $users; do
	ef "$user" -q python3 "$work/again.py" 11 22 33
	is "$user: each attempt is that of its arguments" \
		"$(rows "SELECT a.port, count(*), CAST(p.argv AS TEXT) FROM attempts a
			JOIN processes p ON p.id = a.process GROUP BY a.port, p.id" |
			tr '\0' ' ' | sed 's/|[^|]*again.py/|again.py/; s/ $//')" \
		"11|3|again.py 11 22 33
22|3|again.py 22 33
33|3|again.py 33"
done
finish
