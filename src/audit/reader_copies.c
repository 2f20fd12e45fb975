/* SPDX-License-Identifier: MIT */
/* Sessions that are in several files of a reader. */
#include <errno.h>
#include <string.h>

#include "audit/archive.h"
#include "audit/reader_impl.h"

static int sum_of(struct reader *r, size_t i, char ret[DIGEST_HEX],
		  struct ef_err *err)
{
	sqlite3 *db;
	int n = reader_use(r, i, &db, err);

	if (n < 0)
		return n;
	n = archive_sum(db, r->sessions[i].row, ret);
	return n < 0 ? err_set(err, -n, "%s: %s", r->sessions[i].path,
			       sqlite3_errmsg(db))
		     : 0;
}

/* Take a session out of the list. */
static void drop(struct reader *r, size_t i)
{
	reader_session_done(&r->sessions[i]);
	memmove(&r->sessions[i], &r->sessions[i + 1],
		(--r->n_sessions - i) * sizeof(*r->sessions));
}

int reader_drop_copies(struct reader *r, struct ef_err *err)
{
	char one[DIGEST_HEX], two[DIGEST_HEX];
	int n;

	for (size_t i = 0; i < r->n_sessions; i++)
		for (size_t k = i + 1; k < r->n_sessions;) {
			if (strcmp(r->sessions[i].uuid, r->sessions[k].uuid)) {
				k++;
				continue;
			}
			n = sum_of(r, i, one, err);
			if (!n)
				n = sum_of(r, k, two, err);
			if (n)
				return n;
			if (strcmp(one, two) != 0)
				return err_set(err, EEXIST,
					       "session %s is in %s and in %s, "
					       "and they differ: leave one of "
					       "them out",
					       r->sessions[i].uuid,
					       r->sessions[i].path,
					       r->sessions[k].path);
			drop(r, k);
		}
	return 0;
}
