/* SPDX-License-Identifier: MIT */
/*
 * Alike attempts put together. Theory of operation: one statement walks the
 * rows of a session in the order of their numbers and gives integers alone;
 * words of the record become small numbers of a list that grows as they are
 * met. The entries are in an array, found through a hash table of indexes;
 * their names, addresses and processes are looked up when all are counted
 * (alike_tell.c).
 */
#include "audit/alike.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/schema.h"
#include "audit/alike_impl.h"
#include "base/cleanup.h"

/* The rows a filter selects, in the order of their numbers. */
struct selection {
	struct reader *reader;
	size_t session;
	const struct filter *filter; /* NULL: all of them */
	struct page page;
	size_t at;
	int64_t after;
	bool is_over;
};

static const char rows_sql[] =
	"SELECT seq, at_ms, process, pid, name, candidates, "
	"coalesce(resolved, address), port, qtype, probe, foreign_netns, "
	"count, rule IS NOT NULL, stage, proto, name_source, verdict, action, "
	"reason "
	"FROM attempts WHERE session = ? ORDER BY seq";

enum {
	COL_SEQ,
	COL_AT,
	COL_PROCESS,
	COL_PID,
	COL_NAME,
	COL_CANDIDATES,
	COL_ADDRESS,
	COL_PORT,
	COL_QTYPE,
	COL_PROBE,
	COL_NETNS,
	COL_COUNT,
	COL_RULE,
	COL_WORDS
};

static int word_code(struct words *w, const char *text)
{
	if (!text)
		text = "";
	for (int i = 0; i < w->n; i++)
		if (!strcmp(w->list[i], text))
			return i;
	/* Further words share the last place: no record of ours has them. */
	if (w->n == WORDS_MAX)
		return WORDS_MAX - 1;
	strncpy(w->list[w->n], text, sizeof(w->list[0]) - 1);
	return w->n++;
}

