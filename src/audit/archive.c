// SPDX-License-Identifier: MIT
// The tables of the record and the fields that tell their columns, and the
// queries that follow from them.
#include "audit/archive.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "audit/schema.h"

#define TEXT(column, field)                                                    \
	{                                                                      \
		column, field, FORM_TEXT, ""                                   \
	}
#define INT(column, field)                                                     \
	{                                                                      \
		column, field, FORM_INT, "0"                                   \
	}
#define MAY_INT(column, field)                                                 \
	{                                                                      \
		column, field, FORM_INT, NULL                                  \
	}
#define BOOL(column, field)                                                    \
	{                                                                      \
		column, field, FORM_BOOL, "0"                                  \
	}
#define AT                                                                     \
	{                                                                      \
		"at_ms", "ts", FORM_TIME, "0"                                  \
	}
#define SEQ INT("seq", "seq")
#define ROW INT("id", "row")
#define LINK(column)                                                           \
	{                                                                      \
		column, NULL, FORM_RECORD, NULL                                \
	}
#define END                                                                    \
	{                                                                      \
		NULL, NULL, FORM_RECORD, NULL                                  \
	}

static const struct archive_column start_columns[] = {
	{ "id", NULL, FORM_RECORD, "1" },
	TEXT("uuid", "session"),
	{ "host_id", NULL, FORM_RECORD, "''" },
	{ "argv", "argv", FORM_ARGV, "" },
	TEXT("cwd", "cwd"),
	TEXT("mode", "mode"),
	TEXT("version", "version"),
	{ "started_ms", "ts", FORM_TIME, "0" },
	INT("pid", "pid"),
	{ "pid_start", NULL, FORM_RECORD, "0" },
	{ "boot_id", NULL, FORM_RECORD, "''" },
	TEXT("name", "name"),
	{ "tags", "tags", FORM_TAGS, "" },
	{ "altered", NULL, FORM_RECORD, "0" },
	END
};

static const struct archive_column end_columns[] = {
	{ "ended_ms", "ts", FORM_TIME, NULL },
	MAY_INT("exit_code", "exit"),
	INT("signal", "signal"),
	{ "last_seq", "seq", FORM_LAST, NULL },
	MAY_INT("allowed", "allowed"),
	MAY_INT("denied", "denied"),
	MAY_INT("would", "would"),
	MAY_INT("held", "held"),
	MAY_INT("questions", "questions"),
	{ "digest", "digest", FORM_TEXT, NULL },
	END
};

static const struct archive_column name_columns[] = { ROW, TEXT("kind", "kind"),
						      TEXT("name", "text"), END };

static const struct archive_column address_columns[] = { ROW,
							 TEXT("address", "ip"),
							 END };

static const struct archive_column policy_columns[] = {
	ROW,
	AT,
	TEXT("path", "file"),
	TEXT("sha256", "sha256"),
	TEXT("default_policy", "default_policy"),
	{ "text", "text", FORM_BLOB, "" },
	END
};

static const struct archive_column rule_columns[] = {
	ROW,
	INT("revision", "revision"),
	INT("position", "position"),
	TEXT("kind", "kind"),
	INT("line", "line"),
	INT("col", "column"),
	TEXT("text", "rule"),
	{ "reason", "reason", FORM_TEXT, NULL },
	END
};

static const struct archive_column process_columns[] = {
	ROW,
	AT,
	INT("pid", "pid"),
	INT("start_ticks", "start_ticks"),
	INT("exe_dev", "exe_dev"),
	INT("exe_ino", "exe_ino"),
	INT("ppid", "ppid"),
	MAY_INT("parent", "parent"),
	INT("uid", "uid"),
	TEXT("comm", "comm"),
	TEXT("exe", "exe"),
	TEXT("cwd", "cwd"),
	{ "argv", "argv", FORM_ARGV, "" },
	BOOL("argv_cut", "argv_cut"),
	END
};

static const struct archive_column binding_columns[] = {
	ROW,
	MAY_INT("question", "question"),
	AT,
	INT("until_ms", "until_ms"),
	INT("name", "name"),
	INT("address", "address"),
	TEXT("source", "source"),
	END
};

static const struct archive_column question_columns[] = {
	SEQ,
	AT,
	LINK("process"),
	INT("pid", "pid"),
	INT("tid", "tid"),
	LINK("revision"),
	{ "server", "server", FORM_ADDRESS, NULL },
	INT("port", "port"),
	TEXT("proto", "proto"),
	{ "name", "host", FORM_NAME, NULL },
	INT("qtype", "qtype"),
	{ "dns_id", NULL, FORM_RECORD, "0" },
	TEXT("verdict", "verdict"),
	TEXT("reason", "reason"),
	LINK("rule"),
	{ "placeholder", "placeholder", FORM_ADDRESS, NULL },
	MAY_INT("rcode", "rcode"),
	MAY_INT("answers", "answers"),
	{ "answer", "addresses", FORM_WORDS, NULL },
	END
};

