/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_ALIKE_H
#define EF_AUDIT_ALIKE_H

#include "audit/reader.h"

/*
 * The attempts of a session with alike ones put together. The rows are read
 * through once and counted while they are read, so that a long session costs
 * no more memory than a short one that went to as many places.
 */
#define ALIKE_PROCESSES 4 /* kept of each entry: the first that made it */

struct alike_process {
	const char *exe, *comm; /* "" when not known */
	const char *argv;	/* NUL after each argument */
	size_t argv_len;
};

/* Texts are never NULL, as in struct row, and belong to the alike. */
struct alike_entry {
	const char *stage, *proto, *verdict, *action, *reason;
	const char *name; /* of the host, or of a unix listener */
	const char *name_source;
	const char *ip; /* where it went, or was to go; "" not known */
	int64_t port, qtype;
	bool is_probe, is_foreign_netns;
	bool is_ambiguous; /* one of several names it may have been */
	bool is_counted;   /* under another of those names already */
	bool is_by_rule;   /* a rule of the policy of then was named */
	int64_t attempts;  /* repeats counted */
	int64_t first_ms, last_ms;
	struct alike_process processes[ALIKE_PROCESSES];
	size_t n_processes;
};

/* Told of one entry, in the order of their first attempts; 0 goes on, anything
 * else ends it. */
typedef int alike_fn(const struct alike_entry *e, void *arg);

/*
 * Tell every entry of a session, of those attempts that f selects (NULL: all).
 * An attempt on an address of several names counts for the one that its
 * process asked for in the two seconds before, else at all. Where that leaves
 * several names it counts for each, and is_ambiguous says so. Returns 0, what
 * fn ended it with, or -errno with *err told. Blocks on the disk.
 */
int reader_alike(struct reader *r, size_t session, const struct filter *f,
		 alike_fn *fn, void *arg, struct ef_err *err);

#endif
