/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_SESSION_JSON_H
#define EF_CLI_SESSION_JSON_H

#include "audit/reader.h"

/* Sessions as JSON, on stdout. */
#define SESSION_DENIED_MAX 10 /* denied destinations that are shown */

/* All that show tells of a session. */
struct session_detail {
	const struct session_info *s;
	enum reader_proof proof;
	struct destination denied[SESSION_DENIED_MAX];
	int n_denied;
	size_t all_denied;
	char policy[4096], sha256[65];
	bool is_redacted; /* arguments are shown without secrets */
};

/* Some of a reader's sessions, in order. */
struct session_list {
	const struct reader *reader;
	const size_t *sessions;
	size_t n;
	bool is_redacted;
};

/* The word of a session's state; never NULL. */
const char *session_state_word(const struct session_info *s);

/* The words of how a record compares with its digest; never NULL. */
const char *session_proof_word(enum reader_proof proof);

/* The sessions of a list, as one object or (is_one false) as one object a
 * line. */
void session_list_json(const struct session_list *l, bool is_one);

/* One session with all that is known of it. */
void session_show_json(const struct session_detail *d);

#endif
