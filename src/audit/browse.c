/* SPDX-License-Identifier: MIT */
/* Steps through a session that cost the same whatever its size. */
#include "audit/browse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/filter_impl.h"
#include "audit/reader_impl.h"
#include "audit/schema.h"
#include "base/cleanup.h"

#define CONDITION_BYTES 65536
#define N_WORDS		5  /* in attempts_sql */
#define WORD_BYTES	18 /* of each that count */

/* The nearest number of one table: a look into its key, whatever it holds. */
#define NEAREST(table, order)                                                  \
	"SELECT * FROM (SELECT seq FROM " table                                \
	" WHERE session = ?1 AND seq > ?2 AND seq <= ?3"                       \
	" ORDER BY seq " order " LIMIT 1)"
#define NEAREST_OF_ALL(pick, order)                                            \
	"SELECT " pick                                                         \
	"(seq) FROM (" NEAREST("attempts", order) " UNION ALL " NEAREST(       \
		"events", order) " UNION ALL " NEAREST("decisions", order) ")"

#define WHERE_SQL                                                              \
	"SELECT seq FROM attempts WHERE session = ?1 AND seq > ?2 AND "        \
	"seq <= ?3 AND (%s) ORDER BY seq %s LIMIT 1"

static const char process_sql[] =
	"SELECT parent, pid, ppid, comm, exe, argv FROM processes "
	"WHERE id = ?1 AND session = ?2";

static const char attempts_sql[] =
	"SELECT seq, at_ms, count, process, name, address, placeholder, port, "
	"rule, detail, syscall, revision, stage, proto, verdict, action, "
	"reason, held_ms FROM attempts WHERE session = ?1 AND seq > ?2 AND "
	"seq <= ?3 ORDER BY seq LIMIT ?4";

/* The columns of attempts_sql. */
enum {
	COL_SEQ,
	COL_AT,
	COL_COUNT,
	COL_PROCESS,
	COL_SAME,
	COL_WORDS = COL_SAME + BROWSE_SAME,
	COL_HELD = COL_WORDS + N_WORDS
};

_Static_assert(N_WORDS *(WORD_BYTES + 1) < BROWSE_WORDS, "all words fit");

/* The query for a filter; the caller frees it. */
static char *seek_text(const struct filter *f, const struct session_info *s,
		       bool backwards)
{
	size_t size = sizeof(WHERE_SQL) + CONDITION_BYTES;
	auto_free char *condition = malloc(CONDITION_BYTES);
	char *sql;

	if (!f || filter_is_empty(f))
		return strdup(backwards ? NEAREST_OF_ALL("max", "DESC")
					: NEAREST_OF_ALL("min", "ASC"));
	sql = malloc(size);
	if (!sql || !condition) {
		free(sql);
		return NULL;
	}
	filter_sql(f, s->uuid, s->mode, condition, CONDITION_BYTES);
	snprintf(sql, size, WHERE_SQL, condition, backwards ? "DESC" : "ASC");
	return sql;
}

