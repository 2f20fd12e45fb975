# SPDX-License-Identifier: MIT
# What the live tests share: namespaces of their own, a made-up internet in
# them, the program under test run as root and as an ordinary user, its rows.
#
# A test sources this file, calls live_enter first and finish last. Everything
# it makes is under $work; what it starts in the background it starts with
# background, so that it is ended with the test.
. "$srcdir/tests/tap.sh"

# Folders that an ordinary user may search, so that both users find the same.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/go/bin
# The leak checker wants to trace, which neither side may here.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
LC_ALL=C.UTF-8
export PATH ASAN_OPTIONS LC_ALL
unset XDG_STATE_HOME XDG_RUNTIME_DIR EGRESS_FILTER_CONFIG EGRESS_FILTER_DB \
	EGRESS_FILTER_LOG RUST_LOG http_proxy https_proxy HTTP_PROXY \
	HTTPS_PROXY ALL_PROXY all_proxy no_proxy NO_PROXY

NOBODY=65534
RESOLVER=198.51.100.53
WEB=198.51.100.10
OTHER=198.51.100.20
EVIL=203.0.113.66

skip_all() { # skip_all WHY: the whole test cannot be run here
	echo "1..0 # SKIP $1"
	exit 0
}

need() { # need PROGRAM...: skip the test where one is missing
	for need_it; do
		command -v "$need_it" >/dev/null || skip_all "$need_it is not installed"
	done
}

has() { command -v "$1" >/dev/null; }

# Go on in network, mount and process namespaces of our own: nothing that is
# sent leaves them, and nothing that is started outlives them.
live_enter() { # live_enter PROGRAM...: those that the test cannot do without
	need unshare ip python3 setpriv timeout "$@"
	if [ -z "$LIVE_INSIDE" ]; then
		live_flags='--net --mount --pid --fork --kill-child --mount-proc'
		[ "$(id -u)" = 0 ] || live_flags="-Ur $live_flags"
		# shellcheck disable=SC2086
		unshare $live_flags true 2>/dev/null ||
			skip_all "no namespaces of our own (unshare $live_flags)"
		# shellcheck disable=SC2086
		LIVE_INSIDE=1 exec unshare $live_flags "${SHELL:-/bin/sh}" "$0"
	fi
	unset LIVE_INSIDE
	work=$(mktemp -d)
	background_pids=
	trap live_leave EXIT
	trap 'exit 1' HUP INT TERM
	chmod 755 "$work"
	mount --make-rprivate /
	live_show
	live_program
	mkdir "$work/log" "$work/home" "$work/home/root" "$work/home/nobody"
	chmod 711 "$work/home"
	if chown $NOBODY:$NOBODY "$work/home/nobody" 2>/dev/null &&
		setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups true 2>/dev/null; then
		users='root nobody'
	else
		users=root # one user is all an unprivileged namespace has
	fi
	ip link set lo up
}

# The program under test; with LIVE_WITHOUT as on a kernel that lacks that
# (tests/live/without.c).
live_program() {
	cp "$builddir/egress-filter" "$work/egress-filter"
	[ -n "$LIVE_WITHOUT" ] || return 0
	mv "$work/egress-filter" "$work/egress-filter.whole"
	cp "$builddir/tests/live/without" "$work/without.of"
	printf '#!/bin/sh\nexec "%s" "%s" "%s" "$@"\n' "$work/without.of" \
		"$LIVE_WITHOUT" "$work/egress-filter.whole" >"$work/egress-filter"
	chmod 755 "$work/egress-filter"
}

# Sources and programs stand where an ordinary user can read them, wherever
# they are: a home of root is closed to others.
live_show() {
	live_seen=$(mktemp -d)
	chmod 755 "$live_seen"
	mkdir "$live_seen/src" "$live_seen/build"
	mount --bind "$srcdir" "$live_seen/src"
	mount --bind "$builddir" "$live_seen/build"
	srcdir=$live_seen/src builddir=$live_seen/build
}

