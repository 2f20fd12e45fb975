#!/bin/sh
# SPDX-License-Identifier: MIT
# A policy file that changes under a session, however it is saved: less is
# taken at once, more only with --reload auto, and after any error the policy
# in force stays and it is said. Seen through the connections of one target.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
web $WEB:80 $OTHER:80
conf=$work/conf
mkdir "$conf"
policy=$conf/policy.yaml
wide=$work/wide.yaml narrow=$work/narrow.yaml
printf 'version: 1\nip_ranges:\n  - cidr: %s\n  - cidr: %s\n' $WEB $OTHER >"$wide"
printf 'version: 1\nip_ranges:\n  - cidr: %s\n' $WEB >"$narrow"

lay() { # lay METHOD CONTENT: the file as it is at the start
	rm -rf "$conf"
	mkdir "$conf"
	layer=1
	case $1 in
	link)
		cp "$2" "$conf/version-1.yaml"
		ln -s version-1.yaml "$policy"
		;;
	volume) # as container volumes are laid out
		mkdir "$conf/..1"
		cp "$2" "$conf/..1/policy.yaml"
		ln -s ..1 "$conf/..data"
		ln -s ..data/policy.yaml "$policy"
		;;
	*) cp "$2" "$policy" ;;
	esac
}

save() { # save METHOD CONTENT
	layer=$((layer + 1))
	case $1 in
	write) cat "$2" >"$policy" ;;
	rename)
		cp "$2" "$conf/.new"
		mv "$conf/.new" "$policy"
		;;
	backup) # the old one is moved away, a new one is written
		mv "$policy" "$policy~"
		cat "$2" >"$policy"
		rm "$policy~"
		;;
	vim) vim -u NONE -N -es -c 'set backup backupcopy=no' -c '%d' \
		-c "r $2" -c 1d -c 'wq!' "$policy" </dev/null >/dev/null 2>&1 ;;
	link)
		cp "$2" "$conf/version-$layer.yaml"
		ln -s version-$layer.yaml "$conf/.new"
		mv -T "$conf/.new" "$policy"
		;;
	volume)
		mkdir "$conf/..$layer"
		cp "$2" "$conf/..$layer/policy.yaml"
		ln -s ..$layer "$conf/..new"
		mv -T "$conf/..new" "$conf/..data"
		rm -r "$conf/..$((layer - 1))"
		;;
	esac
}

gets() { # gets HOST ANSWER: what a connection comes to now
	ask "$1"
	[ "$answer" = "$2" ]
}

said() { contains "$work/log/err" "$1"; }

by_method() {
	lay $1 "$wide"
	asker_start $user
	ok "$user: $1: at first both" gets $OTHER ok
	save $1 "$narrow"
	ok "... less is taken at once" wait_for gets $OTHER EACCES
	ok "... and no more than that" gets $WEB ok
	save $1 "$wide"
	ok "... more is not, which is said" wait_for said 'would allow more: the policy in force stays'
	ok "... and so" gets $OTHER EACCES
	asker_stop
	lay $1 "$narrow"
	asker_start $user --reload auto
	ok "... --reload auto: at first one" gets $OTHER EACCES
	save $1 "$wide"
	ok "... then more" wait_for gets $OTHER ok
	asker_stop
	is "... no error" "$(grep -c 'cannot be loaded' "$work/log/err")" 0
}

stays() { # stays NAME PATTERN: said, and the policy in force stays
	ok "$user: $1: it is said" wait_for said "$2"
	ok "... and the policy in force stays" gets $OTHER ok
}

# A lease on the file until it gets a line; the kernel asks for it with SIGIO.
cat >"$work/lease.py" <<'PY'
import fcntl, os, signal, sys
signal.signal(signal.SIGIO, signal.SIG_IGN)
fd = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
sys.stdin.read()
PY

