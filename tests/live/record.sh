#!/bin/sh
# SPDX-License-Identifier: MIT
# What becomes of a session whose record cannot be written, or is not what it
# was: nothing is started, or calls are denied and it is said. A call that has
# an effect has a row.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
web $WEB:80
policy=$work/policy.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n    ports: [80]\n' $WEB >"$policy"

python3 -c 'import sqlite3' 2>/dev/null || skip_all "python3 has no sqlite3"

sql() { # sql PATH STATEMENT
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
db.executescript(sys.argv[2])' "$1" "$2"
}

refused() { # refused NAME PATTERN: the last ef did not start its command
	is "$1: exit 125" $rc 125
	like "... says why" "$err" "$2"
	ok "... and nothing was started" [ ! -e "$work/home/$user/started" ]
}

before_start() {
	mark=$work/home/$user/started
	new_db $user
	record=$db
	echo 'this is no database, but a text of some length' >"$record"
	run_on "$record"
	refused "$user: not a database" "^egress-filter: .*$record"

	run_on "$work/home/$user/none/record.db"
	refused "$user: no such folder" '^egress-filter: .*--db'

	new_db $user
	run_on "$db"
	rm -f "$mark"
	sql "$db" "CREATE TRIGGER t AFTER INSERT ON attempts BEGIN DELETE FROM attempts; END"
	own "$db"
	run_on "$db"
	refused "$user: a trigger was added" "^egress-filter: .*record-"

	new_db $user
	ln -s "$work/elsewhere" "$db"
	run_on "$db"
	refused "$user: a symbolic link" '^egress-filter: .*symbolic link'

	if [ $user != root ]; then
		new_db $user
		: >"$db"
		chmod 444 "$db"
		run_on "$db"
		refused "$user: read-only" '^egress-filter: .*--db'
	fi
}

run_on() { # run_on RECORD
	rm -f "$mark"
	run_as $user "$work/egress-filter" -c "$policy" --db "$1" touch "$mark" \
		>"$work/log/out" 2>"$work/log/err"
	rc=$?
	err=$(cat "$work/log/err")
}

own() { [ $user = root ] || chown $NOBODY "$1" "$1-wal" "$1-shm" 2>/dev/null; }

disk_full() {
	mkdir "$work/small-$user"
	mount -t tmpfs -o size=400k,mode=777 none "$work/small-$user" ||
		{ skip "no tmpfs" && return; }
	db=$work/small-$user/record.db
	asker_start $user --db "$db"
	ask $WEB
	is "$user: a disk with room: ok" "$answer" ok
	cat /dev/zero >"$work/small-$user/filler" 2>/dev/null
	for disk_i in 1 2 3 4 5 6 7 8 9 10; do
		ask $WEB
		[ "$answer" = ok ] || break
	done
	like "$user: a full disk: denied" "$answer" '^(EPERM|EACCES)$'
	rm "$work/small-$user/filler"
	ask $WEB
	is "... room again: ok" "$answer" ok
	asker_stop
	like "... it was said" "$err" '^egress-filter: .*record.db cannot be written'
	umount -l "$work/small-$user"
}

locked() {
	new_db $user
	asker_start $user --db "$db"
	ask $WEB
	is "$user: a record of several sessions: ok" "$answer" ok
	mkfifo "$work/unlock-$user"
	python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
db.execute("BEGIN IMMEDIATE")
open(sys.argv[3], "w").close()
open(sys.argv[2]).read()
db.rollback()' "$db" "$work/unlock-$user" "$work/log/locked-$user" &
	locker=$!
	wait_for [ -e "$work/log/locked-$user" ]
	ask $WEB
	like "$user: locked by another process: denied" "$answer" '^(EPERM|EACCES)$'
	echo >"$work/unlock-$user"
	wait $locker
	ask $WEB
	is "... free again: ok" "$answer" ok
	asker_stop
	is "... the session goes on" $rc 0
	like "... it was said" "$err" '^egress-filter: .*record-[0-9]+.db cannot be written'
}

# tamper NAME COMMAND: done to the session's own record, a call later at the
# latest the session is over, and it is said.
tamper() {
	name="$user: $1"
	rm -rf "$work/home/$user/state"
	asker_start $user
	ask $WEB
	is "$name: before: ok" "$answer" ok
	db=$(echo "$work/home/$user/state/egress-filter/sessions/"*.db)
	tamper_seen=$(wc -l <"$served")
	eval "$2"
	for tamper_i in 1 2 3; do
		[ "$answer" = ok ] && ask $WEB
	done
	like "... then denied or ended" "$answer" '^(EPERM|EACCES|ENOSYS|ended)$'
	asker_stop
	is "... exit 125" $rc 125
	like "... it is said" "$err" '^egress-filter: .*(record|index)'
	# One call at the most was under way.
	ok "... nothing more went out" \
		[ "$(($(wc -l <"$served") - tamper_seen))" -le "${3:-0}" ]
}

altered() {
	tamper "record unlinked" 'rm "$db"'
	tamper "record renamed" 'mv "$db" "$db.moved"'
	tamper "record given a second link" 'ln "$db" "$db.link"'
	tamper "record given a trigger" 'sql "$db" "CREATE TRIGGER t AFTER INSERT ON attempts BEGIN DELETE FROM attempts; END"'
	tamper "a row deleted" 'sql "$db" "DELETE FROM attempts"'
	tamper "log unlinked" 'rm "$db-wal"'
	tamper "index cut short" ': >"$db-shm"'
}

# The record's own descriptor as a "socket": it is none, and stays open.
descriptor() {
	new_db $user
	cat >"$work/own-fd.py" <<'PY'
import ctypes, errno, os, socket, struct, sys
fd = os.open(sys.argv[1], os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
to = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(80), socket.inet_aton(sys.argv[2]))
r = libc.connect(fd, to, 16)
print(errno.errorcode[ctypes.get_errno()] if r else "ok", flush=True)
socket.create_connection((sys.argv[2], 80)).close()
print("still here", flush=True)
PY
	run_as $user "$work/egress-filter" -c "$policy" -q --db "$db" \
		python3 "$work/own-fd.py" "$db" $WEB >"$work/log/out" 2>"$work/log/err"
	rc=$?
	ok "$user: the record given to connect(): the tree is ended, or it is ENOTSOCK" \
		eval '[ $rc = 125 ] || contains "$work/log/out" ENOTSOCK'
	like "... said where it was ended" "$(echo $rc; cat "$work/log/err")" \
		'^(0|egress-filter: .*)$'
}

for user in $users; do
	before_start
	disk_full
	locked
	altered
	descriptor
done
rm -f "$work"/home/*/record-*.db.link
finish
