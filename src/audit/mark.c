// SPDX-License-Identifier: MIT
// Names and tags of sessions.
#include "audit/mark.h"

#include <errno.h>
#include <string.h>

#include "audit/reader_impl.h"
#include "audit/schema.h"

#define BUSY_MS 2000

static int update(sqlite3 *db, int64_t row, const char *name, const char *tags)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(
		db,
		"UPDATE sessions SET name = ifnull(?1, name), "
		"tags = ifnull(?2, tags) WHERE id = ?3",
		-1, &q, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(q, 2, tags, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 3, row);
	if (rc == SQLITE_OK)
		sqlite3_step(q);
	rc = rc ? rc : sqlite3_reset(q);
	sqlite3_finalize(q);
	return rc;
}

static int open_record(const char *path, sqlite3 **ret)
{
	int rc = sqlite3_open_v2(path, ret,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_NOFOLLOW,
				 NULL);

	if (rc)
		return rc;
	sqlite3_busy_timeout(*ret, BUSY_MS);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(*ret, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return SQLITE_OK;
}

int mark_session(struct reader *r, size_t session, const char *name,
		 const char *tags, struct ef_err *err)
{
	const struct session_info *s = reader_session(r, session);
	sqlite3 *db = NULL;
	int rc, e;

	if (s->state == SESSION_RUNNING)
		return err_set(err, EBUSY,
			       "session %.8s is running: wait for its end",
			       s->uuid);
	sqlite3_close(r->db); /* it may read the file as one nobody changes */
	r->db = NULL;
	rc = open_record(s->path, &db);
	e = rc ? schema_told(db, rc, s->path, err)
	       : schema_check(db, s->path, err);
	if (!e) {
		rc = update(db, s->row, name, tags);
		e = rc ? schema_told(db, rc, s->path, err) : 0;
	}
	sqlite3_close(db);
	return e;
}

/* The line of a key in a list of tags, or NULL. */
static char *find_tag(char *tags, const char *key, size_t len)
{
	for (char *p = tags; *p;) {
		char *end = strchr(p, '\n');

		if (!strncmp(p, key, len) && p[len] == '=')
			return p;
		if (!end)
			return NULL;
		p = end + 1;
	}
	return NULL;
}

/* Take the line at p out. */
static void cut_line(char *p)
{
	char *end = strchr(p, '\n');

	if (end)
		memmove(p, end + 1, strlen(end + 1) + 1);
	else
		*p = '\0';
}

int mark_set_tag(char tags[MARK_TAGS_MAX], const char *tag)
{
	const char *sign = strchr(tag, '=');
	size_t len = strlen(tag), used = strlen(tags);
	char *old;

	if (!sign || sign == tag || strchr(tag, '\n'))
		return -EINVAL;
	old = find_tag(tags, tag, (size_t)(sign - tag));
	if (used + len + 3 > MARK_TAGS_MAX)
		return -E2BIG;
	if (used && tags[used - 1] != '\n')
		strcpy(tags + used++, "\n");
	if (old)
		cut_line(old);
	else
		old = tags + used;
	memmove(old + len + 1, old, strlen(old) + 1);
	memcpy(old, tag, len);
	old[len] = '\n';
	return 0;
}

bool mark_remove_tag(char *tags, const char *key)
{
	char *p = find_tag(tags, key, strlen(key));

	if (p)
		cut_line(p);
	return p != NULL;
}

bool mark_has_tag(const char *tags, const char *tag)
{
	size_t len = strlen(tag);
	bool has_value = strchr(tag, '=') != NULL;

	for (const char *p = tags; *p;) {
		size_t line = strcspn(p, "\n");

		if (!strncmp(p, tag, len) &&
		    (has_value ? line == len : p[len] == '='))
			return true;
		p += line + (p[line] == '\n');
	}
	return false;
}
