/* SPDX-License-Identifier: MIT */
/*
 * Threads under watch.
 *
 * Theory of Operation: members count themselves idle and busy. The one that
 * becomes busy last wakes the loop, once; the loop then looks in short
 * intervals until somebody is free again. The end is announced by a signal
 * with an empty handler, repeated until the thread has gone, since one that
 * comes just before a member waits is lost.
 */
#include "notify/crew.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/brief.h"

#define STUCK_NS 5000000000ll
#define STOP_NS	 2000000000ll
#define TICK_MS	 50

struct member {
	pthread_t thread;
	struct crew *crew;
	atomic_bool is_over;
};

struct crew {
	void (*work)(struct crew *, void *arg);
	void *arg;
	atomic_bool is_over;
	atomic_int idle;
	atomic_ullong risen;	 /* so far: progress */
	unsigned long long seen; /* as of the last tick */
	int64_t ticked_ns, stuck_since_ns;
	bool is_watched; /* since all were busy: in ticks */
	int busy_event;
	atomic_bool is_told; /* the loop knows that all are busy */
	size_t n;
	struct member members[CREW_MAX];
};

static void *run(void *arg)
{
	struct member *m = arg;

	m->crew->work(m->crew, m->crew->arg);
	atomic_store(&m->is_over, true);
	return NULL;
}

static int add_member(struct crew *c)
{
	struct member *m = &c->members[c->n];
	sigset_t all, before;
	int r;

	m->crew = c;
	sigfillset(&all);
	sigdelset(&all, BRIEF_SIGNAL);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&m->thread, NULL, run, m);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r)
		return -r;
	c->n++;
	return 0;
}

static void on_signal(int signal)
{
	(void)signal; /* its only purpose is to interrupt */
}

struct crew *crew_start(size_t n, void (*work)(struct crew *, void *arg),
			void *arg)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct crew *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->work = work;
	c->arg = arg;
	c->busy_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigaction(BRIEF_SIGNAL, &sa, NULL);
	for (size_t i = 0; c->busy_event >= 0 && i < n; i++)
		add_member(c);
	if (c->n)
		return c;
	if (c->busy_event >= 0)
		close(c->busy_event);
	free(c);
	return NULL;
}

/* The loop is woken once, then ticks until some member is free again. */
static void tell_busy(struct crew *c)
{
	if (!atomic_exchange(&c->is_told, true) &&
	    write(c->busy_event, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		atomic_store(&c->is_told, false);
}

void crew_rest(struct crew *c)
{
	atomic_fetch_add(&c->idle, 1);
}

void crew_rise(struct crew *c)
{
	atomic_fetch_add(&c->risen, 1);
	if (atomic_fetch_sub(&c->idle, 1) == 1)
		tell_busy(c);
}

bool crew_is_over(const struct crew *c)
{
	return atomic_load(&c->is_over);
}

int crew_busy_fd(const struct crew *c)
{
	return c->busy_event;
}

/* The first turn after all became busy. */
static void start_watching(struct crew *c, int64_t now)
{
	c->is_watched = true;
	c->ticked_ns = now;
	c->seen = atomic_load(&c->risen);
	c->stuck_since_ns = 0;
}

static void end_watching(struct crew *c)
{
	c->is_watched = false;
	atomic_store(&c->is_told, false);
	if (atomic_load(&c->idle) <= 0)
		tell_busy(c); /* they became busy just before */
}

/* All are busy. Have they got on since the last look? */
static bool look_at_busy(struct crew *c, int64_t now)
{
	unsigned long long risen = atomic_load(&c->risen);
	bool has_moved = risen != c->seen;

	c->ticked_ns = now;
	c->seen = risen;
	if (has_moved) {
		c->stuck_since_ns = 0;
		return true;
	}
	if (c->n < CREW_MAX && add_member(c) == 0)
		return true;
	if (!c->stuck_since_ns)
		c->stuck_since_ns = now;
	return now - c->stuck_since_ns < STUCK_NS;
}

bool crew_tick(struct crew *c, int *ret_again_ms)
{
	int64_t now = clock_mono_ns();
	uint64_t drained;

	*ret_again_ms = -1;
	if (!atomic_load(&c->is_told))
		return true;
	if (read(c->busy_event, &drained, sizeof(drained)) < 0)
		drained = 0; /* it was, or will be in a moment */
	if (crew_is_over(c))
		return true;
	*ret_again_ms = TICK_MS;
	if (!c->is_watched) {
		start_watching(c, now);
		return true;
	}
	if (now - c->ticked_ns < TICK_MS * 1000000ll)
		return true;
	if (atomic_load(&c->idle) > 0) {
		end_watching(c);
		*ret_again_ms = -1;
		return true;
	}
	return look_at_busy(c, now);
}

/* A signal that comes just before a member waits is lost: it is sent again. */
static bool are_over(struct crew *c)
{
	bool all = true;

	for (size_t i = 0; i < c->n; i++) {
		if (atomic_load(&c->members[i].is_over))
			continue;
		pthread_kill(c->members[i].thread, BRIEF_SIGNAL);
		all = false;
	}
	return all;
}

bool crew_stop(struct crew *c)
{
	struct timespec pause = { .tv_nsec = 1000000 };
	int64_t until = clock_mono_ns() + STOP_NS;

	if (!c)
		return true;
	atomic_store(&c->is_over, true);
	while (!are_over(c)) {
		if (clock_mono_ns() > until)
			return false;
		nanosleep(&pause, NULL);
	}
	for (size_t i = 0; i < c->n; i++)
		pthread_join(c->members[i].thread, NULL);
	close(c->busy_event);
	free(c);
	return true;
}
