// SPDX-License-Identifier: MIT
// Sessions that are being put together. Each has a database of its own in the
// private folder, written without a journal: when anything fails the folder
// goes, and nobody has seen it. Its session is row 1 until it is complete, so
// that lines may come in any order.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/import_impl.h"
#include "audit/schema.h"
#include "audit/verify.h"
#include "base/cleanup.h"

int stage_told(struct stage *s, int rc, struct ef_err *err)
{
	int code = -schema_errno(rc);

	if (code == ENOSPC)
		return err_set(err, code,
			       "no space left while reading %s: nothing was "
			       "imported",
			       s->source);
	return err_set(err, code ? code : EIO, "%s: session %.8s: %s",
		       s->source, s->item.uuid, sqlite3_errmsg(s->db));
}

/* Close the database, committing what is in it. */
static int close_stage(struct stage *s, struct ef_err *err)
{
	int rc = SQLITE_OK, r;

	if (!s->db)
		return 0;
	for (int t = 0; t < N_ARCHIVE_TABLES; t++) {
		sqlite3_finalize(s->insert[t]);
		sqlite3_finalize(s->find[t]);
		s->insert[t] = s->find[t] = NULL;
	}
	for (int i = 0; i < 2; i++) {
		sqlite3_finalize(s->find_text[i]);
		s->find_text[i] = NULL;
	}
	for (int i = 0; i < N_LINKS; i++) {
		sqlite3_finalize(s->link[i]);
		s->link[i] = NULL;
	}
	if (!sqlite3_get_autocommit(s->db))
		rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
	r = rc ? stage_told(s, rc, err) : 0;
	sqlite3_close(s->db);
	s->db = NULL;
	return r;
}

void stage_free(struct stage *s)
{
	if (!s)
		return;
	close_stage(s, NULL);
	free(s->path);
	free(s);
}

static int open_stage(struct stage *s, bool is_new, struct ef_err *err)
{
	int rc = sqlite3_open_v2(s->path, &s->db,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_NOFOLLOW,
				 NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db,
				  "PRAGMA journal_mode = OFF;"
				  "PRAGMA synchronous = OFF;"
				  "PRAGMA temp_store = MEMORY",
				  NULL, NULL, NULL);
	if (rc == SQLITE_OK && is_new && schema_prepare(s->db, s->path, err) < 0)
		return -EIO;
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(s->db, "BEGIN", NULL, NULL, NULL);
	return rc ? stage_told(s, rc, err) : 0;
}

/* A file that nobody else may read, whatever the umask says. */
static int claim(const char *path, struct ef_err *err)
{
	auto_close int fd =
		open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? err_set(err, errno, "%s: %s", path, strerror(errno)) : 0;
}

/* The only row of sessions; the line of the start completes it. */
static int put_row(struct stage *s, struct ef_err *err)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(
		s->db,
		"INSERT INTO sessions (id, uuid, host_id, argv, cwd, mode, "
		"version, started_ms, pid, pid_start, boot_id, name, tags) "
		"VALUES (1, ?, '', x'', '', '', '', 0, 0, 0, '', '', '')",
		-1, &q, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(q, 1, s->item.uuid, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		sqlite3_step(q);
	rc = sqlite3_finalize(q);
	return rc ? stage_told(s, rc, err) : 0;
}

/* Have room for one more open database: close the one not used for longest. */
static int make_room(struct import *im, struct ef_err *err)
{
	struct stage *oldest = NULL;
	size_t n = 0;

	for (size_t i = 0; i < im->n_stages; i++) {
		struct stage *s = im->stages[i];

		n += s->db != NULL;
		if (s->db && (!oldest || s->used < oldest->used))
			oldest = s;
	}
	return n < STAGES_OPEN ? 0 : close_stage(oldest, err);
}

static int new_stage(struct import *im, const char *source, const char *uuid,
		     struct stage **ret, struct ef_err *err)
{
	struct stage **more =
		reallocarray(im->stages, im->n_stages + 1, sizeof(*more));
	struct stage *s = calloc(1, sizeof(*s));
	int r;

	if (more)
		im->stages = more;
	if (!more || !s) {
		free(s);
		return err_set(err, ENOMEM, "out of memory");
	}
	im->stages[im->n_stages++] = s;
	s->source = source;
	snprintf(s->item.uuid, sizeof(s->item.uuid), "%s", uuid);
	if (asprintf(&s->path, "%s/%zu.db", im->private, im->n_stages) < 0) {
		s->path = NULL;
		return err_set(err, ENOMEM, "out of memory");
	}
	r = claim(s->path, err);
	if (!r)
		r = open_stage(s, true, err);
	if (!r)
		r = put_row(s, err);
	*ret = s;
	return r;
}

int stage_of(struct import *im, const char *source, const char *uuid,
	     struct stage **ret, struct ef_err *err)
{
	struct stage *s = NULL;
	int r = 0;

	for (size_t i = im->n_stages; !s && i-- > 0;)
		if (im->stages[i]->source == source &&
		    !strcmp(im->stages[i]->item.uuid, uuid))
			s = im->stages[i];
	if (!s || !s->db)
		r = make_room(im, err);
	if (!r && !s)
		r = new_stage(im, source, uuid, &s, err);
	else if (!r && !s->db)
		r = open_stage(s, false, err);
	if (!r)
		s->used = ++im->clock;
	*ret = s;
	return r;
}

static int bind_all(sqlite3_stmt *q, const struct cell *cells, size_t n)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < n; i++)
		rc = archive_bind(q, (int)i + 1, &cells[i]);
	return rc;
}

