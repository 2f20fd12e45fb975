// SPDX-License-Identifier: MIT
// The sum that tells whether two records of a session are copies. Rows of other
// tables count as the text they hold or by their place among the session's own,
// so that a session which shares a file has the same sum as one with a file of
// its own.
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "audit/archive.h"
#include "audit/schema.h"

#define SINCE_FIRST(column, table, of)                                         \
	column " - (SELECT min(id) FROM " table " WHERE " of ")"
#define OF_PROCESSES(column) SINCE_FIRST(column, "processes", "session = ?1")
#define OF_REVISIONS(column) SINCE_FIRST(column, "revisions", "session = ?1")
#define OF_RULES(column)                                                       \
	SINCE_FIRST(column, "rules",                                           \
		    "revision IN (SELECT id FROM revisions WHERE session = "   \
		    "?1)")
#define ADDRESS_OF(column)                                                     \
	"(SELECT address FROM addresses WHERE id = t." column ")"

/* What counts of a column, where that is not what it holds. */
static const struct {
	enum archive_table table; /* N_ARCHIVE_TABLES: in every one */
	const char *column, *sql;
} exceptions[] = {
	{ ARCHIVE_START, "id", "NULL" },
	{ ARCHIVE_START, "name", "NULL" },
	{ ARCHIVE_START, "tags", "NULL" },
	{ ARCHIVE_START, "altered", "altered & 7" },
	{ ARCHIVE_POLICY, "id", OF_REVISIONS("id") },
	{ ARCHIVE_RULE, "id", OF_RULES("id") },
	{ ARCHIVE_PROCESS, "id", OF_PROCESSES("id") },
	{ ARCHIVE_BINDING, "id", "NULL" },
	{ N_ARCHIVE_TABLES, "process", OF_PROCESSES("process") },
	{ N_ARCHIVE_TABLES, "parent", OF_PROCESSES("parent") },
	{ N_ARCHIVE_TABLES, "revision", OF_REVISIONS("revision") },
	{ N_ARCHIVE_TABLES, "rule", OF_RULES("rule") },
	{ N_ARCHIVE_TABLES, "name",
	  "(SELECT kind || ' ' || name FROM names WHERE id = t.name)" },
	{ N_ARCHIVE_TABLES, "candidates",
	  "CASE WHEN json_valid(candidates) THEN (SELECT "
	  "group_concat(n.name, ' ') FROM json_each(t.candidates) AS j JOIN "
	  "names AS n ON n.id = j.value) END" },
	{ N_ARCHIVE_TABLES, "address", ADDRESS_OF("address") },
	{ N_ARCHIVE_TABLES, "server", ADDRESS_OF("server") },
	{ N_ARCHIVE_TABLES, "placeholder", ADDRESS_OF("placeholder") },
	{ N_ARCHIVE_TABLES, "resolved", ADDRESS_OF("resolved") },
};

static const char *counted(enum archive_table t, const char *column)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(*exceptions); i++)
		if ((exceptions[i].table == t ||
		     exceptions[i].table == N_ARCHIVE_TABLES) &&
		    !strcmp(exceptions[i].column, column))
			return exceptions[i].sql;
	return column;
}

static int prepare(sqlite3 *db, enum archive_table t, sqlite3_stmt **ret)
{
	const struct archive_shape *s = archive_shape(t);
	char sql[4096];
	size_t len = 0;

	for (size_t i = 0; s->columns[i].name && len < sizeof(sql); i++)
		len += (size_t)snprintf(sql + len, sizeof(sql) - len, "%s%s",
					i ? ", " : "SELECT ",
					counted(t, s->columns[i].name));
	if (len < sizeof(sql))
		len += (size_t)snprintf(sql + len, sizeof(sql) - len,
					" FROM %s AS t WHERE %s ORDER BY %s",
					s->table, s->of_session, s->key);
	return len < sizeof(sql) ? sqlite3_prepare_v2(db, sql, -1, ret, NULL)
				 : SQLITE_TOOBIG;
}

static int sum_table(sqlite3 *db, enum archive_table t, int64_t session,
		     struct digest *d)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	size_t width = archive_width(t);
	sqlite3_stmt *s = NULL;
	int rc = prepare(db, t, &s), r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, session);
	while (rc == SQLITE_OK && !r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		archive_cells(s, cells, width);
		/* the number of the table, so that no row passes for another */
		r = digest_row(d, DIGEST_SESSION,
			       &(struct cell){ .kind = CELL_INT, .n = t }, 1);
		if (!r)
			r = digest_row(d, DIGEST_SESSION, cells, width);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return r ? r : schema_errno(rc);
}

int archive_sum(sqlite3 *db, int64_t session, char ret[DIGEST_HEX])
{
	struct digest *d = digest_new();
	int r = d ? 0 : -ENOMEM;

	for (int t = 0; !r && t < N_ARCHIVE_TABLES; t++)
		if (t != ARCHIVE_NAME && t != ARCHIVE_ADDRESS)
			r = sum_table(db, (enum archive_table)t, session, d);
	if (!r)
		digest_text(d, ret);
	digest_free(d);
	return r;
}
