/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_PENDING_IMPL_H
#define EF_NOTIFY_PENDING_IMPL_H

#include <pthread.h>

#include "notify/crew.h"
#include "notify/pending.h"

/* The table (pending.c) as its crew (pending_crew.c) sees it; no one else. */
#define PENDING_RESULTS_MAX PENDING_MAX /* each call waits for one */

/* Data of epoll that mean no slot. */
#define PENDING_WAKE UINT64_MAX	      /* results have come */
#define PENDING_TICK (UINT64_MAX - 1) /* the timer */

struct pending_slot {
	uint32_t use;	   /* how many calls it has had */
	bool is_used;	   /* filled, and not free again */
	bool is_claimed;   /* by the one thread that may touch its op */
	bool is_fired;	   /* its event has come: ask for the next */
	bool is_unwatched; /* no event will come */
};

struct pending {
	int epoll, wake, timer;
	struct crew *crew;
	const struct notify_context *ctx;
	pthread_mutex_t lock;
	uint64_t next_tag;
	size_t n_used, high; /* slots in use; one above the highest of them */
	size_t sweep_at;
	size_t n_free;
	uint32_t free_slots[PENDING_MAX];
	struct pending_slot slots[PENDING_MAX];
	size_t n_results;
	struct resolve_result results[PENDING_RESULTS_MAX];
	struct pending_op ops[PENDING_MAX];
};

/*
 * Claim a slot: the calling thread then has its op to itself, until it yields
 * or releases it. False: there is none.
 */

/* The one an event is for, if it is free to be claimed. */
bool pending_claim_ready(struct pending *p, uint64_t datum, uint32_t *ret);

/* The next in turn, of *left still to be looked at. */
bool pending_claim_next(struct pending *p, size_t *left, uint32_t *ret);

/* One that waits for a lookup that has ended, and the result. */
bool pending_claim_result(struct pending *p, struct resolve_result *ret,
			  uint32_t *ret_slot);

/* Let others claim it. ask_again: it waits for another event than before. */
void pending_yield(struct pending *p, uint32_t i, bool ask_again);

/* Free a claimed slot, whose call has been answered, and what it owns. */
void pending_release(struct pending *p, uint32_t i);

#endif
