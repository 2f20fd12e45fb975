#!/bin/sh
# SPDX-License-Identifier: MIT
# A few rounds of long_kill.sh.
LIVE_ROUNDS=10
export LIVE_ROUNDS
. "$srcdir/tests/live/long_kill.sh"
