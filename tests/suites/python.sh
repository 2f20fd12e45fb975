#!/bin/sh
# SPDX-License-Identifier: MIT
# CPython's own tests (Debian's libpython3.11-testsuite), in a namespace with
# nothing but lo: bare, under --allow-all, and under a policy that allows
# loopback. A test that fails under the filter and not bare is ours. One TAP
# line for each module and way. MODULES chooses; the default is a selection of
# some minutes, "all" what the long run takes.
: "${srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}" "${builddir:=$PWD}"
python=/usr/bin/python3.11
short='test_socket test_httplib test_smtplib test_uuid'
long="$short test_selectors test_socketserver test_ftplib test_asyncio
	test_ssl test_timeout test_os test_subprocess test_signal
	test_multiprocessing_forkserver"
case ${MODULES:-short} in
short) modules=$short ;;
all) modules=$long ;;
*) modules=$MODULES ;;
esac

if [ "${SUITES-}" = none ]; then
	echo "1..0 # SKIP suites of others were not asked for (SUITES=none)"
	exit 0
fi
if [ -z "${EF_IN_NAMESPACE-}" ]; then
	if ! $python -c 'import test.test_socket' 2> /dev/null; then
		echo "1..0 # SKIP libpython3.11-testsuite is not installed"
		exit 0
	fi
	if ! unshare -n true 2> /dev/null; then
		echo "1..0 # SKIP no network namespace can be made here"
		exit 0
	fi
	EF_IN_NAMESPACE=1 exec unshare -n sh "$0"
fi

ip link set lo up || exit 99
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"
cp "$srcdir/tests/suites/loopback.yaml" "$work/policy.yaml"
ef=$builddir/egress-filter

# Names of the tests that failed, from a JUnit file; "(crashed)" without one.
failing() {
	$python - "$1" << 'PY'
import sys, xml.etree.ElementTree as tree
try:
    root = tree.parse(sys.argv[1]).getroot()
except Exception:
    print("(crashed)")
    sys.exit()
for case in root.iter("testcase"):
    if case.find("failure") is not None or case.find("error") is not None:
        print(case.get("name"))
PY
}

# run WAY MODULE COMMAND...: WAY's failing names into $work/MODULE.WAY
run() {
	way=$1 module=$2
	shift 2
	# test_socket's VSOCK tests hang here even bare.
	(cd "$work" && "$@" $python -m test -i '*VSOCK*' \
		--junit-xml "$work/$module.$way.xml" "$module") \
		> "$work/$module.$way.log" 2>&1 < /dev/null
	failing "$work/$module.$way.xml" | sort -u > "$work/$module.$way"
}

# Tests of what the filter refuses by its rules, each with the rule. They may
# fail; everything else may not.
forbidden() {
	cat << 'LIST'
UDPLITE	socket(): UDP-Lite is not on the list of protocols
LIST
}
forbidden | cut -f1 > "$work/forbidden"

n=0
for module in $modules; do
	run bare "$module" env
	run allow-all "$module" "$ef" --allow-all -q --
	run policy "$module" "$ef" -c "$work/policy.yaml" -q --
	for way in allow-all policy; do
		n=$((n + 1))
		comm -13 "$work/$module.bare" "$work/$module.$way" \
			> "$work/new"
		listed=$(grep -c -f "$work/forbidden" "$work/new")
		[ "$listed" = 0 ] || echo "# $listed fail by a rule of ours"
		new=$(grep -v -f "$work/forbidden" "$work/new")
		if [ -z "$new" ]; then
			echo "ok $n - $module under $way"
			continue
		fi
		echo "$new" | sed 's/^/# new: /'
		grep -E '^(FAIL|ERROR|[A-Za-z]*Error)' "$work/$module.$way.log" |
			head -10 | sed 's/^/# /'
		echo "not ok $n - $module under $way"
		[ -z "${KEEP-}" ] || cp "$work/$module.$way.log" "$KEEP"
	done
done
echo "1..$n"