static const struct archive_column attempt_columns[] = {
	SEQ,
	AT,
	LINK("process"),
	INT("pid", "pid"),
	INT("tid", "tid"),
	LINK("revision"),
	{ "stage", "stage", FORM_TEXT, "connect" },
	{ "proto", "proto", FORM_TEXT, "tcp" },
	{ "name", "host", FORM_NAME, NULL },
	{ "name_source", "name", FORM_TEXT, "none" },
	LINK("candidates"),
	{ "address", "ip", FORM_ADDRESS, NULL },
	INT("port", "port"),
	{ "placeholder", "placeholder", FORM_ADDRESS, NULL },
	{ "qtype", NULL, FORM_RECORD, "0" },
	INT("syscall", "syscall"),
	INT("detail", "detail"),
	BOOL("foreign_netns", "foreign_netns"),
	TEXT("verdict", "verdict"),
	TEXT("action", "action"),
	LINK("rule"),
	TEXT("reason", "reason"),
	{ "door", "door", FORM_TEXT, NULL },
	BOOL("probe", "probe"),
	INT("held_ms", "held_ms"),
	{ "count", "count", FORM_INT, "1" },
	MAY_INT("errno", "errno"),
	MAY_INT("duration_ns", "duration_ns"),
	LINK("resolved"),
	END
};

static const struct archive_column decision_columns[] = {
	SEQ,
	AT,
	INT("attempt", "attempt"),
	TEXT("answer", "answer"),
	{ "scope", "detail", FORM_SCOPE, "" },
	{ "by", "detail", FORM_BY, "" },
	END
};

static const struct archive_column event_columns[] = {
	SEQ, AT, TEXT("kind", "kind"), TEXT("detail", "detail"), END
};

#define OF_SESSION "session = ?1"
/* Texts that some row of the session names. */
#define NAMES_OF                                                               \
	"id IN (SELECT name FROM attempts WHERE session = ?1 UNION "           \
	"SELECT name FROM questions WHERE session = ?1 UNION "                 \
	"SELECT name FROM bindings WHERE session = ?1 UNION "                  \
	"SELECT j.value FROM attempts AS a, json_each(CASE WHEN "              \
	"json_valid(a.candidates) THEN a.candidates ELSE '[]' END) AS j "      \
	"WHERE a.session = ?1)"
#define ADDRESSES_OF                                                           \
	"id IN (SELECT address FROM attempts WHERE session = ?1 UNION "        \
	"SELECT placeholder FROM attempts WHERE session = ?1 UNION "           \
	"SELECT resolved FROM attempts WHERE session = ?1 UNION "              \
	"SELECT server FROM questions WHERE session = ?1 UNION "               \
	"SELECT placeholder FROM questions WHERE session = ?1 UNION "          \
	"SELECT address FROM bindings WHERE session = ?1)"
#define RULES_OF                                                               \
	"(revision IN (SELECT id FROM revisions WHERE session = ?1) OR "       \
	"id IN (SELECT rule FROM attempts WHERE session = ?1 UNION "           \
	"SELECT rule FROM questions WHERE session = ?1))"

static const struct archive_shape shapes[N_ARCHIVE_TABLES] = {
	[ARCHIVE_START] = { "sessions", "session_start", "id", "id = ?1", false,
			    start_columns },
	[ARCHIVE_END] = { "sessions", "session_end", "id", "id = ?1", false,
			  end_columns },
	[ARCHIVE_NAME] = { "names", "name", "id", NAMES_OF, false, name_columns },
	[ARCHIVE_ADDRESS] = { "addresses", "address", "id", ADDRESSES_OF, false,
			      address_columns },
	[ARCHIVE_POLICY] = { "revisions", "policy", "id", OF_SESSION, true,
			     policy_columns },
	[ARCHIVE_RULE] = { "rules", "rule", "id", RULES_OF, false, rule_columns },
	[ARCHIVE_PROCESS] = { "processes", "process", "id", OF_SESSION, true,
			      process_columns },
	[ARCHIVE_BINDING] = { "bindings", "binding", "id", OF_SESSION, true,
			      binding_columns },
	[ARCHIVE_QUESTION] = { "questions", "dns", "seq", OF_SESSION, true,
			       question_columns },
	[ARCHIVE_ATTEMPT] = { "attempts", "attempt", "seq", OF_SESSION, true,
			      attempt_columns },
	[ARCHIVE_DECISION] = { "decisions", "answer", "seq", OF_SESSION, true,
			       decision_columns },
	[ARCHIVE_EVENT] = { "events", "event", "seq", OF_SESSION, true,
			    event_columns },
};

