/* SPDX-License-Identifier: MIT */
#ifndef SEND_LAB_H
#define SEND_LAB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A supervisor for tests of sending: the real notify code on a real listener,
 * in front of a gate that plays a part: it denies LAB_DENIED_PORT and allows
 * the rest, and counts. Everything happens in a network namespace with
 * nothing but lo in it.
 */
#define LAB_DENIED_PORT 6666

/* What the gate was asked so far. */
struct lab_counts {
	unsigned long admits, repeats, refusals, finished;
	int last_outcome;
	unsigned long lost_session; /* calls of ctx->lose */
};

/* Who plays which part. */
struct lab_cast {
	const char *name;
	uid_t supervisor, target; /* both 0, or both the caller, if not root */
	bool old_kernel;	  /* without WAIT_KILLABLE_RECV */
};

/* Into a namespace of our own with lo up. False: not to be had here. */
bool lab_enter(void);

/* Run body in a child, bare. What it prints to the descriptor it is given
 * comes back as text, owned by the caller, its end as the last line. */
char *lab_run_bare(uid_t uid, void (*body)(int out));

/* The same under the filter, with its sends supervised. */
char *lab_run_target(const struct lab_cast *cast, void (*body)(int out),
		     struct lab_counts *ret);

#endif
