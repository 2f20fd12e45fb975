/* SPDX-License-Identifier: MIT */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Wait until the thread waits for something: a call that blocks, bare, or the
 * answer to it. Also back when it has ended. */
static inline void wait_asleep(pid_t tid)
{
	char path[32], text[512] = "", *at;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	for (;;) {
		FILE *f = fopen(path, "r");

		at = f && fgets(text, sizeof(text), f) ? strrchr(text, ')')
						       : NULL;
		if (f)
			fclose(f);
		if (!at || at[2] != 'R')
			return;
		usleep(1000);
	}
}

#endif
