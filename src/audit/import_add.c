// SPDX-License-Identifier: MIT
// Adding sessions to a file that others share. Rows keep their numbers where
// these are free, and else all of a table's move by the same distance; texts
// that the file has already are not made again. One transaction takes all
// sessions or none.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/import_impl.h"
#include "audit/reader_impl.h"
#include "audit/schema.h"
#include "audit/verify.h"
#include "base/cleanup.h"

AUTO(reader, reader_close)

#define BUSY_MS		   5000
#define ALTERED_RENUMBERED 8 /* of column "altered" */

/* Which number a text had, and has now. */
struct moved {
	int64_t from, to;
};

/* One session on its way. */
struct adding {
	struct stage *stage;
	const char *path; /* of the shared file */
	sqlite3 *from, *to;
	int64_t session;		     /* its row in the shared file */
	int64_t processes, revisions, rules; /* how far numbers move */
	struct moved *texts[2];		     /* names, addresses; by .from */
	size_t n_texts[2];
	char candidates[IMPORT_NAMES_MAX];
	struct ef_err *err;
};

static int told(struct adding *a, int rc)
{
	return schema_told(a->to, rc, a->path, a->err);
}

/* The number that a query gives; 0 when it is NULL. */
static int ask(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);

	if (rc == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		*ret = sqlite3_column_int64(q, 0);
	return rc ? rc : sqlite3_finalize(q);
}

/* How far the numbers of a table have to move. */
static int distance(struct adding *a, const char *table, int64_t *ret)
{
	char sql[80];
	int64_t first = 0, last = 0;
	int rc;

	snprintf(sql, sizeof(sql), "SELECT min(id) FROM %s", table);
	rc = ask(a->from, sql, &first);
	snprintf(sql, sizeof(sql), "SELECT max(id) FROM %s", table);
	if (rc == SQLITE_OK)
		rc = ask(a->to, sql, &last);
	if (rc != SQLITE_OK)
		return told(a, rc);
	*ret = 0;
	if (last < first)
		return 0;
	return __builtin_sub_overflow(last, first, ret) ||
			       __builtin_add_overflow(*ret, 1, ret)
		       ? err_set(a->err, EBADMSG,
				 "%s: session %.8s: numbers that "
				 "are too large",
				 a->stage->source, a->stage->item.uuid)
		       : 0;
}

static int by_number(const void *x, const void *y)
{
	const struct moved *a = x, *b = y;

	return a->from < b->from ? -1 : a->from > b->from;
}

/* The number a text has now; one that is not known is none. */
static int64_t find_text(const struct adding *a, bool is_address, int64_t from)
{
	struct moved key = { .from = from };
	const struct moved *m = a->n_texts[is_address]
					? bsearch(&key, a->texts[is_address],
						  a->n_texts[is_address],
						  sizeof(key), by_number)
					: NULL;

	return m ? m->to : 0;
}

/* Find a text, or make it, under the same number where that is free. */
static int add_text(struct adding *a, bool is_address, const struct cell *cells,
		    int64_t *ret)
{
	static const char *const sql[][2] = {
		{ "SELECT id FROM names WHERE kind = ?2 AND name = ?3",
		  "INSERT INTO names (id, kind, name) VALUES ((SELECT CASE "
		  "WHEN EXISTS (SELECT 1 FROM names WHERE id = ?1) THEN NULL "
		  "ELSE ?1 END), ?2, ?3)" },
		{ "SELECT id FROM addresses WHERE address = ?2",
		  "INSERT INTO addresses (id, address) VALUES ((SELECT CASE "
		  "WHEN EXISTS (SELECT 1 FROM addresses WHERE id = ?1) THEN "
		  "NULL ELSE ?1 END), ?2)" },
	};
	int rc = SQLITE_OK;

	*ret = 0;
	for (int i = 0; rc == SQLITE_OK && !*ret && i < 2; i++) {
		sqlite3_stmt *q = NULL;
		int n;

		rc = sqlite3_prepare_v2(a->to, sql[is_address][i], -1, &q, NULL);
		n = rc ? 0 : sqlite3_bind_parameter_count(q);
		for (int k = 0; rc == SQLITE_OK && k < n; k++)
			rc = archive_bind(q, k + 1, &cells[k]);
		if (rc == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
			*ret = sqlite3_column_int64(q, 0);
		rc = rc ? rc : sqlite3_reset(q);
		sqlite3_finalize(q);
		if (rc == SQLITE_OK && i == 1)
			*ret = sqlite3_last_insert_rowid(a->to);
	}
	return rc;
}

static int add_texts(struct adding *a, bool is_address)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	enum archive_table t = is_address ? ARCHIVE_ADDRESS : ARCHIVE_NAME;
	sqlite3_stmt *q = NULL;
	int64_t n = 0;
	size_t *at = &a->n_texts[is_address];
	int rc = ask(a->from,
		     is_address ? "SELECT count(*) FROM addresses"
				: "SELECT count(*) FROM names",
		     &n);

	a->texts[is_address] = calloc((size_t)n + 1, sizeof(struct moved));
	if (!a->texts[is_address])
		return err_set(a->err, ENOMEM, "out of memory");
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(
			a->from, is_address ? "SELECT id, address FROM addresses ORDER BY id" : "SELECT id, kind, name FROM names ORDER BY id",
			-1, &q, NULL);
	while (rc == SQLITE_OK && *at < (size_t)n &&
	       sqlite3_step(q) == SQLITE_ROW) {
		struct moved *m = &a->texts[is_address][(*at)++];

		archive_cells(q, cells, archive_width(t));
		m->from = cells[0].n;
		rc = add_text(a, is_address, cells, &m->to);
	}
	sqlite3_finalize(q);
	return rc ? told(a, rc) : 0;
}

