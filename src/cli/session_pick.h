/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_SESSION_PICK_H
#define EF_CLI_SESSION_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "audit/reader.h"

/* Which sessions a word of the command line means. */
#define PICK_TAGS_MAX 16

struct session_filter {
	const char *name;		 /* NULL: any */
	const char *tags[PICK_TAGS_MAX]; /* KEY=VALUE or KEY; all of them */
	size_t n_tags;
};

/* Take one --tag; 0, or the exit code after saying that there are too many. */
int pick_tag(struct session_filter *f, const char *tag);

/* True when a filter lets every session through. */
bool pick_is_empty(const struct session_filter *f);

/* True when it lets this one through. */
bool pick_has(const struct session_filter *f, const struct session_info *s);

/*
 * The sessions that words name ("all", prefixes of ids, names), each once, in
 * the order of the words; without words all that the filter selects. 0 with a
 * list to be freed, or the exit code after saying what is wrong.
 */
int pick_sessions(const struct reader *r, const struct session_filter *f,
		  char **words, int n_words, size_t **ret, size_t *ret_n);

#endif
