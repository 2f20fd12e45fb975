/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_SESSION_MOVE_H
#define EF_CLI_SESSION_MOVE_H

#include <stdbool.h>

#include "cli/records.h"
#include "cli/session_pick.h"

/*
 * Sessions that leave and come. Each returns the exit code of "sessions" after
 * saying what was done or what is wrong. They block on the disk, import also on
 * pipes.
 */

/* Read databases, NDJSON and folders of both into the record. */
int session_import(const struct records *records, char **files, int n,
		   bool keep_going);

/* Write the sessions that words and the filter name to standard output. */
int session_export(struct reader *r, const struct session_filter *f,
		   char **words, int n_words, bool is_redacted);

#endif