errors() {
	lay rename "$wide"
	asker_start $user --reload auto
	ok "$user: at first both" gets $OTHER ok

	printf 'version: 1\nip_ranges:\n  - cidr: %s\n  - cdir: 1.2.3.4\n' $WEB >"$conf/.new"
	mv "$conf/.new" "$policy"
	stays "a file with an error" 'cannot be loaded, the policy in force stays: .*cdir'
	printf '\tno yaml: [' >"$policy"
	stays "no YAML" 'stays: .*(line|tab|token|character|scanning)'

	rm "$policy"
	mkfifo "$policy"
	stays "a FIFO in its place" '(not a|no) (regular|plain) file'
	rm "$policy"
	mkdir "$policy"
	stays "a folder in its place" '(not a|no) (regular|plain) file|[Dd]irectory'
	rmdir "$policy"
	ok "$user: no file at all: the policy in force stays" gets $OTHER ok

	cp "$narrow" "$conf/.new"
	mkfifo "$work/release-$user"
	rm -f "$work/log/lease" # what it said to another user
	python3 "$work/lease.py" "$conf/.new" <"$work/release-$user" >"$work/log/lease" &
	holder=$!
	exec 8>"$work/release-$user"
	if wait_for contains "$work/log/lease" held; then
		mv "$conf/.new" "$policy"
		stays "a lease is held on it" 'holds a lease'
	else
		skip "no leases on this file system"
	fi
	exec 8>&-
	wait $holder
	cp "$narrow" "$conf/.new"
	mv "$conf/.new" "$policy"
	ok "$user: after all that, a good file is taken" wait_for gets $OTHER EACCES
	asker_stop
	is "... and the session ends as it should" $rc 0
}

# Resolvers of the policy come and go with it. The one asked knows a name that
# the first one does not.
resolvers() {
	printf 'version: 1\ndomains:\n  - pattern: b.example.test\n' >"$work/none.yaml"
	{ cat "$work/none.yaml" && printf 'dns:\n  servers: [%s]\n' $SECOND; } >"$work/second.yaml"
	{ cat "$work/none.yaml" && printf 'ip_ranges:\n  - cidr: %s\n    ports: [53]\n' $SECOND; } >"$work/rule.yaml"
	chmod 644 "$work"/*.yaml
	lay rename "$work/$1.yaml"
	rm -f "$work/home/$user/at-"*
	at_start=$1
	shift
	try="python3 $srcdir/tests/live/try.py ask $SECOND b.example.test"
	run_as $user "$work/egress-filter" -q -c "$policy" "$@" sh -c "
		first() { $try; : >at-first; }
		until_is() { until [ \"\$($try)\" = \"\$1\" ]; do :; done; echo \"\$1\"; : >\"at-\$2\"; }
		if [ $at_start = rule ]; then until_is $WEB first; until_is 'rcode 3' second
		else first; until_is $WEB second; until_is 'rcode 3' third; fi
		" >"$work/log/answers" 2>"$work/log/err" &
	session=$!
	wait_for [ -e "$work/home/$user/at-first" ]
}
follow_resolvers() {
	resolvers none --reload auto
	save rename "$work/second.yaml"
	ok "$user: a resolver of a reloaded policy is asked" \
		wait_for [ -e "$work/home/$user/at-second" ]
	save rename "$work/none.yaml"
	wait $session
	is "... and no longer when it is gone" "$(cat "$work/log/answers")" "rcode 3
$WEB
rcode 3"
	resolvers rule --reload narrow
	save rename "$work/none.yaml"
	wait $session
	is "$user: the resolver of a rule goes with the rule" "$(cat "$work/log/answers")" "$WEB
rcode 3"
}
SECOND=198.51.100.54
ip addr add $SECOND/32 dev lo
name_server a.example.test=$WEB
(RESOLVER=$SECOND && name_server b.example.test=$WEB)

for user in $users; do
	follow_resolvers
	for method in write rename backup vim link volume; do
		if [ $method = vim ] && ! has vim; then
			skip "vim is not installed"
			continue
		fi
		by_method $method
	done
	errors
done
finish