static uint64_t hash_key(const struct key *k)
{
	uint64_t words[sizeof(*k) / 8], h = 0x9e3779b97f4a7c15u;

	memcpy(words, k, sizeof(*k));
	for (size_t i = 0; i < sizeof(*k) / 8; i++) {
		h = (h ^ words[i]) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	return h;
}

static uint32_t *find_slot(const struct alike *t, const struct key *k)
{
	size_t mask = t->n_slots - 1, i = hash_key(k) & mask;

	while (t->slots[i] &&
	       memcmp(&t->entries[t->slots[i] - 1].key, k, sizeof(*k)) != 0)
		i = (i + 1) & mask;
	return &t->slots[i];
}

static int grow(struct alike *t)
{
	size_t room = t->room ? t->room * 2 : 256;
	struct entry *entries = reallocarray(t->entries, room, sizeof(*entries));
	uint32_t *slots;

	if (!entries)
		return SQLITE_NOMEM;
	t->entries = entries;
	slots = calloc(room * 2, sizeof(*slots));
	if (!slots)
		return SQLITE_NOMEM;
	free(t->slots);
	t->slots = slots;
	t->n_slots = room * 2;
	t->room = room;
	for (size_t i = 0; i < t->n; i++)
		*find_slot(t, &entries[i].key) = (uint32_t)i + 1;
	return SQLITE_OK;
}

static struct entry *entry_for(struct alike *t, const struct key *k)
{
	uint32_t *slot = t->n_slots ? find_slot(t, k) : NULL;

	if (slot && *slot)
		return &t->entries[*slot - 1];
	if (t->n == t->room && grow(t) != SQLITE_OK)
		return NULL;
	t->entries[t->n] = (struct entry){ .key = *k, .first_ms = INT64_MAX };
	*find_slot(t, k) = (uint32_t)t->n + 1;
	return &t->entries[t->n++];
}

static void note_process(struct entry *e, int64_t process)
{
	if (!process || e->n_processes == ALIKE_PROCESSES)
		return;
	for (size_t i = 0; i < e->n_processes; i++)
		if (e->processes[i] == process)
			return;
	e->processes[e->n_processes++] = process;
}

static int count_row(struct alike *t, sqlite3_stmt *q, const struct key *k)
{
	struct entry *e = entry_for(t, k);
	int64_t at = sqlite3_column_int64(q, COL_AT);

	if (!e)
		return SQLITE_NOMEM;
	e->attempts += sqlite3_column_int64(q, COL_COUNT);
	if (at < e->first_ms)
		e->first_ms = at;
	if (e->attempts == 1 || at > e->last_ms)
		e->last_ms = at;
	note_process(e, sqlite3_column_int64(q, COL_PROCESS));
	return SQLITE_OK;
}

/* The rows of a JSON list of numbers. */
static int read_candidates(const char *text, int64_t *ret)
{
	int n = 0;
	char *end;

	for (text += *text == '['; n < ALIKE_NAMES_MAX; text = end + 1) {
		int64_t row = strtoll(text, &end, 10);

		if (end == text)
			break;
		ret[n++] = row;
		if (*end != ',')
			break;
	}
	return n;
}

/* The names that an attempt on an address of several may have meant. */
static int sift(struct alike *t, sqlite3_stmt *q, int64_t *names)
{
	const char *text = (const char *)sqlite3_column_text(q, COL_CANDIDATES);
	struct alike_who who = {
		.seq = sqlite3_column_int64(q, COL_SEQ),
		.at_ms = sqlite3_column_int64(q, COL_AT),
		.pid = sqlite3_column_int64(q, COL_PID),
	};
	int n = text ? read_candidates(text, names) : 0;

	return n ? alike_asked_sift(t->asked, &who, names, n) : 0;
}

static struct key key_of(struct alike *t, sqlite3_stmt *q)
{
	struct key k = {
		.name = sqlite3_column_int64(q, COL_NAME),
		.address = sqlite3_column_int64(q, COL_ADDRESS),
		.port = sqlite3_column_int(q, COL_PORT),
		.qtype = sqlite3_column_int(q, COL_QTYPE),
		.is_probe = sqlite3_column_int(q, COL_PROBE) != 0,
		.is_foreign_netns = sqlite3_column_int(q, COL_NETNS) != 0,
		.is_by_rule = sqlite3_column_int(q, COL_RULE) != 0,
	};

	for (int i = 0; i < N_WORD_COLUMNS; i++)
		k.words[i] = (uint8_t)word_code(
			&t->words[i],
			(const char *)sqlite3_column_text(q, COL_WORDS + i));
	return k;
}

static int take_row(struct alike *t, sqlite3_stmt *q)
{
	struct key k = key_of(t, q);
	int64_t names[ALIKE_NAMES_MAX];
	int n = 0, rc = SQLITE_OK;

	if (sqlite3_column_type(q, COL_CANDIDATES) != SQLITE_NULL)
		n = sift(t, q, names);
	if (n < 0)
		return -n;
	k.is_ambiguous = n > 1;
	if (!n)
		return count_row(t, q, &k);
	for (int i = 0; rc == SQLITE_OK && i < n; i++) {
		k.name = names[i];
		k.is_counted = i > 0;
		rc = count_row(t, q, &k);
	}
	return rc;
}

/* Is the row of this number selected? Asked in rising order. 0, 1, -errno. */
static int is_selected(struct selection *s, int64_t seq, struct ef_err *err)
{
	while (s->filter && !s->is_over) {
		while (s->at < s->page.n &&
		       (s->page.rows[s->at].seq < seq ||
			!filter_selects(s->filter, &s->page.rows[s->at])))
			s->at++;
		if (s->at < s->page.n)
			return s->page.rows[s->at].seq == seq;
		if (s->page.last >= seq && s->after >= seq)
			return 0;
		s->at = 0;
		if (reader_page_where(s->reader, s->session, s->after,
				      s->filter, INT64_MIN, &s->page, err) < 0)
			return -err->code;
		s->is_over = !s->page.n && s->page.last <= s->after;
		s->after = s->page.last;
	}
	return !s->filter;
}

static int walk_rows(struct alike *t, const struct session_info *info,
		     struct selection *s, struct ef_err *err)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(t->db, rows_sql, -1, &q, NULL), n = 0;

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_int64(q, 1, info->row);
	while (rc == SQLITE_OK && n >= 0 && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		n = is_selected(s, sqlite3_column_int64(q, COL_SEQ), err);
		rc = n > 0 ? take_row(t, q) : SQLITE_OK;
	}
	sqlite3_finalize(q);
	if (n < 0)
		return n;
	return rc == SQLITE_DONE ? 0 : schema_told(t->db, rc, info->path, err);
}

int reader_alike(struct reader *r, size_t session, const struct filter *f,
		 alike_fn *fn, void *arg, struct ef_err *err)
{
	const struct session_info *info = reader_session(r, session);
	struct selection s = { .reader = r,
			       .session = session,
			       .filter = f && !filter_is_empty(f) ? f : NULL };
	struct alike t = { 0 };
	bool is_still;
	int n = reader_connect(info->path, &t.db, &is_still, err), rc;

	if (n < 0)
		return n;
	t.asked = alike_asked_new(t.db, info->row, &rc);
	if (!t.asked)
		n = schema_told(t.db, rc, info->path, err);
	if (n == 0)
		n = walk_rows(&t, info, &s, err);
	if (n == 0)
		n = alike_tell(&t, info->path, fn, arg, err);
	alike_asked_free(t.asked);
	page_done(&s.page);
	free(t.entries);
	free(t.slots);
	sqlite3_close(t.db);
	return n;
}
