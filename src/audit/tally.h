/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_TALLY_H
#define EF_AUDIT_TALLY_H

#include "audit/browse.h"

/*
 * The attempts of a session, counted by who tried what and what came of it.
 * Counting goes on in steps of bounded cost, so that a screen can show what
 * there is so far; the memory is bounded whatever was recorded. Texts are
 * escaped and live as long as the tally.
 */
struct tally;

/* Beyond these, attempts count in the totals and as "left over" alone. */
#define TALLY_GROUPS_MAX    100000
#define TALLY_PLACES_MAX    50000
#define TALLY_PROGRAMS_MAX  10000
#define TALLY_PROCESSES_MAX 20000

/* A destination, together with what was said of it. */
struct tally_place {
	char *destination;   /* row_destination() */
	char *site;	     /* registrable domain, or "" */
	char *port;	     /* row_port() */
	char *reason;	     /* row_reason() */
	char *rule;	     /* pattern, "" none */
	char *file;	     /* of the rule */
	const char *verdict; /* row_verdict() */
	int64_t line;	     /* of the rule, 0: none */
	unsigned int risks;
	bool has_host;
};

/* A program that tried a destination. */
struct tally_group {
	uint32_t place, program;
	int64_t calls, first_ms, last_ms, first_seq, last_seq;
};

/* What a process tried, by verdict as shown. */
struct tally_process {
	struct browse_process is;
	int64_t allowed, denied, would, first_ms;
};

struct tally_totals {
	int64_t allowed, denied, would, held; /* as sessions count them */
	int64_t left_over;
	int64_t seq; /* counted up to here */
};

/* An empty one, or NULL when out of memory. */
struct tally *tally_new(void);

/* Free it; NULL is fine. */
void tally_free(struct tally *t);

/*
 * Count at most max more attempts; of those that a filter selects when f is
 * not NULL. The session is as the reader knows it since reader_refresh().
 * Returns 1 when there are more, 0 at the end, or -errno with *err told.
 * Blocks on the disk.
 */
int tally_step(struct tally *t, struct reader *r, size_t session,
	       const struct filter *f, int max, struct ef_err *err);

/* The totals so far. */
const struct tally_totals *tally_totals(const struct tally *t);

/* Group i in order of first appearance; NULL behind the last. */
const struct tally_group *tally_group(const struct tally *t, size_t i);

/* A place by its number. */
const struct tally_place *tally_place(const struct tally *t, uint32_t i);

/* A program by its number; escaped. */
const char *tally_program(const struct tally *t, uint32_t i);

/* Process i, in no order; NULL behind the last. */
const struct tally_process *tally_process(const struct tally *t, size_t i);

/* The process of this row, or NULL when it is not known. */
const struct tally_process *tally_process_of_row(const struct tally *t,
						 int64_t row);

#endif
