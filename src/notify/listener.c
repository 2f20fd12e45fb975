/* SPDX-License-Identifier: MIT */
/* Whose turn it is to receive notifications. */
#include "notify/listener.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/brief.h"
#include "notify/worker.h"

#define STUCK_NS 5000000000ll
#define STOP_NS	 2000000000ll
#define TICK_MS	 50

struct listener {
	struct turns turns;
	bool is_watched;	 /* the receiver is busy: in ticks */
	unsigned long long seen; /* turns.done at the last tick */
	int64_t ticked_ns;
	int64_t stuck_since_ns; /* all are; 0: not */
	struct worker workers[LISTENER_THREADS_MAX];
};

static void on_stop(int signal)
{
	(void)signal; /* its only purpose is to interrupt RECV */
}

static void free_listener(struct listener *l)
{
	if (l->turns.busy_event >= 0)
		close(l->turns.busy_event);
	pthread_mutex_destroy(&l->turns.lock);
	free(l);
}

int listener_start(const struct notify_context *ctx, struct listener **ret)
{
	struct sigaction sa = { .sa_handler = on_stop };
	struct listener *l = calloc(1, sizeof(*l));
	int r = -EMFILE;

	if (!l)
		return -ENOMEM;
	pthread_mutex_init(&l->turns.lock, NULL);
	l->turns.ctx = ctx;
	l->turns.receiver = &l->workers[0];
	l->turns.busy_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigaction(BRIEF_SIGNAL, &sa, NULL);
	if (l->turns.busy_event >= 0)
		r = worker_start(&l->workers[0], &l->turns, NULL);
	if (r < 0)
		free_listener(l);
	else
		*ret = l;
	return r;
}

/* A place for one more thread, or NULL. */
static struct worker *free_place(struct listener *l)
{
	for (size_t i = 0; i < LISTENER_THREADS_MAX; i++) {
		struct worker *w = &l->workers[i];

		if (w->is_started && w != l->turns.receiver &&
		    atomic_load(&w->is_over))
			worker_join(w);
		if (!w->is_started)
			return w;
	}
	return NULL;
}

/* Give the turn to w, unless the receiver has come back meanwhile: it would
 * not notice in RECV. */
static bool pass_turn(struct listener *l, struct worker *w)
{
	bool is_passed;

	pthread_mutex_lock(&l->turns.lock);
	is_passed = !l->turns.is_receiving;
	if (is_passed)
		l->turns.receiver = w;
	pthread_mutex_unlock(&l->turns.lock);
	return is_passed;
}

/* There is nobody to take the turn. False: for too long. */
static bool may_go_on(struct listener *l, int64_t now)
{
	if (!l->stuck_since_ns)
		l->stuck_since_ns = now;
	return now - l->stuck_since_ns < STUCK_NS;
}

/* False: all have been stuck for too long. */
static bool replace_receiver(struct listener *l, int64_t now)
{
	struct worker *stuck = l->turns.receiver;
	struct worker *w = free_place(l);

	if (!w)
		return may_go_on(l, now);
	if (!pass_turn(l, w) || worker_start(w, &l->turns, stuck) == 0) {
		l->stuck_since_ns = 0;
		return true;
	}
	/* Without another thread, for want of memory or since the user has as
	 * many as he may, the stuck one has its turn back, if it is still
	 * there to take it. */
	if (pass_turn(l, stuck) && atomic_load(&stuck->is_over))
		return false;
	return may_go_on(l, now);
}

static bool is_receiving(struct listener *l)
{
	bool is;

	pthread_mutex_lock(&l->turns.lock);
	is = l->turns.is_receiving;
	pthread_mutex_unlock(&l->turns.lock);
	return is;
}

/* The first tick after the receiver became busy. */
static void start_watching(struct listener *l, int64_t now)
{
	l->is_watched = true;
	l->ticked_ns = now;
	l->seen = atomic_load(&l->turns.done);
	l->stuck_since_ns = 0;
}

static void end_watching(struct listener *l)
{
	l->is_watched = false;
	atomic_store(&l->turns.is_told, false);
	if (!is_receiving(l))
		turns_tell_busy(&l->turns); /* it became so just before */
}

bool listener_tick(struct listener *l, int *ret_again_ms)
{
	int64_t now = clock_mono_ns();
	unsigned long long done;
	uint64_t drained;

	*ret_again_ms = -1;
	if (!atomic_load(&l->turns.is_told))
		return true;
	if (read(l->turns.busy_event, &drained, sizeof(drained)) < 0)
		drained = 0; /* it was, or will be in a moment */
	if (atomic_load(&l->turns.stopping))
		return true;
	*ret_again_ms = TICK_MS;
	if (!l->is_watched) {
		start_watching(l, now);
		return true;
	}
	if (now - l->ticked_ns < TICK_MS * 1000000ll)
		return true;
	l->ticked_ns = now;
	if (is_receiving(l)) {
		end_watching(l);
		*ret_again_ms = -1;
		return true;
	}
	done = atomic_load(&l->turns.done);
	if (done == l->seen)
		return replace_receiver(l, now);
	l->seen = done;
	l->stuck_since_ns = 0;
	return true;
}

int listener_busy_fd(const struct listener *l)
{
	return l->turns.busy_event;
}

/* A signal that comes just before RECV is lost: it is sent again. */
static bool are_over(struct listener *l)
{
	bool all = true;

	for (size_t i = 0; i < LISTENER_THREADS_MAX; i++) {
		struct worker *w = &l->workers[i];

		if (!w->is_started || atomic_load(&w->is_over))
			continue;
		worker_wake(w);
		all = false;
	}
	return all;
}

bool listener_stop(struct listener *l)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int64_t until = clock_mono_ns() + STOP_NS;

	if (!l)
		return true;
	atomic_store(&l->turns.stopping, true);
	while (!are_over(l)) {
		if (clock_mono_ns() > until)
			return false;
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; i < LISTENER_THREADS_MAX; i++)
		if (l->workers[i].is_started)
			worker_join(&l->workers[i]);
	free_listener(l);
	return true;
}
