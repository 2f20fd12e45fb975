/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_WISH_H
#define EF_CLI_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/options.h"
#include "lib/egressfilter.h"

#define WISH_SETTINGS_MAX 64

/*
 * What the command line and the environment ask of a run. Everything points
 * into argv and the environment.
 */
struct wish {
	const char *config; /* -c; NULL: not given */
	bool allow_all;
	bool has_mode, is_audit, is_learn;
	bool is_quiet;
	int fail_code; /* --fail-on-deny; 0: not given */
	const char *deny_log, *exit_file, *log_level;
	struct {
		enum ef_setting what;
		const char *value, *option;
	} settings[WISH_SETTINGS_MAX]; /* for the session, in order */
	int n_settings;
	const char *draft;    /* --draft; NULL: not given */
	int times;	      /* --times; 1 */
	char *const *command; /* NULL after its last word */
};

/*
 * Read the options of run or learn. Log level and colour are set on the way. Returns
 * true, or false when the program is to leave with *ret_code, after everything
 * there is to say was said.
 */
bool wish_read(struct wish *w, enum word word, int argc, char **argv,
	       int *ret_code);

/* Take the value of --color. 0, or EXIT_USAGE after saying what is wrong. */
int wish_color(const char *value);

/* Take the value of --since: milliseconds of the clock. Likewise. */
int wish_since(const char *value, int64_t *ret_ms);

/* Say that a value of an option is not what it has to be; gives EXIT_USAGE. */
int wish_refuse(const char *option, const char *value, const char *want);

#endif