/* Is the row that is there the same? 0, -EEXIST, or -errno with *err told. */
static int compare(struct stage *s, enum archive_table t,
		   const struct cell *cells, struct ef_err *err)
{
	struct cell there[ARCHIVE_COLUMNS_MAX];
	size_t width = archive_width(t);
	bool is_session = t == ARCHIVE_START || t == ARCHIVE_END;
	sqlite3_stmt *q;
	bool is_same = false;
	int rc = SQLITE_OK;

	if (!s->find[t])
		rc = archive_select(s->db, t, true, &s->find[t]);
	q = s->find[t];
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, 1);
	if (rc == SQLITE_OK)
		rc = archive_bind(q, 2, &cells[0]);
	if (rc == SQLITE_OK && is_session && t == ARCHIVE_END)
		rc = sqlite3_bind_int64(q, 2, 1);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		archive_cells(q, there, width);
		is_same = true;
		for (size_t i = 0; i < width; i++)
			if (!(is_session && i == 0) &&
			    !archive_same_cell(&there[i], &cells[i]))
				is_same = false;
	}
	sqlite3_reset(q);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return stage_told(s, rc, err);
	return is_same ? 0 : -EEXIST;
}

int stage_put(struct stage *s, enum archive_table t, const struct cell *cells,
	      struct ef_err *err)
{
	bool *has = t == ARCHIVE_START ? &s->has_start
		    : t == ARCHIVE_END ? &s->has_end
				       : NULL;
	sqlite3_stmt *q;
	int rc = SQLITE_OK;

	if (has && *has)
		return compare(s, t, cells, err);
	if (!s->insert[t])
		rc = archive_insert(s->db, t, &s->insert[t]);
	q = s->insert[t];
	if (rc == SQLITE_OK)
		rc = bind_all(q, cells, archive_width(t));
	if (rc == SQLITE_OK && archive_shape(t)->has_session)
		rc = sqlite3_bind_int64(q, (int)archive_width(t) + 1, 1);
	if (rc == SQLITE_OK)
		sqlite3_step(q);
	if (rc == SQLITE_OK)
		rc = sqlite3_reset(q);
	if (rc == SQLITE_CONSTRAINT)
		return -EEXIST;
	if (rc != SQLITE_OK)
		return stage_told(s, rc, err);
	if (has)
		*has = true;
	else if (!sqlite3_changes(s->db))
		return compare(s, t, cells, err);
	s->item.rows += t >= ARCHIVE_QUESTION;
	return 0;
}

