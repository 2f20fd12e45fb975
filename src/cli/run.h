/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_RUN_H
#define EF_CLI_RUN_H

#include "cli/wish.h"

#define RUN_ID_MAX 37 /* a session's id and a NUL */

/*
 * Run what is asked for, in one session: for a process that does nothing else
 * afterwards, since it limits itself for good. Stores the id of the session
 * in ret_id (RUN_ID_MAX), "" when the command was not started. Returns the
 * exit code. Blocks until the command has ended.
 */
int run_wish(const struct wish *w, char *ret_id);

#endif
