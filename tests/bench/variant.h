/* SPDX-License-Identifier: MIT */
#ifndef EF_BENCH_VARIANT_H
#define EF_BENCH_VARIANT_H

#include <stdbool.h>

/* The ways to run the same program that are compared. */
enum variant {
	NATIVE,
	FILTERED, /* egress-filter, enforcing and recording */
	FLOOR,	  /* the same traps, each told to go on */
	RECORD,	  /* the floor, and a row committed before each connect() */
	STRACE,
	PTRACE,
	N_VARIANTS
};

/* Heading of its column. */
const char *variant_name(enum variant v);

/*
 * Find the programs (beside this one, egress-filter two folders up) and a
 * folder for the policy and the records. Returns 0 or -1 with a line on
 * stderr.
 */
int variant_setup(const char *policy);

/* Remove that folder. */
void variant_cleanup(void);

/* False when it is not installed here. */
bool variant_exists(enum variant v);

/*
 * Nanoseconds that the client of this folder reports for what it was asked to
 * do, on that one CPU (-1: any) together with whoever supervises it. Negative
 * when it failed; what was said on stderr is shown then.
 */
double variant_measure(enum variant v, const char *what, int cpu);

/* Nanoseconds from the start of true(1) under the variant to its end. */
double variant_start(enum variant v, int cpu);

#endif
