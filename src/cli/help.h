/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_HELP_H
#define EF_CLI_HELP_H

#include <stdbool.h>
#include <stdio.h>

/* Print usage and examples: what somebody sees who gave no argument. */
void help_usage(FILE *f);

/*
 * Print the help of a word (an enum word), or of the whole program for -1:
 * with is_full every option of run as well.
 */
void help_print(int word, bool is_full, FILE *f);

/* Print the version line. */
void help_version(FILE *f);

#endif
