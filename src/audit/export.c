// SPDX-License-Identifier: MIT
// A session as lines that import.h makes the same session of. A line is written
// first as everybody reads it, then read back as import will, and what does not
// come out as the row has it is added.
#include "audit/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/archive.h"
#include "audit/ndjson.h"
#include "audit/reader_impl.h"
#include "audit/redact.h"
#include "audit/schema.h"
#include "base/cleanup.h"

#define ALTERED_REDACTED 2 /* of column "altered" */

struct export
{
	struct reader *reader;
	const struct session_info *session;
	size_t index;
	bool is_redacted;
	FILE *f;
	sqlite3 *db;
	/* the line being made; line is valid after finish_line() */
	FILE *memory;
	char *line, *copy;
	size_t size, copy_size;
	char *redacted;	 /* arguments of the row being written */
	bool is_starved; /* no memory to redact with: nothing may go out */
	struct ef_err *err;
};

static int no_memory(struct export *x)
{
	return err_set(x->err, ENOMEM, "out of memory");
}

static int told(struct export *x, int rc)
{
	return schema_told(x->db, rc, x->session->path, x->err);
}

static void start_line(struct export *x)
{
	rewind(x->memory);
}

/* The bytes of the line, for good. */
static int finish_line(struct export *x, size_t *ret_len)
{
	long at = ftell(x->memory);

	if (at < 0 || fflush(x->memory) || ferror(x->memory))
		return no_memory(x);
	*ret_len = (size_t)at;
	return 0;
}

static void put_hex(const struct cell *c, FILE *f)
{
	const unsigned char *p = c->p;

	fprintf(f, "{\"%s\":\"", c->kind == CELL_TEXT ? "text" : "bytes");
	for (size_t i = 0; i < c->len; i++)
		fprintf(f, "%02x", p[i]);
	fputs("\"}", f);
}

/* A cell as it is. */
static void put_cell(const struct cell *c, FILE *f)
{
	if (c->kind == CELL_INT)
		fprintf(f, "%lld", (long long)c->n);
	else if (c->kind == CELL_TEXT && json_is_utf8(c->p, c->len))
		ndjson_string(c->p, c->len, f);
	else if (c->kind == CELL_TEXT || c->kind == CELL_BLOB)
		put_hex(c, f);
	else
		fputs("null", f);
}

/* What import would make of the line as it is now. */
static int read_back(struct export *x, enum archive_table t, size_t len,
		     struct cell *cells)
{
	struct json_member list[JSON_MEMBERS_MAX];
	const char *problem = NULL;
	struct json j;
	size_t at;
	int n, r = -1;

	if (len > x->copy_size) {
		char *more = realloc(x->copy, len);

		if (!more)
			return no_memory(x);
		x->copy = more;
		x->copy_size = len;
	}
	memcpy(x->copy, x->line, len);
	j = json_over_text(x->copy, len);
	n = json_object(&j, list);
	if (n >= 0)
		r = archive_derive(t, list, n, cells, &problem, &at);
	return r ? err_set(x->err, EIO,
			   "%s: session %.8s: a line cannot be "
			   "read back: %s",
			   x->session->path, x->session->uuid,
			   n < 0 ? j.problem : problem)
		 : 0;
}

/* Add what the line does not tell of the row, and write it. */
static int put_line(struct export *x, enum archive_table t,
		    const struct cell *cells)
{
	const struct archive_column *c = archive_shape(t)->columns;
	struct cell read[ARCHIVE_COLUMNS_MAX];
	const char *gap = "";
	size_t len;
	int r = x->is_starved ? no_memory(x) : finish_line(x, &len);

	if (!r)
		r = read_back(x, t, len, read);
	if (r)
		return r;
	fwrite(x->line, 1, len - 1, x->f); /* its last byte is "}" */
	fputs(",\"record\":{", x->f);
	for (size_t i = 0; c[i].name; i++) {
		if (archive_same_cell(&cells[i], &read[i]))
			continue;
		fprintf(x->f, "%s\"%s\":", gap, c[i].name);
		put_cell(&cells[i], x->f);
		gap = ",";
	}
	fputs("}}\n", x->f);
	return 0;
}

