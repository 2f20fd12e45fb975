#!/bin/sh
# SPDX-License-Identifier: MIT
# AF_UNIX: connect() and listen() behave under the filter as they do without
# it, and a listener is known by what it is, by whatever path it is reached.
# The leak checker of a sanitizer build wants /proc, also in a chroot.
export ASAN_OPTIONS=detect_leaks=0
. "$srcdir/tests/tap.sh"

dir=$(mktemp -d) || exit 99
pids=
trap 'kill $pids 2>/dev/null; wait; rm -rf "$dir"' EXIT
chmod 755 "$dir"
# Where an ordinary user can run them, wherever this was built.
mkdir "$dir/bin"
cp "$builddir/egress-filter" "$builddir/tests/live/unix_table" \
	"$builddir/tests/live/unix_peer" "$dir/bin"
ef=$dir/bin/egress-filter
table=$dir/bin/unix_table
peer=$dir/bin/unix_peer
unset SSH_AUTH_SOCK GPG_AGENT_INFO GNUPGHOME
mkdir -m 777 "$dir/state" "$dir/state/other"

policy() { # policy LINES...
	{
		printf 'version: 1\ndefault_policy: deny\n'
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$dir/policy.yaml"
}

# run COMMAND...: as a target, under $dir/policy.yaml; $keep are capabilities
run() {
	XDG_STATE_HOME=$dir/state/${as:+other} timeout 60 $as "$ef" \
		-c "$dir/policy.yaml" -q ${keep:+--keep-caps $keep} -- "$@" 2>"$dir/err" </dev/null ||
		sed 's/^/# /' "$dir/err"
}

place() { # what unix_table finds
	rm -rf "$dir/t"
	mkdir -p "$dir/t/sub" "$dir/t/closed"
	ln -s here.sock "$dir/t/link.sock"
	ln -s loop "$dir/t/loop"
	ln -s nowhere "$dir/t/dangling"
	: >"$dir/t/file"
	: >"$dir/t/readonly.file"
	"$peer" leave "$dir/t/stale.sock"
	chmod 666 "$dir/t/stale.sock"
	chmod 444 "$dir/t/readonly.file"
	chmod 0 "$dir/t/closed"
	chmod 777 "$dir/t"
}

same_table() { # same_table WHO
	policy 'unix_sockets: {default: allow}'
	place
	bare=$(timeout 60 $as "$table" "$dir/t" </dev/null)
	place
	is "$1: the table of results is the same" "$(run "$table" "$dir/t")" "$bare"
	like "$1: and it is a table" "$bare" '^listen on nothing: EBADF$'
}

# door NAME ARGUMENTS...: a listener outside the session, bound to NAME
door() {
	"$peer" serve "$@" >"$dir/ready" 2>/dev/null &
	pids="$pids $!"
	until grep -q ready "$dir/ready" 2>/dev/null; do sleep 0.02; done
	rm -f "$dir/ready"
}

# to_nobody NAME: connect, where any denial fails the run
to_nobody() {
	rm -f "$dir/state/other/nobody.db"*
	timeout 60 $as "$ef" -c "$dir/policy.yaml" -q --fail-on-deny \
		--db "$dir/state/other/nobody.db" -- "$peer" connect "$1" \
		2>"$dir/err" </dev/null | tr '\n' ','
	timeout 60 $as "$ef" -c "$dir/policy.yaml" -q --fail-on-deny \
		--db "$dir/state/other/nobody.db" -- "$peer" connect "$1" \
		>/dev/null 2>&1 </dev/null
	printf ' exit %s' $?
}

last_row() { $as "$ef" log --ndjson --db "$dir/state/other/nobody.db"; }

result() { run "$peer" connect "$@"; }

identities() { # identities WHO
	mkdir -p "$dir/doors" "$dir/own"
	chmod 777 "$dir/own" "$dir/doors"
	door "$dir/doors/d.sock"
	door "@ef-test-$$-$1"
	d=$dir/doors/d.sock

	policy
	is "$1: a listener outside is denied" "$(result "$d")" EACCES
	is "$1: an abstract one, too" "$(result "@ef-test-$$-$1")" EACCES
	is "$1: nobody listens" "$(result "$dir/own/none.sock")" ENOENT
	is "$1: one of the session is not denied" \
		"$(run "$peer" both "$dir/own/o.sock")" ok
	is "$1: nor an abstract one" "$(run "$peer" both "@ef-own-$$")" ok
	is "$1: nor one of a daemon of it" \
		"$(run "$peer" daemon "$dir/own/p.sock")" ok

	policy "unix_sockets: {deny: ['$d'], default: allow}"
	ln "$d" "$dir/own/hard.sock"
	is "$1: a rule knows it by a hard link" \
		"$(result "$dir/own/hard.sock")" EACCES
	ln -s "$d" "$dir/own/soft.sock"
	is "$1: by a symbolic link" "$(result "$dir/own/soft.sock")" EACCES
	mv "$dir/own/hard.sock" "$dir/own/renamed.sock"
	is "$1: by a new name" "$(result "$dir/own/renamed.sock")" EACCES
	rm "$dir/own/renamed.sock"

	policy "unix_sockets: {allow: ['$d']}"
	is "$1: an allow rule lets it through" "$(result "$d")" ok
	mkdir "$dir/own/doors"
	"$peer" leave "$dir/own/doors/x.sock"
	is "$1: and nobody at a path" "$(result "$dir/own/doors/x.sock")" \
		ECONNREFUSED

	policy
	mv "$dir/own/doors/x.sock" "$dir/own/doors/y.sock"
	is "$1: nobody at a path is no denial" \
		"$(to_nobody "$dir/own/doors/y.sock")" 'ECONNREFUSED, exit 0'
	like "$1: its row says what it was" "$(last_row)" \
		'"verdict":"allow".*"unix":"[^"]*/own/doors/y.sock".*"reason":"unix-nobody".*"errno":111'
	is "$1: nor is an abstract name that nobody has" \
		"$(to_nobody "@ef-nobody-$$")" 'ECONNREFUSED, exit 0'
	like "$1: nor its row" "$(last_row)" \
		'"unix":"@ef-nobody-[0-9]*".*"reason":"unix-nobody".*"errno":111'
	kill $pids
	wait
	pids=
	rm -rf "$dir/doors" "$dir/own"
}

as=
same_table "$(id -un)"
identities user

[ "$(id -u)" = 0 ] || {
	skip 'the rest wants root'
	finish
}

as='setpriv --reuid=65534 --regid=65534 --clear-groups'
same_table nobody
identities nobody
as=

# A root supervisor lends its rights to nobody.
mkdir -p "$dir/doors"
door "$dir/doors/root.sock"
chmod 600 "$dir/doors/root.sock"
policy "unix_sockets: {default: allow}"
is 'root reaches a socket of root' "$(result "$dir/doors/root.sock")" ok
is 'a target that gave root up does not' \
	"$(run setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$peer" connect "$dir/doors/root.sock")" EACCES
