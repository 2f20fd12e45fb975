/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_ALIKE_ASKED_H
#define EF_AUDIT_ALIKE_ASKED_H

#include <sqlite3.h>

#include "audit/row.h"

/*
 * Who asked for which name lately: the questions of a session, read along
 * with its attempts, so that an address of several names is told apart. Only
 * alike.c includes this.
 */
#define ALIKE_NAMES_MAX 16 /* CANDIDATES_MAX of the judge */

struct alike_asked;

/* Questions of a session (its row). NULL: out of memory, or it cannot be
 * read, *ret_rc says which. db must outlive it. */
struct alike_asked *alike_asked_new(sqlite3 *db, int64_t session, int *ret_rc);

/* Free it; NULL is fine. */
void alike_asked_free(struct alike_asked *a);

/* An attempt that may have meant several names. */
struct alike_who {
	int64_t seq, at_ms, pid;
};

/*
 * Of n names (their rows) keep those that the attempt may have meant, at the
 * front of the list. Attempts come in the order of their numbers. Returns how
 * many, at least 1, or a negative code of SQLite.
 */
int alike_asked_sift(struct alike_asked *a, const struct alike_who *who,
		     int64_t *names, int n);

#endif
