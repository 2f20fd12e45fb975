/* SPDX-License-Identifier: MIT */
/*
 * Calls taken at once.
 *
 * Theory of Operation: each place goes from FREE to FILLING (its thread writes
 * into it), KEPT (judged), COMMITTING, WRITTEN, BUSY (being carried out) and
 * back. A thread that takes over moves what is KEPT or WRITTEN, and what has
 * not been taken apart; the other states are those that the stuck thread is
 * in the middle of. The lock is held for moments only, never over a call.
 */
#include "notify/batch.h"

#include <pthread.h>
#include <stdlib.h>

enum place_state { FREE, FILLING, KEPT, COMMITTING, WRITTEN, BUSY };

struct batch {
	pthread_mutex_t lock;
	struct seccomp_notif taken[BATCH_MAX];
	size_t n, next;
	enum place_state state[BATCH_MAX];
	struct aside places[BATCH_MAX];
};

struct batch *batch_new(void)
{
	struct batch *b = calloc(1, sizeof(*b));

	if (b)
		pthread_mutex_init(&b->lock, NULL);
	return b;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	pthread_mutex_destroy(&b->lock);
	free(b);
}

void batch_put(struct batch *b, const struct seccomp_notif *n)
{
	pthread_mutex_lock(&b->lock);
	if (b->next == b->n)
		b->next = b->n = 0;
	b->taken[b->n++] = *n;
	pthread_mutex_unlock(&b->lock);
}

bool batch_next(struct batch *b, struct seccomp_notif *ret)
{
	bool found;

	pthread_mutex_lock(&b->lock);
	found = b->next < b->n;
	if (found)
		*ret = b->taken[b->next++];
	pthread_mutex_unlock(&b->lock);
	return found;
}

/* The first place in a state moves to another one. */
static struct aside *change(struct batch *b, enum place_state from,
			    enum place_state to)
{
	struct aside *found = NULL;

	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < BATCH_MAX && !found; i++) {
		if (b->state[i] != from)
			continue;
		b->state[i] = to;
		found = &b->places[i];
	}
	pthread_mutex_unlock(&b->lock);
	return found;
}

static void set(struct batch *b, const struct aside *a, enum place_state to)
{
	pthread_mutex_lock(&b->lock);
	b->state[a - b->places] = to;
	pthread_mutex_unlock(&b->lock);
}

struct aside *batch_place(struct batch *b)
{
	return change(b, FREE, FILLING);
}

void batch_keep(struct batch *b, struct aside *a)
{
	set(b, a, KEPT);
}

void batch_commit(struct batch *b, struct gate *g)
{
	struct judged *list[BATCH_MAX];
	struct aside *a;
	size_t n = 0;

	while (n < BATCH_MAX && (a = change(b, KEPT, COMMITTING)))
		list[n++] = &a->judged;
	if (!n)
		return;
	gate_commit(g, list, n);
	while (change(b, COMMITTING, WRITTEN))
		continue;
}

struct aside *batch_written(struct batch *b)
{
	return change(b, WRITTEN, BUSY);
}

void batch_done(struct batch *b, struct aside *a)
{
	set(b, a, FREE);
}

/* What points into the place, or to the thread, has to follow it. */
static void move(struct aside *to, const struct aside *from,
		 struct call_buffers *buffers)
{
	*to = *from;
	to->call.buffers = buffers;
	to->call.thread = NULL;
	to->judged.seen = &to->seen;
	to->judged.ticket = &to->ticket;
}

/* Both locks are held, or nobody else has this batch. */
static void move_to_free(struct batch *to, struct aside *from,
			 enum place_state state, struct call_buffers *buffers)
{
	size_t n = 0;

	while (to->state[n] != FREE)
		n++;
	move(&to->places[n], from, buffers);
	to->state[n] = state;
}

/*
 * Of the two threads one is stuck and the other does not run, so only one of
 * the locks can be wanted: any order will do. There is room for all, since all
 * of it has been in one batch.
 */
void batch_take_over(struct batch *to, struct batch *from,
		     struct call_buffers *buffers)
{
	pthread_mutex_lock(&from->lock);
	pthread_mutex_lock(&to->lock);
	if (to->next == to->n)
		to->next = to->n = 0;
	while (from->next < from->n)
		to->taken[to->n++] = from->taken[from->next++];
	for (size_t i = 0; i < BATCH_MAX; i++) {
		if (from->state[i] != KEPT && from->state[i] != WRITTEN)
			continue;
		move_to_free(to, &from->places[i], from->state[i], buffers);
		from->state[i] = FREE;
	}
	pthread_mutex_unlock(&to->lock);
	pthread_mutex_unlock(&from->lock);
}
