/* SPDX-License-Identifier: MIT */
/*
 * Attempts by what they were about.
 *
 * Rows are read as the numbers and words they are made of, without looking up
 * what they name, and remembered in a table of fixed size by exactly those. A
 * row that is like the one in its place is counted there; another one takes
 * the place, and what was there is told with its names looked up. Each call
 * of SQLite for a column shows in the time, so there is one for each.
 */
#include "audit/reader_group.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "audit/reader_impl.h"
#include "audit/schema.h"
#include "base/cleanup.h"

#define SLOTS	    4096 /* a power of two */
#define TRIES	    8	 /* places that a row may be at */
#define BATCH	    16384 /* rows of one query: how long a writer may have to wait */
#define WORDS_BYTES 512
#define COUNT_MAX   (INT64_C(1) << 40) /* of one row */

/* The numbers of a key, then its words, then what is none of it. */
enum {
	COL_NAME,
	COL_ADDRESS,
	COL_PLACEHOLDER,
	COL_RULE,
	COL_PORT,
	COL_QTYPE,
	COL_DETAIL,
	COL_NETNS,
	COL_PROBE,
	N_NUMBERS,
	COL_STAGE = N_NUMBERS,
	COL_PROTO,
	COL_SOURCE,
	COL_CANDIDATES,
	COL_VERDICT,
	COL_ACTION,
	COL_REASON,
	N_KEYS,
	COL_SEQ = N_KEYS,
	COL_AT,
	COL_COUNT,
	COL_ERRNO,
};

static const char attempts_sql[] =
	"SELECT name, address, placeholder, rule, port, qtype, detail, "
	"foreign_netns, probe, stage, proto, name_source, candidates, verdict, "
	"action, reason, seq, at_ms, count, errno FROM attempts "
	"WHERE session = ?1 AND seq > ?2 AND at_ms >= ?3 ORDER BY seq LIMIT ?4";

static const char questions_sql[] =
	"SELECT name, NULL, NULL, rule, 0, qtype, 0, 0, 0, 'dns', proto, NULL, "
	"NULL, verdict, NULL, reason, seq, at_ms, 1, NULL FROM questions "
	"WHERE session = ?1 AND seq > ?2 AND at_ms >= ?3 AND verdict = 'allow' "
	"ORDER BY seq LIMIT ?4";

/* What a number of a row stands for. */
enum { LOOK_NAME, LOOK_ADDRESS, LOOK_CANDIDATES, LOOK_RULE, N_LOOKS };

static const char *const looks[N_LOOKS] = {
	[LOOK_NAME] = "SELECT name FROM names WHERE id = ?1",
	[LOOK_ADDRESS] = "SELECT address FROM addresses WHERE id = ?1",
	[LOOK_CANDIDATES] =
		("SELECT CASE WHEN json_valid(?1) THEN (SELECT "
		 "group_concat(c.name, ' ') FROM json_each(?1) AS j JOIN names "
		 "AS c ON c.id = j.value) END"),
	[LOOK_RULE] = ("SELECT r.text, r.line, v.path FROM rules AS r JOIN "
		       "revisions AS v ON v.id = r.revision WHERE r.id = ?1"),
};

/* What rows have in common; nothing in it is NULL, no number is negative but
 * by a hostile hand, and every byte behind the words is zero. */
struct key {
	int64_t numbers[N_NUMBERS];
	int64_t is_reached;	 /* held, and let go in the end */
	char words[WORDS_BYTES]; /* in the order of their columns, a NUL after
				    each */
};

struct slot {
	int64_t first, first_ms, last_ms, rows, calls;
	size_t len; /* of the key that counts; 0: nobody is here */
	struct key key;
};

_Static_assert(offsetof(struct key, words) % 8 == 0 && WORDS_BYTES % 8 == 0,
	       "keys are whole words");

struct grouping {
	const struct session_info *session;
	sqlite3 *db;
	sqlite3_stmt *look[N_LOOKS];
	struct slot *slots;
	enum row_type type;
	group_fn fn;
	void *arg;
	bool failed; /* the record could not be read */
};

