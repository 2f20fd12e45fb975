/* SPDX-License-Identifier: MIT */
#ifndef EF_BENCH_TIMING_H
#define EF_BENCH_TIMING_H

#include <stdint.h>

/* Nanoseconds of a clock that only goes forward. */
int64_t timing_now_ns(void);

/*
 * Nanoseconds that one op(arg) takes: repeated, twice as often each time,
 * until the repetitions took a tenth of a second. What came before was the
 * warming up.
 */
double timing_each_ns(void (*op)(void *), void *arg);

#endif