/* Take the secrets out of arguments; *len and the returned list are new. */
static const char *redact(struct export *x, const char *argv, size_t *len)
{
	char *list = NULL;
	int r = x->is_redacted ? redact_argv(argv, *len, &list, len) : 0;

	if (r < 0) {
		x->is_starved = true;
		*len = 0;
		return "";
	}
	if (!list)
		return argv;
	free(x->redacted);
	return x->redacted = list;
}

/* The same in the cells of a row. */
static bool redact_cells(struct export *x, enum archive_table t,
			 struct cell *cells)
{
	const struct archive_column *c = archive_shape(t)->columns;

	for (size_t i = 0; c[i].name; i++) {
		const char *argv = cells[i].p;

		if (c[i].form != FORM_ARGV || cells[i].kind != CELL_BLOB)
			continue;
		cells[i].p = redact(x, argv, &cells[i].len);
		return cells[i].p != argv;
	}
	return false;
}

/* A field, null where the cell is not what such a field holds. */
static void put_field(const struct archive_column *c, const struct cell *cell,
		      FILE *f)
{
	bool is_int = cell->kind == CELL_INT;
	bool is_text = cell->kind == CELL_TEXT ||
		       (cell->kind == CELL_BLOB && c->form == FORM_BLOB);

	fprintf(f, ",\"%s\":", c->field);
	if (c->form == FORM_ARGV)
		ndjson_argv(cell->p, cell->kind == CELL_BLOB ? cell->len : 0, f);
	else if (c->form == FORM_BOOL && is_int)
		fputs(cell->n ? "true" : "false", f);
	else if (c->form == FORM_INT && is_int)
		fprintf(f, "%lld", (long long)cell->n);
	else if ((c->form == FORM_TEXT || c->form == FORM_BLOB) && is_text)
		ndjson_string(cell->p, strnlen(cell->p, cell->len), f);
	else
		fputs("null", f);
}

/* A row of a table that the log has no lines for. */
static void write_row(struct export *x, enum archive_table t,
		      const struct cell *cells)
{
	const struct archive_column *c = archive_shape(t)->columns;
	int64_t at_ms = x->session->started_ms;
	char time[NDJSON_TIME_MAX];

	for (size_t i = 0; c[i].name; i++)
		if (c[i].form == FORM_TIME && cells[i].kind == CELL_INT)
			at_ms = cells[i].n;
	start_line(x);
	fprintf(x->memory,
		"{\"v\":%d,\"type\":\"%s\",\"session\":", NDJSON_VERSION,
		archive_shape(t)->type);
	ndjson_string(x->session->uuid, strlen(x->session->uuid), x->memory);
	fprintf(x->memory, ",\"seq\":0,\"ts\":");
	ndjson_time(at_ms, time);
	if (*time)
		fprintf(x->memory, "\"%s\"", time);
	else
		fputs("null", x->memory);
	fputs(",\"mode\":", x->memory);
	ndjson_string(x->session->mode, strlen(x->session->mode), x->memory);
	for (size_t i = 0; c[i].name; i++)
		if (c[i].form != FORM_TIME)
			put_field(&c[i], &cells[i], x->memory);
	fputc('}', x->memory);
}

static int write_table(struct export *x, enum archive_table t)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	sqlite3_stmt *s = NULL;
	int rc = archive_select(x->db, t, false, &s), r = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, x->session->row);
	while (rc == SQLITE_OK && !r && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		archive_cells(s, cells, archive_width(t));
		redact_cells(x, t, cells);
		write_row(x, t, cells);
		r = put_line(x, t, cells);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return r ? r : rc == SQLITE_DONE ? 0 : told(x, rc);
}

/* Will anything be redacted? The first line has to say so. */
static int find_secrets(struct export *x, bool *ret)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	sqlite3_stmt *s = NULL;
	int rc = archive_select(x->db, ARCHIVE_PROCESS, false, &s);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, x->session->row);
	while (rc == SQLITE_OK && !*ret && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		archive_cells(s, cells, archive_width(ARCHIVE_PROCESS));
		*ret = redact_cells(x, ARCHIVE_PROCESS, cells);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	return rc == SQLITE_OK || rc == SQLITE_DONE ? 0 : told(x, rc);
}

