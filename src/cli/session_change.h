/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_SESSION_CHANGE_H
#define EF_CLI_SESSION_CHANGE_H

#include <stdbool.h>

#include "audit/reader.h"

/*
 * What a person does to recorded sessions. Each returns the exit code of
 * "sessions" after saying what was done or what is wrong.
 */

/* Remove the sessions that words name, after a question on a terminal unless
 * is_sure. */
int session_remove(struct reader *r, char **words, int n, bool is_sure);

/* Give a session a name; NULL or "" takes it away. */
int session_name(struct reader *r, const char *word, const char *name);

/* Set tags (KEY=VALUE) of a session, or (is_set false) take keys away. */
int session_tag(struct reader *r, const char *word, char **tags, int n,
		bool is_set);

#endif
