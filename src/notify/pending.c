/* SPDX-License-Identifier: MIT */
/*
 * The table of calls that wait.
 *
 * Theory of Operation: slots of a fixed table, each guarded by the rule who
 * may touch it: a free slot is taken, filled and registered with epoll by a
 * notification thread under the mutex, and from then on belongs to the loop
 * thread, which frees it under the mutex again. The epoll
 * datum carries the slot's index and the number of its use, so that an event
 * that comes late is not taken for one of its successor.
 *
 * A tick of 20 ms is wanted while anything waits. A sweep looks at no more
 * than SWEEP_MAX slots, so that thousands of waiting calls cost what a few
 * dozen do; each is then looked at a little later.
 */
#include "notify/pending.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "notify/connect.h"
#include "notify/dnsroute.h"
#include "notify/dnssend.h"
#include "notify/send.h"
#include "notify/unix_connect.h"

#define SWEEP_MAX   128
#define EVENTS_MAX  64
#define RESULTS_MAX PENDING_MAX /* each call waits for one */
#define WAKE_DATUM  UINT64_MAX

struct pending {
	int epoll, wake;
	pthread_mutex_t lock;
	uint64_t next_tag;
	size_t n_used, high; /* slots in use; one above the highest of them */
	size_t sweep_at;
	int64_t swept_ns;
	size_t n_free;
	uint32_t free_slots[PENDING_MAX];
	uint32_t uses[PENDING_MAX];
	size_t n_results;
	struct resolve_result results[RESULTS_MAX];
	struct pending_op ops[PENDING_MAX];
};

static void watch_wake(struct pending *p)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = WAKE_DATUM };

	epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->wake, &ev);
}

struct pending *pending_new(void)
{
	struct pending *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	p->epoll = epoll_create1(EPOLL_CLOEXEC);
	p->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&p->lock, NULL);
	for (uint32_t i = 0; i < PENDING_MAX; i++)
		p->free_slots[p->n_free++] = PENDING_MAX - 1 - i;
	if (p->epoll < 0 || p->wake < 0) {
		pending_free(p);
		return NULL;
	}
	watch_wake(p);
	return p;
}

/*
 * Operations whose descriptor does not say when to go on are stepped with each
 * tick: a full backlog, a reply among others in a queue, and a datagram socket
 * of AF_UNIX, which is writable all the time though its receiver is full.
 */
static bool is_ticked(const struct pending_op *op)
{
	return op->kind == PENDING_UNIX_CONNECT || op->kind == PENDING_HOLD ||
	       (op->kind == PENDING_SEND && op->call.domain == AF_UNIX &&
		op->call.type == SOCK_DGRAM);
}

static uint32_t events_of(const struct pending_op *op)
{
	switch (op->kind) {
	case PENDING_CONNECT:
		return EPOLLOUT;
	case PENDING_SEND:
		return is_ticked(op) ? 0 : EPOLLOUT;
	case PENDING_RECV:
		return EPOLLIN;
	case PENDING_HOLD:
		/* Replies not read yet would keep it ready. */
		return EPOLLIN | EPOLLET;
	case PENDING_UNIX_CONNECT:
	case PENDING_LOOKUP:
	case PENDING_NONE:
	case N_PENDING_KINDS:
	default:
		return 0;
	}
}

/* Every operation is watched level-triggered, but for those that only wait
 * for their tick or for a lookup. */
static void watch(struct pending *p, uint32_t slot)
{
	struct pending_op *op = &p->ops[slot];
	struct epoll_event ev = { .events = events_of(op),
				  .data.u64 = (uint64_t)p->uses[slot] << 32 |
					      slot };

	if (ev.events)
		epoll_ctl(p->epoll, EPOLL_CTL_ADD, op->call.sock, &ev);
}

/* pending_add() holds the lock until a slot is complete. */
static bool is_used(struct pending *p, uint32_t slot)
{
	bool used;

	pthread_mutex_lock(&p->lock);
	used = p->ops[slot].kind != PENDING_NONE;
	pthread_mutex_unlock(&p->lock);
	return used;
}

