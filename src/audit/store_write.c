// SPDX-License-Identifier: MIT
// The rows: each call gathers its cells, commits, and digests them.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "audit/store_impl.h"
#include "base/clock.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

int store_enter(struct store *st)
{
	int r;

	pthread_mutex_lock(&st->lock);
	r = store_check_before(st);
	if (r < 0)
		pthread_mutex_unlock(&st->lock);
	return r;
}

int store_leave(struct store *st, int r)
{
	bool is_long = st->log_pages >= 2 * st->cap_pages;

	pthread_mutex_unlock(&st->lock);
	if (is_long)
		store_flush(st);
	return r;
}

int store_put(struct store *st, enum store_stmt which, enum digest_table table,
	      const struct cell *cells, size_t n, int64_t *ret_seq)
{
	int r = 0;

	if (st->n_pending >= PENDING_FLUSH)
		r = store_write_pending(st);
	if (r == 0)
		r = store_insert(st, which, cells, n);
	if (r == 0 && !st->in_batch)
		r = store_commit(st);
	if (r < 0)
		return store_give_up(st, r);
	if (ret_seq)
		*ret_seq = st->seq = cells[1].n;
	if (ret_seq && st->seq == WATCH_ROWS)
		pthread_cond_signal(&st->wake); /* store_watch_start() */
	return digest_row(st->digest, table, cells, n);
}

static int put_process(struct store *st, const struct process *p, int64_t *ret_row)
{
	struct cell cells[] = {
		cell_int(st->session),
		cell_int(clock_wall_ms()),
		cell_int(p->pid),
		cell_int((int64_t)p->start_ticks),
		cell_int((int64_t)p->exe_dev),
		cell_int((int64_t)p->exe_ino),
		cell_int(p->ppid),
		cell_row(p->parent),
		cell_int(p->uid),
		cell_bytes(CELL_TEXT, p->comm, strnlen(p->comm, sizeof(p->comm))),
		cell_text(p->exe),
		cell_text(p->cwd),
		cell_bytes(CELL_BLOB, p->argv, p->argv_len),
		cell_int(p->argv_cut),
	};
	const struct cell key[] = { cells[0], cells[2], cells[3],
				    cells[5], cells[4], cells[12] };
	int r = store_find(st, STMT_PROCESS_FIND, key, COUNT(key), ret_row);

	if (r < 0)
		return store_give_up(st, r);
	if (*ret_row)
		return 0;
	if (store_is_full(st))
		return -ENOSPC;
	r = store_put(st, STMT_PROCESS, DIGEST_PROCESSES, cells, COUNT(cells),
		      NULL);
	*ret_row = r == 0 ? sqlite3_last_insert_rowid(st->db) : 0;
	return r;
}

int store_process(struct store *st, const struct process *p, int64_t *ret_row)
{
	int r = store_enter(st);

	*ret_row = 0;
	return r < 0 ? r : store_leave(st, put_process(st, p, ret_row));
}

static int put_revision(struct store *st, const struct policy *p, int64_t *ret)
{
	char sum[DIGEST_HEX];
	size_t len;
	const char *text = policy_source(p, &len);
	bool allow = policy_settings(p)->default_policy == VERDICT_ALLOW;
	int r;

	if (store_is_full(st))
		return -ENOSPC;
	digest_bytes(text, len, sum);
	struct cell cells[] = {
		cell_int(st->session),
		cell_int(clock_wall_ms()),
		cell_text(policy_path(p)),
		cell_text(sum),
		cell_text(allow ? "allow" : "deny"),
		cell_bytes(CELL_BLOB, text ? text : "", len),
	};
	r = store_put(st, STMT_REVISION, DIGEST_REVISIONS, cells, COUNT(cells),
		      NULL);
	*ret = r == 0 ? sqlite3_last_insert_rowid(st->db) : 0;
	return r;
}

int store_revision(struct store *st, const struct policy *p, int64_t *ret_revision)
{
	int r = store_enter(st);

	*ret_revision = 0;
	return r < 0 ? r : store_leave(st, put_revision(st, p, ret_revision));
}

static int put_question(struct store *st, const struct question *q,
			int64_t *ret_seq)
{
	char name[DNAME_TEXT_MAX], server[ADDR_TEXT_MAX], given[ADDR_TEXT_MAX];
	struct cell c_name, c_server, c_given, c_rule;
	int r = store_is_full(st) ? -ENOSPC : 0;

	if (r == 0)
		r = store_name(st, &q->name, name, &c_name);
	if (r == 0)
		r = store_address(st, &q->server, server, &c_server);
	if (r == 0)
		r = store_address(st, &q->placeholder, given, &c_given);
	if (r == 0)
		r = store_rule(st, q->revision, q->rule, &c_rule);
	if (r < 0)
		return store_give_up(st, r);
	struct cell cells[] = {
		cell_int(st->session),
		cell_int(st->seq + 1),
		cell_int(clock_wall_ms()),
		cell_row(q->process),
		cell_int(q->pid),
		cell_int(q->tid),
		cell_row(q->revision),
		c_server,
		cell_int(q->server.port),
		cell_text(proto_word(q->proto)),
		c_name,
		cell_int(q->qtype),
		cell_int(q->id),
		cell_text(q->verdict == VERDICT_ALLOW ? "allow" : "deny"),
		cell_text(reason_word(q->reason)),
		c_rule,
		c_given,
	};
	return store_put(st, STMT_QUESTION, DIGEST_QUESTIONS, cells,
			 COUNT(cells), ret_seq);
}

int store_question(struct store *st, const struct question *q, int64_t *ret_seq)
{
	int r = store_enter(st);

	return r < 0 ? r : store_leave(st, put_question(st, q, ret_seq));
}

static int put_binding(struct store *st, int64_t question_seq,
		       const struct dname *name, const struct addr *a,
		       enum name_source source, int64_t hold_s)
{
	int64_t now = clock_wall_ms();
	char name_text[DNAME_TEXT_MAX], address_text[ADDR_TEXT_MAX];
	struct cell c_name, c_address;
	int r = store_is_full(st) ? -ENOSPC : 0;

	if (r == 0)
		r = store_name(st, name, name_text, &c_name);
	if (r == 0)
		r = store_address(st, a, address_text, &c_address);
	if (r < 0)
		return store_give_up(st, r);
	struct cell cells[] = {
		cell_int(st->session),
		cell_row(question_seq),
		cell_int(now),
		cell_int(now + hold_s * 1000),
		c_name,
		c_address,
		cell_text(name_source_word(source)),
	};
	return store_put(st, STMT_BINDING, DIGEST_BINDINGS, cells, COUNT(cells),
			 NULL);
}

int store_binding(struct store *st, int64_t question_seq,
		  const struct dname *name, const struct addr *a,
		  enum name_source source, int64_t hold_s)
{
	int r = store_enter(st);

	if (r < 0)
		return r;
	return store_leave(
		st, put_binding(st, question_seq, name, a, source, hold_s));
}

int store_event_locked(struct store *st, const char *kind, const char *detail)
{
	struct cell cells[] = {
		cell_int(st->session),	   cell_int(st->seq + 1),
		cell_int(clock_wall_ms()), cell_text(kind),
		cell_text(detail),
	};
	int64_t seq;

	return store_put(st, STMT_EVENT, DIGEST_EVENTS, cells, COUNT(cells),
			 &seq);
}

int store_event(struct store *st, const char *kind, const char *detail)
{
	int r = store_enter(st);

	return r < 0 ? r : store_leave(st, store_event_locked(st, kind, detail));
}
