#!/bin/sh
# SPDX-License-Identifier: MIT
# The control socket: a person may look, reload, announce and stop; nobody of a
# session may do any of it, by whatever path, and no client holds a session up.
. "$srcdir/tests/live/lib.sh"
live_enter
policy=$work/policy.yaml wide=$work/wide.yaml
printf 'version: 1\nip_ranges:\n  - cidr: 198.51.100.10\n' >"$policy"
printf 'version: 1\nip_ranges:\n  - cidr: 198.51.100.0/24\n' >"$wide"
steer="python3 $srcdir/tests/live/steer.py"

run_dir() { echo "$work/home/$1/state/egress-filter/run"; }

socket_of() { # socket_of USER: the one that is there
	ls "$(run_dir "$1")"/*.sock 2>/dev/null | head -n 1
}

has_socket() { [ -n "$(socket_of "$1")" ]; }

# A session whose command runs until it is let go; its socket is in $sock.
start() { # start USER [OPTION...]
	user=$1
	shift
	new_db "$user"
	rm -f "$work/home/$user/go"
	mkfifo "$work/home/$user/go"
	[ "$user" = root ] || chown $NOBODY "$work/home/$user/go"
	run_as "$user" "$work/egress-filter" -c "$policy" --db "$db" "$@" \
		>"$work/log/out" 2>"$work/log/err" </dev/null &
	session=$!
	wait_for has_socket "$user"
	sock=$(socket_of "$user")
}

waiter='read x <go'

end() { # let it go; sets rc
	echo >"$work/home/$user/go"
	wait $session
	rc=$?
}

for u in $users; do
	start $u sh -c "$waiter"
	ok "$u: a socket while it runs" [ -S "$sock" ]
	is "... for its user alone" "$(stat -c %a "$sock" "$(run_dir $u)")" "600
700"
	is "... it greets" "$(run_as $u $steer "$sock" hello 1)" "welcome 1"
	is "... no other version" "$(run_as $u $steer "$sock" hello 2)" \
		"done 93 the session speaks version 1 of the protocol"
	is "... a hello comes first" "$(run_as $u $steer "$sock" policy)" \
		"done 71 the first message is not a hello"
	is "... it shows its policy, and takes another one in its place, once" \
		"$(run_as $u $steer "$sock" hello 1 policy reload "$wide" \
			reload "$wide" policy reload "$policy")" \
		"welcome 1
policy $policy $(wc -c <"$policy")
done 0 taken
done 11 another policy is in force by now
policy $policy $(wc -c <"$wide")
done 0 taken"
	printf 'version: 1\nnonsense: 1\n' >"$work/bad.yaml"
	like "... none that does not load" \
		"$(run_as $u $steer "$sock" hello 1 policy reload "$work/bad.yaml")" \
		'^done 22 it does not load: '
	is "... the record has it" "$(rows "SELECT count(*) FROM events WHERE kind = 'reload'
		UNION ALL SELECT count(*) FROM revisions")" "2
3"
	for junk in ffffffff00030000 0000000000090000 0000000000010001 \
		0000000500010000; do
		is "... junk $junk" \
			"$(run_as $u $steer "$sock" hello 1 junk $junk)" \
			"welcome 1
hung up"
	done
	is "... one who does not read is cut off" \
		"$(run_as $u $steer "$sock" hello 1 flood | sed 1d)" \
		"flood cut off"
	is "... and it goes on" "$(run_as $u $steer "$sock" hello 1)" "welcome 1"
	end
	is "... it ends as its command" $rc 0
	ok "... and the socket is gone" [ ! -e "$sock" ]
done

# Clients that say nothing, or stop in the middle.
start root sh -c "$waiter"
silent='import signal, socket, sys
held = []
for i in range(16):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.send(b"\0\0\0\4\0\1\0\0\0"[: 1 + i % 9])
    held.append(s)
sys.stdout.write("all\n")
sys.stdout.flush()
signal.pause()'
: >"$work/log/silent"
background python3 -c "$silent" "$sock" >"$work/log/silent"
wait_for [ -s "$work/log/silent" ]
is "16 silent clients: the next is told" "$($steer "$sock" hello 1)" \
	"done 13 refused: too many clients"
kill $started
greeted() { [ "$($steer "$sock" hello 1)" = "welcome 1" ]; }
ok "... until they leave" wait_for greeted
end

# Who may.
if [ "$users" = "root nobody" ]; then
	start nobody sh -c "$waiter"
	is "root may steer another user's" "$($steer "$sock" hello 1)" "welcome 1"
	end
	start root sh -c "$waiter"
	chmod 711 "$work/home/root" "$work/home/root/state" \
		"$work/home/root/state/egress-filter"
	is "another user does not get there" \
		"$(run_as nobody $steer "$sock" hello 1)" PermissionError
	chmod 711 "$(run_dir root)"
	chmod 666 "$sock"
	is "... nor past the door" "$(run_as nobody $steer "$sock" hello 1)" \
		"done 13 refused: it is another user's"
	chmod 700 "$(run_dir root)"
	end
fi
start root sh -c "$waiter"
is "none under a filter of its own" \
	"$("$builddir/tests/live/without" 1000 $steer "$sock" hello 1)" \
	"done 13 refused: it runs under a filter that the session was not started under"
like "... which is recorded" \
	"$(rows "SELECT detail FROM events WHERE kind = 'control-refused'")" \
	'^process [0-9]+ may not: it runs under a filter'
like "... and said" "$(cat "$work/log/err")" 'may not steer the session: it runs'
# The command of another session, whose supervisor connects for it.
is "none from another session" "$(run_as root "$work/egress-filter" -q \
	--db "$work/other.db" -c "$policy" $steer "$sock" hello 1)" PermissionError
is "... not even with --allow-all" "$(run_as root "$work/egress-filter" -q \
	--db "$work/other2.db" --allow-all $steer "$sock" hello 1)" PermissionError
end

# The command itself, by every way to its own socket.
cat >"$work/inside.sh" <<'EOF'
run=$XDG_STATE_HOME/egress-filter/run
until ls "$run"/*.sock >/dev/null 2>&1; do :; done
sock=$(ls "$run"/*.sock)
try() { echo "$1: $($steer "$2" hello 1 stop 2>&1 | head -n 1)"; }
try path "$sock"
ln -s "$sock" ./link && try symlink ./link
if ln "$sock" ./hard; then try hardlink ./hard; else echo 'hardlink: cannot'; fi
ln -s "$run" ./folder && try folder "./folder/$(basename "$sock")"
(cd "$run" && try cwd "$(basename "$sock")")
(cd "$run" && try proc "/proc/self/cwd/$(basename "$sock")")
if mv "$sock" ./moved; then
	try renamed ./moved
else
	echo 'renamed: cannot'
	rm -f ./moved
	ln -s "$sock" ./moved
fi
(setsid sh -c 'exec '"$steer"' ./moved hello 1 stop >daemon.out 2>&1' &)
until [ -s daemon.out ]; do :; done
echo "daemon: $(head -n 1 daemon.out)"
unshare -m sh -c ': >at && mount --bind ./moved ./at && '"$steer"' ./at hello 1' \
	>mount.out 2>&1
echo "mount: $(grep -c welcome mount.out)"
exit 7
EOF
for u in $users; do
	for mode in enforce audit allow-all; do
		new_db $u
		option="-c $policy --mode $mode"
		[ $mode != allow-all ] || option=--allow-all
		rm -rf "$work/home/$u/"[a-z]*.out "$work/home/$u/"*link \
			"$work/home/$u/hard" "$work/home/$u/folder" \
			"$work/home/$u/moved" "$work/home/$u/at"
		# shellcheck disable=SC2086
		out=$(steer=$steer run_as $u env steer="$steer" \
			"$work/egress-filter" -q $option --db "$db" \
			sh "$work/inside.sh" 2>"$work/log/err")
		rc=$?
		is "$u: $mode: no command steers its own session" \
			"$(echo "$out" | grep -v 'PermissionError$\|: cannot$')" \
			"mount: 0"
		like "... tried by nine ways" "$out" '^mount: 0$'
		is "... all of them" "$(echo "$out" | wc -l)" 9
		is "... it ended by itself" $rc 7
	done
done

# What the command accepts in the person's name is taken back; what the person
# announced stays. (The list is read-only to a command that is root.)
accepts() { # accepts USER
	home=$work/home/$1
	list=$home/list trusted=$home/state/egress-filter/trusted
	for f in egress-allowlist other; do
		cp "$wide" "$home/$f.yaml"
		echo "$(sha256sum <"$wide" | cut -d' ' -f1) $(realpath "$home")/$f.yaml"
	done >"$list"
	rm -f "$home/ready" "$trusted"
	chown -R --reference="$home" "$home"
	start "$1" sh -c "umask 077; cat list >>state/egress-filter/trusted
		echo >ready; $waiter"
	wait_for [ -e "$home/ready" ]
	is "a file is announced" "$(run_as "$1" $steer "$sock" hello 1 \
		announce "$home/other.yaml")" "welcome 1
done 0 noted"
	ok "... and the command adds both" cmp "$list" "$trusted"
	end
	is "... and it stays, the other one does not" "$(cat "$trusted")" \
		"$(sed 1d "$list")"
	like "... which is said" "$(cat "$work/log/err")" \
		'1 policy file was accepted while the command ran: taken back'
}
if [ "$users" = "root nobody" ]; then
	accepts nobody
else
	skip "an ordinary user is needed"
fi

# The command for it: what was shown is what is loaded.
narrow=$work/narrow.yaml
cp "$policy" "$narrow"
chmod 666 "$policy" # the hook below is a user like the others
revision() { rows "SELECT text FROM revisions ORDER BY id DESC LIMIT 1"; }
reload() { # reload ANSWER HOOK [OPTION...]; sets out and rc
	answer=$1 hook=$2
	shift 2
	out=$(run_as $u python3 "$srcdir/tests/live/answer.py" '[y/N]' "$hook" \
		"$answer" "$work/egress-filter" reload "$@")
	rc=$?
}
for u in $users; do
	cp "$narrow" "$policy"
	start $u sh -c "$waiter"
	reload '' ''
	is "$u: reload: nothing to do" "$out $rc" "session $(basename "$sock" |
		cut -c1-8): $policy has not changed 0"
	cp "$wide" "$policy"
	out=$(run_as $u "$work/egress-filter" reload 2>&1 </dev/null)
	rc=$?
	is "... not without a person" $rc 2
	like "... who sees the difference" "$out" '^\+  - cidr: 198.51.100.0/24$'
	like "... and is told what to do" "$out" 'on a terminal, or --yes$'
	for no in '\n' 'n\n' 'ys\n' ' y\n' '\x04' 'yn\n'; do
		reload "$no" ''
		is "... $no is no" "$rc $(revision)" "2 $(cat "$narrow")"
	done
	reload 'y\n' "printf 'version: 1\ndefault_policy: allow\n' >'$policy'"
	like "... y is yes" "$out" "^session [0-9a-f]{8} has taken $policy\$"
	is "... to what was shown, whatever the file is by now" "$(revision)" \
		"$(cat "$wide")"
	reload '' '' 0000
	is "... no such session" $rc 2
	cp "$narrow" "$policy"
	reload '' '' --yes "$(basename "$sock" | cut -c1-6)"
	is "... --yes, by a prefix" "$rc $(revision)" "0 $(cat "$narrow")"
	end
	reload '' ''
	like "... no session" "$rc $out" '^2 egress-filter: no session runs'
done

# To be stopped.
start root sh -c "trap 'exit 9' TERM; echo >up; $waiter"
wait_for [ -e "$work/home/root/up" ]
is "stop" "$($steer "$sock" hello 1 stop)" "welcome 1
done 0 the command was told to end"
wait $session
is "... ends it" $? 9
start root sh -c "trap '' TERM; rm -f up; echo >up; while :; do sleep 1; done"
wait_for [ -e "$work/home/root/up" ]
is "stop of one that does not want to" "$($steer "$sock" hello 1 stop | sed 1d)" \
	"done 0 the command was told to end"
wait $session
is "... is killed after a while" $? 137
# The supervisor is gone at once: its socket stays, and answers nobody.
start root sh -c "$waiter"
pkill -9 -x egress-filter
wait $session 2>/dev/null
is "killed: nobody answers" "$($steer "$sock" hello 1)" ConnectionRefusedError
finish