/* False when a row does not fit: nothing that a session writes is so long. */
static bool make_key(sqlite3_stmt *q, struct key *key, size_t *ret_len)
{
	char *at = key->words, *end = key->words + sizeof(key->words);

	for (int col = 0; col < N_NUMBERS; col++)
		key->numbers[col] = sqlite3_column_int64(q, col);
	key->is_reached = 0;
	for (int col = COL_STAGE; col < N_KEYS; col++) {
		const char *word = (const char *)sqlite3_column_text(q, col);
		char *start = at;

		at = memccpy(at, word ? word : "", '\0', (size_t)(end - at));
		if (!at)
			return false;
		if (col == COL_ACTION && start[0] == 'h')
			key->is_reached = sqlite3_column_type(q, COL_ERRNO) ==
						  SQLITE_INTEGER &&
					  sqlite3_column_int64(q, COL_ERRNO) == 0;
	}
	/* whole words, so that the hash may take them so */
	while ((at - key->words) % 8 && at < end)
		*at++ = '\0';
	*ret_len = (size_t)(at - (char *)key);
	return true;
}

/* The row a statement finds for what is bound to it, or NULL. */
static sqlite3_stmt *look_up(struct grouping *g, int which)
{
	int rc = sqlite3_step(g->look[which]);

	if (rc == SQLITE_ROW)
		return g->look[which];
	g->failed |= rc != SQLITE_DONE;
	return NULL;
}

static const char *look_text(struct grouping *g, struct columns *keep,
			     int which, int64_t id)
{
	const char *text = "";
	sqlite3_stmt *q;

	if (!id)
		return text;
	sqlite3_bind_int64(g->look[which], 1, id);
	q = look_up(g, which);
	if (q)
		text = columns_keep(keep, sqlite3_column_blob(q, 0),
				    (size_t)sqlite3_column_bytes(q, 0));
	sqlite3_reset(g->look[which]);
	return text;
}

static const char *look_candidates(struct grouping *g, struct columns *keep,
				   const char *list)
{
	const char *text = "";
	sqlite3_stmt *q;

	if (!*list)
		return text;
	sqlite3_bind_text(g->look[LOOK_CANDIDATES], 1, list, -1, SQLITE_STATIC);
	q = look_up(g, LOOK_CANDIDATES);
	if (q)
		text = columns_keep(keep, sqlite3_column_blob(q, 0),
				    (size_t)sqlite3_column_bytes(q, 0));
	sqlite3_reset(g->look[LOOK_CANDIDATES]);
	return text;
}

static void look_rule(struct grouping *g, struct columns *keep, int64_t id,
		      struct row *row)
{
	sqlite3_stmt *q;

	row->rule = row->file = "";
	if (!id)
		return;
	sqlite3_bind_int64(g->look[LOOK_RULE], 1, id);
	q = look_up(g, LOOK_RULE);
	if (q) {
		row->rule = columns_keep(keep, sqlite3_column_blob(q, 0),
					 (size_t)sqlite3_column_bytes(q, 0));
		row->line = sqlite3_column_int64(q, 1);
		row->file = columns_keep(keep, sqlite3_column_blob(q, 2),
					 (size_t)sqlite3_column_bytes(q, 2));
	}
	sqlite3_reset(g->look[LOOK_RULE]);
}

/* The words of a key as the texts of a row, from left to right. */
static const char *next_word(const char **at, struct columns *keep)
{
	const char *word = *at;

	*at += strlen(word) + 1;
	return columns_keep(keep, word, strlen(word));
}

static void open_key(struct grouping *g, const struct key *k,
		     struct columns *keep, struct row *row)
{
	const int64_t *n = k->numbers;
	const char *at = k->words;