/* The cells of a row as they are written. */
static int complete_cells(struct export *x, enum archive_table t,
			  struct cell *cells)
{
	bool has_secrets = redact_cells(x, t, cells);
	struct cell *altered =
		&cells[archive_width(ARCHIVE_START) - 1]; /* its last column */
	int r = 0;

	if (t != ARCHIVE_START || !x->is_redacted)
		return 0;
	if (!has_secrets)
		r = find_secrets(x, &has_secrets);
	if (has_secrets && altered->kind == CELL_INT)
		altered->n |= ALTERED_REDACTED;
	return r;
}

/* A row that the log has a line for. */
static int write_feed(struct export *x, sqlite3_stmt *s, enum archive_table t,
		      const struct row *row)
{
	struct cell cells[ARCHIVE_COLUMNS_MAX];
	struct row shown = *row;
	bool is_session = t == ARCHIVE_START || t == ARCHIVE_END;
	int rc = sqlite3_bind_int64(s, 1, x->session->row), r = 0;

	if (rc == SQLITE_OK && !is_session)
		rc = sqlite3_bind_int64(s, 2, row->seq);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc != SQLITE_ROW) {
		sqlite3_reset(s);
		return rc == SQLITE_DONE ? 0 : told(x, rc);
	}
	shown.argv = redact(x, row->argv, &shown.argv_len);
	start_line(x);
	ndjson_write(&shown, x->memory);
	archive_cells(s, cells, archive_width(t));
	r = complete_cells(x, t, cells);
	if (!r)
		r = put_line(x, t, cells);
	sqlite3_reset(s);
	return r;
}

static enum archive_table table_of(enum row_type type)
{
	static const enum archive_table tables[N_ROW_TYPES] = {
		[ROW_SESSION_START] = ARCHIVE_START,
		[ROW_QUESTION] = ARCHIVE_QUESTION,
		[ROW_ATTEMPT] = ARCHIVE_ATTEMPT,
		[ROW_DECISION] = ARCHIVE_DECISION,
		[ROW_EVENT] = ARCHIVE_EVENT,
		[ROW_SESSION_END] = ARCHIVE_END,
	};

	return tables[type];
}

/* The rows of a page; behind the start come the tables that others name. */
static int write_page(struct export *x, sqlite3_stmt **queries,
		      const struct page *page)
{
	int r = 0;

	for (size_t i = 0; !r && i < page->n; i++) {
		enum archive_table t = table_of(page->rows[i].type);
		bool is_session = t == ARCHIVE_START || t == ARCHIVE_END;
		int rc = queries[t] ? SQLITE_OK
				    : archive_select(x->db, t, !is_session,
						     &queries[t]);

		r = rc ? told(x, rc)
		       : write_feed(x, queries[t], t, &page->rows[i]);
		for (int more = ARCHIVE_NAME;
		     !r && t == ARCHIVE_START && more <= ARCHIVE_BINDING; more++)
			r = write_table(x, (enum archive_table)more);
	}
	return r;
}

static int write_pages(struct export *x)
{
	sqlite3_stmt *queries[N_ARCHIVE_TABLES] = { NULL };
	struct page page = { 0 };
	int64_t after = -1;
	int r;

	do {
		r = reader_page(x->reader, x->index, after, &page, x->err);
		after = page.last;
		if (!r)
			r = write_page(x, queries, &page);
	} while (!r && page.n && !ferror(x->f));
	page_done(&page);
	for (int t = 0; t < N_ARCHIVE_TABLES; t++)
		sqlite3_finalize(queries[t]);
	return r;
}

int export_session(struct reader *r, size_t session, bool is_redacted, FILE *f,
		   struct ef_err *err)
{
	struct export x = { .reader = r,
			    .session = reader_session(r, session),
			    .index = session,
			    .is_redacted = is_redacted,
			    .f = f,
			    .err = err };
	bool is_still;
	int e;

	if (x.session->state == SESSION_RUNNING)
		return err_set(err, EBUSY,
			       "session %.8s is running: wait for its end",
			       x.session->uuid);
	x.memory = open_memstream(&x.line, &x.size);
	if (!x.memory)
		return no_memory(&x);
	e = reader_connect(x.session->path, &x.db, &is_still, err);
	if (!e)
		e = write_pages(&x);
	sqlite3_close(x.db);
	fclose(x.memory);
	free(x.line);
	free(x.copy);
	free(x.redacted);
	return e;
}
