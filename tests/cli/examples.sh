#!/bin/sh
# SPDX-License-Identifier: MIT
# The examples of the manuals do what they say. HACKING.md tells how one is
# marked; what it needs is made by examples/PAGE.sh.
. "$srcdir/tests/tap.sh"
if [ -z "$IN_NAMESPACE" ]; then
	for flags in -nm -Urnm; do
		unshare $flags true 2>/dev/null && IN_NAMESPACE=1 exec unshare $flags sh "$0"
	done
	echo "1..0 # SKIP no network namespace to be had"
	exit 0
fi
PATH=$builddir:$PATH:/usr/sbin:/sbin
unset EGRESS_FILTER_CONFIG EGRESS_FILTER_DB EGRESS_FILTER_COLOR FORCE_COLOR CLICOLOR_FORCE
NO_COLOR=1 LC_ALL=C.UTF-8 TZ=UTC
export PATH NO_COLOR LC_ALL TZ
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
egress-filter doctor >/dev/null || { echo "1..0 # SKIP nothing can be enforced here"; exit 0; }
ip link set lo up
ip route add default dev lo 2>/dev/null
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$tmp/resolv.conf"
mount --bind "$tmp/resolv.conf" /etc/resolv.conf || { echo "1..0 # SKIP no mounts"; exit 0; }

# The marked blocks of a page, one file each, without the escapes of roff.
blocks() {
	awk -v to="$2" '
		/^\.\\" run$/ { marked = 1; next }
		/^\.Bd / && marked { n++; inside = 1; marked = 0; next }
		/^\.Ed/ { inside = 0; next }
		inside {
			gsub(/\\&/, ""); gsub(/\\-/, "-"); gsub(/\\e/, "\\")
			print > (to "/" n ".txt")
		}' "$1"
}

# matches EXPECTED GOT: line by line; "..." in a line is any text, a line of
# it alone is any number of lines.
matches() {
	awk '
		function fits(want, got,   part, rest, at) {
			at = index(want, "...")
			if (!at)
				return want == got
			part = substr(want, 1, at - 1)
			if (substr(got, 1, at - 1) != part)
				return 0
			rest = substr(want, at + 3)
			for (at = length(part) + 1; at <= length(got) + 1; at++)
				if (fits(rest, substr(got, at)))
					return 1
			return 0
		}
		function all(i, k) {
			if (i > n)
				return k > m
			if (want[i] == "...") {
				for (; k <= m + 1; k++)
					if (all(i + 1, k))
						return 1
				return 0
			}
			return k <= m && fits(want[i], got[k]) && all(i + 1, k + 1)
		}
		FILENAME == ARGV[1] { want[++n] = $0; next }
		{ got[++m] = $0 }
		END { exit !all(1, 1) }' "$1" "$2"
}

# Run the commands of a block one after the other, in this shell, so that $?
# is that of the one before.
run_block() {
	command= status=0
	: >"$tmp/want"
	while IFS= read -r line || { line='$ ' && [ -n "$command" ]; }; do
		case $line in
		'$ '*)
			[ -z "$command" ] || run_command
			command=${line#'$ '}
			: >"$tmp/want"
			;;
		*) printf '%s\n' "$line" >>"$tmp/want" ;;
		esac
		[ "$line" != '$ ' ] || break
	done <"$1"
}

run_command() {
	(exit $status)
	eval "$command" >"$tmp/got" 2>"$tmp/err" </dev/null
	status=$?
	ok "$page: $command" matches "$tmp/want" "$tmp/got"
	matches "$tmp/want" "$tmp/got" ||
		{ sed 's/^/# want: /' "$tmp/want"; sed 's/^/# got: /' "$tmp/got"; sed 's/^/# err: /' "$tmp/err"; }
}

for file in "$srcdir"/share/man/*.[1-9]; do
	page=${file##*/}
	mkdir "$tmp/$page" "$tmp/$page/blocks" "$tmp/$page/here"
	blocks "$file" "$tmp/$page/blocks"
	[ -e "$tmp/$page/blocks/1.txt" ] || continue
	XDG_STATE_HOME=$tmp/$page/state
	export XDG_STATE_HOME
	cd "$tmp/$page/here" || exit 1
	world=$srcdir/tests/cli/examples/${page%.*}.sh
	[ ! -e "$world" ] || . "$world" >"$tmp/world" 2>&1
	n=1
	while [ -e "$tmp/$page/blocks/$n.txt" ]; do
		run_block "$tmp/$page/blocks/$n.txt"
		n=$((n + 1))
	done
done
finish
