/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_OPTIONS_H
#define EF_CLI_OPTIONS_H

#include <stdbool.h>

#include "cli/command.h"

/*
 * Every option of every subcommand is a row of one table, option_table.c: from
 * it come the parser, --help and the completions, and a test compares the
 * manual with it. A subcommand reads its options like this:
 *
 *	struct options o;
 *	const char *value;
 *	int opt;
 *
 *	options_start(&o, WORD_LINT, argc, argv);
 *	while ((opt = options_next(&o, &value)) >= 0)
 *		switch (opt) { case OPT_JSON: ... }
 *	if (opt == OPTIONS_STOP)
 *		return o.exit_code;
 *	... o.rest[0 .. o.n_rest - 1] ...
 *
 * Long names are never abbreviated. "--" ends the options. Options and other
 * words may be mixed, except for the subcommands that run a command: there the
 * first other word ends the options.
 */
enum opt {
	OPT_CONFIG,
	OPT_ALLOW_ALL,
	OPT_DNS_PORT,
	OPT_MODE,
	OPT_DB,
	OPT_FAIL_ON_DENY,
	OPT_QUIET,
	OPT_VERBOSE,
	OPT_LOG_LEVEL,
	OPT_DENY_LOG,
	OPT_EXIT_FILE,
	OPT_RELOAD,
	OPT_WAIT,
	OPT_WEAK,
	OPT_KEEP_CAPS,
	OPT_NAME,
	OPT_TAG,
	OPT_COLOR,
	OPT_NO_INPUT,
	OPT_SESSION,
	OPT_SINCE,
	OPT_FROM,
	OPT_WHERE,
	OPT_SELF,
	OPT_LEVEL,
	OPT_FIX,
	OPT_STALE,
	OPT_MIN_SESSIONS,
	OPT_MIN_DAYS,
	OPT_FOLLOW,
	OPT_LIMIT,
	OPT_COLUMNS,
	OPT_JSON,
	OPT_NDJSON,
	OPT_OLDER_THAN,
	OPT_KEEP,
	OPT_MAX_SIZE,
	OPT_DRY_RUN,
	OPT_YES,
	OPT_KEEP_GOING,
	OPT_REDACT,
	OPT_LIST,
	OPT_REMOVE,
	OPT_ESCAPE,
	OPT_VIEW,
	OPT_MOUSE,
	OPT_GLYPHS,
	OPT_KEYS,
	OPT_DUMP_SCREEN,
	OPT_SIZE,
	OPT_KEYS_FROM,
	OPT_WIDEN,
	OPT_WRITE,
	OPT_NEVER,
	OPT_SKIP,
	OPT_AGAIN,
	OPT_PRUNE,
	OPT_EVIDENCE,
	OPT_ASSUME_PORT,
	OPT_PSL,
	OPT_REVIEW,
	OPT_DRAFT,
	OPT_TIMES,
	OPT_HELP,
	OPT_VERSION,
	N_OPTS
};

#define OPTIONS_END  (-1) /* no more; .rest holds the other words */
#define OPTIONS_STOP (-2) /* help was printed, or what is wrong: leave */

struct options {
	enum word word;
	bool is_bare;	 /* no word was given: help is the whole program's */
	bool saw_option; /* one other than help and version */
	bool saw_dashes; /* "--" ended the options */
	int exit_code;	 /* after OPTIONS_STOP */
	char **rest;	 /* after OPTIONS_END: the other words, then NULL */
	int n_rest;
	char **argv; /* private from here on */
	int argc, next;
	const char *bundle; /* further letters of "-qv" */
};

/* Begin with argv[1]; argv[0] is the word. Nothing is copied: argv must stay,
 * and its words may be moved. */
void options_start(struct options *o, enum word word, int argc, char **argv);

/*
 * The next option: its enum opt, with its value in *ret_value (NULL when it
 * takes none, or an optional one is not there); OPTIONS_END; OPTIONS_STOP.
 * Prints what is wrong, or help.
 */
int options_next(struct options *o, const char **ret_value);

#endif
