/* SPDX-License-Identifier: MIT */
#ifndef TUI_OPTIONS_H
#define TUI_OPTIONS_H

#include "app.h"

/* The command line. */
struct command_line {
	struct options options;
	const char *dump; /* view to print; NULL: none */
	const char *keys_from;
	int w, h;
	bool wants_keys; /* print the key table */
	int exit_code;
};

/* Read it. True: go on; false: leave with .exit_code, everything was said. */
bool options_read(struct command_line *c, int argc, char **argv);

#endif
