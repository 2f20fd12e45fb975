/* SPDX-License-Identifier: MIT */
/* The sessions of a file: what they were, how they stand. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/escape.h"
#include "audit/reader_impl.h"
#include "audit/schema.h"

/* Totals of a session that has not written its own. The counts of a file that
 * somebody else wrote may add up to more than sum() takes. */
#define SUM(what)                                                              \
	"(SELECT cast(total(count) AS INTEGER) FROM attempts WHERE session = " \
	"s.id AND " what ")"
#define LAST(table)                                                            \
	"ifnull((SELECT max(seq) FROM " table " WHERE session = s.id), 0)"

/* What a session has written at its end, or the sum; ?2 says that the sum is
 * not wanted. */
#define TOTAL(what, sum)                                                       \
	"ifnull(" what ", CASE WHEN ?2 THEN -1 ELSE " sum " END), "

static const char list_sql[] =
	"SELECT s.id, uuid, argv, cwd, mode, version, started_ms, name, tags, "
	"ended_ms, exit_code, signal, ifnull(last_seq, max("
	LAST("attempts") ", " LAST("questions") ", " LAST("events") ", "
	LAST("decisions") ")), "
	TOTAL("allowed", SUM("verdict = 'allow'"))
	TOTAL("denied", SUM("action = 'denied'"))
	TOTAL("would", SUM("verdict = 'deny' AND action = 'allowed'"))
	TOTAL("held", SUM("held_ms > 0"))
	TOTAL("questions",
	      "(SELECT count(*) FROM questions WHERE session = s.id)")
	"ifnull(digest, ''), altered, pid, pid_start, boot_id, "
	"(SELECT count(*) FROM sessions) > 1 "
	"FROM sessions AS s WHERE ?1 = 0 OR s.id = ?1 ORDER BY s.id";

enum {
	COL_ID,
	COL_UUID,
	COL_ARGV,
	COL_CWD,
	COL_MODE,
	COL_VERSION,
	COL_STARTED,
	COL_NAME,
	COL_TAGS,
	COL_ENDED,
	COL_EXIT,
	COL_SIGNAL,
	COL_LAST,
	COL_ALLOWED,
	COL_DENIED,
	COL_WOULD,
	COL_HELD,
	COL_QUESTIONS,
	COL_DIGEST,
	COL_ALTERED,
	COL_PID,
	COL_PID_START,
	COL_BOOT,
	COL_SHARED
};

/* Is the process of this number still the one that started then? */
static bool is_alive(int64_t pid, int64_t start)
{
	char path[64], line[1024] = "";
	unsigned long long ticks = 0;
	char *p;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
	f = fopen(path, "re");
	if (!f)
		return false;
	p = fgets(line, sizeof(line), f) ? strrchr(line, ')') : NULL;
	fclose(f);
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	return p && sscanf(p, "%llu", &ticks) == 1 && (int64_t)ticks == start;
}

static char *text_of(sqlite3_stmt *q, int col)
{
	const void *p = sqlite3_column_blob(q, col);
	size_t n = (size_t)sqlite3_column_bytes(q, col);
	char *copy = malloc(n + 1);

	if (copy) {
		if (n)
			memcpy(copy, p, n);
		copy[n] = '\0';
	}
	return copy;
}

static int64_t int_or(sqlite3_stmt *q, int col, int64_t none)
{
	return sqlite3_column_type(q, col) == SQLITE_NULL
		       ? none
		       : sqlite3_column_int64(q, col);
}

static void word_of(sqlite3_stmt *q, int col, char *ret, size_t size)
{
	const char *t = (const char *)sqlite3_column_text(q, col);

	snprintf(ret, size, "%s", t ? t : "");
}

/* Ids are shown and typed as they are, and whoever wrote the file chose them:
 * what no id has in it becomes a question mark. */
