/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_OUTPUT_H
#define EF_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "lib/egressfilter.h"

/* Exit codes of our own; others belong to the command (egress-filter(1)). */
#define EXIT_USAGE	  2   /* a wrong command line, bad input of a query */
#define EXIT_DENIED	  120 /* default of --fail-on-deny */
#define EXIT_NOT_STARTED  125 /* the command was not started, or control lost */
#define EXIT_NOT_RUNNABLE 126 /* found, not executable */
#define EXIT_NOT_FOUND	  127

/* One line "egress-filter: ..." on stderr, whatever the log level; outside
 * text in it is made printable. */
void output_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Tell a problem of a policy as "path:line:column: error: text" on stderr; an
 * ef_problem_fn, arg is not used. */
void output_problem(const struct ef_problem *problem, void *arg);

/*
 * Decide about colour once: when is --color's value or NULL (EGRESS_FILTER_COLOR,
 * NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE and TERM decide then). False when the
 * value is none of auto, always, never.
 */
bool output_set_color(const char *when);

/* True when text that goes to this stream is to be coloured. */
bool output_has_color(FILE *f);

/*
 * Flush standard output: 0, or EXIT_USAGE after saying that it could not be
 * written (a full disk). A reader that went away is no error.
 */
int output_flush(void);

#endif
