/* SPDX-License-Identifier: MIT */
/*
 * Pages of rows. One query merges the numbered tables of a session, looks up
 * what they name, and is over before the page is given to anybody: no
 * transaction waits for a terminal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/reader_impl.h"
#include "audit/schema.h"

#define WHERE " WHERE session = ?1 AND seq > ?2"

static const char page_sql[] =
	"SELECT t.type, t.seq, t.at_ms, t.pid, t.tid, t.stage, t.proto, "
	"n.name, t.name_source, "
	"CASE WHEN json_valid(t.candidates) THEN (SELECT group_concat(c.name, "
	"' ') FROM json_each(t.candidates) AS j JOIN names AS c ON c.id = "
	"j.value) END, "
	"a.address, t.port, h.address, t.qtype, t.syscall, t.detail, t.netns, "
	"t.verdict, t.action, t.reason, t.door, t.probe, t.held_ms, t.count, "
	"t.errno, t.duration_ns, r.text, r.reason, r.line, v.path, p.ppid, "
	"p.uid, p.comm, p.exe, p.cwd, p.argv, s.address, t.answer, t.rcode, "
	"t.answers, t.kind, t.text, t.about FROM ("
	"SELECT 2 AS type, seq, at_ms, process, pid, tid, revision, stage, "
	"proto, name, name_source, candidates, address, port, placeholder, "
	"qtype, syscall, detail, foreign_netns AS netns, verdict, action, "
	"rule, reason, door, probe, held_ms, count, errno, duration_ns, "
	"NULL AS server, NULL AS rcode, 0 AS answers, NULL AS answer, "
	"NULL AS kind, NULL AS text, 0 AS about FROM attempts" WHERE
	" UNION ALL "
	"SELECT 1, seq, at_ms, process, pid, tid, revision, 'dns', proto, "
	"name, NULL, NULL, NULL, port, placeholder, qtype, 0, 0, 0, verdict, "
	"NULL, rule, reason, NULL, 0, 0, 1, NULL, NULL, server, rcode, "
	"answers, answer, NULL, NULL, 0 FROM questions" WHERE " UNION ALL "
	"SELECT 4, seq, at_ms, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, "
	"NULL, 0, NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, "
	"NULL, NULL, NULL, NULL, 0, NULL, kind, detail, 0 FROM events" WHERE
	" UNION ALL "
	"SELECT 3, seq, at_ms, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, "
	"NULL, 0, NULL, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, "
	"NULL, NULL, NULL, NULL, 0, NULL, answer, scope || ' by ' || by, "
	"attempt FROM decisions" WHERE " ORDER BY seq LIMIT ?3) AS t "
	"LEFT JOIN names AS n ON n.id = t.name "
	"LEFT JOIN addresses AS a ON a.id = t.address "
	"LEFT JOIN addresses AS h ON h.id = t.placeholder "
	"LEFT JOIN addresses AS s ON s.id = t.server "
	"LEFT JOIN rules AS r ON r.id = t.rule "
	"LEFT JOIN revisions AS v ON v.id = t.revision "
	"LEFT JOIN processes AS p ON p.id = t.process ORDER BY t.seq";

/* Texts of a page: blocks in a list, freed together. */
struct block {
	struct block *next;
	size_t used, size;
	char bytes[];
};

#define BLOCK_BYTES 65536

/* Room for n bytes that lives as long as the page, or NULL. */
static char *page_room(struct page *p, size_t n)
{
	struct block *b = p->arena;

	if (!b || n > b->size - b->used) {
		size_t size = n > BLOCK_BYTES ? n : BLOCK_BYTES;

		b = malloc(sizeof(*b) + size);
		if (!b)
			return NULL;
		b->next = p->arena;
		b->used = 0;
		b->size = size;
		p->arena = b;
	}
	b->used += n;
	return b->bytes + b->used - n;
}