chgrp 4711 "$dir/doors/root.sock"
chmod 660 "$dir/doors/root.sock"
is 'but for a supplementary group' \
	"$(run setpriv --reuid=65534 --regid=65534 --groups=1,4711 \
		"$peer" connect "$dir/doors/root.sock")" ok
chmod 700 "$dir/doors"
is 'nor through a folder of root' \
	"$(run setpriv --reuid=65534 --regid=65534 --groups=1,4711 \
		"$peer" connect "$dir/doors/root.sock")" EACCES
chmod 755 "$dir/doors"
is 'nor with a file system id of its own' \
	"$(run "$peer" fsuid "$dir/doors/root.sock")" EACCES
is 'nor root without capabilities' \
	"$(chown 65534 "$dir/doors/root.sock" && keep=setpcap run capsh --drop=cap_dac_override -- \
		-c "exec '$peer' connect '$dir/doors/root.sock'")" EACCES
chown 0 "$dir/doors/root.sock"
chmod 666 "$dir/doors/root.sock"
is 'a server sees the ids of the target' \
	"$(run "$peer" whoami "$dir/doors/w.sock" 65534)" 'uid 65534 gid 65534'

is 'which may not say that it is root, and is not taken for it' \
	"$(run "$peer" forge 65534)" "$("$peer" forge 65534)"
