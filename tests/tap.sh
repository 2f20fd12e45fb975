# SPDX-License-Identifier: MIT
# TAP for shell tests: source it, call ok, is, like; end with finish.
tap_n=0 tap_failed=0

ok() { # ok NAME COMMAND...: the command succeeds
	tap_name=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@"; then
		echo "ok $tap_n - $tap_name"
	else
		tap_failed=1
		echo "not ok $tap_n - $tap_name"
	fi
}

is() { # is NAME GOT WANT: the same text
	ok "$1" [ "$2" = "$3" ]
	[ "$2" = "$3" ] || { printf 'got:\n%s\nwant:\n%s\n' "$2" "$3" | sed 's/^/# /'; }
}

like() { # like NAME GOT PATTERN: an extended regular expression matches a line
	ok "$1" tap_grep "$2" "$3"
	tap_grep "$2" "$3" || { printf 'got:\n%s\nno match for: %s\n' "$2" "$3" | sed 's/^/# /'; }
}

tap_grep() { printf '%s\n' "$1" | grep -Eq -e "$2"; }

skip() { # skip WHY: one test that cannot be run here
	tap_n=$((tap_n + 1))
	echo "ok $tap_n # SKIP $1"
}

finish() {
	echo "1..$tap_n"
	exit $tap_failed
}