const struct archive_shape *archive_shape(enum archive_table t)
{
	return &shapes[t];
}

size_t archive_width(enum archive_table t)
{
	size_t n = 0;

	while (shapes[t].columns[n].name)
		n++;
	return n;
}

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !memcmp(text, word, len);
}

enum archive_table archive_table_of(const char *type, size_t len)
{
	int t = 0;

	if (is_word(type, len, "held"))
		return ARCHIVE_ATTEMPT;
	if (is_word(type, len, "reload"))
		return ARCHIVE_EVENT;
	while (t < N_ARCHIVE_TABLES && !is_word(type, len, shapes[t].type))
		t++;
	return (enum archive_table)t;
}

bool archive_same_cell(const struct cell *a, const struct cell *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == CELL_NULL)
		return true;
	if (a->kind == CELL_INT)
		return a->n == b->n;
	return a->len == b->len && (!a->len || !memcmp(a->p, b->p, a->len));
}

void archive_cells(sqlite3_stmt *s, struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int at = (int)i, type = sqlite3_column_type(s, at);
		const void *p;

		cells[i] = (struct cell){ .kind = CELL_NULL };
		if (type == SQLITE_NULL)
			continue;
		if (type == SQLITE_INTEGER) {
			cells[i].kind = CELL_INT;
			cells[i].n = sqlite3_column_int64(s, at);
			continue;
		}
		cells[i].kind = type == SQLITE_BLOB ? CELL_BLOB : CELL_TEXT;
		p = type == SQLITE_BLOB ? sqlite3_column_blob(s, at)
					: sqlite3_column_text(s, at);
		cells[i].p = p ? p : "";
		cells[i].len = (size_t)sqlite3_column_bytes(s, at);
	}
}

int archive_bind(sqlite3_stmt *s, int i, const struct cell *c)
{
	switch (c->kind) {
	case CELL_INT:
		return sqlite3_bind_int64(s, i, c->n);
	case CELL_TEXT:
		return sqlite3_bind_text64(s, i, c->p, c->len, SQLITE_STATIC,
					   SQLITE_UTF8);
	case CELL_BLOB:
		return sqlite3_bind_blob64(s, i, c->p, c->len, SQLITE_STATIC);
	case CELL_NULL:
	case CELL_REF:
	default:
		return sqlite3_bind_null(s, i);
	}
}

/* A statement being written; all names in it are ours and it always fits. */
struct sql {
	char text[2048];
	size_t len;
};

static void add(struct sql *q, const char *text)
{
	size_t n = strlen(text);

	if (n >= sizeof(q->text) - q->len)
		n = sizeof(q->text) - q->len - 1;
	memcpy(q->text + q->len, text, n);
	q->len += n;
	q->text[q->len] = '\0';
}

/* Each column of a table between a word before it and one behind. */
static void add_columns(struct sql *q, enum archive_table t, const char *before,
			const char *behind, const char *first_gap)
{
	const struct archive_column *c = shapes[t].columns;

	for (size_t i = 0; c[i].name; i++) {
		add(q, i ? "," : first_gap);
		add(q, before);
		if (!strcmp(before, "?"))
			continue;
		add(q, c[i].name);
		add(q, behind);
	}
}

int archive_select(sqlite3 *db, enum archive_table t, bool is_one,
		   sqlite3_stmt **ret)
{
	const struct archive_shape *s = &shapes[t];
	struct sql q = { .len = 0 };

	add(&q, "SELECT");
	add_columns(&q, t, "", "", " ");
	add(&q, " FROM ");
	add(&q, s->table);
	add(&q, " WHERE ");
	add(&q, is_one && !s->has_session ? "?1" : s->of_session);
	if (is_one) {
		add(&q, " AND ");
		add(&q, s->key);
		add(&q, " = ?2");
	}
	add(&q, " ORDER BY ");
	add(&q, s->key);
	return sqlite3_prepare_v2(db, q.text, -1, ret, NULL);
}

int archive_insert(sqlite3 *db, enum archive_table t, sqlite3_stmt **ret)
{
	const struct archive_shape *s = &shapes[t];
	bool is_session = t == ARCHIVE_START || t == ARCHIVE_END;
	struct sql q = { .len = 0 };

	add(&q, is_session ? "UPDATE " : "INSERT OR IGNORE INTO ");
	add(&q, s->table);
	if (is_session) {
		add_columns(&q, t, "", " = ?", " SET ");
		return sqlite3_prepare_v2(db, q.text, -1, ret, NULL);
	}
	add_columns(&q, t, "", "", " (");
	add(&q, s->has_session ? ", session)" : ")");
	add_columns(&q, t, "?", "", " VALUES (");
	add(&q, s->has_session ? ", ?)" : ")");
	return sqlite3_prepare_v2(db, q.text, -1, ret, NULL);
}
