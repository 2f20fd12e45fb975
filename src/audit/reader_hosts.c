/* SPDX-License-Identifier: MIT */
/* What /etc/hosts said, as the record has it. */
#include "audit/reader_group.h"
#include "audit/reader_impl.h"
#include "audit/schema.h"

static const char hosts_sql[] =
	"SELECT n.name, a.address FROM bindings AS b "
	"JOIN names AS n ON n.id = b.name "
	"JOIN addresses AS a ON a.id = b.address "
	"WHERE b.session = ?1 AND b.source = 'hosts' ORDER BY b.id";

static const char *text_of(sqlite3_stmt *q, int column)
{
	const char *text = (const char *)sqlite3_column_text(q, column);

	return text ? text : "";
}

int reader_hosts(struct reader *r, size_t session, hosts_fn fn, void *arg,
		 struct ef_err *err)
{
	sqlite3 *db;
	sqlite3_stmt *q = NULL;
	int rc = reader_use(r, session, &db, err), n = 0;

	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db, hosts_sql, -1, &q, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, r->sessions[session].row);
	while (n == 0 && rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		n = fn(arg, text_of(q, 0), text_of(q, 1));
		rc = SQLITE_OK;
	}
	if (n == 0 && rc != SQLITE_DONE)
		n = schema_told(db, rc, r->sessions[session].path, err);
	sqlite3_finalize(q);
	return n;
}
