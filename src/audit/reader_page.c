/* SPDX-License-Identifier: MIT */
/*
 * Pages of rows. One query merges the numbered tables of a session, looks up
 * what they name, and is over before the page is given to anybody: no
 * transaction waits for a terminal.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/filter_impl.h"
#include "audit/reader_impl.h"
#include "audit/reader_sql.h"
#include "audit/schema.h"
#include "base/cleanup.h"

#define CONDITION_BYTES 65536

static const struct row blank = {
	.stage = "",
	.proto = "",
	.verdict = "",
	.action = "",
	.name = "",
	.name_source = "",
	.candidates = "",
	.ip = "",
	.placeholder = "",
	.reason = "",
	.door = "",
	.rule = "",
	.rule_reason = "",
	.file = "",
	.comm = "",
	.exe = "",
	.cwd = "",
	.argv = "",
	.cmd = "",
	.server = "",
	.answer = "",
	.kind = "",
	.text = "",
	.version = "",
	.session_name = "",
	.tags = "",
	.digest = "",
	.err = -1,
	.duration_ns = -1,
	.rcode = -1,
	.ppid = -1,
	.uid = -1,
	.exit_code = -1,
	.signal = -1,
};

const struct row *reader_blank(void)
{
	return &blank;
}

static struct row *next_row(struct page *p, const char *session, const char *mode)
{
	struct row *r = &p->rows[p->n++];

	*r = blank;
	r->session = session;
	r->mode = mode;
	return r;
}

/* A query of rows: the page of a session behind a number, and more. */
struct query {
	const char *sql;
	int64_t after, since_ms;
	int64_t up_to; /* of where_sql */
	int limit;
};

static int bind_query(sqlite3_stmt *s, const struct session_info *i,
		      const struct query *q)
{
	int rc = sqlite3_bind_int64(s, 1, i->row);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 2, q->after < 0 ? 0 : q->after);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(s, 3, q->limit);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 4, q->since_ms);
	return rc == SQLITE_OK && sqlite3_bind_parameter_count(s) > 4
		       ? sqlite3_bind_int64(s, 5, q->up_to)
		       : rc;
}

static int run_query(sqlite3 *db, const struct session_info *s,
		     const struct query *q, struct columns *c, const char *uuid,
		     const char *mode, struct ef_err *err)
{
	int rc = sqlite3_prepare_v2(db, q->sql, -1, &c->q, NULL);

	if (rc == SQLITE_OK)
		rc = bind_query(c->q, s, q);
	while (rc == SQLITE_OK && (rc = sqlite3_step(c->q)) == SQLITE_ROW) {
		c->at = 0;
		columns_take_row(c, next_row(c->page, uuid, mode));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(c->q);
	if (rc != SQLITE_DONE)
		return schema_told(db, rc, s->path, err);
	return c->failed ? err_set(err, ENOMEM, "out of memory") : 0;
}

/* Room for the rows, and what each of them says of its session. */
static int start_page(const struct session_info *s, int limit,
		      struct columns *c, const char **ret_uuid,
		      const char **ret_mode, struct ef_err *err)
{
	c->page->rows = calloc((size_t)limit + 2, sizeof(*c->page->rows));
	*ret_uuid = columns_keep(c, s->uuid, strlen(s->uuid));
	*ret_mode = columns_keep(c, s->mode, strlen(s->mode));
	return !c->page->rows || c->failed
		       ? err_set(err, ENOMEM, "out of memory")
		       : 0;
}

/* A number may be any value in a file that somebody else wrote: pages that get
 * nowhere would never end. */
static int end_page(const struct session_info *s, int64_t after, int64_t last,
		    struct page *ret, struct ef_err *err)
{
	ret->last = last;
	if (ret->n && last <= after)
		return err_set(err, EBADMSG,
			       "%s has rows whose numbers do not rise: it was "
			       "altered",
			       s->path);
	return 0;
}

/* Every row up to this number has been looked at. */
static int64_t looked_at(const struct session_info *s, int64_t after,
			 int64_t since_ms, int limit, const struct page *p)
{
	int64_t last = p->n ? p->rows[p->n - 1].seq : after;

	/* rows that were left out have numbers, too */
	return since_ms > INT64_MIN && p->n < (size_t)limit && s->last_seq > last
		       ? s->last_seq
		       : last;
}

static int fill_page(struct reader *r, size_t session, int64_t after,
		     int64_t since_ms, int limit, struct page *ret,
		     struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	struct columns c = { .page = ret };
	const char *uuid, *mode;
	sqlite3 *db;
	int n = reader_use(r, session, &db, err);

	if (n < 0)
		return n;
	n = start_page(s, limit, &c, &uuid, &mode, err);
	if (n < 0)
		return n;
	if (after < 0)
		columns_take_session(&c, s, ROW_SESSION_START,
				     next_row(ret, uuid, mode));
	n = run_query(db, s,
		      &(struct query){ .sql = page_sql,
				       .after = after,
				       .since_ms = since_ms,
				       .limit = limit },
		      &c, uuid, mode, err);
	if (n < 0)
		return n;
	if (s->state == SESSION_ENDED && after <= s->last_seq &&
	    (!ret->n || ret->rows[ret->n - 1].seq >= s->last_seq))
		columns_take_session(&c, s, ROW_SESSION_END,
				     next_row(ret, uuid, mode));
	if (c.failed)
		return err_set(err, ENOMEM, "out of memory");
	return end_page(s, after, looked_at(s, after, since_ms, limit, ret),
			ret, err);
}

int reader_page(struct reader *r, size_t session, int64_t after,
		struct page *ret, struct ef_err *err)
{
	int n;

	page_done(ret);
	n = fill_page(r, session, after, INT64_MIN, READER_PAGE_ROWS, ret, err);
	if (n < 0)
		page_done(ret);
	return n;
}

/* The last number that is written; what comes later is for the next page. */
static int last_number(sqlite3 *db, const struct session_info *s, int64_t *ret,
		       struct ef_err *err)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(
		db, "SELECT ifnull(max(seq), 0) FROM attempts WHERE session = ?",
		-1, &q, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, s->row);
	if (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW)
		*ret = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return rc == SQLITE_ROW ? 0 : schema_told(db, rc, s->path, err);
}

