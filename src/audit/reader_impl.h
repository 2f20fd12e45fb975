/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_READER_IMPL_H
#define EF_AUDIT_READER_IMPL_H

#include <sqlite3.h>

#include "audit/reader.h"

/* What the files reader*.c share; nobody else includes this. */
struct reader {
	struct session_info *sessions;
	size_t n_sessions, room;
	char **paths; /* of the files */
	size_t n_paths, paths_room;
	char **problems;
	size_t n_problems;
	char boot_id[64];
	sqlite3 *db; /* the file last read, or NULL */
	const char *db_path;
	bool db_is_still;      /* nobody wrote to it when it was opened */
	struct import *import; /* what import_open() keeps aside, or NULL */
	bool is_quick; /* totals of sessions that go on are not summed up */
};

/*
 * A connection to a file for reading, to be closed by sqlite3_close(). A file
 * whose write-ahead log is gone has no writer and is read as it lies there,
 * without a lock; *ret_is_still tells. Returns 0 or -errno with *err told.
 */
int reader_connect(const char *path, sqlite3 **ret, bool *ret_is_still,
		   struct ef_err *err);

/* The reader's connection to the file of a session; it keeps one. */
int reader_use(struct reader *r, size_t session, sqlite3 **ret,
	       struct ef_err *err);

/* Read the sessions of a file into the list. 0 or -errno with *err told. */
int reader_list(struct reader *r, const char *path, struct ef_err *err);

/* A row of which nothing is known: no text is NULL, what may be unknown is. */
const struct row *reader_blank(void);

/* Free what a session of the list holds. */
void reader_session_done(struct session_info *s);

/* One of several copies of a session stays (import.h); those that have the same
 * id and differ are refused. 0 or -errno with *err told. */
int reader_drop_copies(struct reader *r, struct ef_err *err);

/* Where a row is being read: columns are taken from left to right. */
struct columns {
	sqlite3_stmt *q;
	struct page *page;
	int at;
	bool failed; /* out of memory */
};

/* A copy of n bytes with a NUL behind them that lives as long as the page;
 * never NULL. */
const char *columns_keep(struct columns *c, const void *p, size_t n);

/* Read a row of reader_sql.h into *r, which is blank but for its session. */
void columns_take_row(struct columns *c, struct row *r);

/* Fill in a row that stands for the session as a whole. */
void columns_take_session(struct columns *c, const struct session_info *s,
			  enum row_type type, struct row *r);

#endif