/* A list of names by their new numbers; what is no such list stays. */
static void move_candidates(struct adding *a, struct cell *c)
{
	char text[IMPORT_NAMES_MAX];
	struct json j;
	struct json_value v;
	size_t len = 0;

	if (c->kind != CELL_TEXT || c->len < 2 || c->len >= sizeof(text))
		return;
	memcpy(text, c->p, c->len);
	if (text[0] != '[' || text[c->len - 1] != ']')
		return;
	j = json_over_text(text + 1, c->len - 2);
	while (json_next(&j, &v) > 0 && v.kind == JSON_INT &&
	       sizeof(a->candidates) - len > 24)
		len += (size_t)snprintf(a->candidates + len,
					sizeof(a->candidates) - len, "%s%lld",
					len ? "," : "[",
					(long long)find_text(a, false, v.n));
	if (j.problem || j.at != j.len || !len)
		return;
	a->candidates[len++] = ']';
	c->p = a->candidates;
	c->len = len;
}

/* One cell, with the number its row has in the shared file. */
static int move_cell(struct adding *a, enum archive_table t, const char *column,
		     struct cell *c)
{
	static const char *const addresses[] = { "address", "server",
						 "placeholder", "resolved" };
	int64_t by = 0;

	if (!strcmp(column, "candidates"))
		move_candidates(a, c);
	if (c->kind != CELL_INT)
		return 0;
	if (t == ARCHIVE_BINDING && !strcmp(column, "id"))
		c->kind = CELL_NULL;
	if (!strcmp(column, "name"))
		c->n = find_text(a, false, c->n);
	for (size_t i = 0; i < 4; i++)
		if (!strcmp(column, addresses[i]))
			c->n = find_text(a, true, c->n);
	if (!strcmp(column, "process") || !strcmp(column, "parent") ||
	    (t == ARCHIVE_PROCESS && !strcmp(column, "id")))
		by = a->processes;
	else if (!strcmp(column, "revision") ||
		 (t == ARCHIVE_POLICY && !strcmp(column, "id")))
		by = a->revisions;
	else if (!strcmp(column, "rule") ||
		 (t == ARCHIVE_RULE && !strcmp(column, "id")))
		by = a->rules;
	return __builtin_add_overflow(c->n, by, &c->n) ? -EBADMSG : 0;
}

static int add_row(struct adding *a, enum archive_table t, sqlite3_stmt *to,
		   struct cell *cells)
{
	const struct archive_shape *s = archive_shape(t);
	size_t width = archive_width(t);
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < width; i++)
		rc = move_cell(a, t, s->columns[i].name, &cells[i])
			     ? SQLITE_CONSTRAINT
			     : archive_bind(to, (int)i + 1, &cells[i]);
	if (rc == SQLITE_OK && s->has_session)
		rc = sqlite3_bind_int64(to, (int)width + 1, a->session);
	if (rc == SQLITE_OK)
		sqlite3_step(to);
	return rc ? rc : sqlite3_reset(to);
}

static int add_table(struct adding *a, enum archive_table t, int64_t session)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	sqlite3_stmt *from = NULL, *to = NULL;
	int rc = archive_select(a->from, t, false, &from);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(from, 1, session);
	if (rc == SQLITE_OK)
		rc = archive_insert(a->to, t, &to);
	while (rc == SQLITE_OK && sqlite3_step(from) == SQLITE_ROW) {
		archive_cells(from, cells, archive_width(t));
		rc = add_row(a, t, to, cells);
	}
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	return rc ? told(a, rc) : 0;
}

/* The row of the session, under its own number where that is free. */
static int add_session(struct adding *a, int64_t session)
{
	static const char columns[] =
		"uuid, host_id, argv, cwd, mode, version, started_ms, pid, "
		"pid_start, boot_id, name, tags, ended_ms, exit_code, signal, "
		"last_seq, allowed, denied, would, held, questions, digest, "
		"altered";
	enum { N_COLUMNS = 23 };
	struct cell cells[N_COLUMNS];
	sqlite3_stmt *from = NULL, *to = NULL;
	char sql[1024];
	int rc;

	snprintf(sql, sizeof(sql), "SELECT %s FROM sessions", columns);
	rc = sqlite3_prepare_v2(a->from, sql, -1, &from, NULL);
	snprintf(
		sql, sizeof(sql),
		"INSERT INTO sessions (%s, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
		"?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT CASE "
		"WHEN EXISTS (SELECT 1 FROM sessions WHERE id = ?24) THEN NULL "
		"ELSE ?24 END))",
		columns);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(a->to, sql, -1, &to, NULL);
	if (rc == SQLITE_OK && sqlite3_step(from) == SQLITE_ROW)
		archive_cells(from, cells, N_COLUMNS);
	for (int i = 0; rc == SQLITE_OK && i < N_COLUMNS; i++)
		rc = archive_bind(to, i + 1, &cells[i]);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(to, 24, session);
	if (rc == SQLITE_OK)
		sqlite3_step(to);
	rc = rc ? rc : sqlite3_reset(to);
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	a->session = sqlite3_last_insert_rowid(a->to);
	return rc ? told(a, rc) : 0;
}

