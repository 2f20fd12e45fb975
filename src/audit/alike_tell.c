/* SPDX-License-Identifier: MIT */
/* The entries of a alike with their texts. */
#include <errno.h>

#include "audit/schema.h"
#include "audit/alike_impl.h"

/* Statements that look up what the entries name, and their texts. */
enum { TEXT_NAME, TEXT_ADDRESS, TEXT_PROCESS, N_TEXTS };

static const char *const text_sql[N_TEXTS] = {
	[TEXT_NAME] = "SELECT name FROM names WHERE id = ?",
	[TEXT_ADDRESS] = "SELECT address FROM addresses WHERE id = ?",
	[TEXT_PROCESS] = "SELECT exe, comm, argv FROM processes WHERE id = ?",
};

struct texts {
	sqlite3_stmt *q[N_TEXTS];
	struct columns columns; /* keeps texts in a page of no rows */
};

/* The row of this number is at hand; false when there is none. */
static bool look_up(struct texts *x, int which, int64_t row)
{
	sqlite3_stmt *q = x->q[which];

	sqlite3_reset(q);
	return row && sqlite3_bind_int64(q, 1, row) == SQLITE_OK &&
	       sqlite3_step(q) == SQLITE_ROW;
}

static const char *text_at(struct texts *x, int which, int column, size_t *ret_len)
{
	const void *p = sqlite3_column_blob(x->q[which], column);
	size_t n = (size_t)sqlite3_column_bytes(x->q[which], column);

	*ret_len = n;
	return columns_keep(&x->columns, p, n);
}

static void fill_processes(struct texts *x, const struct entry *e,
			   struct alike_entry *ret)
{
	size_t len;

	for (size_t i = 0; i < e->n_processes; i++) {
		struct alike_process *p = &ret->processes[ret->n_processes];

		if (!look_up(x, TEXT_PROCESS, e->processes[i]))
			continue;
		p->exe = text_at(x, TEXT_PROCESS, 0, &len);
		p->comm = text_at(x, TEXT_PROCESS, 1, &len);
		p->argv = text_at(x, TEXT_PROCESS, 2, &p->argv_len);
		ret->n_processes++;
	}
}

static int tell_entry(const struct alike *t, struct texts *x,
		      const struct entry *e, alike_fn *fn, void *arg)
{
	const struct key *k = &e->key;
	struct alike_entry out = {
		.stage = t->words[STAGE].list[k->words[STAGE]],
		.proto = t->words[PROTO].list[k->words[PROTO]],
		.name_source = t->words[SOURCE].list[k->words[SOURCE]],
		.verdict = t->words[VERDICT].list[k->words[VERDICT]],
		.action = t->words[ACTION].list[k->words[ACTION]],
		.reason = t->words[REASON].list[k->words[REASON]],
		.name = "",
		.ip = "",
		.port = k->port,
		.qtype = k->qtype,
		.is_probe = k->is_probe,
		.is_foreign_netns = k->is_foreign_netns,
		.is_ambiguous = k->is_ambiguous,
		.is_counted = k->is_counted,
		.is_by_rule = k->is_by_rule,
		.attempts = e->attempts,
		.first_ms = e->first_ms,
		.last_ms = e->last_ms,
	};
	size_t len;
	int n;

	if (look_up(x, TEXT_NAME, k->name))
		out.name = text_at(x, TEXT_NAME, 0, &len);
	if (look_up(x, TEXT_ADDRESS, k->address))
		out.ip = text_at(x, TEXT_ADDRESS, 0, &len);
	fill_processes(x, e, &out);
	n = x->columns.failed ? -ENOMEM : fn(&out, arg);
	page_done(x->columns.page);
	return n;
}

int alike_tell(const struct alike *t, const char *path, alike_fn *fn, void *arg,
	       struct ef_err *err)
{
	struct page page = { 0 };
	struct texts x = { .columns.page = &page };
	int rc = SQLITE_OK, n = 0;

	for (int i = 0; rc == SQLITE_OK && i < N_TEXTS; i++)
		rc = sqlite3_prepare_v2(t->db, text_sql[i], -1, &x.q[i], NULL);
	if (rc != SQLITE_OK)
		n = schema_told(t->db, rc, path, err);
	for (size_t i = 0; n == 0 && i < t->n; i++)
		n = tell_entry(t, &x, &t->entries[i], fn, arg);
	for (int i = 0; i < N_TEXTS; i++)
		sqlite3_finalize(x.q[i]);
	page_done(&page);
	return n == -ENOMEM ? err_set(err, ENOMEM, "out of memory") : n;
}
