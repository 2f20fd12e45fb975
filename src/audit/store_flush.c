// SPDX-License-Identifier: MIT
// What may wait: outcomes, repeats, answers, and the checkpoint.
//
// Theory of operation. Outcomes and repeats wait in a table of fixed size,
// found by the number of their row; the next commit takes them along once
// there are PENDING_FLUSH of them, a full table is written by whoever fills it,
// and a thread looks twice a second. The same thread moves the write-ahead log
// into the file, through a connection of its own: a PASSIVE checkpoint reads
// and writes beside the writers, so they never wait for the disk. Only when the
// log has passed WAL_CAP_BYTES the writers are held for the little that is left;
// the log is then empty and the next row starts at its beginning again. A writer that
// finds it twice as long, since the thread gets no turn, does the same itself.
// The log is never cut (TRUNCATE counts as a change of the file, store_check.c).
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "audit/store_impl.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))
#define TICK_NS	    500000000L

static struct pending *pending_slot(struct store *st, int64_t seq)
{
	size_t i = (size_t)seq * 0x9e3779b97f4a7c15u >> 20;

	for (;; i++) {
		struct pending *p = &st->pending[i % PENDING_SLOTS];

		if (p->seq == seq)
			return p;
		if (!p->seq) {
			p->seq = seq;
			st->n_pending++;
			return p;
		}
	}
}

static int write_one(struct store *st, const struct pending *p)
{
	struct cell where[] = { cell_int(st->session), cell_int(p->seq) };
	int r = 0;

	if (p->has_outcome) {
		struct cell cells[] = { cell_int(p->err),
					cell_int(p->duration_ns), where[0],
					where[1] };

		r = store_insert(st, STMT_OUTCOME, cells, COUNT(cells));
	}
	if (r == 0 && p->repeats) {
		struct cell cells[] = { cell_int((int64_t)p->repeats), where[0],
					where[1] };

		r = store_insert(st, STMT_REPEAT, cells, COUNT(cells));
	}
	return r;
}

static int write_answer(struct store *st, const struct pending_answer *a)
{
	struct cell cells[] = {
		a->rcode < 0 ? cell_row(0) : cell_int(a->rcode),
		cell_int((int64_t)a->n),
		cell_text(a->text),
		cell_int(st->session),
		cell_int(a->seq),
	};

	return store_insert(st, STMT_ANSWER, cells, COUNT(cells));
}

static void forget_pending(struct store *st)
{
	memset(st->pending, 0, sizeof(st->pending));
	st->n_pending = st->n_answers = 0;
}

int store_write_pending(struct store *st)
{
	int r = store_begin(st);

	for (size_t i = 0; r == 0 && i < PENDING_SLOTS; i++)
		if (st->pending[i].seq)
			r = write_one(st, &st->pending[i]);
	for (size_t i = 0; r == 0 && i < st->n_answers; i++)
		r = write_answer(st, &st->answers[i]);
	forget_pending(st);
	return r;
}

/* Write what is pending in a commit of its own. It may be lost: there is room
 * again in any case. */
static void flush_locked(struct store *st)
{
	int r = st->n_pending || st->n_answers ? store_check_before(st) : 1;

	if (r == 0)
		r = store_write_pending(st);
	else
		forget_pending(st);
	if (r == 0)
		r = store_commit(st);
	if (r < 0)
		store_give_up(st, r);
}

/* A slot for a row's news; room is made first. */
static struct pending *pending_for(struct store *st, int64_t seq)
{
	if (st->n_pending >= PENDING_SLOTS * 3 / 4)
		flush_locked(st);
	return pending_slot(st, seq);
}

void store_outcome(struct store *st, int64_t seq, int err, int64_t duration_ns)
{
	if (seq <= 0)
		return;
	pthread_mutex_lock(&st->lock);
	struct pending *p = pending_for(st, seq);

	p->has_outcome = true;
	p->err = err < 0 ? -err : err;
	p->duration_ns = duration_ns;
	pthread_mutex_unlock(&st->lock);
}

void store_repeat(struct store *st, int64_t seq, uint64_t n)
{
	if (seq <= 0)
		return;
	pthread_mutex_lock(&st->lock);
	pending_for(st, seq)->repeats += n;
	pthread_mutex_unlock(&st->lock);
}

