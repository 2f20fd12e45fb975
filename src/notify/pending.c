/* SPDX-License-Identifier: MIT */
/*
 * The table of calls that wait.
 *
 * Theory of Operation: slots of a fixed table. One that is free is taken,
 * filled and registered with epoll by a notification thread under the mutex.
 * From then on a thread of the crew that wants to do something with it has to
 * claim it, under the mutex, and yields it afterwards or frees it: so a call
 * has one thread at a time, and one that is stuck keeps no more than itself.
 * Each thread takes one event at a time for the same reason. The epoll datum
 * carries the slot's index and the number of its use, so that an event that
 * comes late is not taken for one of its successor. Events come once
 * (EPOLLONESHOT); yielding a slot asks for the next.
 *
 * A timer of 20 ms is in the same epoll set while anything waits; whoever is
 * free takes it and sweeps (pending_crew.c). Where a socket cannot be watched (a user's epoll
 * watches are limited, and the target may be that user), its call is stepped
 * by the timer alone.
 */
#include "notify/pending_impl.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/brief.h"
#include "notify/pending_op.h"

static int add_own(struct pending *p, int fd, uint64_t datum)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET, .data.u64 = datum };

	return fd < 0 ? -1 : epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &ev);
}

struct pending *pending_new(void)
{
	struct pending *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	p->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	pthread_mutex_init(&p->lock, NULL);
	for (uint32_t i = 0; i < PENDING_MAX; i++)
		p->free_slots[p->n_free++] = PENDING_MAX - 1 - i;
	if (p->epoll < 0 || add_own(p, p->wake, PENDING_WAKE) < 0 ||
	    add_own(p, p->timer, PENDING_TICK) < 0) {
		pending_free(p);
		return NULL;
	}
	return p;
}

static void set_timer(struct pending *p, long ms)
{
	struct timespec every = { .tv_nsec = ms * 1000000 };
	struct itimerspec t = { .it_value = every, .it_interval = every };

	if (timerfd_settime(p->timer, 0, &t, NULL) < 0)
		p->ctx->lose("calls that wait cannot be timed");
}