static void id_of(sqlite3_stmt *q, int col, char *ret, size_t size)
{
	word_of(q, col, ret, size);
	for (; *ret; ret++)
		if (!strchr("0123456789abcdefABCDEF-", *ret))
			*ret = '?';
}

/* What may change while a session runs. */
static void fill_state(const struct reader *r, sqlite3_stmt *q,
		       struct session_info *s)
{
	char boot[64];

	word_of(q, COL_BOOT, boot, sizeof(boot));
	word_of(q, COL_DIGEST, s->digest, sizeof(s->digest));
	s->pid = sqlite3_column_int64(q, COL_PID);
	s->ended_ms = int_or(q, COL_ENDED, 0);
	s->exit_code = int_or(q, COL_EXIT, -1);
	s->signal = int_or(q, COL_SIGNAL, -1);
	s->last_seq = sqlite3_column_int64(q, COL_LAST);
	s->allowed = sqlite3_column_int64(q, COL_ALLOWED);
	s->denied = sqlite3_column_int64(q, COL_DENIED);
	s->would = sqlite3_column_int64(q, COL_WOULD);
	s->held = sqlite3_column_int64(q, COL_HELD);
	s->questions = sqlite3_column_int64(q, COL_QUESTIONS);
	s->is_altered = sqlite3_column_int(q, COL_ALTERED) & 1;
	s->is_partial = sqlite3_column_int(q, COL_ALTERED) & ~1;
	s->is_shared = sqlite3_column_int(q, COL_SHARED) != 0;
	s->state = SESSION_NOT_CLOSED;
	if (s->ended_ms)
		s->state = SESSION_ENDED;
	else if (!strcmp(boot, r->boot_id) &&
		 is_alive(s->pid, sqlite3_column_int64(q, COL_PID_START)))
		s->state = SESSION_RUNNING;
}

static int fill(const struct reader *r, sqlite3_stmt *q, const char *path,
		struct session_info *s)
{
	memset(s, 0, sizeof(*s));
	s->path = path;
	s->row = sqlite3_column_int64(q, COL_ID);
	id_of(q, COL_UUID, s->uuid, sizeof(s->uuid));
	word_of(q, COL_MODE, s->mode, sizeof(s->mode));
	s->started_ms = sqlite3_column_int64(q, COL_STARTED);
	s->argv = text_of(q, COL_ARGV);
	s->argv_len = (size_t)sqlite3_column_bytes(q, COL_ARGV);
	s->cwd = text_of(q, COL_CWD);
	s->version = text_of(q, COL_VERSION);
	s->name = text_of(q, COL_NAME);
	s->tags = text_of(q, COL_TAGS);
	fill_state(r, q, s);
	return s->argv && s->cwd && s->version && s->name && s->tags ? 0
								     : -ENOMEM;
}

static int make_room(struct reader *r)
{
	size_t room = r->room ? r->room * 2 : 16;
	struct session_info *more;

	if (r->n_sessions < r->room)
		return 0;
	more = reallocarray(r->sessions, room, sizeof(*more));
	if (!more)
		return -ENOMEM;
	r->sessions = more;
	r->room = room;
	return 0;
}

int reader_list(struct reader *r, const char *path, struct ef_err *err)
{
	sqlite3 *db;
	sqlite3_stmt *q = NULL;
	bool is_still;
	int n = reader_connect(path, &db, &is_still, err), rc;

	if (n < 0)
		return n;
	rc = sqlite3_prepare_v2(db, list_sql, -1, &q, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, 0);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(q, 2, r->is_quick);
	while (rc == SQLITE_OK && n == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		rc = SQLITE_OK;
		n = make_room(r);
		if (n == 0)
			n = fill(r, q, path, &r->sessions[r->n_sessions++]);
	}
	sqlite3_finalize(q);
	if (n == 0 && rc != SQLITE_DONE)
		n = schema_told(db, rc, path, err);
	sqlite3_close(db);
	return n;
}

