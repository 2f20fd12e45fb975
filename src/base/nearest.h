/* SPDX-License-Identifier: MIT */
#ifndef EF_BASE_NEAREST_H
#define EF_BASE_NEAREST_H

#include <stdbool.h>

/*
 * How far a word somebody typed is from one that exists: insertions,
 * deletions, exchanges and swaps of neighbours (case ignored) that lead from
 * one to the other. Words longer than NEAREST_WORD_MAX are infinitely far.
 * Pure.
 */
#define NEAREST_WORD_MAX 40
#define NEAREST_FAR	 1000u

/* The distance, or NEAREST_FAR. */
unsigned int nearest_distance(const char *a, const char *b);

/*
 * True when a distance is small enough for a word of this spelling to be
 * proposed: one for up to four letters, two up to eight, else three.
 */
bool nearest_is_close(const char *typed, unsigned int distance);

#endif