static void wake_one(struct pending *p)
{
	if (write(p->wake, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		return; /* full: somebody has long been woken */
}

/* The lock is held: the first event must find the slot complete. */
static void watch(struct pending *p, uint32_t i, int how)
{
	struct pending_slot *s = &p->slots[i];
	struct pending_op *op = &p->ops[i];
	struct epoll_event ev = { .events = pending_op_events(op),
				  .data.u64 = (uint64_t)s->use << 32 | i };

	s->is_fired = false;
	if (!ev.events || s->is_unwatched)
		return;
	if (epoll_ctl(p->epoll, how, op->call.sock, &ev) == 0)
		return;
	s->is_unwatched =
		how != EPOLL_CTL_MOD || errno != ENOENT ||
		epoll_ctl(p->epoll, EPOLL_CTL_ADD, op->call.sock, &ev) < 0;
}

int pending_add(struct pending *p, const struct pending_op *op)
{
	struct pending_slot *s;
	uint32_t i;

	pthread_mutex_lock(&p->lock);
	if (!p->n_free) {
		pthread_mutex_unlock(&p->lock);
		return -ENOSPC;
	}
	i = p->free_slots[--p->n_free];
	s = &p->slots[i];
	*s = (struct pending_slot){ .use = s->use + 1, .is_used = true };
	p->ops[i] = *op;
	p->ops[i].call.buffers = NULL; /* they stay with their thread */
	p->ops[i].call.thread = NULL;
	p->ops[i].call.is_pending = true;
	if (p->n_used++ == 0)
		set_timer(p, PENDING_TICK_MS);
	if (i >= p->high)
		p->high = i + 1;
	watch(p, i, EPOLL_CTL_ADD);
	pthread_mutex_unlock(&p->lock);
	return 0;
}

/* The description lives on in the target: closing does not take it out. */
void pending_unwatch(struct pending *p, int sock)
{
	epoll_ctl(p->epoll, EPOLL_CTL_DEL, sock, NULL);
}

/* The lock is held. */
static bool try_claim(struct pending *p, uint32_t i)
{
	struct pending_slot *s = &p->slots[i];

	if (!s->is_used || s->is_claimed)
		return false;
	s->is_claimed = true;
	return true;
}

void pending_yield(struct pending *p, uint32_t i, bool ask_again)
{
	struct pending_slot *s = &p->slots[i];

	p->ops[i].call.buffers = NULL;
	p->ops[i].call.thread = NULL;
	pthread_mutex_lock(&p->lock);
	s->is_claimed = false;
	if (s->is_fired || ask_again)
		watch(p, i, EPOLL_CTL_MOD);
	if (p->n_results)
		wake_one(p); /* one of them may be for this call */
	pthread_mutex_unlock(&p->lock);
}

void pending_release(struct pending *p, uint32_t i)
{
	struct pending_op *op = &p->ops[i];

	if (op->call.sock >= 0)
		pending_unwatch(p, op->call.sock);
	pending_op_release(op);
	pthread_mutex_lock(&p->lock);
	op->kind = PENDING_NONE;
	p->slots[i].is_used = p->slots[i].is_claimed = false;
	p->free_slots[p->n_free++] = i;
	if (--p->n_used == 0)
		set_timer(p, 0);
	pthread_mutex_unlock(&p->lock);
}

bool pending_claim_next(struct pending *p, size_t *left, uint32_t *ret)
{
	bool found = false;

	pthread_mutex_lock(&p->lock);
	if (*left > p->high)
		*left = p->high;
	while (!found && *left) {
		--*left;
		if (p->sweep_at >= p->high)
			p->sweep_at = 0;
		*ret = (uint32_t)p->sweep_at++;
		found = try_claim(p, *ret);
	}
	pthread_mutex_unlock(&p->lock);
	return found;
}

/* The call that waits for a tag; the lock is held. */
static bool find_tag(const struct pending *p, uint64_t tag, uint32_t *ret)
{
	for (uint32_t i = 0; i < p->high; i++)
		if (p->slots[i].is_used && p->ops[i].tag == tag) {
			*ret = i;
			return true;
		}
	return false;
}

/* A result for a call that somebody else has stays until that is yielded; one
 * for nobody goes. */
bool pending_claim_result(struct pending *p, struct resolve_result *ret,
			  uint32_t *ret_slot)
{
	bool found = false;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; !found && i < p->n_results;) {
		bool is_known = find_tag(p, p->results[i].tag, ret_slot);

		found = is_known && try_claim(p, *ret_slot);
		if (is_known && !found) {
			i++;
			continue;
		}
		if (found)
			*ret = p->results[i];
		p->results[i] = p->results[--p->n_results];
	}
	pthread_mutex_unlock(&p->lock);
	return found;
}

bool pending_claim_ready(struct pending *p, uint64_t datum, uint32_t *ret)
{
	uint32_t i = (uint32_t)datum;
	struct pending_slot *s = &p->slots[i];
	bool is_ours = false;

	pthread_mutex_lock(&p->lock);
	if (s->is_used && s->use == datum >> 32) {
		s->is_fired = true; /* whoever has it now will see to it */
		is_ours = try_claim(p, i);
	}
	pthread_mutex_unlock(&p->lock);
	*ret = i;
	return is_ours;
}

void pending_resolved(struct pending *p, const struct resolve_result *r)
{
	pthread_mutex_lock(&p->lock);
	if (p->n_results < PENDING_RESULTS_MAX)
		p->results[p->n_results++] = *r;
	pthread_mutex_unlock(&p->lock);
	wake_one(p);
}

uint64_t pending_new_tag(struct pending *p)
{
	uint64_t tag;

	pthread_mutex_lock(&p->lock);
	tag = ++p->next_tag;
	pthread_mutex_unlock(&p->lock);
	return tag;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* Where a target wants it (SO_LINGER), closing its socket waits for the other
 * end. False: it might, and nothing is closed. */
static bool end_all(struct pending *p)
{
	struct brief brief;

	if (!p->n_used)
		return true;
	if (brief_begin(&brief) < 0)
		return false;
	for (uint32_t i = 0; i < p->high; i++)
		if (p->slots[i].is_used) {
			pending_op_end(&p->ops[i], -EINTR);
			pending_release(p, i);
		}
	brief_end(&brief);
	return true;
}

bool pending_free(struct pending *p)
{
	if (!p)
		return true;
	if (!crew_stop(p->crew) || !end_all(p))
		return false;
	close_fd(p->epoll);
	close_fd(p->wake);
	close_fd(p->timer);
	pthread_mutex_destroy(&p->lock);
	munmap(p, sizeof(*p));
	return true;
}
