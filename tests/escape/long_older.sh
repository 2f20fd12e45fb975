#!/bin/sh
# SPDX-License-Identifier: MIT
# older.sh with everything that may be missing, for root and an ordinary user.
OLDER_ALL=1 OLDER_TRIES=500
export OLDER_ALL OLDER_TRIES
. "$srcdir/tests/escape/older.sh"
