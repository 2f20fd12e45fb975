// SPDX-License-Identifier: MIT
// The store's transactions: rows in, one commit, and what the record is asked
// about itself.
//
// Theory of operation. One connection writes, under one mutex, with statements
// prepared at start. A write that needs no other table is a single INSERT in
// autocommit mode; a name or an address seen for the first time, or outcomes
// that wait, open a transaction around it. The number of a row (seq) is taken
// when its commit has succeeded, so numbers have no gaps, and the row goes into
// the digest at the same moment. After the commit store_check() looks whether
// the record is still ours; if not the call fails although its row is there:
// nothing may go out on the strength of a record that somebody else changes.
#include "audit/store.h"

#include <errno.h>
#include <string.h>

#include "audit/schema.h"
#include "audit/store_impl.h"

int store_begin(struct store *st)
{
	int r;

	if (st->in_tx)
		return 0;
	r = store_insert(st, STMT_BEGIN, NULL, 0);
	st->in_tx = r == 0;
	return r;
}

static int bind_cell(sqlite3_stmt *s, int i, const struct cell *c)
{
	if (c->kind == CELL_INT)
		return sqlite3_bind_int64(s, i, c->n);
	if (c->kind == CELL_REF)
		return c->n ? sqlite3_bind_int64(s, i, c->n)
			    : sqlite3_bind_null(s, i);
	if (c->kind == CELL_TEXT)
		return sqlite3_bind_text(s, i, c->p, (int)c->len, SQLITE_STATIC);
	if (c->kind == CELL_BLOB)
		return sqlite3_bind_blob(s, i, c->p, (int)c->len, SQLITE_STATIC);
	return sqlite3_bind_null(s, i);
}

/* While the anchor is held SQLite does not wait for a lock, and does not see
 * what others have committed: it is let go, and the statement tried again. */
static int step(struct store *st, sqlite3_stmt *s)
{
	int rc;

	st->busy_since_ns = 0;
	rc = sqlite3_step(s);
	if ((rc & 0xff) == SQLITE_BUSY && st->has_anchor) {
		store_anchor_drop(st);
		sqlite3_reset(s);
		rc = sqlite3_step(s);
	}
	if (sqlite3_stmt_status(s, SQLITE_STMTSTATUS_REPREPARE, 1))
		st->has_compiled = true;
	return rc;
}

int store_insert(struct store *st, enum store_stmt which,
		 const struct cell *cells, size_t n)
{
	sqlite3_stmt *s = st->stmt[which];
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
		rc = bind_cell(s, (int)i + 1, &cells[i]);
	if (rc == SQLITE_OK)
		rc = step(st, s);
	if (rc == SQLITE_DONE)
		return schema_errno(sqlite3_reset(s));
	sqlite3_reset(s);
	return rc == SQLITE_ROW ? -EIO : schema_errno(rc);
}

int store_find(struct store *st, enum store_stmt which,
	       const struct cell *cells, size_t n, int64_t *ret)
{
	sqlite3_stmt *s = st->stmt[which];
	int rc = SQLITE_OK;

	*ret = 0;
	for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
		rc = bind_cell(s, (int)i + 1, &cells[i]);
	if (rc == SQLITE_OK)
		rc = step(st, s);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return schema_errno(rc);
}

int store_commit(struct store *st)
{
	if (st->in_tx) {
		int r = store_insert(st, STMT_COMMIT, NULL, 0);

		if (r < 0)
			return r;
		st->in_tx = false;
	}
	return store_check(st);
}

int store_give_up(struct store *st, int r)
{
	store_anchor_drop(st);
	if (st->in_tx || !sqlite3_get_autocommit(st->db))
		store_insert(st, STMT_ROLLBACK, NULL, 0);
	st->in_tx = false;
	intern_clear(st->names);
	if (r == -EBADMSG)
		return store_mark_altered(st);
	if (r != -ESTALE)
		store_check_reset(st);
	return r;
}

bool store_owns(const struct store *st, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < N_FILES; i++)
		if (st->file[i].dev == dev && st->file[i].ino == ino)
			return true;
	return false;
}

bool store_is_altered(const struct store *st)
{
	return atomic_load(&st->is_altered);
}

const char *store_uuid(const struct store *st)
{
	return st->uuid;
}

const char *store_path(const struct store *st)
{
	return st->path[FILE_DB];
}

void store_digest(struct store *st, char ret[65])
{
	pthread_mutex_lock(&st->lock);
	digest_text(st->digest, ret);
	pthread_mutex_unlock(&st->lock);
}
