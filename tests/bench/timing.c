/* SPDX-License-Identifier: MIT */
/* How long something takes when it is done again and again. */
#include "timing.h"

#include <time.h>

#define ENOUGH_NS 100000000

int64_t timing_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

double timing_each_ns(void (*op)(void *), void *arg)
{
	for (uint64_t n = 1;; n *= 2) {
		int64_t from = timing_now_ns(), took;

		for (uint64_t i = 0; i < n; i++)
			op(arg);
		took = timing_now_ns() - from;
		if (took >= ENOUGH_NS)
			return (double)took / (double)n;
	}
}
