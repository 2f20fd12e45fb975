#!/bin/sh
# SPDX-License-Identifier: MIT
# All of CPython's modules that have to do with sockets, processes and signals.
MODULES=all exec sh "$(dirname "$0")/python.sh"
