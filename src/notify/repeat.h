/* SPDX-License-Identifier: MIT */
#ifndef EF_NOTIFY_REPEAT_H
#define EF_NOTIFY_REPEAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/addr.h"

/*
 * Datagrams that were judged a moment ago: what one row of the record stands
 * for (decision 14). Sender, socket, destination and policy revision lead to
 * the row and to its verdict. A process is known by its row; its threads are
 * entered beside it, each for a second at a time, so that neither a recycled
 * thread id nor an exec is counted on the row of what was there before. Fixed
 * capacity, the least used of a set goes; one mutex; any thread.
 */
struct repeat;

struct repeat_key {
	uint64_t sender; /* repeat_thread() or repeat_process() */
	uint64_t cookie; /* SO_COOKIE */
	uint64_t revision;
	uint64_t learnt; /* gate_learnt() when it was denied; else 0 */
	struct addr to;
};

/* A sender that is known by its thread id. */
uint64_t repeat_thread(pid_t tid);

/* A sender that is known by the row of its process. */
uint64_t repeat_process(int64_t row);

/* An empty table, or NULL when out of memory. */
struct repeat *repeat_new(void);

/* Free it; NULL is fine. */
void repeat_free(struct repeat *r);

/* The row and verdict (0 or -errno) of a key: true when it is there. */
bool repeat_find(struct repeat *r, const struct repeat_key *key,
		 int64_t *ret_seq, int *ret_verdict);

/* Enter a key. */
void repeat_put(struct repeat *r, const struct repeat_key *key, int64_t seq,
		int verdict);

#endif