live_leave() {
	# shellcheck disable=SC2086
	[ -z "$background_pids" ] ||
		{ kill -9 $background_pids && wait $background_pids; } 2>/dev/null
	cd /
	umount -l "$live_seen/src" "$live_seen/build"
	rmdir "$live_seen/src" "$live_seen/build" "$live_seen"
	rm -rf "$work"
}

background() { # background COMMAND...: start it; its pid is in $started
	"$@" &
	started=$!
	background_pids="$background_pids $started"
}

wait_for() { # wait_for COMMAND...: until it succeeds; fails after a minute
	wait_left=600
	until "$@"; do
		wait_left=$((wait_left - 1))
		[ $wait_left -gt 0 ] || return 1
		sleep 0.1
	done
}

contains() { # contains FILE PATTERN: an extended regular expression
	[ -e "$1" ] && grep -Eq -e "$2" "$1"
}

is_gone() { # is_gone PID: it has ended, waited for or not
	case $(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) in
	Z | X | '') return 0 ;;
	*) return 1 ;;
	esac
}

# As root, or as an ordinary user, with a home of its own to write in.
run_as() { # run_as USER COMMAND...
	as_user=$1
	shift
	as_home=$work/home/$as_user
	if [ "$as_user" = nobody ]; then
		set -- setpriv --reuid=$NOBODY --regid=$NOBODY --clear-groups "$@"
	fi
	# A test that hangs is a failure, not a stopped suite.
	(cd "$as_home" && HOME=$as_home XDG_STATE_HOME=$as_home/state \
		TMPDIR=$as_home exec timeout --foreground ${LIVE_LIMIT:-120} "$@")
}

# The program under test, on the policy in $policy, recording in $db. Sets out,
# err and rc, and db.
ef() { # ef USER [OPTION...] [--] COMMAND...
	ef_user=$1
	shift
	new_db "$ef_user"
	run_as "$ef_user" "$work/egress-filter" -c "$policy" --db "$db" "$@" \
		>"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
	err=$(cat "$work/log/err")
}

# A target that connects once for each line it is sent.
asker_start() { # asker_start USER OPTION...
	user=$1
	asker_home=$work/home/$user
	shift
	rm -f "$asker_home/asks" "$work/log/answers"
	mkfifo "$asker_home/asks"
	[ "$user" = root ] || chown $NOBODY "$asker_home/asks"
	: >"$work/log/answers" >"$work/log/err"
	run_as "$user" "$work/egress-filter" -c "$policy" -q "$@" python3 \
		"$srcdir/tests/live/try.py" loop <"$asker_home/asks" \
		>"$work/log/answers" 2>"$work/log/err" &
	asker=$!
	exec 9>"$asker_home/asks"
}

has_answers() { [ "$(wc -l <"$work/log/answers")" -ge "$1" ]; }

ask() { # ask HOST: one more connection; sets answer, "ended" when there is none
	ask_n=$(($(wc -l <"$work/log/answers") + 1))
	echo "$1 80" >&9 2>/dev/null
	answer=ended
	wait_for eval "has_answers $ask_n || is_gone $asker"
	has_answers $ask_n && answer=$(tail -n 1 "$work/log/answers")
}

asker_stop() { # the end of the session; sets rc and err
	exec 9>&-
	wait $asker
	rc=$?
	err=$(cat "$work/log/err")
}

db_n=0
new_db() { # new_db USER: sets db to the path of a record not used so far
	db_n=$((db_n + 1))
	db=$work/home/$1/record-$db_n.db
}

rows() { # rows SQL: what it selects in $db, a row a line, columns by a bar
	"$builddir/tests/tools/sqlite3" -readonly "$db" "$1"
}

