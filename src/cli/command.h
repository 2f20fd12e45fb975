/* SPDX-License-Identifier: MIT */
#ifndef EF_CLI_COMMAND_H
#define EF_CLI_COMMAND_H

/* One subcommand: a row of the table in main.c, which help is printed from. */
struct command {
	const char *name;    /* the word */
	const char *args;    /* what follows it in a usage line */
	const char *summary; /* one sentence, lower case, no full stop */
	int (*run)(int argc, char **argv); /* argv[0] is the word; gives the
					      exit code. NULL: not built yet */
};

extern const struct command cmd_run, cmd_lint, cmd_why, cmd_log, cmd_sessions,
	cmd_trust, cmd_doctor;

#endif
