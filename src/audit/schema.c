// SPDX-License-Identifier: MIT
// The schema of the record: made, recognised, brought up to date.
#include "audit/schema.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/schema_sql.h"
#include "base/cleanup.h"

int schema_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

static int get_int(sqlite3 *db, const char *sql, int *ret)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return rc == SQLITE_ROW ? SQLITE_OK : rc ? rc : SQLITE_ERROR;
}

char *schema_text(sqlite3 *db)
{
	static const char sql[] =
		"SELECT group_concat(t, char(10)) FROM (SELECT type || ' ' || "
		"name || ' ' || ifnull(sql, '') AS t FROM sqlite_schema "
		"ORDER BY type, name)";
	sqlite3_stmt *s = NULL;
	char *text = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW) {
		const char *t = (const char *)sqlite3_column_text(s, 0);

		text = strdup(t ? t : "");
	}
	sqlite3_finalize(s);
	return text;
}

/* The text a fresh record has, to compare with: the same in every call. */
static pthread_once_t expected_once = PTHREAD_ONCE_INIT;
static char *expected;

static void make_expected(void)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(":memory:", &db) == SQLITE_OK &&
	    sqlite3_exec(db, schema_sql, NULL, NULL, NULL) == SQLITE_OK)
		expected = schema_text(db);
	sqlite3_close(db);
}

int schema_told(sqlite3 *db, int rc, const char *path, struct ef_err *err)
{
	int code = -schema_errno(rc);

	if ((rc & 0xff) == SQLITE_NOTADB)
		return err_set(err, code,
			       "%s is no SQLite database: name another file "
			       "with --db",
			       path);
	if (code == EBADMSG)
		return err_set(err, code,
			       "%s is damaged (%s): move it away, or name "
			       "another file with --db",
			       path, sqlite3_errmsg(db));
	if (code == EROFS)
		return err_set(
			err, code,
			"%s cannot be written: name a file in a writable "
			"folder with --db",
			path);
	if (code == EBUSY)
		return err_set(err, code,
			       "%s is locked by another process: end it, or "
			       "name another file with --db",
			       path);
	if (code == ENOSPC)
		return err_set(
			err, code,
			"no space left for %s: make room, or name a file "
			"on another disk with --db",
			path);
	return err_set(err, code ? code : EIO, "%s: %s", path,
		       sqlite3_errmsg(db));
}

static int compare_text(sqlite3 *db, const char *path, struct ef_err *err)
{
	auto_free char *is = schema_text(db);
	const char *want;

	pthread_once(&expected_once, make_expected);
	want = expected;
	if (!is)
		return schema_told(db, sqlite3_errcode(db), path, err);
	if (!want)
		return err_set(err, ENOMEM, "out of memory");
	if (strcmp(is, want) != 0)
		return err_set(err, EBADMSG,
			       "%s has tables, views or triggers that a record "
			       "does not have: it was altered; name another "
			       "file with --db",
			       path);
	return 0;
}

/* Which version wrote the newest session, ", X"; "" when that cannot be told. */
static void tell_version(sqlite3 *db, char *ret, size_t size)
{
	sqlite3_stmt *s = NULL;

	*ret = '\0';
	if (sqlite3_prepare_v2(db,
			       "SELECT version FROM sessions ORDER BY id DESC "
			       "LIMIT 1",
			       -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0))
		snprintf(ret, size, ", %s",
			 (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
}

int schema_check(sqlite3 *db, const char *path, struct ef_err *err)
{
	int id = 0, version = 0;
	int rc = get_int(db, "PRAGMA application_id", &id);
	char who[64];

	if (rc == SQLITE_OK)
		rc = get_int(db, "PRAGMA user_version", &version);
	if (rc != SQLITE_OK)
		return schema_told(db, rc, path, err);
	if (id != SCHEMA_APPLICATION_ID)
		return err_set(err, EBADMSG,
			       "%s is a database of another program: name "
			       "another file with --db",
			       path);
	if (version > SCHEMA_VERSION) {
		tell_version(db, who, sizeof(who));
		return err_set(
			err, EPROTONOSUPPORT,
			"%s was written by a newer egress-filter%s (schema "
			"%d, this one knows %d): use that one, or name "
			"another file with --db",
			path, who, version, SCHEMA_VERSION);
	}
	if (version < 1)
		return err_set(err, EBADMSG,
			       "%s says schema %d, which never was: it was "
			       "altered; name another file with --db",
			       path, version);
	return compare_text(db, path, err);
}

/* True for a database without a table, of nobody. */
static int is_empty(sqlite3 *db, int *ret)
{
	int id = 0, n = 0;
	int rc = get_int(db, "PRAGMA application_id", &id);

	if (rc == SQLITE_OK)
		rc = get_int(db, "SELECT count(*) FROM sqlite_schema", &n);
	*ret = !id && !n;
	return rc;
}

static int create(sqlite3 *db)
{
	char sql[96];
	int rc = sqlite3_exec(db, schema_sql, NULL, NULL, NULL);

	snprintf(sql, sizeof(sql),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	return rc ? rc : sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* Touch the last row of each table, so that damage shows before the start. */
static int probe(sqlite3 *db)
{
	return sqlite3_exec(
		db,
		"SELECT max(id) FROM sessions; SELECT max(id) FROM revisions;"
		"SELECT max(id) FROM rules; SELECT max(id) FROM processes;"
		"SELECT max(id) FROM names; SELECT max(name) FROM names;"
		"SELECT max(id) FROM addresses;"
		"SELECT max(address) FROM addresses;"
		"SELECT max(id) FROM bindings;"
		"SELECT 1 FROM attempts ORDER BY session DESC LIMIT 1;"
		"SELECT 1 FROM questions ORDER BY session DESC LIMIT 1;"
		"SELECT 1 FROM events ORDER BY session DESC LIMIT 1;",
		NULL, NULL, NULL);
}

int schema_prepare(sqlite3 *db, const char *path, struct ef_err *err)
{
	int empty = 0, r;
	int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = is_empty(db, &empty);
	if (rc == SQLITE_OK && empty)
		rc = create(db);
	if (rc != SQLITE_OK)
		return schema_told(db, rc, path, err);
	r = empty ? 0 : schema_check(db, path, err);
	if (r < 0)
		return r;
	rc = empty ? SQLITE_OK : probe(db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : schema_told(db, rc, path, err);
}
