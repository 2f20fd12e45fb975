/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_CLOCK_H
#define EF_BASE_CLOCK_H

#include <stdint.h>

/*
 * Time, as this program needs it. clock.c asks the kernel; tests/fakes/clock.c
 * lets a scenario move it. Whoever links, chooses. Neither call blocks.
 */

/* Nanoseconds since an arbitrary point; never goes back, stops in suspend. */
int64_t clock_mono_ns(void);

/* Milliseconds since 1970-01-01T00:00:00Z; may jump. */
int64_t clock_wall_ms(void);

#endif
