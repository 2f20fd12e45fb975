/* SPDX-License-Identifier: MIT */
#ifndef EF_AUDIT_BROWSE_H
#define EF_AUDIT_BROWSE_H

#include "audit/reader.h"

/*
 * Looking around in a session whose size nobody knows: every call looks at a
 * bounded number of rows, in a transaction of its own that is over when it
 * returns, so that neither a screen nor a writer ever waits for long.
 */

/* How many numbers one call of browse_seek() looks at. */
#define BROWSE_SEEK_NUMBERS 65536

/*
 * The first number above from that is listed (an attempt, an event, an answer
 * of a person), or with backwards the last one that is not above from. Of
 * attempts alone, under a filter, one that it may select: filter_selects()
 * has the last word. Returns 1 and the number in *ret_seq; 0 when there is
 * none as far as *ret_seq, which is from where to go on (the end of the
 * session, or 0, when nothing is left); or -errno with *err told. Blocks on
 * the disk.
 */
int browse_seek(struct reader *r, size_t session, const struct filter *f,
		int64_t from, bool backwards, int64_t *ret_seq,
		struct ef_err *err);

/* The program and place of a process, by its row. */
struct browse_process {
	int64_t row, parent, pid, ppid; /* parent: a row, 0 unknown */
	char program[64];		/* escaped */
	char command[256];		/* escaped, cut */
};

/* Look a process up. Returns 0; -ENOENT; or -errno with *err told. */
int browse_process(struct reader *r, size_t session, int64_t row,
		   struct browse_process *ret, struct ef_err *err);

/*
 * The process of an attempt or question and those that started it, the nearest
 * first, at most max of them. Returns how many, or -errno with *err told.
 */
int browse_ancestry(struct reader *r, size_t session, int64_t seq,
		    struct browse_process *list, int max, struct ef_err *err);

#define BROWSE_SAME  8
#define BROWSE_WORDS 96

/* What of an attempt says whether another one is about the same. */
struct browse_attempt {
	int64_t seq, at_ms, count, process;
	int64_t same[BROWSE_SAME]; /* numbers of what it names */
	char words[BROWSE_WORDS]; /* stage, protocol, verdict, action, reason */
	bool is_held;
};

/* Told once for each attempt, in order; < 0 ends the walk. */
typedef int browse_attempt_fn(void *arg, const struct browse_attempt *a);

/*
 * Tell of the attempts whose numbers are above after and not above up_to, at
 * most max of them. Returns how many, or -errno with *err told.
 */
int browse_attempts(struct reader *r, size_t session, int64_t after,
		    int64_t up_to, int max, browse_attempt_fn *fn, void *arg,
		    struct ef_err *err);

#endif
