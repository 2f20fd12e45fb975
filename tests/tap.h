/* SPDX-License-Identifier: MIT */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>
#include <string.h>

/* Assertions that print TAP: ok(condition) and, at the end of main(), return
 * done(). One program per module, no framework. */
static int tap_n, tap_failed;

#define ok(cond)                                                               \
	do {                                                                   \
		int ok_ = !!(cond);                                            \
		tap_failed += !ok_;                                            \
		printf("%sok %d - %s\n", ok_ ? "" : "not ", ++tap_n, #cond);   \
		if (!ok_)                                                      \
			printf("# at %s:%d\n", __FILE__, __LINE__);            \
	} while (0)

#define ok_str(got, want)                                                      \
	do {                                                                   \
		const char *got_ = (got), *want_ = (want);                     \
		int ok_ = !strcmp(got_, want_);                                \
		tap_failed += !ok_;                                            \
		printf("%sok %d - %s is %s\n", ok_ ? "" : "not ", ++tap_n,     \
		       #got, #want);                                           \
		if (!ok_)                                                      \
			printf("# at %s:%d: got \"%s\"\n", __FILE__, __LINE__, \
			       got_);                                          \
	} while (0)

#define skip(why) printf("ok %d # SKIP %s\n", ++tap_n, (why))

#define done() (printf("1..%d\n", tap_n), tap_failed != 0)

#endif