	row->name = look_text(g, keep, LOOK_NAME, n[COL_NAME]);
	row->ip = look_text(g, keep, LOOK_ADDRESS, n[COL_ADDRESS]);
	row->placeholder = look_text(g, keep, LOOK_ADDRESS, n[COL_PLACEHOLDER]);
	look_rule(g, keep, n[COL_RULE], row);
	row->port = n[COL_PORT];
	row->qtype = n[COL_QTYPE];
	row->detail = n[COL_DETAIL];
	row->is_foreign_netns = n[COL_NETNS] != 0;
	row->is_probe = n[COL_PROBE] != 0;
	row->stage = next_word(&at, keep);
	row->proto = next_word(&at, keep);
	row->name_source = next_word(&at, keep);
	row->candidates = look_candidates(g, keep, next_word(&at, keep));
	row->verdict = next_word(&at, keep);
	row->action = next_word(&at, keep);
	row->reason = next_word(&at, keep);
	row->err = k->is_reached ? 0 : -1;
}

static int tell(struct grouping *g, struct slot *s)
{
	struct page page = { 0 };
	struct columns keep = { .page = &page };
	struct group told = { .row = *reader_blank(),
			      .rows = s->rows,
			      .calls = s->calls,
			      .last_ms = s->last_ms };
	int n;

	told.row.type = g->type;
	told.row.session = g->session->uuid;
	told.row.mode = g->session->mode;
	told.row.seq = s->first;
	told.row.at_ms = s->first_ms;
	told.row.count = s->calls;
	open_key(g, &s->key, &keep, &told.row);
	n = keep.failed ? -ENOMEM : g->failed ? -EIO : g->fn(g->arg, &told);
	page_done(&page);
	s->len = 0;
	return n;
}

static uint64_t hash_of(const struct key *key, size_t len)
{
	uint64_t h = 14695981039346656037u, word;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, (const char *)key + i, sizeof(word));
		h = (h ^ word) * 1099511628211u;
		h ^= h >> 29;
	}
	return h ^ h >> 32;
}

/* Where a row is remembered, or a free place, or one that must be given up:
 * a table that is full costs time, and no more. */
static struct slot *place_of(struct grouping *g, const struct key *key, size_t len)
{
	uint64_t h = hash_of(key, len);
	struct slot *s = NULL;

	for (uint64_t i = 0; i < TRIES; i++) {
		s = &g->slots[(h + i) % SLOTS];
		if (!s->len || (s->len == len && !memcmp(&s->key, key, len)))
			return s;
	}
	return s;
}

/* What a foreign hand wrote must not make a sum that says something else. */
static int64_t sound_count(int64_t count)
{
	return count < 1 ? 1 : count > COUNT_MAX ? COUNT_MAX : count;
}

static int take(struct grouping *g, sqlite3_stmt *q, int64_t seq)
{
	int64_t at = sqlite3_column_int64(q, COL_AT);
	struct key key;
	struct slot *s;
	size_t len;
	int n = 0;

	if (!make_key(q, &key, &len))
		return -EBADMSG;
	s = place_of(g, &key, len);
	if (s->len != len || memcmp(&s->key, &key, len)) {
		n = s->len ? tell(g, s) : 0;
		s->len = len;
		s->first = seq;
		s->first_ms = at;
		s->rows = s->calls = 0;
		memcpy(&s->key, &key, len);
	}
	s->rows++;
	s->calls += sound_count(sqlite3_column_int64(q, COL_COUNT));
	s->last_ms = at;
	return n;
}

/* One batch behind *at, which moves; *ret_n says how many rows it had. A number
 * that is text is behind every other and would come again in each batch. */
static int take_batch(struct grouping *g, sqlite3_stmt *q, int64_t *at,
		      int64_t *ret_n)
{
	int rc, n = 0;

	*ret_n = 0;
	sqlite3_bind_int64(q, 2, *at);
	while (n == 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		int64_t seq = sqlite3_column_int64(q, COL_SEQ);

		n = seq > *at ? take(g, q, seq) : -EBADMSG;
		*at = seq;
		++*ret_n;
	}
	if (n == 0 && rc != SQLITE_DONE) {
		g->failed = true;
		n = -EIO;
	}
	sqlite3_reset(q);
	return n;
}

