#!/bin/sh
# SPDX-License-Identifier: MIT
# dns.sh with 20,000 tries of each race.
DNS_TRIES=20000 LIVE_LIMIT=500
export DNS_TRIES LIVE_LIMIT
. "$srcdir/tests/escape/dns.sh"
