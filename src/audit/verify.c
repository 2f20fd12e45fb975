// SPDX-License-Identifier: MIT
// The digest of a session, from the rows as they are now.
#include "audit/verify.h"

#include <errno.h>
#include <sqlite3.h>

#include "audit/schema.h"
#include "audit/store_impl.h"

#define COLUMNS_MAX 32

static struct cell column(sqlite3_stmt *s, int i)
{
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER:
		return cell_int(sqlite3_column_int64(s, i));
	case SQLITE_NULL:
		return (struct cell){ .kind = CELL_NULL };
	default: {
		const void *p = sqlite3_column_blob(s, i);

		return cell_bytes(CELL_BLOB, p ? p : "",
				  (size_t)sqlite3_column_bytes(s, i));
	}
	}
}

static int add_table(sqlite3 *db, struct digest *d, enum digest_table table,
		     int64_t session)
{
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, store_digest_sql(table), -1, &s, NULL);
	int r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, session);
	while (rc == SQLITE_OK && r == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct cell cells[COLUMNS_MAX];
		int n = sqlite3_column_count(s);

		for (int i = 0; i < n && i < COLUMNS_MAX; i++)
			cells[i] = column(s, i);
		r = digest_row(d, table, cells, (size_t)n);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return r < 0 ? r : schema_errno(rc);
}

int verify_digest(sqlite3 *db, int64_t session, char ret[DIGEST_HEX])
{
	struct digest *d = digest_new();
	int r = d ? 0 : -ENOMEM;

	for (int t = 0; r == 0 && t < N_DIGESTS; t++)
		r = add_table(db, d, (enum digest_table)t, session);
	if (r == 0)
		digest_text(d, ret);
	digest_free(d);
	return r;
}
