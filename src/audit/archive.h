/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_ARCHIVE_H
#define EF_AUDIT_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/digest.h"
#include "audit/json.h"
#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

/*
 * A session outside of its database: each table of the record as columns, and
 * for each column the field of a line of NDJSON that tells it. Export writes
 * the fields, reads its own line back as import will (archive_derive()), and
 * what came out otherwise goes into one more field, "record", as it is in the
 * table. So a line tells a row whole whatever is in it, and a line that only
 * has the fields of the log still makes a row.
 *
 * Nobody but import, export and what they are made of includes this.
 */
enum archive_table {
	ARCHIVE_START, /* table sessions, what is known at its start */
	ARCHIVE_END,   /* the same row, what is known at its end */
	ARCHIVE_NAME,
	ARCHIVE_ADDRESS,
	ARCHIVE_POLICY,
	ARCHIVE_RULE,
	ARCHIVE_PROCESS,
	ARCHIVE_BINDING,
	ARCHIVE_QUESTION,
	ARCHIVE_ATTEMPT,
	ARCHIVE_DECISION,
	ARCHIVE_EVENT,
	N_ARCHIVE_TABLES
};

/* How a field tells a column. */
enum archive_form {
	FORM_INT,
	FORM_BOOL,
	FORM_TEXT,
	FORM_BLOB,    /* a text in the line, bytes in the table */
	FORM_TIME,    /* "ts" */
	FORM_ARGV,    /* a list of texts; a NUL after each */
	FORM_WORDS,   /* a list of texts; blanks between */
	FORM_TAGS,    /* an object of texts; "k=v" lines */
	FORM_NAME,    /* the text of a row of names */
	FORM_ADDRESS, /* the text of a row of addresses */
	FORM_SCOPE,   /* what stands before " by " */
	FORM_BY,      /* and behind it */
	FORM_LAST,    /* "seq", less one */
	FORM_RECORD,  /* no field tells it */
};

struct archive_column {
	const char *name, *field;
	enum archive_form form;
	const char *none; /* what it is when no field tells; NULL: NULL */
};

#define ARCHIVE_COLUMNS_MAX 32

struct archive_shape {
	const char *table;	/* in SQL */
	const char *type;	/* of the line */
	const char *key;	/* the column that is one row's */
	const char *of_session; /* condition for a session's rows, ?1 its row */
	bool has_session;	/* a column "session" */
	const struct archive_column *columns; /* until .name is NULL */
};

/* The shape of a table; never NULL. */
const struct archive_shape *archive_shape(enum archive_table t);

/* Number of columns of a table. */
size_t archive_width(enum archive_table t);

/* The table that a type of line tells, or N_ARCHIVE_TABLES. */
enum archive_table archive_table_of(const char *type, size_t len);

/*
 * The columns that a line tells, the texts being those of the line; lists are
 * put together where they stand. "record" is left to archive_overlay(). A
 * FORM_NAME or FORM_ADDRESS comes as text. Returns 0, or -EINVAL with what is
 * wrong in *ret_problem and the value it is about in *ret_at.
 */
int archive_derive(enum archive_table t, struct json_member *line, int n,
		   struct cell cells[ARCHIVE_COLUMNS_MAX],
		   const char **ret_problem, size_t *ret_at);

/* Put the columns in that the field "record" tells; ret_told says which. The
 * same returns. */
int archive_overlay(enum archive_table t, struct json_value *record,
		    struct cell cells[ARCHIVE_COLUMNS_MAX],
		    bool ret_told[ARCHIVE_COLUMNS_MAX],
		    const char **ret_problem, size_t *ret_at);

/* True when two cells hold the same. */
bool archive_same_cell(const struct cell *a, const struct cell *b);

/* The cells of a row as the query has them; valid until it goes on. */
void archive_cells(struct sqlite3_stmt *s, struct cell *cells, size_t n);

/* Bind a cell to a parameter, from 1. Returns a result code of SQLite. */
int archive_bind(struct sqlite3_stmt *s, int i, const struct cell *c);

/* SELECT the columns of a session's rows in the order of their keys (?1: the
 * session), or of one row alone (?2: its key). */
int archive_select(struct sqlite3 *db, enum archive_table t, bool is_one,
		   struct sqlite3_stmt **ret);

/*
 * INSERT a row, or (START and END) UPDATE the only row of sessions; a row whose
 * key is there already stays as it is. The columns are the parameters from 1
 * on, a column "session" is the one behind them.
 */
int archive_insert(struct sqlite3 *db, enum archive_table t,
		   struct sqlite3_stmt **ret);

/*
 * A sum over all that is recorded of a session but its name and tags, which a
 * person may give later, and but for the numbers its rows have in this file:
 * two copies with the same sum are the same. 0 or -errno. Reads the whole
 * session.
 */
int archive_sum(struct sqlite3 *db, int64_t session, char ret[DIGEST_HEX]);

#endif
