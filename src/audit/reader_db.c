/* SPDX-License-Identifier: MIT */
/*
 * Connections for reading. They never write: opened read-only, with the same
 * distrust of the file as the store has. A record that a supervisor has closed
 * has no write-ahead log; it is opened as immutable, which takes no lock and
 * makes no file beside it, so that it can be read from a read-only disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/reader_impl.h"
#include "audit/schema.h"
#include "base/cleanup.h"

#define BUSY_MS 2000

/* "file:PATH" with everything that has a meaning in a URI written as %XX. */
static char *uri_of(const char *path, bool is_immutable)
{
	size_t room = strlen(path) * 3 + 32;
	char *uri = malloc(room), *p = uri;

	if (!uri)
		return NULL;
	p += sprintf(p, "file:%s", *path == '/' ? "" : "./");
	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || strchr("/-_.", c);

		p += sprintf(p, plain ? "%c" : "%%%02X", c);
	}
	sprintf(p, "%s", is_immutable ? "?immutable=1" : "");
	return uri;
}

static bool has_log(const char *path)
{
	auto_free char *wal = malloc(strlen(path) + 5);
	struct stat sb;

	if (!wal)
		return true;
	sprintf(wal, "%s-wal", path);
	return stat(wal, &sb) == 0 && sb.st_size > 0;
}

int reader_connect(const char *path, sqlite3 **ret, bool *ret_is_still,
		   struct ef_err *err)
{
	bool is_still = !has_log(path);
	auto_free char *uri = uri_of(path, is_still);
	sqlite3 *db = NULL;
	struct stat sb;
	int r;

	if (!uri)
		return err_set(err, ENOMEM, "out of memory");
	if (stat(path, &sb) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(sb.st_mode))
		return err_set(err, EINVAL, "%s is no plain file", path);
	if (!sb.st_size)
		return err_set(err, EBADMSG, "%s is empty: no record", path);
	r = sqlite3_open_v2(uri, &db,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
				    SQLITE_OPEN_URI,
			    NULL);
	if (r == SQLITE_OK) {
		sqlite3_busy_timeout(db, BUSY_MS);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		r = sqlite3_exec(db,
				 "PRAGMA query_only = ON;"
				 "PRAGMA cell_size_check = ON;"
				 "PRAGMA cache_size = -512;"
				 "PRAGMA mmap_size = 0",
				 NULL, NULL, NULL);
	}
	r = r ? schema_told(db, r, path, err) : schema_check(db, path, err);
	if (r < 0)
		sqlite3_close(db);
	else
		*ret = db;
	*ret_is_still = is_still;
	return r;
}

int reader_use(struct reader *r, size_t session, sqlite3 **ret, struct ef_err *err)
{
	const char *path = r->sessions[session].path;
	int n;

	if (r->db && r->db_path == path && !(r->db_is_still && has_log(path))) {
		*ret = r->db;
		return 0;
	}
	sqlite3_close(r->db);
	r->db = NULL;
	n = reader_connect(path, &r->db, &r->db_is_still, err);
	r->db_path = path;
	*ret = r->db;
	return n;
}

bool reader_is_in_use(struct reader *r, size_t session)
{
	const char *path = r->sessions[session].path;
	sqlite3 *db = NULL;
	int rc;

	sqlite3_close(r->db);
	r->db = NULL;
	rc = sqlite3_open_v2(path, &db,
			     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				     SQLITE_OPEN_NOFOLLOW,
			     NULL);
	/* asked for before the log is used, the lock is on the whole file */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db,
				  "PRAGMA locking_mode = EXCLUSIVE;"
				  "BEGIN EXCLUSIVE; ROLLBACK",
				  NULL, NULL, NULL);
	sqlite3_close(db);
	return (rc & 0xff) == SQLITE_BUSY;
}