is 'as anywhere' "$("$peer" forge 65534)" 'EPERM uid 65534 gid 65534'

# Another root, another mount namespace, a bind mount.
mkdir -p "$dir/root/tmp" "$dir/bind"
policy "unix_sockets: {deny: ['$dir/doors/root.sock'], default: allow}"
is 'a rule knows it through a bind mount' \
	"$(keep=sys_admin run unshare -m sh -c "mount --bind '$dir/doors' '$dir/bind' &&
		'$peer' connect '$dir/bind/root.sock'")" EACCES
is 'and a user who mounts in a namespace of his own' \
	"$(as='setpriv --reuid=65534 --regid=65534 --clear-groups' run \
		unshare -Urm sh -c "mount --bind '$dir/doors' '$dir/bind' &&
		'$peer' connect '$dir/bind/root.sock'")" EACCES
policy
is 'a chroot: absolute, relative, by links' \
	"$(run "$peer" chroot "$dir/root")" 'ok ok ok ok'
mkdir -p "$dir/proc-root/tmp" "$dir/proc-root/proc"
printf '#!/bin/sh\nmount --bind /proc %s/proc-root/proc && exec "$@"\n' "$dir" >"$dir/bin/with_proc"
chmod 755 "$dir/bin/with_proc"
is 'a chroot with /proc: its links to the working directory and the root' \
	"$(as="unshare -m $dir/bin/with_proc" run "$peer" chroot "$dir/proc-root")" 'ok ok ok ok
ok ok ok ENOENT EXDEV'
is 'an overlay: an own listener' \
	"$(keep=sys_admin run unshare -m sh -c "mkdir -p '$dir/ov' && mount -t tmpfs x '$dir/ov' &&
		cd '$dir/ov' && mkdir low up work all && mount -t overlay x \
		-o lowerdir=low,upperdir=up,workdir=work all &&
		'$peer' both '$dir/ov/all/o.sock'")" ok

# Agents named by the environment.
policy
is 'the agent is a door when nobody names it' \
	"$(result "$dir/doors/root.sock")" EACCES
is 'and built in when SSH_AUTH_SOCK does' \
	"$(SSH_AUTH_SOCK=$dir/doors/root.sock && export SSH_AUTH_SOCK &&
		result "$dir/doors/root.sock")" ok
ln -s "$dir/doors/root.sock" "$dir/agent"
is 'by a link, too' \
	"$(SSH_AUTH_SOCK=$dir/agent && export SSH_AUTH_SOCK &&
		result "$dir/doors/root.sock")" ok

# A socket of a session is a door whatever the policy says.
mkdir -p "$dir/egress-filter"
door "$dir/egress-filter/control.sock"
policy "unix_sockets: {default: allow, allow: ['$dir/egress-filter/control.sock']}"
is 'our own sockets are refused' \
	"$(result "$dir/egress-filter/control.sock")" EACCES
ln "$dir/egress-filter/control.sock" "$dir/control"
is 'by another path, too' "$(result "$dir/control")" EACCES

# Another network namespace.
policy "unix_sockets: {default: allow}"
is 'abstract names of another network namespace' \
	"$(keep=sys_admin run unshare -n "$peer" both "@ef-netns-$$")" EACCES
is 'an own path listener there is not known' \
	"$(keep=sys_admin run unshare -n "$peer" both "$dir/n.sock")" ECONNREFUSED

finish