int reader_refresh(struct reader *r, size_t session, struct ef_err *err)
{
	struct session_info *s = &r->sessions[session];
	sqlite3 *db;
	sqlite3_stmt *q = NULL;
	int n = reader_use(r, session, &db, err), rc;

	if (n < 0)
		return n;
	rc = sqlite3_prepare_v2(db, list_sql, -1, &q, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, s->row);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(q, 2, r->is_quick);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		fill_state(r, q, s);
	sqlite3_finalize(q);
	return rc == SQLITE_ROW ? 0 : schema_told(db, rc, s->path, err);
}

static const char denied_sql[] =
	"SELECT n.name, a.address, t.port, t.proto, p.exe, p.comm, t.reason, "
	"cast(total(t.count) AS INTEGER) AS total, t.stage FROM attempts AS t "
	"LEFT JOIN names AS n ON n.id = t.name "
	"LEFT JOIN addresses AS a ON a.id = t.address "
	"LEFT JOIN processes AS p ON p.id = t.process "
	"WHERE t.session = ? AND t.action = 'denied' "
	"GROUP BY t.name, t.address, t.port, t.proto "
	"ORDER BY total DESC, min(t.seq)";

static void fill_destination(sqlite3_stmt *q, struct destination *d)
{
	char name[256], ip[80], proto[16], exe[1024], comm[32], reason[40],
		stage[16], text[200], port[32];
	struct row row = { .type = ROW_ATTEMPT,
			   .name = name,
			   .ip = ip,
			   .proto = proto,
			   .exe = exe,
			   .comm = comm,
			   .reason = reason,
			   .stage = stage,
			   .placeholder = "",
			   .door = "",
			   .action = "denied",
			   .verdict = "deny" };

	word_of(q, 0, name, sizeof(name));
	word_of(q, 1, ip, sizeof(ip));
	row.port = sqlite3_column_int64(q, 2);
	word_of(q, 3, proto, sizeof(proto));
	word_of(q, 4, exe, sizeof(exe));
	word_of(q, 5, comm, sizeof(comm));
	word_of(q, 6, reason, sizeof(reason));
	word_of(q, 8, stage, sizeof(stage));
	row_destination(&row, text, sizeof(text));
	row_port(&row, port, sizeof(port));
	snprintf(d->text, sizeof(d->text), "%s %s", text, port);
	row_program(&row, d->program, sizeof(d->program));
	row_reason(&row, d->reason, sizeof(d->reason));
	d->count = sqlite3_column_int64(q, 7);
}

int reader_denied(struct reader *r, size_t session, struct destination *list,
		  size_t max, size_t *ret_all, struct ef_err *err)
{
	sqlite3 *db;
	sqlite3_stmt *s = NULL;
	size_t n = 0, all = 0;
	int rc = reader_use(r, session, &db, err);

	*ret_all = 0;
	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db, denied_sql, -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, r->sessions[session].row);
	while (rc == SQLITE_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		if (n < max)
			fill_destination(s, &list[n++]);
		all++;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(s);
	*ret_all = all;
	return rc == SQLITE_DONE
		       ? (int)n
		       : schema_told(db, rc, r->sessions[session].path, err);
}

int reader_policy(struct reader *r, size_t session, char *path, size_t size,
		  char sha256[65], struct ef_err *err)
{
	sqlite3 *db;
	sqlite3_stmt *s = NULL;
	int rc = reader_use(r, session, &db, err);

	*path = *sha256 = '\0';
	if (rc < 0)
		return rc;
	rc = sqlite3_prepare_v2(db,
				"SELECT path, sha256 FROM revisions WHERE "
				"session = ? ORDER BY id DESC LIMIT 1",
				-1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(s, 1, r->sessions[session].row);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW) {
		word_of(s, 0, path, size);
		word_of(s, 1, sha256, 65);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_ROW || rc == SQLITE_DONE
		       ? 0
		       : schema_told(db, rc, r->sessions[session].path, err);
}
