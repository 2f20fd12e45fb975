#!/bin/sh
# SPDX-License-Identifier: MIT
# A client is built against nothing but what "make install" puts in place: as
# C99 and as C++, through pkg-config; then it runs.
. "$srcdir/tests/tap.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL

quietly() { "$@" >"$tmp/log" 2>&1 || { sed 's/^/# /' "$tmp/log"; return 1; }; }

ok "make install" quietly make -C "$builddir" -s install DESTDIR="$tmp/root"

pc=$(find "$tmp/root" -name libegressfilter.pc)
ok "pkg-config file is installed" [ -n "$pc" ]
flags() {
	PKG_CONFIG_LIBDIR=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$tmp/root \
		PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 \
		pkg-config --cflags --libs libegressfilter
}
is "its version is the program's" "$(PKG_CONFIG_LIBDIR=${pc%/*} pkg-config --modversion libegressfilter)" \
	"$("$builddir/egress-filter" version | cut -d' ' -f2)"

so=$(find "$tmp/root" -name libegressfilter.so)
cd "$tmp" || exit 1
build() { # build NAME LANGUAGE-OPTION...
	name=$1
	shift
	# shellcheck disable=SC2046,SC2086
	quietly $CC $EF_SANITIZE "$@" -Wall -Wextra -pedantic -Werror -o "$name" "$srcdir/tests/api/client.c" \
		-x none $(flags)
}
run() { # run NAME: its results as ours
	LD_LIBRARY_PATH=${so%/*} XDG_STATE_HOME=$tmp/state "./$1" "$tmp/$1.db" </dev/null >"$tmp/$1.out" 2>&1
	rc=$?
	sed "s/^\(not \)*ok/#  &/; s/^1\.\./# &/" "$tmp/$1.out"
	return $rc
}

ok "builds as C99" build c99 -std=c99
ok "runs" run c99
echo 'int main() { return 0; }' >empty.cc
if $CC -x c++ -o empty empty.cc >/dev/null 2>&1; then
	ok "builds as C++" build cxx -x c++ -std=c++11 -lstdc++
	ok "runs" run cxx
else
	skip "$CC cannot compile C++ here"
	skip "$CC cannot compile C++ here"
fi

# The manual: its example builds, and it has every function.
sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$srcdir/share/man/egressfilter.3" | sed '/^\.[BE]d/d; s/\\e/\\/g' >example.c
# shellcheck disable=SC2046,SC2086
ok "the manual's example builds" quietly $CC $EF_SANITIZE -Wall -Wextra -Werror -o example example.c $(flags)
is "the manual has every function" \
	"$(sed -n 's/^\.Fn \(ef_[a-z_]*\) [v"].*/\1/p' "$srcdir/share/man/egressfilter.3" | sort -u)" \
	"$(sed -e 's#/\*.*\*/##' -e '/\/\*/,/\*\//d' "$(find "$tmp/root" -name egressfilter.h)" | grep -v '^typedef' | grep -oE '\bef_[a-z0-9_]+\(' | tr -d '(' | sort -u)"
finish
