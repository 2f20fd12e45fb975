/* SPDX-License-Identifier: MIT */
/* Calls taken at once: one commit for all, and who takes over what. */
#include "notify/batch.h"

#include <stdlib.h>

#include "tap.h"

static size_t n_commits, n_rows;

/* Instead of the gate's own: every odd number is denied. */
void gate_commit(struct gate *g, struct judged *const *list, size_t n)
{
	(void)g;
	n_commits++;
	n_rows += n;
	for (size_t i = 0; i < n; i++) {
		list[i]->ticket->seq = (int64_t)(n_rows - n + i + 1);
		list[i]->error = list[i]->seen->tid % 2 ? -1 : 0;
	}
}

static void put(struct batch *b, uint64_t id)
{
	struct seccomp_notif n = { .id = id };

	batch_put(b, &n);
}

static struct aside *fill(struct batch *b, pid_t tid)
{
	struct aside *a = batch_place(b);

	a->seen.tid = tid;
	a->judged.seen = &a->seen;
	a->judged.ticket = &a->ticket;
	return a;
}

static void keep(struct batch *b, pid_t tid)
{
	batch_keep(b, fill(b, tid));
}

static void test_one_commit(void)
{
	struct batch *b = batch_new();
	struct seccomp_notif n;
	struct aside *a;
	int seen = 0, denied = 0;

	n_commits = n_rows = 0;
	for (int round = 0; round < 3; round++) {
		for (uint64_t i = 1; i <= BATCH_MAX; i++)
			put(b, i);
		for (uint64_t i = 1; i <= BATCH_MAX; i++) {
			ok(batch_next(b, &n) && n.id == i);
			keep(b, (pid_t)i);
		}
		ok(!batch_next(b, &n));
		ok(!batch_written(b)); /* nothing before its row */
		batch_commit(b, NULL);
		while ((a = batch_written(b))) {
			seen++;
			denied += a->judged.error != 0;
			ok(a->ticket.seq > 0);
			batch_done(b, a);
		}
	}
	ok(n_commits == 3 && n_rows == 3 * BATCH_MAX);
	ok(seen == 3 * BATCH_MAX && denied == seen / 2);
	batch_commit(b, NULL); /* of nothing */
	ok(n_commits == 3);
	batch_free(b);
}

/* One is being taken apart, one is kept, two wait, one is written, one is
 * being carried out. */
static void test_take_over(void)
{
	struct batch *from = batch_new(), *to = batch_new();
	struct call_buffers *buffers = calloc(1, sizeof(*buffers));
	struct aside *busy, *own, *a;
	struct thread gone = { 0 };
	struct seccomp_notif n;

	n_commits = n_rows = 0;
	for (uint64_t i = 1; i <= 6; i++)
		put(from, i);
	for (int i = 0; i < 4; i++)
		ok(batch_next(from, &n));
	keep(from, 20);
	keep(from, 22);
	batch_commit(from, NULL);
	busy = batch_written(from);
	own = fill(from, 24);
	a = fill(from, 26);
	a->call.thread = &gone;
	batch_keep(from, a);
	batch_take_over(to, from, buffers);

	ok(!batch_next(from, &n) && !batch_written(from));
	ok(batch_next(to, &n) && n.id == 5);
	ok(batch_next(to, &n) && n.id == 6);
	ok(!batch_next(to, &n));
	a = batch_written(to);
	ok(a && a->seen.tid == 22 && a->ticket.seq == 2);
	ok(a->judged.seen == &a->seen && a->judged.ticket == &a->ticket);
	batch_done(to, a);
	ok(!batch_written(to));
	batch_commit(to, NULL);
	a = batch_written(to);
	ok(a && a->seen.tid == 26 && a->ticket.seq == 3);
	ok(!a->call.thread && a->call.buffers == buffers);
	batch_done(to, a);

	/* The stuck thread comes back and goes on with what is its own. */
	ok(busy->seen.tid == 20);
	batch_done(from, busy);
	batch_keep(from, own);
	batch_commit(from, NULL);
	a = batch_written(from);
	ok(a == own && a->ticket.seq == 4);
	batch_done(from, a);
	ok(n_rows == 4);
	batch_free(from);
	batch_free(to);
	free(buffers);
}

/* No thread can be had: the stuck one has it all back, and what it is in the
 * middle of is as it was. */
static void test_give_back(void)
{
	struct batch *b = batch_new(), *other = batch_new();
	struct call_buffers *buffers = calloc(1, sizeof(*buffers));
	struct seccomp_notif n;
	struct aside *own, *a;
	uint64_t id = 4;
	int kept = 0;

	n_commits = n_rows = 0;
	for (uint64_t i = 1; i <= BATCH_MAX; i++)
		put(b, i);
	for (int i = 0; i < 4; i++)
		ok(batch_next(b, &n));
	own = fill(b, 20);
	for (pid_t tid = 22; tid < 28; tid += 2)
		keep(b, tid);
	batch_take_over(other, b, buffers);
	batch_take_over(b, other, buffers);

	ok(own->seen.tid == 20);
	while (batch_next(b, &n))
		ok(n.id == ++id);
	ok(id == BATCH_MAX);
	batch_keep(b, own);
	batch_commit(b, NULL);
	while ((a = batch_written(b))) {
		kept += a->seen.tid;
		ok(a->judged.seen == &a->seen && a->ticket.seq);
		batch_done(b, a);
	}
	ok(n_rows == 4 && kept == 20 + 22 + 24 + 26);
	batch_free(b);
	batch_free(other);
	free(buffers);
}

int main(void)
{
	test_one_commit();
	test_take_over();
	test_give_back();
	return done();
}
