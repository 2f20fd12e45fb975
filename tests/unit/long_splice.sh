#!/bin/sh
# SPDX-License-Identifier: MIT
# A hundred thousand generated policies, edited; make check tries 3000.
: "${builddir:?}"
exec "$builddir"/tests/unit/splice_any.t 100000