static void wake_loop(struct pending *p)
{
	if (write(p->wake, &(uint64_t){ 1 }, sizeof(uint64_t)) < 0)
		return; /* it is awake already */
}

int pending_add(struct pending *p, const struct pending_op *op)
{
	uint32_t slot;
	bool was_idle;

	pthread_mutex_lock(&p->lock);
	if (!p->n_free) {
		pthread_mutex_unlock(&p->lock);
		return -ENOSPC;
	}
	slot = p->free_slots[--p->n_free];
	p->ops[slot] = *op;
	p->ops[slot].call.buffers = NULL;
	p->ops[slot].call.thread = NULL;
	p->uses[slot]++;
	was_idle = p->n_used++ == 0;
	if (slot >= p->high)
		p->high = slot + 1;
	watch(p, slot);
	pthread_mutex_unlock(&p->lock);
	if (was_idle)
		wake_loop(p); /* it has to start ticking */
	return 0;
}

/* The description lives on in the target: closing does not take it out. */
void pending_unwatch(struct pending *p, int sock)
{
	epoll_ctl(p->epoll, EPOLL_CTL_DEL, sock, NULL);
}

static void release(struct pending *p, uint32_t slot)
{
	struct pending_op *op = &p->ops[slot];

	if (op->call.sock >= 0)
		pending_unwatch(p, op->call.sock);
	if (op->kind == PENDING_SEND)
		send_forget(op);
	else if (op->kind == PENDING_UNIX_CONNECT)
		unix_connect_forget(op);
	op->call.is_answered = true;
	call_done(&op->call);
	pthread_mutex_lock(&p->lock);
	op->kind = PENDING_NONE;
	p->free_slots[p->n_free++] = slot;
	p->n_used--;
	pthread_mutex_unlock(&p->lock);
}

static enum pending_step step(struct pending_op *op)
{
	switch (op->kind) {
	case PENDING_CONNECT:
		return connect_step(op);
	case PENDING_RECV:
		return dnsroute_recv_step(op);
	case PENDING_HOLD:
		return dnssend_step(op);
	case PENDING_UNIX_CONNECT:
		return unix_connect_step(op);
	case PENDING_SEND:
		return send_step(op);
	case PENDING_LOOKUP:
		return STEP_WAIT;
	case PENDING_NONE:
	case N_PENDING_KINDS:
	default:
		return STEP_WAIT;
	}
}

/* End an operation from outside: a timeout, a signal, the end of the session. */
static void end(struct pending *p, uint32_t slot, int error)
{
	struct pending_op *op = &p->ops[slot];
	int64_t done = op->kind == PENDING_SEND ? send_progress(op) : 0;

	if (done > 0)
		error = 0;
	call_answer(&op->call, done, error);
	gate_finish(op->call.ctx->gate, &op->ticket, error);
	release(p, slot);
}

/* Why an operation should not wait any longer: -errno to answer, or 0. */
static int reason_to_end(const struct pending_op *op, int64_t now_ns)
{
	if (op->deadline_ns && now_ns >= op->deadline_ns)
		return op->timeout_error;
	if (kernel_has_signal(op->call.tid))
		return op->is_restartable ? -EF_ERESTARTSYS : -EINTR;
	return 0;
}

static void look_at(struct pending *p, uint32_t slot, int64_t now_ns)
{
	struct pending_op *op = &p->ops[slot];
	int error;

	if (!is_used(p, slot))
		return;
	if (!call_is_waiting(&op->call)) {
		gate_finish(op->call.ctx->gate, &op->ticket, -EINTR);
		release(p, slot);
		return;
	}
	if (is_ticked(op) && step(op) == STEP_DONE) {
		release(p, slot);
		return;
	}
	error = reason_to_end(op, now_ns);
	if (error)
		end(p, slot, error);
}

