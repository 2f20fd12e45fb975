/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_GLOB_H
#define EF_POLICY_GLOB_H

#include <stdbool.h>

/*
 * Patterns for names of unix listeners. '?' is any byte but '/', '*' any
 * number of them, "**" any number of any bytes. A backslash before '*', '?'
 * or another backslash takes their meaning away; before anything else it is
 * itself, so that "\x01", as names are shown, needs no doubling. Pure.
 */

/* True when the whole of text matches; the cost is at most quadratic. */
bool glob_matches(const char *pattern, const char *text);

/* True when the pattern has a wildcard and so may match several names. */
bool glob_is_pattern(const char *pattern);

#endif
