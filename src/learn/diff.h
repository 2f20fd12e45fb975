/* SPDX-License-Identifier: MIT */
#ifndef EF_LEARN_DIFF_H
#define EF_LEARN_DIFF_H

#include <stddef.h>

#define DIFF_EDITS_MAX 2000

/*
 * The unified diff of two texts, three lines of context, as patch(1) takes
 * it. Lines end with a line feed; other bytes are shown as they are: who
 * prints it to a terminal escapes it (audit/escape.h). from and to name the
 * two in the first two lines. Equal texts give "". The shortest diff is found
 * for up to DIFF_EDITS_MAX changed lines; beyond that the part that differs is
 * taken out and put in whole. Stores a text the caller frees and its length (a
 * NUL follows). Returns 0 or -ENOMEM. Pure.
 */
int diff_texts(const char *from, const char *a, size_t a_len, const char *to,
	       const char *b, size_t b_len, char **ret, size_t *ret_len);

#endif
