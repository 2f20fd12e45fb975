/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_LINT_FILE_H
#define EF_CLI_LINT_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "learn/findings.h"
#include "policy/load.h"

/* All that is said of one policy file. */
struct lint_file {
	const char *path;
	struct problems problems; /* of the loader */
	struct findings findings;
	struct policy *policy; /* NULL: it does not load */
};

/* How much of it is said. */
struct lint_counts {
	size_t errors, warnings, infos;
};

/* What is at this level or above. */
struct lint_counts lint_file_count(const struct lint_file *f,
				   enum finding_level least);

/* A line for each thing at this level or above, in file order. */
void lint_file_print(const struct lint_file *f, enum finding_level least,
		     FILE *to);

/* The same as a JSON object on stdout. */
void lint_file_print_json(const struct lint_file *f, enum finding_level least);

/*
 * A diff on stdout that takes the rules out that may go. What cannot be taken
 * out is told on stderr. Returns 0, or the exit code after saying what is
 * wrong.
 */
int lint_file_print_fix(const struct lint_file *f);

/* Give back what it holds. */
void lint_file_done(struct lint_file *f);

#endif
