/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_PRUNE_H
#define EF_CLI_PRUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/reader.h"

/* What may go: a criterion that is not given is -1. */
struct prune_limits {
	int64_t older_ms;  /* ended longer ago than this */
	int64_t keep;	   /* all but so many of the newest */
	int64_t max_bytes; /* the oldest, while all take more */
	bool is_dry_run;
};

/* Read "500M", "2G", "100k" or bytes; -1 when it is none. */
int64_t prune_size(const char *text);

/*
 * Remove the files of sessions, or only say which would go. Never one that is
 * running, in use, or in a file with others. Prints a line for each. Returns
 * the exit code.
 */
int prune(struct reader *r, const struct prune_limits *limits);

/* Why a session may not be removed, as the end of a sentence; NULL: it may. */
const char *prune_obstacle(const struct reader *r, size_t i);

/*
 * Remove the file of one session, or only say that it would go, under the same
 * rules; prints a line. True when it is gone (or would be); *ret_bad becomes
 * true when it could not be removed.
 */
bool prune_session(struct reader *r, size_t i, bool is_dry_run, bool *ret_bad);

#endif