static void sweep(struct pending *p, int64_t now_ns)
{
	size_t high, n;

	pthread_mutex_lock(&p->lock);
	high = p->high;
	pthread_mutex_unlock(&p->lock);
	n = high < SWEEP_MAX ? high : SWEEP_MAX;
	for (size_t i = 0; i < n; i++) {
		if (p->sweep_at >= high)
			p->sweep_at = 0;
		look_at(p, (uint32_t)p->sweep_at++, now_ns);
	}
	p->swept_ns = now_ns;
}

static void step_ready(struct pending *p, uint64_t datum)
{
	uint32_t slot = (uint32_t)datum;
	struct pending_op *op = &p->ops[slot];

	if (!is_used(p, slot) || p->uses[slot] != datum >> 32)
		return;
	/* A recycled id would be somebody else's call. */
	if (!call_is_waiting(&op->call)) {
		look_at(p, slot, clock_mono_ns());
		return;
	}
	if (step(op) == STEP_DONE)
		release(p, slot);
}

static void take_posted(struct pending *p)
{
	struct resolve_result r;

	for (;;) {
		pthread_mutex_lock(&p->lock);
		if (!p->n_results) {
			pthread_mutex_unlock(&p->lock);
			return;
		}
		r = p->results[--p->n_results];
		pthread_mutex_unlock(&p->lock);
		pending_resolved(p, &r);
	}
}

static void drain_wake(struct pending *p)
{
	uint64_t n;

	if (read(p->wake, &n, sizeof(n)) > 0)
		take_posted(p);
}

int pending_step(struct pending *p)
{
	struct epoll_event ev[EVENTS_MAX];
	int n = epoll_wait(p->epoll, ev, EVENTS_MAX, 0);
	int64_t now_ns = clock_mono_ns();
	size_t used;

	for (int i = 0; i < n; i++) {
		if (ev[i].data.u64 == WAKE_DATUM)
			drain_wake(p);
		else
			step_ready(p, ev[i].data.u64);
	}
	if (now_ns - p->swept_ns >= PENDING_TICK_MS * 1000000ll)
		sweep(p, now_ns);
	pthread_mutex_lock(&p->lock);
	used = p->n_used;
	pthread_mutex_unlock(&p->lock);
	return used ? PENDING_TICK_MS : -1;
}

void pending_resolved(struct pending *p, const struct resolve_result *r)
{
	for (uint32_t i = 0; i < p->high; i++) {
		struct pending_op *op = &p->ops[i];

		if (!is_used(p, i))
			continue;
		if (op->kind == PENDING_HOLD) {
			if (call_is_waiting(&op->call) &&
			    dnssend_resolved(op, r) == STEP_DONE)
				release(p, i);
			continue;
		}
		if (op->kind != PENDING_LOOKUP || op->connect.tag != r->tag)
			continue;
		if (!call_is_waiting(&op->call)) {
			look_at(p, i, clock_mono_ns());
			return;
		}
		if (connect_resolved(op, r) == STEP_DONE)
			release(p, i);
		else
			watch(p, i);
		return;
	}
}

void pending_post_result(struct pending *p, const struct resolve_result *r)
{
	pthread_mutex_lock(&p->lock);
	if (p->n_results < RESULTS_MAX)
		p->results[p->n_results++] = *r;
	pthread_mutex_unlock(&p->lock);
	wake_loop(p);
}

int pending_fd(const struct pending *p)
{
	return p->epoll;
}

uint64_t pending_new_tag(struct pending *p)
{
	uint64_t tag;

	pthread_mutex_lock(&p->lock);
	tag = ++p->next_tag;
	pthread_mutex_unlock(&p->lock);
	return tag;
}

void pending_free(struct pending *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->high; i++)
		if (p->ops[i].kind != PENDING_NONE)
			end(p, i, -EINTR);
	if (p->epoll >= 0)
		close(p->epoll);
	if (p->wake >= 0)
		close(p->wake);
	pthread_mutex_destroy(&p->lock);
	munmap(p, sizeof(*p));
}
