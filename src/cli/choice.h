/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_CHOICE_H
#define EF_CLI_CHOICE_H

#include <stdbool.h>

#include "lib/egressfilter.h"

#define CHOICE_DEFAULT_FILE "egress-allowlist.yaml"

/*
 * The policy a run is under: that of file (-c, may be NULL); without it that
 * of EGRESS_FILTER_CONFIG; without it ./egress-allowlist.yaml, if a person has
 * accepted its content; else one that denies everything, which is said in one
 * line unless is_quiet. Returns 0 and a policy the caller frees, or -errno
 * after saying what is wrong. Blocks on the disk, or on standard input for "-".
 */
int choice_policy(const char *file, bool is_quiet, struct ef_policy **ret);

/*
 * The policy to look at, under which nothing is run: that of file, of
 * EGRESS_FILTER_CONFIG, or ./egress-allowlist.yaml, accepted or not. As
 * choice_policy().
 */
int choice_to_look_at(const char *file, struct ef_policy **ret);

#endif
