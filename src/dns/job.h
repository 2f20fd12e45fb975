/* SPDX-License-Identifier: MIT */
#ifndef EF_DNS_JOB_H
#define EF_DNS_JOB_H

#include <stdbool.h>

#include "gate/resolve.h"

/*
 * What resolve_start() puts in and resolve_next() takes out. Fixed capacity,
 * one mutex; any thread.
 */
#define JOBS_MAX 256

struct jobs;

/* An empty table, or NULL when out of memory or descriptors. */
struct jobs *jobs_new(void);

/* Free it; NULL is fine. */
void jobs_free(struct jobs *t);

/* An eventfd that is readable when a job was put in. */
int jobs_fd(const struct jobs *t);

/* Put one in. -EBUSY when the table is full. */
int jobs_put(struct jobs *t, const struct dname *name,
	     enum resolve_family families, uint64_t tag);

/* The next that was put in and not begun. False when there is none. */
bool jobs_begin(struct jobs *t, uint16_t *ret_job, struct dname *ret_name,
		enum resolve_family *ret_families);

/*
 * One of its lookups has ended (in all as many as jobs_begin() told families)
 * with an error (0 or -errno) and addresses; the last one makes it finished.
 */
void jobs_add(struct jobs *t, uint16_t job, int error, const struct addr *addrs,
	      size_t n);

/* The next finished one, in the order they finished. */
bool jobs_take(struct jobs *t, struct resolve_result *ret);

#endif
