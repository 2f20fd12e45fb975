/* SPDX-License-Identifier: MIT */
/* Distance between words, for "did you mean" (Damerau, adjacent swaps). */
#include "base/nearest.h"

#include <ctype.h>
#include <string.h>

static unsigned int min2(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static int lower(char c)
{
	return tolower((unsigned char)c);
}

unsigned int nearest_distance(const char *a, const char *b)
{
	unsigned int d[NEAREST_WORD_MAX + 1][NEAREST_WORD_MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > NEAREST_WORD_MAX || m > NEAREST_WORD_MAX)
		return NEAREST_FAR;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = (unsigned int)i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			int x = lower(a[i - 1]), y = lower(b[j - 1]);

			d[i][j] = min2(min2(d[i - 1][j], d[i][j - 1]) + 1,
				       d[i - 1][j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b[j - 2]) &&
			    y == lower(a[i - 2]))
				d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[n][m];
}

bool nearest_is_close(const char *typed, unsigned int distance)
{
	size_t n = strlen(typed);

	return distance <= (n <= 4 ? 1u : n <= 8 ? 2u : 3u);
}
