/* SPDX-License-Identifier: MIT */
#ifndef EF_GATE_NOTICES_H
#define EF_GATE_NOTICES_H

#include "gate/gate.h"

/*
 * A bounded queue of what a person should hear of. The gate puts in, one
 * reader takes out; what does not fit is counted, so that nobody ever waits
 * for a terminal. Any thread.
 */
#define NOTICES_MAX 256

struct notices;

/* An empty queue, or NULL when out of memory or descriptors. */
struct notices *notices_new(void);

/* Free it; NULL is fine. */
void notices_free(struct notices *q);

/* Put one in, or count it as lost. */
void notices_put(struct notices *q, const struct notice *n);

/* Take the oldest: 1 and *ret, or 0; *ret_lost is the number lost so far,
 * then counted anew. */
int notices_take(struct notices *q, struct notice *ret, uint64_t *ret_lost);

/* An eventfd that is readable while there are some. */
int notices_fd(const struct notices *q);

#endif
