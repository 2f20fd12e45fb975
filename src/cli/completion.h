/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_COMPLETION_H
#define EF_CLI_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/command.h"
#include "cli/option_table.h"

/*
 * Completion scripts, from the tables of words and options. What the tables
 * offer are words and kinds:
 *
 *	@file		files and folders
 *	@policy		files that end in .yaml or .yml, and folders
 *	@session	ids of recorded sessions, which the script asks the
 *			program for; only hexadecimal digits get through, since
 *			a record may be anybody's and a shell expands words
 *	@column		columns of the log
 *	@filter		fields of the filter language, with a colon
 *	@word		subcommands
 */

/* Print the script for bash. */
void completion_bash(void);

/* Print the script for zsh. */
void completion_zsh(void);

/* Print the script for fish. */
void completion_fish(void);

/* True when a subcommand is built. */
bool completion_has(int word);

/* True when an option's value has to be given. */
bool completion_needs_value(const struct option_row *r);

/* Print text in the single quotes of a shell. */
void completion_quoted(const char *text);

#define COMPLETION_MAX 512 /* bytes of any text below */

/*
 * What a table offers as words with blanks between: the kinds that are lists
 * here (@column, @filter, @word) as their members, the others left out. buf has
 * COMPLETION_MAX bytes; returns it.
 */
char *completion_words(const char *values, char *buf);

/* True when a table offers this kind. */
bool completion_offers(const char *values, const char *kind);

/*
 * Pair i of a subcommand's words "a:VALUES b:VALUES" into buffers of
 * COMPLETION_MAX bytes; false after the last one, and when its words are no
 * such pairs.
 */
bool completion_pair(const struct command *c, int i, char *name, char *values);

#endif
