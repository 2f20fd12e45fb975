// SPDX-License-Identifier: MIT
// The end of a session: its last row, its digest, and the connection.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/schema.h"
#include "audit/store_impl.h"
#include "audit/verify.h"
#include "base/clock.h"

static const char end_sql[] =
	"UPDATE sessions SET ended_ms = ?, exit_code = ?, signal = ?, "
	"last_seq = ?, digest = ?, altered = ?, "
	"allowed = (SELECT ifnull(sum(count), 0) FROM attempts WHERE "
	"session = ?7 AND verdict = 'allow'), "
	"denied = (SELECT ifnull(sum(count), 0) FROM attempts WHERE "
	"session = ?7 AND action = 'denied'), "
	"would = (SELECT ifnull(sum(count), 0) FROM attempts WHERE "
	"session = ?7 AND verdict = 'deny' AND action = 'allowed'), "
	"held = (SELECT ifnull(sum(count), 0) FROM attempts WHERE "
	"session = ?7 AND held_ms > 0), "
	"questions = (SELECT count(*) FROM questions WHERE session = ?7) "
	"WHERE id = ?7";

static int write_end(struct store *st, int exit_code, int signal,
		     const char *digest)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(st->db, end_sql, -1, &s, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(s, 1, clock_wall_ms());
		sqlite3_bind_int(s, 2, exit_code);
		sqlite3_bind_int(s, 3, signal);
		sqlite3_bind_int64(s, 4, st->seq);
		sqlite3_bind_text(s, 5, digest, -1, SQLITE_STATIC);
		sqlite3_bind_int(s, 6, store_is_altered(st));
		sqlite3_bind_int64(s, 7, st->session);
		st->busy_since_ns = 0;
		sqlite3_step(s);
	}
	rc = sqlite3_finalize(s);
	return schema_errno(rc);
}

static int altered(const struct store *st, struct ef_err *err)
{
	return err_set(err, ESTALE, "record altered: another process changed %s",
		       st->path[FILE_DB]);
}

static int end_locked(struct store *st, int exit_code, int signal,
		      struct ef_err *err)
{
	char ours[DIGEST_HEX], theirs[DIGEST_HEX];
	int r;

	if (!store_index_is_whole(st)) {
		store_mark_altered(st);
		return altered(st, err);
	}
	store_anchor_drop(st);
	digest_text(st->digest, ours);
	r = verify_digest(st->db, st->session, theirs);
	if (r == 0 && strcmp(ours, theirs) != 0)
		store_mark_altered(st);
	if (r == 0)
		r = write_end(st, exit_code, signal, ours);
	if (r == 0 && !store_is_altered(st))
		r = store_check(st);
	if (store_is_altered(st))
		return altered(st, err);
	if (r < 0)
		return err_set(err, -r, "%s: the end of the session: %s",
			       st->path[FILE_DB], sqlite3_errmsg(st->db));
	return 0;
}

int store_end(struct store *st, int exit_code, int signal, struct ef_err *err)
{
	int r;

	store_stop_thread(st);
	store_flush(st);
	pthread_mutex_lock(&st->lock);
	r = end_locked(st, exit_code, signal, err);
	pthread_mutex_unlock(&st->lock);
	return r;
}

/* With its index cut short the database cannot even be closed: the end of the
 * process will do that. */
static void close_database(struct store *st)
{
	if (st->session && !store_index_is_whole(st))
		return;
	for (size_t i = 0; i < N_STMTS; i++)
		sqlite3_finalize(st->stmt[i]);
	sqlite3_close(st->ckpt);
	sqlite3_close(st->db);
}

void store_close(struct store *st)
{
	if (!st)
		return;
	store_stop_thread(st);
	if (st->session && st->ckpt)
		store_flush(st);
	/* first: SQLite is about to remove watched files, and to forget a watch
	 * of those takes the kernel some milliseconds */
	store_watch_stop(st);
	close_database(st);
	if (st->folder_fd >= 0)
		close(st->folder_fd);
	pthread_cond_destroy(&st->wake);
	pthread_mutex_destroy(&st->lock);
	pthread_mutex_destroy(&st->ckpt_lock);
	digest_free(st->digest);
	intern_free(st->names);
	free(st->same);
	free(st->schema);
	free(st);
}