/* A digest that held and does not any more: the numbers are others. */
static int note_numbers(struct adding *a)
{
	char now[DIGEST_HEX], sql[400];
	int64_t is_same = 0;
	int r;

	if (a->stage->item.proof != IMPORT_AS_WRITTEN)
		return 0;
	r = verify_digest(a->to, a->session, now);
	if (r)
		return told(a, sqlite3_errcode(a->to));
	snprintf(sql, sizeof(sql),
		 "SELECT digest = '%s' FROM sessions WHERE id = %lld", now,
		 (long long)a->session);
	if (ask(a->to, sql, &is_same))
		return told(a, sqlite3_errcode(a->to));
	if (is_same)
		return 0;
	snprintf(sql, sizeof(sql),
		 "UPDATE sessions SET altered = altered | %d WHERE id = %lld",
		 ALTERED_RENUMBERED, (long long)a->session);
	a->stage->item.proof = IMPORT_UNPROVEN;
	r = sqlite3_exec(a->to, sql, NULL, NULL, NULL);
	return r ? told(a, r) : 0;
}

static int add_all(struct adding *a)
{
	static const enum archive_table tables[] = {
		ARCHIVE_POLICY,	  ARCHIVE_RULE,	    ARCHIVE_PROCESS,
		ARCHIVE_BINDING,  ARCHIVE_QUESTION, ARCHIVE_ATTEMPT,
		ARCHIVE_DECISION, ARCHIVE_EVENT,
	};
	int64_t session = 0;
	int rc = ask(a->from, "SELECT id FROM sessions", &session);
	int r = rc ? told(a, rc) : distance(a, "processes", &a->processes);

	if (!r)
		r = distance(a, "revisions", &a->revisions);
	if (!r)
		r = distance(a, "rules", &a->rules);
	if (!r)
		r = add_session(a, session);
	if (!r)
		r = add_texts(a, false);
	if (!r)
		r = add_texts(a, true);
	for (size_t i = 0; !r && i < sizeof(tables) / sizeof(*tables); i++)
		r = add_table(a, tables[i], session);
	return r ? r : note_numbers(a);
}

static int add_stage(sqlite3 *to, const char *path, struct stage *s,
		     struct ef_err *err)
{
	struct adding a = { .stage = s, .path = path, .to = to, .err = err };
	int rc = sqlite3_open_v2(s->path, &a.from,
				 SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
				 NULL);
	int r = rc ? schema_told(a.from, rc, s->path, err) : add_all(&a);

	sqlite3_close(a.from);
	free(a.texts[0]);
	free(a.texts[1]);
	return r;
}

/* The shared file, made where it is missing: a record, and nothing else. */
static int open_shared(const char *path, sqlite3 **ret, bool *ret_is_new,
		       struct ef_err *err)
{
	auto_close int fd =
		open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0 && errno != EEXIST)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	*ret_is_new = fd >= 0;
	rc = sqlite3_open_v2(path, ret,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				     SQLITE_OPEN_NOFOLLOW,
			     NULL);
	if (rc)
		return schema_told(*ret, rc, path, err);
	sqlite3_busy_timeout(*ret, BUSY_MS);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return schema_prepare(*ret, path, err);
}

static int add_new(struct import *im, sqlite3 *to, const char *path,
		   struct ef_err *err)
{
	int rc = sqlite3_exec(to, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	int r = rc ? schema_told(to, rc, path, err) : 0;

	for (size_t i = 0; !r && i < im->n_stages; i++)
		if (im->stages[i]->item.outcome == IMPORT_NEW)
			r = add_stage(to, path, im->stages[i], err);
	if (r)
		return r; /* closing takes the transaction back */
	rc = sqlite3_exec(to, "COMMIT", NULL, NULL, NULL);
	return rc ? schema_told(to, rc, path, err) : 0;
}

int import_add(struct import *im, const char *path, struct ef_err *err)
{
	auto_of(reader) struct reader *known = NULL;
	sqlite3 *to = NULL;
	bool is_new = false;
	int r = open_shared(path, &to, &is_new, err);

	if (!r)
		r = reader_open(&path, 1, &known, err);
	if (!r && reader_problem(known, 0))
		r = err_set(err, EBADMSG, "%s", reader_problem(known, 0));
	if (!r)
		r = import_compare(im, known, err);
	if (!r)
		r = add_new(im, to, path, err);
	sqlite3_close(to);
	if (r && is_new)
		unlink(path);
	return r;
}
