/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_LOST_H
#define EF_NOTIFY_LOST_H

#include <stdbool.h>
#include <stdint.h>

#include "notify/call.h"

/*
 * Results that never reached their thread. Before Linux 5.19 any signal ends
 * the wait for an answer: what was sent is sent, but the kernel throws the
 * result away and, with SA_RESTART, issues the same call again. The result is
 * kept here and given to that second call, so that nothing goes out twice.
 * While the first is still at work the second waits for it.
 *
 * One loss cannot be seen: a thread that a signal has woken, but that has not
 * taken the kernel's lock yet, throws away an answer that the kernel accepts.
 * Under a storm of signals that is a few calls in ten thousand.
 *
 * A call is known by its thread (with its start time), number, arguments,
 * instruction and the digest of what it sends. Fixed capacity; one mutex; any
 * thread.
 */
struct lost;

struct lost_key {
	pid_t tid;
	uint64_t start_ticks;
	uint64_t call; /* number, arguments, instruction: lost_digest() */
	uint64_t message;
};

/* A place for a call at work; NULL where none was needed or to be had. */
struct lost_slot;

/* An empty table, or NULL when out of memory. */
struct lost *lost_new(void);

/* Free it; NULL is fine. */
void lost_free(struct lost *l);

/* Add len bytes to a digest, which starts as 0. */
uint64_t lost_digest(uint64_t digest, const void *bytes, size_t len);

/* The key of a call with this digest of its message. */
struct lost_key lost_key_of(const struct call *c, uint64_t message);

/*
 * A call is about to be carried out. True when it was carried out before and
 * *ret_value (>= 0 or -errno) is its result, to be given as its answer; false:
 * carry it out. In both cases lost_end() with *ret_slot follows. May block
 * while the very same call of the same thread is at work.
 */
bool lost_begin(struct lost *l, const struct lost_key *key,
		struct lost_slot **ret_slot, int64_t *ret_value);

/*
 * The call has been answered: is_lost when the answer did not arrive although
 * something had been done. NULL as slot is fine.
 */
void lost_end(struct lost *l, struct lost_slot *slot, bool is_lost,
	      int64_t value);

#endif