static int take_all(struct grouping *g, sqlite3_stmt *q)
{
	int64_t at = 0, rows = BATCH;
	int n = 0;

	while (n == 0 && rows == BATCH)
		n = take_batch(g, q, &at, &rows);
	for (size_t i = 0; n == 0 && i < SLOTS; i++)
		if (g->slots[i].len)
			n = tell(g, &g->slots[i]);
	return n;
}

static int prepare(struct grouping *g, const char *sql, int64_t since_ms,
		   sqlite3_stmt **ret)
{
	/* Read once from end to end, no page is worth keeping. */
	int rc = sqlite3_exec(g->db, "PRAGMA cache_size = -256", NULL, NULL,
			      NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(g->db, sql, -1, ret, NULL);
	for (int i = 0; rc == SQLITE_OK && i < N_LOOKS; i++)
		rc = sqlite3_prepare_v2(g->db, looks[i], -1, &g->look[i], NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(*ret, 1, g->session->row);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(*ret, 3, since_ms);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int(*ret, 4, BATCH);
	return rc;
}

static int told(const struct grouping *g, int n, struct ef_err *err)
{
	if (g->failed)
		return schema_told(g->db, sqlite3_errcode(g->db),
				   g->session->path, err);
	if (n == -ENOMEM)
		return err_set(err, ENOMEM, "out of memory");
	if (n == -EBADMSG)
		return err_set(err, EBADMSG, "%s: a row that no session writes",
			       g->session->path);
	return n;
}

static int group(struct reader *r, size_t session, const char *sql,
		 int64_t since_ms, struct grouping *g, struct ef_err *err)
{
	auto_free struct slot *slots = calloc(SLOTS, sizeof(*slots));
	sqlite3_stmt *q = NULL;
	int n;

	if (!slots)
		return err_set(err, ENOMEM, "out of memory");
	g->slots = slots;
	g->session = &r->sessions[session];
	n = reader_use(r, session, &g->db, err);
	if (n < 0)
		return n;
	n = prepare(g, sql, since_ms, &q);
	if (n == SQLITE_OK)
		n = told(g, take_all(g, q), err);
	else
		n = schema_told(g->db, n, g->session->path, err);
	sqlite3_finalize(q);
	for (int i = 0; i < N_LOOKS; i++)
		sqlite3_finalize(g->look[i]);
	return n;
}

/* What a filter selects is read row by row: it asks for more than a group
 * knows. */
static int selected(struct reader *r, size_t session, const struct filter *f,
		    int64_t since_ms, group_fn fn, void *arg, struct ef_err *err)
{
	struct page page = { 0 };
	int64_t after = 0;
	int n;

	do {
		int64_t from = after;

		n = reader_page_where(r, session, from, f, since_ms, &page, err);
		after = page.last;
		for (size_t i = 0; n == 0 && i < page.n; i++) {
			struct group g = { .row = page.rows[i],
					   .rows = 1,
					   .calls = sound_count(page.rows[i].count),
					   .last_ms = page.rows[i].at_ms };

			if (g.row.at_ms >= since_ms && filter_selects(f, &g.row))
				n = fn(arg, &g);
		}
		if (n == 0 && after == from)
			break;
	} while (n == 0);
	page_done(&page);
	return n;
}

int reader_groups(struct reader *r, size_t session, const struct filter *f,
		  int64_t since_ms, group_fn fn, void *arg, struct ef_err *err)
{
	struct grouping g = { .type = ROW_ATTEMPT, .fn = fn, .arg = arg };

	if (f && !filter_is_empty(f))
		return selected(r, session, f, since_ms, fn, arg, err);
	return group(r, session, attempts_sql, since_ms, &g, err);
}

int reader_question_groups(struct reader *r, size_t session, group_fn fn,
			   void *arg, struct ef_err *err)
{
	struct grouping g = { .type = ROW_QUESTION, .fn = fn, .arg = arg };

	return group(r, session, questions_sql, 0, &g, err);
}
