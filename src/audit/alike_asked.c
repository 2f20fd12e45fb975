/* SPDX-License-Identifier: MIT */
/*
 * The last questions in a ring. It is filled up to the number of the attempt
 * at hand and searched backward: what was asked last is what was meant.
 */
#include "audit/alike_asked.h"

#include <stdlib.h>

#define RING	    256
#define RECENTLY_MS 2000

struct asked {
	int64_t seq, at_ms, pid, name;
};

struct alike_asked {
	sqlite3_stmt *q;
	bool has_next;
	struct asked next; /* read, but later than the attempt so far */
	struct asked ring[RING];
	uint64_t n; /* ever put into the ring */
};

static const char questions_sql[] =
	"SELECT seq, at_ms, pid, name FROM questions WHERE session = ? "
	"AND name IS NOT NULL ORDER BY seq";

static int step(struct alike_asked *a)
{
	int rc = sqlite3_step(a->q);

	a->has_next = rc == SQLITE_ROW;
	if (a->has_next)
		a->next = (struct asked){
			.seq = sqlite3_column_int64(a->q, 0),
			.at_ms = sqlite3_column_int64(a->q, 1),
			.pid = sqlite3_column_int64(a->q, 2),
			.name = sqlite3_column_int64(a->q, 3),
		};
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

struct alike_asked *alike_asked_new(sqlite3 *db, int64_t session, int *ret_rc)
{
	struct alike_asked *a = calloc(1, sizeof(*a));
	int rc = a ? SQLITE_OK : SQLITE_NOMEM;

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, questions_sql, -1, &a->q, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(a->q, 1, session);
	if (rc == SQLITE_OK)
		rc = step(a);
	*ret_rc = rc;
	if (rc == SQLITE_OK)
		return a;
	alike_asked_free(a);
	return NULL;
}

void alike_asked_free(struct alike_asked *a)
{
	if (!a)
		return;
	sqlite3_finalize(a->q);
	free(a);
}

static int catch_up(struct alike_asked *a, int64_t seq)
{
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && a->has_next && a->next.seq < seq) {
		a->ring[a->n++ % RING] = a->next;
		rc = step(a);
	}
	return rc;
}

static int find(const int64_t *names, int n, int64_t name)
{
	for (int i = 0; i < n; i++)
		if (names[i] == name)
			return i;
	return -1;
}

/* Those that this process asked for since then, to the front; their number.
 * Which of its threads did says nothing: many a program asks for several names
 * and then connects to them from whatever thread is free. */
static int by_process(const struct alike_asked *a, const struct alike_who *who,
		      int64_t since_ms, int64_t *names, int n)
{
	uint64_t kept = a->n < RING ? a->n : RING;
	int found = 0;

	for (uint64_t i = 1; i <= kept; i++) {
		const struct asked *q = &a->ring[(a->n - i) % RING];
		int at = find(names, n, q->name);

		if (q->at_ms < since_ms)
			break;
		if (q->pid != who->pid || at < found)
			continue;
		names[at] = names[found];
		names[found++] = q->name;
	}
	return found;
}

int alike_asked_sift(struct alike_asked *a, const struct alike_who *who,
		     int64_t *names, int n)
{
	int rc = catch_up(a, who->seq), found;

	if (rc != SQLITE_OK)
		return -rc;
	found = by_process(a, who, who->at_ms - RECENTLY_MS, names, n);
	if (!found)
		found = by_process(a, who, INT64_MIN, names, n);
	return found ? found : n;
}