void store_answer(struct store *st, int64_t question_seq, int rcode,
		  const struct addr *addrs, size_t n)
{
	struct pending_answer *a;
	size_t len = 0;

	if (question_seq <= 0)
		return;
	pthread_mutex_lock(&st->lock);
	if (st->n_answers == ANSWERS_MAX)
		flush_locked(st);
	a = &st->answers[st->n_answers++];
	a->seq = question_seq;
	a->rcode = rcode;
	a->n = n;
	a->text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		char text[ADDR_TEXT_MAX];

		if (len + ADDR_TEXT_MAX >= sizeof(a->text))
			break;
		len += (size_t)snprintf(a->text + len, sizeof(a->text) - len,
					"%s%s", i ? " " : "",
					addr_text(&addrs[i], text));
	}
	pthread_mutex_unlock(&st->lock);
}

/* Move the log into the file. Returns how many of its pages are left. */
static int checkpoint(struct store *st)
{
	int in_log = 0, moved = 0;

	sqlite3_wal_checkpoint_v2(st->ckpt, "main", SQLITE_CHECKPOINT_PASSIVE,
				  &in_log, &moved);
	return in_log - moved;
}

static int smaller(uint64_t bytes, uint64_t limit)
{
	return (int)((bytes < limit ? bytes : limit) / STORE_PAGE_BYTES);
}

static int log_pages(struct store *st)
{
	int n;

	pthread_mutex_lock(&st->lock);
	n = st->log_pages;
	pthread_mutex_unlock(&st->lock);
	return n;
}

static void move_anchor(struct store *st)
{
	pthread_mutex_lock(&st->lock);
	store_anchor_set(st);
	pthread_mutex_unlock(&st->lock);
}

/* With .ckpt_lock held: the connection of the thread is used by one at once. */
static void checkpoint_when_due(struct store *st)
{
	if (store_is_altered(st) || log_pages(st) < st->due_pages)
		return;
	move_anchor(st);
	checkpoint(st);
	if (log_pages(st) < st->cap_pages) {
		move_anchor(st);
		return;
	}
	pthread_mutex_lock(&st->lock);
	store_anchor_drop(st);
	checkpoint(st);
	store_anchor_set(st);
	pthread_mutex_unlock(&st->lock);
}

static void wake_thread(struct store *st, int pages)
{
	st->woken_pages = pages;
	pthread_cond_signal(&st->wake);
}

/* Called by SQLite after each commit, .lock held: the pages now in the log. */
static int log_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct store *st = arg;

	(void)db;
	(void)name;
	st->log_pages = pages;
	if (pages >= st->due_pages && pages >= st->woken_pages + 64)
		wake_thread(st, pages);
	else if (pages < st->woken_pages)
		st->woken_pages = 0;
	return SQLITE_OK;
}

void store_watch_log(struct store *st)
{
	st->due_pages = smaller(CHECKPOINT_BYTES, st->max_bytes / 16);
	st->cap_pages = smaller(WAL_CAP_BYTES, st->max_bytes / 8);
	sqlite3_wal_hook(st->db, log_grew, st);
}

void store_flush(struct store *st)
{
	pthread_mutex_lock(&st->ckpt_lock);
	pthread_mutex_lock(&st->lock);
	flush_locked(st);
	store_watch_start(st);
	if (!store_is_altered(st))
		store_check_files(st);
	pthread_mutex_unlock(&st->lock);
	checkpoint_when_due(st);
	pthread_mutex_unlock(&st->ckpt_lock);
}

static void next_tick(struct timespec *ret)
{
	clock_gettime(CLOCK_MONOTONIC, ret);
	ret->tv_nsec += TICK_NS;
	if (ret->tv_nsec >= 1000000000L) {
		ret->tv_nsec -= 1000000000L;
		ret->tv_sec++;
	}
}

static void *thread_main(void *arg)
{
	struct store *st = arg;
	bool stop = false;

	while (!stop) {
		struct timespec until;

		next_tick(&until);
		pthread_mutex_lock(&st->lock);
		if (!st->stop)
			pthread_cond_timedwait(&st->wake, &st->lock, &until);
		stop = st->stop;
		pthread_mutex_unlock(&st->lock);
		if (!stop)
			store_flush(st);
	}
	return NULL;
}

int store_start_thread(struct store *st)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&st->thread, NULL, thread_main, st);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	st->has_thread = r == 0;
	return -r;
}

void store_stop_thread(struct store *st)
{
	if (!st->has_thread)
		return;
	pthread_mutex_lock(&st->lock);
	st->stop = true;
	pthread_cond_signal(&st->wake);
	pthread_mutex_unlock(&st->lock);
	pthread_join(st->thread, NULL);
	st->has_thread = false;
}
