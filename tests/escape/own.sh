#!/bin/sh
# SPDX-License-Identifier: MIT
# What a program tries to do to its own policy, to the list of accepted ones, to
# its record and to their folders: it gains nothing, and it is said. To a root
# command they are read-only.
. "$srcdir/tests/live/lib.sh"
live_enter
net_up
web $WEB:80 $EVIL:80
python3 -c 'import sqlite3' 2>/dev/null || skip_all "python3 has no sqlite3"
cp "$builddir/tests/escape/own" "$work/own"
try="python3 $srcdir/tests/live/try.py"
rule="$(printf 'version: 1\nip_ranges:\n  - cidr: %s\n  - cidr: %s\n' $WEB $EVIL)"

fresh() { # fresh USER: a project with a policy, and no state
	home=$work/home/$1
	policy=$home/policy.yaml
	rm -rf "$home/state" "$home/policy.yaml" "$home/other" "$home/egress-allowlist.yaml"
	printf 'version: 1\nip_ranges:\n  - cidr: %s\n' $WEB >"$policy"
	[ "$1" = root ] || chown $NOBODY "$policy"
}

session() { # session USER SCRIPT: recorded in the state folder
	run_as "$1" "$work/egress-filter" -c "$policy" sh -c "$2" \
		>"$work/log/out" 2>"$work/log/err"
	rc=$?
	out=$(cat "$work/log/out")
	err=$(cat "$work/log/err")
}

# After the deed the target goes on until the supervisor has said something
# about it, where it can have had an effect.
policies() {
	while read -r name deed; do
		fresh $user
		tries=2000
		case $user$name in *removed | root*) tries=2 ;; esac
		session $user "rule='$rule'; $deed
			until [ \$((i += 1)) -gt $tries ] || grep -Eq 'would allow more|cannot be loaded' $work/log/err; do
				$try connect $EVIL 80; done
			$try connect $EVIL 80; $try connect $WEB 80"
		is "$user: policy $name: nothing is gained" \
			"$(printf '%s\n' "$out" | sort -u | tr '\n' ' ')" "EACCES ok "
		[ $user != root ] || is "... nor is the file changed" "$(cat "$policy")" \
			"$(printf 'version: 1\nip_ranges:\n  - cidr: %s' $WEB)"
		[ $user = root ] || case $name in
		removed) ;;
		*) like "... it is said" "$err" '(would allow more|cannot be loaded)' ;;
		esac
	done <<-'END'
		written echo "$rule" >policy.yaml
		renamed-over echo "$rule" >other && mv other policy.yaml
		linked echo "$rule" >other && ln -sf other policy.yaml
		hard-linked ln policy.yaml other2 && echo "$rule" >other2; rm -f other2
		removed rm -f policy.yaml
		replaced-by-folder rm -f policy.yaml && mkdir policy.yaml && rmdir policy.yaml && echo "$rule" >policy.yaml
		mapped echo "$rule" | dd of=policy.yaml conv=notrunc
		hang-up echo "$rule" >policy.yaml; kill -HUP $PPID; kill -USR1 $PPID
		default-allow printf 'version: 1\ndefault_policy: allow\n' >policy.yaml
	END
	rm -rf "$home/other" "$home/policy.yaml"
}

trust() {
	fresh $user
	session $user "echo '$rule' >egress-allowlist.yaml; $work/egress-filter trust egress-allowlist.yaml"
	run_as $user "$work/egress-filter" -q $try connect $EVIL 80 >"$work/log/out" 2>&1
	like "$user: a policy accepted from inside is not accepted" "$(cat "$work/log/out")" EACCES
	[ $user = root ] || like "... it is said" "$err" 'accepted while the command ran: taken back'

	fresh $user
	hash=$(printf '%s\n' "$rule" | sha256sum | cut -d' ' -f1)
	session $user "echo '$rule' >egress-allowlist.yaml
		for f in \$XDG_STATE_HOME/egress-filter/trust*; do echo $hash $home/egress-allowlist.yaml >>\$f; done
		echo $hash $home/egress-allowlist.yaml >>\$XDG_STATE_HOME/egress-filter/trusted"
	run_as $user "$work/egress-filter" -q $try connect $EVIL 80 >"$work/log/out" 2>&1
	like "$user: nor one that it wrote into the list" "$(cat "$work/log/out")" EACCES
}

cat >"$work/tamper.py" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
db.execute("DELETE FROM attempts WHERE verdict = 'deny'")
PY

records() {
	db_of="\$(echo \$XDG_STATE_HOME/egress-filter/sessions/*.db)"
	while read -r name deed; do
		fresh $user
		session $user "db=$db_of; $try connect $EVIL 80; $deed
			for i in 1 2 3; do $try connect $EVIL 80; $try connect $WEB 80; done"
		if [ $user = root ]; then
			is "root: record $name: cannot be done" "$rc $(printf '%s\n' "$out" | sort -u | tr '\n' ' ')" \
				"0 EACCES ok "
			is "... and every row is there" "$(db=$(echo "$home"/state/egress-filter/sessions/*.db)
				rows 'SELECT sum(count) FROM attempts')" 7
		else
			is "$user: record $name: the session is over" "$rc" 125
			like "... it is said" "$err" '(record|index) (altered|was)'
			ok "... and nothing more was allowed" [ "$(printf '%s\n' "$out" | grep -c ok)" -le 1 ]
		fi
	done <<-END
		row-deleted python3 $work/tamper.py \$db
		unlinked rm -f \$db
		moved mv \$db \$db.old
		folder-moved mv \$XDG_STATE_HOME/egress-filter/sessions \$XDG_STATE_HOME/egress-filter/elsewhere
		state-moved mv \$XDG_STATE_HOME/egress-filter \$XDG_STATE_HOME/elsewhere
		linked ln \$db \$HOME/second
		index-cut true >\$db-shm
	END
}

# --db names a file that other sessions may write, too: what is gone is missed
# at the end at the latest.
named_record() {
	fresh $user
	new_db $user
	run_as $user "$work/egress-filter" -c "$policy" --db "$db" sh -c "
		$try connect $EVIL 80; python3 $work/tamper.py $db; $try connect $WEB 80" \
		>"$work/log/out" 2>"$work/log/err"
	is "$user: a row deleted in --db: the session fails" $? 125
	like "... it is said" "$(cat "$work/log/err")" 'altered'
}

# What root needs no mount for.
by_handle() {
	fresh root
	if ! run_as root "$work/own" handle "$work/home" "$policy"; then
		skip "no file handles here"
		return
	fi
	fresh root
	session root "$work/own handle $work/home $policy || echo refused"
	is "root: the policy by a file handle" "$out" refused
	session root "db=$db_of; $work/own handle $work/home \$db || echo refused"
	is "root: the record by a file handle" "$out" refused
}

for user in $users; do
	policies
	trust
	records
	named_record
done
by_handle
is "the forbidden server was never reached" "$(grep -c "^$EVIL" "$served")" 0
finish