# Attempts as one line each: verdict action stage proto name address port comm
# reason rule errno count, a dash where there is nothing.
attempts() { # attempts [WHERE]
	rows "SELECT a.verdict, a.action, a.stage, a.proto,
		coalesce(n.name, '-'), coalesce(d.address, '-'), a.port,
		coalesce(p.comm, '-'), a.reason, coalesce(r.text, '-'),
		coalesce(a.errno, '-'), a.count
		FROM attempts a LEFT JOIN names n ON n.id = a.name
		LEFT JOIN addresses d ON d.id = coalesce(a.resolved, a.address)
		LEFT JOIN processes p ON p.id = a.process
		LEFT JOIN rules r ON r.id = a.rule
		WHERE ${1:-1} ORDER BY a.seq"
}

# ---- the made-up internet ----

bind_file() { # bind_file PATH TEXT: what everybody here reads at PATH
	bound=$work/$(basename "$1")
	printf '%s' "$2" >"$bound"
	[ -e "$1" ] && mount --bind "$bound" "$1"
}

net_up() { # addresses and name service files; no server yet
	for net_a in $RESOLVER $WEB $OTHER $EVIL; do
		ip addr add $net_a/32 dev lo
	done
	# A way to everywhere that ends here: what is not served is refused,
	# and nothing waits for a route.
	ip route add default dev lo 2>/dev/null
	bind_file /etc/resolv.conf "nameserver $RESOLVER
"
	bind_file /etc/hosts "127.0.0.1 localhost
"
	bind_file /etc/nsswitch.conf "passwd: files
group: files
hosts: files dns
"
}

# name_server NAME=ADDRESS...: knows these, anything else is NXDOMAIN. Its log
# has a line for each question ($asked).
name_server() {
	asked=$work/log/questions
	if has dnsmasq; then
		ns_args=
		for ns_it; do
			ns_args="$ns_args --host-record=${ns_it%%=*},${ns_it#*=}"
		done
		# shellcheck disable=SC2086
		background dnsmasq --keep-in-foreground --conf-file=/dev/null \
			--user=root --group= --pid-file= --no-hosts --no-resolv \
			--listen-address=$RESOLVER --bind-interfaces --cache-size=0 \
			--local=/#/ --log-queries --log-facility="$asked" $ns_args
	elif has unbound; then
		{
			echo "server: interface: $RESOLVER"
			echo 'do-daemonize: no username: "" chroot: "" pidfile: ""'
			echo "access-control: 0.0.0.0/0 allow use-syslog: no"
			echo "logfile: \"$asked\" log-queries: yes"
			echo 'module-config: "iterator" local-zone: "." static'
			for ns_it; do
				echo "local-data: \"${ns_it%%=*}. 60 A ${ns_it#*=}\""
			done
			echo 'remote-control: control-enable: no'
		} >"$work/unbound.conf"
		background unbound -d -c "$work/unbound.conf"
	else
		skip_all "neither dnsmasq nor unbound is installed"
	fi
	wait_for python3 "$srcdir/tests/live/try.py" ask $RESOLVER "${1%%=*}" \
		>/dev/null || skip_all "the name server does not start"
}

was_asked() { grep -Eiq "quer.*[ ]$(echo "$1" | sed 's/\./\\./g')\.?( |\$)" "$asked"; }

# web ADDRESS:PORT...: servers of the files in $work/www; $served has a line
# "ADDRESS PORT PEER-PORT" for each connection they accepted.
web() {
	served=$work/log/served
	mkdir -p "$work/www"
	[ -e "$work/www/index.html" ] || echo ok >"$work/www/index.html"
	: >"$work/log/web-ready"
	background python3 "$srcdir/tests/live/web.py" "$work/www" "$served" \
		"$work/log/web-ready" "$@"
	wait_for [ -s "$work/log/web-ready" ] || skip_all "the web server does not start"
}

# served_is_recorded DB...: no more connections reached a server than there are
# allowed rows for its address and port. Says which there were.
served_is_recorded() {
	python3 "$srcdir/tests/live/subset.py" "$served" "$@"
}