/* One number of three bound ones, or 0. A result code of SQLite. */
static int ask_number(sqlite3 *db, const char *sql, const int64_t *bound,
		      int64_t *ret)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);

	*ret = 0;
	for (int i = 0; rc == SQLITE_OK && i < 3; i++)
		rc = sqlite3_bind_int64(q, i + 1, bound[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		*ret = sqlite3_column_int64(q, 0);
		rc = SQLITE_DONE;
	}
	sqlite3_finalize(q);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int browse_seek(struct reader *r, size_t session, const struct filter *f,
		int64_t from, bool backwards, int64_t *ret_seq,
		struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	auto_free char *sql = seek_text(f, s, backwards);
	int64_t bound[] = { s->row, from, s->last_seq }, found;
	sqlite3 *db;
	int n;

	if (!sql)
		return err_set(err, ENOMEM, "out of memory");
	if (backwards) {
		bound[2] = from < s->last_seq ? from : s->last_seq;
		bound[1] = bound[2] > BROWSE_SEEK_NUMBERS
				   ? bound[2] - BROWSE_SEEK_NUMBERS
				   : 0;
	} else if (s->last_seq - from > BROWSE_SEEK_NUMBERS) {
		bound[2] = from + BROWSE_SEEK_NUMBERS;
	}
	*ret_seq = backwards ? bound[1] : bound[2];
	if (bound[1] >= bound[2])
		return 0;
	n = reader_use(r, session, &db, err);
	if (n < 0)
		return n;
	if (f && !filter_is_empty(f) && filter_sql_connect(f, db))
		return err_set(err, ENOMEM, "out of memory");
	n = ask_number(db, sql, bound, &found);
	if (n != SQLITE_OK)
		return schema_told(db, n, s->path, err);
	if (found)
		*ret_seq = found;
	return found > 0;
}

/* Raw bytes of a column as a text for row_program() and the like. */
static const char *text_at(sqlite3_stmt *q, int col)
{
	const char *t = (const char *)sqlite3_column_text(q, col);

	return t ? t : "";
}

int browse_process(struct reader *r, size_t session, int64_t row,
		   struct browse_process *ret, struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	sqlite3_stmt *q = NULL;
	sqlite3 *db;
	int rc = reader_use(r, session, &db, err);

	memset(ret, 0, sizeof(*ret));
	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db, process_sql, -1, &q, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, row);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 2, s->row);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		struct row look = { .comm = text_at(q, 3), .exe = text_at(q, 4) };
		const char *argv = sqlite3_column_blob(q, 5);

		ret->row = row;
		ret->parent = sqlite3_column_int64(q, 0);
		ret->pid = sqlite3_column_int64(q, 1);
		ret->ppid = sqlite3_column_int64(q, 2);
		row_program(&look, ret->program, sizeof(ret->program));
		escape_argv(argv ? argv : "", (size_t)sqlite3_column_bytes(q, 5),
			    ret->command, sizeof(ret->command));
	}
	sqlite3_finalize(q);
	if (rc == SQLITE_ROW)
		return 0;
	return rc == SQLITE_DONE ? -ENOENT : schema_told(db, rc, s->path, err);
}

int browse_ancestry(struct reader *r, size_t session, int64_t seq,
		    struct browse_process *list, int max, struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	const int64_t bound[] = { s->row, seq, seq };
	sqlite3 *db;
	int64_t row;
	int rc = reader_use(r, session, &db, err), n = 0;

	if (rc < 0)
		return rc;
	rc = ask_number(db,
			"SELECT process FROM attempts WHERE session = ?1 AND "
			"seq = ?2 AND seq = ?3",
			bound, &row);
	if (rc != SQLITE_OK)
		return schema_told(db, rc, s->path, err);
	for (rc = 0; rc == 0 && row && n < max; row = list[n++].parent)
		rc = browse_process(r, session, row, &list[n], err);
	if (rc == -ENOENT)
		return n - 1;
	return rc < 0 ? rc : n;
}

/* Append a word and a bar, cut: what the record holds is shorter. */
static char *put_word(char *at, const char *word)
{
	for (int i = 0; i < WORD_BYTES && word[i]; i++)
		*at++ = word[i];
	*at++ = '/';
	return at;
}

static void take(sqlite3_stmt *q, struct browse_attempt *a)
{
	char *at = a->words;

	a->seq = sqlite3_column_int64(q, COL_SEQ);
	a->at_ms = sqlite3_column_int64(q, COL_AT);
	a->count = sqlite3_column_int64(q, COL_COUNT);
	a->process = sqlite3_column_int64(q, COL_PROCESS);
	for (int i = 0; i < BROWSE_SAME; i++)
		a->same[i] = sqlite3_column_int64(q, COL_SAME + i);
	for (int i = 0; i < N_WORDS; i++)
		at = put_word(at, text_at(q, COL_WORDS + i));
	*at = '\0';
	a->is_held = sqlite3_column_int64(q, COL_HELD) > 0;
}

int browse_attempts(struct reader *r, size_t session, int64_t after,
		    int64_t up_to, int max, browse_attempt_fn *fn, void *arg,
		    struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	const int64_t bound[] = { s->row, after, up_to, max };
	struct browse_attempt a;
	sqlite3_stmt *q = NULL;
	sqlite3 *db;
	int rc = reader_use(r, session, &db, err), n = 0, told = 0;

	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db, attempts_sql, -1, &q, NULL);
	for (int i = 0; rc == SQLITE_OK && i < 4; i++)
		rc = sqlite3_bind_int64(q, i + 1, bound[i]);
	while (rc == SQLITE_OK && n >= 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		take(q, &a);
		n = fn(arg, &a);
		told++;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(q);
	if (n < 0)
		return err_set(err, -n, "%s: %s", s->path, strerror(-n));
	return rc == SQLITE_DONE ? told : schema_told(db, rc, s->path, err);
}
