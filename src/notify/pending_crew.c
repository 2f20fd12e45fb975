/* SPDX-License-Identifier: MIT */
/*
 * Threads that go on with calls that waited. Each takes one event at a time:
 * what keeps it keeps no other call. A sweep looks at no more than SWEEP_MAX
 * slots, so that thousands of waiting calls cost what a few dozen do; each is
 * then looked at a little later.
 */
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/pending_impl.h"
#include "notify/pending_op.h"

#define THREADS_AT_START 2
#define SWEEP_MAX	 128

/* A recycled id would be somebody else's call. True when it is ours still;
 * otherwise the slot is free. */
static bool enter(struct pending *p, uint32_t i, struct call_buffers *buffers)
{
	struct call *c = &p->ops[i].call;

	if (!call_is_waiting(c)) {
		pending_op_abandon(&p->ops[i]);
		pending_release(p, i);
		return false;
	}
	c->buffers = buffers;
	return true;
}

static void leave(struct pending *p, uint32_t i, enum pending_step said,
		  bool ask_again)
{
	if (said == STEP_DONE)
		pending_release(p, i);
	else
		pending_yield(p, i, ask_again);
}

/* The slot is claimed: is it time for it? */
static void look_at(struct pending *p, uint32_t i, struct call_buffers *buffers)
{
	struct pending_op *op = &p->ops[i];
	enum pending_step said = STEP_WAIT;
	int error;

	if (!enter(p, i, buffers))
		return;
	if (pending_op_is_ticked(op) || p->slots[i].is_unwatched)
		said = pending_op_step(op);
	if (said == STEP_WAIT) {
		error = pending_op_due(op, clock_mono_ns());
		if (error) {
			pending_op_end(op, error);
			said = STEP_DONE;
		}
	}
	leave(p, i, said, false);
}

static void sweep(struct pending *p, struct call_buffers *buffers)
{
	size_t left = SWEEP_MAX;
	uint64_t n;
	uint32_t i;

	/* Reading it lets it tick on (timerfd_create(2)). */
	if (read(p->timer, &n, sizeof(n)) < 0)
		return; /* stopped meanwhile */
	while (pending_claim_next(p, &left, &i))
		look_at(p, i, buffers);
}

static void step_ready(struct pending *p, uint64_t datum,
		       struct call_buffers *buffers)
{
	uint32_t i;

	if (pending_claim_ready(p, datum, &i) && enter(p, i, buffers))
		leave(p, i, pending_op_step(&p->ops[i]), false);
}

static void take_results(struct pending *p, struct call_buffers *buffers)
{
	struct resolve_result r;
	uint32_t i;

	while (pending_claim_result(p, &r, &i)) {
		if (!enter(p, i, buffers))
			continue;
		/* If a connect has begun, its socket is to be watched. */
		leave(p, i, pending_op_resolved(&p->ops[i], &r), true);
	}
}

static void take_one(struct pending *p, struct crew *crew,
		     struct call_buffers *buffers)
{
	struct epoll_event ev;
	int n;

	crew_rest(crew);
	n = epoll_wait(p->epoll, &ev, 1, -1);
	crew_rise(crew);
	if (n != 1)
		return; /* told to stop */
	if (ev.data.u64 == PENDING_WAKE)
		take_results(p, buffers);
	else if (ev.data.u64 == PENDING_TICK)
		sweep(p, buffers);
	else
		step_ready(p, ev.data.u64, buffers);
}

static void work(struct crew *crew, void *arg)
{
	struct pending *p = arg;
	struct call_buffers buffers;

	if (call_buffers_init(&buffers))
		while (!crew_is_over(crew))
			take_one(p, crew, &buffers);
	call_buffers_done(&buffers);
}

int pending_start(struct pending *p, const struct notify_context *ctx)
{
	p->ctx = ctx;
	p->crew = crew_start(THREADS_AT_START, work, p);
	return p->crew ? 0 : -EAGAIN;
}

bool pending_tick(struct pending *p, int *ret_again_ms)
{
	return crew_tick(p->crew, ret_again_ms);
}

int pending_busy_fd(const struct pending *p)
{
	return crew_busy_fd(p->crew);
}
