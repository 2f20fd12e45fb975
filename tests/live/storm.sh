#!/bin/sh
# SPDX-License-Identifier: MIT
# Thousands of datagrams from a target that a signal strikes every 100 us: each
# goes out once. With the flags of this kernel, and with those of one older
# than 5.19, where signals throw away results of what has been sent. There the
# kernel may accept an answer and lose it all the same: it is one send in
# thousands that nobody can tell from one that has to go out again.
. "$srcdir/tests/live/lib.sh"
live_enter
policy=$work/policy.yaml
cat >"$policy" <<'YAML'
version: 1
ip_ranges:
  - cidr: 127.0.0.1
YAML
cp "$builddir/tests/live/storm" "$builddir/tests/live/old_flags" "$work"

storm() { # storm WHAT COMMAND...: the sender run by it, the receiver not
	what=$1
	shift
	rm -f "$work/port"
	background "$work/storm" receive "$work/port" >"$work/log/received"
	wait_for [ -s "$work/port" ]
	is "$what: all are sent" "$(run_as "$user" "$@" "$work/storm" send \
		"$(cat "$work/port")" 2>"$work/log/err")" \
		'sent 20000, wrong 0, in a storm'
	[ ! -s "$work/log/err" ] || sed 's/^/# /' "$work/log/err"
	wait_for is_gone "$started"
}

each_once() { # each_once WHAT PATTERN: what the receiver says it counted
	like "$1: each arrives once" "$(cat "$work/log/received")" "^$2\$"
}

few='doubled [0-9]{1,2}'
case $(uname -r) in
[0-4].* | 5.[0-9].* | 5.1[0-8].*) doubled=$few ;;
*) doubled='doubled 0' ;;
esac
for user in $users; do
	storm "$user, bare" env
	each_once "$user, bare" 'lost 0, doubled 0 of 20000'
	new_db "$user"
	storm "$user, target" "$work/egress-filter" -q -c "$policy" --db "$db" --
	each_once "$user, target" "lost 0, $doubled of 20000"
	is "$user, target: in one row" "$(rows 'SELECT count(*),
		sum(count) >= 20001 FROM attempts')" '1|1'
	new_db "$user"
	storm "$user, older kernel" "$work/old_flags" "$policy" "$db"
	each_once "$user, older kernel" "lost 0, $few of 20000"
done
finish