void page_done(struct page *p)
{
	for (struct block *b = p->arena, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(p->rows);
	*p = (struct page){ 0 };
}

/* Where a row is being read: columns are taken from left to right. */
struct columns {
	sqlite3_stmt *q;
	struct page *page;
	int at;
	bool failed;
};

static const char *keep(struct columns *c, const void *p, size_t n)
{
	char *copy = n ? page_room(c->page, n + 1) : NULL;

	if (n && !copy)
		c->failed = true;
	if (!copy)
		return "";
	memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

static const char *take_text(struct columns *c)
{
	const void *p = sqlite3_column_blob(c->q, c->at);
	size_t n = (size_t)sqlite3_column_bytes(c->q, c->at);

	c->at++;
	return keep(c, p, n);
}

static int64_t take_int(struct columns *c, int64_t none)
{
	int i = c->at++;

	return sqlite3_column_type(c->q, i) == SQLITE_NULL
		       ? none
		       : sqlite3_column_int64(c->q, i);
}

/* Arguments joined by blanks, for searching. */
static const char *join(struct columns *c, const char *argv, size_t len)
{
	char *text;

	if (len && !argv[len - 1])
		len--;
	text = len ? page_room(c->page, len + 1) : NULL;
	if (len && !text)
		c->failed = true;
	if (!text)
		return "";
	for (size_t i = 0; i < len; i++)
		text[i] = argv[i] ? argv[i] : ' ';
	text[len] = '\0';
	return text;
}

static void take_row(struct columns *c, struct row *r)
{
	r->type = (enum row_type)take_int(c, ROW_EVENT);
	r->seq = take_int(c, 0);
	r->at_ms = take_int(c, 0);
	r->pid = take_int(c, 0);
	r->tid = take_int(c, 0);
	r->stage = take_text(c);
	r->proto = take_text(c);
	r->name = take_text(c);
	r->name_source = take_text(c);
	r->candidates = take_text(c);
	r->ip = take_text(c);
	r->port = take_int(c, 0);
	r->placeholder = take_text(c);
	r->qtype = take_int(c, 0);
	r->syscall = take_int(c, 0);
	r->detail = take_int(c, 0);
	r->is_foreign_netns = take_int(c, 0) != 0;
	r->verdict = take_text(c);
	r->action = take_text(c);
	r->reason = take_text(c);
	r->door = take_text(c);
	r->is_probe = take_int(c, 0) != 0;
	r->held_ms = take_int(c, 0);
	r->count = take_int(c, 1);
	r->err = take_int(c, -1);
	r->duration_ns = take_int(c, -1);
	r->rule = take_text(c);
	r->rule_reason = take_text(c);
	r->line = take_int(c, 0);
	r->file = take_text(c);
	r->ppid = take_int(c, -1);
	r->uid = take_int(c, -1);
	r->comm = take_text(c);
	r->exe = take_text(c);
	r->cwd = take_text(c);
	r->argv_len = (size_t)sqlite3_column_bytes(c->q, c->at);
	r->argv = take_text(c);
	r->cmd = join(c, r->argv, r->argv_len);
	r->server = take_text(c);
	r->answer = take_text(c);
	r->rcode = take_int(c, -1);
	r->answers = take_int(c, 0);
	r->kind = take_text(c);
	r->text = take_text(c);
	r->about = take_int(c, 0);
}

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

/* A row that stands for the session as a whole. */
static void take_session(struct columns *c, const struct session_info *s,
			 enum row_type type, struct row *r)
{
	bool is_end = type == ROW_SESSION_END;

	r->type = type;
	r->seq = is_end ? s->last_seq + 1 : 0;
	r->at_ms = is_end ? s->ended_ms : s->started_ms;
	r->pid = s->pid;
	r->argv = keep(c, s->argv, s->argv_len);
	r->argv_len = s->argv_len;
	r->cmd = join(c, s->argv, s->argv_len);
	r->cwd = keep(c, s->cwd, strlen(s->cwd));
	r->version = keep(c, s->version, strlen(s->version));
	r->session_name = keep(c, s->name, strlen(s->name));
	r->tags = keep(c, s->tags, strlen(s->tags));
	if (!is_end)
		return;
	r->digest = keep(c, s->digest, strlen(s->digest));
	r->exit_code = s->exit_code;
	r->signal = s->signal;
	r->allowed = s->allowed;
	r->denied = s->denied;
	r->would = s->would;
	r->held = s->held;
	r->questions = s->questions;
}

static struct row *next_row(struct page *p, const char *session, const char *mode)
{
	struct row *r = &p->rows[p->n++];

	*r = blank;
	r->session = session;
	r->mode = mode;
	return r;
}

static int run_query(sqlite3 *db, const struct session_info *s, int64_t after,
		     int limit, struct columns *c, const char *uuid,
		     const char *mode, struct ef_err *err)
{
	int rc = sqlite3_prepare_v2(db, page_sql, -1, &c->q, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(c->q, 1, s->row);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(c->q, 2, after < 0 ? 0 : after);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(c->q, 3, limit);
	while (rc == SQLITE_OK && (rc = sqlite3_step(c->q)) == SQLITE_ROW) {
		c->at = 0;
		take_row(c, next_row(c->page, uuid, mode));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(c->q);
	if (rc != SQLITE_DONE)
		return schema_told(db, rc, s->path, err);
	return c->failed ? err_set(err, ENOMEM, "out of memory") : 0;
}

static int fill_page(struct reader *r, size_t session, int64_t after, int limit,
		     struct page *ret, struct ef_err *err)
{
	const struct session_info *s = &r->sessions[session];
	struct columns c = { .page = ret };
	const char *uuid, *mode;
	sqlite3 *db;
	int n = reader_use(r, session, &db, err);

	if (n < 0)
		return n;
	ret->rows = calloc((size_t)limit + 2, sizeof(*ret->rows));
	uuid = keep(&c, s->uuid, strlen(s->uuid));
	mode = keep(&c, s->mode, strlen(s->mode));
	if (!ret->rows || c.failed)
		return err_set(err, ENOMEM, "out of memory");
	if (after < 0)
		take_session(&c, s, ROW_SESSION_START, next_row(ret, uuid, mode));
	n = run_query(db, s, after, limit, &c, uuid, mode, err);
	if (n < 0)
		return n;
	if (s->state == SESSION_ENDED && after <= s->last_seq &&
	    (!ret->n || ret->rows[ret->n - 1].seq >= s->last_seq))
		take_session(&c, s, ROW_SESSION_END, next_row(ret, uuid, mode));
	return c.failed ? err_set(err, ENOMEM, "out of memory") : 0;
}

int reader_page(struct reader *r, size_t session, int64_t after,
		struct page *ret, struct ef_err *err)
{
	int n;

	page_done(ret);
	n = fill_page(r, session, after, READER_PAGE_ROWS, ret, err);
	if (n < 0)
		page_done(ret);
	return n;
}

int reader_row(struct reader *r, size_t session, int64_t seq, struct page *ret,
	       struct ef_err *err)
{
	int n;

	page_done(ret);
	n = seq < 1 ? 0 : fill_page(r, session, seq - 1, 1, ret, err);
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
