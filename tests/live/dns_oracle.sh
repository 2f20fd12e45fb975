#!/bin/sh
# SPDX-License-Identifier: MIT
# Made-up messages, whole and damaged, read by us and by dnspython: what we
# take it must take too, and mean the same.
. "$srcdir/tests/tap.sh"
/usr/bin/python3 -c 'import dns.message' 2> /dev/null || { echo "1..0 # SKIP dnspython is not installed"; exit 0; }
out=$(/usr/bin/python3 "$srcdir/tests/live/dns_oracle.py" "$builddir/tests/live/dnsread")
echo "$out" | sed 's/^/# /'
ok "as dnspython" [ "$(echo "$out" | tail -n 1)" = "same" ]
finish
