/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_REPLAY_PRINT_H
#define EF_CLI_REPLAY_PRINT_H

#include "learn/replay.h"

/* What a replay found, as it is shown. policy is the path of the policy. */

/* A line for each destination that changes, on stdout. */
void replay_print_table(struct replay *r);

/* Everything as one JSON object, on stdout. */
void replay_print_json(struct replay *r, const char *policy);

/* The totals in a sentence, and how to learn more, on stderr. */
void replay_print_totals(struct replay *r, const char *policy);

#endif
