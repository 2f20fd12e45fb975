/* SPDX-License-Identifier: MIT */
#ifndef EF_POLICY_LEASE_H
#define EF_POLICY_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/observation.h"

/*
 * Which names an address belongs to, and until when: learnt from answers of
 * trusted resolvers, from /etc/hosts at start. Tables of fixed capacity; full
 * means refused, nothing is evicted before its hold ends (D15). Not locked:
 * the gate owns it and locks. Times are clock_mono_ns().
 */
#define LEASE_MAX	     65536 /* bindings */
#define LEASE_NAMES_MAX	     4096
#define LEASE_PER_NAME_MAX   1024
#define LEASE_PER_ANSWER_MAX 64

struct leases;

/* An empty table, or NULL when out of memory. */
struct leases *leases_new(void);

/* Free it; NULL is fine. */
void leases_free(struct leases *l);

/*
 * Bind an address to a name until a time. The port of *a is ignored. An
 * address that never binds (addr_never_binds()) is refused with -EPERM unless
 * the source is NAME_HOSTS; a full table with -ENOSPC. A known pair is
 * prolonged, never shortened. Returns 0, or 1 when the pair was known.
 */
int leases_add(struct leases *l, const struct dname *name, const struct addr *a,
	       enum name_source source, int64_t until_ns);

/*
 * The names of an address at time now, freshest first, at most max of them.
 * Bindings past their time are not told. Returns their number.
 */
size_t leases_find(const struct leases *l, const struct addr *a, int64_t now_ns,
		   struct candidate *ret, size_t max);

/*
 * The names whose binding to this address has ended less than 24 h ago
 * (tombstones, D13), for one fresh query each. Returns their number.
 */
size_t leases_find_stale(const struct leases *l, const struct addr *a,
			 int64_t now_ns, struct candidate *ret, size_t max);

#endif
