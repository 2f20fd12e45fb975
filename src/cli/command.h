/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_COMMAND_H
#define EF_CLI_COMMAND_H

/*
 * The words of the command line. All are reserved from the first release on,
 * so that a later one never changes what a command line means; one that is
 * not built yet has no function and says so.
 */
enum word {
	WORD_RUN,
	WORD_LEARN,
	WORD_ASK,
	WORD_TUI,
	WORD_ATTACH,
	WORD_LOG,
	WORD_WHY,
	WORD_DRAFT,
	WORD_REPLAY,
	WORD_LINT,
	WORD_REPORT,
	WORD_SESSIONS,
	WORD_TRUST,
	WORD_RELOAD,
	WORD_DOCTOR,
	WORD_COMPLETION,
	WORD_HELP,
	WORD_VERSION,
	N_WORDS
};

/* One subcommand: a row of the table in command.c. */
struct command {
	const char *name;    /* the word */
	const char *args;    /* what follows it in a usage line */
	const char *summary; /* one sentence, lower case, no full stop */
	const char *words;   /* what completion offers behind it (completion.h),
			      or "a:VALUES;b:VALUES": a and b, and behind these
			      theirs; NULL: files */
	int (*run)(int argc, char **argv); /* argv[0] is the word; gives the
					      exit code. NULL: not built yet */
};

extern const struct command cmd_run, cmd_lint, cmd_why, cmd_log, cmd_sessions,
	cmd_replay, cmd_trust, cmd_reload, cmd_tui, cmd_attach, cmd_doctor,
	cmd_completion, cmd_help, cmd_version, cmd_draft, cmd_learn;

/* The command of a word; never NULL. */
const struct command *command_of(enum word word);

/* The word spelt so, or -1. */
int command_find(const char *name);

/* The built word nearest to a misspelt one, or NULL when none is near. */
const char *command_nearest(const char *name);

#endif