/* The text of the query for a filter; the caller frees it. */
static char *where_text(const struct filter *f, const struct session_info *s)
{
	size_t size = sizeof(where_sql) + CONDITION_BYTES;
	auto_free char *condition = malloc(CONDITION_BYTES);
	char *sql = malloc(size);

	if (!condition || !sql) {
		free(sql);
		return NULL;
	}
	filter_sql(f, s->uuid, s->mode, condition, CONDITION_BYTES);
	snprintf(sql, size, where_sql, condition);
	return sql;
}

static int fill_where(struct reader *r, size_t session, int64_t after,
		      const struct filter *f, int64_t since_ms,
		      struct page *ret, struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	auto_free char *sql = where_text(f, s);
	struct query q = { .sql = sql,
			   .after = after,
			   .since_ms = since_ms,
			   .limit = READER_PAGE_ROWS };
	struct columns c = { .page = ret };
	const char *uuid, *mode;
	sqlite3 *db;
	int n;

	if (!sql)
		return err_set(err, ENOMEM, "out of memory");
	n = reader_use(r, session, &db, err);
	if (!n && filter_sql_connect(f, db))
		n = schema_told(db, sqlite3_errcode(db), s->path, err);
	if (!n)
		n = last_number(db, s, &q.up_to, err);
	if (!n)
		n = start_page(s, q.limit, &c, &uuid, &mode, err);
	if (!n)
		n = run_query(db, s, &q, &c, uuid, mode, err);
	if (n)
		return n;
	if (ret->n == READER_PAGE_ROWS || q.up_to <= after)
		q.up_to = ret->n ? ret->rows[ret->n - 1].seq : after;
	return end_page(s, after, q.up_to, ret, err);
}

int reader_page_where(struct reader *r, size_t session, int64_t after,
		      const struct filter *f, int64_t since_ms,
		      struct page *ret, struct ef_err *err)
{
	int n;

	page_done(ret);
	n = filter_is_empty(f)
		    ? fill_page(r, session, after, since_ms, READER_PAGE_ROWS,
				ret, err)
		    : fill_where(r, session, after, f, since_ms, ret, err);
	if (n < 0)
		page_done(ret);
	return n;
}

int reader_row(struct reader *r, size_t session, int64_t seq, struct page *ret,
	       struct ef_err *err)
{
	int n;

	page_done(ret);
	n = seq < 1 ? 0 : fill_page(r, session, seq - 1, INT64_MIN, 1, ret, err);
	if (n == 0 && (!ret->n || ret->rows[0].seq != seq ||
		       ret->rows[0].type == ROW_SESSION_END))
		n = err_set(err, ENOENT, "session %.8s has no event %lld",
			    r->sessions[session].uuid, (long long)seq);
	if (n < 0)
		page_done(ret);
	else
		ret->n = 1;
	return n;
}