static int find_text(struct stage *s, bool is_address, const char *kind,
		     const struct cell *text, int64_t *ret)
{
	static const char *const sql[] = {
		"SELECT id FROM names WHERE name = ?1 AND kind = ?2",
		"SELECT id FROM addresses WHERE address = ?1",
	};
	sqlite3_stmt **q = &s->find_text[is_address];
	int rc = SQLITE_OK;

	*ret = 0;
	if (!*q)
		rc = sqlite3_prepare_v2(s->db, sql[is_address], -1, q, NULL);
	if (rc == SQLITE_OK)
		rc = archive_bind(*q, 1, text);
	if (rc == SQLITE_OK && kind)
		rc = sqlite3_bind_text(*q, 2, kind, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(*q);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int64(*q, 0);
	sqlite3_reset(*q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int stage_intern(struct stage *s, const char *kind, const struct cell *text,
		 int64_t *ret, struct ef_err *err)
{
	enum archive_table t = kind ? ARCHIVE_NAME : ARCHIVE_ADDRESS;
	struct cell cells[ARCHIVE_COLUMNS_MAX] = {
		{ .kind = CELL_NULL }, /* the next number */
		*text,
	};
	int rc = find_text(s, !kind, kind, text, ret);

	if (rc != SQLITE_OK)
		return stage_told(s, rc, err);
	if (*ret)
		return 0;
	if (kind) {
		cells[1] = (struct cell){ .kind = CELL_TEXT,
					  .p = kind,
					  .len = strlen(kind) };
		cells[2] = *text;
	}
	rc = stage_put(s, t, cells, err);
	*ret = rc ? 0 : sqlite3_last_insert_rowid(s->db);
	return rc;
}

/* A session without a line of its start: the least that its rows tell. */
static int make_up_start(struct stage *s)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(
		s->db,
		"UPDATE sessions SET mode = ?1, started_ms = ifnull((SELECT "
		"min(at_ms) FROM (SELECT at_ms FROM attempts UNION ALL SELECT "
		"at_ms FROM questions UNION ALL SELECT at_ms FROM events)), 0)",
		-1, &q, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(q, 1, s->mode, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		sqlite3_step(q);
	return sqlite3_finalize(q);
}

/* Give every row the session's number, and note what cannot be proven. */
static int complete(struct stage *s)
{
	static const char sql[] =
		"UPDATE attempts SET session = (SELECT id FROM sessions);"
		"UPDATE questions SET session = (SELECT id FROM sessions);"
		"UPDATE decisions SET session = (SELECT id FROM sessions);"
		"UPDATE events SET session = (SELECT id FROM sessions);"
		"UPDATE bindings SET session = (SELECT id FROM sessions);"
		"UPDATE revisions SET session = (SELECT id FROM sessions);"
		"UPDATE processes SET session = (SELECT id FROM sessions)";
	sqlite3_stmt *q = NULL;
	bool is_first = false;
	int rc = s->has_start ? SQLITE_OK : make_up_start(s);

	if (rc == SQLITE_OK && !s->is_whole)
		rc = sqlite3_exec(s->db,
				  "UPDATE sessions SET altered = altered | 4",
				  NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(s->db, "SELECT id FROM sessions", -1,
					&q, NULL);
	if (rc == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		is_first = sqlite3_column_int64(q, 0) == 1;
	if (rc == SQLITE_OK)
		rc = sqlite3_finalize(q);
	return rc || is_first ? rc : sqlite3_exec(s->db, sql, NULL, NULL, NULL);
}

/* How the rows compare with the digest that came with them. */
static int prove(struct stage *s, struct ef_err *err)
{
	char now[DIGEST_HEX], was[DIGEST_HEX] = "";
	sqlite3_stmt *q = NULL;
	int64_t id = 0, altered = 0;
	int r = 0;
	int rc = sqlite3_prepare_v2(
		s->db, "SELECT id, ifnull(digest, ''), altered FROM sessions",
		-1, &q, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		id = sqlite3_column_int64(q, 0);
		snprintf(was, sizeof(was), "%s", sqlite3_column_text(q, 1));
		altered = sqlite3_column_int64(q, 2);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(q);
	if (rc != SQLITE_OK)
		return stage_told(s, rc, err);
	s->item.proof = IMPORT_NOT_CLOSED;
	if (!*was)
		return 0;
	r = verify_digest(s->db, id, now);
	if (r < 0)
		return err_set(err, -r, "%s: session %.8s: %s", s->source,
			       s->item.uuid, sqlite3_errmsg(s->db));
	s->item.proof = !strcmp(now, was) ? IMPORT_AS_WRITTEN
			: altered & ~1	  ? IMPORT_UNPROVEN
					  : IMPORT_CHANGED;
	if (altered & 1)
		s->item.proof = IMPORT_CHANGED;
	return 0;
}

/* On the disk before anybody sees it. */
static int sync_file(const char *path)
{
	auto_close int fd = open(path, O_RDWR | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int stage_finish(struct import *im, struct stage *s, struct ef_err *err)
{
	int r = s->db ? 0 : make_room(im, err), rc;

	if (s->is_done)
		return 0;
	if (!r && !s->db)
		r = open_stage(s, false, err);
	if (r)
		return r;
	rc = complete(s);
	r = rc ? stage_told(s, rc, err) : prove(s, err);
	if (!r)
		r = close_stage(s, err);
	if (r)
		return r;
	r = im->folder ? sync_file(s->path) : 0;
	s->is_done = r == 0;
	return r ? err_set(err, -r, "%s: %s", s->source, strerror(-r)) : 0;
}
