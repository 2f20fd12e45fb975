/* SPDX-License-Identifier: MIT */
/* Policies as they were when something was judged by them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/reader_impl.h"
#include "audit/schema.h"

static const char find_revision[] =
	"SELECT path, text, default_policy = 'allow' FROM revisions WHERE id = "
	"(SELECT revision FROM attempts WHERE session = ?1 AND seq = ?2 "
	"UNION ALL "
	"SELECT revision FROM questions WHERE session = ?1 AND seq = ?2)";

static const char last_revision[] =
	"SELECT path, text, default_policy = 'allow' FROM revisions WHERE "
	"session = ?1 AND ?2 = 0 ORDER BY id DESC LIMIT 1";

static const char all_revisions[] =
	"SELECT path, text, default_policy = 'allow' FROM revisions "
	"WHERE session = ?1 ORDER BY id";

void revision_done(struct revision *v)
{
	free(v->path);
	free(v->text);
	memset(v, 0, sizeof(*v));
}

/* A copy of a column with a NUL behind its bytes. */
static char *copy_column(sqlite3_stmt *s, int column, size_t *ret_len)
{
	const void *bytes = sqlite3_column_blob(s, column);
	size_t len = (size_t)sqlite3_column_bytes(s, column);
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	*ret_len = len;
	return copy;
}

static int take(sqlite3_stmt *s, struct revision *ret)
{
	size_t path_len;

	ret->path = copy_column(s, 0, &path_len);
	ret->text = copy_column(s, 1, &ret->len);
	ret->allows = sqlite3_column_int(s, 2) != 0;
	if (ret->path && ret->text)
		return 0;
	revision_done(ret);
	return -ENOMEM;
}

static int find(struct reader *r, size_t session, const char *sql, int64_t seq,
		struct revision *ret, struct ef_err *err)
{
	sqlite3 *db;
	sqlite3_stmt *s = NULL;
	int rc = reader_use(r, session, &db, err), result = -ENOENT;

	memset(ret, 0, sizeof(*ret));
	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, r->sessions[session].row);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 2, seq);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		result = take(s, ret);
	sqlite3_finalize(s);
	if (result == -ENOMEM)
		return err_set(err, ENOMEM, "out of memory");
	return rc == SQLITE_ROW || rc == SQLITE_DONE
		       ? result
		       : schema_told(db, rc, r->sessions[session].path, err);
}

int reader_revision(struct reader *r, size_t session, int64_t seq,
		    struct revision *ret, struct ef_err *err)
{
	return find(r, session, find_revision, seq, ret, err);
}

int reader_last_revision(struct reader *r, size_t session, struct revision *ret,
			 struct ef_err *err)
{
	return find(r, session, last_revision, 0, ret, err);
}

static int tell(sqlite3_stmt *s, revision_fn fn, void *arg)
{
	struct revision v = { 0 };
	int n = take(s, &v);

	if (n == 0)
		n = fn(arg, &v);
	revision_done(&v);
	return n;
}

int reader_revisions(struct reader *r, size_t session, revision_fn fn,
		     void *arg, struct ef_err *err)
{
	sqlite3 *db;
	sqlite3_stmt *s = NULL;
	int rc = reader_use(r, session, &db, err), n = 0;

	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db, all_revisions, -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, r->sessions[session].row);
	while (n == 0 && rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		n = tell(s, fn, arg);
		rc = SQLITE_OK;
	}
	if (n == 0 && rc != SQLITE_DONE)
		n = schema_told(db, rc, r->sessions[session].path, err);
	sqlite3_finalize(s);
	return n;
}
