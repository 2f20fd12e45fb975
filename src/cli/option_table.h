/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_OPTION_TABLE_H
#define EF_CLI_OPTION_TABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/options.h"

/* One option, with everything that is said about it anywhere. */
struct option_row {
	const char *name; /* long name without dashes */
	const char *arg;  /* NULL: takes none; "[=N]": optional */
	const char *sentence;
	uint32_t words; /* bit 1 << enum word: the subcommands that take it */
	char letter;	/* 0: none */
};

/* The row of an option; never NULL. */
const struct option_row *option_row(int opt);

/*
 * What completion offers as the value of an option: words with blanks between,
 * and kinds of values that begin with '@' (completion.h); NULL: nothing.
 */
const char *option_values(const struct option_row *r);

/* Option i of a subcommand, i from 0; NULL after the last one. */
const struct option_row *option_of(enum word word, int i);

/* Print the option lines of the help of a subcommand. */
void option_print(enum word word, FILE *f);

/* True when a subcommand takes the option. */
bool option_is_of(int opt, enum word word);

#endif
