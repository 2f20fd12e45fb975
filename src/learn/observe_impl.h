/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_OBSERVE_IMPL_H
#define EF_LEARN_OBSERVE_IMPL_H

#include "learn/observe.h"
#include "policy/arena.h"

/* What the files observe*.c share; nobody else includes this. */
struct observations {
	const struct policy *policy;
	struct seen *list;
	size_t n, room;
	uint32_t *slots; /* index + 1; 0: free */
	size_t n_slots;	 /* a power of two */
	struct seen_session *sessions;
	size_t n_sessions;
	struct arena texts; /* names of listeners */
	char *used;	    /* by rule of the policy: 1 */
	int64_t attempts, dropped[N_DROPS];
};

/* The destination like key, made if there is none; NULL: out of memory. It is
 * valid until the next call. */
struct seen *observe_find(struct observations *o, const struct seen *key);

/* A port of a destination, made if there is none; NULL: out of memory. It is
 * valid until the next call. */
struct seen_port *observe_port(struct seen *s, uint16_t port);

#endif
